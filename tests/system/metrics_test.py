"""What an operator sees of a gateway at work: /metrics moves when it should, the log names requests and never customers."""

import http.client
import json
import re
import subprocess
import time
import unittest

from gateway import PATIENCE, Gateway, GatewayTestCase, on_each_database

RECORD = {'type': 'Phone In', 'reason': 'Provide Inform', 'category': 'Communication', 'issue': 'Blank'}


class Scrape:
    """The text as {name: {labels: value}}, and checked for what Prometheus asks of it."""

    def __init__(self, text):
        self.text = text
        self.of = {}
        types = dict(re.findall(r'^# TYPE (\S+) (\S+)$', text, re.MULTILINE))
        helped = set(re.findall(r'^# HELP (\S+) \S', text, re.MULTILINE))
        for line in text.splitlines():
            if line.startswith('#'):
                continue
            name, labels, value = re.fullmatch(r'([a-z_]+)(?:\{(.*)\})? (\S+)', line).groups()
            key = frozenset(re.findall(r'([a-z]+)="([^"]*)"', labels or ''))
            assert key not in self.of.setdefault(name, {}), f'twice: {line}'
            self.of[name][key] = float(value)
            family = name if name in types else re.sub('_(bucket|sum|count)$', '', name)
            assert family in types and family in helped, f'no type or help: {line}'
            assert (types[family] == 'counter') == family.endswith('_total'), f'{family} is a {types[family]}'

    def get(self, name, **labels):
        return self.of.get(name, {}).get(frozenset((k, v) for k, v in labels.items()))


def metrics_port(gateway):
    lines = [json.loads(line) for line in gateway.log().splitlines()]
    return [int(line['port']) for line in lines if line['message'] == 'metrics are served apart'][-1]


def scrape_apart(gateway):
    connection = http.client.HTTPConnection('127.0.0.1', metrics_port(gateway), timeout=30 * PATIENCE)
    try:
        connection.request('GET', '/metrics')
        response = connection.getresponse()
        assert response.status == 200, response.status
        assert response.headers['Content-Type'] == 'text/plain; version=0.0.4; charset=utf-8'
        return Scrape(response.read().decode())
    finally:
        connection.close()


@on_each_database
class Metrics(GatewayTestCase):
    settings = ['metrics.listen.port=0']

    def scrape(self):
        return scrape_apart(self.gateway)

    def wait_for(self, check, what):
        until = time.monotonic() + 30 * PATIENCE
        while not check(self.scrape()):
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.1)

    def test_the_api_shows_them_to_operators_only(self):
        self.assertEqual(401, self.client().get('/metrics').status)
        self.assertEqual(403, self.client('ps-officer').get('/metrics').status)
        answer = self.client('operator').get('/metrics')
        self.assertEqual(200, answer.status)
        self.assertIsNotNone(Scrape(answer.raw.decode()).get('causeway_build_info', version='0.1.0'))
        self.assertIn('text/plain', self.client().get('/openapi.json').body['paths']['/metrics']['get']['responses']['200']['content'])

    def test_the_listener_apart_serves_nothing_else_of_the_api(self):
        connection = http.client.HTTPConnection('127.0.0.1', metrics_port(self.gateway), timeout=30 * PATIENCE)
        self.addCleanup(connection.close)
        connection.request('GET', '/v1/customers/4')
        self.assertEqual(404, connection.getresponse().status)

    def test_requests_are_counted_by_operation_and_status(self):
        operation = 'GET /v1/customers/{csid}'
        before = self.scrape()
        client = self.client('ps-officer')
        for csid in ('1', '2', '3'):
            self.assertEqual(200, client.get(f'/v1/customers/{csid}').status)
        self.assertEqual(404, client.get('/v1/customers/999888777').status)
        self.assertEqual(404, client.get('/v1/nobody/999888777').status)
        after = self.scrape()

        def gained(name, **labels):
            return (after.get(name, **labels) or 0) - (before.get(name, **labels) or 0)

        self.assertEqual(3, gained('causeway_http_requests_total', operation=operation, status='200'))
        self.assertEqual(1, gained('causeway_http_requests_total', operation=operation, status='404'))
        self.assertEqual(1, gained('causeway_http_requests_total', operation='none', status='404'))
        self.assertEqual(4, gained('causeway_http_request_duration_seconds_count', operation=operation))
        self.assertGreater(gained('causeway_http_request_duration_seconds_sum', operation=operation), 0)
        self.assertGreaterEqual(gained('causeway_store_batch_size_sum', store='pluto', lane='read'), 4)
        self.assertNotIn('999888777', after.text)

    def test_the_relay_is_seen_at_work(self):
        copied = {'route': 'communications', 'outcome': 'copied'}
        before = self.scrape().get('causeway_copy_attempts_total', **copied)
        writes = self.scrape().get('causeway_store_batch_size_sum', store='pluto', lane='write')
        for _ in range(3):
            self.assertEqual(201, self.client('ps-officer').post('/v1/customers/4/communications', RECORD).status)
        self.wait_for(lambda now: now.get('causeway_copy_attempts_total', **copied) >= before + 3, 'copied')
        now = self.scrape()
        self.assertGreaterEqual(now.get('causeway_store_batch_size_sum', store='pluto', lane='write'), writes + 3)
        self.assertEqual(16, now.get('causeway_leases_held', **{'from': 'pluto', 'to': 'cuba'}))
        self.assertEqual(16, now.get('causeway_lease_changes_total', **{'from': 'pluto', 'to': 'cuba', 'change': 'taken'}))
        self.assertEqual(1, now.get('causeway_gateways'))

    def test_the_process_its_stores_and_its_plugins_are_there(self):
        now = self.scrape()
        for store in ('pluto', 'cuba'):
            self.assertEqual(1, now.get('causeway_store_up', store=store))
            for lane in ('read', 'write'):
                self.assertEqual(0, now.get('causeway_store_queue_depth', store=store, lane=lane))
                self.assertGreaterEqual(now.get('causeway_store_connections', store=store, lane=lane), 1)
                self.assertEqual(0, now.get('causeway_breaker_state', store=store, lane=lane))
        for plugin in ('communications', 'online-accounts', 'personalised-services'):
            self.assertEqual(1, now.get('causeway_plugin_up', plugin=plugin))
            self.assertEqual(0, now.get('causeway_plugin_calls_open', plugin=plugin))
        self.assertGreater(now.get('process_resident_memory_bytes'), 1e6)
        self.assertGreater(now.get('process_open_fds'), 5)

    def test_what_waits_and_what_is_dead_is_told(self):
        client = self.client('ps-officer')
        record = client.post('/v1/customers/8/communications', RECORD).body['communicationId']
        for number in range(2):
            note = client.post(f'/v1/customers/8/communications/{record}/notes', {'subject': f'{number}', 'text': 'x'})
            self.assertEqual(201, note.status, note)
        self.gateway.wait_until_copied()
        mine = "route = 'notes' AND csid = '000000008'"
        # The first is dead, and holds the second back.
        self.gateway.database.execute('pluto', f"""
            INSERT INTO causeway_outbox (id, route, partition, csid, source_key, origin, action, state, attempts, created_at, last_entry, version)
            SELECT id, route, partition, csid, source_key, origin, action,
                   CASE id WHEN (SELECT min(id) FROM causeway_copied WHERE {mine}) THEN 'DEAD' ELSE 'PENDING' END,
                   1, '2026-01-01T00:00:00.000Z', 0, 1 FROM causeway_copied WHERE {mine}""")
        self.wait_for(lambda now: now.get('causeway_dead_letters', route='notes') == 1
                      and now.get('causeway_copies_pending', route='notes') == 1, 'the outbox is read every 5 s')
        self.assertGreater(self.scrape().get('causeway_copies_oldest_pending_seconds', route='notes'), 3600)
        self.gateway.database.execute('pluto', f'DELETE FROM causeway_outbox WHERE {mine}')
        self.wait_for(lambda now: now.get('causeway_copies_pending', route='notes') == 0, 'told anew')


class Log(unittest.TestCase):
    MARK = 'Quagga'
    # Too long for a time, a port or a duration to hold it by chance; the leading zero is left away by callers.
    CSID = '073019482'
    SHORT = CSID.lstrip('0')

    def setUp(self):
        self.gateway = Gateway(customers=40, settings=['log.level=debug', 'metrics.listen.port=0'], name='log')
        self.addCleanup(self.gateway.close)

    def test_no_line_says_who_the_customer_is_or_what_was_written(self):
        for store, table in (('pluto', 'customer'), ('cuba', 'CUBA_CUST')):
            self.gateway.database.execute(store, f"UPDATE {table} SET csid = '{self.CSID}' WHERE csid = '000000036'")
        self.gateway.start()
        mark, csid = self.MARK, self.SHORT
        names = [name for name, in self.gateway.query('pluto', 'SELECT name FROM customer') if len(name) > 5]
        with self.gateway.client('ps-officer') as client:
            made = client.post(f'/v1/customers/{csid}/communications', {**RECORD, 'subject': mark, 'text': f'{mark} Zoë 😀'},
                               headers={'Idempotency-Key': mark})
            self.assertEqual(201, made.status, made)
            path = f'/v1/customers/{csid}/communications/{made.body["communicationId"]}'
            self.assertEqual(201, client.post(path + '/notes', {'subject': mark, 'text': mark}).status)
            client.post(f'/v1/customers/{csid}/communications', {**RECORD, 'subject': mark * 100, mark: mark})
            client.post(f'/v1/customers/{csid}/communications', raw=b'{"' + mark.encode())
            client.post(f'/v1/customers/{csid}/privacy-checks', {'outcome': 'AT_RISK', 'comment': mark})
            client.post('/v1/ps/referrals', {'csid': csid, 'type': 'OTHER'})
            for target in (path, f'/v1/customers/{csid}', f'/v1/{mark}', f'/v1/customers/{csid}?{mark}={mark}', '/v1/ps/customers'):
                client.get(target)
        with self.gateway.client() as client:
            client.get(f'/v1/customers/{csid}', headers={'Authorization': f'Bearer {mark}'})
        self.gateway.wait_until_copied()
        self.gateway.stop()
        lines = self.gateway.log().splitlines()
        for line in lines:
            for name in [mark, csid, 'Zoë', *names, *self.gateway.keys.of.values()]:
                self.assertNotIn(name, line)
        requests = [line for line in map(json.loads, lines) if line['message'] == 'request']
        self.assertGreaterEqual(len(requests), 12)
        for line in requests:
            self.assertRegex(line['traceId'], '^[0-9a-f]{32}$')
            self.assertTrue(line['requestId'] and line['status'], line)

    def test_standard_error_that_nobody_reads_holds_nobody_up(self):
        arguments = self.gateway.arguments('serve', '--set', 'listen.port=0', '--set', 'log.requests=true')
        process = subprocess.Popen(arguments, cwd=self.gateway.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            self.gateway.port = int(process.stdout.readline().rsplit(b':', 1)[1])
            with self.gateway.client('operator') as client:
                # A pipe holds 64 KiB: some 300 lines.
                for _ in range(1000):
                    self.assertEqual(404, client.get('/v1/nothing').status)
                dropped = Scrape(client.get('/metrics').raw.decode()).get('causeway_log_lines_dropped_total')
            self.assertGreater(dropped, 100)
            process.terminate()
            self.assertEqual(0, process.wait(30 * PATIENCE))
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            process.stderr.close()


if __name__ == '__main__':
    unittest.main()
