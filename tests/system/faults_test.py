"""What a gateway does when its databases go away, hang, cut connections, fill up, deadlock or refuse a record: it stays
up, says what is away, answers 503 at once for what needs that, serves the rest, and catches up by itself. Looked at from
outside, on real databases of its own that are stopped and hidden for real."""

import http.client
import itertools
import resource
import sqlite3
import threading
import time
import unittest

from gateway import PATIENCE, SQLITE, Gateway, new_key
from private_postgres import PrivateCluster
from tcp_proxy import FROM_SERVER, TO_SERVER

RECORD = {'type': 'Phone In', 'reason': 'Provide Inform', 'category': 'Communication', 'issue': 'Blank'}
DEADLINE = 3  # of a request, seconds
AT_ONCE = 1 * PATIENCE  # and so long may "at once" take, on a busy machine
SETTINGS = [
    f'limits.deadline={DEADLINE}s', 'breaker.silence=1s', 'breaker.pause=200ms', 'relay.poll=100ms',
    'relay.retryFirst=20ms', 'relay.retryMost=200ms']
# What needs one store only.
OF_PLUTO = '/v1/customers/4/online-account'
OF_CUBA = '/v1/ps/officers'
_numbers = itertools.count(1)


def wait_until(true, what, timeout=60):
    until = time.monotonic() + timeout * PATIENCE
    while True:
        found = true()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError(f'not within {timeout} s: {what}')
        time.sleep(0.02)


class Faults:
    """What both databases share; `gateway` runs."""

    def client(self, role='ps-officer', **more):
        client = self.gateway.client(role, **more)
        self.addCleanup(client.close)
        return client

    def post(self, csid, subject=None, key=None, client=None, text=''):
        body = {**RECORD, 'subject': subject or f'subject {next(_numbers)}', **({'text': text} if text else {})}
        return (client or self.client()).post(
            f'/v1/customers/{csid}/communications', body, headers={'Idempotency-Key': key} if key else {})

    def ready(self):
        """(status, parts by kind and name)"""
        answer = self.client(None).get('/readyz')
        return answer.status, {(part['kind'], part['name']): part['state'] for part in answer.body['parts']}

    def assert_away(self, answer, within, began):
        took = time.monotonic() - began
        self.assertEqual(answer.status, 503, answer)
        self.assertEqual(answer.body['type'], 'urn:causeway:problem:unavailable', answer)
        self.assertIn(int(answer.headers['Retry-After']), range(1, 11))
        self.assertLess(took, within, answer)

    def assert_refused_at_once(self, method, path, body=None):
        with self.gateway.client('ps-officer') as client:
            began = time.monotonic()
            self.assert_away(client.request(method, path, body), AT_ONCE, began)

    def assert_well(self):
        """Everything serves again, by itself, and both stores agree."""
        for path in (OF_PLUTO, OF_CUBA):
            wait_until(lambda path=path: self.client().get(path).status == 200, f'{path} is served again')
        for csid in (1, 4):  # one in each store
            wait_until(lambda csid=csid: self.post(csid).status == 201, f'customer {csid} can be written to again')
        wait_until(lambda: self.ready()[0] == 200, '/readyz says 200')
        self.gateway.wait_until_copied()
        self.reconcile()

    def reconcile(self):
        for route in ('communications', 'notes'):
            said = self.gateway.run('reconcile', '--route', route).stdout
            self.assertRegex(said, r'\b0 missing, 0 extra, 0 different\b')

    def state_of_copy(self, csid, answer):
        return self.client().get(f'/v1/customers/{csid}/communications/{answer.body["communicationId"]}').body['copy']['state']


def setUpModule():
    global cluster
    # A lock that deadlocks is looked at soon, so that it is found out within the gateway's own lock timeout.
    cluster = PrivateCluster(deadlock_timeout="'100ms'")
    unittest.addModuleCleanup(cluster.close)


class FaultsOnPostgresql(Faults, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway(cluster.database, 40, SETTINGS, name='faults')
        cls.addClassCleanup(cls.gateway.close)
        cls.gateway.start()

    def setUp(self):
        self.proxies = self.gateway.database.proxies
        self.addCleanup(self.assert_well)
        for proxy in self.proxies.values():
            self.addCleanup(proxy.forward)

    def query(self, store, sql):
        return self.gateway.query(store, sql)

    def execute(self, store, sql):
        self.gateway.database.execute(store, sql)

    def refuse_inserts(self, store, table, code, when):
        """Every insert of such a row fails with this SQLSTATE, until the test ends or `allow` is called."""
        self.execute(store, f"""
            CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF {when} THEN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON "{table}" FOR EACH ROW EXECUTE FUNCTION refuse()""")

        def allow():
            self.execute(store, f'DROP TRIGGER IF EXISTS refuse ON "{table}"')

        self.addCleanup(allow)
        return allow

    # Away

    def test_a_key_is_revoked_while_a_store_is_away(self):
        keys = self.gateway.folder / 'var' / 'keys.yaml'
        before = keys.read_text()
        self.addCleanup(keys.write_text, before)
        key, entry = new_key('LEAVER', 'ps-officer')
        holder = {'Authorization': f'Bearer {key}'}
        operator = self.client('operator', timeout=60)
        keys.write_text(f'{before}{entry}\n')
        self.assertEqual(200, operator.post('/v1/admin/config/reload').status)
        self.assertEqual(200, self.client().get(OF_PLUTO, headers=holder).status)
        self.proxies['cuba'].refuse()
        wait_until(lambda: self.client().get(OF_CUBA).status == 503, 'Cuba is away')
        keys.write_text(before)
        answer = operator.post('/v1/admin/config/reload')
        self.assertEqual(200, answer.status, answer)
        self.assertEqual(['the key LEAVER is removed'], [one['change'] for one in answer.body['changes']])
        self.assertEqual(1, len(answer.body['warnings']), answer)
        self.assertIn('cuba', answer.body['warnings'][0])
        self.assertEqual(401, self.client().get(OF_PLUTO, headers=holder).status)

    def test_a_store_that_is_away_is_said_and_refused_at_once_and_the_rest_is_served(self):
        self.proxies['cuba'].refuse()
        wait_until(lambda: self.client().get(OF_CUBA).status == 503, 'Cuba is away')
        for _ in range(5):
            self.assert_refused_at_once('GET', OF_CUBA)
        self.assert_refused_at_once('POST', '/v1/customers/1/communications', {**RECORD, 'subject': 'of Cuba'})
        status, parts = self.ready()
        self.assertEqual(status, 503)
        self.assertEqual(parts['store', 'cuba'], 'away')
        self.assertEqual(parts['breaker', 'cuba'], 'open')
        self.assertEqual(parts['store', 'pluto'], 'serving')
        self.assertEqual(parts['breaker', 'pluto'], 'closed')
        metrics = self.client('operator').get('/metrics').raw.decode().splitlines()
        for lane in ('read', 'write'):
            self.assertTrue(f'causeway_breaker_state{{store="cuba",lane="{lane}"}} 2' in metrics, lane)
            self.assertTrue(f'causeway_breaker_state{{store="pluto",lane="{lane}"}} 0' in metrics, lane)
        self.assertFalse('causeway_breaker_opened_total{store="cuba"} 0' in metrics)
        self.assertEqual(self.client(None).get('/livez').status, 200)

        self.assertEqual(self.client().get(OF_PLUTO).status, 200)
        posted = self.post(4)
        self.assertEqual(posted.status, 201, posted)
        self.assertEqual(posted.body['store'], 'pluto')
        self.assertGreaterEqual(self.gateway.copies()['communications']['pending'], 1)

        self.proxies['cuba'].forward()
        self.assert_well()
        self.assertEqual(self.state_of_copy(4, posted), 'COPIED')

    def test_a_database_that_is_stopped_and_started_is_found_again(self):
        pid = self.gateway.process.pid
        cluster.stop()
        try:
            for path in (OF_PLUTO, OF_CUBA):
                wait_until(lambda path=path: self.client().get(path).status == 503, 'both are away')
                self.assert_refused_at_once('GET', path)
            self.assert_refused_at_once('POST', '/v1/customers/4/communications', {**RECORD, 'subject': 'of nobody'})
            status, parts = self.ready()
            self.assertEqual((status, parts['store', 'pluto'], parts['store', 'cuba']), (503, 'away', 'away'))
        finally:
            cluster.start()
        self.assert_well()
        self.assertEqual((self.gateway.process.pid, self.gateway.process.poll()), (pid, None))

    def test_a_black_hole_is_found_out_and_given_up(self):
        self.proxies['cuba'].black_hole()
        began = time.monotonic()
        first = self.client().get(OF_CUBA)
        self.assertIn(first.status, (503, 504), first)
        self.assertLess(time.monotonic() - began, (DEADLINE + 1) * PATIENCE)
        for _ in range(3):
            self.assert_refused_at_once('GET', OF_CUBA)
        status, parts = self.ready()
        self.assertEqual(status, 503)
        self.assertIn('open', parts['breaker', 'cuba'])
        self.assertEqual(parts['breaker', 'pluto'], 'closed')
        self.assertEqual(self.client().get(OF_PLUTO).status, 200)
        posted = self.post(4)
        self.assertEqual(posted.status, 201, posted)
        # The connection is given up although the network acknowledges everything.
        wait_until(lambda: 'no answer in time' in self.gateway.log(), 'a hanging connection is given up')
        # What was given up does not come back to life.
        self.proxies['cuba'].cut()
        self.proxies['cuba'].forward()
        self.assert_well()
        self.assertEqual(self.state_of_copy(4, posted), 'COPIED')

    # Cut

    def test_a_record_stands_once_however_its_connection_ends(self):
        """Backends ended by an administrator and answers cut off, while keyed requests come; each is repeated with its
        key until it is acknowledged."""
        subjects = [f'cut {number}' for number in range(120)]
        left = list(reversed(subjects))
        faults, cut_short = [], []
        acknowledged = threading.Event()

        def work():
            with self.gateway.client('ps-officer') as client:
                while left:
                    try:
                        subject = left.pop()
                    except IndexError:
                        return
                    csid = 1 + int(subject.split()[1]) % 8
                    for _ in range(int(600 * PATIENCE)):
                        try:
                            answer = self.post(csid, subject, f'key of {subject}', client)
                        except (OSError, http.client.HTTPException) as e:
                            faults.append(f'{subject}: {e}')
                            return
                        if answer.status == 201:
                            acknowledged.set()
                            break
                        cut_short.append(answer.status)
                        if answer.status not in (409, 503, 504):
                            faults.append(f'{subject}: {answer}')
                            return
                        time.sleep(0.05)
                    else:
                        faults.append(f'{subject}: never acknowledged')

        workers = [threading.Thread(target=work) for _ in range(6)]
        for worker in workers:
            worker.start()
        for number in itertools.count():
            if not any(worker.is_alive() for worker in workers):
                break
            store = ('pluto', 'cuba')[number // 4 % 2]
            [lambda: self.query(store, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
                                       "WHERE application_name = 'causeway' AND datname = current_database()"),
             lambda: self.proxies[store].cut_after(0, FROM_SERVER),
             lambda: self.proxies[store].cut_after(200, TO_SERVER),
             lambda: self.proxies[store].cut_after(300, FROM_SERVER)][number % 4]()
            time.sleep(0.03)
            # On a busy machine no request might ever be quicker than the next fault.
            while number % 8 == 7 and not acknowledged.wait(0.1) and any(worker.is_alive() for worker in workers):
                pass
            if number % 8 == 7:
                acknowledged.clear()
        for worker in workers:
            worker.join()
        for proxy in self.proxies.values():
            proxy.forward()
        self.assertEqual(faults, [])
        self.assertTrue(cut_short, 'no request met a fault: nothing was shown')

        wait_until(lambda: self.client().get(OF_PLUTO).status == 200, 'Pluto serves')
        self.gateway.wait_until_copied()
        in_cuba = sorted(s for s, in self.query('cuba', 'SELECT "SUBJ" FROM "CUBA_COMM" WHERE "SUBJ" LIKE \'cut %\''))
        self.assertEqual(in_cuba, sorted(subjects))
        in_pluto = sorted(s for s, in self.query('pluto', "SELECT subject FROM communication WHERE subject LIKE 'cut %'"))
        self.assertEqual(in_pluto, sorted(s for s in subjects if (1 + int(s.split()[1]) % 8) % 4 == 0))

    # Poisoned

    def test_a_record_that_the_target_refuses_for_ever_holds_back_its_customer_and_nobody_else(self):
        allow = self.refuse_inserts('cuba', 'CUBA_COMM', 'P0001', "NEW.\"SUBJ\" = 'poison'")
        poisoned = self.post(8, 'poison')
        behind = self.post(8, 'behind it')
        others = [self.post(csid) for csid in (4, 12, 16)]
        for csid, other in zip((4, 12, 16), others):
            wait_until(lambda: self.state_of_copy(csid, other) == 'COPIED', 'other customers go on')

        def dead_letters():
            return self.client('operator').get('/v1/admin/copies/communications/dead-letters').body['items']

        dead = wait_until(dead_letters, 'it is a dead letter')
        self.assertEqual([one['csid'] for one in dead], ['000000008'])
        self.assertEqual(self.state_of_copy(8, poisoned), 'DEAD')
        self.assertEqual(self.state_of_copy(8, behind), 'PENDING')
        after = self.post(4)
        wait_until(lambda: self.state_of_copy(4, after) == 'COPIED', 'others still go on')
        allow()
        replayed = self.client('operator').post(f'/v1/admin/copies/communications/dead-letters/{dead[0]["id"]}/replay')
        self.assertEqual(replayed.status, 202, replayed)
        wait_until(lambda: self.state_of_copy(8, behind) == 'COPIED', 'it crosses, and what waits behind it')
        order = self.query('cuba', 'SELECT "SUBJ" FROM "CUBA_COMM" WHERE "CSID" = \'000000008\' '
                                   "AND \"SUBJ\" IN ('poison', 'behind it') ORDER BY \"COMM_NO\"")
        self.assertEqual(order, [('poison',), ('behind it',)])

    def test_a_record_for_which_the_target_never_has_room_holds_up_no_other_customer(self):
        """The fault looks as if the target were away; it is not, for others cross."""
        allow = self.refuse_inserts('cuba', 'CUBA_COMM', '53100', "NEW.\"SUBJ\" = 'too much'")
        poisoned = self.post(8, 'too much')
        for _ in range(3):
            other = self.post(12)
            wait_until(lambda: self.state_of_copy(12, other) == 'COPIED', 'other customers go on')
        self.assertIn(self.state_of_copy(8, poisoned), ('PENDING', 'DEAD'))
        allow()
        dead = self.client('operator').get('/v1/admin/copies/communications/dead-letters').body['items']
        for one in dead:
            self.client('operator').post(f'/v1/admin/copies/communications/dead-letters/{one["id"]}/replay')
        wait_until(lambda: self.state_of_copy(8, poisoned) == 'COPIED', 'it crosses once there is room')

    # Full

    def test_a_full_database_refuses_writes_and_stores_nothing_half(self):
        """The outbox row finds no room, after its record did."""
        allow = self.refuse_inserts('pluto', 'causeway_outbox', '53100', 'true')
        for key in (None, 'key of a full one'):
            began = time.monotonic()
            self.assert_away(self.post(4, 'full', key), AT_ONCE, began)
        self.assertEqual(self.client().get(OF_PLUTO).status, 200)
        self.assertEqual(self.post(1).status, 201, 'Cuba has room')
        self.assertEqual(self.query('pluto', "SELECT count(*) FROM communication WHERE subject = 'full'"), [(0,)])
        allow()
        wait_until(lambda: self.post(4, 'full', 'key of a full one').status == 201, 'there is room again')
        self.assertEqual(self.query('pluto', "SELECT count(*) FROM communication WHERE subject = 'full'"), [(1,)])

    # Deadlocked

    def test_a_deadlock_is_lost_without_the_caller_noticing(self):
        officer = self.client()
        checked = officer.post('/v1/customers/12/privacy-checks', {'outcome': 'SAFE'})
        self.assertEqual(checked.status, 201, checked)
        found = "SELECT csid, product, service FROM channel_preference WHERE csid = '000000012' ORDER BY product, service"
        keys = self.query('pluto', found)
        self.assertGreaterEqual(len(keys), 2)
        before = cluster.logged('deadlock detected')

        def lock(cursor, key):
            cursor.execute('SELECT 1 FROM channel_preference WHERE csid = %s AND product = %s AND service = %s FOR UPDATE', key)

        # In which order the gateway locks is the planner's business: one of these meets it the other way round.
        for first, second in itertools.islice(itertools.cycle([(keys[-1], keys[0]), (keys[0], keys[-1])]), 8):
            answers = []
            etag = officer.get('/v1/customers/12/online-account').headers['ETag']
            change = {'product': first[1], 'service': first[2], 'channel': 'POST', 'applyToAll': True}
            with self.gateway.database.session('pluto') as outside:
                outside.execute("SET deadlock_timeout = '30s'")  # so that it is the other who gives in
                outside.execute('BEGIN')
                lock(outside, first)
                caller = threading.Thread(target=lambda: answers.append(
                    officer.request('PATCH', '/v1/customers/12/channel-preferences', change, {'If-Match': etag})))
                caller.start()
                waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
                wait_until(lambda: self.query('pluto', waits), 'the gateway waits for the lock', 10)
                lock(outside, second)
                outside.execute('COMMIT')
            caller.join()
            self.assertEqual(answers[0].status, 200, answers[0])
            if cluster.logged('deadlock detected') > before:
                return
        self.fail('no deadlock came about: nothing was shown')


class FaultsOnSqlite(Faults, unittest.TestCase):
    def setUp(self):
        self.gateway = Gateway(SQLITE, 40, SETTINGS, name='faults')
        self.addCleanup(self.gateway.close)
        self.gateway.start()

    def test_a_full_disk_refuses_writes_and_stores_nothing_half(self):
        """A limit on the size of its files stands for the disk: the next page finds no room."""
        var = self.gateway.folder / 'var'
        largest = max(file.stat().st_size for file in var.iterdir())
        no_limit = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(self.gateway.process.pid, resource.RLIMIT_FSIZE, (largest + 65536, resource.RLIM_INFINITY))
        text = 'x' * 3000
        acknowledged = []
        # Whoever reads what stood before keeps the log from being begun anew, which would make room now and then.
        reader = sqlite3.connect(f'file:{var}/pluto.db?mode=ro', uri=True, isolation_level=None)
        reader.execute('BEGIN')
        reader.execute('SELECT count(*) FROM communication').fetchone()
        with self.gateway.client('ps-officer') as client:
            for number in range(3000):
                began = time.monotonic()
                answer = self.post(4, f'full {number}', client=client, text=text)
                if answer.status != 201:
                    break
                acknowledged.append(f'full {number}')
            self.assertTrue(acknowledged)
            self.assert_away(answer, AT_ONCE, began)
            for _ in range(10):
                began = time.monotonic()
                self.assert_away(self.post(4, 'no room', client=client, text=text), AT_ONCE, began)
            self.assertEqual(client.get(OF_PLUTO).status, 200, 'reading needs no room')
            reader.close()
            resource.prlimit(self.gateway.process.pid, resource.RLIMIT_FSIZE, no_limit)
            wait_until(lambda: self.post(4, 'room', client=client).status == 201, 'there is room again')
        self.gateway.wait_until_copied()
        stand = [s for s, in self.gateway.query('pluto', "SELECT subject FROM communication WHERE subject LIKE 'full %'")]
        self.assertEqual(sorted(stand), sorted(acknowledged))
        self.assertEqual(self.gateway.query('pluto', "SELECT count(*) FROM communication WHERE subject = 'no room'"), [(0,)])
        promised = self.gateway.query('pluto', 'SELECT (SELECT count(*) FROM causeway_outbox) + (SELECT count(*) FROM causeway_copied)')
        self.assertEqual(promised, self.gateway.query('pluto', 'SELECT count(*) FROM communication'))
        self.gateway.stop()
        self.reconcile()

    def test_a_file_that_another_program_locks_is_waited_for_and_then_written(self):
        other = sqlite3.connect(self.gateway.folder / 'var' / 'cuba.db', timeout=30, isolation_level=None)
        self.addCleanup(other.close)
        other.execute('BEGIN IMMEDIATE')
        posted = self.post(4)
        self.assertEqual(posted.status, 201, 'its own store is not locked')
        answer = self.post(1)
        self.assertIn(answer.status, (503, 504), answer)
        self.assertEqual(self.client().get(OF_CUBA).status, 200, 'reading goes on')
        self.assertEqual(self.client().get(OF_PLUTO).status, 200)
        other.execute('ROLLBACK')
        wait_until(lambda: self.post(1).status == 201, 'Cuba can be written to again')
        wait_until(lambda: self.state_of_copy(4, posted) == 'COPIED', 'the relay catches up')


if __name__ == '__main__':
    unittest.main()
