"""Rounds of load and faults on one database, each followed by a look at the stores from outside. tests/crash/run says how to
begin one."""

import argparse
import collections
import ctypes
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'support')]

import check  # noqa: E402
from cluster import Cluster  # noqa: E402
from faults import KILLS, Faults  # noqa: E402
from gateway import PATIENCE, ROOT, SQLITE, Gateway  # noqa: E402
from gateways import Site  # noqa: E402
from load import Load  # noqa: E402

DATABASES = ('sqlite', 'postgresql')
GATEWAYS = 3  # on PostgreSQL
CUSTOMERS = 16  # international ones
TAKEOVER = 1.5
SETTINGS = [f'gateways.takeover={TAKEOVER * 1000:.0f}ms', 'relay.poll=500ms', 'relay.retryMost=2s']
REPLAYS = 40  # acknowledged requests that are asked again after each round
SHOWN = 20


class Run:
    def __init__(self, database, seed, folder, round_seconds):
        self.database = database
        self.seed = seed
        self.folder = folder
        self.round_seconds = round_seconds
        self.chance = random.Random(f'{seed} {database}')
        self.totals = collections.Counter()
        self.wrong = []
        self.cluster = self.site = None
        self.gateways = []
        os.environ['CAUSEWAY_TEST_LOGS'] = str(folder / 'logs')
        if database == 'sqlite':
            self.gateways = [Gateway(SQLITE, 4 * CUSTOMERS, SETTINGS, name='crash')]
            proxies = ()
        else:
            self.cluster = Cluster(folder / 'pg')
            os.environ['CAUSEWAY_TEST_POSTGRES'] = self.cluster.connect
            self.site = Site(GATEWAYS, 4 * CUSTOMERS, SETTINGS, name='crash')
            self.gateways, proxies = self.site.gateways, self.site.proxies
        self.faults = Faults(
            SQLITE if database == 'sqlite' else None, self.gateways, self.chance, TAKEOVER, 0.8 if self.site else 1.2, proxies,
            self.cluster)
        self.load = Load(self.gateways, seed, clients=12, pause=0.04, customers=CUSTOMERS)

    def run(self, minutes):
        until = time.monotonic() + 60 * minutes
        for gateway in self.gateways:
            gateway.start()
        while time.monotonic() < until and not self.wrong:
            self._round(min(self.round_seconds, max(2, until - time.monotonic())))
        return not self.wrong

    def _round(self, seconds):
        faults, records = self.faults.counts.copy(), len(self.load.answered)
        self.load.start()
        self.faults.rage(seconds)
        self.load.end()
        self._wait_until_copied()
        answered = self.load.answered
        self.load.replay(self.chance.sample(answered, min(REPLAYS, len(answered))))
        found = check.check(self.gateways[0].query, answered)
        self.wrong += self.load.faults + self.faults.wrong + found.faults + check.reconcile(self.gateways[0])
        self.totals.update(rounds=1)
        self.totals.update({'records': found.records - self.totals['records']})
        for name in ('lost', 'doubled', 'disordered'):
            self.totals[name] = getattr(found, name)
        kinds = ', '.join(f'{count} {kind}' for kind, count in sorted((self.faults.counts - faults).items()))
        say(f'{self.database}: round {self.totals["rounds"]}: {len(answered) - records} requests answered; faults: {kinds or "none"};'
            f' {found.records} records in all, {found.lost} lost, {found.doubled} doubled, {found.disordered} out of order')

    def _wait_until_copied(self):
        until = time.monotonic() + 120 * PATIENCE
        while pending := self.gateways[0].query('pluto', "SELECT count(*) FROM causeway_outbox WHERE state = 'PENDING'")[0][0]:
            if time.monotonic() > until:
                self.wrong.append(f'{pending} copies still wait two minutes after all is well')
                return
            time.sleep(0.1)

    def summary(self):
        counts = dict(sorted(self.faults.counts.items()))
        return {
            'database': self.database, 'seed': self.seed, 'gateways': len(self.gateways), 'rounds': self.totals['rounds'],
            'records': self.totals['records'], 'requestsRepeated': self.load.repeated, 'answersReplayed': self.load.replayed,
            'kills': sum(count for kind, count in counts.items() if kind in KILLS), 'faults': counts,
            'lost': self.totals['lost'], 'doubled': self.totals['doubled'], 'outOfOrder': self.totals['disordered'],
            'ok': not self.wrong}

    def keep(self, where):
        """The logs and the databases, as they are."""
        shutil.rmtree(where, ignore_errors=True)
        where.mkdir(parents=True)
        shutil.copytree(self.folder / 'logs', where / 'logs')
        for gateway in self.gateways:
            gateway.kill()
        if self.site is None:
            shutil.copytree(self.gateways[0].folder / 'var', where / 'var', ignore=shutil.ignore_patterns('*keys*'))
            return
        shutil.copy(self.folder / 'pg/server.log', where)
        for store, database in self.site.databases.databases.items():
            with open(where / f'{store}.sql', 'wb') as file:
                subprocess.run(
                    ['pg_dump', self.site.databases.connect_string(database)], stdout=file, stdin=subprocess.DEVNULL, check=True)

    def close(self):
        self.load.ending.set()
        for gateway in self.gateways:
            gateway.kill()
        if self.cluster:
            for proxy in self.site.proxies if self.site else ():
                proxy.close()
            self.cluster.stop()
        for gateway in self.gateways:
            shutil.rmtree(gateway.folder, ignore_errors=True)


def end_with_parent():
    """For subprocesses that tidy up when they are told to end."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def say(line):
    print(line, flush=True)


def one_database(given):
    folder = pathlib.Path(tempfile.mkdtemp(prefix='causeway-crash-'))
    folder.chmod(0o711)  # PostgreSQL's user passes through, and sees nothing
    run = None
    try:
        run = Run(given.database, given.seed, folder, given.round)
        try:
            run.run(given.minutes)
        except Exception as fault:
            run.wrong.append(f'{type(fault).__name__}: {fault}')
        for sentence in run.wrong[:SHOWN]:
            say(f'{given.database}: WRONG: {sentence}')
        if run.wrong:
            kept = ROOT / 'build/crash' / f'{given.database}-{given.seed}'
            run.keep(kept)
            say(f'{given.database}: {len(run.wrong)} faults with --seed {given.seed}; logs and databases are kept in {kept}')
        say(json.dumps(run.summary()))
        return 1 if run.wrong else 0
    finally:
        # Whoever interrupts may do so twice.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if run:
            run.close()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(prog='tests/crash/run')
    parser.add_argument('--minutes', type=float, default=5)
    parser.add_argument('--seed', type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument('--database', choices=DATABASES, help='default: both at once')
    parser.add_argument('--round', type=float, default=20, metavar='SECONDS', help='of load and faults between two looks')
    given = parser.parse_args()
    # An interrupt tidies up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if given.database:
        return one_database(given)
    runs = [
        subprocess.Popen(
            [sys.executable, __file__, *sys.argv[1:], '--seed', str(given.seed), '--database', database], stdin=subprocess.DEVNULL,
            preexec_fn=end_with_parent)
        for database in DATABASES]
    try:
        return max(run.wait() for run in runs)
    finally:
        for run in runs:
            run.terminate()
        for run in runs:
            run.wait()


if __name__ == '__main__':
    sys.exit(main())
