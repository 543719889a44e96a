"""gateway/run, as a newcomer meets it: it serves, its demo keys open, what it prints to try works, and a second start is
quick. In a data folder of its own; the build is the one that stands."""

import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
import unittest
import urllib.request

from gateway import BUILD, ROOT


@unittest.skipUnless(BUILD == ROOT / 'build' / 'release', 'gateway/run builds and serves build/release')
class Newcomer(unittest.TestCase):
    def setUp(self):
        self.data = pathlib.Path(tempfile.mkdtemp(prefix='causeway-newcomer-')) / 'var'
        self.addCleanup(shutil.rmtree, self.data.parent)

    def start(self, port):
        """Starts gateway/run; gives what it printed until it listened, and how long that took."""
        began = time.monotonic()
        process = subprocess.Popen(
            ['gateway/run', '--set', f'dataDir={self.data}', '--set', f'listen.port={port}'], cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(self.end, process)
        printed = ''
        for line in process.stdout:
            printed += line
            if line.startswith('causeway: listening on'):
                return process, printed, time.monotonic() - began
        raise AssertionError(f'gateway/run ended without listening:\n{printed}\n{process.stderr.read()}')

    def end(self, process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()
        process.stderr.close()

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(0, process.wait(30))

    def free_port(self):
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            return free.getsockname()[1]

    def test_what_it_prints_works_and_a_second_start_is_quick(self):
        port = self.free_port()
        process, printed, _ = self.start(port)
        for name in ('demo-keys.env', 'keys.yaml'):
            self.assertEqual(0o600, stat.S_IMODE((self.data / name).stat().st_mode), name)
        keys = (self.data / 'demo-keys.env').read_text()
        self.assertEqual(['PS_OFFICER_KEY', 'SERVICE_OFFICER_KEY', 'MANAGER_KEY', 'OPERATOR_KEY', 'PARTNER_KEY'],
                         re.findall(r'^(\w+)=\S+$', keys, re.MULTILINE))

        requests = re.findall(r'^ *(curl .*)$', printed, re.MULTILINE)
        self.assertEqual(3, len(requests), printed)
        answers = [json.loads(self.curl(one)) for one in requests[:2]]
        self.assertEqual('000000004', answers[0]['csid'])
        self.assertEqual('pluto', answers[1]['store'])
        for _ in range(100):
            newest = json.loads(self.curl(requests[2]))['items'][0]
            if newest['copy']['state'] == 'COPIED':
                break
            time.sleep(0.05)
        self.assertEqual((answers[1]['communicationId'], 'COPIED'), (newest['communicationId'], newest['copy']['state']))
        self.stop(process)

        process, printed, seconds = self.start(port)
        self.assertLess(seconds, 10)
        self.assertEqual(keys, (self.data / 'demo-keys.env').read_text())
        self.assertEqual(newest['communicationId'], json.loads(self.curl(requests[2]))['items'][0]['communicationId'])
        self.stop(process)

    def curl(self, command):
        """What a printed request answers; asked by Python's own client, since curl need not be there."""
        words = shlex.split(command)
        headers = dict(words[n + 1].split(': ', 1) for n, word in enumerate(words) if word == '-H')
        data = words[words.index('-d') + 1].encode() if '-d' in words else None
        url = next(word for word in words if word.startswith('http'))
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
            return answer.read()

    def test_an_interrupted_seeding_begins_anew(self):
        self.data.mkdir()
        (self.data / '.seeding').touch()
        (self.data / 'pluto.db').write_text('half a database')
        process, _, _ = self.start(0)
        self.assertFalse((self.data / '.seeding').exists())
        self.stop(process)


if __name__ == '__main__':
    unittest.main()
