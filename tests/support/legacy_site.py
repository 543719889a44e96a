"""A site on tables of its own (tests/fixtures/deployments/legacy), on each server that it can stand on. The shipped tables'
names are there too, as views: the tests look at what they find by those, the gateway never does."""

import re

from gateway import ROOT, Mariadb, Postgresql

SITE = ROOT / 'tests' / 'fixtures' / 'deployments' / 'legacy'

# What the site's own users do, in the shipped tables' words and in the site's.
_OWN_RECORD = """INSERT INTO "CORR" ("CORR_NO", "PERS_NO", "TYP", "REASON", "CATEGORY", "ISSUE", "SUBJECT", "BODY", "CORR_YMD",
    "STAT", "CREATED_AT", "CREATED_BY")
    VALUES ('{number}', {csid}, 40, 40, 30, 10, 'Old', 'x', 20190203, 'FINAL', 20190203101112013, 'OLDUSER')"""


class _Site:
    site = SITE

    def __init__(self, folder):
        super().__init__(folder)
        for store in ('pluto', 'cuba'):
            for file in (f'{store}.sql', f'as_shipped_{store}.sql'):
                self._run_file(store, file)

    def before_seeding(self, customers):
        """Clients are read through a view of two tables, so that it is the site that writes them."""
        self._run_file('pluto', 'clients.sql', customers=customers)

    def execute(self, store, sql):
        own = re.search(r"""INSERT INTO "CUBA_COMM".* VALUES \('(?P<number>[^']*)', '0*(?P<csid>\d+)'""", sql, re.DOTALL)
        super().execute(store, _OWN_RECORD.format(**own.groupdict()) if own else sql)

    def _run_file(self, store, name, **values):
        text = re.sub(r'--.*', '', (SITE / name).read_text())
        for key, value in values.items():
            text = text.replace(f':{key}', str(value))
        for statement in text.split(';'):
            if statement.strip():
                super().execute(store, statement)


class LegacyPostgresql(_Site, Postgresql):
    name = 'legacy-postgresql'


class LegacyMariadb(_Site, Mariadb):
    name = 'legacy-mariadb'


class LegacyOdbc(LegacyPostgresql):
    name = 'legacy-odbc'

    def settings(self):
        named = {'host': 'Server', 'port': 'Port', 'user': 'Uid', 'password': 'Pwd', 'dbname': 'Database'}
        for store, database in self.databases.items():
            words = (word.split('=', 1) for word in self.connect_string(database).split())
            yield f'stores.{store}.backend=odbc'
            yield f'stores.{store}.dialect=postgresql'
            yield f'stores.{store}.connect=' + ';'.join(['Driver={PostgreSQL ANSI}', *(f'{named[k]}={v}' for k, v in words)])
            yield f'stores.{store}.create=true'


DATABASES = (LegacyPostgresql, LegacyMariadb, LegacyOdbc)
