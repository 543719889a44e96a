"""A running gateway takes up another configuration, whole or not at all, while requests and copies flow."""

import os
import re
import shutil
import signal
import threading
import time
import unittest

from gateway import BUILD, PATIENCE, ROOT, GatewayTestCase, demo_keys, new_key, on_each_database

RECORD = {'type': 'Phone Out', 'reason': 'PERS SERVICES', 'category': 'PS CUSTOMER CONTACT', 'issue': 'Blank'}
RELOAD = '/v1/admin/config/reload'
TO_DO = ', which takes a restart: restart the gateway, or change it back'
LONG = ' '.join(['word'] * 40)


class ReloadTestCase(GatewayTestCase):
    maxDiff = None

    def setUp(self):
        self.config = self.gateway.folder / 'config'
        self.operator = self.client('operator')
        self.addCleanup(self.restore)

    def restore(self):
        shutil.copytree(ROOT / 'config', self.config, dirs_exist_ok=True)
        (self.gateway.folder / 'var' / 'keys.yaml').write_text(demo_keys().entries)
        with self.gateway.client('operator') as operator:
            answer = operator.post(RELOAD)
        self.assertEqual(200, answer.status, answer)

    def edit(self, name, *pairs):
        """Replaces texts that stand once in a file of the configuration."""
        text = (self.config / name).read_text()
        for old, new in pairs:
            self.assertEqual(1, text.count(old), f'{name}: {old}')
            text = text.replace(old, new)
        (self.config / name).write_text(text)

    def reload(self):
        """Takes it up; what the answer says has changed."""
        answer = self.operator.post(RELOAD)
        self.assertEqual(200, answer.status, answer)
        self.assertEqual([], answer.body['warnings'])
        return [('security: ' if one['security'] else '') + one['change'] for one in answer.body['changes']]

    def refused(self):
        answer = self.operator.post(RELOAD)
        self.assertEqual((422, 'urn:causeway:problem:configuration-refused'), (answer.status, answer.body['type']), answer)
        return [f'{one["pointer"]}: {one["code"]}: {one["detail"]}' for one in answer.body['errors']]

    def reloads(self):
        """How many were taken up and refused so far."""
        text = self.operator.get('/metrics').raw.decode()
        return tuple(int(re.search(rf'causeway_config_reloads_total{{outcome="{name}"}} (\d+)', text)[1])
                     for name in ('taken', 'refused'))

    def until(self, holds):
        give_up = time.monotonic() + 60 * PATIENCE
        while not holds():
            self.assertLess(time.monotonic(), give_up, self.gateway.log()[-3000:])
            time.sleep(0.02)

    def post(self, client, csid, **more):
        return client.post(f'/v1/customers/{csid}/communications', {**RECORD, **more})


@on_each_database
class Reload(ReloadTestCase):
    def test_nothing_changes_where_nothing_has_changed(self):
        self.assertEqual([], self.reload())
        self.assertEqual([], self.reload())

    def test_a_signal_does_the_same(self):
        before = self.reloads()
        self.edit('causeway.yaml', ('listen: {', 'limits: {body: 300}\nlisten: {'))
        self.gateway.process.send_signal(signal.SIGHUP)
        self.until(lambda: self.reloads() == (before[0] + 1, before[1]))
        self.assertEqual(413, self.post(self.client('ps-officer'), 4, text='x' * 300).status)
        self.assertIn('the setting limits.body changes from 1MiB to 300', self.gateway.log())

    def test_limits_of_requests(self):
        officer = self.client('ps-officer')
        self.assertEqual(201, self.post(officer, 4, text='x' * 300).status)
        self.edit('causeway.yaml', ('listen: {', 'limits: {body: 300}\nlisten: {'))
        self.assertEqual(['the setting limits.body changes from 1MiB to 300'], self.reload())
        self.assertEqual(413, self.post(officer, 4, text='x' * 300).status)  # on the connection of before

    def test_keys_and_their_roles(self):
        key, entry = new_key('PSO001', 'partner', 'ps-officer')
        keys = self.gateway.folder / 'var' / 'keys.yaml'
        officer = self.client('ps-officer')
        self.assertEqual(200, officer.get('/v1/ps/officers').status)
        keys.write_text(re.sub(r'.*PSO001.*\n', f'{entry}\n', keys.read_text()))
        self.assertEqual(['security: the key PSO001 gets partner', 'security: the key PSO001 is another one'], self.reload())
        self.assertEqual(401, officer.get('/v1/ps/officers').status)
        self.assertEqual(200, officer.get('/v1/ps/officers', headers={'Authorization': f'Bearer {key}'}).status)

    def test_a_mapping(self):
        self.edit('mappings/note.yaml', ('wrap: 72', 'wrap: 60'))
        changes = self.reload()
        self.assertEqual(1, len(changes))
        self.assertRegex(changes[0], r'^the rule notes\.text changes from from text, .*wrapped at 72.* to .*wrapped at 60')
        officer = self.client('ps-officer')
        record = self.post(officer, 4).body['communicationId']
        officer.post(f'/v1/customers/4/communications/{record}/notes', {'subject': 'In lines', 'text': LONG})
        self.gateway.wait_until_copied()
        rows = self.gateway.query('cuba', 'SELECT "NOTE_TEXT" FROM "CUBA_NOTEPAD" WHERE "SUBJ" = \'In lines\'')
        self.assertEqual([60, 60, 60, 19], [len(line) for line in rows[0][0].split('\n')])

    def test_a_code_more_in_both_kinds(self):
        officer = self.client('ps-officer')
        self.assertEqual(422, self.post(officer, 4, type='Telegram').status)
        self.edit('records/pluto.yaml', ('    - Phone Out\n', '    - Phone Out\n    - Telegram\n'))
        self.edit('records/cuba.yaml', ('    PHONE OUT: Phone Out\n', '    PHONE OUT: Phone Out\n    TELEGRAM: Telegram\n'))
        self.reload()
        posted = self.post(officer, 4, type='Telegram')
        self.assertEqual(201, posted.status, posted)
        self.gateway.wait_until_copied()
        record = f'/v1/customers/4/communications/{posted.body["communicationId"]}'
        self.assertEqual('COPIED', officer.get(record).body['copy']['state'])
        # Without the code again a record that has it cannot be read, and that is no other's matter.
        self.restore()
        self.assertEqual(500, officer.get(record).status)
        self.assertEqual(201, self.post(officer, 4).status)
        self.gateway.database.execute('pluto', "DELETE FROM communication WHERE comm_type = 'Telegram'")
        self.gateway.database.execute('cuba', 'DELETE FROM "CUBA_COMM" WHERE "COMM_TYPE" = \'TELEGRAM\'')

    def test_a_kind_more_has_its_table(self):
        self.assertNotIn('label', self.gateway.database.tables('pluto'))
        self.edit('records/pluto.yaml', ('records:\n', """records:
  label:
    table: label
    key: [name]
    fields:
      name: {column: name, type: text, length: 20, required: true}
"""))
        self.assertEqual(['the kind pluto.label is added: key name',
                          'the field pluto.label.name is added: label.name, text of 20, required'], self.reload())
        self.assertIn('label', self.gateway.database.tables('pluto'))

    def test_a_kind_that_does_not_fit_its_table_is_refused(self):
        self.edit('records/pluto.yaml', ('{column: name, type: text, length: 200,', '{column: full_name, type: text, length: 200,'))
        said = self.refused()
        self.assertEqual(1, len([one for one in said if 'full_name' in one]), said)
        self.assertRegex(said[0], r'^config/causeway\.yaml:13:3: error: store pluto: ')
        self.assertEqual(200, self.client('ps-officer').get('/v1/customers/4').status)

    def test_a_plugin_less(self):
        officer = self.client('ps-officer')
        self.edit('causeway.yaml', ('  - {library: personalised_services}\n', ''))
        self.assertIn('GET /v1/ps/officers is removed', self.reload())
        self.assertEqual(404, officer.get('/v1/ps/officers').status)
        self.assertNotIn('/v1/ps/officers', officer.get('/openapi.json').body['paths'])
        self.assertEqual(['communications', 'online-accounts'],
                         sorted(one['name'] for one in self.operator.get('/v1/admin/plugins').body['items']))
        self.restore()
        self.assertEqual(200, officer.get('/v1/ps/officers').status)

    def test_a_route_less_and_more(self):
        self.edit('causeway.yaml', (re.search(r'  - \{name: notes,.*\n', (self.config / 'causeway.yaml').read_text())[0], ''))
        self.edit('causeway.yaml', ('  - {library: communications}\n', ''))
        self.assertIn('the route notes is removed: pluto.note to cuba.notepad after communications', self.reload())
        self.assertEqual(['communications'], list(self.gateway.copies()))
        self.restore()
        officer = self.client('ps-officer')
        record = self.post(officer, 4).body['communicationId']
        note = officer.post(f'/v1/customers/4/communications/{record}/notes', {'subject': 'A', 'text': 'B'})
        self.assertEqual(201, note.status, note)
        self.assertEqual({'communications', 'notes'}, set(self.gateway.wait_until_copied()))

    def test_a_faulty_one_is_refused_whole(self):
        before = self.reloads()
        key, entry = new_key('NEW001', 'operator')
        self.edit('causeway.yaml', ('listen: {', 'limits: {bdy: 300}\nlisten: {'), ('privacyCheckValidFor: 24h', 'privacyCheckValidfor: 24h'),
                  ('  # keys:\n', f'  keys:\n    {entry}\n'))
        self.edit('mappings/note.yaml', ('wrap: 72', 'wrap: 72, chraset: x'))
        said = self.refused()
        self.assertEqual([
            "config/mappings/note.yaml:14:89: error: unknown key 'chraset' in fields.text; did you mean 'charset'?",
            "config/causeway.yaml:10:10: error: unknown key 'bdy' in limits; did you mean 'body'?",
            "config/causeway.yaml:20:29: error: online-accounts: there is no setting privacyCheckValidfor; did you mean privacyCheckValidFor?",
        ], said)
        self.assertEqual(401, self.client().get('/v1/admin/plugins', headers={'Authorization': f'Bearer {key}'}).status)
        self.assertEqual(201, self.post(self.client('ps-officer'), 4).status)
        self.gateway.process.send_signal(signal.SIGHUP)
        self.until(lambda: self.reloads() == (before[0], before[1] + 2))
        for finding in said:
            self.assertEqual(2, self.gateway.log().count(finding.replace('"', '\\"')), finding)

    def test_a_mapping_whose_test_fails_is_refused(self):
        self.edit('mappings/note.yaml', ('becomes: {sourceId: n,', 'becomes: {sourceId: m,'))
        said = self.refused()
        self.assertEqual(1, len(said), said)
        self.assertRegex(said[0], r'^config/mappings/note\.yaml:\d+:\d+: error: .*sourceId')

    def test_what_takes_a_restart_is_named(self):
        store = '{backend: sqlite3, connect: cuba.db, records: records/cuba.yaml'
        self.edit('causeway.yaml', ('dataDir: var ', 'dataDir: war '), ('threads: 1', 'threads: 2'),
                  (store, store + ', readers: 3, queue: 10'),
                  ('plugins: ', f'  third: {store.replace("cuba.db", "third.db")}}}\ngateways: {{takeover: 2s}}\nmetrics: {{listen: {{port: 0}}}}\nplugins: '))
        shutil.move(self.gateway.folder / 'var' / 'keys.yaml', self.config / 'kept.yaml')
        (self.gateway.folder / 'war').symlink_to('config')
        shutil.copy(self.config / 'kept.yaml', self.config / 'keys.yaml')
        self.assertEqual([
            f'config/causeway.yaml:9:10: error: dataDir changes from var to war{TO_DO}',
            f'config/causeway.yaml:17:22: error: gateways.takeover changes from 5s to 2s{TO_DO}',
            f'config/causeway.yaml:10:51: error: listen.threads changes from 1 to 2{TO_DO}',
            f'config/causeway.yaml:18:19: error: metrics.listen.address is new{TO_DO}',
            f'config/causeway.yaml:18:26: error: metrics.listen.port is new{TO_DO}',
            f'config/causeway.yaml:14:93: error: stores.cuba.queue changes from 4096 to 10{TO_DO}',
            f'config/causeway.yaml:14:83: error: stores.cuba.readers changes from 2 to 3{TO_DO}',
            f'config/causeway.yaml:16:3: error: stores.third is new{TO_DO}',
        ], self.refused())

    def test_two_at_once_are_both_answered(self):
        answers = []

        def ask():
            with self.gateway.client('operator') as operator:
                answers.append(operator.post(RELOAD))

        self.edit('causeway.yaml', ('listen: {', 'limits: {body: 400}\nlisten: {'))
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([200] * 8, [answer.status for answer in answers])
        self.assertEqual(413, self.post(self.client('ps-officer'), 4, text='x' * 400).status)

    def test_figures_count_on(self):
        def count():
            text = self.operator.get('/metrics').raw.decode()
            return int(re.search(r'causeway_http_requests_total\{operation="GET /v1/ps/officers",status="200"\} (\d+)', text)[1])

        officer = self.client('ps-officer')
        officer.get('/v1/ps/officers')
        before = count()
        self.reload()
        officer.get('/v1/ps/officers')
        self.assertEqual(before + 1, count())


@on_each_database
class ReloadOfAPlugin(ReloadTestCase):
    def setUp(self):
        super().setUp()
        self.pipe = self.gateway.folder / 'pipe'
        self.library = self.gateway.folder / 'gate.so'
        os.mkfifo(self.pipe)
        self.addCleanup(self.pipe.unlink)
        self.put('one')
        self.edit('causeway.yaml', ('  - {library: communications}\n',
                                    f'  - {{library: communications}}\n  - {{library: {self.library}, settings: {{pipe: {self.pipe}}}}}\n'))

    def put(self, build):
        new = self.library.with_suffix('.new')
        shutil.copy(BUILD / 'tests' / 'plugins' / f'gate_{build}.so', new)
        new.replace(self.library)

    def build(self):
        return self.operator.get('/v1/gate/build').body['build']

    def test_a_new_build_serves_what_comes_and_the_old_one_what_it_has_begun(self):
        self.assertIn('security: GET /v1/gate/build is added, for operator', self.reload())
        self.assertEqual('one', self.build())
        slow = []

        def wait():
            with self.gateway.client('operator') as operator:
                slow.append(operator.get('/v1/gate/wait'))

        waiting = threading.Thread(target=wait)
        waiting.start()
        with open(self.pipe, 'wb', buffering=0) as pipe:  # opens when the request has begun
            self.put('two')
            self.assertEqual(['security: the plugin gate is another build of version 1.0.0'], self.reload())
            self.assertEqual('two', self.build())
            self.put('one')
            self.reload()
            self.assertEqual('one', self.build())
            self.put('two')
            self.reload()
            self.assertEqual([], slow)
            pipe.write(b'.')
        waiting.join()
        self.assertEqual((200, 'one'), (slow[0].status, slow[0].body['build']))
        self.assertEqual('two', self.build())
        self.restore()
        self.assertEqual(404, self.operator.get('/v1/gate/build').status)


@on_each_database
class ReloadUnderWay(ReloadTestCase):
    def test_no_request_fails_and_every_record_crosses_once_in_its_order(self):
        customers, each, posted, failed = ['4', '8', '12'], 25, {}, []

        def work(csid):
            with self.gateway.client('ps-officer') as officer:
                for number in range(each):
                    answer = self.post(officer, csid, subject=str(number), text=LONG)
                    if answer.status != 201:
                        failed.append(answer)
                        continue
                    posted.setdefault(csid, []).append(answer.body['communicationId'])
                    note = officer.post(f'/v1/customers/{csid}/communications/{posted[csid][-1]}/notes', {'subject': str(number), 'text': LONG})
                    if note.status != 201:
                        failed.append(note)

        threads = [threading.Thread(target=work, args=[csid]) for csid in customers]
        for thread in threads:
            thread.start()
        turns = 0
        while any(thread.is_alive() for thread in threads) or turns < 4:
            wraps = ('wrap: 72', 'wrap: 60') if turns % 2 == 0 else ('wrap: 60', 'wrap: 72')
            self.edit('mappings/note.yaml', wraps)
            self.assertEqual(1, len(self.reload()))
            turns += 1
        for thread in threads:
            thread.join()
        self.assertEqual([], failed)
        self.gateway.wait_until_copied()
        for csid in customers:
            rows = self.gateway.query('cuba', f'SELECT "SRC_ID" FROM "CUBA_COMM" WHERE "CSID" = \'{int(csid):09}\' AND "SRC_ID" IS NOT NULL ORDER BY "COMM_NO"')
            self.assertEqual(posted[csid], [row[0] for row in rows][-each:])
            notes = self.gateway.query('cuba', f'SELECT "SUBJ" FROM "CUBA_NOTEPAD" WHERE "CSID" = \'{int(csid):09}\' AND "SRC_ID" IS NOT NULL ORDER BY "NOTE_NO"')
            self.assertEqual([str(number) for number in range(each)], [row[0] for row in notes][-each:])
        self.assertEqual([(customers.__len__() * each,)], self.gateway.query('pluto', "SELECT count(*) FROM causeway_copied WHERE route = 'notes'"))


if __name__ == '__main__':
    unittest.main()
