"""`causeway backfill`: what stood in Pluto before the route crosses once, in order, however often the command is killed."""

import signal
import subprocess
import time
import unittest

import legacy
from gateway import PATIENCE, SQLITE, Gateway, on_each_database

RECORDS = 2000
NOTES = 200
CUSTOMERS = 25


# What is to be copied, and what was.
ASKED = ' UNION ALL '.join(f'SELECT origin, route, source_key FROM {table}' for table in ('causeway_outbox', 'causeway_copied'))


@on_each_database
class Backfill:
    def setUp(self):
        self.gateway = Gateway(self.database, customers=4 * CUSTOMERS, name=self.id().split('.')[-2])
        self.addCleanup(self.gateway.close)
        legacy.put_communications(self.gateway, RECORDS, CUSTOMERS)
        legacy.put_notes(self.gateway, NOTES)

    def asked(self):
        return self.gateway.query('pluto', f"SELECT count(*) FROM ({ASKED}) AS asked WHERE origin = 'BACKFILL'")[0][0]

    def end_in_the_middle(self, how):
        """Begins a slow backfill and ends it once it has asked for some more; gives its exit code."""
        before = self.asked()
        process = subprocess.Popen(self.gateway.arguments('backfill', '--route', 'communications', '--rate', '200'), cwd=self.gateway.folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60 * PATIENCE
        while self.asked() < before + 100:
            self.assertIsNone(process.poll(), 'it ended before it was ended: nothing was proved')
            self.assertLess(time.monotonic(), until)
            time.sleep(0.01)
        process.send_signal(how)
        code = process.wait(60 * PATIENCE)
        self.assertLess(self.asked(), RECORDS, 'it had asked for all: nothing was proved')
        return code

    def test_each_record_crosses_once_however_often_it_is_killed(self):
        if self.database is not SQLITE:
            self.gateway.start()  # what is asked for is carried meanwhile
        early = self.gateway.run('backfill', '--route', 'notes', expect=1)
        self.assertIn(f'{NOTES} early', early.stdout)
        self.assertIn('run it for the route communications first', early.stderr)
        self.assertEqual(0, self.asked())

        self.assertEqual(-signal.SIGKILL, self.end_in_the_middle(signal.SIGKILL))
        self.assertEqual(-signal.SIGKILL, self.end_in_the_middle(signal.SIGKILL))
        self.assertEqual(1, self.end_in_the_middle(signal.SIGTERM))
        before = self.asked()
        done = self.gateway.run('backfill', '--route', 'communications', '--by', 'OPS1')
        self.assertIn(f'{RECORDS} seen, {RECORDS - before} asked for, {before} known', done.stdout)
        self.assertIn(f'{RECORDS} seen, 0 asked for, {RECORDS} known', self.gateway.run('backfill', '--route', 'communications').stdout)
        self.assertEqual([(RECORDS, RECORDS)], self.gateway.query(
            'pluto', f"SELECT count(*), count(DISTINCT source_key) FROM ({ASKED}) AS asked WHERE route = 'communications'"))
        self.gateway.run('backfill', '--route', 'notes')

        if self.database is SQLITE:
            done = self.gateway.run('reconcile', '--route', 'communications')
            self.assertIn(f'0 missing, 0 extra, 0 different, 0 unmappable, {RECORDS} in flight', done.stdout)
            self.gateway.start()
            refused = self.gateway.run('backfill', '--route', 'communications', expect=1)
            self.assertRegex(refused.stderr, 'another gateway is using this file .* stop it')
        routes = self.gateway.wait_until_copied()
        self.assertEqual((RECORDS, NOTES), (routes['communications']['copied'], routes['notes']['copied']))
        for route, number in (('communications', RECORDS), ('notes', NOTES)):
            self.assertRegex(self.gateway.run('reconcile', '--route', route).stdout,
                             f'^{route}: {number} compared, 0 missing, 0 extra, 0 different, 0 unmappable, 0 in flight')
        self.assertEqual([(RECORDS, RECORDS)], self.gateway.query('cuba', 'SELECT count(*), count(DISTINCT "SRC_ID") FROM "CUBA_COMM"'))
        self.check_order()

    def check_order(self):
        """Cuba's numbers rise in the order in which a customer's records were made."""
        of_customer = {}
        for csid, number, source in self.gateway.query('cuba', 'SELECT "CSID", "COMM_NO", "SRC_ID" FROM "CUBA_COMM"'):
            of_customer.setdefault(csid, []).append((number, source))
        self.assertEqual(CUSTOMERS, len(of_customer))
        for csid, copies in of_customer.items():
            sources = [source for _, source in sorted(copies)]
            self.assertEqual(sorted(sources), sources, f'customer {csid}')


if __name__ == '__main__':
    unittest.main()
