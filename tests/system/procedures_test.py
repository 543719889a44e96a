"""Each procedure from its first step to its last, over HTTP, on real stores: what an officer does on one screen after the
other, and what a race for the same step leaves behind."""

import concurrent.futures
import unittest

from gateway import Client, Gateway, GatewayTestCase, new_key, on_each_database

PLAN = {'coreIssue': 'Arrears', 'referralType': 'OTHER', 'stackingDocumentDate': '2026-11-20',
        'trigger': {'segment': 'High value', 'issue': 'No payment'}}
SERVICES = ['LETTERS', 'STATEMENTS', 'NOTICES', 'PAYMENTS']
RACERS = 16


@on_each_database
class Procedures(GatewayTestCase):
    customers = 100

    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway(cls.database, cls.customers, name=cls.__name__)
        cls.addClassCleanup(cls.gateway.close)
        cls.both, entry = new_key('BOTH001', 'ps-officer', 'service-manager')
        with open(cls.gateway.folder / 'var' / 'keys.yaml', 'a') as keys:
            keys.write(entry + '\n')
        cls.gateway.start()

    def ask(self, method, path, body=None, role='ps-officer', status=200, headers=None):
        answer = self.client(role).request(method, path, body, headers=headers)
        self.assertEqual(status, answer.status, f'{method} {path}: {answer}')
        return answer

    def post(self, path, body=None, **more):
        return self.ask('POST', path, body, **more)

    def get(self, path, **more):
        return self.ask('GET', path, **more)

    def refused(self, code, *what, **more):
        answer = self.ask(*what, **more)
        self.assertEqual(f'urn:causeway:problem:{code}', answer.body['type'], answer)
        return answer

    def check_privacy(self, csid, outcome='SAFE', **more):
        self.post(f'/v1/customers/{csid}/privacy-checks', {'outcome': outcome, 'comment': 'Spoke alone'}, status=201, **more)

    def account(self, csid):
        return self.get(f'/v1/customers/{csid}/online-account')

    def waiting(self, officer):
        items = self.get(f'/v1/ps/action-lists/cso?officerId={officer}&limit=200').body['items']
        return {(item['kind'], item['csid']) for item in items}

    def waiting_for_manager(self):
        items = self.get('/v1/ps/action-lists/service-manager?limit=200', role='service-manager').body['items']
        return {(item['kind'], item['csid']) for item in items}

    # ---- online accounts

    def test_update_preferred_channels(self):
        path = '/v1/customers/1/channel-preferences'
        change = {'product': 'CHILD_SUPPORT', 'service': 'LETTERS', 'channel': 'POST', 'applyToAll': False}
        self.refused('privacy-check-required', 'PATCH', path, change, status=409)
        self.check_privacy(1)
        seen = self.account(1).headers['ETag']
        changed = self.ask('PATCH', path, change, headers={'If-Match': seen})
        self.assertEqual('Account updated successfully', changed.body['message'])
        self.assertEqual(changed.headers['ETag'], self.account(1).headers['ETag'])
        self.assertEqual(changed.body['preferredChannels'], self.account(1).body['preferredChannels'])
        self.ask('PATCH', path, change, headers={'If-Match': seen}, status=412)
        everything = self.ask('PATCH', path, {**change, 'channel': 'ONLINE', 'applyToAll': True}).body['preferredChannels']
        self.assertEqual([('ONLINE', 'PSO001')] * 4, [(each['channel'], each['updatedBy']) for each in everything])

    def test_deactivate_reactivate_link_and_set_anew(self):
        account = self.account(2).body['accounts'][0]['accountId']
        path = f'/v1/customers/2/online-account/{account}'
        self.check_privacy(2)
        self.assertEqual('DEACTIVATED', self.post(f'{path}/actions', {'action': 'DEACTIVATE', 'reason': 'Asked'}).body['status'])
        self.refused('state-forbids', 'POST', f'{path}/link', status=409)
        self.assertEqual('REACTIVATED', self.post(f'{path}/actions', {'action': 'REACTIVATE', 'reason': 'Asked'}).body['status'])
        self.assertEqual('LINKED', self.post(f'{path}/link').body['status'])
        self.assertIs(True, self.account(2).body['preferencesResetDue'])
        for service in SERVICES:
            self.assertEqual('LINKED', self.account(2).body['accounts'][0]['status'])
            self.ask('PATCH', '/v1/customers/2/channel-preferences',
                     {'product': 'CHILD_SUPPORT', 'service': service, 'channel': 'ONLINE', 'applyToAll': False})
        self.assertEqual('ACTIVE', self.account(2).body['accounts'][0]['status'])
        self.assertIs(False, self.account(2).body['preferencesResetDue'])
        history = self.get(f'{path}/history/account-status').body['items']
        self.assertEqual(['ACTIVE', 'LINKED', 'REACTIVATED', 'DEACTIVATED', 'ACTIVE'], [row['status'] for row in history])
        self.assertEqual(('Asked', 'PSO001'), (history[3]['reason'], history[3]['changedBy']))
        self.assertRegex(history[3]['details'], r'^DEACTIVATE from ACTIVE; privacy check of 2\d{3}-\d\d-\d\dT.*Z$')
        self.assertEqual('Opened online', history[4]['details'])

    def test_view_history(self):
        account = self.account(3).body['accounts'][0]['accountId']
        for kind, when in (('web-sessions', 'startedAt'), ('account-status', 'changedAt'), ('poi', 'attemptedAt')):
            path = f'/v1/customers/3/online-account/{account}/history/{kind}'
            rows, cursor = [], ''
            while cursor is not None:
                page = self.get(f'{path}?limit=1{cursor and "&cursor=" + cursor}').body
                rows += page['items']
                cursor = page['next']
            self.assertEqual(rows, self.get(path).body['items'])
            self.assertGreater(len(rows), 0)
            self.assertEqual(sorted((row[when] for row in rows), reverse=True), [row[when] for row in rows])
            self.get(f'/v1/customers/1/online-account/{account}/history/{kind}', status=404)

    def test_a_customer_at_risk(self):
        self.check_privacy(5)
        self.check_privacy(5, 'AT_RISK', role='service-officer')
        self.refused('privacy-at-risk', 'PATCH', '/v1/customers/5/channel-preferences',
                     {'product': 'CHILD_SUPPORT', 'service': 'LETTERS', 'channel': 'POST', 'applyToAll': False}, status=409)
        read = "SELECT count(*) FROM customer_read WHERE csid = '000000005'"
        before = self.gateway.query('pluto', read)[0][0]
        partner = self.get('/v1/customers/5', role='partner').body
        self.assertEqual((None, 'AT_RISK'), (partner['country'], partner['privacy']['state']))
        self.assertIsNotNone(self.get('/v1/customers/5', role='ps-officer').body['country'])
        self.assertEqual(before + 2, self.gateway.query('pluto', read)[0][0])

    # ---- Personalised Services

    def refer(self, csid):
        return self.post('/v1/ps/referrals', {'csid': str(csid), 'type': 'OTHER'}, status=201)

    def assign(self, csid, officer='PSO001'):
        return self.post('/v1/ps/assignments', {'csid': str(csid), 'officerId': officer}, role='service-manager', status=201)

    def test_refer_with_a_warning(self):
        body = self.post('/v1/ps/referrals', {'csid': '50', 'type': 'ASSOCIATE', 'associateOf': '8'}, status=201).body
        self.assertEqual(('REFERRED', [{'code': '140', 'detail': 'Applicant name is required'}]), (body['status'], body['warnings']))
        self.assertEqual(['000000050'], [each['csid'] for each in self.get('/v1/ps/customers?status=REFERRED&limit=200').body['items']
                                         if each['csid'] == '000000050'])

    def test_assign_record_and_approve(self):
        csid, path = '000000011', '/v1/ps/customers/11'
        self.assertEqual([], self.refer(11).body['warnings'])
        load = {each['officerId']: each['workload'] for each in self.get('/v1/ps/officers').body['items']}
        self.assign(11)
        after = {each['officerId']: each['workload'] for each in self.get('/v1/ps/officers').body['items']}
        self.assertEqual(load['PSO001'] + 1, after['PSO001'])
        self.assertIn(csid, [each['csid'] for each in self.get('/v1/ps/customers?officerId=PSO001&status=ASSIGNED&limit=200').body['items']])
        self.assertIn(('PLAN_TO_RECORD', csid), self.waiting('PSO001'))

        made = self.post(f'{path}/plans', PLAN, status=201)
        self.assertEqual('DRAFT', made.body['status'])
        plan = made.headers['Location']
        self.assertEqual({('PLAN_DRAFT', csid)}, {item for item in self.waiting('PSO001') if item[1] == csid})
        self.ask('PATCH', plan, {'coreIssue': 'Care'}, status=428)
        changed = self.ask('PATCH', plan, {'coreIssue': 'Care'}, headers={'If-Match': made.headers['ETag']})
        self.assertEqual({**PLAN, 'coreIssue': 'Care'}, {name: changed.body[name] for name in PLAN})
        self.ask('PATCH', plan, {'coreIssue': 'Care'}, headers={'If-Match': made.headers['ETag']}, status=412)
        self.assertEqual('SUBMITTED', self.post(f'{plan}/submission').body['status'])
        self.assertEqual(set(), {item for item in self.waiting('PSO001') if item[1] == csid})
        self.assertIn(('PLAN_SUBMITTED', csid), self.waiting_for_manager())
        self.post(f'{plan}/decision', {'decision': 'RETURNED', 'comment': 'Say more'}, role='service-manager')
        self.assertIn(('PLAN_RETURNED', csid), self.waiting('PSO001'))
        self.post(f'{plan}/submission')
        self.assertEqual('ACCEPTED', self.post(f'{plan}/decision', {'decision': 'ACCEPTED'}, role='service-manager').body['status'])
        self.assertNotIn(csid, {item[1] for item in self.waiting('PSO001') | self.waiting_for_manager()})
        self.assertEqual('ACCEPTED', self.get(path).body['currentPlan']['status'])

    def test_who_submitted_a_plan_does_not_decide_it(self):
        self.refer(23)
        self.assign(23)
        plan = self.post('/v1/ps/customers/23/plans', PLAN, status=201).headers['Location']
        with Client(self.gateway, self.both) as both:
            submitted = both.post(f'{plan}/submission')
            self.assertEqual((200, 'BOTH001'), (submitted.status, submitted.body['submittedBy']), submitted)
            own = both.post(f'{plan}/decision', {'decision': 'ACCEPTED'})
        self.assertEqual((403, 'urn:causeway:problem:own-submission'), (own.status, own.body['type']), own)
        self.assertEqual('SUBMITTED', self.get(plan).body['status'])
        self.post(f'{plan}/decision', {'decision': 'ACCEPTED'}, role='service-manager',
                  headers={'If-Match': submitted.headers['ETag']})

    def test_create_a_stacking_document_and_add_notes(self):
        self.refused('not-in-personalised-services', 'POST', '/v1/customers/13/stacking-documents', {'subject': 'Stack'}, status=409)
        self.refer(13)
        document = self.post('/v1/customers/13/stacking-documents', {'subject': 'Stack'}, status=201)
        for n in range(2):
            self.post(f'{document.headers["Location"]}/notes', {'subject': f'Note {n}', 'text': 'Called'}, status=201)
        self.assertEqual({'Note 0', 'Note 1'}, {note['subject'] for note in self.get(document.headers['Location']).body['notes']})

    def test_refer_out_reject_and_accept(self):
        csid, path = '000000017', '/v1/ps/customers/17'
        self.refer(17)
        self.assign(17)
        self.post(f'{path}/plans', PLAN, status=201)
        transfer = self.post(f'{path}/transfers', {'reason': 'Moved', 'comment': 'Ça va'}, status=201).body['transferId']
        self.refused('transfer-pending', 'POST', f'{path}/transfers', {'reason': 'Moved'}, status=409)
        self.assertIn(('TRANSFER_PENDING', csid), self.waiting_for_manager())
        self.assertEqual('Ça va', self.get(path).body['pendingTransfer']['comment'])
        self.post(f'{path}/transfers/{transfer}/decision', {'decision': 'REJECTED'}, role='service-manager')
        self.assertEqual('ASSIGNED', self.get(path).body['status'])
        transfer = self.post(f'{path}/transfers', {'reason': 'Moved'}, status=201).body['transferId']
        self.post(f'{path}/transfers/{transfer}/decision', {'decision': 'ACCEPTED'}, role='service-manager')
        body = self.get(path).body
        self.assertEqual(('TRANSFERRED_OUT', None, None), (body['status'], body['officerId'], body['currentPlan']))
        self.assertNotIn(csid, {item[1] for item in self.waiting('PSO001') | self.waiting_for_manager()})
        self.refer(17)

    # ---- races

    def race(self, method, path, body_of, role, headers=None):
        def one(number):
            with self.gateway.client(role) as client:
                return client.request(method, path, body_of(number), headers=headers).status
        with concurrent.futures.ThreadPoolExecutor(RACERS) as pool:
            return sorted(pool.map(one, range(RACERS)))

    def assert_one_winner(self, won, statuses):
        self.assertEqual([won], [status for status in statuses if status < 300], statuses)
        self.assertLessEqual(set(statuses) - {won}, {409, 412})

    def test_a_race_has_one_winner_and_one_history_row(self):
        steps = "SELECT count(*) FROM \"CUBA_PS_HIST\" WHERE \"CSID\" = '000000019'"
        self.refer(19)
        officers = ['PSO001', 'PSO002']
        self.assert_one_winner(201, self.race('POST', '/v1/ps/assignments', lambda n: {'csid': '19', 'officerId': officers[n % 2]},
                                              'service-manager'))
        self.assertEqual(2, self.gateway.query('cuba', steps)[0][0])
        plan = self.post('/v1/ps/customers/19/plans', PLAN, status=201).headers['Location']
        self.post(f'{plan}/submission')
        self.assert_one_winner(200, self.race('POST', f'{plan}/decision', lambda n: {'decision': ['ACCEPTED', 'RETURNED'][n % 2]},
                                              'service-manager'))
        self.assertEqual(5, self.gateway.query('cuba', steps)[0][0])

        self.check_privacy(19)
        seen = self.account(19).headers['ETag']
        self.assert_one_winner(200, self.race(
            'PATCH', '/v1/customers/19/channel-preferences',
            lambda n: {'product': 'CHILD_SUPPORT', 'service': 'LETTERS', 'channel': ['ONLINE', 'POST'][n % 2], 'applyToAll': n % 3 == 0},
            'ps-officer', {'If-Match': seen}))
        account = self.account(19).body['accounts'][0]['accountId']
        path = f'/v1/customers/19/online-account/{account}'
        self.assert_one_winner(200, self.race('POST', f'{path}/actions', lambda _: {'action': 'DEACTIVATE', 'reason': 'Asked'}, 'ps-officer'))
        self.assertEqual(2, len(self.get(f'{path}/history/account-status').body['items']))


if __name__ == '__main__':
    unittest.main()
