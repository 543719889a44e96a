"""A TCP proxy between a gateway and its database, which does what networks do.

    with TcpProxy(('127.0.0.1', 5432)) as proxy:     # or the path of a Unix socket
        ... proxy.port ...                           # connect here, on 127.0.0.1
        proxy.cut()                 # every open connection is reset; new ones pass
        proxy.refuse()              # open ones are reset, new ones refused
        proxy.black_hole()          # open and new ones stand, and nothing passes any more in either direction
        proxy.delay(0.2)            # everything passes so many seconds later
        proxy.cut_after(0, FROM_SERVER)   # passes all but what comes after so many bytes: then every connection is reset
        proxy.forward()             # all is well again; what a black hole held goes on

A black hole acknowledges what it swallows, so no keepalive finds it: only a time limit of one's own does. The server
does not learn either that a client behind a black hole has gone.
"""

import socket
import struct
import threading
import time

TO_SERVER, FROM_SERVER = 0, 1
_CHUNK = 65536


class TcpProxy:
    """Every function from any thread; none but `close` waits."""

    def __init__(self, target):
        """`target`: (host, port), or the path of a Unix socket."""
        self.target = target
        self._changed = threading.Condition()
        self._mode = 'forward'
        self._delay = 0.0
        self._left = None  # bytes in _left_direction until the cut; None: no cut
        self._left_direction = None
        self._pairs = set()
        self._listener = None
        self._threads = []
        self.cuts = 0  # connections that were reset here
        # Holds the port while nobody listens there.
        self._keeper = self._bound(0)
        self.port = self._keeper.getsockname()[1]
        self._listen()

    # What the network does

    def forward(self):
        with self._changed:
            self._mode, self._delay, self._left = 'forward', 0.0, None
            self._listen()
            self._changed.notify_all()

    def delay(self, seconds):
        self.forward()
        with self._changed:
            self._delay = seconds

    def black_hole(self):
        with self._changed:
            self._mode = 'hold'
            self._listen()
            self._changed.notify_all()

    def cut(self):
        with self._changed:
            self._cut()

    def refuse(self):
        with self._changed:
            self._mode = 'refuse'
            self._deafen()
            self._cut()

    def cut_after(self, count, direction):
        """Lets `count` more bytes pass in this direction, over all connections; the next resets them all, once."""
        self.forward()
        with self._changed:
            self._left, self._left_direction = count, direction

    @property
    def connections(self):
        with self._changed:
            return len(self._pairs)

    def close(self):
        with self._changed:
            self._mode = 'closed'
            self._deafen()
            self._keeper.close()
            self._cut()
            threads = list(self._threads)
        for thread in threads:
            thread.join(5)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # How

    def _bound(self, port):
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(('127.0.0.1', port))
        return bound

    def _run(self, what, *arguments):
        thread = threading.Thread(target=what, args=arguments, daemon=True)
        with self._changed:
            self._threads = [known for known in self._threads if known.is_alive()] + [thread]
        thread.start()

    def _listen(self):
        if self._listener is None:
            self._listener = self._bound(self.port)
            self._listener.listen(128)
            self._run(self._accept, self._listener)

    def _deafen(self):
        if self._listener is not None:
            # Ends listening at once and wakes who waits in accept(); close() alone does neither.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener = None

    def _accept(self, listener):
        with listener:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                self._run(self._connect, client)

    def _connect(self, client):
        """A new connection's life until it passes; then this thread is the pump to the server."""
        with self._changed:
            self._changed.wait_for(lambda: self._mode != 'hold')
        try:
            server = self._connect_server()
        except OSError:
            _reset(client)
            client.close()
            return
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = _Pair(client, server)
        with self._changed:
            self._pairs.add(pair)
            if self._mode in ('refuse', 'closed'):
                self._cut()
            self._run(self._pump, pair, FROM_SERVER)
        self._pump(pair, TO_SERVER)

    def _connect_server(self):
        if isinstance(self.target, str):
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.target)
            return server
        server = socket.create_connection(self.target, timeout=10)
        server.settimeout(None)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return server

    def _pump(self, pair, direction):
        source, sink = pair.ends(direction)
        while self._pass_on(pair, direction, _receive(source), sink):
            pass
        with self._changed:
            if pair in self._pairs:  # one side has closed: so does the other, in order
                self._pairs.remove(pair)
                pair.shut()
                self._changed.notify_all()
            pair.pumps -= 1
            if pair.pumps == 0:
                pair.close()

    def _pass_on(self, pair, direction, some, sink):
        """False: that was the last of this connection."""
        due = time.monotonic() + self._delay
        with self._changed:
            while pair in self._pairs and (self._mode == 'hold' or time.monotonic() < due):
                self._changed.wait(None if self._mode == 'hold' else due - time.monotonic())
            if pair not in self._pairs or not some:
                return False
            if self._left is not None and self._left_direction == direction:
                self._left -= len(some)
                if self._left < 0:
                    _send(sink, some[:self._left])
                    self._left = None
                    self._cut()
                    return False
        return _send(sink, some)

    def _cut(self):
        """With the lock held."""
        for pair in self._pairs:
            self.cuts += 1
            pair.reset()
        self._pairs.clear()
        self._changed.notify_all()


class _Pair:
    """The two sockets of a connection. Only its pumps close them: a number that is free could be another's by then."""

    def __init__(self, client, server):
        self.client = client
        self.server = server
        self.pumps = 2

    def ends(self, direction):
        return (self.client, self.server) if direction == TO_SERVER else (self.server, self.client)

    def shut(self):
        for side in (self.client, self.server):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def reset(self):
        _reset(self.client)
        _reset(self.server)

    def close(self):
        self.client.close()
        self.server.close()


def _receive(source):
    try:
        return source.recv(_CHUNK)
    except OSError:
        return b''


def _send(sink, some):
    try:
        sink.sendall(some)
        return True
    except OSError:
        return False


def _reset(side):
    """From here on its close is a reset for the other end, not an orderly end; wakes who reads here."""
    try:
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        side.shutdown(socket.SHUT_RD)
    except OSError:
        pass
