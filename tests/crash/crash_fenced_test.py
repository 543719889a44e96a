"""A gateway that stands still in the worst moment: its batch is mapped, and the commit to the target is next. Meanwhile
another takes its customers over and copies them. When it goes on, its commit must not happen."""

import pathlib
import time
import unittest

from gateway import PATIENCE
from gateways import Site, go_on

PARTITIONS = 16
CUSTOMERS = [4 * n for n in range(1, 31)]  # international ones, of many partitions


def record(subject):
    return {'type': 'Phone Out', 'reason': 'PERS SERVICES', 'category': 'PS CUSTOMER CONTACT', 'issue': 'Blank', 'subject': subject}


class CrashFenced(unittest.TestCase):
    def setUp(self):
        self.site = Site(2, customers=CUSTOMERS[-1], settings=['gateways.takeover=1s', 'relay.poll=200ms'], name='fenced')
        self.addCleanup(self.site.close)
        self.stalled, self.other = self.site.gateways

    def wait_for(self, true, what):
        until = time.monotonic() + 60 * PATIENCE
        while not true():
            if time.monotonic() > until:
                raise AssertionError(f'waited in vain for {what}; partitions are held so: {self.site.holders()}')
            time.sleep(0.01)

    def shared(self):
        return sorted(self.site.holders().values()) == [PARTITIONS // 2] * 2

    def post_to_all(self, subject):
        with self.other.client('ps-officer') as client:
            for csid in CUSTOMERS:
                answer = client.post(f'/v1/customers/{csid}/communications', record(subject))
                self.assertEqual(201, answer.status, answer)

    def copies(self):
        return (self.site.query('cuba', 'SELECT "SRC_ID", "COMM_NO", "ROW_VERSION" FROM "CUBA_COMM" ORDER BY 1'),
                self.site.query('pluto', 'SELECT id, state, target_id, attempts, copied_at FROM causeway_outbox UNION ALL'
                                " SELECT id, 'COPIED', target_id, attempts, copied_at FROM causeway_copied ORDER BY 1"))

    def pending(self):
        return self.site.query('pluto', "SELECT count(*) FROM causeway_outbox WHERE state = 'PENDING'")[0][0]

    def check_stands_once(self, subject):
        for store, table, column in (('pluto', 'communication', 'subject'), ('cuba', '"CUBA_COMM"', '"SUBJ"')):
            self.assertEqual(
                [(len(CUSTOMERS),)], self.site.query(store, f"SELECT count(*) FROM {table} WHERE {column} = '{subject}'"), store)

    def test_what_a_stalled_gateway_was_about_to_copy_is_refused(self):
        for point in ('relay.target.committing', 'relay.settling'):
            with self.subTest(point=point):
                self.stall_at(point)

    def stall_at(self, point):
        self.stalled.start(environment={'CAUSEWAY_FAULT': f'{point}:1:stop'})
        if self.other.process is None:
            self.other.start()
        self.wait_for(self.shared, 'both to share the customers')
        self.post_to_all(point)
        status = pathlib.Path(f'/proc/{self.stalled.process.pid}/stat')
        self.wait_for(lambda: status.read_text().rsplit(')', 1)[1].split()[0] == 'T', f'{point} to be passed')
        self.wait_for(lambda: self.pending() == 0, 'the other gateway to copy all')
        self.assertEqual([PARTITIONS], list(self.site.holders().values()))
        before = self.copies()
        log_before = len(self.stalled.log())

        go_on(self.stalled)
        self.wait_for(self.shared, 'the stalled gateway to come back')
        # What it had in hand has been tried by now: a route that was refused says so.
        self.wait_for(lambda: "Partitions of customers were another gateway's" in self.stalled.log()[log_before:], 'the refusal')
        self.assertEqual(before, self.copies())
        self.check_stands_once(point)

        self.post_to_all(f'{point} after')
        self.wait_for(lambda: self.pending() == 0, 'both to copy all')
        self.check_stands_once(f'{point} after')
        self.stalled.stop()


if __name__ == '__main__':
    unittest.main()
