// Cells in the texts that PostgreSQL takes many of at once. Pure.
#pragma once

#include <string>

#include "sql/table.hpp"

namespace causeway::sql {

// Of an array, {"a","b",NULL}: a comma, but before the first, and the element. `array` begins with its brace.
void append_element(std::string &array, const cell &c);
// Of a row for COPY, where tabs stand between the columns and a line's end behind the last: one column.
void append_column(std::string &row, const cell &c);

}  // namespace causeway::sql
