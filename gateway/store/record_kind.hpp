// A record kind: the declared shape of one table's (or view's) rows. Built from YAML by gateway/settings, or in code
// for Causeway's own tables; from it the adapters generate SQL, the mapping its checks, the host its answers to
// plugins.
//
// Immutable once built, shared by pointer, valid for as long as anyone holds it; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace causeway {

// What a field holds, in the words of `causeway::value`, and how its column holds it.
enum class field_type {
  text,       // std::string; a column of text
  csid,       // std::string of nine digits; a column of text (nine digits)
  code,       // std::string, a readable value of the field's code table; a column of text with the stored value
  date,       // std::string YYYY-MM-DD; a column of text in `format`
  timestamp,  // std::string RFC 3339 UTC with milliseconds; a column of text in `format`
  integer,    // std::int64_t; a column of 64-bit integers
  boolean,    // bool; a column of 0 and 1
  serial,     // std::int64_t, given by the database at insert, rising in order of insertion; only as sole key
};

std::string_view to_string(field_type type);

// How a column holds its field where it is not the plain way of the field's type.
enum class column_form {
  plain,   // as field_type says
  number,  // a whole number: of codes whose stored values are numbers, of dates and timestamps whose format is digits
           // alone, of csids
  padded,  // CHAR(length): text, csids, codes, dates and timestamps, filled up with blanks that are no part of them
  native,  // DATE or TIMESTAMP of the database, in UTC: of dates and timestamps
};

std::string_view to_string(column_form form);

// Stored values and the readable values they stand for; one-to-one.
struct code_table {
  std::string name;
  std::map<std::string, std::string, std::less<>> readable_of;  // stored -> readable
  std::map<std::string, std::string, std::less<>> stored_of;    // readable -> stored

  bool operator==(const code_table &) const = default;
};

// How a field's new keys are made when an insert gives none.
enum class key_generation {
  none,
  uuid,  // UUID version 7, 36 characters
  id,    // 12 characters of Crockford's base 32: 40 bits of milliseconds since 2020, 10 of gateway, 10 of counter
};

struct field {
  std::string name;    // camelCase, as plugins and mappings call it
  std::string column;  // as the table calls it, verbatim (quoted in SQL)
  field_type type = field_type::text;
  std::size_t length = 0;  // characters, of text and code columns, and of every padded one; 0: unbounded
  bool required = false;   // never null
  bool unique = false;     // no two rows with the same content; nulls do not count
  std::string format;      // of date and timestamp columns, in the letters of `time_format`; empty: ISO 8601 / RFC 3339
  std::shared_ptr<const code_table> codes;  // of code fields
  key_generation generate = key_generation::none;
  column_form form = column_form::plain;

  bool operator==(const field &) const = default;  // with the very same code table
};

// An index that must stand, for `find`: conditions on its first fields, order by the rest.
struct index {
  std::vector<std::size_t> fields;

  bool operator==(const index &) const = default;
};

struct record_kind {
  std::string store;       // "pluto"
  std::string name;        // "pluto.communication"
  std::string table;       // as the database calls it, verbatim
  bool read_only = false;  // nothing is inserted or updated; nothing is created but what `view` says
  // Of a read-only kind that a store creates as a view: a SELECT whose columns stand in the order of `fields`, in SQL
  // that every database of the site understands; empty: it is the site's to create.
  std::string view;
  std::vector<field> fields;
  std::vector<std::size_t> key;  // indices of fields; at least one
  std::string version;           // column of the record's version, a 64-bit integer from 1; empty: it has none
  // It has no such column, but an update is guarded by the old values: the store keeps the version beside the table,
  // with a hash of the contents that it belongs to. Who changes the record past the store changes its version. Not for
  // kinds with a serial key.
  bool guarded_by_contents = false;
  // `table` is a view that is written through: an updatable one, or one with INSTEAD OF triggers. Never created.
  bool through_view = false;
  std::vector<index> indexes;  // besides the key and unique fields

  // Whether its records have a version, wherever that is kept.
  bool has_version() const { return !version.empty() || guarded_by_contents; }
  // Index of the field with this name, if there is one.
  std::optional<std::size_t> find_field(std::string_view field_name) const;

  bool operator==(const record_kind &) const = default;
};

using kind_ptr = std::shared_ptr<const record_kind>;

}  // namespace causeway
