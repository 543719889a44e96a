"""What befalls gateways and databases: which fault, whom and when, drawn from a seed. Every fault has an end, at which all is
as before."""

import collections
import heapq
import itertools
import time

from gateway import SQLITE
from gateways import go_on, halt
from tcp_proxy import FROM_SERVER, TO_SERVER

# How often each is drawn, of all. Those of processes first; SQLite knows no others.
OF_PROCESSES = {'kill': 5, 'kill all': 1, 'stall': 2, 'nap': 2, 'end': 1}
OF_NETWORKS = {'cut': 2, 'cut in an answer': 4, 'cut in a request': 2, 'black hole': 2, 'refuse': 1, 'end a session': 2, 'restart': 2}
# What ends a process or a session in the middle of its work.
KILLS = ('kill', 'kill all', 'restart', 'cut', 'cut in an answer', 'cut in a request', 'end a session')


class Faults:
    """One thread. `gap`: seconds from one fault to the next, on average."""

    def __init__(self, database, gateways, chance, takeover, gap, proxies=(), cluster=None):
        self.gateways = gateways
        self.proxies = proxies
        self.cluster = cluster
        self.chance = chance
        self.takeover = takeover
        self.gap = gap
        self.counts = collections.Counter()
        self.wrong = []  # sentences about gateways that ended by themselves
        self.well = set(range(len(gateways)))
        self.due = []  # (when, order, what ends a fault)
        self.order = itertools.count()
        kinds = OF_PROCESSES if database is SQLITE else OF_PROCESSES | OF_NETWORKS
        self.kinds, self.weights = list(kinds), list(kinds.values())

    def rage(self, seconds):
        """For so long; then everything is as before."""
        until = time.monotonic() + seconds
        following = time.monotonic() + self.chance.random() * self.gap
        while (now := time.monotonic()) < until:
            if self.due and self.due[0][0] <= now:
                heapq.heappop(self.due)[2]()
            elif following <= now:
                self._begin(self.chance.choices(self.kinds, self.weights)[0])
                following = time.monotonic() + self.chance.expovariate(1 / self.gap)
            else:
                time.sleep(min([until, following, *(when for when, *_ in self.due[:1])]) - now)
        while self.due:
            heapq.heappop(self.due)[2]()
        for proxy in self.proxies:
            proxy.forward()
        self._look_for_the_dead()

    def _begin(self, kind):
        self._look_for_the_dead()
        if kind == 'restart':
            self.cluster.restart()
        elif kind == 'end a session':
            # Any session but the one that asks.
            self.gateways[0].query('pluto', 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ='
                                   " 'causeway' ORDER BY random() LIMIT 1")
        elif not self.well:
            return
        elif kind == 'kill all':
            for at in sorted(self.well):
                self._kill(at)
        else:
            self._strike(kind, self.chance.choice(sorted(self.well)))
        self.counts[kind] += 1

    def _strike(self, kind, at):
        gateway, long = self.gateways[at], self.takeover * self.chance.uniform(1.3, 2.5)
        short = self.chance.uniform(0.05, 1)
        if kind == 'kill':
            self._kill(at)
        elif kind == 'stall':
            halt(gateway)
            self._ends(at, long, lambda: go_on(gateway))
        elif kind == 'nap':
            halt(gateway)
            self._ends(at, short, lambda: go_on(gateway))
        elif kind == 'end':
            gateway.terminate()
            self._ends(at, short, lambda: self._end(gateway))
        elif kind == 'cut':
            self.proxies[at].cut()
        elif kind == 'cut in an answer':
            self.proxies[at].cut_after(self.chance.randint(0, 3000), FROM_SERVER)
        elif kind == 'cut in a request':
            self.proxies[at].cut_after(self.chance.randint(0, 6000), TO_SERVER)
        elif kind == 'black hole':
            self.proxies[at].black_hole()
            self._ends(at, self.chance.choice([short, long]), self.proxies[at].forward)
        elif kind == 'refuse':
            self.proxies[at].refuse()
            self._ends(at, self.chance.choice([short, long]), self.proxies[at].forward)

    def _ends(self, at, seconds, how):
        self.well.discard(at)

        def end():
            how()
            self.well.add(at)

        heapq.heappush(self.due, (time.monotonic() + seconds, next(self.order), end))

    def _kill(self, at):
        self.gateways[at].kill()
        self._ends(at, self.chance.uniform(0, 1), self.gateways[at].start)

    def _end(self, gateway):
        code = gateway.wait()
        # 1: it could not answer everything, because its databases were away.
        if code not in (0, 1):
            self.wrong.append(f'a gateway ended with {code} on SIGTERM:\n{gateway.log()[-3000:]}')
        gateway.start()

    def _look_for_the_dead(self):
        for at in sorted(self.well):
            gateway = self.gateways[at]
            if gateway.process.poll() is not None:
                self.wrong.append(f'a gateway ended by itself, with {gateway.process.poll()}:\n{gateway.log()[-3000:]}')
                gateway.kill()
                gateway.start()
