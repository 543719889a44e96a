"""Many gateways, one truth: those on the same PostgreSQL databases share the customers among them, and what one held that
dies or stalls is another's within the configured time. SQLite files belong to one gateway."""

import time
import unittest

from gateway import PATIENCE, SQLITE, Gateway
from gateways import Site, go_on, halt

PARTITIONS = 16
TAKEOVER = 2.0  # seconds, as set
TRIES = 3  # of what is bound to a time: the machine may be busy with something else
CUSTOMERS = [4 * n for n in range(1, 41)]  # international ones, of every partition


def record(subject):
    return {'type': 'Phone Out', 'reason': 'PERS SERVICES', 'category': 'PS CUSTOMER CONTACT', 'issue': 'Blank', 'subject': subject}


class ManyGateways(unittest.TestCase):
    def setUp(self):
        self.site = Site(2, customers=CUSTOMERS[-1], settings=[f'gateways.takeover={TAKEOVER * 1000:.0f}ms'], name='many-gateways')
        self.addCleanup(self.site.close)
        self.first, self.second = self.site.gateways
        self.first.start()
        self.wait_for(lambda held: list(held.values()) == [PARTITIONS])
        self.second.start()
        self.wait_for_halves()

    def wait_for(self, wanted, timeout=30):
        """Waits until who holds how many partitions is as wanted; gives the seconds that took."""
        began = time.monotonic()
        while not wanted(held := self.site.holders()):
            if time.monotonic() > began + timeout * PATIENCE:
                raise AssertionError(f'after {timeout} s the partitions are held so: {held}')
            time.sleep(0.01)
        return time.monotonic() - began

    def wait_for_halves(self):
        self.wait_for(lambda held: sorted(held.values()) == [PARTITIONS // 2] * 2)

    def post_to_all(self, gateway, subject):
        with gateway.client('ps-officer') as client:
            for csid in CUSTOMERS:
                answer = client.post(f'/v1/customers/{csid}/communications', record(subject))
                self.assertEqual(201, answer.status, answer)

    def check_copied_once(self, *subjects):
        for subject in subjects:
            for store, table, column in (('pluto', 'communication', 'subject'), ('cuba', '"CUBA_COMM"', '"SUBJ"')):
                self.assertEqual(
                    [(len(CUSTOMERS),)], self.site.query(store, f"SELECT count(*) FROM {table} WHERE {column} = '{subject}'"), store)

    def within_the_time(self, fault, mend):
        """The second gateway holds all partitions in time after the fault, and copies what comes."""
        took = []
        for attempt in range(TRIES):
            fault()
            took.append(self.wait_for(lambda held: list(held.values()) == [PARTITIONS]))
            subject = f'attempt {attempt}'
            self.post_to_all(self.second, subject)
            self.second.wait_until_copied()
            self.check_copied_once(subject)
            mend()
            self.wait_for_halves()
            if took[-1] <= TAKEOVER:
                break
        self.assertLessEqual(min(took), TAKEOVER, f'seconds until another gateway held all partitions: {took}')
        return len(took)

    def test_a_dead_gateways_customers_are_taken_over_in_time(self):
        self.within_the_time(self.first.kill, self.first.start)

    def test_a_stalled_gateways_customers_are_taken_over_in_time_and_it_comes_back(self):
        attempts = self.within_the_time(lambda: halt(self.first), lambda: go_on(self.first))
        self.post_to_all(self.first, 'afterwards')
        self.first.wait_until_copied()
        self.check_copied_once('afterwards', *(f'attempt {n}' for n in range(attempts)))

    def test_a_gateway_without_its_databases_is_taken_over_in_time_and_comes_back(self):
        self.within_the_time(self.site.proxies[0].black_hole, self.site.proxies[0].forward)

    def test_a_gateway_that_ends_in_order_gives_all_back_at_once(self):
        self.first.stop()
        self.assertEqual(1, len(self.site.holders()), 'the one that has ended holds some still')
        self.wait_for(lambda held: list(held.values()) == [PARTITIONS])


class OneGatewayOnSqlite(unittest.TestCase):
    def test_a_second_one_on_the_same_files_is_refused(self):
        gateway = Gateway(SQLITE, customers=4, name='second-on-sqlite')
        self.addCleanup(gateway.close)
        gateway.start()
        said = gateway.run('serve', '--set', 'listen.port=0', expect=1, timeout=30)
        self.assertIn('another gateway is using this file', said.stderr)
        self.assertIn('pluto.db.lock', said.stderr)
        self.assertIn('stop it, or name another file', said.stderr)
        with gateway.client() as anyone:
            self.assertEqual(200, anyone.get('/readyz').status)


if __name__ == '__main__':
    unittest.main()
