// Rows of one table by their keys, as few statements as the dialect allows.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sql/change_sql.hpp"
#include "sql/connection.hpp"
#include "sql/read_sql.hpp"
#include "sql/table.hpp"

namespace causeway::sql {

// Of one statement, as an array.
constexpr std::size_t most_keys = 1000;

// Calls `row` for each row found: which of the keys it was asked by, the statement at the row, and the column of its
// first field. Two equal keys may get one call or two. Throws database_failure.
void read_by_keys(connection &on, const table &of, std::span<const std::vector<cell> *const> keys, row_lock lock,
                  const std::function<void(std::size_t, statement &, std::size_t)> &row);

// Where the dialect reads so many keys in one statement, the steps of it: to be prepared, bound, and run. `row` as
// above.
bool reads_in_one(const connection &on, std::size_t keys);
statement &keyed_statement(connection &on, const table &of, std::size_t keys, row_lock lock);
void bind_keys(statement &s, std::span<const std::vector<cell> *const> keys);
void run_keyed(statement &s, std::size_t keys, const std::function<void(std::size_t, statement &, std::size_t)> &row);

// The cells of a row's fields, as they would be written; nothing where a field holds what the kind does not allow.
std::optional<std::vector<cell>> cells_of_row(const table &of, const statement &s, std::size_t first);

// An unmistakable text of several cells.
std::string text_of_cells(const std::vector<cell> &cells);

// Binds the rows' columns, each as one array.
void bind_arrays(statement &s, std::span<const std::vector<cell> *const> rows);

}  // namespace causeway::sql
