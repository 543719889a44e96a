"""What plugins/README.md tells the author of a plugin is done here as it stands there: its code is built outside the tree,
against the installed SDK alone, by its own commands, and the gateway loads and serves it."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import textwrap
import unittest

from gateway import BUILD, ROOT, Gateway

README = (ROOT / 'plugins' / 'README.md').read_text(encoding='utf-8')
NAME, NEW_NAME = 'greeting', 'welcome'


def block(behind, language):
    """The README's first block of code in this language behind these words."""
    found = re.search(rf'{re.escape(behind)}.*?^ *```{language}\n(.*?)^ *```$', README, re.DOTALL | re.MULTILINE)
    if not found:
        raise AssertionError(f'plugins/README.md has no {language} block behind: {behind}')
    return textwrap.dedent(found[1])


class PluginAuthor(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='causeway-author-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def build(self, compiler, rename=lambda text: text):
        """Follows the README's commands; the plugin's path."""
        (self.folder / rename(f'{NAME}.cpp')).write_text(rename(block(f'`plugins/{NAME}/{NAME}.cpp`', 'cpp')))
        commands = rename(block('## Outside this tree', 'sh'))
        self.assertIn('build/release', commands)
        commands = commands.replace('build/release', str(BUILD)).replace('/opt/causeway', str(self.folder / 'sdk'))
        commands = re.sub(r'^c\+\+ ', f'{compiler} ', commands, flags=re.MULTILINE)
        done = subprocess.run(['sh', '-ec', commands], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return self.folder / rename(f'{NAME}.so')

    def serve(self, name, entry):
        gateway = Gateway(name='PluginAuthor', customers=10)
        self.addCleanup(gateway.close)
        config = gateway.folder / 'config' / 'causeway.yaml'
        text = config.read_text()
        self.assertEqual(1, len(re.findall(r'^plugins:.*$', text, re.MULTILINE)))
        config.write_text(re.sub(r'^(plugins:.*)$', lambda found: f'{found[1]}\n  {entry}', text, flags=re.MULTILINE))
        gateway.start()
        with gateway.client('ps-officer') as client:
            body = client.get('/v1/customers/4').body
            answer = client.get(f'/v1/customers/4/{name}')
            self.assertEqual(200, answer.status, answer)
            self.assertEqual(404, client.get(f'/v1/customers/999/{name}').status)
            self.assertIn(f'/v1/customers/{{csid}}/{name}', client.get('/openapi.json').body['paths'])
        return body['name'], answer.body['text']

    def test_the_readme_is_followed_by_each_compiler(self):
        compilers = [one for one in ('c++', 'g++', 'clang++-19') if shutil.which(one)]
        self.assertIn('clang++-19', compilers)
        for compiler in compilers:
            with self.subTest(compiler=compiler):
                library = self.build(compiler)
                name, text = self.serve(NAME, f'- {{library: {library}, settings: {{word: "Good day"}}}}')
                self.assertEqual(f'Good day, {name}!', text)

    def test_a_copy_under_a_new_name_stands_beside_it(self):
        library = self.build('clang++-19', lambda text: text.replace(NAME, NEW_NAME))
        name, text = self.serve(NEW_NAME, f'- {{library: {library}}}')
        self.assertEqual(f'Hello, {name}!', text)

    def test_the_installed_sdk_includes_nothing_but_itself_and_the_standard_library(self):
        subprocess.run(['cmake', '--install', str(BUILD), '--component', 'sdk', '--prefix', str(self.folder)],
                       check=True, capture_output=True)
        headers = sorted((self.folder / 'include' / 'causeway').iterdir())
        self.assertEqual(sorted(path.name for path in (ROOT / 'gateway/sdk/include/causeway').iterdir()),
                         [path.name for path in headers])
        for header in headers:
            for name in re.findall(r'^#include "(.*)"', header.read_text(), re.MULTILINE):
                self.assertTrue((self.folder / 'include' / name).is_file(), f'{header.name}: {name}')


if __name__ == '__main__':
    unittest.main()
