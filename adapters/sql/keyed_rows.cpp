// PostgreSQL takes any number of keys as arrays and says which of them a row belongs to, but finds one by itself in
// half the time. MariaDB takes a fixed number, and the rows are told apart by their keys. In SQLite a statement costs
// no round trip, so there is one for each.
#include "sql/keyed_rows.hpp"

#include <algorithm>
#include <unordered_map>

#include "sql/postgresql_text.hpp"

namespace causeway::sql {

namespace {

constexpr std::size_t listed_keys = 32;  // of one statement, each with parameters of its own

using on_row = std::function<void(std::size_t, statement &, std::size_t)>;
using keys_view = std::span<const std::vector<cell> *const>;

std::string signature(const table &of, row_lock lock, std::size_t rows) {
  return "get " + std::to_string(of.number()) + " " + of.kind().name +
         (lock == row_lock::none    ? " "
          : lock == row_lock::share ? " s"
                                    : " u") +
         std::to_string(rows);
}

void by_list(connection &on, const table &of, keys_view keys, std::size_t before, row_lock lock, const on_row &row) {
  // Of few sizes, so that there are few statements; the last key fills what is left.
  std::size_t size = 1;
  while (size < keys.size()) size *= 2;
  statement &s = on.prepared(signature(of, lock, size), [&] { return get_sql(on.dialect(), of, lock, size); });
  const std::size_t width = of.kind().key.size();
  std::unordered_map<std::string, std::vector<std::size_t>> asked;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = std::min(i, keys.size() - 1);
    if (i == at) asked[text_of_cells(*keys[at])].push_back(before + at);
    for (std::size_t k = 0; k < width; ++k) s.bind(i * width + k, (*keys[at])[k]);
  }
  s.run([&] {
    std::vector<cell> key;
    for (const std::size_t k : of.kind().key) {
      const auto v = of.from_text(k, s.is_null(k), s.text(k));
      auto c = v ? of.to_cell(k, *v) : std::nullopt;
      key.push_back(c ? std::move(*c) : cell());
    }
    const auto found = asked.find(text_of_cells(key));
    if (found == asked.end()) return;
    for (const std::size_t at : found->second) row(at, s, 0);
  });
}

void one_by_one(connection &on, const table &of, keys_view keys, row_lock lock, const on_row &row) {
  statement &s = on.prepared(signature(of, lock, 1), [&] { return get_sql(on.dialect(), of, lock); });
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t k = 0; k < keys[i]->size(); ++k) s.bind(k, (*keys[i])[k]);
    s.run([&] { row(i, s, 0); });
  }
}

}  // namespace

bool reads_in_one(const connection &on, std::size_t keys) {
  return on.dialect() == sql_dialect::postgresql && keys <= most_keys;
}

statement &keyed_statement(connection &on, const table &of, std::size_t keys, row_lock lock) {
  const std::size_t rows = keys == 1 ? 1 : any_number;
  return on.prepared(signature(of, lock, rows), [&] { return get_sql(on.dialect(), of, lock, rows); });
}

void bind_keys(statement &s, keys_view keys) {
  if (keys.size() > 1) return bind_arrays(s, keys);
  for (std::size_t k = 0; k < keys.front()->size(); ++k) s.bind(k, (*keys.front())[k]);
}

void run_keyed(statement &s, std::size_t keys, const on_row &row) {
  if (keys == 1) {
    s.run([&] { row(0, s, 0); });
    return;
  }
  s.run([&] {
    const std::size_t n = std::size_t(s.number(0));
    if (n >= 1 && n <= keys) row(n - 1, s, 1);
  });
}

void read_by_keys(connection &on, const table &of, keys_view keys, row_lock lock, const on_row &row) {
  if (on.dialect() == sql_dialect::sqlite3) return one_by_one(on, of, keys, lock, row);
  const bool arrays = on.dialect() == sql_dialect::postgresql;
  const std::size_t most = arrays ? most_keys : listed_keys;
  for (std::size_t first = 0; first < keys.size(); first += most) {
    const auto some = keys.subspan(first, std::min(most, keys.size() - first));
    if (!arrays) {
      by_list(on, of, some, first, lock, row);
      continue;
    }
    statement &s = keyed_statement(on, of, some.size(), lock);
    bind_keys(s, some);
    run_keyed(s, some.size(),
              [&](std::size_t at, statement &found, std::size_t column) { row(first + at, found, column); });
  }
}

std::optional<std::vector<cell>> cells_of_row(const table &of, const statement &s, std::size_t first) {
  std::vector<cell> cells;
  cells.reserve(of.kind().fields.size());
  for (std::size_t i = 0; i < of.kind().fields.size(); ++i) {
    const auto v = of.from_text(i, s.is_null(first + i), s.text(first + i));
    auto c = v ? of.to_cell(i, *v) : std::nullopt;
    if (!c) return std::nullopt;
    cells.push_back(std::move(*c));
  }
  return cells;
}

std::string text_of_cells(const std::vector<cell> &cells) {
  std::string all;
  for (const cell &c : cells) {
    if (const auto *number = std::get_if<std::int64_t>(&c)) {
      all += 'i' + std::to_string(*number) + ' ';
    } else if (const auto *text = std::get_if<std::string>(&c)) {
      all += std::to_string(text->size()) + ":" + *text;
    } else {
      all += '-';
    }
  }
  return all;
}

void bind_arrays(statement &s, std::span<const std::vector<cell> *const> rows) {
  for (std::size_t i = 0; i < rows.front()->size(); ++i) {
    std::string array = "{";
    for (const auto *row : rows) append_element(array, (*row)[i]);
    array += '}';
    s.bind(i, array);
  }
}

}  // namespace causeway::sql
