#include "sql/read_sql.hpp"

#include <algorithm>

namespace causeway::sql {

using namespace words;

namespace {

// On this side of these values, "<" or ">", or just there. MariaDB uses no index for a comparison of rows, but for one
// written out.
std::string beside(sql_dialect dialect, const std::vector<std::string> &columns, const std::vector<std::string> &values,
                   const char *side, bool or_there = false) {
  const std::string sign = std::string(" ") + side + " ", last_sign = or_there ? std::string(" ") + side + "= " : sign;
  if (dialect != sql_dialect::mysql || columns.size() == 1)
    return "(" + joined(columns, ", ") + ")" + last_sign + "(" + joined(values, ", ") + ")";
  std::string text = columns.back() + last_sign + values.back();
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
  const auto add_place = [&](const char *side, bool or_there) {
    std::vector<std::string> columns, values;
    for (const std::size_t f : shape.order) {
      columns.push_back("t." + column(of, f));
      values.push_back(typed(dialect, of, f, named(parameters.size())));
      parameters.push_back(family(of, f));
    }
    parts.push_back(beside(dialect, columns, values, side, or_there));
  };
  if (shape.after) add_place(shape.descending ? "<" : ">", false);
  if (shape.up_to) add_place(shape.descending ? ">" : "<", true);
  return parts.empty() ? std::string() : " WHERE " + joined(parts, " AND ");
}

}  // namespace

sql_text get_sql(sql_dialect dialect, const table &of, row_lock lock, std::size_t rows) {
  sql_text sql;
  const auto &key = of.kind().key;
  const bool arrays_taken = rows == any_number;
  const auto named = arrays_taken ? element : parameter;
  std::vector<std::string> records;
  for (std::size_t r = 0; r < (arrays_taken ? 1 : rows); ++r) {
    std::vector<std::string> matches;
    for (const std::size_t k : key) {
      matches.push_back(equals(dialect, of, k, "t." + column(of, k), named(sql.parameters.size())));
      sql.parameters.push_back(arrays_taken ? column_family::text : family(of, k));
    }
    records.push_back(joined(matches, " AND "));
  }
  sql.text = "SELECT " + all_columns(dialect, of) + " FROM " + quoted(of.kind().table) + " AS t WHERE " +
             (records.size() == 1 ? records.front() : "(" + joined(records, ") OR (") + ")");
  sql.columns = column_count(of);
  if (arrays_taken) {
    sql.text = "SELECT u.n, r.* FROM " + for_each(of, key, sql.text + " OFFSET 0" + locked(dialect, lock));
    ++sql.columns;
  } else {
    sql.text += locked(dialect, lock);
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

// Records with these contents, in the order of their keys, by an index made for just that. PostgreSQL might walk along
// the primary key instead, and past every record with other contents, whenever it believes that there are few of those:
// of a queue whose head was worked off it does so until the next ANALYZE. So of the last of the contents both ends of
// the walk are told, and it is part of the order asked for: the primary key has no such order. The others are told as
// equal; a comparison of rows with them would not end the walk where they end, but where the first of them does. Where
// it is told how far to go, the one index is as good as the other.
bool by_contents_and_key(sql_dialect dialect, const table &of, const find_shape &shape) {
  if (dialect != sql_dialect::postgresql || shape.conditions.empty() || shape.order != of.kind().key) return false;
  if (shape.up_to) return false;
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
  constexpr auto dialect = sql_dialect::postgresql;
  const auto add = [&](std::size_t f) {
    parameters.push_back(family(of, f));
    return typed(dialect, of, f, named(parameters.size() - 1));
  };
  std::vector<std::string> parts;
  for (const auto &c : shape.conditions) parts.push_back("t." + column(of, c.field) + " = " + add(c.field));
  const std::size_t last = shape.conditions.back().field;
  const std::string last_value = typed(dialect, of, last, named(parameters.size() - 1));
  const auto bound = [&](const char *sign) { return "t." + column(of, last) + sign + last_value; };
  parts.back() = bound(shape.descending ? " >= " : " <= ");
  if (shape.after) {
    std::vector<std::string> columns{"t." + column(of, last)}, values{last_value};
    for (const std::size_t f : shape.order) {
      columns.push_back("t." + column(of, f));
      values.push_back(add(f));
    }
    parts.push_back(beside(dialect, columns, values, shape.descending ? "<" : ">"));
  } else {
    parts.push_back(bound(shape.descending ? " <= " : " >= "));
  }
  return " WHERE " + joined(parts, " AND ");
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
    whole.order.push_back(shape.conditions.back().field);
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
  sql.text = "SELECT u.n, r.* FROM " + for_each(elements, each) + " ORDER BY " + joined(order, ", ");
  sql.parameters.assign(elements.size(), column_family::text);
  sql.columns = column_count(of, shape.only) + 1;
  return sql;
}

sql_text count_sql(sql_dialect dialect, const table &of, const find_shape &shape) {
  sql_text sql;
  find_shape conditions = shape;
  conditions.after = conditions.up_to = false;
  sql.text = "SELECT count(*) FROM " + quoted(of.kind().table) + " AS t" +
             where(dialect, of, conditions, sql.parameters, parameter);
  sql.columns = 1;
  return sql;
}

std::string find_signature(std::string_view verb, const table &of, const find_shape &shape) {
  // The table of the versions, which is none of the store's, has a number too.
  std::string text = std::string(verb) + " " + std::to_string(of.number()) + " " + of.kind().name;
  for (const auto &c : shape.conditions) text += (c.is_null ? " -" : " =") + std::to_string(c.field);
  for (const std::size_t f : shape.order) text += (shape.descending ? " <" : " >") + std::to_string(f);
  if (shape.after) text += " after";
  if (shape.up_to) text += " up to";
  for (const std::size_t f : shape.only) text += " +" + std::to_string(f);
  return text;
}

}  // namespace causeway::sql
