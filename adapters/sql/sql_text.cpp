// The table stands under the alias t, PostgreSQL's arrays under u with columns c0, c1, ... and the row's number n.
#include "sql/sql_text.hpp"

#include <algorithm>

namespace causeway::sql {

namespace {

std::string parameter(std::size_t number) { return ":p" + std::to_string(number + 1); }

std::string column(const table &of, std::size_t field) { return quoted(of.kind().fields[field].column); }
std::string parameter_column(const table &of, std::size_t which) {
  return which == version_parameter ? quoted(of.kind().version) : column(of, which);
}

column_family family(const table &of, std::size_t which) {
  return which == version_parameter ? column_family::integer : family_of(of.kind().fields[which]);
}

// A parameter's value as the column takes it and is compared with it.
std::string typed(sql_dialect dialect, const table &of, std::size_t which, const std::string &value) {
  if (which == version_parameter || dialect != sql_dialect::postgresql) return value;
  const field &f = of.kind().fields[which];
  // Compared as text, a CHAR could not use its index, and a date cannot be compared with text at all.
  if (f.form == column_form::padded) return "CAST(" + value + " AS bpchar)";
  if (f.form == column_form::native)
    return "CAST(" + value + (f.type == field_type::date ? " AS date)" : " AS timestamp)");
  return value;
}

// The column as it is read: text in one form, whatever the database's own is.
std::string read_column(sql_dialect dialect, const table &of, std::size_t which) {
  const field &f = of.kind().fields[which];
  std::string name = "t." + column(of, which);
  if (f.form != column_form::native || dialect != sql_dialect::postgresql) return name;
  const char *format = f.type == field_type::date   ? "YYYY-MM-DD"
                       : of.has_milliseconds(which) ? "YYYY-MM-DD HH24:MI:SS.MS"
                                                    : "YYYY-MM-DD HH24:MI:SS";
  return "to_char(" + name + ", '" + format + "') AS " + column(of, which);
}

// One that is equal to the parameter, byte by byte. MariaDB's collations may see no difference between letters, cases
// and trailing blanks: the first half of the condition finds the rows by their index, the second is exact.
std::string equals(sql_dialect dialect, const table &of, std::size_t which, const std::string &column_name,
                   const std::string &value) {
  std::string plain = column_name + " = " + typed(dialect, of, which, value);
  if (dialect != sql_dialect::mysql || family(of, which) == column_family::integer) return plain;
  if (of.kind().fields[which].form == column_form::native) return plain;
  return plain + " AND CONVERT(" + column_name + " USING utf8mb4) COLLATE utf8mb4_nopad_bin = " + value;
}

std::string joined(const std::vector<std::string> &parts, std::string_view between) {
  std::string all;
  for (const auto &part : parts) {
    if (!all.empty()) all += between;
    all += part;
  }
  return all;
}

// The fields, all or these only, and the version, of the table t.
std::string all_columns(sql_dialect dialect, const table &of, const std::vector<std::size_t> &only = {}) {
  std::vector<std::string> columns;
  columns.reserve(of.kind().fields.size() + 1);
  for (const std::size_t i : only) columns.push_back(read_column(dialect, of, i));
  for (std::size_t i = 0; i < of.kind().fields.size() && only.empty(); ++i)
    columns.push_back(read_column(dialect, of, i));
  if (of.versioned()) columns.push_back("t." + quoted(of.kind().version));
  return joined(columns, ", ");
}

std::size_t column_count(const table &of, const std::vector<std::size_t> &only = {}) {
  return (only.empty() ? of.kind().fields.size() : only.size()) + (of.versioned() ? 1 : 0);
}

// unnest(CAST(:p1 AS text[]), ...) WITH ORDINALITY AS u(c0, ..., n)
std::string arrays(const std::vector<column_family> &elements, const std::vector<bool> &without = {}) {
  std::vector<std::string> sources, names;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!without.empty() && without[i]) continue;
    const bool integer = elements[i] == column_family::integer;
    sources.push_back("CAST(" + parameter(i) + (integer ? " AS bigint[])" : " AS text[])"));
    names.push_back("c" + std::to_string(i));
  }
  names.push_back("n");
  return "unnest(" + joined(sources, ", ") + ") WITH ORDINALITY AS u(" + joined(names, ", ") + ")";
}

std::string arrays(const table &of, const std::vector<std::size_t> &parameters, const std::vector<bool> &without = {}) {
  std::vector<column_family> elements;
  elements.reserve(parameters.size());
  for (const std::size_t which : parameters) elements.push_back(family(of, which));
  return arrays(elements, without);
}

std::string element(std::size_t number) { return "u.c" + std::to_string(number); }

// The value of a parameter within the statement: the array's element, or the parameter itself.
std::string given(sql_dialect dialect, std::size_t number) {
  return dialect == sql_dialect::postgresql ? element(number) : parameter(number);
}

// Behind these values in the order. MariaDB uses no index for a comparison of rows, but for one written out.
std::string behind(sql_dialect dialect, const std::vector<std::string> &columns, const std::vector<std::string> &values,
                   bool descending) {
  const std::string sign = descending ? " < " : " > ";
  if (dialect != sql_dialect::mysql || columns.size() == 1)
    return "(" + joined(columns, ", ") + ")" + sign + "(" + joined(values, ", ") + ")";
  std::string text = columns.back() + sign + values.back();
  for (std::size_t i = columns.size() - 1; i-- > 0;)
    text = "(" + columns[i] + sign + values[i] + " OR (" + columns[i] + " = " + values[i] + " AND " + text + "))";
  return text;
}

// Adds what it needs to `parameters`; `named` gives how the one with this number is written.
std::string where(sql_dialect dialect, const table &of, const find_shape &shape, std::vector<column_family> &parameters,
                  std::string (*named)(std::size_t)) {
  std::vector<std::string> parts;
  for (const auto &c : shape.conditions) {
    if (c.is_null) {
      parts.push_back("t." + column(of, c.field) + " IS NULL");
      continue;
    }
    parts.push_back(equals(dialect, of, c.field, "t." + column(of, c.field), named(parameters.size())));
    parameters.push_back(family(of, c.field));
  }
  if (shape.after) {
    std::vector<std::string> columns, values;
    for (const std::size_t f : shape.order) {
      columns.push_back("t." + column(of, f));
      values.push_back(typed(dialect, of, f, named(parameters.size())));
      parameters.push_back(family(of, f));
    }
    parts.push_back(behind(dialect, columns, values, shape.descending));
  }
  return parts.empty() ? std::string() : " WHERE " + joined(parts, " AND ");
}

}  // namespace

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

namespace {

// At the end of a SELECT from the table t.
std::string locked(sql_dialect dialect, row_lock lock) {
  if (lock == row_lock::none || dialect == sql_dialect::sqlite3) return {};
  if (dialect == sql_dialect::mysql) return lock == row_lock::update ? " FOR UPDATE" : " LOCK IN SHARE MODE";
  return lock == row_lock::update ? " FOR UPDATE OF t" : " FOR SHARE OF t";
}

}  // namespace

sql_text get_sql(sql_dialect dialect, const table &of, row_lock lock, std::size_t rows) {
  sql_text sql;
  const auto &key = of.kind().key;
  const bool arrays_taken = dialect == sql_dialect::postgresql;
  std::vector<std::string> records;
  for (std::size_t r = 0; r < (arrays_taken ? 1 : rows); ++r) {
    std::vector<std::string> matches;
    for (const std::size_t k : key) {
      matches.push_back(equals(dialect, of, k, "t." + column(of, k), given(dialect, sql.parameters.size())));
      sql.parameters.push_back(arrays_taken ? column_family::text : family(of, k));
    }
    records.push_back(joined(matches, " AND "));
  }
  const std::string table_name = quoted(of.kind().table) + " AS t";
  sql.columns = column_count(of);
  if (arrays_taken) {
    sql.text = "SELECT u.n, " + all_columns(dialect, of) + " FROM " + arrays(of, key) + " JOIN " + table_name + " ON " +
               records.front();
    ++sql.columns;
  } else {
    sql.text = "SELECT " + all_columns(dialect, of) + " FROM " + table_name + " WHERE " +
               (rows == 1 ? records.front() : "(" + joined(records, ") OR (") + ")");
  }
  sql.text += locked(dialect, lock);
  return sql;
}

namespace {

// The order's fields, of the table or subquery with this alias.
std::vector<std::string> ordered(const table &of, const find_shape &shape, std::string_view alias) {
  std::vector<std::string> order;
  order.reserve(shape.order.size());
  for (const std::size_t f : shape.order)
    order.push_back(std::string(alias) + "." + column(of, f) + (shape.descending ? " DESC" : " ASC"));
  return order;
}

// Records with these contents, in the order of their keys, by an index made for just that. PostgreSQL might walk along
// the primary key instead, and past every record with other contents, whenever it believes that there are few of those:
// of a queue whose head was worked off it does so until the next ANALYZE. So both ends of the walk are told as places
// in the index, and its whole order is asked for.
bool by_contents_and_key(sql_dialect dialect, const table &of, const find_shape &shape) {
  if (dialect != sql_dialect::postgresql || shape.conditions.empty() || shape.order != of.kind().key) return false;
  std::vector<std::size_t> fields;
  for (const auto &c : shape.conditions) {
    if (c.is_null) return false;
    fields.push_back(c.field);
  }
  fields.insert(fields.end(), shape.order.begin(), shape.order.end());
  return std::any_of(of.kind().indexes.begin(), of.kind().indexes.end(),
                     [&](const index &i) { return i.fields == fields; });
}

std::string where_by_contents_and_key(const table &of, const find_shape &shape, std::vector<column_family> &parameters,
                                      std::string (*named)(std::size_t)) {
  std::vector<std::string> columns, values;
  const auto add = [&](std::size_t f) {
    columns.push_back("t." + column(of, f));
    values.push_back(typed(sql_dialect::postgresql, of, f, named(parameters.size())));
    parameters.push_back(family(of, f));
  };
  const auto compared = [&](const char *sign) {
    return "(" + joined(columns, ", ") + ")" + sign + "(" + joined(values, ", ") + ")";
  };
  for (const auto &c : shape.conditions) add(c.field);
  const std::string last = compared(shape.descending ? " >= " : " <= ");
  if (!shape.after) return " WHERE " + compared(shape.descending ? " <= " : " >= ") + " AND " + last;
  for (const std::size_t f : shape.order) add(f);
  return " WHERE " + compared(shape.descending ? " < " : " > ") + " AND " + last;
}

std::string find_text(sql_dialect dialect, const table &of, const find_shape &shape,
                      std::vector<column_family> &parameters, std::string (*named)(std::size_t)) {
  const bool by_index = by_contents_and_key(dialect, of, shape);
  std::string text = "SELECT " + all_columns(dialect, of, shape.only) + " FROM " + quoted(of.kind().table) + " AS t" +
                     (by_index ? where_by_contents_and_key(of, shape, parameters, named)
                               : where(dialect, of, shape, parameters, named));
  if (by_index) {
    find_shape whole = shape;
    whole.order.clear();
    for (const auto &c : shape.conditions) whole.order.push_back(c.field);
    whole.order.insert(whole.order.end(), shape.order.begin(), shape.order.end());
    text += " ORDER BY " + joined(ordered(of, whole, "t"), ", ");
  } else if (!shape.order.empty()) {
    text += " ORDER BY " + joined(ordered(of, shape, "t"), ", ");
  }
  text += " LIMIT " + named(parameters.size());
  parameters.push_back(column_family::integer);
  return text;
}

}  // namespace

sql_text find_sql(sql_dialect dialect, const table &of, const find_shape &shape) {
  sql_text sql;
  sql.text = find_text(dialect, of, shape, sql.parameters, parameter);
  sql.columns = column_count(of, shape.only);
  return sql;
}

sql_text find_many_sql(const table &of, const find_shape &shape) {
  sql_text sql;
  std::vector<column_family> elements;
  const std::string each = find_text(sql_dialect::postgresql, of, shape, elements, element);
  auto order = ordered(of, shape, "r");
  order.insert(order.begin(), "u.n");
  sql.text = "SELECT u.n, r.* FROM " + arrays(elements) + " CROSS JOIN LATERAL (" + each + ") AS r ORDER BY " +
             joined(order, ", ");
  sql.parameters.assign(elements.size(), column_family::text);
  sql.columns = column_count(of, shape.only) + 1;
  return sql;
}

sql_text count_sql(sql_dialect dialect, const table &of, const find_shape &shape) {
  sql_text sql;
  find_shape conditions = shape;
  conditions.after = false;
  sql.text = "SELECT count(*) FROM " + quoted(of.kind().table) + " AS t" +
             where(dialect, of, conditions, sql.parameters, parameter);
  sql.columns = 1;
  return sql;
}

std::string find_signature(std::string_view verb, const table &of, const find_shape &shape) {
  std::string text = std::string(verb) + " " + of.kind().name;
  for (const auto &c : shape.conditions) text += (c.is_null ? " -" : " =") + std::to_string(c.field);
  for (const std::size_t f : shape.order) text += (shape.descending ? " <" : " >") + std::to_string(f);
  if (shape.after) text += " after";
  for (const std::size_t f : shape.only) text += " +" + std::to_string(f);
  return text;
}

std::vector<std::size_t> change_parameters(const table &of, const change_shape &shape) {
  const std::size_t fields = of.kind().fields.size();
  std::vector<std::size_t> which;
  switch (shape.type) {
    case change_type::insert:
    case change_type::insert_absent:
    case change_type::put:
      // Absent fields are written as null; only a serial is left out, for the database to give.
      for (std::size_t i = 0; i < fields; ++i)
        if (shape.present[i] || of.serial() != i) which.push_back(i);
      return which;
    case change_type::update:
      for (std::size_t i = 0; i < fields; ++i)
        if (shape.present[i] && !of.in_key(i)) which.push_back(i);
      break;
    case change_type::require:
    case change_type::erase:
      break;
  }
  which.insert(which.end(), of.kind().key.begin(), of.kind().key.end());
  if (of.versioned() && shape.type != change_type::erase) which.push_back(version_parameter);
  return which;
}

gives change_gives(sql_dialect dialect, const table &of, const change_shape &shape) {
  const bool makes_key = of.serial() && !shape.present[*of.serial()];
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
      return gives::nothing;
  }
  return gives::nothing;
}

// In MariaDB an insert that meets any unique content updates what has it: right only where there is but the key.
bool puts_by_key(const table &of) {
  if (of.versioned() || of.serial()) return false;
  for (const field &f : of.kind().fields)
    if (f.unique) return false;
  return true;
}

bool looks_first(sql_dialect dialect, const table &of, change_type type) {
  switch (type) {
    case change_type::insert_absent:
      return of.kind().through_view || dialect == sql_dialect::mysql;
    case change_type::put:
      return of.kind().through_view || of.kind().guarded_by_contents ||
             (dialect == sql_dialect::mysql && !puts_by_key(of));
    case change_type::update:
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
  const bool many = dialect == sql_dialect::postgresql;
  for (std::size_t r = 0; r < (many ? 1 : rows); ++r) {
    values.clear();
    for (std::size_t i = 0; i < parameters.size(); ++i)
      values.push_back(typed(dialect, of, parameters[i], given(dialect, r * parameters.size() + i)));
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

// The same, where the parameters that are `same` have one value for all rows.
std::string given(sql_dialect dialect, const table &of, const std::vector<std::size_t> &parameters, std::size_t number,
                  const std::vector<bool> &same) {
  if (same.empty() || !same[number]) return given(dialect, number);
  const bool integer = family(of, parameters[number]) == column_family::integer;
  return "CAST(" + parameter(number) + (integer ? " AS bigint)" : " AS text)");
}

// t."key" = ... AND t."version" = ..., for the parameters from `first` on; `same` as in update_sql.
std::string matches(sql_dialect dialect, const table &of, const std::vector<std::size_t> &parameters, std::size_t first,
                    const std::string &alias = "t.", const std::vector<bool> &same = {}) {
  std::vector<std::string> parts;
  for (std::size_t i = first; i < parameters.size(); ++i)
    parts.push_back(equals(dialect, of, parameters[i], alias + parameter_column(of, parameters[i]),
                           given(dialect, of, parameters, i, same)));
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
                   typed(dialect, of, parameters[i], given(dialect, of, parameters, i, same)));
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

std::string copy_sql(const table &of, const change_shape &shape) {
  std::vector<std::string> columns;
  for (const std::size_t which : change_parameters(of, shape)) columns.push_back(parameter_column(of, which));
  if (of.versioned()) columns.push_back(quoted(of.kind().version));
  return "COPY " + quoted(of.kind().table) + " (" + joined(columns, ", ") + ") FROM STDIN";
}

bool can_copy(const table &of, change_type type) {
  const bool inserts = type == change_type::insert || type == change_type::insert_absent;
  const record_kind &k = of.kind();
  return inserts && !of.serial() && !k.through_view && !k.guarded_by_contents &&
         std::all_of(k.fields.begin(), k.fields.end(), [](const field &f) { return f.form == column_form::plain; });
}

sql_text change_sql(sql_dialect dialect, const table &of, const change_shape &shape, std::size_t rows) {
  const auto parameters = change_parameters(of, shape);
  const bool many = dialect == sql_dialect::postgresql;
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
      sql.text = "SELECT 1 FROM " + name;
      if (many) sql.text += " JOIN " + arrays(of, parameters) + " ON " + matches(dialect, of, parameters, 0, "t.");
      if (!many) sql.text += " WHERE " + matches(dialect, of, parameters, 0, "t.");
      sql.text += locked(dialect, row_lock::share);
      break;
    case change_type::erase: {
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
      for (const std::size_t i : of.kind().key) key.push_back(column(of, i));
      sql.text += " RETURNING " + joined(key, ", ");
      sql.columns = key.size();
      break;
    }
  }
  return sql;
}

std::string change_signature(const table &of, const change_shape &shape) {
  static constexpr char letters[] = {'i', 'a', 'u', 'p', 'r', 'e'};
  std::string text(1, letters[std::size_t(shape.type)]);
  text += std::to_string(of.number());
  text += ' ';
  for (const bool p : shape.present) text += p ? '1' : '0';
  return text;
}

}  // namespace causeway::sql
