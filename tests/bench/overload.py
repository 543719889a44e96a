"""What happens at twice the capacity: how much is still done, how late, and how the rest is told.

    tests/bench/run overload [--quick] [--customers N] [--only pg|sqlite|scarce]

The gateway and its database have the machine's processors but the last, and whoever asks has that: so what asking costs, which is
more the more is asked, is not taken from what answers. The capacity is the most R1, or W1, a second of 32, 64, 128 and 256 callers
who wait for their answers. Then callers who do not wait (open_loop.cpp) ask at one to four times that rate, on up to 500 connections;
`limits.wait` is 10 ms, so that as many are answered one way or the other before more are needed. Good answers a second are
compared with the capacity; latency counts from when a request was due. The refused must be 503 with Retry-After. Then the
load ends, and it is timed until one caller is served as fast as before. W1 is without the relay at work.

There whoever refuses takes the processor away from the database. `scarce` is PostgreSQL with a fifth of a processor, as where a
database elsewhere has more to do than it can: its answers are what there is too little of, and the gateway has time to
refuse. `limits.wait` is 100 ms, since the database answers in batches of tens of milliseconds."""

import contextlib
import http.client
import json
import os
import subprocess
import time

import contenders
import load
import machine
import peers_bench
import report
import rounds
import share
from gateway import BUILD, POSTGRESQL, SQLITE, Gateway

CONNECTIONS = 500
WAIT, WAIT_FOR_SCARCE = '10ms', '100ms'
SCARCE = 0.2  # of a processor
WORKLOADS = ('r1', 'w1')
TIMES = (1, 2, 4)


def pin(gateway):
    """What answers to all processors but the last, this and what it starts to the last."""
    everything = sorted(os.sched_getaffinity(0))
    if len(everything) < 2:
        return
    processes = [gateway.process.pid]
    if gateway.database is not None and gateway.database.name == 'postgresql':
        processes += report.server_family(gateway)
    for pid in processes:
        for thread in os.listdir(f'/proc/{pid}/task'):
            os.sched_setaffinity(int(thread), everything[:-1])
    os.sched_setaffinity(0, everything[-1:])


def unpin(everything):
    os.sched_setaffinity(0, everything)


def ask(contender, workload, rate, seconds, customers, connections=CONNECTIONS):
    """Figures of callers who do not wait for answers, or with the rate 0 of some who do; see open_loop.cpp."""
    watch = machine.Watch(contender.groups())
    done = subprocess.run([BUILD / 'bin' / 'open_loop', str(contender.port), contender.key, str(customers), str(connections), str(rate),
                           str(seconds), workload], capture_output=True, text=True, check=False)
    used, passed, _ = watch.done()
    if done.returncode:
        raise AssertionError(f'the generator failed: {done.stderr}')
    return {**json.loads(done.stdout), 'used': {name: spent / passed for name, spent in used.items()}}


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


def measure(database, count, seconds, customers, scarce=False):
    """{workload: [the figures of each rate of each round]}"""
    with contextlib.ExitStack() as stack:
        gateway = Gateway(database, customers=customers, name='bench-overload',
                          settings=[f'limits.wait={WAIT_FOR_SCARCE if scarce else WAIT}'])
        stack.callback(gateway.close)
        stack.callback(unpin, os.sched_getaffinity(0))
        if database is POSTGRESQL:
            for name in gateway.database.databases.values():
                peers_bench.on_postgresql(gateway, name, 'VACUUM ANALYZE')
        gateway.start()
        held = peers_bench.Held(gateway)
        pin(gateway)
        one = contenders.CausewayContender(gateway)
        load.run(one, 'm1', 64, 1, customers)
        if scarce:
            stack.callback(share.Share(report.server_family(gateway), SCARCE).close)
        figures = {workload: [] for workload in WORKLOADS}
        for _ in range(count):
            for workload in WORKLOADS:
                peers_bench.clear(gateway, [])
                usual = load.run(one, 'r1', 1, 1, customers).p50
                capacity = max(ask(one, workload, 0, seconds, customers, number)['good'] for number in (32, 64, 128, 256))
                for times in TIMES:
                    over = ask(one, workload, capacity * times, seconds, customers)
                    if over['wrong']:
                        raise AssertionError(f'{over["wrong"]} answers were neither good nor 503 with Retry-After')
                    figures[workload].append({'times': times, 'capacity': capacity, **over, 'recovery': recovery(one, customers, usual)})
                    print('   ', workload, json.dumps(figures[workload][-1]), flush=True)
        held.close()
        gateway.stop()
        return figures


def tell(workload, figures):
    for times in TIMES:
        rows = [one for one in figures if one['times'] == times]
        middle = {key: rounds.median([one[key] for one in rows]) for key in rows[0] if key != 'used'}
        ratio = [one['good'] / one['capacity'] for one in rows]
        print(f'  {workload.upper()} {times} x {middle["capacity"]:,.0f}/s: asked {middle["offered"]:,.0f}/s, good {middle["good"]:,.0f}/s (p50 '
              f'{middle["goodP50"]:.1f}, p99 {middle["goodP99"]:.1f} ms), refused {middle["refused"]:,.0f}/s (p50 '
              f'{middle["refusedP50"]:.1f}, p99 {middle["refusedP99"]:.1f} ms), as usual after {middle["recovery"] * 1000:.0f} ms; '
              f'the generator used {middle["processor"]:.0%} of its processor')
        print(f'    {report.said(ratio, "of the capacity", *((0.9, 1.0) if times == 2 else ()))}')


def main(asked):
    count = asked.rounds or (1 if asked.quick else 5)
    seconds = int(asked.seconds or (2 if asked.quick else 3))
    customers = asked.customers or (10_000 if asked.quick else 100_000)
    written = {}
    for name, database in (('pg', POSTGRESQL), ('sqlite', SQLITE), ('scarce', POSTGRESQL)):
        if not name.startswith(asked.only or ''):
            continue
        what = f'{database.name} with {SCARCE} of a processor' if name == 'scarce' else database.name
        try:
            figures = measure(database, count, seconds, customers, name == 'scarce')
        except OSError as e:
            print(f'\nOverload on {what}: not measured, for its processes can be given no share ({e}); it takes root and cgroups')
            continue
        print(f'\nOverload on {what}: {count} rounds (medians), {customers:,} customers')
        for workload in WORKLOADS:
            tell(workload, figures[workload])
        written[what] = figures
    report.write('overload', written)
