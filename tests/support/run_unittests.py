"""Runs Python tests by file and keeps what each said.

    python3 run_unittests.py STEP RESULTS.json LOGS FILE... [-k NAME]... [--jobs N]

-k: only tests whose name contains it. --jobs: so many files at a time, each in a process of its own. What failed has
its traceback in LOGS; a gateway's own log stands beside it, or in a folder of its file's name with --jobs.
"""

import argparse
import concurrent.futures
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

import results
from run_programs import die_with_parent


class Kept(unittest.TestResult):
    def __init__(self, step, logs):
        super().__init__()
        self.step = step
        self.logs = logs
        self.kept = []
        self.began = time.monotonic()

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()
        self.sub_tests_failed = False

    def keep(self, test, outcome, message=''):
        seconds = time.monotonic() - self.began
        name = test.id()
        log = None
        if outcome == 'failed':
            log = self.logs / f'{self.step}-{"".join(c if c.isalnum() or c in "._-" else "_" for c in name)[:150]}.log'
            log.write_text(message, encoding='utf-8')
            message = message.strip().splitlines()[-1] if message.strip() else ''
        self.kept.append(results.result(self.step, name, outcome, seconds, log, message))
        print(f'  {name}: {outcome} in {seconds:.1f} s' + (f'\n      {message}' if outcome == 'failed' else ''), flush=True)

    def addSuccess(self, test):
        if not self.sub_tests_failed:
            self.keep(test, 'passed')

    def addError(self, test, err):
        self.keep(test, 'failed', self._exc_info_to_string(err, test))

    addFailure = addError

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.sub_tests_failed = True
            self.keep(subtest, 'failed', self._exc_info_to_string(err, test))

    def addSkip(self, test, reason):
        self.keep(test, 'skipped', reason)

    def addExpectedFailure(self, test, err):
        self.keep(test, 'failed', 'no test is expected to fail')

    def addUnexpectedSuccess(self, test):
        self.keep(test, 'failed', 'no test is expected to fail')


def load(file):
    """The tests of a file, whose folder is on the path while it is loaded."""
    if str(file.parent) not in sys.path:
        sys.path.append(str(file.parent))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module


def run_here(given):
    os.environ.setdefault('CAUSEWAY_TEST_LOGS', str(given.logs))
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f'*{name}*' for name in given.names] or None
    kept = Kept(given.step, given.logs)
    for file in given.files:
        loader.loadTestsFromModule(load(file)).run(kept)
    return kept.kept


def run_apart(given, file):
    """What the tests of one file said, run by a process of their own."""
    with tempfile.TemporaryDirectory() as folder:
        kept = pathlib.Path(folder) / 'results.json'
        logs = given.logs / f'{given.step}-{file.stem}'
        said = subprocess.run(
            [sys.executable, __file__, given.step, kept, given.logs, file, *(f'-k{name}' for name in given.names)],
            env={'CAUSEWAY_TEST_LOGS': str(logs), **os.environ}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors='replace', preexec_fn=die_with_parent)
        print(said.stdout, end='', flush=True)
        if kept.exists():
            return results.load(kept)
        return [results.result(given.step, file.stem, 'failed', message=f'ended with {said.returncode}\n{said.stdout[-2000:]}')]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('step')
    parser.add_argument('results', type=pathlib.Path)
    parser.add_argument('logs', type=pathlib.Path)
    parser.add_argument('files', type=pathlib.Path, nargs='+')
    parser.add_argument('-k', dest='names', action='append', default=[])
    parser.add_argument('--jobs', type=int, default=1)
    given = parser.parse_args()
    given.logs.mkdir(parents=True, exist_ok=True)

    if given.jobs > 1 and len(given.files) > 1:
        with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
            kept = [one for tests in pool.map(lambda file: run_apart(given, file), given.files) for one in tests]
    else:
        kept = run_here(given)
    results.save(given.results, kept)
    return 1 if any(one['outcome'] == 'failed' for one in kept) else 0


if __name__ == '__main__':
    sys.exit(main())
