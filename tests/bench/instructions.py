"""How many instructions a request costs the gateway in user space, by callgrind: a figure that a busy machine does not move.

    tests/bench/run instructions [--only r1]

R1, W1 and GET /livez on SQLite from 16 connections. Valgrind runs one thread at a time, so batches are not what they are at speed;
compare with the figure of another commit."""

import re
import subprocess

import contenders
import load
import report
from gateway import SQLITE, Gateway

CUSTOMERS = 1000


class Counted(Gateway):
    def arguments(self, command, *more):
        words = super().arguments(command, *more)
        if command != 'serve':
            return words
        out = self.folder / 'callgrind.out'
        return ['valgrind', '--tool=callgrind', '--instr-atstart=no', f'--callgrind-out-file={out}', *words]


def count(workload):
    """Instructions for each answer."""
    gateway = Counted(SQLITE, customers=CUSTOMERS, name='bench-instructions')
    try:
        gateway.start(timeout=300)
        one = contenders.CausewayContender(gateway)
        load.run(one, workload, 16, 2, CUSTOMERS)
        for state in ('on', 'off'):
            subprocess.run(['callgrind_control', '-i', state, str(gateway.process.pid)], check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            if state == 'on':
                answers = load.run(one, workload, 16, 4, CUSTOMERS).answers
        gateway.terminate()
        gateway.wait(120)
        totals = re.search(r'^totals: (\d+)', (gateway.folder / 'callgrind.out').read_text(), re.MULTILINE)
        return int(totals[1]) / answers
    finally:
        gateway.close()


def main(asked):
    found = {}
    for workload in ('h', 'r1', 'w1'):
        if workload.startswith(asked.only or ''):
            found[workload] = count(workload)
            print(f'  {workload.upper():3}{found[workload]:12,.0f} instructions for each answer', flush=True)
    report.write('instructions', found)
