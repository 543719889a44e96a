"""What callers do while gateways die: several clients post records and notes with Idempotency-Keys, each request again, at
any gateway, until it is answered. What was acknowledged is remembered, to be looked for in the stores."""

import http.client
import itertools
import random
import threading
import time

from gateway import PATIENCE

ANSWER_WITHIN = 120  # seconds; whoever waits longer has lost the request
PASSING = (409, 429, 503, 504)  # ask again with the same key: it may still be running, or the store is away


class Request:
    """One thing asked for, and what became of it. `subject` names it in the stores."""

    def __init__(self, key, kind, csid, path, body, parent=None):
        self.key = key
        self.kind = kind  # communication, note, or stray: a note on what is not there
        self.csid = csid
        self.path = path
        self.body = body
        self.parent = parent
        self.subject = body['subject']
        self.tries = 0
        self.asked = None  # when, of the monotonic clock
        self.acknowledged = None
        self.status = None
        self.raw = None
        self.id = None
        self.unclear = False  # answered as nothing should be: whether it had an effect is not known

    @property
    def crosses(self):
        """Made in Pluto and copied; everything else is made in Cuba."""
        return self.csid % 4 == 0

    def __repr__(self):
        return f'{self.kind} {self.key} of customer {self.csid}'


class Load:
    """Clients at work on some gateways. `faults` are sentences about what should not have happened."""

    def __init__(self, gateways, seed, clients=4, pause=0.03, customers=32, most=None, timeout=5):
        """`pause`: seconds between a client's requests, at most; `most`: requests a client, then it ends by itself."""
        self.gateways = gateways
        self.seed = seed
        self.pause = pause
        self.customers = customers
        self.most = most
        self.timeout = timeout
        self.ending = threading.Event()
        self.lock = threading.Lock()
        self.answered = []
        self.faults = []
        self.repeated = 0  # tries beyond the first
        self.replayed = 0  # answered requests that were asked once more and gave the same
        self.clients = [random.Random(f'{seed} {number}') for number in range(clients)]
        self.numbers = [itertools.count(1) for _ in range(clients)]
        self.threads = []

    def start(self):
        self.ending.clear()
        self.threads = [threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(len(self.clients))]
        for thread in self.threads:
            thread.start()
        return self

    def running(self):
        return any(thread.is_alive() for thread in self.threads)

    def end(self):
        """Each client's last request is answered first."""
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def replay(self, requests):
        """Asks again for what was answered, one by one; the answers must be the same."""
        chance = random.Random(f'{self.seed} replay')
        with _Connections(self) as connections:
            for request in requests:
                self._replay(connections, chance, request)

    def _work(self, number):
        chance, known = self.clients[number], []
        with _Connections(self) as connections:
            while not self.ending.is_set():
                count = next(self.numbers[number])
                if self.most is not None and count > self.most:
                    return
                try:
                    request = self._next(chance, f'{number}-{count}', known)
                    if self._ask(connections, chance, request) and request.kind == 'communication':
                        known.append(request)
                    if request.id and chance.random() < 0.03:
                        self._replay(connections, chance, request)
                except Exception as fault:  # told with the others, not lost with the thread
                    self._fault(f'client {number} met {fault!r}')
                self.ending.wait(chance.random() * self.pause)

    def _next(self, chance, name, known):
        subject = f'{self.seed}-{name}'
        key = f'key {subject}'
        what = chance.random()
        if what < 0.3 and known:
            parent = chance.choice(known[-50:])
            return Request(key, 'note', parent.csid, f'{parent.path}/{parent.id}/notes', {'subject': subject, 'text': 'noted'}, parent)
        csid = chance.randint(1, self.customers) * (1 if what > 0.8 else 4)
        path = f'/v1/customers/{csid}/communications'
        if what > 0.98:
            return Request(key, 'stray', csid, f'{path}/nothing-{name}/notes', {'subject': subject, 'text': 'noted'})
        body = {
            'type': chance.choice(['Phone Out', 'Phone In']), 'reason': 'PERS SERVICES', 'category': 'PS CUSTOMER CONTACT',
            'issue': 'Blank', 'subject': subject, 'text': 'Spoke with Zoë. ' * chance.randint(0, 20)}
        return Request(key, 'communication', csid, path, body)

    def _ask(self, connections, chance, request):
        answer = self._until_answered(connections, chance, request)
        if answer is None:
            return False
        request.acknowledged = time.monotonic()
        request.status, request.raw = answer.status, answer.raw
        if request.kind != 'stray':
            request.id = answer.body['noteId' if request.kind == 'note' else 'communicationId']
        with self.lock:
            self.answered.append(request)
            self.repeated += request.tries - 1
        return True

    def _until_answered(self, connections, chance, request):
        until, last = time.monotonic() + ANSWER_WITHIN * PATIENCE, None
        request.asked = request.asked or time.monotonic()
        while time.monotonic() < until:
            request.tries += 1
            try:
                last = connections.of(chance).post(request.path, request.body, headers={'Idempotency-Key': request.key})
            except (OSError, http.client.HTTPException) as lost:
                last = lost
            else:
                if last.status == (404 if request.kind == 'stray' else 201):
                    return last
                if last.status not in PASSING:
                    request.unclear = True
                    self._fault(f'{request} was answered {last}')
                    return None
            time.sleep(0.02 + chance.random() * 0.08)
        request.unclear = True
        self._fault(f'{request} had no answer within {ANSWER_WITHIN} s; the last was {last}')
        return None

    def _replay(self, connections, chance, request):
        again = self._until_answered(connections, chance, request)
        if again is None:
            return
        if again.raw != request.raw or again.headers['Idempotent-Replayed'] != 'true':
            self._fault(f'{request} was answered another time: first {request.raw!r}, then {again}')
        with self.lock:
            self.replayed += 1

    def _fault(self, sentence):
        with self.lock:
            self.faults.append(sentence)


class _Connections:
    """One client's connection to each gateway."""

    def __init__(self, load):
        self.all = [gateway.client('ps-officer', timeout=load.timeout) for gateway in load.gateways]

    def of(self, chance):
        return chance.choice(self.all)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for connection in self.all:
            connection.close()
