"""The gateway is killed at every boundary of a write's, a copy's, a lease's and a key's life, at each in turn, while callers
are at work. Whatever it was in the middle of: what was acknowledged stands once in each store, in order.

The boundaries are the fault points of gateway/store/fault_point.hpp: the build must have them (build/asan has)."""

import concurrent.futures
import re
import signal
import time
import unittest

import check
from gateway import PATIENCE, ROOT, on_each_database
from load import Load
from templates import Template

POINTS = re.findall(
    r'^    "([a-z.-]+)",$', (ROOT / 'gateway/store/fault_point.hpp').read_text(), re.MULTILINE)
SIDE_BY_SIDE = 4
CUSTOMERS = 8  # international ones
MANY = 32
SETTINGS = ['gateways.takeover=1s', 'relay.poll=200ms']

# At which passing a point kills: one that is passed while callers are at work. The default is for what every copy passes.
HITS = {
    'membership.': 1, 'membership.beating': 6, 'membership.beaten': 6, 'lease.': 1,
    'idempotency.': 20, 'idempotency.taken-over': 1, 'idempotency.settled': 1, 'idempotency.home.': 2,
    'http.': 25, 'store.write.': 70, 'relay.looked-up': 2, 'relay.target.one.': 1, '': 5,
}
# Points that are passed as the gateway ends in order.
AT_THE_END = ('membership.left', 'lease.returning', 'lease.returned')
# Points that are passed only where another was died at before.
AFTER = {'idempotency.taken-over': 'idempotency.reserved'}

# Refuses some records for as long as it stands, so that the batches they are in are applied one by one.
REFUSE_SOME = {
    'sqlite': ('CREATE TRIGGER refuse_some BEFORE INSERT ON "CUBA_COMM" WHEN NEW."SRC_ID" IS NOT NULL AND NEW."SUBJ" LIKE \'%7\''
               ' BEGIN SELECT RAISE(ABORT, \'not this one\'); END',
               'DROP TRIGGER refuse_some'),
    'postgresql': ('CREATE FUNCTION refuse_some() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN'
                   ' IF NEW."SRC_ID" IS NOT NULL AND NEW."SUBJ" LIKE \'%7\' THEN RAISE EXCEPTION \'not this one\'; END IF;'
                   ' RETURN NEW; END $$; CREATE TRIGGER refuse_some BEFORE INSERT ON "CUBA_COMM" FOR EACH ROW'
                   ' EXECUTE FUNCTION refuse_some()',
                   'DROP TRIGGER refuse_some ON "CUBA_COMM"'),
}


def hit_of(point):
    return HITS[max((begin for begin in HITS if point.startswith(begin)), key=len)]


class Death:
    """One gateway, killed at one point."""

    def __init__(self, template, point):
        self.point = point
        self.gateway = template.gateway(SETTINGS, name=f'every-step-{point}')
        load = {'clients': 3, 'pause': 0.01, 'customers': CUSTOMERS, 'most': 250, 'timeout': 20}
        if self._applies_one_by_one():
            # A copy that is refused must meet others in its batch, and ends what its customer sends across.
            load.update(clients=8, pause=0, customers=MANY)
        self.load = Load([self.gateway], point, **load)

    def run(self):
        """What is wrong, as sentences."""
        try:
            if self._applies_one_by_one():
                self._while_stopped(0)
            if self.point in AFTER:
                self._die_at(AFTER[self.point])
            self._die_at(self.point)
            if self._applies_one_by_one():
                self._while_stopped(1)
            self.gateway.start()
            self._until(lambda: not self.load.running() or self.more_answered(30), 'answers after the restart')
            self.load.end()
            self.gateway.wait_until_copied()
            self.load.replay(self.load.answered[::10])
            found = check.check(self.gateway.query, self.load.answered)
            self.gateway.stop()
            return self.load.faults + found.faults + check.reconcile(self.gateway)
        except Exception as wrong:
            return [*self.load.faults, f'{type(wrong).__name__}: {wrong}']
        finally:
            self.load.ending.set()
            self.gateway.kill()
            self.load.end()
            self.gateway.close()

    def _applies_one_by_one(self):
        return self.point.startswith('relay.target.one.')

    def more_answered(self, count):
        return len(self.load.answered) >= self.answered + count

    def _while_stopped(self, statement):
        """With the gateway not there: SQLite's files may be another program's now."""
        self.gateway.database.execute('cuba', REFUSE_SOME[self.gateway.database.name][statement])

    def _die_at(self, point):
        try:
            self.gateway.start(environment={'CAUSEWAY_FAULT': f'{point}:{hit_of(point)}:kill'})
        except AssertionError:
            if self.gateway.ended != -signal.SIGKILL:
                raise
        if not self.load.threads:
            self.load.start()
        self.answered = len(self.load.answered)
        process = self.gateway.process
        if process is not None:
            at_the_end = point in AT_THE_END
            if at_the_end:
                self._until(lambda: self.more_answered(20), 'answers before the end')
                self.gateway.terminate()
            self._until(lambda: process.poll() is not None or not (at_the_end or self.load.running()), f'{point} to be passed')
            if process.poll() is None:
                raise AssertionError(f'{point} was not passed {hit_of(point)} times before all was asked and answered')
            self.gateway.kill()
        if self.gateway.ended != -signal.SIGKILL:
            raise AssertionError(f'{point} was not passed {hit_of(point)} times: the gateway ended with {self.gateway.ended}')
        self.answered = len(self.load.answered)

    def _until(self, true, what):
        until = time.monotonic() + 60 * PATIENCE
        while not true():
            if time.monotonic() > until:
                raise AssertionError(f'waited in vain for {what}:\n{self.gateway.log()[-3000:]}')
            time.sleep(0.01)


@on_each_database
class CrashAtEveryStep:
    def test_what_was_acknowledged_stands_once_wherever_the_gateway_dies(self):
        self.assertGreater(len(POINTS), 25)
        template = Template(self.database, customers=4 * MANY)
        self.addCleanup(template.close)
        with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            deaths = {point: pool.submit(lambda at: Death(template, at).run(), point) for point in POINTS}
            for point, death in deaths.items():
                with self.subTest(point=point):
                    self.assertEqual([], death.result())


if __name__ == '__main__':
    unittest.main()
