"""The TCP proxy of the tests does what it says."""

import contextlib
import pathlib
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tcp_proxy import FROM_SERVER, TcpProxy  # noqa: E402


class _Echo(threading.Thread):
    """A server that answers what it gets."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.start()

    def run(self):
        while True:
            try:
                self._serve(self.listener.accept()[0])
            except OSError:
                return

    def _serve(self, connection):
        def echo():
            with connection, contextlib.suppress(OSError):
                while some := connection.recv(65536):
                    connection.sendall(some)

        threading.Thread(target=echo, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.join()


class TcpProxyTest(unittest.TestCase):
    def setUp(self):
        server = _Echo()
        self.addCleanup(server.close)
        self.proxy = TcpProxy(server.listener.getsockname())
        self.addCleanup(self.proxy.close)

    def connect(self, timeout=30):
        client = socket.create_connection(('127.0.0.1', self.proxy.port), timeout=timeout)
        self.addCleanup(client.close)
        return client

    def ask(self, client, what=b'hello'):
        client.sendall(what)
        got = b''
        while len(got) < len(what) and (some := client.recv(len(what))):
            got += some
        return got

    def assert_gone(self, client):
        with self.assertRaises(ConnectionError):
            if client.recv(1) == b'':
                raise AssertionError('an orderly end instead of a reset')

    def test_passes_what_is_sent_both_ways(self):
        client = self.connect()
        self.assertEqual(self.ask(client), b'hello')
        self.assertEqual(self.ask(client, b'x' * 1_000_000), b'x' * 1_000_000)
        self.assertEqual(self.proxy.connections, 1)

    def test_cut_resets_what_is_open_and_lets_others_in(self):
        client = self.connect()
        self.ask(client)
        self.proxy.cut()
        self.assert_gone(client)
        self.assertEqual(self.proxy.cuts, 1)
        self.assertEqual(self.ask(self.connect()), b'hello')

    def test_refuses_until_it_forwards_again_at_the_same_port(self):
        client = self.connect()
        self.ask(client)
        port = self.proxy.port
        self.proxy.refuse()
        self.assert_gone(client)
        with self.assertRaises(ConnectionRefusedError):
            self.connect()
        self.proxy.forward()
        self.assertEqual(self.proxy.port, port)
        self.assertEqual(self.ask(self.connect()), b'hello')

    def test_a_black_hole_takes_everything_and_gives_nothing_until_it_forwards_again(self):
        old = self.connect()
        self.ask(old)
        self.proxy.black_hole()
        new = self.connect()
        for client in (old, new):
            client.sendall(b'hello')
            client.settimeout(0.1)
            with self.assertRaises(TimeoutError):
                client.recv(5)
            client.settimeout(30)
        self.proxy.forward()
        self.assertEqual(old.recv(5), b'hello')
        self.assertEqual(new.recv(5), b'hello')

    def test_delays_each_way(self):
        client = self.connect()
        self.ask(client)
        self.proxy.delay(0.1)
        began = time.monotonic()
        self.assertEqual(self.ask(client), b'hello')
        self.assertGreaterEqual(time.monotonic() - began, 0.2)

    def test_cuts_after_so_many_bytes_of_one_direction_once(self):
        client = self.connect()
        self.ask(client)
        self.proxy.cut_after(7, FROM_SERVER)
        self.assertEqual(self.ask(client), b'hello')
        client.sendall(b'hello')
        got = b''
        with self.assertRaises(ConnectionError):
            while some := client.recv(5):
                got += some
        self.assertIn(got, (b'', b'he'))  # a reset may overtake what came before it
        self.assertEqual(self.ask(self.connect(), b'hello again'), b'hello again')

    def test_ends_one_side_when_the_other_does(self):
        client = self.connect()
        self.ask(client)
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(client.recv(1), b'')


if __name__ == '__main__':
    unittest.main()
