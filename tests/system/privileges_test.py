"""The database users of the PostgreSQL sample: the owner makes the tables, the gateway's role gets what `check --grants`
says, and with just that every procedure runs. Each right is then taken away alone, and PostgreSQL is seen to refuse
something that the gateway does."""

import os
import pathlib
import re
import subprocess
import time
import unittest

from gateway import PATIENCE, ROOT, Gateway, Postgresql

RECORD = {'type': 'Phone In', 'reason': 'Provide Inform', 'category': 'Communication', 'issue': 'Arrears', 'subject': 'Call',
          'text': 'Called'}
PLAN = {'coreIssue': 'Arrears', 'referralType': 'OTHER', 'stackingDocumentDate': '2026-11-20',
        'trigger': {'segment': 'High value', 'issue': 'No payment'}}
NOTE = {'subject': 'Note', 'text': 'Called'}

# What is done so seldom that it is brought about on purpose, by the owner's hand.
BEGINNINGS = {('channel_preference', 'INSERT'), ('causeway_lease', 'INSERT'), ('causeway_fence', 'INSERT'), ('causeway_gateway', 'INSERT')}
# What only the passing of a day, a copy that fails, a drain or a repair asks for: left standing here.
SELDOM = {('causeway_attempt', 'SELECT'), ('causeway_attempt', 'INSERT'), ('causeway_attempt', 'UPDATE'),
          ('causeway_outbox', 'UPDATE'), ('causeway_idempotency', 'DELETE'), ('causeway_gateway', 'DELETE'), ('causeway_attempt', 'DELETE'),
          ('CUBA_COMM', 'UPDATE'), ('CUBA_COMM', 'DELETE'), ('CUBA_NOTEPAD', 'UPDATE'), ('CUBA_NOTEPAD', 'DELETE')}


class TwoRoles(Postgresql):
    """Databases and roles as the shipped script makes them; `user` says as whom the gateway connects."""

    def __init__(self, _folder):
        self.server = os.environ['CAUSEWAY_TEST_POSTGRES']
        tag = f'{os.getpid()}'
        self.databases = {'pluto': f'rights_pluto_{tag}', 'cuba': f'rights_cuba_{tag}'}
        self.owner, self.gateway = f'rights_owner_{tag}', f'rights_gateway_{tag}'
        self.user = self.owner
        self.create = True
        names = {**self.databases, 'owner': self.owner, 'gateway': self.gateway}
        done = subprocess.run(
            ['psql', '-X', '-q', *(word for name, value in names.items() for word in ('-v', f'{name}={value}')),
             '-f', str(ROOT / 'config/causeway.postgresql.sql'), self.server], capture_output=True, text=True)
        if done.returncode != 0 or done.stderr:
            self.drop()
            raise AssertionError(done.stdout + done.stderr)

    def connect_string(self, database, user=None):
        return re.sub(r'user=\S+', f'user={user or self.user}', super().connect_string(database))

    def settings(self):
        for store, database in self.databases.items():
            yield f'stores.{store}.backend=postgresql'
            yield f'stores.{store}.connect={self.connect_string(database)}'
            yield f'stores.{store}.create={str(self.create).lower()}'

    def drop(self):
        self.user = re.search(r'user=(\S+)', self.server)[1]
        super().drop()
        for role in (self.owner, self.gateway):
            self._administer(f'DROP ROLE IF EXISTS {role}')


class Privileges(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if 'CAUSEWAY_TEST_POSTGRES' not in os.environ:
            raise unittest.SkipTest('CAUSEWAY_TEST_POSTGRES is not set: tests/run starts a PostgreSQL and sets it')
        cls.server_log = pathlib.Path(re.search(r'host=(\S+)', os.environ['CAUSEWAY_TEST_POSTGRES'])[1]) / 'server.log'
        cls.gateway = Gateway(TwoRoles, customers=4000, name='Privileges', settings=['relay.poll=100ms'])
        cls.addClassCleanup(cls.gateway.close)
        cls.database = cls.gateway.database
        cls.statements = cls.gateway.run('check', '--grants', cls.database.gateway).stdout
        cls.rights = []
        for part in cls.statements.split('-- store ')[1:]:
            store, *lines = part.split('\n')
            for line in filter(None, lines):
                cls.own(store, line)
                granted = re.fullmatch(r'GRANT ([A-Z, ]+) ON (SCHEMA )?"?(\w+)"? TO "\w+";', line)
                cls.rights += [(store, granted[2] or '', granted[3], right) for right in granted[1].split(', ')]
        cls.database.user, cls.database.create = cls.database.gateway, False
        cls.number = 0

    @classmethod
    def own(cls, store, sql):
        import psycopg2
        connection = psycopg2.connect(cls.database.connect_string(cls.database.databases[store], cls.database.owner))
        try:
            connection.autocommit = True
            connection.cursor().execute(sql)
        finally:
            connection.close()

    def ask(self, method, path, body=None, role='ps-officer'):
        with self.gateway.client(role) as client:
            headers = {'Idempotency-Key': f'k{time.monotonic_ns()}'} if method == 'POST' else None
            answer = client.request(method, path, body, headers=headers)
        self.assertLess(answer.status, 300, f'{method} {path}: {answer}')
        return answer

    def steps(self):
        """One procedure after the other on customers that nobody had; stops after each request."""
        type(self).number += 20
        n = self.number
        abroad, here = n, n + 1  # international are those divisible by 4
        manager = 'service-manager'

        def ask(*what, **more):
            return self.ask(*what, **more)
        for csid in (here, abroad):
            made = ask('POST', f'/v1/customers/{csid}/communications', RECORD)
            yield
            ask('POST', f'{made.headers["Location"]}/notes', NOTE)
            yield
            ask('GET', made.headers['Location'])
            ask('GET', f'/v1/customers/{csid}/communications')
            yield
        ask('POST', f'/v1/customers/{here}/privacy-checks', {'outcome': 'SAFE'})
        ask('GET', f'/v1/customers/{here}')
        yield
        account = ask('GET', f'/v1/customers/{here}/online-account').body['accounts'][0]['accountId']
        path = f'/v1/customers/{here}/online-account/{account}'
        for kind in ('web-sessions', 'account-status', 'poi'):
            ask('GET', f'{path}/history/{kind}')
            yield
        change = {'product': 'CHILD_SUPPORT', 'service': 'LETTERS', 'channel': 'POST', 'applyToAll': False}
        ask('PATCH', f'/v1/customers/{here}/channel-preferences', change)
        ask('PATCH', f'/v1/customers/{here}/channel-preferences', {**change, 'channel': 'ONLINE'})
        yield
        for action in ('DEACTIVATE', 'REACTIVATE'):
            ask('POST', f'{path}/actions', {'action': action, 'reason': 'Asked'})
        ask('POST', f'{path}/link')
        yield
        ask('POST', '/v1/ps/referrals', {'csid': str(here), 'type': 'OTHER'})
        yield
        ask('GET', '/v1/ps/officers')
        ask('GET', '/v1/ps/customers?officerId=PSO001')
        ask('GET', '/v1/ps/action-lists/cso?officerId=PSO001')
        ask('GET', '/v1/ps/action-lists/service-manager', role=manager)
        yield
        ask('POST', '/v1/ps/assignments', {'csid': str(here), 'officerId': 'PSO001'}, role=manager)
        yield
        plan = ask('POST', f'/v1/ps/customers/{here}/plans', PLAN).headers['Location']
        yield
        ask('POST', f'{plan}/submission')
        ask('POST', f'{plan}/decision', {'decision': 'ACCEPTED'}, role=manager)
        yield
        transfer = ask('POST', f'/v1/ps/customers/{here}/transfers', {'reason': 'Moved'}).body['transferId']
        ask('POST', f'/v1/ps/customers/{here}/transfers/{transfer}/decision', {'decision': 'REJECTED'}, role=manager)
        yield
        ask('POST', f'/v1/customers/{here}/privacy-checks', {'outcome': 'AT_RISK'})
        ask('GET', f'/v1/customers/{here}')
        yield

    def refusals(self, since):
        with self.server_log.open('rb') as log:
            log.seek(since)
            return set(re.findall(r'permission denied for (?:table|view) (\w+)', log.read().decode(errors='replace')))

    def until_refused(self, table, since, patience):
        until = time.monotonic() + patience * PATIENCE
        while table not in self.refusals(since):
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def is_missed(self, store, table, right):
        """Whether PostgreSQL refuses something while this right is taken away."""
        since = self.server_log.stat().st_size
        self.own(store, f'REVOKE {right} ON "{table}" FROM {self.database.gateway}')
        try:
            if (table, right) in BEGINNINGS:
                self.own(store, f'DELETE FROM "{table}"')
            try:
                for _ in self.steps():
                    if table in self.refusals(since):
                        return True
            except (AssertionError, KeyError, IndexError):
                pass  # a procedure that ends early says nothing yet: the refusal does
            return self.until_refused(table, since, 20)
        finally:
            self.own(store, f'GRANT {right} ON "{table}" TO {self.database.gateway}')

    def test_the_rights_suffice_and_none_is_too_many(self):
        since = self.server_log.stat().st_size
        self.assertEqual('', self.gateway.run('check').stderr)
        self.gateway.start()
        for _ in self.steps():
            pass
        self.gateway.wait_until_copied()
        for route in ('communications', 'notes'):
            self.gateway.run('reconcile', '--route', route)
        self.assertEqual(set(), self.refusals(since))

        tables = [(store, name, right) for store, schema, name, right in self.rights if not schema]
        self.assertGreater(len(tables), 60)
        self.assertLessEqual(SELDOM | BEGINNINGS, {(name, right) for _, name, right in tables})
        for store, table, right in tables:
            if (table, right) in SELDOM:
                continue
            with self.subTest(store=store, table=table, right=right):
                self.assertTrue(self.is_missed(store, table, right))

    def test_neither_database_nor_schema_is_open_without_being_named(self):
        for store, database in self.database.databases.items():
            for right, on in (('CONNECT', f'DATABASE {database}'), ('USAGE', 'SCHEMA public')):
                with self.subTest(store=store, right=right):
                    self.own(store, f'REVOKE {right} ON {on} FROM {self.database.gateway}')
                    try:
                        self.assertIn(f'store {store}' if right == 'USAGE' else store, self.gateway.run('check', expect=1).stderr)
                    finally:
                        self.own(store, f'GRANT {right} ON {on} TO {self.database.gateway}')
        self.gateway.run('check')

    def test_the_gateways_role_makes_and_drops_nothing(self):
        import psycopg2
        for sql in ('CREATE TABLE mine (a int)', 'DROP TABLE customer', 'ALTER TABLE customer ADD COLUMN a int',
                    'TRUNCATE customer', 'DELETE FROM communication', "UPDATE customer SET name = 'x'"):
            with self.subTest(sql=sql), self.assertRaises(psycopg2.errors.InsufficientPrivilege):
                self.gateway.database.execute('pluto', sql)


if __name__ == '__main__':
    unittest.main()
