"""What happens at twice the capacity: how much is still done, how late, and how the rest is told.

    tests/bench/run overload [--quick] [--customers N]

The peak is the most R1 a second of 32, 64 and 128 connections. Then four times as many connections as requests are admitted at
once (`limits.requests`) ask twice that often, whatever they are told. Good answers a second are compared with the peak; the refused must be 503
with Retry-After, and quick. Then the load ends, and it is timed until one caller is served as fast as before."""

import http.client
import threading
import time

import contenders
import load
import machine
import report
import rounds
from gateway import POSTGRESQL, SQLITE, Gateway

ADMITTED = 128
CROWD = 4 * ADMITTED


class Callers:
    """So many callers, each on a connection of its own, as fast as they are answered."""

    def __init__(self, contender, number, customers):
        self.contender, self.customers = contender, customers
        self.until = None
        self.good, self.refused, self.wrong = [], [], []
        self.threads = [threading.Thread(target=self._run, args=(n,)) for n in range(number)]

    def run(self, seconds):
        self.until = time.perf_counter() + seconds
        for one in self.threads:
            one.start()
        for one in self.threads:
            one.join()

    def _run(self, number):
        connection = http.client.HTTPConnection('127.0.0.1', self.contender.port, timeout=30)
        headers = {'Authorization': f'Bearer {self.contender.key}'}
        turn = number
        while time.perf_counter() < self.until:
            turn += 7919
            begin = time.perf_counter()
            connection.request('GET', f'/v1/customers/{turn % self.customers + 1}/online-account', headers=headers)
            answer = connection.getresponse()
            answer.read()
            took = (time.perf_counter() - begin) * 1000
            if answer.status == 200:
                self.good.append(took)
            elif answer.status == 503 and answer.headers['Retry-After']:
                self.refused.append(took)
            else:
                self.wrong.append(answer.status)
        connection.close()


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def recovery(contender, customers, usual):
    """Seconds until ten requests in a row of one caller are served, each within ten times of what is usual."""
    connection = http.client.HTTPConnection('127.0.0.1', contender.port, timeout=30)
    headers = {'Authorization': f'Bearer {contender.key}'}
    begin, row = time.perf_counter(), 0
    while row < 10:
        asked = time.perf_counter()
        connection.request('GET', f'/v1/customers/{row % customers + 1}/online-account', headers=headers)
        answer = connection.getresponse()
        answer.read()
        row = row + 1 if answer.status == 200 and (time.perf_counter() - asked) * 1000 < 10 * usual else 0
    connection.close()
    return time.perf_counter() - begin


def measure(database, count, seconds, customers):
    gateway = Gateway(database, customers=customers, name='bench-overload', settings=[f'limits.requests={ADMITTED}'])
    try:
        gateway.start()
        one = contenders.CausewayContender(gateway)
        load.run(one, 'r1', ADMITTED, 1, customers)
        figures = []
        for _ in range(count):
            usual = load.run(one, 'r1', 1, 1, customers).p50
            peak = max(load.run(one, 'r1', number, seconds, customers).rate for number in (32, 64, ADMITTED))
            pause = max(1, round(CROWD / (2 * peak) * 1000))
            over = load.run(one, 'r1', CROWD, seconds, customers, allow_refused=True, pause=pause)
            recovered = recovery(one, customers, usual)
            # A load as heavy once more, and a few callers beside it who look at what they are told.
            beside = Callers(one, 4, customers)
            watching = threading.Thread(target=beside.run, args=(seconds,))
            watching.start()
            load.run(one, 'r1', CROWD, seconds, customers, allow_refused=True, pause=pause)
            watching.join()
            if beside.wrong:
                raise AssertionError(f'told {sorted(set(beside.wrong))} instead of 200, or 503 with Retry-After')
            figures.append({
                'peak': peak, 'good': over.rate * (1 - over.refused), 'refused': over.rate * over.refused,
                'offered': CROWD / pause * 1000, 'p99': over.p99,
                'recovery': recovered, 'goodP99': percentile(beside.good, 0.99), 'refusedP99': percentile(beside.refused, 0.99),
                'others': over.others})
        gateway.stop()
        return figures
    finally:
        gateway.close()


def main(asked):
    count = asked.rounds or (2 if asked.quick else 5)
    seconds = int(asked.seconds or (2 if asked.quick else 4))
    customers = asked.customers or (10_000 if asked.quick else 100_000)
    written = {}
    for database in (POSTGRESQL, SQLITE):
        figures = measure(database, count, seconds, customers)
        middle = {name: rounds.median([one[name] for one in figures]) for name in figures[0]}
        ratio = [one['good'] / one['peak'] for one in figures]
        print(f'\nOverload on {database.name}: {CROWD} connections, {ADMITTED} requests admitted, {count} rounds (medians)')
        print(f'  peak {middle["peak"]:,.0f}/s; of {middle["offered"]:,.0f}/s asked {middle["good"]:,.0f}/s good, {middle["refused"]:,.0f}/s refused with Retry-After')
        print(f'  {report.said(ratio, "of the peak", at_least=0.9, aim=1.0)}')
        print(f'  p99 of a caller beside the crowd: {middle["goodP99"]:.1f} ms where it is served, {middle["refusedP99"]:.1f} ms where it is refused')
        print(f'  served as usual {middle["recovery"] * 1000:.0f} ms after the load has ended')
        report.tell_noise(ratio, [one['others'] for one in figures])
        written[database.name] = figures
    report.write('overload', written)
