"""SIGTERM: what is under way is answered, what is answered stands, the relay settles its batch, and the exit code is 0.
Where that cannot be, the process ends all the same, in a time that is known."""

import http.client
import json
import os
import signal
import socket
import threading
import time
import unittest

from gateway import CALLERS, PATIENCE, POSTGRESQL, Gateway, on_each_database

RECORD = {'type': 'Phone In', 'reason': 'Provide Inform', 'category': 'Communication', 'issue': 'Blank'}


@on_each_database
class Drain:
    def setUp(self):
        self.gateway = Gateway(self.database, customers=40, name=self.id().split('.')[-2])
        self.addCleanup(self.gateway.close)
        self.gateway.start()

    def test_every_record_that_was_carried_out_was_answered(self):
        answered, faults = [], []

        def post(thread):
            with self.gateway.client('ps-officer') as client:
                try:
                    for number in range(100_000):
                        body = {**RECORD, 'subject': f'{thread}-{number}', 'text': 'é' * 200}
                        answer = client.post(f'/v1/customers/{4 * (thread + 1)}/communications', body)
                        if answer.status == 201:
                            answered.append(body['subject'])
                        elif answer.status != 503:
                            faults.append(answer)
                except (OSError, http.client.HTTPException):
                    pass  # the connection was closed: then nothing was carried out either, as is seen below

        threads = [threading.Thread(target=post, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        while len(answered) < 200:
            time.sleep(0.005)
        self.gateway.stop()  # exit code 0, or this fails
        for thread in threads:
            thread.join()
        self.assertEqual([], faults)
        standing = [subject for subject, in self.gateway.query('pluto', 'SELECT subject FROM communication')]
        self.assertEqual(sorted(answered), sorted(standing))
        # What the drain left to be copied is copied by the next gateway, once.
        self.gateway.start()
        self.gateway.wait_until_copied()
        copied = [subject for subject, in self.gateway.query('cuba', 'SELECT "SUBJ" FROM "CUBA_COMM"')]
        self.assertEqual(sorted(answered), sorted(copied))

    def test_a_request_that_has_begun_is_answered(self):
        body = json.dumps({**RECORD, 'subject': 'half'}).encode()
        head = (f'POST /v1/customers/4/communications HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
                f'Authorization: Bearer {self.gateway.keys.of["ps-officer"]}\r\nContent-Length: {len(body)}\r\n\r\n').encode()
        with socket.create_connection(('127.0.0.1', self.gateway.port), timeout=30) as connection:
            connection.sendall(head + body[:10])
            time.sleep(0.3)
            self.gateway.terminate()
            time.sleep(0.3)
            connection.sendall(body[10:])
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            self.assertEqual(201, answer.status, answer.read())
            self.assertEqual('close', answer.headers['Connection'])
        self.assertEqual(0, self.gateway.wait())
        self.assertEqual([('half', CALLERS['ps-officer'])],
                         self.gateway.query('pluto', 'SELECT subject, created_by FROM communication'))

    def test_an_idle_connection_does_not_hold_the_gateway(self):
        with socket.create_connection(('127.0.0.1', self.gateway.port), timeout=30):
            time.sleep(0.2)
            began = time.monotonic()
            self.gateway.stop()
            self.assertLess(time.monotonic() - began, 10)


class DrainOfAStuckStore(unittest.TestCase):
    """A database that neither answers nor hangs up: its processes are stopped."""

    def setUp(self):
        self.gateway = Gateway(POSTGRESQL, customers=8, settings=['limits.drain=1s'], name='stuck')
        self.addCleanup(self.gateway.close)
        self.gateway.start()
        self.stopped = []
        self.addCleanup(self.go_on)

    def stop_database(self):
        names = "', '".join(self.gateway.database.databases.values())
        rows = self.gateway.query('pluto', f"""SELECT pid FROM pg_stat_activity
            WHERE datname IN ('{names}') AND backend_type = 'client backend' AND pid <> pg_backend_pid()""")
        for pid, in rows:
            os.kill(pid, signal.SIGSTOP)
            self.stopped.append(pid)
        self.assertGreater(len(rows), 0)

    def go_on(self):
        while self.stopped:
            os.kill(self.stopped.pop(), signal.SIGCONT)

    def post_into_nothing(self):
        def post():
            with self.gateway.client('ps-officer') as client:
                try:
                    client.post('/v1/customers/4/communications', {**RECORD, 'subject': 'stuck'})
                except (OSError, http.client.HTTPException):
                    pass
        thread = threading.Thread(target=post)
        thread.start()
        self.addCleanup(thread.join)
        time.sleep(0.3)

    def test_the_process_ends_in_its_time(self):
        with self.gateway.client('ps-officer') as client:
            answered = client.post('/v1/customers/4/communications', {**RECORD, 'subject': 'answered'})
        self.assertEqual(201, answered.status, answered)
        self.stop_database()
        self.post_into_nothing()
        began = time.monotonic()
        self.gateway.terminate()
        code = self.gateway.wait()
        self.assertLess(time.monotonic() - began, 1 + 5 + 4 * PATIENCE, 'the drain, the end, and a busy machine')
        self.assertEqual(1, code, self.gateway.log()[-2000:])
        self.go_on()
        self.gateway.start()
        self.gateway.wait_until_copied()
        copied = [subject for subject, in self.gateway.query('cuba', 'SELECT "SUBJ" FROM "CUBA_COMM"')]
        self.assertEqual(1, copied.count('answered'))
        self.assertLessEqual(copied.count('stuck'), 1)

    def test_a_second_signal_ends_it_at_once(self):
        self.stop_database()
        self.post_into_nothing()
        self.gateway.terminate()
        while '"draining"' not in self.gateway.log():
            time.sleep(0.01)
        began = time.monotonic()
        # Signals that come before the first is heard are one.
        while self.gateway.process.poll() is None and time.monotonic() - began < 30 * PATIENCE:
            self.gateway.terminate()
            time.sleep(0.05)
        self.assertEqual(1, self.gateway.wait())
        self.assertIn('asked to stop twice', self.gateway.log())


if __name__ == '__main__':
    unittest.main()
