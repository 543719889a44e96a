"""A real gateway for tests: the built program, in a folder of its own, on a database of its own.

    gateway = Gateway(SQLITE, customers=100)      # or POSTGRESQL
    gateway.start()
    gateway.client('ps-officer').get('/v1/customers/4')
    gateway.kill()                                 # as a power failure would: SIGKILL
    gateway.start()                                # on the same folder and databases
    gateway.stop()                                 # SIGTERM; must end with 0
    gateway.close()                                # and nothing is left of it

The folder mirrors the repository: config/ is a copy of the shipped configuration, var/ is the gateway's. Environment:
CAUSEWAY_BUILD            the build folder (default build/release)
CAUSEWAY_TEST_POSTGRES    a libpq connection string of a superuser; without it what needs PostgreSQL is skipped
CAUSEWAY_TEST_MARIADB     the same for MariaDB, as SOCI writes it: unix_socket=... user=... db=test
CAUSEWAY_TEST_LOGS        where the gateways' logs are kept (default: in the folder that goes away)
"""

import ctypes
import http.client
import itertools
import json
import os
import pathlib
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = (ROOT / os.environ.get('CAUSEWAY_BUILD', 'build/release')).resolve()
PROGRAM = BUILD / 'bin' / 'causeway'
# Sanitizers make everything slower by about this much.
PATIENCE = float(os.environ.get('CAUSEWAY_TEST_PATIENCE', '1'))

# One caller for each role; the name is the officer id that records carry.
CALLERS = {
    'service-officer': 'SO001',
    'ps-officer': 'PSO001',
    'service-manager': 'SM001',
    'partner': 'PARTNER001',
    'operator': 'OPS001',
}

_numbers = itertools.count(1)


def _die_with_parent():
    """No gateway outlives the tests, however they end."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Sqlite:
    """Both stores as files in the gateway's folder."""

    name = 'sqlite'

    def __init__(self, folder):
        self.folder = folder

    def settings(self):
        return []

    def query(self, store, sql):
        connection = sqlite3.connect(f'file:{self.folder}/var/{store}.db?mode=ro', uri=True, timeout=30)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def tables(self, store):
        return [name for name, in self.query(store, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]

    def execute(self, store, sql):
        connection = sqlite3.connect(f'{self.folder}/var/{store}.db', timeout=30)
        try:
            connection.execute(sql)
            connection.commit()
        finally:
            connection.close()

    def drop(self):
        pass


class Server:
    """What stores on a database server have in common. `backend` is the configuration's word; `databases`, by store."""

    def settings(self):
        for store, database in self.databases.items():
            yield f'stores.{store}.backend={self.backend}'
            yield f'stores.{store}.connect={self.connect_string(database)}'
            yield f'stores.{store}.create=true'


class Postgresql(Server):
    """Both stores as fresh databases of the tests' private cluster; Cuba's holds windows-1252 for real."""

    name = 'postgresql'
    backend = 'postgresql'
    needs = 'CAUSEWAY_TEST_POSTGRES'

    def __init__(self, _folder, template=None, server=None):
        """`template`: whose databases these are copies of, by store; nobody may use those meanwhile. `server`: another
        than the tests' own, as a connection string."""
        self.server = server or os.environ['CAUSEWAY_TEST_POSTGRES']
        number = f'{os.getpid()}_{next(_numbers)}'
        self.databases = {'pluto': f'pluto_{number}', 'cuba': f'cuba_{number}'}
        if template:
            for store, database in self.databases.items():
                self._administer(f'CREATE DATABASE {database} TEMPLATE {template[store]}')
            return
        self._administer(f'CREATE DATABASE {self.databases["pluto"]} ENCODING \'UTF8\' TEMPLATE template0')
        self._administer(
            f'CREATE DATABASE {self.databases["cuba"]} ENCODING \'WIN1252\' LC_COLLATE \'C\' LC_CTYPE \'C\' TEMPLATE template0')

    def connect_string(self, database):
        return re.sub(r'dbname=\S+', f'dbname={database}', self.server)

    def query(self, store, sql):
        with self._connection(self.databases[store]) as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def tables(self, store):
        return [name for name, in self.query(
            store, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")]

    def execute(self, store, sql):
        with self._connection(self.databases[store]) as cursor:
            cursor.execute(sql)

    def drop(self):
        for database in self.databases.values():
            self._administer(f'DROP DATABASE IF EXISTS {database} WITH (FORCE)')

    def _administer(self, sql):
        with self._connection('postgres') as cursor:
            cursor.execute(sql)

    def _connection(self, database):
        return _PostgresqlCursor(self.connect_string(database))


class _PostgresqlCursor:
    """A cursor of a connection that lives as long as the block and commits each statement."""

    def __init__(self, connect):
        import psycopg2

        self.connection = psycopg2.connect(connect, client_encoding='UTF8')
        self.connection.autocommit = True

    def __enter__(self):
        return self.connection.cursor()

    def __exit__(self, *_):
        self.connection.close()


class Mariadb(Server):
    """Both stores as fresh databases of the tests' private server; Cuba's text is windows-1252 for real (latin1)."""

    name = 'mariadb'
    backend = 'mysql'
    needs = 'CAUSEWAY_TEST_MARIADB'

    def __init__(self, _folder):
        self.server = os.environ['CAUSEWAY_TEST_MARIADB']
        number = f'{os.getpid()}_{next(_numbers)}'
        self.databases = {'pluto': f'pluto_{number}', 'cuba': f'cuba_{number}'}
        for store, charset in (('pluto', 'utf8mb4'), ('cuba', 'latin1')):
            self._run('test', f'CREATE DATABASE {self.databases[store]} CHARACTER SET {charset}')

    def connect_string(self, database):
        return re.sub(r'db=\S+', f'db={database}', self.server)

    def query(self, store, sql):
        return list(self._run(self.databases[store], sql))

    def tables(self, store):
        return [name for name, in self.query(store, 'SELECT table_name FROM information_schema.tables '
                                             "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1")]

    def execute(self, store, sql):
        self._run(self.databases[store], sql)

    def drop(self):
        for database in self.databases.values():
            self._run('test', f'DROP DATABASE IF EXISTS {database}')

    def _run(self, database, sql):
        import pymysql

        named = dict(part.split('=', 1) for part in self.server.split())
        connection = pymysql.connect(unix_socket=named['unix_socket'], user=named['user'], database=database, charset='utf8mb4',
                                     autocommit=True, init_command="SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES'")
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall()
        finally:
            connection.close()


SQLITE = Sqlite
POSTGRESQL = Postgresql
MARIADB = Mariadb


class Answer:
    """What came back. `body` is the decoded JSON, or None where there is none."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.raw = response.read()
        self.body = json.loads(self.raw) if 'json' in (self.headers.get('Content-Type') or '') and self.raw else None

    def __repr__(self):
        return f'{self.status} {self.raw[:600]!r}'


class Client:
    """One connection to the gateway, kept open between requests, with one caller's key. Not for two threads."""

    def __init__(self, gateway, key, timeout=30):
        self.gateway = gateway
        self.key = key
        self.timeout = timeout * PATIENCE
        self.connection = None

    def request(self, method, path, body=None, headers=None, raw=None):
        """`body` is sent as JSON, `raw` as it is. OSError and HTTPException mean that no whole answer came."""
        sent = {'Authorization': f'Bearer {self.key}'} if self.key else {}
        if body is not None:
            raw = json.dumps(body, ensure_ascii=False).encode()
        if raw is not None:
            sent['Content-Type'] = 'application/json'
        sent.update(headers or {})
        if self.connection is None:
            self.connection = http.client.HTTPConnection('127.0.0.1', self.gateway.port, timeout=self.timeout)
        try:
            self.connection.request(method, path, body=raw, headers={k: v for k, v in sent.items() if v is not None})
            return Answer(self.connection.getresponse())
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def get(self, path, **more):
        return self.request('GET', path, **more)

    def post(self, path, body=None, **more):
        return self.request('POST', path, body, **more)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Gateway:
    def __init__(self, database=SQLITE, customers=0, settings=(), name='gateway'):
        """A stopped gateway. `customers`: how many are seeded; `settings`: further `a.b=value`.

        A `database` whose attribute `needs` names a variable is skipped where that is not set. It may have a `site`, a
        folder whose causeway.yaml is used in place of config/, and `before_seeding(customers)`."""
        needed = getattr(database, 'needs', None)
        if needed and needed not in os.environ:
            raise unittest.SkipTest(f'{needed} is not set: tests/run starts the server and sets it')
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='causeway-test-'))
        self.process = None
        self.ended = None  # with which code, where `kill` ended it or found it ended
        self.port = None
        self.extra_settings = list(settings)
        self.database = None
        try:
            shutil.copytree(getattr(database, 'site', ROOT / 'config'), self.folder / 'config')
            (self.folder / 'var').mkdir()
            kept = os.environ.get('CAUSEWAY_TEST_LOGS')
            logs = pathlib.Path(kept).resolve() if kept else self.folder
            logs.mkdir(parents=True, exist_ok=True)
            self.log_file = logs / f'{name}-{database.name}-{next(_numbers)}.log'
            self.keys = demo_keys()
            (self.folder / 'var' / 'keys.yaml').write_text(self.keys.entries)
            self.database = database(self.folder)
            if customers and hasattr(self.database, 'before_seeding'):
                self.database.before_seeding(customers)
            if customers:
                self.run('seed', '--customers', str(customers), '--random-seed', '1')
        except BaseException:
            self.close()
            raise

    # Commands

    def arguments(self, command, *more):
        """The command line of `causeway command` in this gateway's folder."""
        settings = [f'--set={setting}' for setting in [*self.database.settings(), *self.extra_settings]]
        return [str(PROGRAM), command, '--config', 'config/causeway.yaml', *settings, *more]

    def run(self, command, *more, expect=0, timeout=300):
        """Runs a command to its end and gives what it did (stdout, stderr, returncode)."""
        done = subprocess.run(
            self.arguments(command, *more), cwd=self.folder, capture_output=True, text=True, stdin=subprocess.DEVNULL,
            timeout=timeout * PATIENCE)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f'causeway {command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}')
        return done

    # The process

    def start(self, *more, timeout=60, environment=None):
        """Starts `serve` and returns once it says that it listens. `environment`: variables to add to one's own."""
        log = open(self.log_file, 'ab')
        self.process = subprocess.Popen(
            self.arguments('serve', '--set', 'listen.port=0', *more), cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=log, env={**os.environ, **(environment or {})}, preexec_fn=_die_with_parent)
        log.close()
        line = self._line_of_stdout(timeout * PATIENCE)
        said = re.fullmatch(r'causeway: listening on http://127\.0\.0\.1:(\d+)', line)
        if not said:
            self.kill()
            raise AssertionError(f'serve said {line!r} instead of where it listens:\n{self.log()[-4000:]}')
        self.port = int(said[1])
        return self

    def _line_of_stdout(self, timeout):
        text, until = b'', time.monotonic() + timeout
        while not text.endswith(b'\n'):
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                break
            some = os.read(self.process.stdout.fileno(), 1)
            if not some:
                break
            text += some
        return text.decode().rstrip('\n')

    def kill(self):
        """What a power failure does to a process; nothing is tidied up."""
        if self.process is not None:
            self.process.kill()
            self.ended = self.process.wait()
            self.process.stdout.close()
            self.process = None

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self, timeout=60):
        """Waits for the process to end by itself and gives its exit code."""
        code = self.process.wait(timeout * PATIENCE)
        self.process.stdout.close()
        self.process = None
        return code

    def stop(self):
        """SIGTERM; it must end with 0, in time."""
        if self.process is None:
            return
        self.terminate()
        try:
            code = self.wait()
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError('the gateway did not end within a minute of SIGTERM') from None
        if code != 0:
            raise AssertionError(f'the gateway ended with {code} on SIGTERM:\n{self.log()[-4000:]}')

    def close(self):
        """Ends the process whatever it does, and removes the folder and the databases."""
        self.kill()
        if self.database is not None:
            self.database.drop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # What one asks it

    def client(self, role=None, **more):
        """A new connection as the caller with this role; None: without a key."""
        return Client(self, self.keys.of[role] if role else None, **more)

    def copies(self):
        """GET /v1/admin/copies, by route name."""
        with self.client('operator') as operator:
            answer = operator.get('/v1/admin/copies')
        if answer.status != 200:
            raise AssertionError(f'/v1/admin/copies answered {answer}')
        return {route['name']: route for route in answer.body['items']}

    def wait_until_copied(self, timeout=120):
        """Waits until no route has a copy that waits; gives the routes."""
        until = time.monotonic() + timeout * PATIENCE
        while True:
            routes = self.copies()
            if all(route['pending'] == 0 for route in routes.values()):
                return routes
            if time.monotonic() > until:
                raise AssertionError(f'copies still wait after {timeout} s: {routes}\n{self.log()[-4000:]}')
            time.sleep(0.1)

    def query(self, store, sql):
        return self.database.query(store, sql)

    def log(self):
        return self.log_file.read_text(errors='replace') if self.log_file.exists() else ''


class _Keys:
    def __init__(self):
        self.of = {}
        entries = []
        for role, name in CALLERS.items():
            key, entry = new_key(name, role)
            self.of[role] = key
            entries.append(entry)
        self.entries = '\n'.join(entries) + '\n'


def new_key(name, *roles):
    """What `causeway key new` prints: the key, and its entry for the configuration."""
    said = subprocess.run(
        [str(PROGRAM), 'key', 'new', '--name', name, *(word for role in roles for word in ('--role', role))],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30 * PATIENCE, check=True).stdout
    key = re.search(r'^key: *(\S+)$', said, re.MULTILINE)
    entry = re.search(r'^ *(- *\{name:.*)$', said, re.MULTILINE)
    if not key or not entry:
        raise AssertionError(f'causeway key new printed:\n{said}')
    return key[1], entry[1]


_keys = None


def demo_keys():
    """The same keys for every gateway of this run: making them is not what is tested."""
    global _keys
    if _keys is None:
        _keys = _Keys()
    return _keys


def on_each_database(test_case):
    """Class decorator: the tests of this class once on SQLite and once on PostgreSQL, as <Class>OnSqlite and so on.

    The class is a plain one (no TestCase) whose tests use `self.database`."""
    import sys

    add_on(sys.modules[test_case.__module__], test_case, (SQLITE, POSTGRESQL))
    return test_case


def add_on(module, test_case, databases, **attributes):
    """Puts the tests of a plain class into a module, once for each database."""
    for database in databases:
        name = f'{test_case.__name__}On{database.__name__}'
        made = type(name, (test_case, unittest.TestCase), {'database': database, '__module__': module.__name__, **attributes})
        setattr(module, name, made)


class GatewayTestCase:
    """Base of a test class that shares one running gateway. Set `customers` and `settings`; `database` comes from
    on_each_database, or is SQLITE."""

    database = SQLITE
    customers = 40
    settings = ()

    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway(cls.database, cls.customers, cls.settings, name=cls.__name__)
        cls.addClassCleanup(cls.gateway.close)
        cls.gateway.start()

    def client(self, role=None, **more):
        client = self.gateway.client(role, **more)
        self.addCleanup(client.close)
        return client
