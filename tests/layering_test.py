"""Who may include whom: the architecture as a table, and a test that the tree keeps to it.

Run by tests/run; by hand: python3 tests/layering_test.py
"""

import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Folder: what it may include besides itself. sdk stands for gateway/sdk/include/causeway. What is listed here and
# nothing else exists; http, host, relay and access never meet.
MAY_INCLUDE = {
    'gateway/sdk': [],
    'gateway/store': ['sdk'],
    'gateway/runtime': ['sdk', 'store'],
    'gateway/mapping': ['sdk', 'store', 'runtime'],
    'gateway/proof': ['sdk', 'store', 'runtime', 'mapping'],
    'gateway/settings': ['sdk', 'store', 'runtime', 'mapping'],
    'gateway/access': ['sdk', 'store', 'runtime'],
    'gateway/host': ['sdk', 'store', 'runtime'],
    'gateway/http': ['sdk', 'store', 'runtime'],
    'gateway/relay': ['sdk', 'store', 'runtime', 'mapping'],
    'gateway/commands': [
        'sdk', 'store', 'runtime', 'mapping', 'proof', 'settings', 'access', 'host', 'http', 'relay'],
    'adapters/sql': ['sdk', 'store'],
    'plugins': ['sdk'],
    # The composition root alone names concrete adapters.
    'gateway/main.cpp': [
        'sdk', 'store', 'runtime', 'mapping', 'settings', 'access', 'host', 'http', 'relay', 'commands', 'sql'],
}

# What tests beside the code may include on top of that.
TESTS_MAY_INCLUDE = {
    'plugins': ['store', 'runtime', 'host'],
    'adapters/sql': ['runtime'],
    'gateway/commands': ['sql'],
}

# A library: the folders or files that alone may include it. The rest of the tree speaks to it through them.
LIVES_IN = {
    r'soci/|sqlite3\.h|libpq|mysql\.h|sql(ext)?\.h': ['adapters/sql'],
    r'boost/(beast|asio)': ['gateway/http'],
    r'yaml-cpp/': ['gateway/settings'],
    r'unicode/': ['gateway/mapping'],
    r'spdlog/|fmt/': ['gateway/runtime/log.cpp'],
    r'prometheus/': ['gateway/runtime/metrics.cpp'],
    r'CLI/': ['gateway/commands', 'gateway/main.cpp'],
    r'dlfcn\.h': ['gateway/host'],
    r'gtest/|gmock/|boost/context/': [],  # tests only
}

# Folders that see no library but the standard one.
STANDARD_ONLY = ['gateway/sdk', 'gateway/store', 'plugins']

# What stands at the top of the repository. A new entry is a decision, made here.
TOP = {
    '.ci', '.clang-format', '.clang-tidy', '.gitignore', 'CMakeLists.txt', 'CMakePresets.json', 'README.md',
    'adapters', 'config', 'gateway', 'plugins', 'tests',
}

INCLUDE_ROOTS = {
    'causeway/': 'gateway/sdk/include/', 'sql/': 'adapters/', 'plugins/': '', 'tests/': '', 'adapters/': '', 'gateway/': ''}
SHORT_NAMES = {'sdk': 'gateway/sdk', 'sql': 'adapters/sql'}
C_STANDARD = {
    'assert', 'ctype', 'errno', 'float', 'inttypes', 'limits', 'math', 'setjmp', 'signal', 'stdalign', 'stdarg', 'stdbool',
    'stddef', 'stdint', 'stdio', 'stdlib', 'string', 'time', 'wchar'}


def is_test(path):
    name = path.rsplit('/', 1)[-1]
    return (path.startswith('tests/') or '/testing/' in path or name.startswith('test_')
            or name.endswith(('_test.cpp', '_test.c', '_test.hpp', '_fixture.cpp', '_fixture.hpp')))


def folder_of(path):
    """The row of MAY_INCLUDE that a file belongs to, or None."""
    if path in MAY_INCLUDE:
        return path
    for folder in MAY_INCLUDE:
        if path.startswith(folder + '/'):
            return folder
    return None


def target_of(root, path, name):
    """The file of the tree that `#include "name"` in `path` means, or None where it is no file of the tree."""
    beside = (root / path).parent / name
    if beside.is_file():
        return beside.resolve().relative_to(root).as_posix()
    for prefix, place in INCLUDE_ROOTS.items():
        if name.startswith(prefix):
            return place + name
    if (root / 'gateway' / name).is_file():
        return 'gateway/' + name
    return None


def faults_of_include(root, path, name, quoted):
    folder = folder_of(path)
    target = target_of(root, path, name) if quoted or name.startswith('causeway/') else None
    if '..' in name.split('/'):
        yield f'"{name}" climbs out of its folder: name it from its root'
    elif target is not None:
        theirs = folder_of(target)
        if target.startswith('tests/'):
            if not is_test(path):
                yield f'"{name}" is of the tests'
        elif folder is not None and theirs is not None and theirs != folder:
            allowed = MAY_INCLUDE[folder] + (TESTS_MAY_INCLUDE.get(folder, []) if is_test(path) else [])
            if theirs not in [SHORT_NAMES.get(short, 'gateway/' + short) for short in allowed]:
                yield f'{folder} may not include {theirs} ("{name}"); it may include: {", ".join(allowed) or "nothing"}'
        elif folder == 'plugins' and target.split('/')[1] not in ('shared', path.split('/')[1]):
            yield f'a plugin may not include another ("{name}")'
    elif quoted:
        yield f'"{name}" is no file of this tree: a library is included with <>'
    elif not is_test(path):
        for library, places in LIVES_IN.items():
            if re.match(library, name) and not any(path == place or path.startswith(place + '/') for place in places):
                yield f'<{name}> may be included in {" and ".join(places) or "tests"} only'
        standard = '/' not in name and ('.' not in name or name.removesuffix('.h') in C_STANDARD)
        if folder in STANDARD_ONLY and not standard:
            yield f'<{name}>: {folder} includes the standard library and the SDK only'


def faults_of_tree(root):
    faults = []
    for top in ('gateway', 'adapters', 'plugins', 'tests'):
        for file in sorted((root / top).rglob('*')):
            if file.suffix not in ('.c', '.h', '.cpp', '.hpp'):
                continue
            path = file.relative_to(root).as_posix()
            if folder_of(path) is None and not is_test(path):
                faults.append(f'{path}: stands in no folder of the table')
            lines = file.read_text(encoding='utf-8').splitlines()
            for number, line in enumerate(lines, 1):
                include = re.match(r'\s*#\s*include\s*(["<])([^">]+)', line)
                if include:
                    for fault in faults_of_include(root, path, include[2], include[1] == '"'):
                        faults.append(f'{path}:{number}: {fault}')
    return faults


class Layering(unittest.TestCase):
    def test_the_tree_keeps_to_the_table(self):
        faults = faults_of_tree(ROOT)
        self.assertEqual([], faults, '\n' + '\n'.join(faults))

    def test_the_top_of_the_repository_holds_what_was_agreed(self):
        if not (ROOT / '.git').exists():
            self.skipTest('not a git checkout')
        # A checkout that another user owns is read all the same.
        command = ['git', '-c', 'safe.directory=*', 'ls-files']
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        self.assertEqual(set(), {line.split('/')[0] for line in listed.splitlines()} - TOP)

    def test_the_table_names_folders_that_are_there(self):
        self.assertEqual([], [folder for folder in MAY_INCLUDE if not (ROOT / folder).exists()])


class LayeringFinds(unittest.TestCase):
    """The test above can fail: each of these is found, or let through, in a made-up tree."""

    CASES = [
        ('gateway/http/router.cpp', '#include "relay/relay.hpp"', 'gateway/http may not include gateway/relay'),
        ('gateway/host/host.cpp', '#include "mapping/mapping.hpp"', 'gateway/host may not include gateway/mapping'),
        ('gateway/host/host.cpp', '  #  include "mapping/mapping.hpp"', 'gateway/host may not include gateway/mapping'),
        ('gateway/relay/relay.cpp', '#include "mapping/mapping.hpp"', None),
        ('gateway/sdk/include/causeway/a.hpp', '#include "store/record.hpp"', 'gateway/sdk may not include gateway/store'),
        ('gateway/sdk/include/causeway/a.hpp', '#include <boost/json.hpp>', 'the standard library and the SDK only'),
        ('gateway/sdk/include/causeway/a.hpp', '#include <stdint.h>', None),
        ('gateway/store/a.cpp', '#include <unistd.h>', 'the standard library and the SDK only'),
        ('gateway/commands/serve.cpp', '#include "sql/sql_store.hpp"', 'gateway/commands may not include adapters/sql'),
        ('gateway/main.cpp', '#include "sql/sql_store.hpp"', None),
        ('gateway/relay/relay.cpp', '#include <soci/soci.h>', '<soci/soci.h> may be included in adapters/sql only'),
        ('adapters/sql/a.cpp', '#include <soci/soci.h>', None),
        ('gateway/commands/a.cpp', '#include <sqlext.h>', '<sqlext.h> may be included in adapters/sql only'),
        ('gateway/access/a.cpp', '#include <boost/asio/ip/tcp.hpp>', 'may be included in gateway/http only'),
        ('gateway/commands/check.cpp', '#include <yaml-cpp/yaml.h>', 'may be included in gateway/settings only'),
        ('gateway/http/a.cpp', '#include <unicode/uchar.h>', 'may be included in gateway/mapping only'),
        ('gateway/runtime/clock.cpp', '#include <spdlog/spdlog.h>', 'may be included in gateway/runtime/log.cpp only'),
        ('gateway/http/a.cpp', '#include <prometheus/counter.h>', 'may be included in gateway/runtime/metrics.cpp only'),
        ('gateway/http/a.cpp', '#include <gtest/gtest.h>', 'may be included in tests only'),
        ('gateway/http/a_test.cpp', '#include <gtest/gtest.h>', None),
        ('gateway/http/a_test.cpp', '#include "relay/relay.hpp"', 'gateway/http may not include gateway/relay'),
        ('plugins/one/one.cpp', '#include "causeway/plugin.hpp"', None),
        ('plugins/one/one.cpp', '#include "store/record.hpp"', 'plugins may not include gateway/store'),
        ('plugins/one/one.cpp', '#include "plugins/two/two.hpp"', 'a plugin may not include another'),
        ('plugins/one/one.cpp', '#include "plugins/shared/shared.hpp"', None),
        ('plugins/shared/shared.cpp', '#include "plugins/two/two.hpp"', 'a plugin may not include another'),
        ('plugins/one/one.cpp', '#include "../two/two.hpp"', 'climbs out of its folder'),
        ('gateway/http/a.cpp', '#include "tests/support/x.hpp"', 'is of the tests'),
        ('gateway/http/a.cpp', '#include "nowhere.hpp"', 'is no file of this tree'),
        ('gateway/stray/a.cpp', '#include <vector>', 'stands in no folder of the table'),
    ]
    HEADERS = [
        'gateway/relay/relay.hpp', 'gateway/mapping/mapping.hpp', 'gateway/store/record.hpp', 'adapters/sql/sql_store.hpp',
        'plugins/two/two.hpp', 'plugins/shared/shared.hpp', 'tests/support/x.hpp', 'gateway/sdk/include/causeway/plugin.hpp']

    def test_every_case(self):
        for path, line, expected in self.CASES:
            with self.subTest(path=path, line=line), tempfile.TemporaryDirectory() as folder:
                root = pathlib.Path(folder).resolve()
                for header in self.HEADERS + [path]:
                    (root / header).parent.mkdir(parents=True, exist_ok=True)
                    (root / header).write_text('')
                (root / path).write_text(f'// a file\n{line}\n')
                faults = faults_of_tree(root)
                if expected is None:
                    self.assertEqual([], faults)
                else:
                    self.assertEqual(1, len(faults), faults)
                    self.assertIn(expected, faults[0])


if __name__ == '__main__':
    unittest.main()
