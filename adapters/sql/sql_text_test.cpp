#include <gtest/gtest.h>
#include <stdexcept>

#include "sql/batch.hpp"
#include "sql/change_sql.hpp"
#include "sql/postgresql_text.hpp"
#include "sql/read_sql.hpp"
#include "sql/schema.hpp"

namespace causeway::sql {
namespace {

constexpr auto lite = sql_dialect::sqlite3;
constexpr auto pg = sql_dialect::postgresql;

record_kind note() {
  record_kind k;
  k.store = "s";
  k.name = "s.note";
  k.table = "NOTE";
  k.version = "VER";
  k.fields.resize(3);
  k.fields[0].name = "noteNo";
  k.fields[0].column = "NOTE_NO";
  k.fields[0].length = 12;
  k.fields[0].required = true;
  k.fields[1].name = "points";
  k.fields[1].column = "POINTS";
  k.fields[1].type = field_type::integer;
  k.fields[2].name = "text";
  k.fields[2].column = "TEXT";
  k.fields[2].unique = true;
  k.key = {0};
  k.indexes = {{{1, 0}}};
  return k;
}

const table &note_table() {
  static const table t(std::make_shared<record_kind>(note()), 0);
  return t;
}

TEST(sql_text, of_a_get) {
  EXPECT_EQ(get_sql(lite, note_table()).text,
            R"(SELECT t."NOTE_NO", t."POINTS", t."TEXT", t."VER" FROM "NOTE" AS t WHERE t."NOTE_NO" = :p1)");
  EXPECT_EQ(get_sql(pg, note_table()).text,
            R"(SELECT t."NOTE_NO", t."POINTS", t."TEXT", t."VER" FROM "NOTE" AS t WHERE t."NOTE_NO" = :p1)");
  EXPECT_EQ(get_sql(pg, note_table(), row_lock::none, any_number).text,
            R"(SELECT u.n, r.* FROM unnest(CAST(:p1 AS text[])) WITH ORDINALITY AS u(c0, n) CROSS JOIN LATERAL )"
            R"((SELECT t."NOTE_NO", t."POINTS", t."TEXT", t."VER" FROM "NOTE" AS t WHERE t."NOTE_NO" = u.c0 OFFSET 0) )"
            R"(AS r)");
}

TEST(sql_text, of_a_find) {
  find_shape shape;
  shape.conditions = {{1, false}, {2, true}};
  shape.order = {1, 0};
  EXPECT_EQ(find_sql(sql_dialect::postgresql, note_table(), shape).text,
            R"(SELECT t."NOTE_NO", t."POINTS", t."TEXT", t."VER" FROM "NOTE" AS t WHERE t."POINTS" = :p1 AND )"
            R"(t."TEXT" IS NULL ORDER BY t."POINTS" ASC, t."NOTE_NO" ASC LIMIT :p2)");
  shape.conditions.clear();
  shape.after = shape.descending = true;
  EXPECT_EQ(find_sql(sql_dialect::postgresql, note_table(), shape).text,
            R"(SELECT t."NOTE_NO", t."POINTS", t."TEXT", t."VER" FROM "NOTE" AS t WHERE (t."POINTS", t."NOTE_NO") < )"
            R"((:p1, :p2) ORDER BY t."POINTS" DESC, t."NOTE_NO" DESC LIMIT :p3)");
  EXPECT_EQ(count_sql(sql_dialect::postgresql, note_table(), shape).text, R"(SELECT count(*) FROM "NOTE" AS t)");
}

TEST(sql_text, of_many_finds_of_one_shape) {
  find_shape shape;
  shape.conditions = {{1, false}, {2, true}};
  shape.order = {0};
  shape.descending = shape.after = true;
  EXPECT_EQ(find_many_sql(note_table(), shape).text,
            R"(SELECT u.n, r.* FROM unnest(CAST(:p1 AS bigint[]), CAST(:p2 AS text[]), CAST(:p3 AS bigint[])) )"
            R"(WITH ORDINALITY AS u(c0, c1, c2, n) CROSS JOIN LATERAL (SELECT t."NOTE_NO", t."POINTS", t."TEXT", )"
            R"(t."VER" FROM "NOTE" AS t WHERE t."POINTS" = u.c0 AND t."TEXT" IS NULL AND (t."NOTE_NO") < (u.c1) )"
            R"(ORDER BY t."NOTE_NO" DESC LIMIT u.c2) AS r ORDER BY u.n, r."NOTE_NO" DESC)");
}

TEST(sql_text, of_a_find_by_contents_in_the_order_of_keys_that_has_an_index) {
  record_kind k = note();
  k.indexes = {{{1, 0}}};
  const table of(std::make_shared<record_kind>(k), 0);
  find_shape shape;
  shape.conditions = {{1, false}};
  shape.order = {0};
  const std::string head = R"(SELECT t."NOTE_NO", t."POINTS", t."TEXT", t."VER" FROM "NOTE" AS t WHERE )";
  EXPECT_EQ(find_sql(sql_dialect::postgresql, of, shape).text,
            head + R"(t."POINTS" <= :p1 AND t."POINTS" >= :p1 ORDER BY t."POINTS" ASC, t."NOTE_NO" ASC LIMIT :p2)");
  shape.after = true;
  EXPECT_EQ(find_sql(sql_dialect::postgresql, of, shape).text,
            head + R"(t."POINTS" <= :p1 AND (t."POINTS", t."NOTE_NO") > (:p1, :p2) )"
                   R"(ORDER BY t."POINTS" ASC, t."NOTE_NO" ASC LIMIT :p3)");
  shape.descending = true;
  EXPECT_EQ(find_sql(sql_dialect::postgresql, of, shape).text,
            head + R"(t."POINTS" >= :p1 AND (t."POINTS", t."NOTE_NO") < (:p1, :p2) )"
                   R"(ORDER BY t."POINTS" DESC, t."NOTE_NO" DESC LIMIT :p3)");
  EXPECT_EQ(find_sql(sql_dialect::sqlite3, of, shape).text,
            head + R"(t."POINTS" = :p1 AND (t."NOTE_NO") < (:p2) ORDER BY t."NOTE_NO" DESC LIMIT :p3)");
  shape.up_to = true;
  EXPECT_EQ(find_sql(sql_dialect::postgresql, of, shape).text,
            head + R"(t."POINTS" = :p1 AND (t."NOTE_NO") < (:p2) AND (t."NOTE_NO") >= (:p3) )"
                   R"(ORDER BY t."NOTE_NO" DESC LIMIT :p4)");
}

TEST(sql_text, of_each_change_in_sqlite) {
  const std::vector<bool> all{true, true, true}, key_and_text{true, false, true}, key{true, false, false};
  struct row {
    change_shape shape;
    const char *text;
  };
  const row table[] = {
      {{change_type::insert, all},
       R"(INSERT INTO "NOTE" AS t ("NOTE_NO", "POINTS", "TEXT", "VER") VALUES (:p1, :p2, :p3, 1))"},
      {{change_type::insert_absent, all},
       R"(INSERT INTO "NOTE" AS t ("NOTE_NO", "POINTS", "TEXT", "VER") VALUES (:p1, :p2, :p3, 1) ON CONFLICT DO NOTHING)"},
      {{change_type::put, key_and_text},
       R"(INSERT INTO "NOTE" AS t ("NOTE_NO", "POINTS", "TEXT", "VER") VALUES (:p1, :p2, :p3, 1) ON CONFLICT ("NOTE_NO") )"
       R"(DO UPDATE SET "TEXT" = excluded."TEXT", "VER" = t."VER" + 1 RETURNING "VER")"},
      {{change_type::update, key_and_text},
       R"(UPDATE "NOTE" AS t SET "TEXT" = :p1, "VER" = t."VER" + 1 WHERE t."NOTE_NO" = :p2 AND t."VER" = :p3)"},
      {{change_type::require, key}, R"(SELECT 1 FROM "NOTE" AS t WHERE t."NOTE_NO" = :p1 AND t."VER" = :p2)"},
      {{change_type::erase, key}, R"(DELETE FROM "NOTE" AS t WHERE t."NOTE_NO" = :p1)"},
      {{change_type::erase_at, key}, R"(DELETE FROM "NOTE" AS t WHERE t."NOTE_NO" = :p1 AND t."VER" = :p2)"},
  };
  for (const row &r : table) {
    EXPECT_EQ(change_sql(lite, note_table(), r.shape).text, r.text);
    EXPECT_EQ(change_parameters(note_table(), r.shape).size(),
              change_sql(lite, note_table(), r.shape).parameters.size());
  }
}

TEST(sql_text, of_changes_in_postgresql_is_for_any_number_of_rows) {
  EXPECT_EQ(change_sql(pg, note_table(), {change_type::update, {true, true, false}}).text,
            R"(UPDATE "NOTE" AS t SET "POINTS" = u.c0, "VER" = t."VER" + 1 FROM unnest(CAST(:p1 AS bigint[]), )"
            R"(CAST(:p2 AS text[]), CAST(:p3 AS bigint[])) WITH ORDINALITY AS u(c0, c1, c2, n) )"
            R"(WHERE t."NOTE_NO" = ANY(ARRAY[u.c1]) AND t."VER" = u.c2)");
  EXPECT_EQ(
      change_sql(pg, note_table(), {change_type::insert_absent, {true, true, true}}).text,
      R"(INSERT INTO "NOTE" AS t ("NOTE_NO", "POINTS", "TEXT", "VER") SELECT u.c0, u.c1, u.c2, 1 FROM )"
      R"(unnest(CAST(:p1 AS text[]), CAST(:p2 AS bigint[]), CAST(:p3 AS text[])) WITH ORDINALITY AS u(c0, c1, c2, n) )"
      R"(ORDER BY u.n ON CONFLICT DO NOTHING RETURNING t."NOTE_NO")");
  EXPECT_EQ(insert_sql(note_table(), {change_type::insert, {true, true, true}}).text,
            R"(INSERT INTO "NOTE" AS t ("NOTE_NO", "POINTS", "TEXT", "VER") VALUES (:p1, :p2, :p3, 1))");
  EXPECT_EQ(
      change_sql(pg, note_table(), {change_type::require, {true, false, false}}).text,
      R"(SELECT 1 FROM unnest(CAST(:p1 AS text[]), CAST(:p2 AS bigint[])) WITH ORDINALITY AS u(c0, c1, n) CROSS JOIN )"
      R"(LATERAL (SELECT 1 FROM "NOTE" AS t WHERE t."NOTE_NO" = ANY(ARRAY[u.c0]) AND t."VER" = u.c1 FOR SHARE OF t) AS r)");
}

TEST(sql_text, of_the_schema) {
  EXPECT_EQ(create_table(lite, note_table()), R"(CREATE TABLE IF NOT EXISTS "NOTE" (
  "NOTE_NO" TEXT NOT NULL,
  "POINTS" INTEGER,
  "TEXT" TEXT,
  "VER" INTEGER NOT NULL,
  PRIMARY KEY ("NOTE_NO")
) STRICT)");
  EXPECT_EQ(create_table(pg, note_table()), R"(CREATE TABLE IF NOT EXISTS "NOTE" (
  "NOTE_NO" varchar(12) COLLATE "C" NOT NULL,
  "POINTS" bigint,
  "TEXT" text COLLATE "C",
  "VER" bigint NOT NULL
))");
  const auto all = create_statements(pg, note_table());
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[1], R"(CREATE UNIQUE INDEX IF NOT EXISTS "NOTE_TEXT_uq" ON "NOTE" ("TEXT"))");
  EXPECT_EQ(all[2], R"(CREATE INDEX IF NOT EXISTS "NOTE_POINTS_NOTE_NO_ix" ON "NOTE" ("POINTS", "NOTE_NO"))");
  EXPECT_EQ(all[3], R"(DO $$ BEGIN ALTER TABLE "NOTE" ADD PRIMARY KEY ("NOTE_NO"); )"
                    R"(EXCEPTION WHEN invalid_table_definition THEN NULL; END $$)");
}

TEST(sql_text, of_sqlite_keeps_short_rows_by_their_key) {
  const auto by_key = [](std::size_t longest_text) {
    record_kind k = note();
    k.fields[2].length = longest_text;
    return create_table(lite, table(std::make_shared<record_kind>(k), 0)).ends_with(") STRICT, WITHOUT ROWID");
  };
  EXPECT_TRUE(by_key(388));
  EXPECT_FALSE(by_key(389)) << "with the key's 12 more than 400";
  EXPECT_FALSE(by_key(0)) << "unbounded";

  record_kind numbered = note();
  numbered.fields[0] = numbered.fields[1];
  numbered.fields[0].type = field_type::serial;
  numbered.fields[2].length = 10;
  EXPECT_TRUE(create_table(lite, table(std::make_shared<record_kind>(numbered), 0)).ends_with(") STRICT"));
}

TEST(sql_text, of_mariadb_is_exact_whatever_the_collation) {
  EXPECT_EQ(get_sql(sql_dialect::mysql, note_table(), row_lock::update).text,
            R"(SELECT t."NOTE_NO", t."POINTS", t."TEXT", t."VER" FROM "NOTE" AS t WHERE t."NOTE_NO" = :p1 AND )"
            R"(CONVERT(t."NOTE_NO" USING utf8mb4) COLLATE utf8mb4_nopad_bin = :p1 FOR UPDATE)");
  find_shape shape;
  shape.order = {1, 0};
  shape.after = true;
  EXPECT_EQ(find_sql(sql_dialect::mysql, note_table(), shape).text,
            R"(SELECT t."NOTE_NO", t."POINTS", t."TEXT", t."VER" FROM "NOTE" AS t WHERE (t."POINTS" > :p1 OR )"
            R"((t."POINTS" = :p1 AND t."NOTE_NO" > :p2)) ORDER BY t."POINTS" ASC, t."NOTE_NO" ASC LIMIT :p3)");
  shape.after = false;
  shape.up_to = true;
  EXPECT_EQ(find_sql(sql_dialect::mysql, note_table(), shape).text,
            R"(SELECT t."NOTE_NO", t."POINTS", t."TEXT", t."VER" FROM "NOTE" AS t WHERE (t."POINTS" < :p1 OR )"
            R"((t."POINTS" = :p1 AND t."NOTE_NO" <= :p2)) ORDER BY t."POINTS" ASC, t."NOTE_NO" ASC LIMIT :p3)");
  EXPECT_EQ(change_sql(sql_dialect::mysql, note_table(), {change_type::insert, {true, true, true}}, 2).text,
            R"(INSERT INTO "NOTE" ("NOTE_NO", "POINTS", "TEXT", "VER") VALUES (:p1, :p2, :p3, 1), (:p4, :p5, :p6, 1))");
}

TEST(sql_text, of_columns_in_forms_of_their_own) {
  record_kind k = note();
  k.version.clear();
  k.guarded_by_contents = true;
  k.fields[0].form = column_form::padded;
  k.fields[1].type = field_type::date;
  k.fields[1].form = column_form::native;
  const table of(std::make_shared<record_kind>(k), 0);
  EXPECT_EQ(
      get_sql(pg, of, row_lock::none, any_number).text,
      R"(SELECT u.n, r.* FROM unnest(CAST(:p1 AS text[])) WITH ORDINALITY AS u(c0, n) CROSS JOIN LATERAL (SELECT )"
      R"(t."NOTE_NO", to_char(t."POINTS", 'YYYY-MM-DD') AS "POINTS", t."TEXT" FROM "NOTE" AS t WHERE )"
      R"(t."NOTE_NO" = CAST(u.c0 AS bpchar) OFFSET 0) AS r)");
  EXPECT_EQ(
      change_sql(pg, of, {change_type::update, {false, true, false}}).text,
      R"(UPDATE "NOTE" AS t SET "POINTS" = CAST(u.c0 AS date) FROM unnest(CAST(:p1 AS text[]), )"
      R"(CAST(:p2 AS text[])) WITH ORDINALITY AS u(c0, c1, n) WHERE t."NOTE_NO" = ANY(ARRAY[CAST(u.c1 AS bpchar)]))");
  EXPECT_TRUE(looks_first(pg, of, change_type::update));
  EXPECT_FALSE(looks_first(pg, note_table(), change_type::update));
  EXPECT_TRUE(looks_first(sql_dialect::mysql, note_table(), change_type::insert_absent));
}

TEST(sql_text, array_elements_hold_any_text) {
  std::string array = "{";
  append_element(array, std::string("plain"));
  append_element(array, std::string(R"(a"b\c,{}'NULL)"));
  append_element(array, cell());
  append_element(array, std::string());
  append_element(array, std::int64_t(-5));
  EXPECT_EQ(array, R"({"plain","a\"b\\c,{}'NULL",NULL,"",-5)");
}

TEST(sql_text, copied_columns_hold_any_text) {
  std::string row;
  for (const cell &c : {cell(std::string("a\tb\nc\rd\\e \"{}")), cell(), cell(std::string()), cell(std::string("\\N")),
                        cell(std::int64_t(-5))}) {
    append_column(row, c);
    row += '|';
  }
  EXPECT_EQ(row, R"(a\tb\nc\rd\\e "{}|\N||\\N|-5|)");
}

TEST(sql_text, what_needs_a_backslash_has_one_wherever_it_stands) {
  struct row {
    std::string odd, in_copy, in_array;
  };
  const row rows[] = {{"\t", "\\t", "\t"},  {"\n", "\\n", "\n"},      {"\\", "\\\\", "\\\\"},
                      {"\"", "\"", "\\\""}, {"\x01", "\x01", "\x01"}, {"\u00E9", "\u00E9", "\u00E9"}};
  for (const row &r : rows)
    for (std::size_t before = 0; before < 50; ++before)
      for (std::size_t behind = 0; behind < 10; ++behind) {
        const std::string front(before, 'x'), back(behind, '~');
        std::string column, array = "{";
        append_column(column, front + r.odd + back + r.odd);
        append_element(array, front + r.odd + back + r.odd);
        ASSERT_EQ(column, front + r.in_copy + back + r.in_copy);
        ASSERT_EQ(array, "{\"" + front + r.in_array + back + r.in_array + "\"");
      }
}

TEST(table, refuses_kinds_that_no_sql_can_be_made_of) {
  struct row {
    std::function<void(record_kind &)> spoil;
    const char *why;
  };
  const row rows[] = {
      {[](record_kind &k) { k.key.clear(); }, "record kind s.note: it has no key"},
      {[](record_kind &k) { k.table = "a\"b"; },
       "record kind s.note: the name of the table must have 1 to 128 characters and no quotes, colons or control "
       "characters"},
      {[](record_kind &k) { k.fields[1].column = "a:b"; },
       "record kind s.note: the name of the column of field points must have 1 to 128 characters and no quotes, colons "
       "or "
       "control characters"},
      {[](record_kind &k) { k.fields[1].type = field_type::code; },
       "record kind s.note: field points has no code table"},
      {[](record_kind &k) { k.fields[1].type = field_type::serial; },
       "record kind s.note: field points is serial, which only a sole key can be"},
      {[](record_kind &k) {
         k.fields[2].type = field_type::date;
         k.fields[2].format = "DD-MON";
       },
       "record kind s.note: field text: the format lacks the year, YYYY or RR"},
  };
  for (const row &r : rows) {
    record_kind k = note();
    r.spoil(k);
    try {
      const table t(std::make_shared<record_kind>(k), 0);
      ADD_FAILURE() << "accepted, but: " << r.why;
    } catch (const std::invalid_argument &e) {
      EXPECT_STREQ(e.what(), r.why);
    }
  }
}

}  // namespace
}  // namespace causeway::sql
