"""Every procedure on a site whose tables were there before the gateway: other names and types, composite keys, CHAR columns,
no version columns. The tests are those of the shipped tables, as they stand."""

import os
import re
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

class Grants(unittest.TestCase):
    """What `check --grants` says suffices here too, where versions are kept beside the site's tables."""

    class Database(legacy_site.LegacyPostgresql):
        user = None

        def connect_string(self, database):
            plain = super().connect_string(database)
            return re.sub(r'user=\S+', f'user={self.user}', plain) if self.user else plain

        def settings(self):
            return [f'{setting.replace("create=true", "create=false")}' if self.user else setting for setting in super().settings()]

    def test_a_role_with_just_these_rights_serves(self):
        role = f'legacy_gateway_{os.getpid()}'
        gateway = Gateway(self.Database, customers=8, name='legacy-grants')
        administer = gateway.database._administer
        self.addCleanup(administer, f'DROP ROLE {role}')
        self.addCleanup(gateway.close)
        administer(f'CREATE ROLE {role} LOGIN')
        for part in gateway.run('check', '--grants', role).stdout.split('-- store ')[1:]:
            store, *lines = part.split('\n')
            for line in filter(None, lines):
                gateway.database.execute(store, line)
        gateway.database.user = role
        gateway.start()
        gateway.database.user = None  # what the test asks itself it may
        change = {'product': 'CHILD_SUPPORT', 'service': 'LETTERS', 'channel': 'POST', 'applyToAll': False}
        path = '/v1/customers/3/channel-preferences'
        with gateway.client('ps-officer') as officer:
            self.assertEqual(201, officer.post('/v1/customers/3/privacy-checks', {'outcome': 'SAFE'}).status)
            self.assertEqual(200, officer.request('PATCH', path, change).status)
            self.assertEqual(200, officer.request('PATCH', path, {**change, 'channel': 'ONLINE'}).status)
            gateway.database.execute('pluto', f'REVOKE UPDATE ON causeway_version FROM {role}')
            self.assertGreaterEqual(officer.request('PATCH', path, change).status, 500)
        gateway.stop()


if __name__ == '__main__':
    unittest.main()
