"""Runs the C++ test programs of a build folder, two at a time, and keeps what each said.

    python3 run_programs.py BUILD STEP RESULTS.json LOGS [--in FOLDER]... [NAME]...

--in: only programs declared in these folders of the tree. NAME: only programs whose name contains it, or else only
the tests whose name does. A program that ends badly without a report of its own counts as one failed test.
"""

import argparse
import concurrent.futures
import ctypes
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import results


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def programs_of(build, folders):
    """What ctest knows: name, command, folder to run in, environment, seconds it may take."""
    listed = []
    for place in [build / folder for folder in folders] or [build]:
        if not (place / 'CTestTestfile.cmake').exists():
            continue
        said = subprocess.run(['ctest', '--test-dir', str(place), '--show-only=json-v1'], capture_output=True, text=True,
                              check=True, stdin=subprocess.DEVNULL).stdout
        for test in json.loads(said)['tests']:
            properties = {p['name']: p['value'] for p in test.get('properties', [])}
            listed.append({
                'name': test['name'], 'command': test.get('command', []), 'folder': properties.get('WORKING_DIRECTORY', build),
                'environment': dict(one.split('=', 1) for one in properties.get('ENVIRONMENT', [])),
                'timeout': float(properties.get('TIMEOUT', 600))})
    return listed


def run(program, step, logs, names):
    log = logs / f'{step}-{program["name"]}.log'
    reported = logs / f'{step}-{program["name"]}.json'
    environment = {**os.environ, **program['environment'], 'GTEST_OUTPUT': f'json:{reported}', 'GTEST_COLOR': 'no'}
    if names and not any(name.lower() in program['name'].lower() for name in names):
        environment['GTEST_FILTER'] = ':'.join(f'*{name}*' for name in names)
    began = time.monotonic()
    if not program['command'] or not pathlib.Path(program['command'][0]).exists():
        return [results.result(step, program['name'], 'failed', message='the program was not built')]
    with open(log, 'wb') as out:
        try:
            code = subprocess.run(program['command'], cwd=program['folder'], env=environment, stdout=out, stderr=out,
                                  stdin=subprocess.DEVNULL, timeout=program['timeout'], preexec_fn=die_with_parent).returncode
        except subprocess.TimeoutExpired:
            code = f'nothing: it did not end within {program["timeout"]:.0f} s'
    seconds = time.monotonic() - began
    found = tests_of(reported, step, program['name'], log) if reported.exists() else []
    reported.unlink(missing_ok=True)
    if code != 0 and not any(one['outcome'] == 'failed' for one in found):
        end = log.read_text('utf-8', errors='replace')[-2000:]
        found.append(results.result(step, program['name'], 'failed', seconds, log, f'ended with {code}\n{end}'))
    elif not found and not reported.exists() and not names:
        found.append(results.result(step, program['name'], 'passed', seconds, log))  # not a GoogleTest program
    return found


def tests_of(reported, step, program, log):
    found = []
    for suite in json.loads(reported.read_text('utf-8')).get('testsuites', []):
        for test in suite['testsuite']:
            if test.get('status') == 'NOTRUN':
                continue
            failures = test.get('failures', [])
            outcome = 'failed' if failures else 'skipped' if test.get('result') == 'SKIPPED' else 'passed'
            message = '\n'.join(one.get('failure', '') for one in failures or test.get('skipped', []))
            parameter = f' ({test["value_param"]})' if test.get('value_param') else ''
            found.append(results.result(step, f'{program}: {suite["name"]}.{test["name"]}{parameter}', outcome,
                                        float(test.get('time', '0s').rstrip('s')), log if failures else None, message))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('step')
    parser.add_argument('results', type=pathlib.Path)
    parser.add_argument('logs', type=pathlib.Path)
    parser.add_argument('--in', dest='folders', action='append', default=[])
    parser.add_argument('names', nargs='*')
    given = parser.parse_intermixed_args()
    given.logs.mkdir(parents=True, exist_ok=True)

    programs = programs_of(given.build.resolve(), given.folders)
    found = []
    if not programs:
        found.append(results.result(given.step, 'test programs', 'failed', message=f'{given.build} has no test programs'))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        running = {pool.submit(run, program, given.step, given.logs, given.names): program for program in programs}
        for done in concurrent.futures.as_completed(running):
            tests = done.result()
            found += tests
            if tests:
                print(f'  {running[done]["name"]}: {results.counts(tests)}', flush=True)
    results.save(given.results, found)
    return 1 if any(one['outcome'] == 'failed' for one in found) else 0


if __name__ == '__main__':
    sys.exit(main())
