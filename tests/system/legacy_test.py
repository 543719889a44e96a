"""Every procedure on a site whose tables were there before the gateway: other names and types, composite keys, CHAR columns,
no version columns. The tests are those of the shipped tables, as they stand."""

import sys
import unittest

import access_test
import communications_test
import crossing_test
import legacy_site
import procedures_test
from gateway import BUILD, Gateway, add_on

_here = sys.modules[__name__]
# What differs is the SQL: sanitizers see all of the rest on one of them.
_DATABASES = (legacy_site.LegacyMariadb,) if BUILD.name == 'asan' else legacy_site.DATABASES
add_on(_here, procedures_test.Procedures, _DATABASES)
add_on(_here, communications_test.Communications, _DATABASES)


class _Crossing(crossing_test.Crossing):
    """A few hundred records show it as well as thousands do."""

    def setUp(self):
        records, crossing_test.RECORDS = crossing_test.RECORDS, min(crossing_test.RECORDS, 300)
        self.addCleanup(setattr, crossing_test, 'RECORDS', records)
        super().setUp()


_Crossing.__name__ = 'Crossing'
add_on(_here, _Crossing, (legacy_site.LegacyMariadb,))


class _CrossingUnharmed(_Crossing):
    # It is the relay that is killed, whatever the stores are reached by.
    test_nothing_is_lost_or_doubled_when_the_gateway_is_killed_five_times = None


_CrossingUnharmed.__name__ = 'Crossing'
add_on(_here, _CrossingUnharmed, [one for one in _DATABASES if one is not legacy_site.LegacyMariadb])


class _Access(access_test.Access):
    pass


for _database in _DATABASES:
    setattr(_here, f'AccessOn{_database.__name__}', type(f'AccessOn{_database.__name__}', (_Access,), {
        'database': _database, '__module__': __name__}))
del _Access


class _Site:
    def test_the_tables_are_the_sites_own_and_fit(self):
        gateway = Gateway(self.database, name='legacy-check')
        self.addCleanup(gateway.close)
        own = [f'--set=stores.{store}.create=false' for store in ('pluto', 'cuba')]
        missing = gateway.run('check', *own, expect=1).stdout + gateway.run('check', *own, expect=1).stderr
        for line in missing.splitlines():
            if 'table ' in line:
                self.assertRegex(line, 'table causeway_[a-z_]+ is missing')
        gateway.run('seed', '--customers', '1')
        gateway.run('check', *own)
        tables = {store: gateway.database.tables(store) for store in ('pluto', 'cuba')}
        for store, names in tables.items():
            self.assertEqual([], [name for name in names if name.startswith(('CUBA_', 'customer', 'communication'))], store)
            self.assertIn('causeway_version', names)


_Site.__name__ = 'Site'
add_on(_here, _Site, _DATABASES)
del _Site, _Crossing, _CrossingUnharmed

if __name__ == '__main__':
    unittest.main()
