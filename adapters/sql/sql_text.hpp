// The SQL of every request and change, made from a kind. Pure; names come from kinds alone and are always quoted,
// values are always parameters.
//
// In PostgreSQL changes and gets are written for any number of rows at once: each parameter is an array with one
// element a row. In SQLite, where a statement costs no round trip, they are written for one row; in MariaDB, whose
// names are quoted as everywhere else (ANSI_QUOTES), inserts and gets for a number of rows that is said.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sql/connection.hpp"
#include "sql/table.hpp"

namespace causeway::sql {

// "name"
std::string quoted(std::string_view name);

// Whether what is read stays as it is until the transaction ends, and whether others may read it so too.
enum class row_lock { none, share, update };

// Parameters: the key's fields, of each of `rows` keys. Columns: in PostgreSQL, where one statement is for any number,
// first the row's number among the keys, from 1; then the fields, then the version.
sql_text get_sql(sql_dialect dialect, const table &of, row_lock lock = row_lock::none, std::size_t rows = 1);

// What of a find_request decides about its text.
struct find_shape {
  struct condition {
    std::size_t field;
    bool is_null;
  };
  std::vector<condition> conditions;
  std::vector<std::size_t> order;
  bool descending = false;
  bool after = false;
  std::vector<std::size_t> only;  // with the order's; empty: all
};
// Parameters: the conditions that are not null, `after` where there is one, the limit. Columns: fields, version.
sql_text find_sql(sql_dialect dialect, const table &of, const find_shape &shape);
// PostgreSQL only. The same for any number of requests of one shape: parameters as those of find_sql, each an array.
// Columns: the request's number, from 1; then fields and version. Rows in the order of the requests, each one's in its
// own order and no more than its limit.
sql_text find_many_sql(const table &of, const find_shape &shape);
// Parameters: the conditions that are not null. Columns: the number.
sql_text count_sql(sql_dialect dialect, const table &of, const find_shape &shape);
// Tells apart what find_sql (or count_sql) would write differently.
std::string find_signature(std::string_view verb, const table &of, const find_shape &shape);

// What of a change decides about its text: for each field whether it is written (update, put) or given (insert).
struct change_shape {
  change_type type = change_type::insert;
  std::vector<bool> present;
};
// What a change's statement needs of a record, in the order of its parameters: fields, and `version_parameter` for the
// expected version.
inline constexpr std::size_t version_parameter = std::size_t(-1);
std::vector<std::size_t> change_parameters(const table &of, const change_shape &shape);

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
// PostgreSQL only. COPY of inserts: the change's parameters, then the version. It knows no conflict that may be
// overlooked: what stands already fails all.
std::string copy_sql(const table &of, const change_shape &shape);
bool can_copy(const table &of, change_type type);
// Whether such a change must be preceded by a look at what stands: its statement alone cannot tell.
bool looks_first(sql_dialect dialect, const table &of, change_type type);
std::string change_signature(const table &of, const change_shape &shape);

}  // namespace causeway::sql
