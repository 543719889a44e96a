"""The commands besides `serve`, as an operator runs them: what they print, and how they end."""

import hashlib
import json
import re
import subprocess
import unittest

from gateway import CALLERS, POSTGRESQL, PROGRAM, SQLITE, Gateway, new_key, on_each_database

RECORD = {'type': 'Phone Out', 'reason': 'PERS SERVICES', 'category': 'PS CUSTOMER CONTACT', 'issue': 'Blank', 'text': 'hello'}


class CommandTestCase(unittest.TestCase):
    def gateway(self, database=SQLITE, **more):
        made = Gateway(database, name=self.id().split('.')[-2], **more)
        self.addCleanup(made.close)
        return made


class Check(CommandTestCase):
    # File under config/, what stands there, what is put in its place, the word that the place is of, words of the message.
    FAULTS = [
        ('causeway.yaml', 'port: 8080', 'prot: 8080', 'prot', ['prot', 'port']),
        ('causeway.yaml', 'port: 8080', 'port: eighty', 'eighty', ['port']),
        ('causeway.yaml', 'port: 8080', 'port: 80800', '80800', ['port']),
        ('causeway.yaml', 'stores:', 'listen: {port: 1}\nstores:', 'listen: {port: 1}', ['listen']),
        ('causeway.yaml', 'backend: sqlite3, connect: cuba.db', 'backend: oracle, connect: cuba.db', 'oracle', ['oracle', 'sqlite3']),
        ('causeway.yaml', 'after: communications', 'after: comms', 'comms}', ['comms']),
        ('causeway.yaml', 'from: pluto.note', 'from: pluto.notes', 'pluto.notes', ['pluto.notes']),
        ('causeway.yaml', 'library: communications', 'library: comunications', '{library: comunications', ['comunications']),
        ('causeway.yaml', 'library: communications', 'library: communications, settings: {colour: blue}', 'blue', ['colour']),
        ('mappings/communication.yaml', 'from: communicationId', 'from: comunicationId', 'sourceId:   {from', ['comunicationId', 'communicationId']),
        ('mappings/communication.yaml', 'status:     {value: FINAL}', 'statsu: {value: FINAL}', 'statsu', ['statsu', 'status']),
        ('mappings/communication.yaml', 'status:     {value: FINAL}', 'status: {value: FINAL, wrpa: 1}', 'wrpa', ['wrpa', 'wrap']),
        ('mappings/communication.yaml', 'maxLength: 8000', 'maxLength: 9000', 'text:       {from', ['9000', '8000']),
        ('mappings/communication.yaml', '  csid:       {from: csid}\n', '', 'from: pluto.communication', ['csid']),
        ('mappings/note.yaml', 'take: commNo', 'take: commNumber', 'commNo:    {from', ['commNumber']),
        ('records/cuba.yaml', 'table: CUBA_CUST\n', 'tabel: CUBA_CUST\n', 'tabel', ['tabel', 'table']),
        ('records/cuba.yaml', 'commNo:     {column: COMM_NO, type: text', 'commNo:     {column: COMM_NO, type: txet', 'txet', ['txet', 'text']),
    ]

    def test_it_is_silent_on_the_shipped_configuration(self):
        for database in (SQLITE, POSTGRESQL):
            with self.subTest(database=database.name):
                done = self.gateway(database).run('check')
                self.assertEqual('', done.stdout + done.stderr)

    def test_each_fault_is_found_at_its_place(self):
        for file, old, new, word, said in self.FAULTS:
            with self.subTest(file=file, fault=new or f'without {old}'):
                gateway = self.gateway()
                path = gateway.folder / 'config' / file
                text = path.read_text()
                self.assertIn(old, text)
                # The last: comments above may say the same.
                before, _, after = text.rpartition(old)
                path.write_text(before + new + after)
                done = gateway.run('check', expect=1)
                findings = re.findall(r'^(\S+?):(\d+):(\d+): (.*)$', done.stdout + done.stderr, re.MULTILINE)
                fitting = [finding for finding in findings if finding[0].endswith(f'config/{file}')
                           and all(one in finding[3] for one in said)]
                self.assertTrue(fitting, done.stdout + done.stderr)
                self.assertIn(self.place(path.read_text(), word), [(int(line), int(column)) for _, line, column, _ in fitting])

    def place(self, text, word):
        """Line and column of the last place where this word stands."""
        at = text.rindex(word)
        return text.count('\n', 0, at) + 1, at - text.rfind('\n', 0, at)

    def test_all_faults_are_found_at_once(self):
        gateway = self.gateway()
        config = gateway.folder / 'config' / 'causeway.yaml'
        config.write_text(config.read_text().replace('port: 8080', 'prot: 8080').replace('after: communications', 'after: comms'))
        done = gateway.run('check', expect=1)
        self.assertIn('prot', done.stdout + done.stderr)
        self.assertIn('comms', done.stdout + done.stderr)

    def test_serve_refuses_what_check_refuses(self):
        gateway = self.gateway()
        config = gateway.folder / 'config' / 'causeway.yaml'
        config.write_text(config.read_text().replace('port: 8080', 'prot: 8080'))
        done = gateway.run('serve', expect=1, timeout=30)
        self.assertRegex(done.stdout + done.stderr, r'config/causeway\.yaml:\d+:\d+: .*prot')
        self.assertNotIn('listening', done.stdout)

    def test_serve_refuses_routes_that_lead_back(self):
        gateway = self.gateway()
        config = gateway.folder / 'config'
        for file, old, new in (
                ('causeway.yaml', '  - {name: notes,', '  - {name: back, from: cuba.communication, to: pluto.communication, mapping: back.yaml}\n'
                                                       '  - {name: notes,'),
                ('records/pluto.yaml', 'communicationId: {column: communication_id, type: text, length: 36, generate: uuid}',
                 'communicationId: {column: communication_id, type: text, length: 36, generate: uuid}\n'
                 '      sourceId: {column: source_id, type: text, length: 36, unique: true}')):
            text = (config / file).read_text()
            self.assertIn(old, text)
            (config / file).write_text(text.replace(old, new, 1))
        fields = ['csid', 'type', 'reason', 'category', 'issue', 'caseNumber', 'with', 'subject', 'text', 'createdAt', 'createdBy']
        (config / 'back.yaml').write_text(
            'from: cuba.communication\nto: pluto.communication\nfields:\n  sourceId: {from: commNo}\n'
            + ''.join(f'  {name}: {{from: {name}}}\n' for name in fields).replace('{from: text}', '{from: text, maxLength: 4000, onTooLong: reject}'))
        done = gateway.run('serve', expect=1, timeout=30)
        self.assertRegex(done.stdout + done.stderr, r"config/causeway\.yaml:\d+:\d+: error: the route 'communications' leads back to where it begins")
        self.assertNotIn('listening', done.stdout)

    def test_a_schema_that_differs_is_named(self):
        for database in (SQLITE, POSTGRESQL):
            with self.subTest(database=database.name):
                gateway = self.gateway(database, customers=8)
                gateway.database.execute('cuba', 'ALTER TABLE "CUBA_COMM" DROP COLUMN "CASE_NO"')
                gateway.extra_settings.append('stores.cuba.create=false')
                done = gateway.run('check', expect=1)
                self.assertRegex(done.stdout + done.stderr, 'CUBA_COMM.*CASE_NO|CASE_NO.*CUBA_COMM')

    def test_tables_that_are_missing_are_a_fault_only_where_none_would_be_made(self):
        gateway = self.gateway(POSTGRESQL)
        gateway.run('check')
        self.assertEqual([], gateway.database.tables('pluto'), 'check has made tables')
        gateway.extra_settings.append('stores.pluto.create=false')
        done = gateway.run('check', expect=1)
        self.assertRegex(done.stderr, r'config/causeway\.yaml:\d+:\d+: error: store pluto: table communication is missing')
        self.assertNotIn('store cuba', done.stderr)

    def test_a_loss_is_shown_by_example(self):
        gateway = self.gateway()
        mapping = gateway.folder / 'config' / 'mappings' / 'note.yaml'
        mapping.write_text(mapping.read_text().replace('fields: [createdBy]', 'fields: [csid]'))
        done = gateway.run('check')
        self.assertRegex(done.stderr, r'note\.yaml:\d+:\d+: warning: .*createdBy.* for example \{"createdBy": "ł"\} is refused')
        self.assertRegex(done.stderr, r"note\.yaml:\d+:\d+: warning: accept: 'csid' loses nothing")
        found = json.loads(gateway.run('check', '--json').stdout)['findings']
        self.assertEqual(['warning', 'warning'], [one['severity'] for one in found])
        [witness] = next(one for one in found if 'createdBy' in one['message'])['witness']
        self.assertEqual('ł', witness['record']['createdBy'])
        self.assertEqual('unmappable-character', witness['becomes']['refused'][0]['code'])

    def test_a_column_that_is_too_narrow_is_shown_by_example(self):
        gateway = self.gateway(POSTGRESQL, customers=8)
        gateway.database.execute('cuba', 'ALTER TABLE "CUBA_COMM" ALTER COLUMN "SUBJ" TYPE varchar(50)')
        done = gateway.run('check', expect=1)
        self.assertRegex(done.stderr, r'causeway\.yaml:\d+:\d+: error: store cuba: table CUBA_COMM, column SUBJ: holds 50 characters, but '
                                      r'field subject may have 100; for example \{"subject": ".*"\} becomes')

    def test_a_database_that_keeps_text_in_less_than_its_charset_is_named(self):
        gateway = self.gateway(POSTGRESQL, customers=8)
        gateway.run('check')
        gateway.extra_settings.append('stores.cuba.charset=utf-8')
        said = gateway.run('check', expect=1).stderr
        self.assertIn('keeps text in WIN1252, which cannot hold all of utf-8', said)
        self.assertEqual(1, said.count('WIN1252'))
        self.assertNotIn('store pluto', said)

    def test_no_secret_is_said(self):
        gateway = self.gateway(settings=['stores.cuba.backend=postgresql', 'stores.cuba.connect=host=127.0.0.1 port=1 password=hush42'])
        done = gateway.run('check', expect=1)
        self.assertNotIn('hush42', done.stdout + done.stderr)

    def test_no_secret_is_said_by_a_plugin_that_was_given_it(self):
        gateway = self.gateway(settings=['plugins.online_accounts.settings.allowedChannels=${file:secret}'])
        secret = gateway.folder / 'secret'
        secret.write_text('hush42')
        secret.chmod(0o600)
        for command in ('check', 'serve'):
            with self.subTest(command=command):
                done = gateway.run(command, expect=1)
                self.assertIn('${file:secret}', done.stderr)
                self.assertNotIn('hush42', done.stdout + done.stderr)


class Map(CommandTestCase):
    def test_a_record_can_be_sent_there_and_back_by_hand(self):
        gateway = self.gateway()
        note = {'noteId': 'n', 'communicationId': 'c', 'csid': '000000004', 'subject': 'Łódź', 'text': 'x',
                'createdAt': '2026-11-21T09:15:00.000Z', 'createdBy': 'PSO001'}
        there = json.loads(gateway.run('map', 'config/mappings/note.yaml', '--record', json.dumps(note)).stdout)
        self.assertEqual(('Lódz', '20261121091500000'), (there['subject'], there['createdAt']))
        self.assertEqual('sourceId', there['commNo']['lookup']['by'])
        del there['commNo']
        back = json.loads(gateway.run('map', 'config/mappings/note.yaml', '--reverse', '--record', json.dumps(there)).stdout)
        self.assertEqual({**note, 'subject': 'Lódz'}, {**back, 'communicationId': 'c'})

    def test_what_is_refused_is_named(self):
        done = self.gateway().run('map', 'config/mappings/note.yaml', '--record', '{"noteId": "n", "csid": "4"}', expect=1)
        self.assertEqual('causeway: map: csid: must be nine digits (not-a-csid)\n', done.stderr)


class Diff(CommandTestCase):
    def test_what_would_change_is_said_in_words(self):
        gateway = self.gateway()
        old = gateway.folder / 'config' / 'causeway.yaml'
        new = old.with_name('new.yaml')
        new.write_text(old.read_text())
        self.assertEqual('', gateway.run('diff', str(old), str(new)).stdout)
        (old.parent / 'mappings' / 'other.yaml').write_text(
            (old.parent / 'mappings' / 'note.yaml').read_text().replace('wrap: 72', 'wrap: 60'))
        new.write_text(old.read_text().replace('mappings/note.yaml', 'mappings/other.yaml').replace(
            '  - {library: personalised_services}\n', '').replace('address: 127.0.0.1', 'address: 0.0.0.0').replace(
            'security:\n', f'security:\n  keys:\n    - {{name: NEW, roles: [operator], sha256: "{"a" * 64}"}}\n'))
        said = gateway.run('diff', str(old), str(new), expect=1).stdout
        for expected in (r'^POST /v1/ps/referrals is removed$', r'^security: the key NEW is added, with operator$',
                         r'^security: the setting listen\.address changes from 127\.0\.0\.1 to 0\.0\.0\.0$',
                         r'^the rule notes\.text changes from from text, .*wrapped at 72.* to .*wrapped at 60'):
            self.assertRegex(said, re.compile(expected, re.MULTILINE))
        back = gateway.run('diff', '--json', str(new), str(old), expect=1).stdout
        changes = {one['change']: one['security'] for one in json.loads(back)['changes']}
        self.assertTrue(changes['POST /v1/ps/referrals is added, for ps-officer, service-manager'])
        self.assertFalse(changes['the key NEW is removed'])


class Plugins(CommandTestCase):
    def test_it_lists_what_is_loaded(self):
        said = self.gateway().run('plugins').stdout
        for expected in (r'^communications \d', r'^online-accounts \d', r'^ +POST +/v1/customers/\{csid\}/communications +service-officer ',
                         r'^ +GET +/v1/customers/\{csid\}/online-account +service-officer '):
            self.assertRegex(said, re.compile(expected, re.MULTILINE))


class Key(CommandTestCase):
    def test_a_key_is_printed_once_with_its_hash(self):
        key, entry = new_key('PSO777', 'ps-officer', 'operator')
        self.assertGreaterEqual(len(key), 32)
        self.assertNotIn(key, entry)
        self.assertRegex(entry, r'name: PSO777, roles: \[ps-officer, operator\]')
        self.assertIn(hashlib.sha256(key.encode()).hexdigest(), entry)
        self.assertNotEqual(key, new_key('PSO777', 'ps-officer')[0])

    def test_its_entry_lets_the_caller_in(self):
        gateway = self.gateway(customers=8)
        key, entry = new_key('PSO777', 'ps-officer')
        config = gateway.folder / 'config' / 'causeway.yaml'
        config.write_text(config.read_text().replace('security:\n', f'security:\n  keys:\n    {entry}\n'))
        gateway.start()
        with gateway.client() as client:
            client.key = key
            answer = client.post('/v1/customers/4/communications', RECORD)
        self.assertEqual(201, answer.status, answer)
        self.assertEqual([('PSO777',)], gateway.query('pluto', 'SELECT created_by FROM communication'))

    def test_its_entry_is_one_that_the_configuration_takes(self):
        for name in ('PSO777', '007', '1.0', 'true', 'null', '-', '-x', '...', '_'):
            with self.subTest(name=name):
                gateway = self.gateway()
                done = subprocess.run([str(PROGRAM), 'key', 'new', f'--name={name}', '--role', 'operator', '--role', 'operator'],
                                      capture_output=True, text=True, check=True)
                config = gateway.folder / 'config' / 'causeway.yaml'
                entry = done.stdout.splitlines()[1]
                config.write_text(config.read_text().replace('security:\n', f'security:\n  keys:\n    {entry}\n'))
                self.assertNotIn('error', gateway.run('check').stderr)

    def test_a_role_or_name_that_is_none_is_refused(self):
        for arguments in (['--name', 'X', '--role', 'king'], ['--name', 'a b', '--role', 'operator'], ['--name', 'X'], ['--role', 'operator']):
            with self.subTest(arguments=arguments):
                done = subprocess.run([str(PROGRAM), 'key', 'new', *arguments], capture_output=True, text=True)
                self.assertNotEqual(0, done.returncode)
                self.assertTrue(done.stderr)
                self.assertNotIn('sha256', done.stdout)


@on_each_database
class Seed:
    def seeded(self, seed=1, customers=200):
        gateway = Gateway(self.database, name='Seed')
        self.addCleanup(gateway.close)
        gateway.run('seed', '--customers', str(customers), '--random-seed', str(seed))
        return gateway

    def content(self, gateway):
        return {(store, table): sorted(gateway.query(store, f'SELECT * FROM "{table}"'), key=repr)
                for store in ('pluto', 'cuba') for table in gateway.database.tables(store)
                if not table.lower().startswith(('causeway_', 'sqlite_'))}

    def test_the_same_seed_gives_the_same_data(self):
        first, second, other = (self.content(self.seeded(seed)) for seed in (7, 7, 8))
        self.assertGreater(sum(len(rows) for rows in first.values()), 200 * 8)
        self.assertEqual(first, second)
        self.assertNotEqual(first, other)

    def test_it_keeps_its_rules(self):
        gateway = self.seeded()
        csids = [f'{n:09}' for n in range(1, 201)]
        customers = gateway.query('pluto', 'SELECT csid, international, name FROM customer ORDER BY csid')
        self.assertEqual(csids, [row[0] for row in customers])
        self.assertEqual([csid for csid in csids if int(csid) % 4 == 0], [row[0] for row in customers if row[1]])
        self.assertTrue(any(not row[2].isascii() for row in customers))
        nameless = gateway.query('cuba', 'SELECT "CSID" FROM "CUBA_CUST" WHERE "APPL_NAME" IS NULL ORDER BY 1')
        self.assertEqual([(csid,) for csid in csids if int(csid) % 50 == 0], nameless)
        in_ps = gateway.query('cuba', 'SELECT "CSID", "PS_STATUS" FROM "CUBA_PS_CUST" ORDER BY 1')
        self.assertEqual([(csid, 'ASSIGNED') for csid in csids if csid.endswith('8')], in_ps)
        self.assertEqual([(200,)], gateway.query('pluto', "SELECT count(*) FROM online_account WHERE status = 'ACTIVE'"))
        self.assertEqual([(800,)], gateway.query('pluto', 'SELECT count(*) FROM channel_preference'))
        self.assertEqual([(0,)], gateway.query('pluto', 'SELECT count(*) FROM privacy_check'))
        officers = gateway.query('cuba', 'SELECT "OFFICER_ID" FROM "CUBA_PS_OFFICER" ORDER BY 1')
        self.assertEqual([(f'PSO{n:03}',) for n in range(1, 21)], officers)

    def test_stores_that_are_not_empty_are_left_alone(self):
        gateway = self.seeded()
        before = self.content(gateway)
        done = gateway.run('seed', '--customers', '300', expect=1)
        self.assertIn('empty', done.stderr)
        self.assertEqual(before, self.content(gateway))

    def test_nothing_is_written_to_either_store_where_only_cuba_is_filled(self):
        gateway = self.seeded(customers=8)
        for table in gateway.database.tables('pluto'):
            if not table.lower().startswith(('causeway_', 'sqlite_')):
                gateway.database.execute('pluto', f'DELETE FROM "{table}"')
        before = self.content(gateway)
        done = gateway.run('seed', '--customers', '8', expect=1)
        self.assertIn('Cuba holds customers or officers already', done.stderr)
        self.assertEqual(before, self.content(gateway))


@on_each_database
class Reconcile:
    def test_it_says_what_is_missing_extra_and_different(self):
        gateway = Gateway(self.database, customers=8, name='Reconcile')
        self.addCleanup(gateway.close)
        gateway.start()
        with gateway.client('ps-officer') as client:
            ids = [client.post('/v1/customers/4/communications', {**RECORD, 'text': f'text {n}'}).body['communicationId'] for n in range(9)]
        gateway.wait_until_copied()
        gateway.stop()
        self.assertRegex(gateway.run('reconcile', '--route', 'communications').stdout, r'\b0 missing, 0 extra, 0 different\b')
        for change in (f'DELETE FROM "CUBA_COMM" WHERE "SRC_ID" IN (\'{ids[0]}\', \'{ids[1]}\')',
                       f'UPDATE "CUBA_COMM" SET "COMM_TEXT" = \'other\' WHERE "SRC_ID" IN (\'{ids[2]}\', \'{ids[3]}\', \'{ids[4]}\')',
                       f'UPDATE "CUBA_COMM" SET "COMM_TYPE" = \'PHONE IN\' WHERE "SRC_ID" = \'{ids[5]}\''):
            gateway.database.execute('cuba', change)
        gateway.database.execute('pluto', f"DELETE FROM communication WHERE communication_id = '{ids[6]}'")
        done = gateway.run('reconcile', '--route', 'communications', expect=1)
        self.assertRegex(done.stdout, r'\b2 missing, 1 extra, 4 different\b')
        for number in (0, 1, 2, 3, 4, 5, 6):
            self.assertIn(ids[number], done.stdout)
        self.assertNotIn(ids[7], done.stdout)

    def test_a_route_that_is_none_is_refused(self):
        gateway = Gateway(self.database, customers=4, name='Reconcile')
        self.addCleanup(gateway.close)
        done = gateway.run('reconcile', '--route', 'comms', expect=1)
        self.assertIn('comms', done.stderr)


class CommandLine(CommandTestCase):
    def test_every_command_has_help(self):
        for command in ('serve', 'check', 'map', 'diff', 'schema', 'reconcile', 'backfill', 'seed', 'key', 'plugins'):
            with self.subTest(command=command):
                done = subprocess.run([str(PROGRAM), command, '--help'], capture_output=True, text=True, check=True)
                self.assertIn('--config', done.stdout + subprocess.run([str(PROGRAM), '--help'], capture_output=True, text=True).stdout)

    def test_nonsense_is_refused(self):
        for arguments in ([], ['dance'], ['serve', '--nonsense'], ['seed', '--customers', '0'], ['check', '--config', 'nowhere.yaml']):
            with self.subTest(arguments=arguments):
                done = subprocess.run([str(PROGRAM), *arguments], capture_output=True, text=True, timeout=60)
                self.assertNotEqual(0, done.returncode)
                self.assertTrue(done.stderr, 'nothing was said about it')

    def test_the_callers_of_these_tests_have_one_role_each(self):
        self.assertEqual(5, len(CALLERS))


if __name__ == '__main__':
    unittest.main()
