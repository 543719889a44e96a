// The schema that the kinds want, and how the one that stands differs from it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/connection.hpp"
#include "sql/table.hpp"
#include "store/live_difference.hpp"

namespace causeway::sql {

// CREATE TABLE of a kind. Text columns are TEXT in STRICT tables in SQLite, varchar of the kind's length (else text) in
// collation "C" in PostgreSQL, varchar or longtext in utf8mb4_nopad_bin in MariaDB, so that all order by code points;
// integers and versions INTEGER or bigint, booleans INTEGER or smallint; a serial AUTOINCREMENT, AUTO_INCREMENT or an
// identity. Of the forms: numbers INTEGER or bigint, padded text CHAR (TEXT in SQLite), native ones as they are called.
std::string create_table(sql_dialect dialect, const table &of);
// CREATE INDEX, and CREATE UNIQUE INDEX, on these fields.
std::string create_index(sql_dialect dialect, const table &of, const std::vector<std::size_t> &fields, bool unique);
// CREATE VIEW of a read-only kind that says what it shows.
std::string create_view(const table &of);
// All that a kind needs: its table and its indexes; of a read-only kind its view, if it says one; nothing of one that
// is written through a view.
std::vector<std::string> create_statements(sql_dialect dialect, const table &of);

struct live_column {
  std::string name;
  std::string type;  // as the database calls it
  bool known_type = true;
  column_family family = column_family::text;
  bool comparable = true;                 // false: neither of the families
  column_form form = column_form::plain;  // padded or native, as far as the type says
  int precision = 0;                      // of a native timestamp: digits of a second
  std::size_t length = 0;                 // of text, in characters; 0: unbounded
  std::string encoding;                   // of text, as the database calls it; empty in SQLite, which keeps it all
  bool not_null = false;
  bool fills_itself = false;  // has a default or is made by the database
};

struct live_index {
  std::vector<std::string> columns;  // without those only included
  bool unique = false;
};

struct live_table {
  bool there = false;
  bool view = false;
  bool writable = false;  // of a view: can be inserted into and updated
  std::vector<live_column> columns;
  // Of all rows and of columns, no expressions. One that holds but the beginning of a column is unique on nothing, and
  // has the columns before that.
  std::vector<live_index> indexes;
};

// What stands under this table's name. Throws database_failure.
live_table look_at(connection &on, const table &of);

struct schema_difference {
  live_difference what;
  // The statements that would mend it without touching what stands; empty where there are none.
  std::vector<std::string> remedy;
};
std::vector<schema_difference> compare(sql_dialect dialect, const table &wanted, const live_table &live);

// What the table keeps text in where that lacks characters of `charset` (text_encoding.hpp): the first such column's.
// Nothing where it lacks none.
std::optional<std::string> lacking_encoding(sql_dialect dialect, const table &wanted, const live_table &live,
                                            std::string_view charset);

}  // namespace causeway::sql
