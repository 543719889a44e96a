// Asks the database what stands under a table's name.
#include <algorithm>
#include <initializer_list>
#include <map>

#include "sql/schema.hpp"
#include "sql/sql_words.hpp"

namespace causeway::sql {

namespace {

struct question {
  std::string text;
  std::size_t columns;
};

// What it takes to ask one database: each question has the table's name as its only parameter, perhaps several times.
struct catalogue {
  question kind;  // 'v' for a view, anything else for a table, 1 for a view that can be written; no row: nothing there
  // name, type, length or 0, 1 for not null, 1 for filling itself, digits of a second or of a decimal,
  // what its text is kept in or nothing.
  question columns;
  question indexes;  // index, 1 for unique, column; in the order of index and column
};

const catalogue &sqlite_catalogue() {
  static const catalogue all{
      {"SELECT substr(type, 1, 1), (SELECT count(*) > 0 FROM sqlite_master AS i WHERE i.type = 'trigger' AND "
       "lower(i.tbl_name) = lower(:p1) AND upper(i.sql) LIKE '%INSTEAD OF INSERT%') AND (SELECT count(*) > 0 FROM "
       "sqlite_master AS u WHERE u.type = 'trigger' AND lower(u.tbl_name) = lower(:p2) AND upper(u.sql) LIKE "
       "'%INSTEAD OF UPDATE%') FROM sqlite_master WHERE lower(name) = lower(:p3) AND type IN ('table', 'view')",
       2},
      {"SELECT name, type, 0, \"notnull\" OR pk > 0, dflt_value IS NOT NULL OR (pk > 0 AND upper(type) = 'INTEGER'), "
       "0, '' FROM pragma_table_info(:p1)",
       7},
      {"SELECT * FROM (SELECT il.name, il.\"unique\", ii.name FROM pragma_index_list(:p1) AS il, "
       "pragma_index_info(il.name) AS ii WHERE il.partial = 0 ORDER BY il.name, ii.seqno) "
       "UNION ALL SELECT * FROM (SELECT '', 1, name FROM pragma_table_info(:p2) WHERE pk > 0 ORDER BY pk)",
       3}};
  return all;
}

const catalogue &postgresql_catalogue() {
  static const catalogue all{
      {"SELECT CASE WHEN relkind IN ('v', 'm') THEN 'v' ELSE 't' END, CASE WHEN pg_relation_is_updatable(oid, true) & "
       "12 "
       "= 12 THEN 1 ELSE 0 END FROM pg_class WHERE oid = to_regclass(CAST(:p1 AS text))",
       2},
      {"SELECT a.attname, t.typname, CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod "
       "- 4 ELSE 0 END, CASE WHEN a.attnotnull THEN 1 ELSE 0 END, CASE WHEN a.atthasdef OR a.attidentity IN ('a', 'd') "
       "THEN 1 ELSE 0 END, CASE WHEN t.typname = 'numeric' AND a.atttypmod >= 4 THEN (a.atttypmod - 4) & 65535 WHEN "
       "t.typname = 'numeric' THEN 99 WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE 6 END, CASE WHEN t.typname IN "
       "('text', 'varchar', 'bpchar') THEN CAST(getdatabaseencoding() AS text) ELSE '' END FROM pg_attribute a JOIN "
       "pg_type "
       "t ON t.oid = a.atttypid WHERE a.attrelid = to_regclass(CAST(:p1 AS text)) AND a.attnum > 0 AND NOT "
       "a.attisdropped ORDER BY a.attnum",
       7},
      {"SELECT i.indexrelid, CASE WHEN i.indisunique THEN 1 ELSE 0 END, a.attname FROM pg_index i CROSS JOIN LATERAL "
       "unnest(i.indkey) WITH ORDINALITY AS k(attnum, n) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = "
       "k.attnum WHERE i.indrelid = to_regclass(CAST(:p1 AS text)) AND k.n <= i.indnkeyatts AND i.indpred IS NULL AND "
       "i.indexprs IS NULL AND i.indisvalid ORDER BY i.indexrelid, k.n",
       3}};
  return all;
}

// Of the database that the connection is in.
const catalogue &mysql_catalogue() {
  static const catalogue all{
      // Each place is named by itself: joined to what was found, the views of all databases would be opened.
      {"SELECT CASE WHEN t.table_type = 'VIEW' THEN 'v' ELSE 't' END, CASE WHEN (SELECT v.is_updatable FROM "
       "information_schema.views AS v WHERE v.table_schema = DATABASE() AND v.table_name = :p1) = 'YES' THEN 1 ELSE 0 "
       "END FROM information_schema.tables AS t WHERE t.table_schema = DATABASE() AND t.table_name = :p2",
       2},
      // A text's limit is of bytes: a character has up to four.
      {"SELECT column_name, data_type, CASE WHEN data_type IN ('char', 'varchar') THEN character_maximum_length WHEN "
       "data_type = 'longtext' THEN 0 WHEN character_octet_length IS NULL THEN 0 ELSE character_octet_length DIV 4 "
       "END, "
       "CASE WHEN is_nullable = 'NO' THEN 1 ELSE 0 END, CASE WHEN column_default IS NOT NULL OR extra LIKE "
       "'%auto_increment%' THEN 1 ELSE 0 END, COALESCE(datetime_precision, numeric_scale, 0), "
       "COALESCE(character_set_name, '') FROM "
       "information_schema.columns WHERE table_schema = DATABASE() AND table_name = :p1 ORDER BY ordinal_position",
       7},
      // Where it holds but the beginning of a column, an index says nothing of that and of those behind it.
      {"SELECT index_name, CASE WHEN non_unique = 0 AND cut IS NULL THEN 1 ELSE 0 END, column_name FROM (SELECT "
       "index_name, non_unique, column_name, seq_in_index, MIN(CASE WHEN sub_part IS NOT NULL THEN seq_in_index END) "
       "OVER (PARTITION BY index_name) AS cut FROM information_schema.statistics WHERE table_schema = DATABASE() AND "
       "table_name = :p1) AS s WHERE cut IS NULL OR seq_in_index < cut ORDER BY index_name, seq_in_index",
       3}};
  return all;
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void classify_postgresql(live_column &c) {
  const bool integer = one_of(c.type, {"int2", "int4", "int8"}) || (c.type == "numeric" && c.precision == 0);
  c.family = integer ? column_family::integer : column_family::text;
  c.comparable = integer || one_of(c.type, {"text", "varchar", "bpchar"});
  if (c.type == "bpchar") c.form = column_form::padded;
  if (one_of(c.type, {"date", "timestamp"})) c.form = column_form::native;
}

void classify_mysql(live_column &c) {
  const bool integer = one_of(c.type, {"tinyint", "smallint", "mediumint", "int", "bigint"}) ||
                       (c.type == "decimal" && c.precision == 0);
  c.family = integer ? column_family::integer : column_family::text;
  c.comparable = integer || one_of(c.type, {"char", "varchar", "tinytext", "text", "mediumtext", "longtext"});
  if (c.type == "char") c.form = column_form::padded;
  if (one_of(c.type, {"date", "datetime", "timestamp"})) c.form = column_form::native;
}

// By SQLite's rules of affinity.
void classify_sqlite(live_column &c) {
  const auto has = [&](std::string_view part) {
    std::string upper;
    for (const char ch : c.type) upper += ch >= 'a' && ch <= 'z' ? char(ch - 32) : ch;
    return upper.find(part) != std::string::npos;
  };
  c.known_type = !c.type.empty();
  if (has("INT")) {
    c.family = column_family::integer;
  } else {
    c.family = column_family::text;
    c.comparable = has("CHAR") || has("CLOB") || has("TEXT");
  }
}

void classify(sql_dialect dialect, live_column &c) {
  switch (dialect) {
    case sql_dialect::postgresql:
      return classify_postgresql(c);
    case sql_dialect::mysql:
      return classify_mysql(c);
    case sql_dialect::sqlite3:
      return classify_sqlite(c);
  }
}

const catalogue &catalogue_of(sql_dialect dialect) {
  switch (dialect) {
    case sql_dialect::postgresql:
      return postgresql_catalogue();
    case sql_dialect::mysql:
      return mysql_catalogue();
    case sql_dialect::sqlite3:
      break;
  }
  return sqlite_catalogue();
}

}  // namespace

live_table look_at(connection &on, const table &of) {
  const catalogue &all = catalogue_of(on.dialect());
  const cell name = on.dialect() == sql_dialect::postgresql ? quoted(of.kind().table) : of.kind().table;
  const auto ask = [&](const question &q, const std::function<void(statement &)> &row) {
    std::size_t parameters = 1;
    while (q.text.find(":p" + std::to_string(parameters + 1)) != std::string::npos) ++parameters;
    statement &s = on.prepared(q.text, [&] {
      return sql_text{q.text, std::vector<column_family>(parameters, column_family::text), q.columns};
    });
    for (std::size_t i = 0; i < parameters; ++i) s.bind(i, name);
    s.run([&] { row(s); });
  };

  live_table live;
  ask(all.kind, [&](statement &s) {
    live.there = true;
    live.view = s.text(0) == "v";
    live.writable = s.text(1) == "1";
  });
  if (!live.there) return live;
  ask(all.columns, [&](statement &s) {
    live_column c;
    c.name = s.text(0);
    c.type = s.text(1);
    c.length = std::size_t(s.number(2));
    c.not_null = s.text(3) == "1";
    c.fills_itself = s.text(4) == "1";
    c.precision = int(s.number(5));
    c.encoding = s.text(6);
    classify(on.dialect(), c);
    live.columns.push_back(std::move(c));
  });
  std::string last;
  ask(all.indexes, [&](statement &s) {
    if (live.indexes.empty() || last != s.text(0)) live.indexes.push_back({{}, s.text(1) == "1"});
    last = s.text(0);
    live.indexes.back().columns.emplace_back(s.text(2));
  });
  return live;
}

}  // namespace causeway::sql
