"""Whether cost grows as the work grows, and no faster: a table of each, for the gateway alone.

    tests/bench/run scale [--quick] [--only alone|connections|customers|memory|plugins|backlog]

What was measured before stands on in build/bench/scale.json, so that the parts can be measured one at a time.

alone        R1 and W1 with one connection, beside the peers
connections  R1 and W1 from 1 to 1,024 connections on PostgreSQL and SQLite
customers    R1 at 64 connections with 10,000 to 1,000,000 customers (SQLite)
memory       of an idle connection, and of a request that waits for the database
plugins      the time of a start with 1, 10 and 100 plugins beside the shipped ones
backlog      C1 with 10,000 to 1,000,000 pending copies"""

import json
import socket
import subprocess
import time

import contenders
import copy_bench
import load
import machine
import peers_bench
import picture
import report
import rounds
from gateway import POSTGRESQL, ROOT, SQLITE, Gateway
from peers_bench import Held


def connections(quick):
    counts, seconds, customers = ((1, 16, 64), 1, 10_000) if quick else ((1, 16, 64, 256, 1024), 3, 100_000)
    found = {}
    for database in (POSTGRESQL, SQLITE):
        gateway = Gateway(database, customers=customers, name='bench-connections')
        try:
            gateway.start()
            held = Held(gateway)
            one = contenders.CausewayContender(gateway)
            load.run(one, 'm1', 16, 1, customers)
            for workload in ('r1', 'w1'):
                name = f'{workload.upper()} {database.name}'
                found[name] = []
                for number in counts:
                    run = load.run(one, workload, number, seconds, customers, allow_refused=True)
                    cost = sum(run.used.values())
                    found[name].append({'connections': number, 'rate': run.rate, 'p50': run.p50, 'p99': run.p99, 'processor': cost,
                                        'refused': run.refused})
                    print(f'  {name:16}{number:6} connections {run.rate:10,.0f}/s   p50 {run.p50:7.2f} ms   p99 {run.p99:8.2f} ms   '
                          f'{cost:6.1f} µs of the processor' + (f', {run.refused:.1%} refused' if run.refused else ''), flush=True)
            held.close()
        finally:
            gateway.close()
    report.write_picture('scale-connections', picture.lines(
        'Answers a second by connections', counts, list(found), [[one['rate'] for one in row] for row in found.values()]))
    return found


def alone(quick):
    """What one caller waits for who has the server to himself, beside the peers, which send one query for each request."""
    count, seconds, customers = (1, 1, 10_000) if quick else (3, 2, 100_000)
    found = []
    for database in (POSTGRESQL, SQLITE):
        measured = peers_bench.measure(database, [('r1', 1), ('w1', 1)], count, seconds, customers)
        for (workload, _), by_name in measured.items():
            for name, loads in by_name.items():
                middle = {what: rounds.median([getattr(one, what) for one in loads]) for what in ('rate', 'p50', 'p99')}
                found.append({'workload': workload, 'database': database.name, 'contender': name, **middle})
                print(f'  {workload.upper()} {database.name:12}{name:24} p50 {middle["p50"]:6.2f} ms   p99 {middle["p99"]:6.2f} ms', flush=True)
    return found


def customers(quick):
    found = []
    for number in (10_000, 50_000) if quick else (10_000, 100_000, 1_000_000):
        gateway = Gateway(SQLITE, name='bench-customers')
        try:
            begin = time.perf_counter()
            gateway.run('seed', '--customers', str(number), '--random-seed', '1', timeout=3600)
            seeded = time.perf_counter() - begin
            gateway.start()
            one = contenders.CausewayContender(gateway)
            load.run(one, 'r1', 64, 1, number)
            run = load.run(one, 'r1', 64, 2 if quick else 4, number)
            found.append({'customers': number, 'rate': run.rate, 'p99': run.p99, 'seedSeconds': seeded})
            print(f'  R1 of {number:9,} customers {run.rate:10,.0f}/s   p99 {run.p99:6.2f} ms   (seeded in {seeded:.1f} s)', flush=True)
        finally:
            gateway.close()
    return found


def memory(_quick):
    number = 1000
    gateway = Gateway(POSTGRESQL, customers=1000, name='bench-memory', settings=['limits.deadline=60s', 'limits.idleTimeout=1h'])
    opened = []
    try:
        gateway.start()
        one = contenders.CausewayContender(gateway)
        load.run(one, 'r1', 64, 2, 1000)  # what is kept for good is kept now
        before = machine.resident_bytes(gateway.process.pid)
        live = b'GET /livez HTTP/1.1\r\nHost: bench\r\n\r\n'
        for _ in range(number):
            opened.append(socket.create_connection(('127.0.0.1', gateway.port)))
            opened[-1].sendall(live)
            opened[-1].recv(4096)
        idle = (machine.resident_bytes(gateway.process.pid) - before) / number
        # Nobody reads a customer while the table is locked.
        import psycopg2
        lock = psycopg2.connect(gateway.database.connect_string(gateway.database.databases['pluto']))
        lock.cursor().execute('LOCK TABLE customer IN ACCESS EXCLUSIVE MODE')
        ask = f'GET /v1/customers/1/online-account HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {one.key}\r\n\r\n'.encode()
        for connection in opened:
            connection.sendall(ask)
        time.sleep(0.7)  # until all have arrived; the lock outlives that, and the database gives up waiting for it after a second
        waiting = (machine.resident_bytes(gateway.process.pid) - before) / number - idle
        lock.rollback()
        lock.close()
        print(f'  an idle connection {idle / 1024:.1f} KiB, a request that waits for the database {waiting / 1024:.1f} KiB more', flush=True)
        return {'idleConnectionBytes': idle, 'waitingRequestBytes': waiting, 'of': number}
    finally:
        for connection in opened:
            connection.close()
        gateway.close()


PLUGIN = '''#include "one_operation.h"
static const cw_operation operations[] = {{GET("/v1/scale/{0}")}};
static void handle(void *instance, cw_call call, const cw_request *request) {{
  (void)instance;
  (void)request;
  answer_json(host, call, "{{}}");
}}
ONE_PLUGIN("scale{0}")
'''


def plugins(quick):
    found = []
    for number in (1, 10) if quick else (1, 10, 100):
        gateway = Gateway(SQLITE, customers=40, name='bench-plugins')
        try:
            lines = []
            for turn in range(number):
                source = gateway.folder / f'scale{turn}.c'
                source.write_text(PLUGIN.format(turn))
                library = source.with_suffix('.so')
                subprocess.run(['cc', '-shared', '-fPIC', '-O1', f'-I{ROOT}/gateway/sdk/include', f'-I{ROOT}/tests/fixtures/plugins',
                                '-o', str(library), str(source)], check=True)
                lines.append(f'  - {{library: {library}}}\n')
            config = gateway.folder / 'config' / 'causeway.yaml'
            text = config.read_text()
            shipped = '  - {library: communications}\n'
            assert shipped in text
            config.write_text(text.replace(shipped, shipped + ''.join(lines)))
            taken = []
            for _ in range(5):
                begin = time.perf_counter()
                gateway.start()
                taken.append((time.perf_counter() - begin) * 1000)
                gateway.stop()
            middle = sorted(taken)[2]
            found.append({'plugins': number, 'milliseconds': middle})
            print(f'  {number:4} plugins beside the shipped: ready after {middle:6.0f} ms', flush=True)
        finally:
            gateway.close()
    return found


def backlog(quick):
    found = []
    for records in (10_000, 30_000) if quick else (10_000, 100_000, 1_000_000):
        one = copy_bench.measure(records, 1)[0]
        found.append({'records': records, 'relay': one['relay'], 'local': one['local']})
        print(f'  C1 of {records:9,}: {one["relay"]:10,.0f} rows/s, {one["relay"] / one["local"]:.2f} of the local INSERT ... SELECT', flush=True)
    return found


PARTS = {'alone': alone, 'connections': connections, 'customers': customers, 'memory': memory, 'plugins': plugins, 'backlog': backlog}


def main(asked):
    file = report.FOLDER / 'scale.json'
    written = json.loads(file.read_text()) if file.exists() else {}
    for name, part in PARTS.items():
        if name.startswith(asked.only or ''):
            print(f'\n{name}', flush=True)
            written[name] = {'fdatasyncMs': machine.sync_latency(report.FOLDER), 'quick': asked.quick, 'figures': part(asked.quick)}
            report.write('scale', written)
