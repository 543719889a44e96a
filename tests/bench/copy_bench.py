"""C1: the relay carries a backlog from one PostgreSQL database to the other through the real mapping.

    tests/bench/run copy [--records N] [--rounds N]

The backlog appears at once, by the commit of one transaction, while the gateway serves and has nothing else to do; the time is from
that commit until no copy is pending. The baseline is PostgreSQL's own INSERT ... SELECT of just these rows into a table
like the target, keys and indexes included, in the same round on the same server."""

import time

import machine
import report
import rounds
from gateway import POSTGRESQL, Gateway

ROUTE = 'communications'
TEXT = 'Rang about the assessment of 2019; Zoë – her representative – will send the papers by post, “as agreed”. '


def partition_of(csid):
    """As gateway/relay/outbox.cpp divides customers."""
    value = 14695981039346656037
    for byte in csid.encode():
        value = (value ^ byte) * 1099511628211 % 2**64
    return (value ^ value >> 32) % 16


class Databases:
    """Connections of the bench's own to both databases, open as long as it."""

    def __init__(self, gateway):
        import psycopg2

        self.open = {}
        for store, name in gateway.database.databases.items():
            self.open[store] = psycopg2.connect(gateway.database.connect_string(name), client_encoding='UTF8')
            self.open[store].autocommit = True

    def run(self, store, sql):
        with self.open[store].cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None

    def close(self):
        for connection in self.open.values():
            connection.close()


def make_backlog(run, records, customers):
    """Communications of the international customers in turn, a millisecond apart, each with the outbox row that the gateway
    would have written: all in one transaction."""
    run('pluto', 'CREATE TABLE IF NOT EXISTS bench_customer (n int PRIMARY KEY, csid text, partition int)')
    run('pluto', 'TRUNCATE bench_customer')
    rows = ', '.join(f"({n}, '{csid}', {partition_of(csid)})"
                     for n, csid in ((n, f'{4 * (n + 1):09}') for n in range(customers)))
    run('pluto', f'INSERT INTO bench_customer VALUES {rows}')
    run('pluto', f"""
        WITH numbered AS (
            SELECT i, c.csid, c.partition, 'c1-' || lpad(i::text, 12, '0') AS id,
                   to_char(timestamp '2026-01-01' + i * interval '1 ms', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
            FROM generate_series(1, {records}) AS n(i) JOIN bench_customer c ON c.n = i % {customers}),
        record AS (
            INSERT INTO communication (communication_id, csid, comm_type, reason, category, issue, subject, body, created_at, created_by)
            SELECT id, csid, 'Phone Out', 'PERS SERVICES', 'PS CUSTOMER CONTACT', 'Blank', 'Contact ' || i, '{TEXT * 2}' || i, at, 'PSO001'
            FROM numbered ORDER BY i)
        INSERT INTO causeway_outbox (route, partition, csid, source_key, origin, action, state, attempts, created_at, last_entry, version)
        SELECT '{ROUTE}', partition, csid, id, 'POST', 'COPY', 'PENDING', 0, at, 0, 1 FROM numbered ORDER BY i""")


def clean(run):
    run('pluto', 'TRUNCATE communication, causeway_outbox, causeway_copied')
    run('cuba', 'TRUNCATE "CUBA_COMM"')
    for store in ('pluto', 'cuba'):
        run(store, 'CHECKPOINT')


def local_copy(run):
    """Seconds of INSERT ... SELECT of what stands in the target, in the order in which it came."""
    run('cuba', 'DROP TABLE IF EXISTS bench_copy')
    run('cuba', 'CREATE TABLE bench_copy (LIKE "CUBA_COMM" INCLUDING ALL)')
    run('cuba', 'CHECKPOINT')
    begin = time.perf_counter()
    run('cuba', 'INSERT INTO bench_copy SELECT * FROM "CUBA_COMM"')
    taken = time.perf_counter() - begin
    run('cuba', 'DROP TABLE bench_copy')
    return taken


def one_round(gateway, run, records, customers):
    clean(run)
    make_backlog(run, records, customers)
    begin = time.perf_counter()
    watch = machine.Watch({'gateway': lambda: [gateway.process.pid], 'database': lambda: report.server_family(gateway)})
    # By id, that the bench's own question costs as good as nothing.
    while run('pluto', f"SELECT 1 FROM causeway_outbox WHERE route = '{ROUTE}' AND state = 'PENDING' LIMIT 1"):
        if gateway.process.poll() is not None or time.perf_counter() - begin > 600:
            raise AssertionError(f'the backlog is not carried:\n{gateway.log()[-4000:]}')
        time.sleep(0.02)
    taken = time.perf_counter() - begin
    used, _, others = watch.done()
    copied = run('cuba', 'SELECT count(*) FROM "CUBA_COMM"')[0][0]
    settled = run('pluto', 'SELECT count(*) FROM causeway_copied')[0][0]
    if copied != records or settled != records:
        raise AssertionError(f'of {records} records {copied} stand in the target and {settled} are settled')
    return {'relay': records / taken, 'local': records / local_copy(run), 'others': others,
            **{f'{name} µs': seconds / records * 1e6 for name, seconds in used.items()}}


def measure(records, count, customers=10_000):
    """A list with the figures of each round."""
    gateway = Gateway(POSTGRESQL, customers=40, name='bench-copy')
    try:
        gateway.start()
        databases = Databases(gateway)
        one_round(gateway, databases.run, min(records, 10_000), customers)  # so that nothing is done for the first time
        figures = [one_round(gateway, databases.run, records, customers) for _ in range(count)]
        databases.close()
        gateway.stop()
        return figures
    finally:
        gateway.close()


def main(asked):
    records, count = asked.records or (20_000 if asked.quick else 100_000), asked.rounds or (3 if asked.quick else 5)
    latency = machine.sync_latency(report.FOLDER)
    figures = measure(records, count)
    relay, local = ([one[name] for one in figures] for name in ('relay', 'local'))
    ratio = rounds.ratios(relay, local)
    print(f'\nC1: {records} pending copies, PostgreSQL, {count} rounds (medians), fdatasync {latency:.2f} ms')
    print(f'  relay                  {rounds.median(relay):10,.0f} rows/s')
    print(f'  local INSERT ... SELECT{rounds.median(local):10,.0f} rows/s')
    for part in ('gateway', 'database'):
        print(f'  {part:23}{rounds.median([one[f"{part} µs"] for one in figures]):10.1f} µs of the processor for each row')
    print(f'  {report.said(ratio, "of the local INSERT ... SELECT", at_least=0.6, aim=1.2)}')
    report.tell_noise(ratio, [one['others'] for one in figures])
    report.write('copy', {'records': records, 'fdatasyncMs': latency, 'relay': rounds.summary(relay),
                          'local': rounds.summary(local), 'ratio': rounds.summary(ratio), 'rounds': figures})
