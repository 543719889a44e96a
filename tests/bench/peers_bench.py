"""R1, W1, M1 and H beside honest peers on the same machine, in interleaved rounds.

    tests/bench/run pg|sqlite [--quick] [--rounds N] [--seconds N] [--customers N] [--only r1:64]

R1  GET /v1/customers/{csid}/online-account, random customer
W1  POST /v1/customers/{csid}/communications, random international customer, a body of 400 bytes: record and outbox row in one transaction
M1  nine R1 to one W1
H   GET /livez, beside nginx `return 200` with one worker

Everybody checks an API key and its role, the path and the body, and reads and writes the same tables with the same indexes and the same
number of rows. The relay is held back meanwhile (its target is away), because no peer has one: `tests/bench/run copy`
measures it. W1+ is W1 with the relay at work, for the gateway alone."""

import contextlib
import sqlite3

import contenders
import load
import machine
import picture
import report
import rounds
from gateway import POSTGRESQL, SQLITE, Gateway

CONNECTIONS = (64, 256)
# The peers and their settings: the connections to the database, or threads, with which each is fastest on two cores. Of 1, 2, 3, 4, 8 and 16
# connections Fastify reads most with 2 and writes most with 8; of 1 to 64 threads the SOCI server reads most with 4, and with none
# writes as much as Fastify.
MAKERS = {
    'postgresql': [(contenders.fastify_pg, [(2,), (8,)]), (contenders.soci_threads, [(4,)])],
    'sqlite': [(contenders.fastify_sqlite, [()])],
}
# At least and aim, of the fastest peer: throughput; processor time of server and database for each answer; p99 at 64.
TARGETS = {
    'postgresql': {'r1': (1.5, 2.2), 'w1': (3.0, 4.5), 'm1': (1.6, 2.4), 'h': (0.8, 1.0)},
    'sqlite': {'r1': (1.8, 2.4), 'w1': (6, 12), 'm1': (2, 3), 'h': (0.8, 1.0)},
}
PROCESSOR = {'r1': (0.6, 0.4), 'w1': (0.35, 0.2), 'm1': (0.6, 0.4)}
P99 = (0.8, 0.5)


class Held:
    """While this stands, the target is away and nothing is copied."""

    def __init__(self, gateway):
        self.gateway = gateway
        if gateway.database.name == 'sqlite':
            self.lock = sqlite3.connect(gateway.folder / 'var' / 'cuba.db', isolation_level=None, timeout=30)
            self.lock.execute('BEGIN IMMEDIATE')
            return
        name = gateway.database.databases['cuba']
        gateway.database._administer(f'ALTER DATABASE {name} ALLOW_CONNECTIONS false')
        gateway.database._administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def close(self):
        if self.gateway.database.name == 'sqlite':
            self.lock.execute('ROLLBACK')
            self.lock.close()
        else:
            self.gateway.database._administer(f'ALTER DATABASE {self.gateway.database.databases["cuba"]} ALLOW_CONNECTIONS true')


def on_postgresql(gateway, database, sql):
    with gateway.database._connection(database) as cursor:
        cursor.execute(sql)


def truncate(gateway, database):
    import psycopg2

    for tries_left in reversed(range(5)):
        try:
            return on_postgresql(gateway, database, 'TRUNCATE communication, causeway_outbox')
        except psycopg2.errors.DeadlockDetected:  # the last writes of the round before lock them the other way round
            if not tries_left:
                raise


def clear(gateway, data):
    """Nobody writes into tables that others have filled before. `data`: the peers' databases or files."""
    if gateway.database.name == 'postgresql':
        for database in [gateway.database.databases['pluto'], *data]:
            truncate(gateway, database)
        on_postgresql(gateway, 'postgres', 'CHECKPOINT')
        return
    for file in [gateway.folder / 'var' / 'pluto.db', *data]:
        with contextlib.closing(sqlite3.connect(file, timeout=60)) as connection:
            connection.execute('DELETE FROM communication')
            connection.execute('DELETE FROM causeway_outbox')
            connection.commit()


def measure(database, points, count, seconds, customers):
    """{(workload, connections): {contender: [Load of each round]}}"""
    gateway = Gateway(database, customers=customers, name='bench')
    with contextlib.ExitStack() as stack:
        stack.callback(gateway.close)
        makers = MAKERS[database.name]
        data = [contenders.copy_of_pluto(gateway) for _ in makers]
        if database is POSTGRESQL:
            for name in [*gateway.database.databases.values(), *data]:
                on_postgresql(gateway, name, 'VACUUM ANALYZE')
        gateway.start()
        everybody = [contenders.CausewayContender(gateway)]
        for (make, settings), of in zip(makers, data):
            for setting in settings:
                everybody.append(make(gateway, of, *setting))
                stack.callback(everybody[-1].close)
        nginx = contenders.Nginx(gateway)
        stack.callback(nginx.close)
        found = {point: {} for point in points}
        held = Held(gateway)
        for one in everybody:
            load.run(one, 'm1', 16, 1, customers)
        for turn in range(count):
            for workload, connections in points:
                if workload == 'w1+':
                    continue
                whom = [everybody[0], nginx] if workload == 'h' else everybody
                if workload in ('w1', 'm1'):
                    clear(gateway, data)
                for at in range(len(whom)):
                    one = whom[(at + turn) % len(whom)]
                    found[workload, connections].setdefault(one.name, []).append(
                        load.run(one, workload, connections, seconds, customers))
            print(f'  round {turn + 1} of {count}, fdatasync {machine.sync_latency(gateway.folder):.2f} ms', flush=True)
        clear(gateway, data)
        held.close()
        for workload, connections in points:
            if workload == 'w1+':
                found[workload, connections]['causeway'] = [
                    load.run(everybody[0], 'w1', connections, seconds, customers) for _ in range(min(count, 3))]
        gateway.kill()  # what is still to be copied is nobody's business
    return found


def processor(one):
    return sum(one.used.values())


def judge(database, found):
    """Prints the table, and gives what is to be written."""
    told = []
    print(f'  {"":12}{"per second":>12}{"p50 ms":>9}{"p99 ms":>9}   µs of the processor for each answer')
    for (workload, connections), by_name in found.items():
        print(f'{workload.upper()} {connections}')
        for name, loads in by_name.items():
            middle = {what: rounds.median([getattr(one, what) for one in loads]) for what in ('rate', 'p50', 'p99')}
            parts = {part: rounds.median([one.used[part] for one in loads]) for part in loads[0].used}
            split = ', '.join(f'{part} {cost:.1f}' for part, cost in parts.items())
            print(f'  {name:24}{middle["rate"]:10,.0f}{middle["p50"]:9.2f}{middle["p99"]:9.2f}   {sum(parts.values()):6.1f} ({split})')
            told.append({'workload': workload, 'connections': connections, 'contender': name, **middle, 'processorMicroseconds': parts,
                         'rates': rounds.summary([one.rate for one in loads])})
        peers = [name for name in by_name if name != 'causeway']
        if not peers:
            continue
        ours = by_name['causeway']
        best = max(peers, key=lambda name: rounds.median([one.rate for one in by_name[name]]))
        theirs = by_name[best]
        ratio = rounds.ratios([one.rate for one in ours], [one.rate for one in theirs])
        told.append({'workload': workload, 'connections': connections, 'against': best, 'ratio': rounds.summary(ratio)})
        print(f'  {report.said(ratio, f"of {best}", *TARGETS[database.name][workload])}')
        if workload in PROCESSOR:
            cost = rounds.ratios([processor(one) for one in ours], [processor(one) for one in theirs])
            told[-1]['processorRatio'] = rounds.summary(cost)
            print(f'  {report.said(cost, "of its processor time", *PROCESSOR[workload], lower_is_better=True)}')
        if (workload, connections) == ('r1', 64):
            late = rounds.ratios([one.p99 for one in ours], [one.p99 for one in theirs])
            told[-1]['p99Ratio'] = rounds.summary(late)
            print(f'  {report.said(late, "of its p99", *P99, lower_is_better=True)}')
        report.tell_noise(ratio, [one.others for loads in by_name.values() for one in loads])
    return told


def draw(database, found):
    points = [point for point in found if point[0] != 'h' and len(found[point]) > 1]
    if not points:
        return None
    names = list(found[points[0]])
    return picture.bars(
        f'Answers a second on {database.name}', [f'{workload.upper()} {connections}' for workload, connections in points], names,
        [[rounds.median([one.rate for one in found[point][name]]) for point in points] for name in names])


def main(asked):
    database = POSTGRESQL if asked.mode == 'pg' else SQLITE
    count = asked.rounds or (3 if asked.quick else 5)
    seconds = int(asked.seconds or (2 if asked.quick else 4))
    customers = asked.customers or (10_000 if asked.quick else 100_000)
    points = [(workload, connections) for workload in ('r1', 'w1', 'm1', 'h', 'w1+') for connections in CONNECTIONS
              if f'{workload}:{connections}'.startswith(asked.only or '')]
    latency = machine.sync_latency(report.FOLDER)
    print(f'\n{database.name}: {customers:,} customers, {count} rounds of {seconds} s each, medians; fdatasync {latency:.2f} ms', flush=True)
    found = measure(database, points, count, seconds, customers)
    told = judge(database, found)
    report.write(asked.mode, {'database': database.name, 'customers': customers, 'rounds': count, 'seconds': seconds,
                              'fdatasyncMs': latency, 'figures': told})
    drawn = draw(database, found)
    if drawn:
        report.write_picture(asked.mode, drawn)
