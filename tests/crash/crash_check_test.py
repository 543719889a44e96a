"""The look at the stores finds what it is there to find: each fault is put into stores that were in order."""

import unittest

from check import check
from load import Request

TABLES = {'communication': 0, 'note': 1, 'CUBA_COMM': 2, 'CUBA_NOTEPAD': 3, 'causeway_outbox': 4}


def answered(name, csid, asked, acknowledged, parent=None):
    request = Request(f'key {name}', 'note' if parent else 'communication', csid, '/', {'subject': name}, parent)
    request.id, request.asked, request.acknowledged = f'id {name}', asked, acknowledged
    return request


class CrashCheck(unittest.TestCase):
    def setUp(self):
        first, second = answered('first', 4, 1, 2), answered('second', 4, 3, 4)
        note, domestic = answered('note', 4, 5, 6, parent=first), answered('domestic', 5, 1, 2)
        domestic.id = 'C9'
        self.requests = [first, second, note, domestic]
        four, five = '000000004', '000000005'
        self.rows = [
            [['id first', four, 'first'], ['id second', four, 'second']],
            [['id note', four, 'note', 'id first']],
            [['C1', four, 'first', 'id first'], ['C2', four, 'second', 'id second'], ['C9', five, 'domestic', None]],
            [['C3', four, 'note', 'id note', 'C1']],
            [[1, 'communications', four, 'id first', 'COPIED', 'C1'], [2, 'communications', four, 'id second', 'COPIED', 'C2'],
             [3, 'notes', four, 'id note', 'COPIED', 'C3']],
        ]

    def found(self):
        def query(_store, sql):
            return [tuple(row) for row in self.rows[TABLES[sql.split(' FROM ')[1].split()[0].strip('"')]]]

        found = check(query, self.requests)
        return found.lost, found.doubled, found.disordered

    def test_stores_in_order(self):
        self.assertEqual((0, 0, 0), self.found())

    def test_a_record_that_is_gone(self):
        for table, row in ((0, 1), (1, 0), (2, 1), (2, 2), (3, 0)):
            with self.subTest(table=table, row=row):
                self.setUp()
                del self.rows[table][row]
                self.assertEqual((1, 0, 0), self.found())

    def test_a_record_that_stands_twice(self):
        for table, row in ((0, 0), (1, 0), (2, 1), (2, 2), (3, 0)):
            with self.subTest(table=table, row=row):
                self.setUp()
                self.rows[table].append(['another', *self.rows[table][row][1:]])
                self.assertEqual(1, self.found()[1])

    def test_a_record_that_nobody_has_an_answer_for(self):
        self.rows[2].append(['C8', '000000005', 'unheard of', None])
        self.assertEqual((0, 1, 0), self.found())

    def test_copies_in_another_order(self):
        self.rows[2][0][0], self.rows[2][1][0] = 'C2', 'C1'
        self.rows[4][0][5], self.rows[4][1][5], self.rows[3][0][4] = 'C2', 'C1', 'C2'
        self.assertEqual((0, 0, 1), self.found())
        self.requests[1].asked = 1.5  # both at once: either order will do
        self.assertEqual((0, 0, 0), self.found())

    def test_a_note_before_its_record(self):
        self.rows[3][0][0] = self.rows[4][2][5] = 'C0'
        self.assertEqual((0, 0, 1), self.found())

    def test_a_copy_that_waits_is_dead_or_stands_under_another_number(self):
        for column, content in ((4, 'PENDING'), (4, 'DEAD'), (5, 'C7')):
            with self.subTest(content=content):
                self.setUp()
                self.rows[4][1][column] = content
                self.assertEqual((1, 0, 0), self.found())


if __name__ == '__main__':
    unittest.main()
