"""A share of tests/crash/run on each database, both at the same time; the last line of each is the figures. How long:
CAUSEWAY_TEST_CRASH_MINUTES, 5 where it is not set."""

import atexit
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import unittest

from rounds import end_with_parent

ROUNDS = pathlib.Path(__file__).with_name('rounds.py')
MINUTES = float(os.environ.get('CAUSEWAY_TEST_CRASH_MINUTES', '5'))


def interrupted(*_):
    raise KeyboardInterrupt


class CrashShare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.runs, cls.said = {}, {}
        cls.addClassCleanup(cls.end)
        # An interrupt waits until the runs have tidied up; unittest lets only this exception through.
        atexit.register(cls.end)
        signal.signal(signal.SIGTERM, interrupted)
        seed = str(random.SystemRandom().randrange(1_000_000))
        for database in ('sqlite', 'postgresql'):
            cls.said[database] = tempfile.TemporaryFile('w+')
            cls.runs[database] = subprocess.Popen(
                [sys.executable, ROUNDS, '--minutes', str(MINUTES), '--seed', seed, '--database', database],
                stdin=subprocess.DEVNULL, stdout=cls.said[database], stderr=subprocess.STDOUT, preexec_fn=end_with_parent)

    @classmethod
    def end(cls):
        for run in cls.runs.values():
            run.send_signal(signal.SIGTERM)
        for run in cls.runs.values():
            run.wait()
        for said in cls.said.values():
            said.close()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def check(self, database):
        code = self.runs[database].wait(60 * MINUTES + 900)
        self.said[database].seek(0)
        said = self.said[database].read()
        self.assertEqual(0, code, said)
        figures = json.loads(said.splitlines()[-1])
        print(f'  {said.splitlines()[-1]}')
        self.assertEqual((0, 0, 0), (figures['lost'], figures['doubled'], figures['outOfOrder']))
        # A run in which nothing happened proves nothing.
        self.assertGreater(figures['records'], 20 * MINUTES)
        self.assertGreater(figures['kills'], 4 * MINUTES)

    def test_nothing_is_lost_or_doubled_on_sqlite(self):
        self.check('sqlite')

    def test_nothing_is_lost_or_doubled_on_postgresql(self):
        self.check('postgresql')


if __name__ == '__main__':
    unittest.main()
