"""One run of wrk against somebody, on one thread of the same machine."""

import dataclasses
import os
import subprocess

import machine
from gateway import ROOT

MODES = {'r1': 'read', 'w1': 'write', 'm1': 'mixed', 'h': 'live'}


@dataclasses.dataclass
class Load:
    rate: float       # answers a second
    p50: float        # milliseconds
    p99: float
    refused: float    # share of the answers that were not 2xx or 3xx
    used: dict        # microseconds of the processor for each answer, by group of processes
    others: float     # share of the processors that neither these nor wrk had
    answers: int


def run(contender, workload, connections, seconds, customers, allow_refused=False, pause=0):
    """`contender`: port, key and groups(), see contenders.py; `pause`: milliseconds between an answer and the next request."""
    environment = {**os.environ, 'MODE': MODES[workload], 'KEY': contender.key, 'CUSTOMERS': str(customers), 'PAUSE': str(pause)}
    process = subprocess.Popen(
        ['wrk', '-t1', f'-c{connections}', f'-d{seconds}s', '--timeout', '20s', '-s', str(ROOT / 'tests/bench/requests.lua'),
         f'http://127.0.0.1:{contender.port}'], env=environment, stdout=subprocess.PIPE, text=True)
    watch = machine.Watch(contender.groups())
    before = os.times()
    out = process.communicate()[0]
    used, passed, others = watch.done()
    after = os.times()
    loading = (after.children_user + after.children_system - before.children_user - before.children_system)
    line = next((line for line in out.splitlines() if line.startswith('RESULT')), None)
    if line is None or process.returncode:
        raise AssertionError(f'wrk failed: {out}')
    requests, microseconds, failed, status, p50, p99 = (int(word) for word in line.split()[1:])
    if failed or not requests or (status and not allow_refused):
        raise AssertionError(f'{contender.name} at {workload}:{connections}: of {requests} requests {failed} had no answer and {status} were refused')
    return Load(requests * 1e6 / microseconds, p50 / 1000, p99 / 1000, status / requests,
                {name: cost / requests * 1e6 for name, cost in used.items()},
                max(0.0, others - loading / (passed * os.cpu_count())), requests)
