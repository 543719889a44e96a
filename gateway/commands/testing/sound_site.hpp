// A small site in which `check` finds nothing, to be broken: two stores, a kind of each, a mapping, a plugin, a key.
#pragma once

#include <map>
#include <string>

namespace causeway::testing {

inline const std::map<std::string, std::string> sound_site{{"site.yaml", R"(dataDir: DATA
stores:
  pluto: {backend: sqlite3, connect: pluto.db, records: pluto.yaml}
  cuba: {backend: sqlite3, connect: cuba.db, records: cuba.yaml, charset: windows-1252}
plugins:
  - {library: echo_c}
copies:
  - {name: letters, from: pluto.letter, to: cuba.letter, mapping: letter.yaml}
security:
  keys:
    - {name: OFF, roles: [service-officer, operator], sha256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}
)"},
                                                           {"pluto.yaml", R"(codes:
  kind: [Phone, Fax]
records:
  customer:
    table: customer
    key: [csid]
    version: version
    fields:
      csid: {column: csid, type: csid, required: true}
      name: {column: name, type: text, length: 200, required: true}
      country: {column: country, type: text, length: 2}
      visits: {column: visits, type: integer}
  letter:
    table: letter
    key: [letter_id]
    fields:
      letterId: {column: letter_id, type: text, length: 36, generate: uuid}
      csid: {column: csid, type: csid, required: true}
      kind: {column: kind, type: code, codes: kind, required: true}
      title: {column: title, type: text, length: 20, required: true}
      body: {column: body, type: text, length: 100}
      sentAt: {column: sent_at, type: timestamp, required: true}
      dueOn: {column: due_on, type: date}
      pages: {column: pages, type: integer}
      urgent: {column: urgent, type: boolean, required: true}
    indexes: [[csid, sentAt, letterId]]
)"},
                                                           {"cuba.yaml", R"(codes:
  kind: {P: Phone, F: Fax}
  state: {D: Done}
records:
  letter:
    table: LETTER
    key: [NO]
    fields:
      no: {column: NO, type: text, length: 12, generate: id}
      sourceId: {column: SRC, type: text, length: 36, unique: true}
      csid: {column: CSID, type: csid, required: true}
      kind: {column: KIND, type: code, codes: kind, length: 2, required: true}
      title: {column: TITLE, type: text, length: 20, required: true}
      body: {column: BODY, type: text, length: 1000}
      sentAt: {column: SENT_TS, type: timestamp, format: YYYYMMDDHH24MISSFF3, required: true}
      dueOn: {column: DUE, type: date, format: DD-MON-YYYY}
      pages: {column: PAGES, type: integer}
      urgent: {column: URGENT, type: boolean}
      state: {column: STATE, type: code, codes: state, length: 1}
      remark: {column: REMARK, type: text, length: 10}
    indexes: [[csid, sentAt, no]]
)"},
                                                           {"letter.yaml", R"(from: pluto.letter
to: cuba.letter
fields:
  sourceId: {from: letterId}
  csid: {from: csid}
  kind: {from: kind}
  title: {from: title}
  body: {from: body, onUnmappable: escape}
  sentAt: {from: sentAt}
  dueOn: {from: dueOn}
  pages: {from: pages}
  urgent: {from: urgent}
  state: {value: Done}
accept:
  - {loss: characters, fields: [title, body], reason: titles are ASCII}
tests:
  - name: a letter
    record: {letterId: l, csid: "000000004", kind: Fax, title: Hello, sentAt: "2026-11-21T09:15:00.000Z", urgent: true}
    becomes: {sourceId: l, kind: F, title: Hello, sentAt: "20261121091500000", state: D, urgent: 1}
)"}};

}  // namespace causeway::testing
