#include "sql/change_sql.hpp"

#include <algorithm>

namespace causeway::sql {

using namespace words;

gives change_gives(sql_dialect dialect, const table &of, const change_shape &shape) {
  const bool makes_key = of.serial() && !shape.present[*of.serial()] && shape.tells_key;
  switch (shape.type) {
    case change_type::insert:
      return makes_key ? gives::serial : gives::nothing;
    case change_type::insert_absent:
      if (makes_key) return gives::serial;
      return dialect == sql_dialect::postgresql ? gives::keys : gives::nothing;
    case change_type::put:
      if (makes_key) return gives::serial;
      return of.versioned() ? gives::version : gives::nothing;
    case change_type::require:
      return gives::one;
    case change_type::update:
    case change_type::erase:
    case change_type::erase_at:
      return gives::nothing;
  }
  return gives::nothing;
}

bool looks_first(sql_dialect dialect, const table &of, change_type type) {
  switch (type) {
    case change_type::insert_absent:
      return of.kind().through_view || dialect == sql_dialect::mysql;
    case change_type::put:
      // An insert that meets any unique content, declared or not, updates what has it in MariaDB, whatever its key is.
      return of.kind().through_view || of.kind().guarded_by_contents || dialect == sql_dialect::mysql;
    case change_type::update:
    case change_type::erase_at:
      return of.kind().through_view || of.kind().guarded_by_contents;
    case change_type::require:
      return of.kind().guarded_by_contents;
    case change_type::insert:
    case change_type::erase:
      break;
  }
  return false;
}

namespace {

// INSERT INTO "t" AS t (columns) and the rows.
std::string insert_head(sql_dialect dialect, const table &of, const std::vector<std::size_t> &parameters,
                        std::size_t rows) {
  std::vector<std::string> columns, values, all_rows;
  for (const std::size_t which : parameters) columns.push_back(parameter_column(of, which));
  const bool many = rows == any_number;
  const auto named = many ? element : parameter;
  for (std::size_t r = 0; r < (many ? 1 : rows); ++r) {
    values.clear();
    for (std::size_t i = 0; i < parameters.size(); ++i)
      values.push_back(typed(dialect, of, parameters[i], named(r * parameters.size() + i)));
    if (of.versioned()) values.emplace_back("1");
    all_rows.push_back("(" + joined(values, ", ") + ")");
  }
  if (of.versioned()) columns.push_back(quoted(of.kind().version));
  const std::string into = "INSERT INTO " + quoted(of.kind().table) + (dialect == sql_dialect::mysql ? "" : " AS t") +
                           " (" + joined(columns, ", ") + ") ";
  if (!many) return into + "VALUES " + joined(all_rows, ", ");
  return into + "SELECT " + joined(values, ", ") + " FROM " + arrays(of, parameters) + " ORDER BY u.n";
}

// ON CONFLICT (key) DO UPDATE SET ...
std::string put_tail(sql_dialect dialect, const table &of, const change_shape &shape) {
  const bool by_any_key = dialect == sql_dialect::mysql;
  const auto set = [&](const std::string &name) {
    return name + " = " + (by_any_key ? "VALUES(" + name + ")" : "excluded." + name);
  };
  std::vector<std::string> key, sets;
  for (const std::size_t i : of.kind().key) key.push_back(column(of, i));
  for (std::size_t i = 0; i < shape.present.size(); ++i)
    if (shape.present[i] && !of.in_key(i)) sets.push_back(set(column(of, i)));
  if (of.versioned()) sets.push_back(quoted(of.kind().version) + " = t." + quoted(of.kind().version) + " + 1");
  if (sets.empty()) sets.push_back(set(key.front()));
  if (by_any_key) return " ON DUPLICATE KEY UPDATE " + joined(sets, ", ");
  return " ON CONFLICT (" + joined(key, ", ") + ") DO UPDATE SET " + joined(sets, ", ");
}

// The value of a parameter, of which those that are `same` have one for all rows.
std::string shared_or_given(sql_dialect dialect, const table &of, const std::vector<std::size_t> &parameters,
                            std::size_t number, const std::vector<bool> &same) {
  if (same.empty() || !same[number]) return given(dialect, number);
  const bool integer = family(of, parameters[number]) == column_family::integer;
  return "CAST(" + parameter(number) + (integer ? " AS bigint)" : " AS text)");
}

// t."key" = ... AND t."version" = ..., for the parameters from `first` on; `same` as in update_sql.
//
// PostgreSQL joins what is changed to the arrays, and walks through the whole table for each element of them where it
// believes that there is next to nothing in it: of a queue that was empty at the last ANALYZE it does. An element as an
// array of its own it can only look for by the key's index.
std::string matches(sql_dialect dialect, const table &of, const std::vector<std::size_t> &parameters, std::size_t first,
                    const std::string &alias = "t.", const std::vector<bool> &same = {}) {
  std::vector<std::string> parts;
  for (std::size_t i = first; i < parameters.size(); ++i) {
    const std::string name = alias + parameter_column(of, parameters[i]);
    const std::string value = shared_or_given(dialect, of, parameters, i, same);
    const bool key_of_many = value == element(i) && parameters[i] != version_parameter;
    parts.push_back(key_of_many ? name + " = ANY(ARRAY[" + typed(dialect, of, parameters[i], value) + "])"
                                : equals(dialect, of, parameters[i], name, value));
  }
  return joined(parts, " AND ");
}

// How a table is called that is changed, and how its columns are: MariaDB knows no alias in a DELETE, SQLite none of a
// view that triggers write.
struct changed_table {
  std::string name;
  std::string alias;
};
changed_table changed(sql_dialect dialect, const table &of, bool erased) {
  const std::string name = quoted(of.kind().table);
  const bool bare = dialect == sql_dialect::mysql ? erased : dialect == sql_dialect::sqlite3 && of.kind().through_view;
  if (bare) return {name, ""};
  return {name + " AS t", "t."};
}

std::string update_text(sql_dialect dialect, const table &of, const std::vector<std::size_t> &parameters,
                        const std::vector<bool> &same = {}) {
  const auto in = changed(dialect, of, false);
  std::vector<std::string> sets;
  std::size_t i = 0;
  for (; !of.in_key(parameters[i]); ++i)
    sets.push_back(column(of, parameters[i]) + " = " +
                   typed(dialect, of, parameters[i], shared_or_given(dialect, of, parameters, i, same)));
  const std::string version = quoted(of.kind().version);
  if (of.versioned()) sets.push_back(version + " = " + in.alias + version + " + 1");
  const std::string key = column(of, of.kind().key.front());
  if (sets.empty()) sets.push_back(key + " = " + in.alias + key);
  std::string text = "UPDATE " + in.name + " SET " + joined(sets, ", ");
  if (dialect == sql_dialect::postgresql) text += " FROM " + arrays(of, parameters, same);
  return text + " WHERE " + matches(dialect, of, parameters, i, in.alias, same);
}

}  // namespace

sql_text update_sql(const table &of, const change_shape &shape, const std::vector<bool> &same) {
  const auto parameters = change_parameters(of, shape);
  sql_text sql;
  sql.parameters.assign(parameters.size(), column_family::text);
  sql.text = update_text(sql_dialect::postgresql, of, parameters, same);
  return sql;
}

sql_text insert_sql(const table &of, const change_shape &shape) {
  const auto parameters = change_parameters(of, shape);
  sql_text sql;
  for (const std::size_t which : parameters) sql.parameters.push_back(family(of, which));
  sql.text = insert_head(sql_dialect::postgresql, of, parameters, 1);
  return sql;
}

std::string copy_sql(const table &of, const change_shape &shape) {
  std::vector<std::string> columns;
  for (const std::size_t which : change_parameters(of, shape)) columns.push_back(parameter_column(of, which));
  if (of.versioned()) columns.push_back(quoted(of.kind().version));
  return "COPY " + quoted(of.kind().table) + " (" + joined(columns, ", ") + ") FROM STDIN";
}

bool can_copy(const table &of, const change_shape &shape) {
  const bool inserts = shape.type == change_type::insert || shape.type == change_type::insert_absent;
  const bool says_nothing = !of.serial() || (!shape.tells_key && !shape.present[*of.serial()]);
  const record_kind &k = of.kind();
  return inserts && says_nothing && !k.through_view && !k.guarded_by_contents &&
         std::all_of(k.fields.begin(), k.fields.end(), [](const field &f) { return f.form == column_form::plain; });
}

sql_text change_sql(sql_dialect dialect, const table &of, const change_shape &shape, std::size_t rows) {
  const auto parameters = change_parameters(of, shape);
  const bool many = dialect == sql_dialect::postgresql;
  if (many) rows = any_number;
  const std::string name = quoted(of.kind().table) + " AS t";
  sql_text sql;
  for (std::size_t r = 0; r < (many ? 1 : rows); ++r)
    for (const std::size_t which : parameters) sql.parameters.push_back(many ? column_family::text : family(of, which));

  switch (shape.type) {
    case change_type::insert:
      sql.text = insert_head(dialect, of, parameters, rows);
      break;
    case change_type::insert_absent:
      sql.text = insert_head(dialect, of, parameters, rows);
      if (!looks_first(dialect, of, shape.type)) sql.text += " ON CONFLICT DO NOTHING";
      break;
    case change_type::put:
      sql.text = insert_head(dialect, of, parameters, rows) + put_tail(dialect, of, shape);
      break;
    case change_type::update:
      sql.text = update_text(dialect, of, parameters);
      break;
    case change_type::require:
      sql.text =
          "SELECT 1 FROM " + name + " WHERE " + matches(dialect, of, parameters, 0) + locked(dialect, row_lock::share);
      if (many) sql.text = "SELECT 1 FROM " + for_each(of, parameters, sql.text);
      break;
    case change_type::erase:
    case change_type::erase_at: {
      const auto in = changed(dialect, of, true);
      sql.text = "DELETE FROM " + in.name;
      if (many) sql.text += " USING " + arrays(of, parameters);
      sql.text += " WHERE " + matches(dialect, of, parameters, 0, in.alias);
      break;
    }
  }

  switch (change_gives(dialect, of, shape)) {
    case gives::nothing:
      break;
    case gives::one:
      sql.columns = 1;
      break;
    case gives::version:
      sql.text += " RETURNING " + quoted(of.kind().version);
      sql.columns = 1;
      break;
    case gives::serial:
      sql.text += " RETURNING " + column(of, *of.serial());
      sql.columns = 1;
      break;
    case gives::keys: {
      std::vector<std::string> key;
      for (const std::size_t i : of.kind().key) key.push_back(read_column(dialect, of, i));
      sql.text += " RETURNING " + joined(key, ", ");
      sql.columns = key.size();
      break;
    }
  }
  return sql;
}

}  // namespace causeway::sql
