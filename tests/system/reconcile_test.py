"""`causeway reconcile`: what differs and what is only on its way, while traffic flows; repairs through the relay; no text of
anybody in the report; and memory that does not grow with the stores."""

import json
import re
import subprocess
import threading
import unittest

import legacy
from gateway import BUILD, PATIENCE, SQLITE, Gateway, on_each_database

RECORD = {'type': 'Phone Out', 'reason': 'PERS SERVICES', 'category': 'PS CUSTOMER CONTACT', 'issue': 'Blank', 'subject': 'Contact'}
AGREES = r'\b0 missing, 0 extra, 0 different, 0 unmappable\b'


@on_each_database
class Reconcile:
    def setUp(self):
        self.gateway = Gateway(self.database, customers=16, name=self.id().split('.')[-2])
        self.addCleanup(self.gateway.close)
        self.gateway.start()

    def post(self, number, csid=4):
        with self.gateway.client('ps-officer') as client:
            return [client.post(f'/v1/customers/{csid}/communications', {**RECORD, 'text': f'secret text {n}'}).body['communicationId']
                    for n in range(number)]

    def report(self, *more, expect):
        lines = [json.loads(line) for line in self.gateway.run('reconcile', '--route', 'communications', '--json', *more, expect=expect).stdout.splitlines()]
        return lines[:-1], lines[-1]

    def test_what_is_on_its_way_is_no_difference(self):
        stop, faults = threading.Event(), []

        def load(csid):
            try:
                with self.gateway.client('ps-officer') as client:
                    while not stop.is_set():
                        answer = client.post(f'/v1/customers/{csid}/communications', {**RECORD, 'text': 'secret text'})
                        assert answer.status == 201, answer
                        answer = client.post(f'/v1/customers/{csid}/communications/{answer.body["communicationId"]}/notes',
                                             {'subject': 'note', 'text': 'secret note'})
                        assert answer.status == 201, answer
            except Exception as fault:  # told in the test's own thread
                faults.append(fault)

        threads = [threading.Thread(target=load, args=(csid,)) for csid in (4, 8, 12, 16)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(4):
                for route in ('communications', 'notes'):
                    self.assertRegex(self.gateway.run('reconcile', '--route', route).stdout, AGREES)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual([], faults)
        self.gateway.wait_until_copied()
        done = self.gateway.run('reconcile', '--route', 'notes')
        self.assertRegex(done.stdout, AGREES + ', 0 in flight, 0 dead, 0 discarded')
        self.assertNotRegex(done.stdout, r'^notes: 0 compared')

    def test_repairs_are_exactly_what_differs(self):
        ids = self.post(6)
        self.gateway.wait_until_copied()
        database = self.gateway.database
        database.execute('cuba', f'DELETE FROM "CUBA_COMM" WHERE "SRC_ID" = \'{ids[0]}\'')
        database.execute('cuba', 'UPDATE "CUBA_COMM" SET "COMM_TEXT" = \'secret change\', "SUBJ" = NULL, "ROW_VERSION" = "ROW_VERSION" + 1'
                                 f' WHERE "SRC_ID" = \'{ids[1]}\'')
        database.execute('pluto', f"DELETE FROM communication WHERE communication_id = '{ids[2]}'")

        found, sums = self.report(expect=1)
        self.assertEqual({ids[0]: 'missing', ids[1]: 'different', ids[2]: 'extra'}, {one['sourceKey']: one['difference'] for one in found})
        fields = {field['field']: field for one in found if one['difference'] == 'different' for field in one['fields']}
        self.assertEqual({'subject', 'text'}, set(fields))
        self.assertEqual('null', fields['subject']['target'])
        for digest in (fields['subject']['source'], fields['text']['source'], fields['text']['target']):
            self.assertRegex(digest, '^[0-9a-f]{16}$')
        self.assertNotEqual(fields['text']['source'], fields['text']['target'])
        again, _ = self.report(expect=1)
        self.assertNotEqual(found, again, 'digests of two reports can be compared')
        self.assertEqual((5, 1, 1, 1, False), tuple(sums[name] for name in ('compared', 'missing', 'extra', 'different', 'agrees')))

        if self.database is SQLITE:
            refused = self.gateway.run('reconcile', '--route', 'communications', '--repair', expect=1)
            self.assertRegex(refused.stderr, 'another gateway is using this file .* stop it')
            self.gateway.stop()
        found, sums = self.report('--repair', '--by', 'OPS-NIGHT', expect=1)
        self.assertEqual(3, sums['repairs'])
        rows = {source: (action, fields, by) for source, action, fields, by in self.gateway.query(
            'pluto', "SELECT source_key, action, fields, requested_by FROM causeway_outbox WHERE origin = 'REPAIR' UNION ALL"
                     " SELECT source_key, action, fields, requested_by FROM causeway_copied WHERE origin = 'REPAIR'")}
        self.assertEqual({ids[0]: ('COPY', None, 'OPS-NIGHT'), ids[1]: ('REPLACE', 'subject, text', 'OPS-NIGHT'),
                          ids[2]: ('REMOVE', None, 'OPS-NIGHT')}, rows)
        if self.database is SQLITE:
            self.gateway.start()
        self.gateway.wait_until_copied()
        done = self.gateway.run('reconcile', '--route', 'communications')
        self.assertRegex(done.stdout, r'^communications: 5 compared, 0 missing, 0 extra, 0 different, 0 unmappable, 0 in flight, 0 dead, 0 discarded')
        carried = [json.loads(line) for line in self.gateway.log().splitlines() if 'A repair was carried out.' in line]
        self.assertEqual({('COPY', 'OPS-NIGHT'), ('REPLACE', 'OPS-NIGHT'), ('REMOVE', 'OPS-NIGHT')},
                         {(line['action'], line['by']) for line in carried})
        self.assertNotIn('secret', self.gateway.log() + done.stdout + json.dumps(found + again))

    def test_check_compares_the_schema_beside_a_gateway_that_serves(self):
        self.gateway.run('check')
        self.gateway.database.execute('cuba', 'ALTER TABLE "CUBA_NOTEPAD" RENAME COLUMN "NOTE_TEXT" TO "NOTE_WORDS"')
        self.assertIn('table CUBA_NOTEPAD, column NOTE_TEXT: is missing', self.gateway.run('check', expect=1).stderr)


@unittest.skipUnless(BUILD.name == 'release', 'sanitizers keep what was freed')
class Memory(unittest.TestCase):
    def test_does_not_grow_with_the_stores(self):
        gateway = Gateway(customers=100, name='ReconcileMemory')
        self.addCleanup(gateway.close)
        peaks = []
        for first, number in ((1, 20_000), (20_001, 40_000)):
            legacy.put_communications(gateway, number, first=first)
            done = legacy.Measured(gateway, 'reconcile', '--route', 'communications')
            self.assertEqual(1, done.returncode)
            self.assertRegex(done.sums, f'{first + number - 1} compared, {first + number - 1} missing')
            peaks.append(done.peak)
        self.assertLess(peaks[1] - peaks[0], 8, f'MB at most with 20,000 and with 60,000 records: {peaks}')


class Terminal(unittest.TestCase):
    def test_shows_a_bar_there_and_lines_elsewhere(self):
        gateway = Gateway(customers=100, name='ReconcileTerminal')
        self.addCleanup(gateway.close)
        legacy.put_communications(gateway, 100)
        gateway.run('backfill', '--route', 'communications')
        command = ' '.join(f"'{word}'" for word in gateway.arguments('reconcile', '--route', 'communications'))
        # script(1) gives it a terminal; the report itself has no bar in it.
        shown = subprocess.run(['script', '-qec', f'{command} > report.txt', '/dev/null'], cwd=gateway.folder, capture_output=True,
                               stdin=subprocess.DEVNULL, timeout=120 * PATIENCE).stdout.decode()
        self.assertRegex(shown, re.escape('communications [') + r'#+\.*\] \d+% \d+ of 200')
        self.assertTrue(shown.endswith('\r\033[K'), 'the bar is left behind')
        self.assertRegex((gateway.folder / 'report.txt').read_text(), '^communications: 100 compared, .* 100 in flight')
        self.assertEqual('', gateway.run('reconcile', '--route', 'communications').stderr)


if __name__ == '__main__':
    unittest.main()
