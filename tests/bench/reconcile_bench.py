#!/usr/bin/python3
"""How fast, and in how much memory, many records are carried across and compared.

    tests/bench/reconcile_bench.py sqlite|postgresql [RECORDS]        (default 1,000,000)

Records that stood in Pluto before the route: backfill asks for their copies, a gateway carries them, reconcile compares
both stores, while the gateway serves. Needs a build (CAUSEWAY_BUILD) and for PostgreSQL CAUSEWAY_TEST_POSTGRES."""

import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))

import legacy  # noqa: E402
from gateway import POSTGRESQL, SQLITE, Gateway  # noqa: E402


def show(what, records, done):
    print(f'{what:10} {done.seconds:8.1f} s {records / done.seconds:10,.0f} records/s {done.processor:8.1f} s of the processor {done.peak:8.1f} MB at most   {done.sums}', flush=True)


def main():
    database = {'sqlite': SQLITE, 'postgresql': POSTGRESQL}[sys.argv[1]]
    records = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    gateway = Gateway(database, customers=4000)
    try:
        for first in range(1, records + 1, 100_000):
            legacy.put_communications(gateway, min(100_000, records + 1 - first), customers=1000, first=first)
        route = ('--route', 'communications')
        show('backfill', records, legacy.Measured(gateway, 'backfill', *route))
        show('again', records, legacy.Measured(gateway, 'backfill', *route))
        gateway.start()
        began = time.monotonic()
        gateway.wait_until_copied(timeout=7200)
        print(f'relay      {time.monotonic() - began:8.1f} s {records / (time.monotonic() - began):10,.0f} records/s', flush=True)
        show('reconcile', records, legacy.Measured(gateway, 'reconcile', *route))
        gateway.stop()
    finally:
        gateway.close()


main()
