"""Several gateways on the same PostgreSQL databases, each of which may have a network of its own in between.

    site = Site(2, customers=40, settings=['gateways.takeover=2s'])
    site.gateways[0].start()
    site.proxies[0].black_hole()          # the first gateway's way to its databases
    site.query('pluto', 'SELECT ...')     # from outside, past the proxies
    site.close()

The gateways are those of gateway.py, started, killed and asked one by one.
"""

import os
import re
import signal
import unittest

from gateway import POSTGRESQL, Gateway
from tcp_proxy import TcpProxy


class _Behind:
    """A site's databases as one of its gateways reaches them."""

    name = POSTGRESQL.name

    def __init__(self, databases, proxy):
        self.databases = databases
        self.proxy = proxy

    def __call__(self, _folder):
        return self

    def settings(self):
        for setting in self.databases.settings():
            yield re.sub(r'host=\S+', f'host=127.0.0.1 port={self.proxy.port} sslmode=disable gssencmode=disable', setting)

    def query(self, store, sql):
        return self.databases.query(store, sql)

    def execute(self, store, sql):
        return self.databases.execute(store, sql)

    def tables(self, store):
        return self.databases.tables(store)

    def drop(self):
        """They are the site's."""


class Site:
    def __init__(self, gateways, customers=0, settings=(), name='site'):
        """Stopped gateways on fresh databases of the server at CAUSEWAY_TEST_POSTGRES."""
        if 'CAUSEWAY_TEST_POSTGRES' not in os.environ:
            raise unittest.SkipTest('CAUSEWAY_TEST_POSTGRES is not set: tests/run starts a PostgreSQL and sets it')
        self.databases = POSTGRESQL(None)
        self.proxies, self.gateways = [], []
        try:
            socket = socket_of(self.databases.server)
            for number in range(gateways):
                self.proxies.append(TcpProxy(socket))
                self.gateways.append(Gateway(
                    _Behind(self.databases, self.proxies[-1]), customers if number == 0 else 0, settings, name=f'{name}-{number}'))
        except BaseException:
            self.close()
            raise

    def query(self, store, sql):
        return self.databases.query(store, sql)

    def holders(self):
        """Each holder's id, with how many partitions it leases."""
        return dict(self.query(
            'pluto', 'SELECT holder, count(*) FROM causeway_lease WHERE holder IS NOT NULL GROUP BY holder'))

    def close(self):
        for gateway in self.gateways:
            gateway.close()
        for proxy in self.proxies:
            proxy.close()
        self.databases.drop()


def socket_of(server):
    """The path of the server's Unix socket, from a connection string whose host is a folder."""
    folder, port = re.search(r'host=(\S+)', server)[1], re.search(r'port=(\d+)', server)
    return f'{folder}/.s.PGSQL.{port[1] if port else 5432}'


def halt(gateway):
    """SIGSTOP: it stands still, with all it holds."""
    gateway.process.send_signal(signal.SIGSTOP)


def go_on(gateway):
    gateway.process.send_signal(signal.SIGCONT)
