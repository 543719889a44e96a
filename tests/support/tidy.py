"""Runs clang-tidy over the tree's own sources, and remembers what was clean.

    python3 tidy.py BUILD RESULTS.json LOGS

BUILD: a built folder with compile_commands.json. A source counts as unchanged while it, every header of the tree that
it was compiled with, .clang-tidy and its command line are; then its last verdict stands, and it costs nothing.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
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


def sources_of(build):
    """(source, hash of all that decides about its verdict) of each of our sources; tests are read, not checked."""
    headers = headers_by_object(build)
    digests = {}

    def digest(file):
        if file not in digests:
            digests[file] = hashlib.sha256(file.read_bytes()).hexdigest()
        return digests[file]

    for entry in json.loads((build / 'compile_commands.json').read_text()):
        source = pathlib.Path(entry['file'])
        if not source.is_relative_to(ROOT) or source.name.endswith('_test.cpp') or source.is_relative_to(ROOT / 'tests'):
            continue
        # Without the paths, so that a verdict holds wherever the tree stands.
        words = [word.replace(str(ROOT), '.') for word in shlex.split(entry['command'])]
        everything = [digest(ROOT / '.clang-tidy'), *words]
        for file in sorted({source, *headers.get(words[words.index('-o') + 1], [])}):
            everything.append(str(file.relative_to(ROOT)) + digest(file))
        yield source, hashlib.sha256('\n'.join(everything).encode()).hexdigest()


def check(build, source, verdict):
    """Gives what is wrong with the source, and remembers it when nothing is."""
    done = subprocess.run([TIDY, '--quiet', '-p', str(build), str(source)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, cwd=ROOT)
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
    sources = dict(sources_of(build))
    due = {source: clean / digest for source, digest in sources.items() if not (clean / digest).exists()}
    faults = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for said in pool.map(lambda one: check(build, *one), due.items()):
            if said:
                faults.append(said)
                print(said, flush=True)
    for verdict in clean.iterdir():
        if verdict.name not in sources.values() and time.time() - verdict.stat().st_mtime > DAYS_KEPT * 86400:
            verdict.unlink()
    print(f'  clang-tidy: {len(due)} of {len(sources)} sources looked at, {len(faults)} with faults', flush=True)
    log = logs / 'tidy.log'
    log.write_text('\n'.join(faults), encoding='utf-8')
    results.save(result_file, [results.result(
        'tidy', f'clang-tidy finds nothing in {len(sources)} sources', 'failed' if faults or not sources else 'passed',
        time.monotonic() - began, log if faults else None, '\n'.join(faults))])
    return 1 if faults or not sources else 0


if __name__ == '__main__':
    sys.exit(main())
