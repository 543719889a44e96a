// Asks the database what stands under a table's name.
#include <map>

#include "sql/schema.hpp"
#include "sql/sql_text.hpp"

namespace causeway::sql {

namespace {

struct question {
  std::string text;
  std::size_t columns;
};

// What it takes to ask one database: each question has the table's name as its only parameter.
struct catalogue {
  question kind;     // 'v' for a view, anything else for a table; no row: nothing there
  question columns;  // name, type, length or 0, 1 for not null, 1 for filling itself
  question indexes;  // index, 1 for unique, column; in the order of index and column
};

const catalogue &sqlite_catalogue() {
  static const catalogue all{
      {"SELECT substr(type, 1, 1) FROM sqlite_master WHERE lower(name) = lower(:p1) AND type IN ('table', 'view')", 1},
      {"SELECT name, type, 0, \"notnull\" OR pk > 0, dflt_value IS NOT NULL OR (pk > 0 AND upper(type) = 'INTEGER') "
       "FROM pragma_table_info(:p1)",
       5},
      {"SELECT * FROM (SELECT il.name, il.\"unique\", ii.name FROM pragma_index_list(:p1) AS il, "
       "pragma_index_info(il.name) AS ii WHERE il.partial = 0 ORDER BY il.name, ii.seqno) "
       "UNION ALL SELECT * FROM (SELECT '', 1, name FROM pragma_table_info(:p2) WHERE pk > 0 ORDER BY pk)",
       3}};
  return all;
}

const catalogue &postgresql_catalogue() {
  static const catalogue all{
      {"SELECT CASE WHEN relkind IN ('v', 'm') THEN 'v' ELSE 't' END FROM pg_class WHERE oid = "
       "to_regclass(CAST(:p1 AS text))",
       1},
      {"SELECT a.attname, t.typname, CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod "
       "- 4 ELSE 0 END, CASE WHEN a.attnotnull THEN 1 ELSE 0 END, CASE WHEN a.atthasdef OR a.attidentity IN ('a', 'd') "
       "THEN 1 ELSE 0 END FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = "
       "to_regclass(CAST(:p1 AS text)) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
       5},
      {"SELECT i.indexrelid, CASE WHEN i.indisunique THEN 1 ELSE 0 END, a.attname FROM pg_index i CROSS JOIN LATERAL "
       "unnest(i.indkey) WITH ORDINALITY AS k(attnum, n) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = "
       "k.attnum WHERE i.indrelid = to_regclass(CAST(:p1 AS text)) AND k.n <= i.indnkeyatts AND i.indpred IS NULL AND "
       "i.indexprs IS NULL AND i.indisvalid ORDER BY i.indexrelid, k.n",
       3}};
  return all;
}

void classify(sql_dialect dialect, live_column &c) {
  if (dialect == sql_dialect::postgresql) {
    const bool integer = c.type == "int2" || c.type == "int4" || c.type == "int8";
    c.family = integer ? column_family::integer : column_family::text;
    c.comparable = integer || c.type == "text" || c.type == "varchar" || c.type == "bpchar";
    return;
  }
  // By SQLite's rules of affinity.
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

}  // namespace

live_table look_at(connection &on, const table &of) {
  const bool lite = on.dialect() == sql_dialect::sqlite3;
  const catalogue &all = lite ? sqlite_catalogue() : postgresql_catalogue();
  const cell name = lite ? of.kind().table : quoted(of.kind().table);
  const auto ask = [&](const question &q, const std::function<void(statement &)> &row) {
    statement &s = on.prepared(q.text, [&] {
      sql_text sql{q.text, {column_family::text}, q.columns};
      if (q.text.find(":p2") != std::string::npos) sql.parameters.push_back(column_family::text);
      return sql;
    });
    s.bind(0, name);
    if (q.text.find(":p2") != std::string::npos) s.bind(1, name);
    s.run([&] { row(s); });
  };

  live_table live;
  ask(all.kind, [&](statement &s) {
    live.there = true;
    live.view = s.text(0) == "v";
  });
  if (!live.there) return live;
  ask(all.columns, [&](statement &s) {
    live_column c;
    c.name = s.text(0);
    c.type = s.text(1);
    c.length = std::size_t(std::strtoull(s.text(2).c_str(), nullptr, 10));
    c.not_null = s.text(3) == "1";
    c.fills_itself = s.text(4) == "1";
    classify(on.dialect(), c);
    live.columns.push_back(std::move(c));
  });
  std::string last;
  ask(all.indexes, [&](statement &s) {
    if (live.indexes.empty() || last != s.text(0)) live.indexes.push_back({{}, s.text(1) == "1"});
    last = s.text(0);
    live.indexes.back().columns.push_back(s.text(2));
  });
  return live;
}

}  // namespace causeway::sql
