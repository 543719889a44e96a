"""`causeway schema` and the loader are two readers of one declaration: what the one takes, the other takes."""

import copy
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import jsonschema

from gateway import PROGRAM

HASH = '0123456789abcdef' * 4
CONFIG = {
    'dataDir': 'var', 'listen': {'address': '127.0.0.1', 'port': 0, 'threads': 1},
    'stores': {'a': {'backend': 'sqlite3', 'connect': 'a.db', 'records': 'records.yaml', 'charset': 'utf-8'},
               'b': {'backend': 'sqlite3', 'connect': 'b.db', 'records': 'other.yaml', 'readers': 2, 'queue': 10, 'create': True}},
    'plugins': [], 'copies': [{'name': 'r', 'from': 'a.thing', 'to': 'b.copy', 'mapping': 'mapping.yaml'}],
    'security': {'keys': [{'name': 'N', 'roles': ['operator'], 'sha256': HASH}], 'keysFrom': 'keys.yaml'},
    'limits': {'body': '1MiB', 'deadline': '10s'}, 'relay': {'batch': 500, 'poll': '1s'}, 'log': {'level': 'info'}}
RECORDS = {
    'codes': {'color': {'R': 'red', 'G': 'green'}, 'size': ['small', 'large']},
    'records': {'thing': {
        'table': 'THING', 'key': ['ID'], 'version': 'V', 'readOnly': False, 'indexes': [['csid', 'id']],
        'fields': {'id': {'column': 'ID', 'type': 'text', 'length': 36, 'generate': 'uuid'},
                   'csid': {'column': 'CSID', 'type': 'csid', 'required': True},
                   'color': {'column': 'COLOR', 'type': 'code', 'codes': 'color', 'length': 5, 'index': True},
                   'on': {'column': 'D', 'type': 'date', 'format': 'YYYYMMDD'}}}}}
OTHER = {'records': {'copy': {'table': 'COPY', 'key': ['NO'], 'fields': {
    'no': {'column': 'NO', 'type': 'text', 'length': 12, 'generate': 'id'},
    'src': {'column': 'SRC', 'type': 'text', 'length': 36, 'unique': True},
    'csid': {'column': 'CSID', 'type': 'csid'}, 'color': {'column': 'COLOR', 'type': 'text', 'length': 9},
    'on': {'column': 'D', 'type': 'date'}, 'say': {'column': 'SAY', 'type': 'text', 'length': 36}}}}}
MAPPING = {
    'from': 'a.thing', 'to': 'b.copy',
    'fields': {'src': {'from': 'id'}, 'csid': {'from': 'csid'}, 'color': {'from': 'color', 'values': {'red': 'R'}},
               'on': {'from': 'on'}, 'say': {'from': 'id', 'onTooLong': 'reject', 'maxLength': 36, 'wrap': 72}},
    'accept': [{'loss': 'length', 'fields': ['say'], 'reason': 'x'}],
    'tests': [{'name': 't', 'record': {'id': 'i', 'csid': '000000001'}, 'becomes': {'src': 'i'}, 'readsBack': {'id': 'i'}}]}
FILES = {'config': 'config.yaml', 'records': 'records.yaml', 'mapping': 'mapping.yaml'}
SOUND = {'config': CONFIG, 'records': RECORDS, 'mapping': MAPPING}
GONE = object()

# File, where, what is put there; the readers say whether it is good.
CHANGES = [
    ('config', 'listen.port', 65535), ('config', 'listen.port', 65536), ('config', 'listen.port', -1),
    ('config', 'listen.port', 'many'), ('config', 'listen.port', True), ('config', 'listen.threads', 0),
    ('config', 'listen.prot', 1), ('config', 'listen', []), ('config', 'stores', GONE), ('config', 'stores.a.backend', GONE),
    ('config', 'stores.a.backend', 'oracle'), ('config', 'stores.a.connect', GONE), ('config', 'stores.a.connect', ''),
    ('config', 'stores.a.connect', 5), ('config', 'stores.a.connect', []), ('config', 'stores.a.records', GONE),
    ('config', 'stores.a.create', 'yes'), ('config', 'stores.a.create', False), ('config', 'stores.a.charset', 'utf8'),
    ('config', 'stores.a.readers', 64), ('config', 'stores.a.readers', 65), ('config', 'stores.a.colour', 'red'),
    ('config', 'plugins', {}), ('config', 'plugins', 'x'), ('config', 'copies.0.name', GONE), ('config', 'copies.0.mapping', GONE),
    ('config', 'copies.0.after', []), ('config', 'security.keys.0.roles', []), ('config', 'security.keys.0.roles', 'operator'),
    ('config', 'security.keys.0.sha256', GONE), ('config', 'limits.body', 65536), ('config', 'limits.body', '64KiB'),
    ('config', 'limits.body', '64KB'), ('config', 'limits.body', -1), ('config', 'limits.deadline', '10'),
    ('config', 'limits.deadline', '200ms'), ('config', 'limits.deadline', 10), ('config', 'limits.deadline', '1.5s'),
    ('config', 'relay.batch', 10000), ('config', 'relay.batch', 10001), ('config', 'log.level', 'loud'),
    ('config', 'log.level', 'debug'), ('config', 'log', 5), ('config', 'extra', 1),
    ('records', 'codes.color', ['x']), ('records', 'codes.color', {}), ('records', 'codes.color', 'red'),
    ('records', 'codes.color.R', []), ('records', 'records', GONE), ('records', 'records.thing.table', GONE),
    ('records', 'records.thing.key', GONE), ('records', 'records.thing.key', []), ('records', 'records.thing.key', 'ID'),
    ('records', 'records.thing.fields', GONE), ('records', 'records.thing.readOnly', 'no'), ('records', 'records.thing.indexes', []),
    ('records', 'records.thing.indexes', ['id']), ('records', 'records.thing.indexes', [[]]),
    ('records', 'records.thing.fields.id.column', GONE), ('records', 'records.thing.fields.id.type', GONE),
    ('records', 'records.thing.fields.id.type', 'string'), ('records', 'records.thing.fields.id.length', 0),
    ('records', 'records.thing.fields.id.length', 40), ('records', 'records.thing.fields.id.width', 40),
    ('records', 'records.thing.fields.id', 'text'), ('records', 'records.thing.fields.csid.required', 1),
    ('mapping', 'from', GONE), ('mapping', 'fields', GONE), ('mapping', 'fields.src', {}), ('mapping', 'fields.src', 'id'),
    ('mapping', 'fields.src.value', 'x'), ('mapping', 'fields.src.form', 'id'), ('mapping', 'fields.say', {'value': 'x'}),
    ('mapping', 'fields.say', {'value': 'x', 'wrap': 72}), ('mapping', 'fields.say.wrap', 7), ('mapping', 'fields.say.wrap', 8),
    ('mapping', 'fields.say.onTooLong', 'cut'), ('mapping', 'fields.say.onUnmappable', 'escape'),
    ('mapping', 'fields.color.values', []), ('mapping', 'fields.color.values.red', []), ('mapping', 'fields.say.lookup', 'x'),
    ('mapping', 'fields.say.lookup', {'kind': 'b.copy', 'by': 'src'}), ('mapping', 'accept.0.loss', 'everything'),
    ('mapping', 'accept.0.reason', GONE), ('mapping', 'accept.0.fields', []), ('mapping', 'tests.0.name', GONE),
    ('mapping', 'tests.0.refused', {'src': 'x'}), ('mapping', 'tests.0.becomes', GONE), ('mapping', 'tests.0.record', GONE),
]


def changed(document, path, content):
    document = copy.deepcopy(document)
    at = document
    *way, last = path.split('.')
    for step in way:
        at = at[int(step) if isinstance(at, list) else step]
    if content is GONE:
        del at[last]
    else:
        at[last] = content
    return document


def schema_of(file):
    return json.loads(subprocess.run([str(PROGRAM), 'schema', file], check=True, capture_output=True, text=True).stdout)


class Schema(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='causeway-schema-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def loader_says(self, file, document):
        """The errors that the loader finds in this file."""
        documents = {**SOUND, file: document}
        for name, content in documents.items():
            if name == 'config' and 'dataDir' in content:
                content = {**content, 'dataDir': str(self.folder / 'var')}
            (self.folder / FILES[name]).write_text(json.dumps(content))
        (self.folder / 'other.yaml').write_text(json.dumps(OTHER))
        done = subprocess.run([str(PROGRAM), 'check', '--json', '--config', str(self.folder / 'config.yaml')],
                              capture_output=True, text=True)
        return [one['message'] for one in json.loads(done.stdout)['findings']
                if one['severity'] == 'error' and one['file'].endswith(FILES[file])]

    def test_both_take_what_is_sound(self):
        for file, document in SOUND.items():
            with self.subTest(file=file):
                schema = schema_of(file)
                jsonschema.Draft202012Validator.check_schema(schema)
                jsonschema.Draft202012Validator(schema).validate(document)
                self.assertEqual([], self.loader_says(file, document))

    def test_both_agree_on_good_and_bad_documents(self):
        validators = {file: jsonschema.Draft202012Validator(schema_of(file)) for file in FILES}
        verdicts = set()
        for file, path, content in CHANGES:
            with self.subTest(file=file, path=path, content='nothing' if content is GONE else content):
                document = changed(SOUND[file], path, content)
                faults = [fault.message for fault in validators[file].iter_errors(document)]
                self.assertEqual(bool(self.loader_says(file, document)), bool(faults), faults or self.loader_says(file, document))
                verdicts.add(bool(faults))
        self.assertEqual({True, False}, verdicts)

    def test_each_knows_the_other_s_keys(self):
        places = {'config': ['', 'listen', 'stores.a', 'copies.0', 'security', 'security.keys.0', 'limits', 'relay', 'log'],
                  'records': ['', 'records.thing', 'records.thing.fields.id'],
                  'mapping': ['', 'fields.src', 'accept.0', 'tests.0']}
        for file, paths in places.items():
            schema = schema_of(file)
            for path in paths:
                with self.subTest(file=file, path=path):
                    said = self.loader_says(file, changed(SOUND[file], f'{path}.qqqqqqqqqqqq'.lstrip('.'), 1))
                    known = [re.search(r"unknown key 'qqqqqqqqqqqq'.*; known are (.*)$", one) for one in said]
                    keys = set(re.split(', | and ', next(one for one in known if one)[1]))
                    node = schema
                    for step in filter(None, path.split('.')):
                        node = (node['items'] if step.isdigit() else
                                node['properties'][step] if 'properties' in node else node['additionalProperties'])
                    self.assertEqual(keys, set(node['properties']))
                    for key, member in node['properties'].items():
                        self.assertTrue(member.get('description'), key)


if __name__ == '__main__':
    unittest.main()
