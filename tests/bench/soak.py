"""Steady load on a real gateway for as long as it takes to see whether anything grows.

    tests/bench/run soak [--minutes N] [--rate N] [sqlite|pg]

Reads, writes, notes, lists, requests that are refused, repetitions by Idempotency-Key and scrapes, at a steady rate.
Every five seconds: resident memory, threads, open files, connections to the database. What is kept on purpose, as the pages of
the databases' files, is filled first: for at least a minute the load is five times as heavy, until memory has risen by less than
1 MiB for half a minute. Then so many minutes of the steady load are judged: a line is fitted through each figure (the median
of the slopes between any two samples, which single peaks do not move), and what it gains from the first to the last is the
growth; twice the median distance from the line is noise. Prints figures as JSON; exit code 1 where something grew, memory did not come to rest, or a request failed.
"""

import argparse
import http.client
import itertools
import json
import math
import os
import random
import statistics
import sys
import threading
import time

from gateway import POSTGRESQL, SQLITE, Gateway

CUSTOMERS = 2000
CALLERS = 8
RECORD = {'type': 'Phone In', 'reason': 'Provide Inform', 'category': 'Communication', 'issue': 'Blank'}
# What may be gained without being called growth: memory is given back in its own time, and a caller may be connecting.
EVERY, STEADY, LONGEST_WARM_UP = 5, 30, 900  # seconds
ALLOWED = {'residentMiB': 2.0, 'threads': 0.5, 'openFiles': 2.0, 'databaseConnections': 0.5}


class Caller(threading.Thread):
    """One connection, one request after the other, each at its time."""

    def __init__(self, gateway, number, every, until=math.inf):
        super().__init__(daemon=True)
        # Either may be changed meanwhile.
        self.gateway, self.every, self.until = gateway, every, until
        self.random = random.Random(number)
        self.number = number
        self.counts, self.unexpected = {}, []
        self.posted = [None] * 50  # (csid, id) of the latest records
        self.latest = (None, None, None)

    def run(self):
        due = time.monotonic() + self.every * self.random.random()
        with self.gateway.client('ps-officer') as officer, self.gateway.client('operator') as operator:
            for turn in itertools.count():
                due += self.every
                time.sleep(max(0.0, due - time.monotonic()))
                if time.monotonic() > self.until:
                    return
                name = self.random.choices(*zip(*self.MIX))[0]
                try:
                    expected, answer = getattr(self, name)(operator if name in ('scrape', 'routes') else officer, turn)
                except (OSError, http.client.HTTPException) as failure:
                    self.unexpected.append(f'{name}: {failure!r}')
                    continue
                self.counts[name] = self.counts.get(name, 0) + 1
                if answer.status not in expected:
                    self.unexpected.append(f'{name}: {answer!r}')

    MIX = [('summary', 20), ('account', 20), ('records', 10), ('record', 10), ('write', 15), ('note', 8), ('repeat', 5),
           ('invalid', 3), ('malformed', 2), ('unknown', 2), ('officers', 3), ('routes', 1), ('scrape', 1)]

    def customer(self):
        return self.random.randint(1, CUSTOMERS)

    def summary(self, client, _):
        return [200], client.get(f'/v1/customers/{self.customer()}')

    def account(self, client, _):
        return [200], client.get(f'/v1/customers/{self.customer()}/online-account')

    def records(self, client, _):
        return [200], client.get(f'/v1/customers/{self.customer()}/communications?limit=20')

    def record(self, client, _):
        csid, record = self.random.choice(self.posted) or (4, 'none')
        return [200, 404], client.get(f'/v1/customers/{csid}/communications/{record}')

    def write(self, client, turn):
        csid = self.customer()
        body = {**RECORD, 'subject': f'{self.number}-{turn}', 'text': 'Zoë ' * self.random.randint(1, 100)}
        key = f'soak-{self.number}-{turn}'
        answer = client.post(f'/v1/customers/{csid}/communications', body, headers={'Idempotency-Key': key})
        if answer.status == 201:
            self.posted[turn % len(self.posted)] = (csid, answer.body['communicationId'])
            self.latest = (csid, body, key)
        return [201], answer

    def note(self, client, turn):
        csid, record = self.random.choice(self.posted) or (4, 'none')
        path = f'/v1/customers/{csid}/communications/{record}/notes'
        return [201, 404], client.post(path, {'subject': f'note {turn}', 'text': 'é' * 80})

    def repeat(self, client, turn):
        csid, body, key = self.latest
        if csid is None:
            return self.write(client, turn)
        return [201], client.post(f'/v1/customers/{csid}/communications', body, headers={'Idempotency-Key': key})

    def invalid(self, client, _):
        return [422], client.post('/v1/customers/4/communications', {'type': 'Smoke signal', 'unknown': 1})

    def malformed(self, client, _):
        return [400], client.post('/v1/customers/4/communications', raw=b'{"type": ')

    def unknown(self, client, turn):
        return [404], client.get(f'/v1/nothing/{turn}')

    def officers(self, client, _):
        return [200], client.get('/v1/ps/officers')

    def routes(self, client, _):
        return [200], client.get('/v1/admin/copies')

    def scrape(self, client, _):
        return [200], client.get('/metrics')


def sample(gateway):
    pid = gateway.process.pid
    with open(f'/proc/{pid}/status', encoding='ascii', errors='replace') as file:
        status = dict(line.split(':', 1) for line in file if ':' in line)
    found = {
        'residentMiB': int(status['VmRSS'].split()[0]) / 1024,
        'threads': int(status['Threads']),
        'openFiles': len(os.listdir(f'/proc/{pid}/fd')),
    }
    if gateway.database.name == 'postgresql':
        names = "', '".join(gateway.database.databases.values())
        found['databaseConnections'] = gateway.query('pluto', f"""
            SELECT count(*) FROM pg_stat_activity
            WHERE datname IN ('{names}') AND pid <> pg_backend_pid() AND backend_type = 'client backend'""")[0][0]
    return found


def slope(times, values):
    """Of the line that the median of all slopes between two samples gives (Theil and Sen)."""
    slopes = [(v2 - v1) / (t2 - t1)
              for (t1, v1), (t2, v2) in itertools.combinations(zip(times, values), 2) if t2 > t1]
    return statistics.median(slopes)


def judge(times, samples):
    figures, grown = {}, []
    for name in samples[0]:
        values = [one[name] for one in samples]
        rise = slope(times, values)
        growth = rise * (times[-1] - times[0])
        flat = [value - rise * at for at, value in zip(times, values)]
        noise = statistics.median(abs(value - statistics.median(flat)) for value in flat)
        figures[name] = {'first': round(values[0], 2), 'last': round(values[-1], 2), 'most': round(max(values), 2),
                         'growth': round(growth, 3), 'noise': round(noise, 3)}
        if growth > ALLOWED[name] + 2 * noise:
            grown.append(name)
    return figures, grown


def warm_up(gateway):
    """Waits until memory is steady: (seconds, whether it is)."""
    begin, seen = time.monotonic(), []
    while time.monotonic() - begin < LONGEST_WARM_UP:
        time.sleep(EVERY)
        seen.append(sample(gateway)['residentMiB'])
        if len(seen) * EVERY >= 60 and max(seen[-STEADY // EVERY:]) - seen[-STEADY // EVERY] < 1.0:
            return time.monotonic() - begin, True
    return time.monotonic() - begin, False


def soak(database, minutes, rate):
    # A caller whose turn comes seldom must not meet a connection that has just been closed.
    gateway = Gateway(database, customers=CUSTOMERS, settings=['limits.idleTimeout=1h'], name='soak')
    try:
        gateway.start()
        callers = [Caller(gateway, number, CALLERS / rate / 5) for number in range(CALLERS)]
        for caller in callers:
            caller.start()
        warm, steady = warm_up(gateway)
        begin = time.monotonic()
        until = begin + minutes * 60
        for caller in callers:
            caller.every, caller.until = CALLERS / rate, until
        times, samples = [], []
        while time.monotonic() < until:
            time.sleep(min(EVERY, max(0.05, until - time.monotonic())))
            times.append(time.monotonic() - begin)
            samples.append(sample(gateway))
        for caller in callers:
            caller.join()
        gateway.wait_until_copied(600)
        gateway.stop()
    finally:
        gateway.close()
    figures, grown = judge(times, samples)
    if not steady:
        grown.append('residentMiB in the warm-up')
    counts = {}
    for caller in callers:
        for name, count in caller.counts.items():
            counts[name] = counts.get(name, 0) + count
    unexpected = [text for caller in callers for text in caller.unexpected]
    requests = sum(counts.values())
    print(json.dumps({
        'database': gateway.database.name, 'minutes': minutes, 'warmUpSeconds': round(warm), 'requests': requests, 'byKind': counts, 'unexpected': len(unexpected),
        'firstUnexpected': unexpected[:5], 'samples': len(samples), 'figures': figures, 'grown': grown}, indent=2))
    return not grown and not unexpected


def main():
    parser = argparse.ArgumentParser(prog='tests/bench/run soak')
    parser.add_argument('database', nargs='?', choices=['sqlite', 'pg'], default='sqlite')
    parser.add_argument('--minutes', type=float, default=10)
    parser.add_argument('--rate', type=float, default=300, help='requests per second')
    asked = parser.parse_args()
    sys.exit(0 if soak(POSTGRESQL if asked.database == 'pg' else SQLITE, asked.minutes, asked.rate) else 1)


if __name__ == '__main__':
    main()
