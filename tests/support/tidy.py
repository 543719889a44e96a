"""Runs clang-tidy over the tree's own sources, and remembers what was clean.

    python3 tidy.py BUILD RESULTS.json LOGS

BUILD: a built folder with compile_commands.json. Sources that are compiled together are looked at together: nearly all
of the time goes into the headers that they share. They count as unchanged while they, every header of the tree that they
were compiled with, .clang-tidy and their command line are; then their last verdict stands, and it costs nothing.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

import results

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TIDY = 'clang-tidy-19'
DAYS_KEPT = 14


def headers_by_object(build):
    """Object -> the tree's files that it was compiled from, as ninja recorded them."""
    said = subprocess.run(['ninja', '-C', str(build), '-t', 'deps'], capture_output=True, text=True, check=True,
                          stdin=subprocess.DEVNULL).stdout
    headers, current = {}, None
    for line in said.splitlines():
        if line and not line.startswith(' '):
            current = headers.setdefault(line.split(':')[0], [])
        elif line.strip() and current is not None:
            file = (build / line.strip()).resolve()
            if file.is_relative_to(ROOT):
                current.append(file)
    return headers


def parts_of(entry):
    """The tree's sources that an entry of compile_commands.json compiles: itself, or those that a batch includes."""
    file = pathlib.Path(entry['file'])
    if 'Unity' not in file.parts:
        return [file] if file.is_relative_to(ROOT) else []
    included = re.findall(r'^#include "(.+)"$', file.read_text(), re.MULTILINE)
    return [pathlib.Path(name) for name in included]


def is_checked(source):
    """Tests are read, not checked."""
    return not source.name.endswith('_test.cpp') and not source.is_relative_to(ROOT / 'tests')


def units_of(build):
    """(what to give to clang-tidy, its checked sources, hash of all that decides about its verdict) for all of our
    sources, each once: a plugin's are in its tests' batches as well."""
    headers = headers_by_object(build)
    digests, seen = {}, set()

    def digest(file):
        if file not in digests:
            digests[file] = hashlib.sha256(file.read_bytes()).hexdigest()
        return digests[file]

    entries = [(entry, parts_of(entry)) for entry in json.loads((build / 'compile_commands.json').read_text())]
    for entry, parts in sorted(entries, key=lambda one: sum(not is_checked(part) for part in one[1])):
        new = {part for part in parts if is_checked(part)} - seen
        if not new:
            continue
        seen |= new
        # Without the paths, so that a verdict holds wherever the tree stands.
        words = [word.replace(str(ROOT), '.') for word in shlex.split(entry['command'])]
        everything = [digest(ROOT / '.clang-tidy'), *words]
        read = headers.get(words[words.index('-o') + 1], [])
        for file in sorted({*parts, *(file for file in read if 'Unity' not in file.parts)}):
            everything.append(str(file.relative_to(ROOT)) + digest(file))
        yield entry['file'], new, hashlib.sha256('\n'.join(everything).encode()).hexdigest()


def check(build, unit, verdict):
    """Gives what is wrong with the unit, and remembers it when nothing is."""
    # That a batch includes sources is what it is for.
    done = subprocess.run([TIDY, '--quiet', '--checks=-bugprone-suspicious-include', '-p', str(build), unit], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, cwd=ROOT)
    if done.returncode == 0:
        verdict.touch()
        return ''
    return done.stdout or done.stderr


def main():
    build, result_file, logs = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    # Beside ccache's: what was clean in one clone is clean in the next.
    clean = pathlib.Path(os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache') / 'causeway-tidy'
    clean.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    units = list(units_of(build))
    sources = sum(len(parts) for _, parts, _ in units)
    due = [(unit, clean / digest) for unit, _, digest in units if not (clean / digest).exists()]
    faults = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for said in pool.map(lambda one: check(build, *one), due):
            if said:
                faults.append(said)
                print(said, flush=True)
    known = {digest for _, _, digest in units}
    for verdict in clean.iterdir():
        if verdict.name not in known and time.time() - verdict.stat().st_mtime > DAYS_KEPT * 86400:
            verdict.unlink()
    print(f'  clang-tidy: {sources} sources in {len(units)} units, {len(due)} of them looked at, {len(faults)} with faults', flush=True)
    log = logs / 'tidy.log'
    log.write_text('\n'.join(faults), encoding='utf-8')
    results.save(result_file, [results.result(
        'tidy', f'clang-tidy finds nothing in {sources} sources', 'failed' if faults or not units else 'passed',
        time.monotonic() - began, log if faults else None, '\n'.join(faults))])
    return 1 if faults or not units else 0


if __name__ == '__main__':
    sys.exit(main())
