"""The life of a record as an operator asks for it, over HTTP and with `causeway trace` beside the serving gateway: what was
tried, what stands in Cuba, and whether both sides agree now."""

import json
import time
import unittest

from gateway import CALLERS, PATIENCE, POSTGRESQL, GatewayTestCase, on_each_database

# International customers by the rules of `seed`, one for each test: a copy that waits holds its customer's later ones.
AT_ONCE, FAILING, DEAD, DISCARDED, CHANGED, REMOVED, NOTED = 4, 8, 12, 16, 20, 24, 28
DOMESTIC = 5
TEXT = 'Spoke with Zoë about her plan.'


def refusal(database, name, subject, for_ever):
    """Statements that make Cuba refuse communications with this subject, and that let them in again."""
    if database is POSTGRESQL:
        state = '23514' if for_ever else 'P0001'
        return ([f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                 f"$$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{state}'; END $$",
                 f'CREATE TRIGGER {name} BEFORE INSERT ON "CUBA_COMM" FOR EACH ROW '
                 f'WHEN (NEW."SUBJ" = \'{subject}\') EXECUTE FUNCTION {name}()'],
                [f'DROP TRIGGER {name} ON "CUBA_COMM"', f'DROP FUNCTION {name}'])
    # A trigger of SQLite can abort, which may pass; that it breaks a rule of the schema it cannot say, but do.
    broken = f'INSERT INTO {name}_rule VALUES (0)' if for_ever else "SELECT RAISE(ABORT, 'refused')"
    return ([f'CREATE TABLE {name}_rule (n INTEGER CHECK (n > 0))',
             f'CREATE TRIGGER {name} BEFORE INSERT ON "CUBA_COMM" WHEN NEW."SUBJ" = \'{subject}\' BEGIN {broken}; END'],
            [f'DROP TRIGGER {name}', f'DROP TABLE {name}_rule'])


@on_each_database
class Trace(GatewayTestCase):
    settings = ('relay.poll=200ms',)

    def post(self, csid, subject):
        body = {'type': 'Phone Out', 'reason': 'PERS SERVICES', 'category': 'PS CUSTOMER CONTACT', 'issue': 'Blank',
                'subject': subject, 'text': TEXT}
        answer = self.client('ps-officer').post(f'/v1/customers/{csid}/communications', body)
        self.assertEqual(201, answer.status, answer)
        return answer.body['communicationId']

    def crossing(self, csid, communication_id):
        answer = self.client('operator').get(f'/v1/customers/{csid}/communications/{communication_id}/crossing')
        self.assertEqual(200, answer.status, answer)
        self.assertNotIn(TEXT, answer.raw.decode())
        return answer.body

    def crossing_when(self, csid, communication_id, ready):
        until = time.monotonic() + 30 * PATIENCE
        while True:
            told = self.crossing(csid, communication_id)
            if ready(told):
                return told
            self.assertLess(time.monotonic(), until, told)
            time.sleep(0.05)

    def copied(self, csid, communication_id):
        return self.crossing_when(csid, communication_id, lambda told: told['state'] == 'COPIED')

    def refuse(self, name, subject, for_ever=False):
        """Gives what lets them in again."""
        begin, end = refusal(self.database, name, subject, for_ever)
        for statement in begin:
            self.gateway.database.execute('cuba', statement)
        return lambda: [self.gateway.database.execute('cuba', statement) for statement in end]

    def treat(self, told, how, body=None):
        path = f'/v1/admin/copies/{told["route"]}/dead-letters/{told["outbox"]["id"]}/{how}'
        answer = self.client('operator').post(path, body)
        self.assertIn(answer.status, (200, 202), answer)

    def test_a_copy_that_succeeded_at_once(self):
        record = self.post(AT_ONCE, 'at once')
        told = self.copied(AT_ONCE, record)
        number, = self.gateway.query('cuba', f'SELECT "COMM_NO" FROM "CUBA_COMM" WHERE "SRC_ID" = \'{record}\'')[0]
        self.assertEqual((record, f'{AT_ONCE:09}', 'communications'), (told['communicationId'], told['csid'], told['route']))
        self.assertEqual(CALLERS['ps-officer'], told['postedBy'])
        self.assertRegex(told['mapping']['version'], r'^[0-9a-f]{12}$')
        self.assertEqual(told['mapping']['version'], told['mapping']['current'])
        self.assertEqual(('COPIED', 'POST', 1), tuple(told['outbox'][name] for name in ('state', 'origin', 'attempts')))
        attempt, = told['attempts']
        self.assertEqual((1, 'COPIED', told['outbox']['copiedAt'], told['mapping']['version'], None),
                         tuple(attempt[name] for name in ('number', 'outcome', 'at', 'mapping', 'reason')))
        self.assertTrue(attempt['gateway'])
        self.assertEqual({'store': 'cuba', 'kind': 'cuba.communication', 'key': number, 'present': True}, told['target'])
        self.assertEqual((True, []), (told['agreement']['agrees'], told['agreement']['differingFields']))
        self.assertEqual([(0,)], self.gateway.query(
            'pluto', f"SELECT count(*) FROM causeway_attempt WHERE outbox_id = {told['outbox']['id']}"))

    def test_only_an_operator_is_told_and_only_of_that_customer(self):
        record = self.post(AT_ONCE, 'whose')
        path = f'/v1/customers/{AT_ONCE}/communications/{record}/crossing'
        for role in ('service-officer', 'ps-officer', 'service-manager', 'partner'):
            self.assertEqual(403, self.client(role).get(path).status, role)
        operator = self.client('operator')
        self.assertEqual(200, operator.get(f'/v1/customers/{AT_ONCE:09}/communications/{record}/crossing').status)
        self.assertEqual(404, operator.get(f'/v1/customers/{FAILING}/communications/{record}/crossing').status)
        self.assertEqual(404, operator.get(f'/v1/customers/{AT_ONCE}/communications/nothing/crossing').status)
        self.assertIn('/v1/customers/{csid}/communications/{communicationId}/crossing',
                      operator.get('/openapi.json').body['paths'])

    def test_a_copy_that_failed_twice_and_then_succeeded(self):
        let_in = self.refuse('refuse_for_now', 'not yet')
        record = self.post(FAILING, 'not yet')
        self.crossing_when(FAILING, record, lambda told: len(told['attempts']) >= 2)
        let_in()
        told = self.copied(FAILING, record)
        attempts = told['attempts']
        self.assertEqual(list(range(1, len(attempts) + 1)), [attempt['number'] for attempt in attempts])
        self.assertEqual({'WAITING'}, {attempt['outcome'] for attempt in attempts[:-1]})
        self.assertEqual({'the target could not store it'}, {attempt['reason'] for attempt in attempts[:-1]})
        self.assertEqual(('COPIED', None), (attempts[-1]['outcome'], attempts[-1]['reason']))
        self.assertEqual(len(attempts), told['outbox']['attempts'])
        self.assertTrue(told['agreement']['agrees'])

    def test_a_dead_letter_that_was_replayed(self):
        let_in = self.refuse('refuse_replayed', 'never', for_ever=True)
        record = self.post(DEAD, 'never')
        told = self.crossing_when(DEAD, record, lambda told: told['state'] == 'DEAD')
        self.assertIsNone(told['target'])
        self.assertIsNone(told['agreement']['agrees'])
        behind = self.post(DEAD, 'behind')
        self.assertEqual(told['outbox']['id'], self.crossing(DEAD, behind)['outbox']['heldBy'])
        let_in()
        self.treat(told, 'replay')
        told = self.copied(DEAD, record)
        self.assertEqual(['DEAD', 'REPLAYED', 'COPIED'], [attempt['outcome'] for attempt in told['attempts']])
        self.assertEqual((CALLERS['operator'], None), (told['attempts'][1]['by'], told['attempts'][1]['gateway']))
        self.assertRegex(told['attempts'][0]['reason'], 'cannot be carried to the target')
        self.assertTrue(self.copied(DEAD, behind)['agreement']['agrees'])

    def test_a_dead_letter_that_was_discarded(self):
        self.refuse('refuse_discarded', 'nobody wants it', for_ever=True)
        record = self.post(DISCARDED, 'nobody wants it')
        told = self.crossing_when(DISCARDED, record, lambda told: told['state'] == 'DEAD')
        self.treat(told, 'discard', {'reason': 'Zoë rang, entered by hand'})
        told = self.crossing(DISCARDED, record)
        self.assertEqual(('DISCARDED', 'DISCARDED', CALLERS['operator']),
                         (told['state'], told['attempts'][-1]['outcome'], told['attempts'][-1]['by']))
        self.assertNotIn('Zoë', json.dumps(told, ensure_ascii=False))

    def test_a_copy_that_was_changed_by_hand(self):
        record = self.post(CHANGED, 'as it was')
        number = self.copied(CHANGED, record)['target']['key']
        self.gateway.database.execute(
            'cuba', f'UPDATE "CUBA_COMM" SET "SUBJ" = \'as it is\', "COMM_STATUS" = \'DRAFT\' WHERE "COMM_NO" = \'{number}\'')
        told = self.crossing(CHANGED, record)
        self.assertEqual((False, {'subject', 'status'}),
                         (told['agreement']['agrees'], set(told['agreement']['differingFields'])))
        self.assertNotIn('as it', json.dumps(told))

    def test_a_copy_that_was_removed(self):
        record = self.post(REMOVED, 'gone')
        number = self.copied(REMOVED, record)['target']['key']
        self.gateway.database.execute('cuba', f'DELETE FROM "CUBA_COMM" WHERE "COMM_NO" = \'{number}\'')
        told = self.crossing(REMOVED, record)
        self.assertEqual((number, False, False), (told['target']['key'], told['target']['present'], told['agreement']['agrees']))

    def test_a_record_that_no_route_carries(self):
        told = self.crossing(DOMESTIC, self.post(DOMESTIC, 'in Cuba'))
        self.assertEqual(('NOT_APPLICABLE', 'cuba', None, [], None),
                         tuple(told[name] for name in ('state', 'store', 'outbox', 'attempts', 'target')))
        self.assertEqual(CALLERS['ps-officer'], told['postedBy'])
        self.assertIsNone(told['agreement']['agrees'])

    def test_the_command_tells_the_same_beside_the_gateway(self):
        record = self.post(NOTED, 'with a note')
        answer = self.client('ps-officer').post(
            f'/v1/customers/{NOTED}/communications/{record}/notes', {'subject': 'More', 'text': TEXT})
        self.assertEqual(201, answer.status, answer)
        note = answer.body['noteId']
        # The record's state is read before the notes', and both may change in between.
        told = self.crossing_when(NOTED, record, lambda told: told['state'] == 'COPIED' and
                                  [one['state'] for one in told['followers']] == ['COPIED'])
        follower, = told['followers']
        self.assertEqual(('notes', note), (follower['route'], follower['id']))
        self.gateway.wait_until_copied()

        for asked in (record, told['target']['key']):
            said = json.loads(self.gateway.run('trace', asked, '--json').stdout)
            for one in (said, told):
                one['agreement'].pop('checkedAt', None)
            self.assertEqual(told, said)
        said = json.loads(self.gateway.run('trace', note, '--json').stdout)
        self.assertEqual((note, 'COPIED', follower['targetId'], True),
                         (said['noteId'], said['state'], said['target']['key'], said['agreement']['agrees']))

        for_people = self.gateway.run('trace', record).stdout
        self.assertNotIn(TEXT, for_people)
        for line in (rf'pluto\.communication {record} of customer {NOTED:09}: COPIED', r'posted +at \S+ by PSO001',
                     r'mapping +[0-9a-f]{12} let it in', r' 1  \S+  COPIED  gateway', r'target +cuba\.communication \S+ stands',
                     r'agreement +both agree', rf'follower +pluto\.note {note}: COPIED'):
            self.assertRegex(for_people, line)
        nothing = self.gateway.run('trace', 'nothing', expect=1)
        self.assertRegex(nothing.stderr, 'no route carries a record nothing')


if __name__ == '__main__':
    unittest.main()
