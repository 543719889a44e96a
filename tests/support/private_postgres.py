"""A PostgreSQL that a test may stop, start and hide behind proxies, with both stores of one gateway on it.

    cluster = PrivateCluster()                     # takes some seconds; unittest.addModuleCleanup(cluster.close)
    gateway = Gateway(cluster.database, ...)       # each store through a TcpProxy of its own
    gateway.database.proxies['cuba'].refuse()
    cluster.stop(); cluster.start()                # `stop` is what a power failure does

The tests' own queries go to the server directly, past the proxies.
"""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

from gateway import PATIENCE, ROOT, Postgresql
from tcp_proxy import TcpProxy

_SCRIPT = ROOT / 'tests' / 'support' / 'postgres.sh'


class PrivateCluster:
    def __init__(self, **settings):
        """`settings`: of postgresql.conf."""
        # Close to the root, because a socket's path is short, and open for PostgreSQL's own user to pass.
        self.parent = pathlib.Path(tempfile.mkdtemp(prefix='causeway-pg-'))
        self.parent.chmod(0o711)
        self.folder = self.parent / 'pg'
        try:
            self.connect = subprocess.run(
                [str(_SCRIPT), 'start', str(self.folder)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                timeout=120 * PATIENCE, check=True).stdout.strip()
            if settings:
                with open(self.folder / 'data' / 'postgresql.conf', 'a', encoding='utf-8') as conf:
                    conf.writelines(f'{name} = {value}\n' for name, value in settings.items())
                self._control('reload')
        except BaseException:
            self.close()
            raise
        self.socket = str(self.folder / '.s.PGSQL.5432')

    def database(self, folder):
        return _BehindProxies(self, folder)

    database.name = 'private-postgresql'

    def stop(self, mode='immediate'):
        self._control('stop', '-m', mode)

    def start(self):
        self._control('-l', str(self.folder / 'server.log'), '-w', '-t', '60', 'start')

    def logged(self, text):
        """How often the server has logged this. Its statistics tell of an event seconds later; its log does at once."""
        return (self.folder / 'server.log').read_text(encoding='utf-8').count(text)

    def close(self):
        subprocess.run([str(_SCRIPT), 'stop', str(self.folder)], stdin=subprocess.DEVNULL, check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.parent, ignore_errors=True)

    def _control(self, *words):
        programs = sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin'))[-1]
        as_user = ['runuser', '-u', 'postgres', '--'] if os.getuid() == 0 else []
        # The server keeps what it is started with, so it gets no pipe of ours.
        subprocess.run([*as_user, str(programs / 'pg_ctl'), '-D', str(self.folder / 'data'), '-s', *words],
                       cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       timeout=120 * PATIENCE, check=True)


class _BehindProxies(Postgresql):
    def __init__(self, cluster, folder):
        self.proxies = {}
        super().__init__(folder, server=cluster.connect)
        self.user = 'postgres' if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.proxies = {store: TcpProxy(cluster.socket) for store in self.databases}

    def settings(self):
        for store, database in self.databases.items():
            yield f'stores.{store}.backend=postgresql'
            yield (f'stores.{store}.connect=host=127.0.0.1 port={self.proxies[store].port} user={self.user} '
                   f'dbname={database} sslmode=disable gssencmode=disable')
            yield f'stores.{store}.create=true'

    def session(self, store):
        """A cursor for a `with` block, for transactions of one's own beside the gateway's."""
        return self._connection(self.databases[store])

    def drop(self):
        for proxy in self.proxies.values():
            proxy.close()
        super().drop()
