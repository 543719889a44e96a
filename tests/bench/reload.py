"""Thousands of reloads of a real gateway's configuration under steady load: no request may fail, nothing may grow.

    tests/bench/run reload [--reloads N] [--rate N] [sqlite|pg]

The callers are those of the soak. Meanwhile the configuration is taken up again and again as fast as it goes: in turn with
another mapping of the notes, with another limit, as it is, and with a kind more or less; every fiftieth is faulty and must be
refused. After a warm-up (a quarter of the reloads) a line is fitted through what is resident, open and running, as for the
soak. On SQLite few requests write: its page caches grow with the file, up to 16 MiB a connection, and would hide what reloads
leave behind. Prints figures as JSON; exit code 1 where something grew, a request failed or a reload had another outcome.
"""

import argparse
import json
import statistics
import sys
import time

from gateway import POSTGRESQL, SQLITE, Gateway
from soak import ALLOWED, CALLERS, CUSTOMERS, Caller, judge, sample

KIND = """records:
  label:
    table: label
    key: [name]
    fields:
      name: {column: name, type: text, length: 20, required: true}
"""
# What is edited in turn: file, a text that stands once in it, and what takes its place.
EDITS = [('mappings/note.yaml', 'wrap: 72', 'wrap: 60'), ('causeway.yaml', 'listen: {', 'limits: {body: 2MiB}\nlisten: {'), None,
         ('records/pluto.yaml', 'records:\n', KIND)]
FAULT = ('causeway.yaml', 'listen: {', 'lisen: {')
FAULTY = 50  # every so many
SAMPLES = 100
# The pages of what the few new records wrote, in each connection's cache.
ALLOWED['residentMiB'] = 4.0


class Reader(Caller):
    MIX = [(name, weight * (0.02 if name in ('write', 'note', 'repeat') else 1)) for name, weight in Caller.MIX]


class Configuration:
    def __init__(self, gateway):
        self.folder = gateway.folder / 'config'
        self.edited = set()

    def toggle(self, edit):
        name, old, new = edit
        if edit in self.edited:
            old, new = new, old
        text = (self.folder / name).read_text()
        assert text.count(old) == 1, (name, old)
        (self.folder / name).write_text(text.replace(old, new))
        self.edited ^= {edit}


def reload_under_load(database, reloads, rate):
    gateway = Gateway(database, customers=CUSTOMERS, settings=['limits.idleTimeout=1h'], name='reload')
    try:
        gateway.start()
        configuration, unexpected = Configuration(gateway), []
        begin = time.monotonic()
        kind = Reader if database is SQLITE else Caller
        callers = [kind(gateway, number, CALLERS / rate, float('inf')) for number in range(CALLERS)]
        for caller in callers:
            caller.start()
        times, samples, took = [], [], []
        with gateway.client('operator') as operator:
            for number in range(reloads):
                faulty = number % FAULTY == FAULTY - 1
                edit = FAULT if faulty else EDITS[number % len(EDITS)]
                if edit:
                    configuration.toggle(edit)
                asked = time.monotonic()
                answer = operator.post('/v1/admin/config/reload')
                took.append((time.monotonic() - asked) * 1000)
                if answer.status != (422 if faulty else 200):
                    unexpected.append(f'reload {number}: {answer!r}')
                elif not faulty and len(answer.body['changes']) != (0 if edit is None else 1):
                    unexpected.append(f'reload {number}: {answer!r}')
                if faulty:
                    configuration.toggle(FAULT)
                if number >= reloads // 4 and number % max(1, reloads // SAMPLES) == 0:
                    times.append(time.monotonic() - begin)
                    samples.append(sample(gateway))
        seconds = time.monotonic() - begin
        for caller in callers:
            caller.until = 0
        for caller in callers:
            caller.join()
        gateway.wait_until_copied(600)
        routes = gateway.copies()
        gateway.stop()
    finally:
        gateway.close()
    figures, grown = judge(times, samples)
    requests = sum(sum(caller.counts.values()) for caller in callers)
    unexpected += [text for caller in callers for text in caller.unexpected]
    took.sort()
    print(json.dumps({
        'database': gateway.database.name, 'reloads': reloads, 'seconds': round(seconds, 1), 'requests': requests,
        'perSecond': round(requests / seconds, 1), 'unexpected': len(unexpected), 'firstUnexpected': unexpected[:5],
        'copied': {name: route['copied'] for name, route in routes.items()}, 'dead': sum(route['dead'] for route in routes.values()),
        'reloadMilliseconds': {'median': round(statistics.median(took), 1), 'p99': round(took[len(took) * 99 // 100], 1),
                               'most': round(took[-1], 1)},
        'figures': figures, 'grown': grown}, indent=2))
    return not grown and not unexpected


def main():
    parser = argparse.ArgumentParser(prog='tests/bench/run reload')
    parser.add_argument('database', nargs='?', choices=['sqlite', 'pg'], default='sqlite')
    parser.add_argument('--reloads', type=int, default=10_000)
    parser.add_argument('--rate', type=float, default=200, help='requests per second')
    asked = parser.parse_args()
    sys.exit(0 if reload_under_load(POSTGRESQL if asked.database == 'pg' else SQLITE, asked.reloads, asked.rate) else 1)


if __name__ == '__main__':
    main()
