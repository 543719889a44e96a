"""Who is measured: the gateway and its peers, each started on data of its own that is the same as the others'.

Each has name, port, key, groups() (name to a function that gives process ids), close()."""

import contextlib
import ctypes
import hashlib
import itertools
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile

import report
from gateway import BUILD, ROOT

PEERS = ROOT / 'tests' / 'bench' / 'peers'
INSTALLED = ROOT / 'build' / 'bench-peers'
_numbers = itertools.count(1)
NODE = 20  # the oldest that Fastify 5 runs on


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class CausewayContender:
    name = 'causeway'

    def __init__(self, gateway):
        self.gateway = gateway
        self.key = gateway.keys.of['ps-officer']

    @property
    def port(self):
        return self.gateway.port

    def groups(self):
        groups = {'server': lambda: [self.gateway.process.pid]}
        if self.gateway.database.name == 'postgresql':
            groups['database'] = lambda: report.server_family(self.gateway)
        return groups

    def close(self):
        pass  # whoever made the gateway closes it


class Process:
    """A peer that prints where it listens once it does."""

    def __init__(self, name, words, environment, of, folder=None):
        self.name, self.key, self.of = name, of.keys.of['ps-officer'], of
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(words, cwd=folder, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True, preexec_fn=_die_with_parent)
        said = re.search(r'listening on http://127\.0\.0\.1:(\d+)', self.process.stdout.readline())
        if not said:
            self.process.kill()
            self.process.wait()
            self.log.seek(0)
            raise AssertionError(f'{name} did not start: {self.log.read().decode(errors="replace")[-3000:]}')
        self.port = int(said[1])

    def groups(self):
        groups = {'server': lambda: [self.process.pid]}
        if self.of.database.name == 'postgresql':
            groups['database'] = lambda: report.server_family(self.of)
        return groups

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


def install_node_peers():
    """npm's packages by the lock file, into the build folder."""
    version = subprocess.run(['node', '--version'], capture_output=True, text=True, check=False).stdout
    if not version or int(version[1:].split('.')[0]) < NODE:
        raise SystemExit(f'the peers need Node.js {NODE} or later with npm, and this is {version.strip() or "none"}: install it, for '
                         'example from https://deb.nodesource.com (Debian 12 has an older one)')
    wanted = (PEERS / 'package-lock.json').read_text()
    mark = INSTALLED / 'installed'
    if mark.exists() and mark.read_text() == wanted:
        return
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in ('package.json', 'package-lock.json'):
        shutil.copy(PEERS / name, INSTALLED)
    print('installing the peers from npm', flush=True)
    done = subprocess.run(['npm', 'ci', '--no-audit', '--no-fund'], cwd=INSTALLED, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f'npm could not install the peers:\n{done.stdout}{done.stderr}')
    mark.write_text(wanted)


def _environment(gateway, folder):
    codes = folder / 'codes.json'
    if not codes.exists():
        codes.write_text(json.dumps(_codes()))
    key = gateway.keys.of['ps-officer']
    return {'KEY_SHA256': hashlib.sha256(key.encode()).hexdigest(), 'CODES': str(codes), 'NODE_ENV': 'production'}


def _codes():
    """The code tables of the shipped records that a communication has."""
    tables, name = {}, None
    for line in (ROOT / 'config/records/pluto.yaml').read_text().splitlines():
        if line.startswith('records:'):
            break
        table = re.fullmatch(r'  (\w+):', line)
        code = re.fullmatch(r'    - ([^#]+?) *(#.*)?', line)
        if table:
            name = table[1]
            tables[name] = []
        elif code:
            tables[name].append(code[1])
    return tables


def _node(name, script, gateway, environment):
    install_node_peers()
    # Modules are found from where the script lies.
    for file in ('operations.mjs', script):
        shutil.copy(PEERS / file, INSTALLED)
    return Process(name, ['node', str(INSTALLED / script)], environment, gateway, folder=INSTALLED)


def copy_of_pluto(gateway):
    """The name of a database, or a file, that holds the same as the gateway's; the gateway must be stopped."""
    if gateway.database.name == 'sqlite':
        path = gateway.folder / 'var' / 'peer.db'
        with contextlib.closing(sqlite3.connect(gateway.folder / 'var' / 'pluto.db')) as source:
            source.execute('VACUUM INTO ?', (str(path),))
        return str(path)
    source = gateway.database.databases['pluto']
    name = f'{source}_peer{next(_numbers)}'
    gateway.database._administer(f'CREATE DATABASE {name} TEMPLATE {source}')
    return name


def fastify_pg(gateway, database, connections):
    string = gateway.database.connect_string(database)
    words = dict(word.split('=', 1) for word in string.split())
    return _node(f'fastify+pg/{connections}', 'fastify_pg.mjs', gateway, {
        **_environment(gateway, gateway.folder), 'PGHOST': words['host'], 'PGUSER': words['user'], 'PGDATABASE': database,
        'CONNECTIONS': str(connections)})


def soci_threads(gateway, database, threads):
    return Process(f'soci-threads/{threads}', [str(BUILD / 'bin' / 'soci_server'), gateway.database.connect_string(database), str(threads)],
                   _environment(gateway, gateway.folder), gateway)


def fastify_sqlite(gateway, file):
    return _node('fastify+better-sqlite3', 'fastify_sqlite.mjs', gateway, {**_environment(gateway, gateway.folder), 'DATABASE': file})


class Nginx:
    """`return 200`, one worker."""

    name = 'nginx'
    key = ''

    def __init__(self, gateway):
        self.folder = tempfile.TemporaryDirectory(dir=gateway.folder)
        for self.port in range(18500, 18600):
            config = f'{self.folder.name}/nginx.conf'
            with open(config, 'w', encoding='ascii') as file:
                file.write(f'''daemon off; master_process off; worker_processes 1; pid {self.folder.name}/pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {self.folder.name}; proxy_temp_path {self.folder.name};
fastcgi_temp_path {self.folder.name}; uwsgi_temp_path {self.folder.name}; scgi_temp_path {self.folder.name};
server {{ listen 127.0.0.1:{self.port} backlog=4096; location = /livez {{ default_type application/json; return 200 '{{"status":"up"}}'; }} }} }}
''')
            self.process = subprocess.Popen(['/usr/sbin/nginx', '-c', config], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                            stderr=subprocess.DEVNULL, preexec_fn=_die_with_parent)
            if self._answers():
                return
        raise AssertionError('nginx found no port')

    def _answers(self):
        import socket
        import time
        for _ in range(100):
            if self.process.poll() is not None:
                return False
            try:
                socket.create_connection(('127.0.0.1', self.port), 1).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def groups(self):
        return {'server': lambda: [self.process.pid]}

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()
