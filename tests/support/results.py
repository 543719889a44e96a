"""What the steps of tests/run hand each other: one JSON file of results a step, and the report over all of them.

    python3 results.py add FILE STEP NAME passed|failed [LOG]    a result of a step that is not a test program
    python3 results.py report FOLDER                             prints the report; exit code 1 if anything failed
"""

import collections
import json
import pathlib
import re
import sys

# A database a test runs on says so in its name: parameterised and mixed-in suites are named after theirs.
DATABASES = {'SQLite': 'sqlite', 'PostgreSQL': 'postgres'}


def result(step, name, outcome, seconds=0.0, log=None, message=''):
    """`outcome` is passed, failed or skipped; `log` the file that says more; `message` the reason, a line or more."""
    return {
        'step': step, 'name': name, 'outcome': outcome, 'seconds': round(seconds, 3), 'log': str(log) if log else None,
        'message': message}


def save(file, results):
    pathlib.Path(file).write_text(json.dumps(results, indent=1), encoding='utf-8')


def load(file):
    return json.loads(pathlib.Path(file).read_text('utf-8'))


def load_all(folder):
    return [one for file in sorted(pathlib.Path(folder).glob('*.json')) for one in load(file)]


def counts(results):
    of = collections.Counter(one['outcome'] for one in results)
    said = f'{of["passed"]} passed, {of["failed"]} failed'
    return said + (f', {of["skipped"]} skipped' if of['skipped'] else '')


def report(results):
    """The lines of the report; the last is the counts."""
    for outcome, heading in (('skipped', 'Skipped:'), ('failed', 'Failed:')):
        those = [one for one in results if one['outcome'] == outcome]
        if those:
            yield heading
        for one in those:
            yield f'  {one["step"]}: {one["name"]}' + (f'   (log: {one["log"]})' if one['log'] else '')
            if outcome == 'failed':
                yield from (f'      {line}' for line in one['message'].strip().splitlines()[:12])
            elif one['message']:
                yield f'      {one["message"].strip().splitlines()[0]}'
    by_step = {}
    for one in results:
        by_step.setdefault(one['step'], []).append(one)
    for step, those in by_step.items():
        yield f'{step}: {counts(those)} in {sum(one["seconds"] for one in those):.0f} s'
    ran = [one for one in results if one['outcome'] != 'skipped']
    on = {said: sum(bool(re.search(word, one['name'], re.IGNORECASE)) for one in ran) for said, word in DATABASES.items()}
    databases = [f'{number} on {said}' for said, number in on.items() if number]
    yield f'{len(ran)} tests ran on {len(databases)} databases' + (f': {", ".join(databases)}' if databases else '')
    yield counts(results)


def main(arguments):
    if arguments[:1] == ['add'] and len(arguments) in (5, 6):
        file, step, name, outcome, *log = arguments[1:]
        log = log[0] if log else None
        message = pathlib.Path(log).read_text('utf-8', errors='replace') if log and outcome == 'failed' else ''
        save(file, [result(step, name, outcome, 0.0, log, message)])
        return 0
    if arguments[:1] == ['report'] and len(arguments) == 2:
        results = load_all(arguments[1])
        for line in report(results):
            print(line)
        return 1 if not results or any(one['outcome'] == 'failed' for one in results) else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
