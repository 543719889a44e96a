"""What stands in the stores, looked at from outside with SQL: each acknowledged record exactly once in each store that it
belongs in, nothing that nobody asked for, and each customer's copies in their order."""

import collections
import re

SHOWN = 12  # of each kind of fault

ROUTES = ('communications', 'notes')


class Checked:
    """What was found. `faults` are sentences; whoever has none is clean."""

    def __init__(self):
        self.records = 0  # acknowledged, and looked for
        self.lost = 0
        self.doubled = 0
        self.disordered = 0  # customers whose copies stand in another order
        self.faults = []

    def add(self, counter, sentence):
        setattr(self, counter, getattr(self, counter) + 1)
        if getattr(self, counter) <= SHOWN:
            self.faults.append(f'{counter}: {sentence}')


class _Table:
    """Rows by the subject that names the request they came from."""

    def __init__(self, rows, subject):
        self.by_subject = collections.defaultdict(list)
        for row in rows:
            self.by_subject[row[subject]].append(row)


def check(query, answered, unclear=()):
    """`query(store, sql)` gives rows. `answered`: the acknowledged requests; `unclear`: subjects that may stand, or not."""
    found = Checked()
    tables = {
        ('pluto', 'communication'): _Table(query('pluto', 'SELECT communication_id, csid, subject FROM communication'), 2),
        ('cuba', 'communication'): _Table(query('cuba', 'SELECT "COMM_NO", "CSID", "SUBJ", "SRC_ID" FROM "CUBA_COMM"'), 2),
        ('pluto', 'note'): _Table(query('pluto', 'SELECT note_id, csid, subject, communication_id FROM note'), 2),
        ('cuba', 'note'): _Table(query('cuba', 'SELECT "NOTE_NO", "CSID", "SUBJ", "SRC_ID", "COMM_NO" FROM "CUBA_NOTEPAD"'), 2),
    }
    asked = collections.defaultdict(set)
    numbers = {}  # in Cuba, by Pluto's key
    for request in answered:
        if request.kind == 'stray':
            continue
        found.records += 1
        asked[request.kind].add(request.subject)
        in_pluto = tables['pluto', request.kind].by_subject.get(request.subject, [])
        in_cuba = tables['cuba', request.kind].by_subject.get(request.subject, [])
        _check_one(found, request, in_pluto, in_cuba, numbers)
    for (store, kind), table in tables.items():
        for subject in table.by_subject.keys() - asked[kind] - set(unclear):
            found.add('doubled', f'a {kind} in {store} that no answer was given for: {subject}')
    _check_outbox(found, query, numbers)
    _check_order(found, answered, numbers)
    return found


def _check_one(found, request, in_pluto, in_cuba, numbers):
    wanted = (1, 1) if request.crosses else (0, 1)
    counts = (len(in_pluto), len(in_cuba))
    if any(have < want for have, want in zip(counts, wanted)):
        found.add('lost', f'{request} (tried {request.tries} times) stands in Pluto and Cuba {counts} times instead of {wanted}')
        return
    if counts != wanted:
        found.add('doubled', f'{request} (tried {request.tries} times) stands in Pluto and Cuba {counts} times instead of {wanted}')
        return
    number, csid, source = in_cuba[0][0], in_cuba[0][1], in_cuba[0][3]
    keys = {row[0] for row in in_pluto} or {number}
    if keys != {request.id}:
        found.add('lost', f'{request} was answered with the id {request.id} and stands under {keys}')
    if {row[1] for row in in_pluto} | {csid} != {f'{request.csid:09}'}:
        found.add('lost', f'{request} stands under another customer')
    if source != (request.id if request.crosses else None):
        found.add('lost', f'{request} has the source {source} in Cuba')
    if request.crosses:
        numbers[request.id] = number
    if request.kind == 'note':
        belongs = numbers.get(request.parent.id) if request.crosses else request.parent.id
        # A note is acknowledged after its record, so that has been met by now.
        if in_cuba[0][4] != belongs:
            found.add('lost', f'{request} belongs to {in_cuba[0][4]} in Cuba instead of {belongs}')
        if number <= in_cuba[0][4]:
            found.add('disordered', f'{request} was copied before its record')


def _check_outbox(found, query, numbers):
    rows = query('pluto', 'SELECT id, route, csid, source_key, state, target_id FROM causeway_outbox'
                 " UNION ALL SELECT id, route, csid, source_key, 'COPIED', target_id FROM causeway_copied ORDER BY 1")
    seen = set()
    for number, route, csid, source, state, target in rows:
        if state != 'COPIED':
            found.add('lost', f'the copy {number} of route {route} is {state}')
        if (route, source) in seen:
            found.add('doubled', f'{source} was asked to be copied twice by route {route}')
        seen.add((route, source))
        if source in numbers and numbers[source] != target:
            found.add('lost', f'the copy {number} says that it stands under {target}; it stands under {numbers[source]}')


def _check_order(found, answered, numbers):
    """Cuba's numbers rise in time. Of two records of a customer the one that was acknowledged before the other was asked for
    stands before it; two that were asked for at once may stand either way."""
    by_customer = collections.defaultdict(list)
    for request in answered:
        if request.id in numbers:
            by_customer[request.kind, request.csid].append(request)
    for (kind, csid), requests in by_customer.items():
        latest = None  # of those before, the one that was asked for last
        for request in sorted(requests, key=lambda one: numbers[one.id]):
            if latest and request.acknowledged < latest.asked:
                found.add('disordered', f'customer {csid}: {latest} stands before {request}, which was acknowledged'
                          f' {latest.asked - request.acknowledged:.3f} s before the other was asked for')
            if not latest or request.asked > latest.asked:
                latest = request


def reconcile(gateway):
    """What `causeway reconcile` finds between the stores, as sentences; none where they agree."""
    faults = []
    for route in ROUTES:
        said = gateway.run('reconcile', '--route', route, expect=None)
        if said.returncode != 0 or not re.search(r'\b0 missing, 0 extra, 0 different\b', said.stdout):
            faults.append(f'reconcile --route {route} ended with {said.returncode}: {said.stdout[-600:]}{said.stderr[-600:]}')
    return faults
