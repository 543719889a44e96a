"""Records that stood in Pluto before there was a route, put there past the gateway; and commands that are measured."""

import os
import subprocess
import tempfile
import time


TEXT = 'Rang about the assessment of 2019; Zoë – her representative – will send the papers by post, “as agreed”. '


def _numbers(gateway, first, last):
    """What SQL begins with, where its rows i come from, and how it writes an integer with so many digits."""
    if gateway.database.name == 'sqlite':
        return (f'WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) ',
                'FROM n', lambda number, digits: f"printf('%0{digits}d', {number})")
    return '', f'FROM generate_series({first}, {last}) AS n(i)', lambda number, digits: f"lpad(({number})::text, {digits}, '0')"


def put_communications(gateway, number, customers=25, first=1, text=TEXT * 2):
    """Communications legacy-00000001 and so on, of the international customers 4, 8, ... in turn, a millisecond apart."""
    head, source, padded = _numbers(gateway, first, first + number - 1)
    gateway.database.execute('pluto', (
        f'{head}INSERT INTO communication (communication_id, csid, comm_type, reason, category, issue, subject, body, created_at, created_by) '
        f"SELECT 'legacy-' || {padded('i', 8)}, {padded(f'4 * (1 + i % {customers})', 9)}, 'Phone Out', 'PERS SERVICES', "
        f"'PS CUSTOMER CONTACT', 'Blank', 'legacy ' || {padded('i', 8)}, '{text}' || {padded('i', 8)}, "
        f"'2019-01-01T00:' || {padded('i / 60000 % 60', 2)} || ':' || {padded('i / 1000 % 60', 2)} || '.' || {padded('i % 1000', 3)} || 'Z', "
        f"'OLD' {source}"))


def put_notes(gateway, number, first=1):
    """One note on each of the first communications."""
    head, source, padded = _numbers(gateway, first, first + number - 1)
    on = f"'legacy-' || {padded('i', 8)}"
    gateway.database.execute('pluto', (
        f'{head}INSERT INTO note (note_id, communication_id, csid, subject, body, created_at, created_by) '
        f"SELECT 'note-' || {padded('i', 8)}, {on}, (SELECT csid FROM communication WHERE communication_id = {on}), "
        f"'note ' || {padded('i', 8)}, 'text of note ' || {padded('i', 8)}, '2019-02-01T00:00:00.000Z', 'OLD' {source}"))


class Measured:
    """A command run to its end: returncode, stdout, stderr, seconds, seconds of the processor, peak resident memory in MB."""

    def __init__(self, gateway, command, *more):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            began = time.monotonic()
            process = subprocess.Popen(gateway.arguments(command, *more), cwd=gateway.folder, stdin=subprocess.DEVNULL,
                                       stdout=out, stderr=err)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = self.returncode = os.waitstatus_to_exitcode(status)
            self.seconds = time.monotonic() - began
            self.peak = usage.ru_maxrss / 1024
            self.processor = usage.ru_utime + usage.ru_stime
            out.seek(0)
            err.seek(0)
            self.stdout, self.stderr = out.read().decode(), err.read().decode()

    @property
    def sums(self):
        lines = self.stdout.splitlines()
        if not lines:
            raise AssertionError(f'nothing was reported; the command ended with {self.returncode}:\n{self.stderr[-4000:]}')
        return lines[-1]


