"""The plugin `communications` as a caller meets it, on real stores: where a record is created, what its copy says, what is
refused."""

import time
import unittest
import urllib.parse

from gateway import GatewayTestCase, on_each_database

RECORD = {'type': 'Phone In', 'reason': 'Provide Inform', 'category': 'Communication', 'issue': 'Arrears', 'caseNumber': '12345',
          'with': 'Zoë', 'subject': 'Call', 'text': 'First line\nsecond — “line”'}
STACKING = {'type': 'Phone Out', 'reason': 'PERS SERVICES', 'category': 'PS CUSTOMER CONTACT', 'issue': 'Blank'}

# By the rules of `seed`: international are those divisible by 4, in PS those that end in 8.
INTERNATIONAL, DOMESTIC, INTERNATIONAL_PS, DOMESTIC_PS = 4, 5, 28, 18


@on_each_database
class Communications(GatewayTestCase):
    def post(self, path, body, role='ps-officer', status=201):
        answer = self.client(role).post(path, body)
        self.assertEqual(status, answer.status, answer)
        return answer

    def communication(self, csid, communication_id):
        answer = self.client('service-manager').get(f'/v1/customers/{csid}/communications/{communication_id}')
        self.assertEqual(200, answer.status, answer)
        return answer.body

    def of_cubas_own_users(self, number, csid):
        """A record of long ago that the gateway has not made."""
        self.gateway.database.execute('cuba', f'''
            INSERT INTO "CUBA_COMM" ("COMM_NO", "CSID", "COMM_TYPE", "COMM_REASON", "COMM_CATEGORY", "COMM_ISSUE", "SUBJ", "COMM_TEXT",
                                     "COMM_DATE", "COMM_STATUS", "CREATE_TS", "CREATE_USER", "ROW_VERSION")
            VALUES ('{number}', '{csid:09}', 'LETTER IN', 'PAYMENT', 'COLLECTION', 'BLANK', 'Old', 'x', '03-FEB-2019', 'FINAL',
                    '20190203101112013', 'OLDUSER', 1)''')

    def test_an_international_customers_record_is_created_in_pluto_and_copied(self):
        answer = self.post(f'/v1/customers/{INTERNATIONAL}/communications', RECORD)
        self.assertEqual('pluto', answer.body['store'])
        self.assertIn(answer.body['copy']['state'], ('PENDING', 'COPIED'))
        self.gateway.wait_until_copied()
        one = self.communication(INTERNATIONAL, answer.body['communicationId'])
        self.assertEqual(RECORD, {name: one[name] for name in RECORD})
        self.assertEqual('COPIED', one['copy']['state'])
        self.assertRegex(one['copy']['copiedAt'], r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')
        rows = self.gateway.query('cuba', f'SELECT "COMM_NO", "COMM_TYPE", "COMM_ISSUE" FROM "CUBA_COMM" WHERE "SRC_ID" = \'{one["communicationId"]}\'')
        self.assertEqual([(one['copy']['targetId'], 'PHONE IN', 'ARREARS')], rows)

    def test_anyone_elses_record_is_created_in_cuba(self):
        answer = self.post(f'/v1/customers/{DOMESTIC}/communications', RECORD)
        self.assertEqual(('cuba', 'NOT_APPLICABLE'), (answer.body['store'], answer.body['copy']['state']))
        number = answer.body['communicationId']
        one = self.communication(DOMESTIC, number)
        self.assertEqual(RECORD, {name: one[name] for name in RECORD})
        rows = self.gateway.query('cuba', f'SELECT "COMM_TYPE", "SRC_ID", "CREATE_USER" FROM "CUBA_COMM" WHERE "COMM_NO" = \'{number}\'')
        self.assertEqual([('PHONE IN', None, 'PSO001')], rows)
        self.assertEqual([(0,)], self.gateway.query('pluto', f"SELECT count(*) FROM communication WHERE csid = '{DOMESTIC:09}'"))

    def test_a_new_record_says_where_it_is(self):
        for csid in (INTERNATIONAL, DOMESTIC):
            with self.subTest(csid=csid):
                answer = self.post(f'/v1/customers/{csid}/communications', RECORD)
                found = self.client('ps-officer').get(answer.headers['Location'])
                self.assertEqual((200, answer.body['communicationId']), (found.status, found.body['communicationId']))

    def test_a_csid_may_be_written_short_or_padded(self):
        answer = self.post(f'/v1/customers/{INTERNATIONAL:09}/communications', RECORD)
        self.assertEqual(f'{INTERNATIONAL:09}', self.communication(INTERNATIONAL, answer.body['communicationId'])['csid'])

    def test_notes_stand_with_their_record_in_both_stores(self):
        for csid, store in ((INTERNATIONAL, 'pluto'), (DOMESTIC, 'cuba')):
            with self.subTest(store=store):
                record = self.post(f'/v1/customers/{csid}/communications', RECORD).body['communicationId']
                for n in range(3):
                    self.post(f'/v1/customers/{csid}/communications/{record}/notes', {'subject': f'note {n}', 'text': f'é {n}\n' + 'x' * 100})
                    time.sleep(0.002)  # notes of one millisecond have no order but their keys'
                self.gateway.wait_until_copied()
                notes = self.communication(csid, record)['notes']
                self.assertEqual({f'note {n}': f'é {n}\n' + 'x' * 100 for n in range(3)}, {note['subject']: note['text'] for note in notes})
                number = record if store == 'cuba' else self.communication(csid, record)['copy']['targetId']
                stored = self.gateway.query('cuba', f'SELECT "SUBJ", "NOTE_TEXT" FROM "CUBA_NOTEPAD" WHERE "COMM_NO" = \'{number}\' ORDER BY "NOTE_NO"')
                self.assertEqual([(f'note {n}', f'é {n}\n' + 'x' * 72 + '\n' + 'x' * 28) for n in range(3)], stored)

    def test_stacking_documents_are_for_customers_in_ps(self):
        for csid, store in ((INTERNATIONAL_PS, 'pluto'), (DOMESTIC_PS, 'cuba')):
            with self.subTest(csid=csid):
                answer = self.post(f'/v1/customers/{csid}/stacking-documents', {'subject': 'Stack', 'text': 'Begin'})
                self.assertEqual(store, answer.body['store'])
                one = self.communication(csid, answer.body['communicationId'])
                self.assertEqual({**STACKING, 'subject': 'Stack', 'text': 'Begin'}, {n: one[n] for n in [*STACKING, 'subject', 'text']})
        self.post(f'/v1/customers/{INTERNATIONAL}/stacking-documents', {'subject': 'Stack'}, status=409)
        without_body = self.client('ps-officer').post(f'/v1/customers/{DOMESTIC_PS}/stacking-documents')
        self.assertEqual(201, without_body.status, without_body)

    def test_the_list_is_of_both_stores_and_of_each_record_once(self):
        ids = []
        for n in range(6):
            ids.append(self.post('/v1/customers/16/communications', {**RECORD, 'subject': f'{n}'}).body['communicationId'])
            time.sleep(0.002)
        self.gateway.wait_until_copied()
        self.of_cubas_own_users('000000000042', 16)
        listed = self.client('service-officer').get('/v1/customers/16/communications').body
        self.assertEqual([*reversed(ids), '000000000042'], [item['communicationId'] for item in listed['items']])
        self.assertEqual(['pluto'] * 6 + ['cuba'], [item['store'] for item in listed['items']])
        self.assertEqual(('Letter In', '2019-02-03T10:11:12.013Z', 'OLDUSER'),
                         tuple(listed['items'][-1][name] for name in ('type', 'createdAt', 'createdBy')))
        self.assertIsNone(listed['next'])

    def test_an_id_is_whatever_a_site_has(self):
        numbers = ['AB 12', 'AB/12', 'AB%12?', 'Ärger é']
        for number in numbers:
            self.of_cubas_own_users(number, 20)
        client = self.client('ps-officer')
        listed, cursor = [], ''
        while cursor is not None:
            page = client.get('/v1/customers/20/communications?limit=1' + (cursor and '&cursor=' + cursor))
            self.assertEqual(200, page.status, page)
            listed += [item['communicationId'] for item in page.body['items']]
            cursor = page.body['next']
        self.assertEqual(sorted(numbers), sorted(listed))
        for number in numbers:
            with self.subTest(number=number):
                path = '/v1/customers/000000020/communications/' + urllib.parse.quote(number, safe='')
                note = self.post(path + '/notes', {'subject': 's', 'text': 't'})
                self.assertEqual(path, note.headers['Location'])
                self.assertEqual(['s'], [note['subject'] for note in client.get(note.headers['Location']).body['notes']])

    def test_what_is_not_there_is_404(self):
        record = self.post(f'/v1/customers/{INTERNATIONAL}/communications', RECORD).body['communicationId']
        client = self.client('ps-officer')
        for path, body in [
            ('/v1/customers/999999/communications', RECORD),
            ('/v1/customers/999999/communications', None),
            (f'/v1/customers/{INTERNATIONAL}/communications/nothing', None),
            (f'/v1/customers/8/communications/{record}', None),  # it is another customer's
            (f'/v1/customers/8/communications/{record}/notes', {'subject': 's', 'text': 't'}),
            (f'/v1/customers/{INTERNATIONAL}/communications/nothing/notes', {'subject': 's', 'text': 't'}),
        ]:
            with self.subTest(path=path):
                answer = client.request('POST' if body else 'GET', path, body)
                self.assertEqual(404, answer.status, answer)

    def test_what_cannot_cross_is_refused_when_it_is_posted(self):
        for csid in (INTERNATIONAL, DOMESTIC):
            answer = self.post(f'/v1/customers/{csid}/communications', {**RECORD, 'text': '👩‍👩‍👧‍👦' * 500}, status=422)
            self.assertEqual(['/body/text'], [error['pointer'] for error in answer.body['errors']])
        routes = self.gateway.wait_until_copied()
        self.assertEqual(0, routes['communications']['dead'])

    def test_the_summary_of_a_customer(self):
        body = self.client('partner').get(f'/v1/customers/{INTERNATIONAL_PS}').body
        self.assertEqual((f'{INTERNATIONAL_PS:09}', True), (body['csid'], body['international']))
        self.assertEqual('ACTIVE', body['onlineAccount']['status'])
        self.assertEqual('ASSIGNED', body['personalisedServices']['status'])
        self.assertRegex(body['personalisedServices']['officerId'], r'^PSO0\d\d$')
        self.assertIsNone(self.client('partner').get(f'/v1/customers/{DOMESTIC}').body['personalisedServices'])

    def test_the_online_account_of_a_customer(self):
        body = self.client('ps-officer').get(f'/v1/customers/{INTERNATIONAL}/online-account').body
        self.assertEqual(f'{INTERNATIONAL:09}', body['csid'])
        self.assertEqual(['ACTIVE'], [account['status'] for account in body['accounts']])
        self.assertEqual(4, len(body['preferredChannels']))
        self.assertEqual({'product', 'service', 'channel', 'updatedAt', 'updatedBy'}, set(body['preferredChannels'][0]))
        self.assertIs(False, body['preferencesResetDue'])


if __name__ == '__main__':
    unittest.main()
