"""The crossing, end to end: what officers post for international customers stands in Pluto, and in Cuba once, in order,
in Cuba's conventions; also when the gateway is killed in the middle. Looked at from outside: over HTTP, with
`causeway reconcile`, and in the databases themselves."""

import http.client
import itertools
import os
import threading
import time
import unittest

import texts
from gateway import PATIENCE, Gateway, on_each_database

RECORDS = int(os.environ.get('CAUSEWAY_TEST_RECORDS', '2500'))
CONNECTIONS = 8
CUSTOMERS = [4 * n for n in range(1, 65)]  # international ones
CUBA_MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split()

# Readable value: what Cuba stores.
TYPES = {'Phone Out': 'PHONE OUT', 'Phone In': 'PHONE IN'}
REASONS = {'PERS SERVICES': 'PERS SERVICES', 'Provide Inform': 'PROVIDE INFORM'}
CATEGORIES = {'PS CUSTOMER CONTACT': 'PS CUSTOMER CONTACT', 'Communication': 'COMMUNICATION'}


class Record:
    """One record to post, and what became of it."""

    def __init__(self, number):
        self.number = number
        self.csid = CUSTOMERS[number % CONNECTIONS + CONNECTIONS * (number // CONNECTIONS % (len(CUSTOMERS) // CONNECTIONS))]
        self.body = {
            'type': list(TYPES)[number % 2],
            'reason': list(REASONS)[number // 2 % 2],
            'category': list(CATEGORIES)[number // 4 % 2],
            'issue': 'Blank',
            'subject': f'record {number:06}',
        }
        if number % 17:
            self.body['text'] = texts.text(number)
        if number % 3 == 0:
            self.body['caseNumber'] = str(10_000 + number)
        if number % 4 == 0:
            self.body['with'] = ['Zoë', 'Ms O’Brien', 'Łukasz', 'Mr Smith'][number // 4 % 4]
        # A note says something; a text of blanks alone is none.
        self.note = {'subject': f'note {number:06}', 'text': texts.text(number + 1).strip() or '.'} if number % 5 == 0 else None
        self.id = None
        self.note_id = None


class Posting:
    """Posts records from several connections at once, each record again until it is answered."""

    def __init__(self, gateway, records):
        self.gateway = gateway
        self.records = records
        self.acknowledged = itertools.count(1)
        self.done = 0
        self.faults = []
        self.threads = [threading.Thread(target=self._work, args=(records[n::CONNECTIONS],)) for n in range(CONNECTIONS)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def finish(self):
        for thread in self.threads:
            thread.join()
        if self.faults:
            raise AssertionError(f'{len(self.faults)} faults, the first: {self.faults[0]}')

    def running(self):
        return any(thread.is_alive() for thread in self.threads)

    def _work(self, records):
        try:
            with self.gateway.client('ps-officer') as client:
                for record in records:
                    path = f'/v1/customers/{record.csid}/communications'
                    answer = self._until_answered(client, path, record.body, f'record-{record.number}')
                    assert answer.body['store'] == 'pluto', answer
                    record.id = answer.body['communicationId']
                    if record.note:
                        answer = self._until_answered(client, f'{path}/{record.id}/notes', record.note, f'note-{record.number}')
                        record.note_id = answer.body['noteId']
                    self.done = next(self.acknowledged)
        except Exception as fault:  # told by finish(), in the test's own thread
            self.faults.append(fault)

    def _until_answered(self, client, path, body, key):
        until = time.monotonic() + 60 * PATIENCE
        last = None
        while time.monotonic() < until:
            try:
                last = client.post(path, body, headers={'Idempotency-Key': key})
                if last.status == 201:
                    return last
                # 409: the first try is still held by a gateway that may be dead; 503: it starts or ends.
                assert last.status in (409, 503), f'{path} {body}: {last}'
            except (OSError, http.client.HTTPException) as fault:
                last = fault
            time.sleep(0.05)
        raise AssertionError(f'{path} was not answered within a minute: {last}')


@on_each_database
class Crossing:
    def setUp(self):
        self.gateway = Gateway(self.database, customers=CUSTOMERS[-1], name=self.id().split('.')[-2])
        self.addCleanup(self.gateway.close)
        self.gateway.start()
        self.records = [Record(number) for number in range(RECORDS)]

    def test_every_record_crosses_once(self):
        posting = Posting(self.gateway, self.records)
        posting.start()
        posting.finish()
        routes = self.gateway.wait_until_copied()
        notes = sum(record.note is not None for record in self.records)
        self.assertEqual((RECORDS, 0), (routes['communications']['copied'], routes['communications']['dead']))
        self.assertEqual((notes, 0), (routes['notes']['copied'], routes['notes']['dead']))
        self.check_over_http()
        self.gateway.stop()
        self.check_both_stores()

    def test_nothing_is_lost_or_doubled_when_the_gateway_is_killed_five_times(self):
        posting = Posting(self.gateway, self.records)
        posting.start()
        for kill in range(1, 6):
            while posting.done < kill * RECORDS // 6 and posting.running():
                time.sleep(0.002)
            self.gateway.kill()
            self.gateway.start()
        self.assertTrue(posting.running(), 'the posting had ended before the last kill: nothing was proved')
        posting.finish()
        routes = self.gateway.wait_until_copied()
        self.assertEqual((0, 0), (routes['communications']['dead'], routes['notes']['dead']))
        self.gateway.stop()
        self.check_both_stores()

    def check_both_stores(self):
        for route in ('communications', 'notes'):
            said = self.gateway.run('reconcile', '--route', route)
            self.assertRegex(said.stdout, r'\b0 missing, 0 extra, 0 different\b')
        self.numbers = {}
        self.check_communications()
        self.check_notes()

    def check_communications(self):
        pluto = {row[8]: row for row in self.gateway.query(
            'pluto', 'SELECT communication_id, csid, comm_type, reason, category, issue, case_number, contact_with, subject, body,'
            ' created_at, created_by FROM communication')}
        self.assertEqual(RECORDS, self.gateway.query('pluto', 'SELECT count(*) FROM communication')[0][0])
        cuba = {row[0]: row for row in self.gateway.query(
            'cuba', 'SELECT "SRC_ID", "COMM_NO", "CSID", "COMM_TYPE", "COMM_REASON", "COMM_CATEGORY", "CASE_NO", "SUBJ", "COMM_TEXT",'
            ' "COMM_DATE", "COMM_STATUS", "CREATE_USER" FROM "CUBA_COMM"')}
        self.assertEqual(RECORDS, self.gateway.query('cuba', 'SELECT count(*) FROM "CUBA_COMM"')[0][0])
        for record in self.records:
            posted = record.body
            row = pluto[posted['subject']]
            self.assertEqual(
                (record.id, f'{record.csid:09}', posted['type'], posted['reason'], posted['category'], posted['issue'],
                 posted.get('caseNumber'), posted.get('with'), posted['subject'], posted.get('text')), tuple(row[:10]))
            self.assertEqual('PSO001', row[11])
            year, month, day = row[10][:10].split('-')
            copy = cuba[record.id]
            self.assertEqual(
                (f'{record.csid:09}', TYPES[posted['type']], REASONS[posted['reason']], CATEGORIES[posted['category']],
                 posted.get('caseNumber'), posted['subject']), tuple(copy[2:8]))
            self.assertEqual((f'{day}-{CUBA_MONTHS[int(month) - 1]}-{year}', 'FINAL', 'PSO001'), tuple(copy[9:]))
            self.check_text(posted.get('text'), copy[8])
            self.numbers[record.id] = copy[1]
        self.check_order()

    def check_text(self, posted, stored):
        if posted is None:
            self.assertIsNone(stored)
            return
        stored.encode('cp1252')
        whole = texts.unwrapped(stored)
        if texts.in_windows_1252(posted):
            self.assertEqual(posted, whole)
        else:
            self.assertTrue(whole)

    def check_order(self):
        """Cuba's numbers rise in the order in which a customer's records were posted."""
        for csid in CUSTOMERS:
            numbers = [self.numbers[record.id] for record in self.records if record.csid == csid]
            self.assertEqual(sorted(numbers), numbers, f'customer {csid}')

    def check_notes(self):
        noted = [record for record in self.records if record.note]
        pluto = {row[0]: row for row in self.gateway.query('pluto', 'SELECT note_id, communication_id, csid, subject, body FROM note')}
        cuba = {row[0]: row for row in self.gateway.query(
            'cuba', 'SELECT "SRC_ID", "COMM_NO", "NOTE_NO", "CSID", "SUBJ", "NOTE_TEXT" FROM "CUBA_NOTEPAD"')}
        self.assertEqual((len(noted), len(noted)), (
            self.gateway.query('pluto', 'SELECT count(*) FROM note')[0][0],
            self.gateway.query('cuba', 'SELECT count(*) FROM "CUBA_NOTEPAD"')[0][0]))
        for record in noted:
            self.assertEqual(
                (record.id, f'{record.csid:09}', record.note['subject'], record.note['text']), tuple(pluto[record.note_id][1:]))
            _, comm_no, note_no, csid, subject, text = cuba[record.note_id]
            self.assertEqual(
                (self.numbers[record.id], f'{record.csid:09}', record.note['subject']), (comm_no, csid, subject))
            self.assertGreater(note_no, comm_no, 'a note was copied before its record')
            self.check_text(record.note['text'], text)

    def check_over_http(self):
        """What a caller reads: each record once, newest first, with the number it has in Cuba."""
        with self.gateway.client('service-officer') as client:
            for csid in CUSTOMERS[::16]:
                posted = [record for record in self.records if record.csid == csid]
                path, listed = f'/v1/customers/{csid}/communications', []
                cursor = ''
                while cursor is not None:
                    page = client.get(f'{path}?limit=7' + (f'&cursor={cursor}' if cursor else ''))
                    self.assertEqual(200, page.status, page)
                    listed += page.body['items']
                    cursor = page.body['next']
                self.assertEqual([record.id for record in reversed(posted)], [item['communicationId'] for item in listed])
                for record in posted[::10]:
                    one = client.get(f'{path}/{record.id}')
                    self.assertEqual(200, one.status, one)
                    self.assertEqual(record.body.get('text'), one.body['text'])
                    number = self.gateway.query('cuba', f'SELECT "COMM_NO" FROM "CUBA_COMM" WHERE "SRC_ID" = \'{record.id}\'')[0][0]
                    self.assertEqual(('COPIED', number), (one.body['copy']['state'], one.body['copy']['targetId']))
                    self.assertEqual([record.note['text']] if record.note else [], [note['text'] for note in one.body['notes']])


if __name__ == '__main__':
    unittest.main()
