"""A PostgreSQL that keeps what it has committed, to be stopped as if its machine had failed."""

import os
import signal
import subprocess

from gateway import ROOT

SCRIPT = ROOT / 'tests/support/postgres.sh'


class Cluster:
    def __init__(self, folder):
        """In this folder, which must be new, and which PostgreSQL's user can reach."""
        self.folder = folder
        self.connect = self._run('start').strip()
        self.process = self._process()

    def restart(self):
        """`pg_ctl restart -m immediate`: every session is gone, what was committed is recovered from the log."""
        self._run('restart')
        self.process = self._process()

    def stop(self):
        try:
            self._run('stop')
        finally:
            # Also where the folder went away before.
            try:
                os.kill(self.process, signal.SIGQUIT)
            except ProcessLookupError:
                pass

    def _process(self):
        return int((self.folder / 'data/postmaster.pid').read_text().split()[0])

    def _run(self, command):
        done = subprocess.run(
            [SCRIPT, command, self.folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=300,
            env={**os.environ, 'CAUSEWAY_POSTGRES_DURABLE': '1'})
        if done.returncode != 0:
            raise AssertionError(f'postgres.sh {command} ended with {done.returncode}')
        return done.stdout
