"""Fault points are in builds for tests only: of what is shipped no environment variable can make it end itself."""

import re
import unittest

from gateway import BUILD, PROGRAM


class FaultPoints(unittest.TestCase):
    def test_a_program_has_them_only_if_it_was_built_for_tests(self):
        cache = (BUILD / 'CMakeCache.txt').read_text()
        asked = re.search(r'^CAUSEWAY_FAULT_POINTS:\w+=(\w+)$', cache, re.MULTILINE)[1] == 'ON'
        sanitized = re.search(r'^CAUSEWAY_SANITIZE:\w+=(.*)$', cache, re.MULTILINE)[1] != ''
        self.assertEqual(sanitized, asked, 'the presets for sanitizers have fault points, the others have none')
        program = PROGRAM.read_bytes()
        for trace in (b'CAUSEWAY_FAULT', b'fault_point', b'relay.target.committed'):
            self.assertEqual(asked, trace in program, trace)


if __name__ == '__main__':
    unittest.main()
