"""Every POST of the shipped plugins is made twice with one Idempotency-Key: the second answer is the first one, and nothing
is written for it."""

import unittest

from gateway import GatewayTestCase, on_each_database

PLAN = {'coreIssue': 'Arrears', 'referralType': 'OTHER', 'stackingDocumentDate': '2026-11-20',
        'trigger': {'segment': 'High value', 'issue': 'No payment'}}
RECORD = {'type': 'Phone Out', 'reason': 'PERS SERVICES', 'category': 'PS CUSTOMER CONTACT', 'issue': 'Blank', 'subject': 'Again'}
CSID = '/v1/ps/customers/{csid}'
ACCOUNT = '/v1/customers/{csid}/online-account/{accountId}'
COMMUNICATIONS = '/v1/customers/{csid}/communications'

# The procedures in their order, so that each step finds what it needs: operation, role, body, status, and what of the
# answer names a later path's parameter.
STEPS = [
    ('/v1/customers/{csid}/privacy-checks', 'ps-officer', {'outcome': 'SAFE'}, 201, None),
    (f'{ACCOUNT}/actions', 'ps-officer', {'action': 'DEACTIVATE', 'reason': 'Asked'}, 200, None),
    (f'{ACCOUNT}/actions', 'ps-officer', {'action': 'REACTIVATE', 'reason': 'Asked'}, 200, None),
    (f'{ACCOUNT}/link', 'ps-officer', None, 200, None),
    ('/v1/ps/referrals', 'ps-officer', {'csid': '{csid}', 'type': 'OTHER'}, 201, None),
    ('/v1/ps/assignments', 'service-manager', {'csid': '{csid}', 'officerId': 'PSO001'}, 201, None),
    (f'{CSID}/plans', 'ps-officer', PLAN, 201, 'planId'),
    (f'{CSID}/plans/{{planId}}/submission', 'ps-officer', None, 200, None),
    (f'{CSID}/plans/{{planId}}/decision', 'service-manager', {'decision': 'ACCEPTED'}, 200, None),
    (COMMUNICATIONS, 'ps-officer', RECORD, 201, 'communicationId'),
    (f'{COMMUNICATIONS}/{{communicationId}}/notes', 'ps-officer', {'subject': 'Again', 'text': 'Called'}, 201, None),
    ('/v1/customers/{csid}/stacking-documents', 'ps-officer', {'subject': 'Again'}, 201, None),
    (f'{CSID}/transfers', 'ps-officer', {'reason': 'Moved'}, 201, 'transferId'),
    (f'{CSID}/transfers/{{transferId}}/decision', 'service-manager', {'decision': 'ACCEPTED'}, 200, None),
]
# What a step writes, once.
ROWS = {'pluto': ['privacy_check', 'account_status_change', 'preference_change', 'communication', 'note'],
        'cuba': ['"CUBA_PS_HIST"', '"CUBA_PS_REF"', '"CUBA_PS_PLAN"', '"CUBA_PS_XFER"',
                 '(SELECT 1 FROM "CUBA_COMM" WHERE "SRC_ID" IS NULL) own',
                 '(SELECT 1 FROM "CUBA_NOTEPAD" WHERE "SRC_ID" IS NULL) own']}


@on_each_database
class IdempotencyOfEveryPost(GatewayTestCase):
    def rows(self):
        return {name: self.gateway.query(store, f'SELECT count(*) FROM {name}')[0][0]
                for store, names in ROWS.items() for name in names}

    def test_every_post_is_here(self):
        said = self.client('ps-officer').get('/openapi.json').body['paths']
        posts = {path for path, methods in said.items() if 'post' in methods and not path.startswith('/v1/admin/')}
        self.assertEqual(posts, {step[0] for step in STEPS})

    def make_each_twice(self, csid):
        client = {role: self.client(role) for role in ('ps-officer', 'service-manager')}
        account = client['ps-officer'].get(f'/v1/customers/{csid}/online-account').body['accounts'][0]['accountId']
        known = {'csid': csid, 'accountId': account}
        for number, (path, role, body, status, names) in enumerate(STEPS):
            with self.subTest(path=path, csid=csid):
                if body and 'csid' in body:
                    body = {**body, 'csid': csid}
                sent = {'Idempotency-Key': f'{csid} step {number}'}
                before = self.rows()
                first = client[role].post(path.format(**known), body, headers=sent)
                self.assertEqual((status, None), (first.status, first.headers['Idempotent-Replayed']), first)
                written = self.rows()
                self.assertNotEqual(before, written)
                again = client[role].post(path.format(**known), body, headers=sent)
                self.assertEqual((status, 'true'), (again.status, again.headers['Idempotent-Replayed']), again)
                self.assertEqual(first.raw, again.raw)
                for header in ('Location', 'ETag', 'Content-Type'):
                    self.assertEqual(first.headers[header], again.headers[header], header)
                self.assertEqual(written, self.rows())
                if names:
                    known[names] = first.body[names]

    def test_of_an_international_customer(self):
        self.make_each_twice('4')

    def test_of_any_other_customer(self):
        self.make_each_twice('7')


if __name__ == '__main__':
    unittest.main()
