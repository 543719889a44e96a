// The words that statements are put together from. Names come from kinds alone and are always quoted (MariaDB speaks
// ANSI_QUOTES); values are always parameters. The table stands under the alias t, PostgreSQL's arrays under u with
// columns c0, c1, ... and the row's number n. Pure.
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

// Stands for the expected version where a field's number is asked for.
inline constexpr std::size_t version_parameter = std::size_t(-1);

// Of keys or rows that a statement is for, as arrays: in PostgreSQL only.
inline constexpr std::size_t any_number = 0;

// Whether what is read stays as it is until the transaction ends, and whether others may read it so too.
enum class row_lock { none, share, update };

namespace words {

// The parameter with this number, from 0: ":p1".
std::string parameter(std::size_t number);
// The element of the array with this number: "u.c0".
std::string element(std::size_t number);
// The value of a parameter within the statement: the array's element in PostgreSQL, or the parameter itself.
std::string given(sql_dialect dialect, std::size_t number);
// unnest(CAST(:p1 AS text[]), ...) WITH ORDINALITY AS u(c0, ..., n); `without`: those that are no arrays.
std::string arrays(const std::vector<column_family> &elements, const std::vector<bool> &without = {});
std::string arrays(const table &of, const std::vector<std::size_t> &parameters, const std::vector<bool> &without = {});
// The arrays, with what `look`, a SELECT about one element of them, finds, as r. With a LIMIT, an OFFSET or a lock in
// it nothing but a look for each of them can come of it, whatever PostgreSQL believes about the table.
std::string for_each(const std::vector<column_family> &elements, const std::string &look);
std::string for_each(const table &of, const std::vector<std::size_t> &parameters, const std::string &look);

std::string column(const table &of, std::size_t field);
// Of a field, or of the version.
std::string parameter_column(const table &of, std::size_t which);
column_family family(const table &of, std::size_t which);
// A parameter's value as the column takes it and is compared with it.
std::string typed(sql_dialect dialect, const table &of, std::size_t which, const std::string &value);
// One that is equal to the parameter, byte by byte.
std::string equals(sql_dialect dialect, const table &of, std::size_t which, const std::string &column_name,
                   const std::string &value);

// A field of the table t as it is read: text in one form, whatever the database's own is.
std::string read_column(sql_dialect dialect, const table &of, std::size_t field);
// The fields, all or these only, and the version, of the table t, as they are read.
std::string all_columns(sql_dialect dialect, const table &of, const std::vector<std::size_t> &only = {});
std::size_t column_count(const table &of, const std::vector<std::size_t> &only = {});

// At the end of a SELECT from the table t.
std::string locked(sql_dialect dialect, row_lock lock);

std::string joined(const std::vector<std::string> &parts, std::string_view between);

}  // namespace words

}  // namespace causeway::sql
