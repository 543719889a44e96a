"""gateway/run, as a newcomer meets it: it serves, its demo keys open, what it prints to try works, and a second start is
quick. In a data folder of its own; the build is the one that stands."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
import unittest

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
        for name in ('demo-keys.env', 'keys.yaml', 'pluto.db', 'cuba.db', 'pluto.db-wal'):
            self.assertEqual(0o600, stat.S_IMODE((self.data / name).stat().st_mode), name)
        keys = (self.data / 'demo-keys.env').read_text()
        self.assertEqual(['PS_OFFICER_KEY', 'SERVICE_OFFICER_KEY', 'MANAGER_KEY', 'OPERATOR_KEY', 'PARTNER_KEY'],
                         re.findall(r'^(\w+)=\S+$', keys, re.MULTILINE))

        block = re.search(r'^ *KEY=.*?\$ID$', printed, re.MULTILINE | re.DOTALL)[0]
        self.assertEqual(3, len(re.findall(r'^ *(?:ID=\$\()?curl ', block, re.MULTILINE)), block)
        # As typed into a terminal, with a moment before the last.
        *first, last = block.splitlines()
        said = self.shell([*first, 'sleep 2', last])
        account, posted, copied = self.documents(said)
        self.assertEqual('000000004', account['csid'])
        self.assertEqual(('pluto', 'Spoke with Zoë about her plan.'), (posted['store'], posted['text']))
        self.assertEqual((posted['communicationId'], 'COPIED'), (copied['communicationId'], copied['copy']['state']))
        self.stop(process)

        process, _, seconds = self.start(port)
        self.assertLess(seconds, 10)
        self.assertEqual(keys, (self.data / 'demo-keys.env').read_text())
        again = json.loads(self.shell([*block.splitlines()[:2], f'ID={posted["communicationId"]}', last]))
        self.assertEqual(copied, again)
        self.stop(process)

    def documents(self, said):
        """JSON documents that stand one behind the other."""
        decoder, found, at = json.JSONDecoder(), [], 0
        while at < len(said):
            one, at = decoder.raw_decode(said, at)
            found.append(one)
        return found

    def shell(self, lines):
        return subprocess.run(['bash', '-euc', '\n'.join(lines)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, check=True).stdout

    def test_an_interrupted_seeding_begins_anew(self):
        self.data.mkdir()
        (self.data / '.seeding').touch()
        (self.data / 'pluto.db').write_text('half a database')
        process, _, _ = self.start(0)
        self.assertFalse((self.data / '.seeding').exists())
        self.stop(process)


if __name__ == '__main__':
    unittest.main()
