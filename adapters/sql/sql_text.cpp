// The table stands under the alias t, PostgreSQL's arrays under u with columns c0, c1, ... and the row's number n.
#include "sql/sql_text.hpp"

namespace causeway::sql {

namespace {

std::string parameter(std::size_t number) { return ":p" + std::to_string(number + 1); }

std::string column(const table &of, std::size_t field) { return quoted(of.kind().fields[field].column); }
std::string parameter_column(const table &of, std::size_t which) {
  return which == version_parameter ? quoted(of.kind().version) : column(of, which);
}

column_family family(const table &of, std::size_t which) {
  return which == version_parameter ? column_family::integer : family_of(of.kind().fields[which].type);
}

std::string joined(const std::vector<std::string> &parts, std::string_view between) {
  std::string all;
  for (const auto &part : parts) {
    if (!all.empty()) all += between;
    all += part;
  }
  return all;
}

// All fields and the version, of the table t.
std::string all_columns(const table &of) {
  std::vector<std::string> columns;
  columns.reserve(of.kind().fields.size() + 1);
  for (std::size_t i = 0; i < of.kind().fields.size(); ++i) columns.push_back("t." + column(of, i));
  if (of.versioned()) columns.push_back("t." + quoted(of.kind().version));
  return joined(columns, ", ");
}

std::size_t column_count(const table &of) { return of.kind().fields.size() + (of.versioned() ? 1 : 0); }

// unnest(CAST(:p1 AS text[]), ...) WITH ORDINALITY AS u(c0, ..., n)
std::string arrays(const std::vector<column_family> &elements) {
  std::vector<std::string> sources, names;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const bool integer = elements[i] == column_family::integer;
    sources.push_back("CAST(" + parameter(i) + (integer ? " AS bigint[])" : " AS text[])"));
    names.push_back("c" + std::to_string(i));
  }
  names.push_back("n");
  return "unnest(" + joined(sources, ", ") + ") WITH ORDINALITY AS u(" + joined(names, ", ") + ")";
}

std::string arrays(const table &of, const std::vector<std::size_t> &parameters) {
  std::vector<column_family> elements;
  elements.reserve(parameters.size());
  for (const std::size_t which : parameters) elements.push_back(family(of, which));
  return arrays(elements);
}

std::string element(std::size_t number) { return "u.c" + std::to_string(number); }

// The value of a parameter within the statement: the array's element, or the parameter itself.
std::string given(sql_dialect dialect, std::size_t number) {
  return dialect == sql_dialect::postgresql ? element(number) : parameter(number);
}

// Adds what it needs to `parameters`; `named` gives how the one with this number is written.
std::string where(const table &of, const find_shape &shape, std::vector<column_family> &parameters,
                  std::string (*named)(std::size_t)) {
  std::vector<std::string> parts;
  for (const auto &c : shape.conditions) {
    if (c.is_null) {
      parts.push_back("t." + column(of, c.field) + " IS NULL");
      continue;
    }
    parts.push_back("t." + column(of, c.field) + " = " + named(parameters.size()));
    parameters.push_back(family(of, c.field));
  }
  if (shape.after) {
    std::vector<std::string> columns, values;
    for (const std::size_t f : shape.order) {
      columns.push_back("t." + column(of, f));
      values.push_back(named(parameters.size()));
      parameters.push_back(family(of, f));
    }
    parts.push_back("(" + joined(columns, ", ") + ") " + (shape.descending ? "<" : ">") + " (" + joined(values, ", ") +
                    ")");
  }
  return parts.empty() ? std::string() : " WHERE " + joined(parts, " AND ");
}

}  // namespace

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

sql_text get_sql(sql_dialect dialect, const table &of) {
  sql_text sql;
  const auto &key = of.kind().key;
  std::vector<std::string> matches;
  for (std::size_t i = 0; i < key.size(); ++i) {
    matches.push_back("t." + column(of, key[i]) + " = " + given(dialect, i));
    sql.parameters.push_back(dialect == sql_dialect::postgresql ? column_family::text : family(of, key[i]));
  }
  const std::string table_name = quoted(of.kind().table) + " AS t";
  if (dialect == sql_dialect::postgresql) {
    sql.text = "SELECT u.n, " + all_columns(of) + " FROM " + arrays(of, key) + " JOIN " + table_name + " ON " +
               joined(matches, " AND ");
    sql.columns = column_count(of) + 1;
  } else {
    sql.text = "SELECT " + all_columns(of) + " FROM " + table_name + " WHERE " + joined(matches, " AND ");
    sql.columns = column_count(of);
  }
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

std::string find_text(const table &of, const find_shape &shape, std::vector<column_family> &parameters,
                      std::string (*named)(std::size_t)) {
  std::string text =
      "SELECT " + all_columns(of) + " FROM " + quoted(of.kind().table) + " AS t" + where(of, shape, parameters, named);
  if (!shape.order.empty()) text += " ORDER BY " + joined(ordered(of, shape, "t"), ", ");
  text += " LIMIT " + named(parameters.size());
  parameters.push_back(column_family::integer);
  return text;
}

}  // namespace

sql_text find_sql(const table &of, const find_shape &shape) {
  sql_text sql;
  sql.text = find_text(of, shape, sql.parameters, parameter);
  sql.columns = column_count(of);
  return sql;
}

sql_text find_many_sql(const table &of, const find_shape &shape) {
  sql_text sql;
  std::vector<column_family> elements;
  const std::string each = find_text(of, shape, elements, element);
  auto order = ordered(of, shape, "r");
  order.insert(order.begin(), "u.n");
  sql.text = "SELECT u.n, r.* FROM " + arrays(elements) + " CROSS JOIN LATERAL (" + each + ") AS r ORDER BY " +
             joined(order, ", ");
  sql.parameters.assign(elements.size(), column_family::text);
  sql.columns = column_count(of) + 1;
  return sql;
}

sql_text count_sql(const table &of, const find_shape &shape) {
  sql_text sql;
  find_shape conditions = shape;
  conditions.after = false;
  sql.text =
      "SELECT count(*) FROM " + quoted(of.kind().table) + " AS t" + where(of, conditions, sql.parameters, parameter);
  sql.columns = 1;
  return sql;
}

std::string find_signature(std::string_view verb, const table &of, const find_shape &shape) {
  std::string text = std::string(verb) + " " + of.kind().name;
  for (const auto &c : shape.conditions) text += (c.is_null ? " -" : " =") + std::to_string(c.field);
  for (const std::size_t f : shape.order) text += (shape.descending ? " <" : " >") + std::to_string(f);
  if (shape.after) text += " after";
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

namespace {

// INSERT INTO "t" AS t (columns) and the rows.
std::string insert_head(sql_dialect dialect, const table &of, const std::vector<std::size_t> &parameters) {
  std::vector<std::string> columns, values;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    columns.push_back(parameter_column(of, parameters[i]));
    values.push_back(given(dialect, i));
  }
  if (of.versioned()) {
    columns.push_back(quoted(of.kind().version));
    values.push_back("1");
  }
  const std::string into = "INSERT INTO " + quoted(of.kind().table) + " AS t (" + joined(columns, ", ") + ") ";
  if (dialect == sql_dialect::sqlite3) return into + "VALUES (" + joined(values, ", ") + ")";
  return into + "SELECT " + joined(values, ", ") + " FROM " + arrays(of, parameters) + " ORDER BY u.n";
}

// ON CONFLICT (key) DO UPDATE SET ...
std::string put_tail(const table &of, const change_shape &shape) {
  std::vector<std::string> key, sets;
  for (const std::size_t i : of.kind().key) key.push_back(column(of, i));
  for (std::size_t i = 0; i < shape.present.size(); ++i)
    if (shape.present[i] && !of.in_key(i)) sets.push_back(column(of, i) + " = excluded." + column(of, i));
  if (of.versioned()) sets.push_back(quoted(of.kind().version) + " = t." + quoted(of.kind().version) + " + 1");
  if (sets.empty()) sets.push_back(key.front() + " = excluded." + key.front());
  return " ON CONFLICT (" + joined(key, ", ") + ") DO UPDATE SET " + joined(sets, ", ");
}

// t."key" = ... AND t."version" = ..., for the parameters from `first` on.
std::string matches(sql_dialect dialect, const table &of, const std::vector<std::size_t> &parameters,
                    std::size_t first) {
  std::vector<std::string> parts;
  for (std::size_t i = first; i < parameters.size(); ++i)
    parts.push_back("t." + parameter_column(of, parameters[i]) + " = " + given(dialect, i));
  return joined(parts, " AND ");
}

std::string update_text(sql_dialect dialect, const table &of, const std::vector<std::size_t> &parameters) {
  std::vector<std::string> sets;
  std::size_t i = 0;
  for (; !of.in_key(parameters[i]); ++i) sets.push_back(column(of, parameters[i]) + " = " + given(dialect, i));
  if (of.versioned()) sets.push_back(quoted(of.kind().version) + " = t." + quoted(of.kind().version) + " + 1");
  const std::string key = column(of, of.kind().key.front());
  if (sets.empty()) sets.push_back(key + " = t." + key);
  std::string text = "UPDATE " + quoted(of.kind().table) + " AS t SET " + joined(sets, ", ");
  if (dialect == sql_dialect::postgresql) text += " FROM " + arrays(of, parameters);
  return text + " WHERE " + matches(dialect, of, parameters, i);
}

}  // namespace

sql_text change_sql(sql_dialect dialect, const table &of, const change_shape &shape) {
  const auto parameters = change_parameters(of, shape);
  const bool many = dialect == sql_dialect::postgresql;
  const std::string name = quoted(of.kind().table) + " AS t";
  sql_text sql;
  for (const std::size_t which : parameters) sql.parameters.push_back(many ? column_family::text : family(of, which));

  switch (shape.type) {
    case change_type::insert:
      sql.text = insert_head(dialect, of, parameters);
      break;
    case change_type::insert_absent:
      sql.text = insert_head(dialect, of, parameters) + " ON CONFLICT DO NOTHING";
      break;
    case change_type::put:
      sql.text = insert_head(dialect, of, parameters) + put_tail(of, shape);
      break;
    case change_type::update:
      sql.text = update_text(dialect, of, parameters);
      break;
    case change_type::require:
      sql.text = "SELECT 1 FROM " + name;
      if (many) sql.text += " JOIN " + arrays(of, parameters) + " ON " + matches(dialect, of, parameters, 0);
      sql.text += many ? " FOR SHARE OF t" : " WHERE " + matches(dialect, of, parameters, 0);
      break;
    case change_type::erase:
      sql.text = "DELETE FROM " + name;
      if (many) sql.text += " USING " + arrays(of, parameters);
      sql.text += " WHERE " + matches(dialect, of, parameters, 0);
      break;
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
