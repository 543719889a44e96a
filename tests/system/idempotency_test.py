"""Idempotency-Key over HTTP: the same key, caller and body have one effect and one answer."""

import threading
import unittest

from gateway import GatewayTestCase, on_each_database

PATH = '/v1/customers/4/communications'
DOMESTIC = '/v1/customers/5/communications'


def record(subject):
    return {'type': 'Phone Out', 'reason': 'PERS SERVICES', 'category': 'PS CUSTOMER CONTACT', 'issue': 'Blank', 'subject': subject}


@on_each_database
class Idempotency(GatewayTestCase):
    def standing(self, subject):
        """How many records with this subject stand in Pluto and, as none's copy, in Cuba."""
        return sum(self.gateway.query(store, f'SELECT count(*) FROM {table} WHERE {where}')[0][0] for store, table, where in [
            ('pluto', 'communication', f"subject = '{subject}'"),
            ('cuba', '"CUBA_COMM"', f'"SUBJ" = \'{subject}\' AND "SRC_ID" IS NULL')])

    def test_the_first_answer_is_given_again(self):
        client = self.client('ps-officer')
        for path in (PATH, DOMESTIC):
            with self.subTest(path=path):
                subject = f'again {path[14]}'
                answers = [client.post(path, record(subject), headers={'Idempotency-Key': subject}) for _ in range(3)]
                self.assertEqual([201] * 3, [answer.status for answer in answers], answers)
                self.assertEqual([None, 'true', 'true'], [answer.headers['Idempotent-Replayed'] for answer in answers])
                self.assertEqual([answers[0].raw] * 3, [answer.raw for answer in answers])
                self.assertEqual([answers[0].headers['Location']] * 3, [answer.headers['Location'] for answer in answers])
                self.assertEqual(1, self.standing(subject))

    def test_an_answer_outlives_the_gateway(self):
        for path in (PATH, DOMESTIC):
            with self.subTest(path=path):
                subject = f'outlives {path[14]}'
                first = self.client('ps-officer').post(path, record(subject), headers={'Idempotency-Key': subject})
                self.assertEqual(201, first.status, first)
                self.gateway.kill()
                self.gateway.start()
                again = self.client('ps-officer').post(path, record(subject), headers={'Idempotency-Key': subject})
                self.assertEqual((201, 'true', first.raw), (again.status, again.headers['Idempotent-Replayed'], again.raw))
                self.assertEqual(1, self.standing(subject))

    def test_another_body_is_refused(self):
        client = self.client('ps-officer')
        headers = {'Idempotency-Key': 'another body'}
        self.assertEqual(201, client.post(PATH, record('one body'), headers=headers).status)
        other = client.post(PATH, record('other body'), headers=headers)
        self.assertEqual(422, other.status, other)
        self.assertEqual('application/problem+json', other.headers['Content-Type'])
        self.assertEqual(0, self.standing('other body'))

    def test_the_same_body_for_another_customer_is_another_request(self):
        client = self.client('ps-officer')
        headers = {'Idempotency-Key': 'another customer'}
        self.assertEqual(201, client.post(PATH, record('another customer'), headers=headers).status)
        other = client.post('/v1/customers/8/communications', record('another customer'), headers=headers)
        self.assertEqual(422, other.status, other)
        self.assertEqual(1, self.standing('another customer'))

    def test_a_request_at_home_in_another_store_is_another_request(self):
        referral, into_cuba = ('/v1/ps/referrals', {'csid': '7', 'type': 'OTHER'}), (DOMESTIC, record('two homes'))
        into_pluto = (PATH, record('two homes'))
        client = self.client('ps-officer')
        for number, (first, *others) in enumerate([(into_pluto, referral), (referral, into_pluto, into_cuba)]):
            headers = {'Idempotency-Key': f'two homes {number}'}
            self.assertEqual(201, client.post(*first, headers=headers).status)
            for other in 2 * others:
                refused = client.post(*other, headers=headers)
                self.assertEqual((422, 'urn:causeway:problem:idempotency-key-reused'), (refused.status, refused.body['type']), refused)
                self.assertNotIn('causeway.', refused.body['detail'])
        self.assertEqual(1, self.standing('two homes'))

    def test_keys_are_the_callers_own(self):
        headers = {'Idempotency-Key': 'same key'}
        mine = self.client('ps-officer').post(PATH, record('same key'), headers=headers)
        theirs = self.client('service-officer').post(PATH, record('same key'), headers=headers)
        self.assertEqual((201, 201, None), (mine.status, theirs.status, theirs.headers['Idempotent-Replayed']), theirs)
        self.assertNotEqual(mine.body['communicationId'], theirs.body['communicationId'])
        self.assertEqual(2, self.standing('same key'))

    def test_twins_have_one_effect(self):
        answers = []
        together = threading.Barrier(12)

        def post():
            with self.gateway.client('ps-officer') as client:
                together.wait()
                answers.append(client.post(PATH, record('twins'), headers={'Idempotency-Key': 'twins'}))

        threads = [threading.Thread(target=post) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLessEqual({answer.status for answer in answers}, {201, 409}, answers)
        self.assertEqual(1, len({answer.raw for answer in answers if answer.status == 201}), answers)
        self.assertEqual(1, sum(answer.status == 201 and answer.headers['Idempotent-Replayed'] is None for answer in answers))
        self.assertEqual(1, self.standing('twins'))

    def test_a_refusal_leaves_the_key_free(self):
        client = self.client('ps-officer')
        headers = {'Idempotency-Key': 'refused first'}
        self.assertEqual(422, client.post(PATH, {**record('refused'), 'type': 'Pigeon'}, headers=headers).status)
        self.assertEqual(201, client.post(PATH, record('refused'), headers=headers).status)

    def test_a_key_has_1_to_255_printable_characters(self):
        client = self.client('ps-officer')
        for key, status in [('k' * 255, 201), ('k' * 256, 422), ('', 422), ('a\tb', 422), ('ä', 422), ('!~ {}"', 201)]:
            with self.subTest(key=key):
                answer = client.post(PATH, record('key'), headers={'Idempotency-Key': key.encode('latin-1')})
                self.assertEqual(status, answer.status, answer)


if __name__ == '__main__':
    unittest.main()
