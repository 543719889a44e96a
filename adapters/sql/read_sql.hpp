// The SQL that reads, made from a kind: gets, finds and counts. Pure.
//
// In PostgreSQL gets, and finds of one shape, can be written for any number of requests at once: each parameter is an
// array with one element a request. In SQLite, where a statement costs no round trip, they are written for one; in
// MariaDB gets for a number of keys that is said.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sql/connection.hpp"
#include "sql/sql_words.hpp"
#include "sql/table.hpp"

namespace causeway::sql {

// Parameters: the key's fields, of each of `rows` keys. Columns: of any number of keys first the row's number among
// them, from 1; then the fields, then the version.
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
  bool up_to = false;
  std::vector<std::size_t> only;  // with the order's; empty: all
};
// Parameters: the conditions that are not null, `after` and `up_to` where there are such, the limit. Columns: fields,
// version.
sql_text find_sql(sql_dialect dialect, const table &of, const find_shape &shape);
// PostgreSQL only. The same for any number of requests of one shape: parameters as those of find_sql, each an array.
// Columns: the request's number, from 1; then fields and version. Rows in the order of the requests, each one's in its
// own order and no more than its limit.
sql_text find_many_sql(const table &of, const find_shape &shape);
// Parameters: the conditions that are not null. Columns: the number.
sql_text count_sql(sql_dialect dialect, const table &of, const find_shape &shape);
// Tells apart what find_sql (or count_sql) would write differently, and whose rows are read differently: tables of one
// kind before and after it changed are two.
std::string find_signature(std::string_view verb, const table &of, const find_shape &shape);

}  // namespace causeway::sql
