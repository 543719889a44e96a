"""What every caller meets whatever the operation: problems (RFC 9457), request ids, limits, lists, the OpenAPI document."""

import json
import re
import socket
import unittest

from gateway import Gateway, GatewayTestCase

PATH = '/v1/customers/4/communications'
RECORD = {'type': 'Phone Out', 'reason': 'PERS SERVICES', 'category': 'PS CUSTOMER CONTACT', 'issue': 'Blank', 'text': 'hello'}
CHUNKED = [('Transfer-Encoding', 'chunked')]


def without(name):
    return {key: value for key, value in RECORD.items() if key != name}


class Http(GatewayTestCase, unittest.TestCase):
    settings = ('limits.body=64KiB',)

    def assert_problem(self, answer, status, code=None, pointer=None):
        self.assertEqual(status, answer.status, answer)
        self.assertEqual('application/problem+json', answer.headers['Content-Type'])
        self.assertLessEqual({'type', 'title', 'status', 'detail', 'instance'}, set(answer.body))
        self.assertRegex(answer.body['type'], '^urn:causeway:problem:[a-z][a-z-]*$')
        self.assertEqual(status, answer.body['status'])
        self.assertTrue(answer.body['title'] and answer.body['detail'])
        self.assertEqual(answer.headers['X-Request-Id'], answer.body['instance'])
        self.assertNotRegex(answer.raw.decode(), r'(?i)select |sqlite|postgres|soci|/usr/|\.cpp|exception|std::')
        if code:
            self.assertEqual(f'urn:causeway:problem:{code}', answer.body['type'])
        if pointer:
            errors = {error['pointer']: error for error in answer.body['errors']}
            self.assertIn(pointer, errors, answer)
            self.assertTrue(errors[pointer]['code'] and errors[pointer]['detail'])

    def test_problems_of_a_path_or_a_query(self):
        client = self.client('ps-officer')
        for method, path, status, pointer in [
            ('GET', '/', 404, None),
            ('GET', '/v1', 404, None),
            ('GET', '/v2/customers/4', 404, None),
            ('GET', '/v1/customers/4/', 404, None),
            ('GET', '/v1/customers/999999999', 404, None),
            ('GET', '/v1/customers/12345678901', 422, '/path/csid'),
            ('GET', '/v1/customers/four', 422, '/path/csid'),
            ('GET', '/v1/customers/-4', 422, '/path/csid'),
            ('GET', '/v1/customers/4?bogus=1', 422, '/query/bogus'),
            ('GET', f'{PATH}?limit=0', 422, '/query/limit'),
            ('GET', f'{PATH}?limit=201', 422, '/query/limit'),
            ('GET', f'{PATH}?limit=ten', 422, '/query/limit'),
            ('GET', f'{PATH}?limit=1&limit=1', 422, '/query/limit'),
            ('GET', f'{PATH}?cursor=nonsense', 422, '/query/cursor'),
            ('GET', f'{PATH}?limit=%zz', 400, None),
            ('GET', '/v1/customers/%ff', 400, None),
            ('DELETE', '/v1/customers/4', 405, None),
            ('PUT', PATH, 405, None),
        ]:
            with self.subTest(request=f'{method} {path}'):
                self.assert_problem(client.request(method, path), status, pointer=pointer)

    def test_a_method_that_is_not_there_names_those_that_are(self):
        answer = self.client('ps-officer').request('DELETE', PATH)
        self.assert_problem(answer, 405, 'method-not-allowed')
        self.assertEqual({'GET', 'HEAD', 'POST'} - {'HEAD'}, set(re.split(r', *', answer.headers['Allow'])) - {'HEAD', 'OPTIONS'})

    def test_problems_of_a_body(self):
        client = self.client('ps-officer')
        for raw, status, pointer in [
            ('', 422, '/body/type'),
            ('{}', 422, '/body/type'),
            ('{', 400, None),
            ('nonsense', 400, None),
            ('{"type": "Phone Out",}', 400, None),
            (b'{"type": "\xff"}', 400, None),
            ('{"text": "\\ud83d"}', 400, None),
            ('[]', 422, '/body'),
            ('[' * 10_000, 400, None),
            (json.dumps(without('issue')), 422, '/body/issue'),
            (json.dumps({**RECORD, 'bogus': 1}), 422, '/body/bogus'),
            (json.dumps({**RECORD, 'a/b~': 1}), 422, '/body/a~1b~0'),
            (json.dumps({**RECORD, 'type': 'Pigeon'}), 422, '/body/type'),
            (json.dumps({**RECORD, 'type': 'PHONE OUT'}), 422, '/body/type'),
            (json.dumps({**RECORD, 'type': 7}), 422, '/body/type'),
            (json.dumps({**RECORD, 'text': 'x' * 4001}), 422, '/body/text'),
            (json.dumps({**RECORD, 'text': '😀' * 4000}), 422, '/body/text'),
            (json.dumps({**RECORD, 'text': 'a\0b'}), 422, '/body/text'),
            (json.dumps({**RECORD, 'subject': 'x' * 101}), 422, '/body/subject'),
            (json.dumps({**RECORD, 'subject': '😀' * 20}), 422, '/body/subject'),
            ('{"type": "Phone Out", "type": "Phone Out"}', 422, '/body/type'),
        ]:
            with self.subTest(body=raw[:80]):
                raw = raw if isinstance(raw, bytes) else raw.encode()
                self.assert_problem(client.post(PATH, raw=raw), status, pointer=pointer)

    def test_all_faults_are_told_at_once(self):
        answer = self.client('ps-officer').post(PATH, {'type': 'Pigeon', 'reason': 1, 'bogus': 1, 'text': 'x' * 4001})
        self.assertEqual(
            {'/body/type', '/body/reason', '/body/category', '/body/issue', '/body/bogus', '/body/text'},
            {error['pointer'] for error in answer.body['errors']}, answer)

    def test_only_json_is_taken(self):
        client = self.client('ps-officer')
        for content_type, status in [
            ('text/plain', 415), ('application/xml', 415), ('application/json; charset=latin1', 415), (None, 415),
            ('application/json; charset=UTF-8', 201), ('Application/JSON', 201),
        ]:
            with self.subTest(content_type=content_type):
                answer = client.post(PATH, raw=json.dumps(RECORD).encode(), headers={'Content-Type': content_type})
                self.assertEqual(status, answer.status, answer)

    def test_a_body_beyond_the_limit_is_refused_however_it_comes(self):
        whole = self.client('ps-officer').post(PATH, raw=b' ' * (64 * 1024 + 1))
        self.assert_problem(whole, 413)
        within = self.client('ps-officer').post(PATH, raw=json.dumps(RECORD).encode().ljust(64 * 1024))
        self.assertEqual(201, within.status, within)
        chunk = b'4000\r\n' + b' ' * 0x4000 + b'\r\n'
        self.assertIn(b' 413 ', self.raw_answer(CHUNKED, chunk * 5 + b'0\r\n\r\n').split(b'\r\n')[0])

    def test_what_blurs_the_borders_of_a_request_is_refused(self):
        good = json.dumps(RECORD).encode()
        for headers, sent, statuses in [
            ([('Content-Length', str(len(good)))], good, [201]),
            (CHUNKED, b'%x\r\n%s\r\n0\r\n\r\n' % (len(good), good), [201]),
            ([*CHUNKED, ('Content-Length', '5')], b'0\r\n\r\n', [400]),
            ([('Content-Length', '5'), ('Content-Length', '6')], b'123456', [400]),
            ([('Content-Length', '-1')], b'', [400]),
            ([('Content-Length', '+5')], b'12345', [400]),
            ([('Content-Length', '5x')], b'12345', [400]),
            ([('Transfer-Encoding', 'gzip, chunked')], b'0\r\n\r\n', [400, 501]),
            ([('Transfer-Encoding', 'identity')], b'', [400, 501]),
            ([('Transfer-Encoding', 'xchunked')], b'0\r\n\r\n', [400, 501]),
            ([('Content-Length', '0'), ('Host', 'twice')], b'', [400]),
            ([('Content-Length', '0'), ('X-Folded', 'a\r\n b')], b'', [400]),
            ([('Content-Length ', '0')], b'', [400]),
            ([('X-Long', 'x' * 20_000)], b'', [400, 431]),
            ([('Expect', 'miracles'), ('Content-Length', '0')], b'', [417]),
        ]:
            with self.subTest(headers=[(name, value[:40]) for name, value in headers]):
                line = self.raw_answer(headers, sent).split(b'\r\n')[0].decode()
                self.assertIn(int((line + ' 0 0').split(' ')[1]), statuses, line)

    def raw_answer(self, headers, sent):
        """What comes back for a POST with these headers on a connection of its own, to its end."""
        lines = [f'POST {PATH} HTTP/1.1', 'Host: localhost', f'Authorization: Bearer {self.gateway.keys.of["ps-officer"]}',
                 'Content-Type: application/json', 'Connection: close', *(f'{name}: {value}' for name, value in headers)]
        with socket.create_connection(('127.0.0.1', self.gateway.port), timeout=30) as connection:
            try:
                connection.sendall('\r\n'.join([*lines, '', '']).encode() + sent)
            except (BrokenPipeError, ConnectionResetError):
                pass  # answered before it was all sent
            said = b''
            try:
                while some := connection.recv(65536):
                    said += some
            except ConnectionResetError:
                pass
            return said

    def test_request_id_and_trace_are_continued(self):
        client = self.client('ps-officer')
        given = client.get('/v1/customers/4', headers={'X-Request-Id': 'mine-17'})
        self.assertEqual('mine-17', given.headers['X-Request-Id'])
        made = [client.get('/v1/customers/4').headers['X-Request-Id'] for _ in range(2)]
        self.assertTrue(all(made))
        self.assertNotEqual(*made)
        evil = client.get('/v1/customers/4', headers={'X-Request-Id': 'a b"<script>'}).headers['X-Request-Id']
        self.assertNotIn('script', evil)

    def test_head_and_conditional_get(self):
        client = self.client('ps-officer')
        answer = client.get('/v1/customers/4/online-account')
        tag = answer.headers['ETag']
        self.assertRegex(tag, '^"[^"]+"$')
        self.assertEqual(tag, client.get('/v1/customers/4/online-account').headers['ETag'])

    def test_a_list_is_stable_while_rows_are_added(self):
        client = self.client('ps-officer')
        for csid in (12, 13):  # one who is international, one who is not
            with self.subTest(csid=csid):
                path = f'/v1/customers/{csid}/communications'
                ids = [client.post(path, {**RECORD, 'subject': str(n)}).body['communicationId'] for n in range(12)]
                first = client.get(f'{path}?limit=5')
                self.assertEqual(ids[:6:-1], [item['communicationId'] for item in first.body['items']])
                client.post(path, {**RECORD, 'subject': 'later'})
                second = client.get(f'{path}?limit=5&cursor={first.body["next"]}')
                third = client.get(f'{path}?limit=5&cursor={second.body["next"]}')
                self.assertEqual(ids[6:1:-1], [item['communicationId'] for item in second.body['items']])
                self.assertEqual(ids[1::-1], [item['communicationId'] for item in third.body['items']])
                self.assertIsNone(third.body['next'])

    def test_health(self):
        client = self.client()
        self.assertEqual(200, client.get('/livez').status)
        ready = client.get('/readyz')
        self.assertEqual(200, ready.status, ready)
        self.assertIn('pluto', ready.raw.decode())
        self.assertIn('cuba', ready.raw.decode())


class OpenApi(unittest.TestCase):
    COMMUNICATIONS = {
        '/v1/customers/{csid}/communications', '/v1/customers/{csid}/communications/{communicationId}',
        '/v1/customers/{csid}/communications/{communicationId}/notes', '/v1/customers/{csid}/stacking-documents'}
    ONLINE_ACCOUNTS = {'/v1/customers/{csid}', '/v1/customers/{csid}/online-account'}

    def paths_with(self, *libraries):
        gateway = Gateway(name='OpenApi')
        self.addCleanup(gateway.close)
        config = gateway.folder / 'config' / 'causeway.yaml'
        kept, keeps = [], True
        for line in config.read_text().splitlines():
            # An item goes with its settings, which are indented below it.
            if not line.startswith('    '):
                keeps = 'library:' not in line or any(library in line for library in libraries)
            if keeps:
                kept.append(line)
        config.write_text('\n'.join(kept) + '\n')
        gateway.start()
        with gateway.client() as client:
            answer = client.get('/openapi.json')
        self.assertEqual(200, answer.status, answer)
        self.assertRegex(answer.body['openapi'], r'^3\.1\.')
        return answer.body['paths']

    def test_it_lists_just_what_is_loaded(self):
        for libraries, there, not_there in [
            (['communications', 'online_accounts'], self.COMMUNICATIONS | self.ONLINE_ACCOUNTS, set()),
            (['communications'], self.COMMUNICATIONS, self.ONLINE_ACCOUNTS),
            (['online_accounts'], self.ONLINE_ACCOUNTS, self.COMMUNICATIONS),
        ]:
            with self.subTest(libraries=libraries):
                paths = set(self.paths_with(*libraries))
                self.assertEqual(set(), there - paths)
                self.assertEqual(set(), not_there & paths)

    def test_every_operation_has_a_name_of_its_own_that_programs_can_use(self):
        paths = self.paths_with('communications', 'online_accounts', 'personalised_services')
        names = [operation['operationId'] for path in paths.values() for operation in path.values()]
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertRegex(name, r'^[a-z][A-Za-z0-9_]*$')
        self.assertIn('get_customers_byCsid_onlineAccount', names)

    def test_what_is_made_says_where_it_is(self):
        made = self.paths_with('communications')['/v1/customers/{csid}/communications']['post']['responses']['201']
        self.assertEqual({'X-Request-Id', 'Location'}, set(made['headers']))

    def test_it_says_what_a_body_may_hold(self):
        operation = self.paths_with('communications')['/v1/customers/{csid}/communications']['post']
        schema = operation['requestBody']['content']['application/json']['schema']
        self.assertEqual({'type', 'reason', 'category', 'issue'}, set(schema['required']))
        self.assertIs(False, schema['additionalProperties'])
        self.assertIn('Phone Out', schema['properties']['type']['enum'])
        self.assertEqual(4000, schema['properties']['text']['maxLength'])
        self.assertIn('201', operation['responses'])


if __name__ == '__main__':
    unittest.main()
