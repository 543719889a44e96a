"""What is installed, and the Debian packages: made from the build that stands, checked by lintian, unpacked into an empty
root, and started from there. A plugin's author finds the SDK by find_package, with either compiler."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from gateway import BUILD, PATIENCE, ROOT, Gateway
from plugin_author_test import NAME, block


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=300 * PATIENCE, **more)
    if done.returncode != 0:
        raise AssertionError(f'{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}')
    return done.stdout


@unittest.skipUnless(BUILD.name == 'release', 'packages are made of what is built for use')
class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix='causeway-install-')
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        run('cpack', '--config', BUILD / 'CPackConfig.cmake', '-B', cls.folder / 'packages')
        cls.packages = {path.name.split('_')[0]: path for path in (cls.folder / 'packages').glob('*.deb')}
        cls.root = cls.folder / 'root'
        cls.root.mkdir()
        for package in cls.packages.values():
            run('dpkg', '-x', package, cls.root)

    def field(self, package, name):
        return run('dpkg-deb', '-f', self.packages[package], name).strip()

    def test_there_are_three_with_what_they_depend_on(self):
        self.assertEqual({'causeway', 'causeway-dev', 'causeway-plugins'}, set(self.packages))
        version = self.field('causeway', 'Version')
        depends = self.field('causeway', 'Depends')
        for library in ('libc6', 'libpq5', 'libsoci-core', 'libsqlite3-0', 'libstdc++6', 'libyaml-cpp'):
            self.assertIn(library, depends)
        self.assertIn(f'causeway (= {version})', self.field('causeway-plugins', 'Depends'))
        self.assertEqual(['all', ''], [self.field('causeway-dev', name) for name in ('Architecture', 'Depends')])

    def test_lintian_finds_no_error(self):
        said = run('lintian', '--allow-root', '--fail-on', 'error', '--no-cfg', *self.packages.values())
        self.assertNotRegex(said, re.compile('^E:', re.MULTILINE))

    def test_the_configuration_is_the_sites_own(self):
        run('dpkg-deb', '--control', self.packages['causeway'], self.folder / 'control')
        conffiles = (self.folder / 'control' / 'conffiles').read_text().split()
        installed = [f'/{path.relative_to(self.root)}' for path in (self.root / 'etc').rglob('*') if path.is_file()]
        self.assertEqual(sorted(installed), sorted(conffiles))
        self.assertIn('/etc/causeway/causeway.yaml', conffiles)
        for name in conffiles:
            shipped = (ROOT / 'config' / name.removeprefix('/etc/causeway/')).read_text()
            self.assertEqual(re.sub(r'(?m)^dataDir: var .*$', 'dataDir: /var/lib/causeway', shipped),
                             (self.root / name[1:]).read_text(), name)
        self.assertEqual(0o700, (self.root / 'etc/causeway/secrets').stat().st_mode & 0o777)
        for script in ('postinst', 'prerm', 'postrm'):
            run('sh', '-n', self.folder / 'control' / script)

    def test_what_they_installed_serves(self):
        program = self.root / 'usr' / 'bin' / 'causeway'
        served = Gateway(name='Install')  # for its keys, its log, and to end what was started
        self.addCleanup(served.close)
        data = f'dataDir={served.folder / "var"}'
        run(program, 'seed', '--customers', '8', '--set', data, cwd='/')
        self.assertEqual('', run(program, 'check', '--set', data, cwd='/'))
        served.arguments = lambda command, *more: [str(program), command, f'--set={data}', *more]
        served.start()
        with served.client('service-officer') as client:
            answer = client.get('/v1/customers/4')
            self.assertEqual((200, '000000004'), (answer.status, answer.body['csid']), answer)
        served.stop()

    def test_the_unit_is_sound_and_hardened(self):
        if not shutil.which('systemd-analyze'):
            self.skipTest('there is no systemd-analyze')
        unit = self.root / 'lib/systemd/system/causeway.service'
        # It looks for the program where the unit says.
        here = self.folder / 'causeway.service'
        here.write_text(unit.read_text().replace('/usr/bin/causeway', str(self.root / 'usr/bin/causeway')))
        done = subprocess.run(['systemd-analyze', 'verify', '--man=no', here], capture_output=True, text=True)
        self.assertEqual([], [line for line in done.stderr.splitlines() if 'causeway.service' in line], done.stderr)
        done = subprocess.run(['systemd-analyze', 'security', '--offline=true', '--threshold=20', here],
                              capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_the_manual_and_the_completion_are_the_programs_own(self):
        program = self.root / 'usr/bin/causeway'
        page = run('zcat', self.root / 'usr/share/man/man1/causeway.1.gz')
        for command in re.findall(r'^  (\w+) ', run(program, '--help').split('Subcommands:')[1], re.MULTILINE):
            self.assertRegex(page, rf'(?m)^\.SS "{command}\b')
        settings = run('zcat', self.root / 'usr/share/man/man5/causeway.yaml.5.gz')
        self.assertIn('listen.port', settings)
        script = self.root / 'usr/share/bash-completion/completions/causeway'
        for line, expected in (('causeway ser', ['serve']), ('causeway key n', ['new']), ('causeway seed --cust', ['--customers']),
                               ('causeway --config serve check --dd', ['--ddl']), ('causeway check --conf', ['--config'])):
            with self.subTest(line=line):
                words = ' '.join(f"'{word}'" for word in line.split(' '))
                said = run('bash', '-c', f'. {script}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _causeway; '
                                         'printf "%s\\n" "${COMPREPLY[@]}"')
                self.assertEqual(expected, said.split())

    def test_a_plugin_is_built_against_what_they_installed(self):
        source = self.folder / 'author'
        source.mkdir()
        (source / f'{NAME}.cpp').write_text(block(f'`plugins/{NAME}/{NAME}.cpp`', 'cpp'))
        (source / 'CMakeLists.txt').write_text(block('With CMake', 'cmake'))
        for compiler in ('g++', 'clang++-19'):
            with self.subTest(compiler=compiler):
                built = self.folder / f'author-{compiler}'
                run('cmake', '-S', source, '-B', built, '-G', 'Ninja', f'-DCMAKE_CXX_COMPILER={compiler}',
                    f'-DCMAKE_PREFIX_PATH={self.root / "usr"}')
                run('cmake', '--build', built)
                served = Gateway(name='Install')
                self.addCleanup(served.close)
                config = served.folder / 'config' / 'causeway.yaml'
                config.write_text(re.sub(r'(?m)^(plugins:.*)$', rf'\1\n  - {{library: {built / NAME}.so}}', config.read_text()))
                self.assertIn('/v1/customers/{csid}/greeting', served.run('plugins').stdout)


@unittest.skipUnless(BUILD.name == 'release', 'what is installed is what is built for use')
class Prefix(unittest.TestCase):
    def test_what_is_installed_below_a_prefix_names_what_stands_there(self):
        with tempfile.TemporaryDirectory(prefix='causeway-prefix-') as folder:
            prefix = pathlib.Path(folder) / 'opt'
            run('cmake', '--install', BUILD, '--prefix', prefix)
            unit = (prefix / 'lib/systemd/system/causeway.service').read_text()
            self.assertIn(f'ExecStart={prefix}/bin/causeway serve', unit)
            self.assertIn(f'LoadCredential=secret:{prefix}/etc/causeway/secrets', unit)
            said = run(prefix / 'bin/causeway', 'plugins', '--set', f'dataDir={folder}', cwd='/')
            self.assertRegex(said, re.compile(r'^communications \d', re.MULTILINE))


if __name__ == '__main__':
    unittest.main()
