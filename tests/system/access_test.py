"""Who may do what: every operation against every role. An operation that lists a role lets it in; no role, no entry."""

import unittest

from gateway import CALLERS, GatewayTestCase

OFFICERS = {'service-officer', 'ps-officer', 'service-manager'}
PS = {'ps-officer', 'service-manager'}
MANAGER = {'service-manager'}
OPERATOR = {'operator'}
PS_CUSTOMER = '/v1/ps/customers/8'
PLAN = f'{PS_CUSTOMER}/plans/none'
CUSTOMER = '/v1/customers/4'
ACCOUNT = f'{CUSTOMER}/online-account/01890000-0000-7000-8000-000000000000'
COMMUNICATION = f'{CUSTOMER}/communications/01890000-0000-7000-8000-000000000000'
DEAD_LETTERS = '/v1/admin/copies/communications/dead-letters'

# Method, path, who is let in, and what they are answered. A POST or PATCH is sent with a body that is not valid: it
# is judged after the roles, and has no effect.
OPERATIONS = [
    ('GET', CUSTOMER, OFFICERS | {'partner'}, 200),
    ('GET', f'{CUSTOMER}/online-account', OFFICERS, 200),
    ('POST', f'{CUSTOMER}/privacy-checks', OFFICERS, 422),
    ('PATCH', f'{CUSTOMER}/channel-preferences', OFFICERS, 422),
    ('POST', f'{ACCOUNT}/actions', OFFICERS, 422),
    ('POST', f'{ACCOUNT}/link', OFFICERS, 422),
    ('GET', f'{ACCOUNT}/history/web-sessions', OFFICERS, 404),
    ('GET', f'{ACCOUNT}/history/account-status', OFFICERS, 404),
    ('GET', f'{ACCOUNT}/history/poi', OFFICERS, 404),
    ('GET', f'{CUSTOMER}/communications', OFFICERS, 200),
    ('POST', f'{CUSTOMER}/communications', OFFICERS, 422),
    ('POST', f'{CUSTOMER}/stacking-documents', PS, 422),
    ('GET', COMMUNICATION, OFFICERS, 404),
    ('POST', f'{COMMUNICATION}/notes', OFFICERS, 422),
    ('POST', '/v1/ps/referrals', PS, 422),
    ('GET', '/v1/ps/customers', PS, 200),
    ('GET', '/v1/ps/customers/8', PS, 200),
    ('GET', '/v1/ps/officers', PS, 200),
    ('POST', '/v1/ps/assignments', MANAGER, 422),
    ('POST', f'{PS_CUSTOMER}/plans', PS, 422),
    ('GET', PLAN, PS, 404),
    ('PATCH', PLAN, PS, 428),
    ('POST', f'{PLAN}/submission', {'ps-officer'}, 422),
    ('POST', f'{PLAN}/decision', MANAGER, 422),
    ('POST', f'{PS_CUSTOMER}/transfers', PS, 422),
    ('POST', f'{PS_CUSTOMER}/transfers/none/decision', MANAGER, 422),
    ('GET', '/v1/ps/action-lists/cso', PS, 200),
    ('GET', '/v1/ps/action-lists/service-manager', MANAGER, 200),
    ('GET', '/v1/admin/plugins', OPERATOR, 200),
    ('GET', '/v1/admin/copies', OPERATOR, 200),
    ('GET', DEAD_LETTERS, OPERATOR, 200),
    ('POST', f'{DEAD_LETTERS}/1/replay', OPERATOR, 422),
    ('POST', f'{DEAD_LETTERS}/1/discard', OPERATOR, 422),
    ('POST', '/v1/admin/config/reload', OPERATOR, 422),
    ('GET', f'{COMMUNICATION}/crossing', OPERATOR, 404),
    ('GET', '/metrics', OPERATOR, 200),
]
# Method and path of what needs no credential.
OPEN = ['/livez', '/readyz', '/openapi.json']


class Access(GatewayTestCase, unittest.TestCase):
    def ask(self, client, method, path):
        return client.request(method, path, body=None if method == 'GET' else {'bogus': 1})

    def test_each_operation_lets_in_its_roles_and_nobody_else(self):
        for role in CALLERS:
            client = self.client(role)
            for method, path, roles, status in OPERATIONS:
                with self.subTest(role=role, operation=f'{method} {path}'):
                    answer = self.ask(client, method, path)
                    self.assertEqual(status if role in roles else 403, answer.status, answer)

    def test_without_a_key_that_is_known_nobody_is_let_in(self):
        client = self.client('ps-officer')
        known = client.key
        for credential in [None, 'Bearer', 'Bearer ', 'Bearer nonsense', f'Bearer {known}x', f'Bearer {known[:-1]}', f'Basic {known}',
                           f'Bearer {known} {known}', known]:
            for method, path, _, _ in OPERATIONS:
                with self.subTest(credential=credential, operation=f'{method} {path}'):
                    answer = client.request(method, path, headers={'Authorization': credential})
                    self.assertEqual(401, answer.status, answer)
                    self.assertEqual('urn:causeway:problem:unauthorized', answer.body['type'])
                    self.assertIn('Bearer', answer.headers['WWW-Authenticate'])

    def test_health_and_the_document_need_no_credential(self):
        client = self.client()
        for path in OPEN:
            with self.subTest(path=path):
                self.assertEqual(200, client.get(path).status)

    def test_the_document_says_the_same_roles(self):
        paths = self.client().get('/openapi.json').body['paths']
        for method, path, roles, _ in OPERATIONS:
            with self.subTest(operation=f'{method} {path}'):
                self.assertEqual(roles, set(declared(paths, method, path)['x-roles']))

    def test_the_table_above_misses_no_operation(self):
        paths = self.client().get('/openapi.json').body['paths']
        listed = {(method.upper(), path) for path, methods in paths.items() for method in methods}
        known = {(method, template(paths, path)) for method, path, _, _ in OPERATIONS} | {('GET', path) for path in OPEN}
        self.assertEqual(set(), listed - known)


def template(paths, path):
    """The document's path that this one is an instance of."""
    parts = path.split('/')
    fitting = [one for one in paths if len(one.split('/')) == len(parts)
               and all(theirs == mine or theirs.startswith('{') for theirs, mine in zip(one.split('/'), parts))]
    # The one with the fewest parameters is the one that is meant.
    return min(fitting, key=lambda one: one.count('{'))


def declared(paths, method, path):
    return paths[template(paths, path)][method.lower()]


if __name__ == '__main__':
    unittest.main()
