#include "sql/sql_words.hpp"

namespace causeway::sql {

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

namespace words {

std::string parameter(std::size_t number) { return ":p" + std::to_string(number + 1); }

std::string column(const table &of, std::size_t field) { return quoted(of.kind().fields[field].column); }
std::string parameter_column(const table &of, std::size_t which) {
  return which == version_parameter ? quoted(of.kind().version) : column(of, which);
}

column_family family(const table &of, std::size_t which) {
  return which == version_parameter ? column_family::integer : family_of(of.kind().fields[which]);
}

std::string typed(sql_dialect dialect, const table &of, std::size_t which, const std::string &value) {
  if (which == version_parameter || dialect != sql_dialect::postgresql) return value;
  const field &f = of.kind().fields[which];
  // Compared as text, a CHAR could not use its index, and a date cannot be compared with text at all.
  if (f.form == column_form::padded) return "CAST(" + value + " AS bpchar)";
  if (f.form == column_form::native)
    return "CAST(" + value + (f.type == field_type::date ? " AS date)" : " AS timestamp)");
  return value;
}

// MariaDB's collations may see no difference between letters, cases
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

std::string read_column(sql_dialect dialect, const table &of, std::size_t field) {
  const auto &f = of.kind().fields[field];
  std::string name = "t." + column(of, field);
  if (f.form != column_form::native || dialect != sql_dialect::postgresql) return name;
  const char *format = f.type == field_type::date   ? "YYYY-MM-DD"
                       : of.has_milliseconds(field) ? "YYYY-MM-DD HH24:MI:SS.MS"
                                                    : "YYYY-MM-DD HH24:MI:SS";
  return "to_char(" + name + ", '" + format + "') AS " + column(of, field);
}

std::string all_columns(sql_dialect dialect, const table &of, const std::vector<std::size_t> &only) {
  std::vector<std::string> columns;
  columns.reserve(of.kind().fields.size() + 1);
  for (const std::size_t i : only) columns.push_back(read_column(dialect, of, i));
  for (std::size_t i = 0; i < of.kind().fields.size() && only.empty(); ++i)
    columns.push_back(read_column(dialect, of, i));
  if (of.versioned()) columns.push_back("t." + quoted(of.kind().version));
  return joined(columns, ", ");
}

std::size_t column_count(const table &of, const std::vector<std::size_t> &only) {
  return (only.empty() ? of.kind().fields.size() : only.size()) + (of.versioned() ? 1 : 0);
}

std::string arrays(const std::vector<column_family> &elements, const std::vector<bool> &without) {
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

std::string arrays(const table &of, const std::vector<std::size_t> &parameters, const std::vector<bool> &without) {
  std::vector<column_family> elements;
  elements.reserve(parameters.size());
  for (const std::size_t which : parameters) elements.push_back(family(of, which));
  return arrays(elements, without);
}

std::string for_each(const std::vector<column_family> &elements, const std::string &look) {
  return arrays(elements) + " CROSS JOIN LATERAL (" + look + ") AS r";
}

std::string for_each(const table &of, const std::vector<std::size_t> &parameters, const std::string &look) {
  return arrays(of, parameters) + " CROSS JOIN LATERAL (" + look + ") AS r";
}

std::string element(std::size_t number) { return "u.c" + std::to_string(number); }

std::string given(sql_dialect dialect, std::size_t number) {
  return dialect == sql_dialect::postgresql ? element(number) : parameter(number);
}

std::string locked(sql_dialect dialect, row_lock lock) {
  if (lock == row_lock::none || dialect == sql_dialect::sqlite3) return {};
  if (dialect == sql_dialect::mysql) return lock == row_lock::update ? " FOR UPDATE" : " LOCK IN SHARE MODE";
  return lock == row_lock::update ? " FOR UPDATE OF t" : " FOR SHARE OF t";
}

}  // namespace words

}  // namespace causeway::sql
