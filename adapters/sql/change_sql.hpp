// The SQL that changes, made from a kind: inserts, updates, puts, erasures and what is required to stand. Pure.
//
// In PostgreSQL it is written for any number of changes at once: each parameter is an array with one element a change.
// In SQLite, where a statement costs no round trip, it is written for one; in MariaDB inserts for a number that is
// said.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sql/change_form.hpp"
#include "sql/connection.hpp"
#include "sql/sql_words.hpp"
#include "sql/table.hpp"

namespace causeway::sql {

// What a change's statement gives back in its rows.
enum class gives {
  nothing,  // the number of rows it changed says all
  version,  // one row a change, in their order: the record's version
  serial,   // one row a change, in their order: the key made by the database
  keys,     // one row for each change that was applied: the key's fields
  one,      // one row for each change that was met
};
gives change_gives(sql_dialect dialect, const table &of, const change_shape &shape);
// For `rows` inserts at once where the dialect is not PostgreSQL's, or for one change.
sql_text change_sql(sql_dialect dialect, const table &of, const change_shape &shape, std::size_t rows = 1);
// PostgreSQL only. Updates of any number of records, of which the parameters that are `same`, by their order, have one
// value for all; at least one has not, and is an array.
sql_text update_sql(const table &of, const change_shape &shape, const std::vector<bool> &same);
// PostgreSQL only. One insert, whose parameters are no arrays. It knows no conflict that may be overlooked.
sql_text insert_sql(const table &of, const change_shape &shape);
// PostgreSQL only. COPY of inserts: the change's parameters, then the version. It knows no conflict that may be
// overlooked: what stands already fails all.
std::string copy_sql(const table &of, const change_shape &shape);
bool can_copy(const table &of, const change_shape &shape);
// Whether such a change must be preceded by a look at what stands: its statement alone cannot tell.
bool looks_first(sql_dialect dialect, const table &of, change_type type);

}  // namespace causeway::sql
