#include "sql/contents_guard.hpp"

#include <string_view>

#include "store/kept_versions.hpp"

namespace causeway::sql {

namespace {

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = 0xCBF29CE484222325u ^ seed;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  // FNV's last bytes reach few bits; these spread them.
  hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCDu;
  hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53u;
  return hash ^ hash >> 33;
}

std::int64_t contents_of(const std::vector<cell> &cells) { return std::int64_t(hash_of(text_of_cells(cells), 0) >> 1); }

// Far above all that was raised one by one, and with room to be.
std::int64_t version_of_contents(std::int64_t contents) { return (contents >> 2) | std::int64_t(1) << 62; }

std::string key_text(const std::vector<cell> &key) {
  std::string text = text_of_cells(key);
  if (text.size() > longest_kept_key) text = "#" + std::to_string(hash_of(text, 1)) + std::to_string(hash_of(text, 2));
  return text;
}

std::vector<cell> key_of(const table &of, const std::vector<cell> &cells) {
  std::vector<cell> key;
  for (const std::size_t k : of.kind().key) key.push_back(cells[k]);
  return key;
}

// As one statement where it takes arrays.
void run_for_each(connection &on, statement &s, const std::vector<std::vector<cell>> &rows) {
  if (on.dialect() == sql_dialect::postgresql) {
    std::vector<const std::vector<cell> *> all;
    all.reserve(rows.size());
    for (const auto &row : rows) all.push_back(&row);
    bind_arrays(s, all);
    s.run();
    return;
  }
  for (const auto &row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) s.bind(i, row[i]);
    s.run();
  }
}

}  // namespace

std::vector<contents_guard::look> contents_guard::look_at(const table &of,
                                                          std::span<const std::vector<cell> *const> keys,
                                                          row_lock lock) {
  std::vector<look> found(keys.size());
  read_by_keys(on_, of, keys, lock, [&](std::size_t at, statement &s, std::size_t first) {
    auto cells = cells_of_row(of, s, first);
    found[at].broken = !cells;
    if (!cells) return;
    found[at].row = standing_row{std::move(*cells), 0};
    if (of.versioned()) found[at].row->version = s.number(first + of.kind().fields.size());
  });
  if (!of.kind().guarded_by_contents) return found;
  std::vector<standing_row *> rows;
  for (auto &one : found)
    if (one.row) rows.push_back(&*one.row);
  fill_in(of, rows);
  return found;
}

void contents_guard::fill_in(const table &of, std::span<standing_row *const> rows) {
  if (rows.empty()) return;
  std::vector<std::vector<cell>> keys;
  std::vector<const std::vector<cell> *> asked;
  std::vector<std::int64_t> contents;
  keys.reserve(rows.size());
  for (standing_row *row : rows) {
    keys.push_back({cell(key_text(key_of(of, row->cells))), cell(of.kind().name)});
    asked.push_back(&keys.back());
    contents.push_back(contents_of(row->cells));
    row->version = version_of_contents(contents.back());
  }
  read_by_keys(on_, *versions_, asked, row_lock::none, [&](std::size_t at, statement &s, std::size_t first) {
    if (s.number(first + 2) == contents[at]) rows[at]->version = s.number(first + 3);
  });
}

void contents_guard::keep(const table &of, std::span<const standing_row> rows) {
  const change_shape shape{change_type::put, {true, true, true, true}};
  statement &s = on_.prepared("keep version", [&] { return change_sql(on_.dialect(), *versions_, shape); });
  std::vector<std::vector<cell>> wanted;
  wanted.reserve(rows.size());
  for (const standing_row &row : rows)
    wanted.push_back(
        {cell(of.kind().name), cell(key_text(key_of(of, row.cells))), cell(contents_of(row.cells)), cell(row.version)});
  run_for_each(on_, s, wanted);
}

void contents_guard::forget(const table &of, std::span<const std::vector<cell> *const> keys) {
  const change_shape shape{change_type::erase, {true, true, false, false}};
  statement &s = on_.prepared("forget version", [&] { return change_sql(on_.dialect(), *versions_, shape); });
  std::vector<std::vector<cell>> wanted;
  wanted.reserve(keys.size());
  for (const auto *key : keys) wanted.push_back({cell(key_text(*key)), cell(of.kind().name)});
  run_for_each(on_, s, wanted);
}

}  // namespace causeway::sql
