"""Figures of the read, the write and the relay, each beside a baseline taken in the same run.

read    GET /v1/customers/{csid}/online-account, random customer          baseline: GET /livez, which asks no database
write   POST /v1/customers/{csid}/communications, international customer  baseline: one client's commits of one such row
relay   the copies of what was written, all pending at once               baseline: INSERT ... SELECT of the same rows
"""

import os
import subprocess
import sys
import tempfile
import time

from gateway import POSTGRESQL, ROOT, SQLITE, Gateway

SECONDS = int(os.environ.get('SECONDS_EACH', '5'))
CUSTOMERS = int(os.environ.get('CUSTOMERS', '10000'))
CONNECTIONS = (1, 64, 256)


def load(gateway, mode, connections):
    """(requests per second, p50 in ms, p99 in ms) of wrk on one thread."""
    environment = {**os.environ, 'MODE': mode, 'KEY': gateway.keys.of['ps-officer'], 'CUSTOMERS': str(CUSTOMERS)}
    out = subprocess.run(
        ['wrk', '-t1', f'-c{connections}', f'-d{SECONDS}s', '-s', str(ROOT / 'tests/bench/requests.lua'),
         f'http://127.0.0.1:{gateway.port}'], env=environment, capture_output=True, text=True, check=True).stdout
    line = next(line for line in out.splitlines() if line.startswith('RESULT'))
    requests, microseconds, failed, p50, p99 = (int(word) for word in line.split()[1:])
    if failed:
        print(f'    {failed} of {requests} requests failed')
    return requests * 1e6 / microseconds, p50 / 1000, p99 / 1000


def sync_latency():
    """Median milliseconds of a 4 KiB write with fdatasync: on some disks it differs by the minute."""
    with tempfile.TemporaryFile(dir=ROOT) as file:
        times = []
        for _ in range(50):
            begin = time.perf_counter()
            file.write(b'x' * 4096)
            file.flush()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begin)
    return sorted(times)[len(times) // 2] * 1000


def single_commits(gateway):
    """Commits per second of one client that writes a row like a communication, a transaction each."""
    def measure(execute, commit):
        execute('CREATE TABLE bench_baseline (id TEXT PRIMARY KEY, csid TEXT, body TEXT)')
        commit()
        count, begin = 0, time.perf_counter()
        while time.perf_counter() - begin < min(SECONDS, 3):
            execute(f"INSERT INTO bench_baseline VALUES ('{count:036}', '000000004', '{'x' * 300}')")
            commit()
            count += 1
        rate = count / (time.perf_counter() - begin)
        execute('DROP TABLE bench_baseline')
        commit()
        return rate

    if gateway.database.name == 'sqlite':
        import sqlite3
        with tempfile.TemporaryDirectory(dir=gateway.folder) as folder:
            connection = sqlite3.connect(f'{folder}/baseline.db')
            connection.execute('PRAGMA journal_mode = WAL')
            connection.execute('PRAGMA synchronous = FULL')
            rate = measure(connection.execute, connection.commit)
            connection.close()
            return rate
    import psycopg2
    connection = psycopg2.connect(gateway.database.connect_string(gateway.database.databases['pluto']))
    rate = measure(connection.cursor().execute, connection.commit)
    connection.close()
    return rate


def relay(gateway):
    """(rows, rows per second, rows per second of a local INSERT ... SELECT): everything that crossed crosses again."""
    gateway.wait_until_copied(600)
    gateway.stop()
    columns = 'COMM_NO, CSID, COMM_TYPE, COMM_REASON, COMM_CATEGORY, COMM_ISSUE, SUBJ, COMM_TEXT, COMM_DATE, CREATE_TS, SRC_ID'
    quoted = ', '.join(f'"{name}"' for name in columns.split(', '))
    execute = gateway.database.execute
    begin = time.perf_counter()
    execute('cuba', f'CREATE TABLE bench_copy AS SELECT {quoted} FROM "CUBA_COMM"')
    local = time.perf_counter() - begin
    execute('cuba', 'DROP TABLE bench_copy')
    execute('cuba', 'DELETE FROM "CUBA_COMM" WHERE "SRC_ID" IS NOT NULL')
    execute('pluto', "UPDATE causeway_outbox SET state = 'PENDING', target_id = NULL, copied_at = NULL, version = version + 1")
    rows = gateway.query('pluto', 'SELECT count(*) FROM causeway_outbox')[0][0]
    begin = time.perf_counter()
    gateway.start()
    gateway.wait_until_copied(600)
    return rows, rows / (time.perf_counter() - begin), rows / local


def measure(database):
    gateway = Gateway(database, customers=CUSTOMERS, name='bench')
    try:
        gateway.start()
        print(f'\n{gateway.database.name}: {CUSTOMERS} customers, {SECONDS} s each, one wrk thread on the same machine')
        print(f'  fdatasync {sync_latency():.2f} ms, load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores')
        commits = single_commits(gateway)
        print(f'  {"":8}{"connections":>12}{"per second":>12}{"p50 ms":>9}{"p99 ms":>9}   ratio to the baseline')
        for connections in CONNECTIONS:
            live, p50, p99 = load(gateway, 'live', connections)
            print(f'  {"/livez":8}{connections:12}{live:12.0f}{p50:9.2f}{p99:9.2f}')
            read, p50, p99 = load(gateway, 'read', connections)
            print(f'  {"read":8}{connections:12}{read:12.0f}{p50:9.2f}{p99:9.2f}   {read / live:.2f} of /livez')
        for connections in CONNECTIONS:
            write, p50, p99 = load(gateway, 'write', connections)
            print(f'  {"write":8}{connections:12}{write:12.0f}{p50:9.2f}{p99:9.2f}   {write / commits:.2f} of one client\'s commits ({commits:.0f}/s)')
        rows, rate, local = relay(gateway)
        print(f'  relay   {rows} rows, {rate:.0f} rows/s: {rate / local:.3f} of a local INSERT ... SELECT ({local:.0f}/s)')
        gateway.stop()
    finally:
        gateway.close()


if __name__ == '__main__':
    asked = sys.argv[1] if len(sys.argv) > 1 else 'all'
    if asked not in ('all', 'sqlite', 'pg'):
        sys.exit('usage: tests/bench/run [sqlite|pg]')
    if asked != 'pg':
        measure(SQLITE)
    if asked != 'sqlite':
        measure(POSTGRESQL)
