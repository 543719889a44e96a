// Faulty record kinds, each with what is said of it.
#include "settings/record_kinds.hpp"

#include <gtest/gtest.h>

#include "settings/settings.hpp"
#include "settings/test_folder.hpp"

namespace causeway {
namespace {

std::string findings_of(const test_folder &folder, const std::string &text) {
  return folder.lines(load_record_kinds(folder.write("a.yaml", text), "a").findings);
}

TEST(record_kinds, sound_kind_is_read_whole) {
  const test_folder folder;
  const loaded_kinds loaded = load_record_kinds(folder.write("a.yaml", sound_kinds_a), "a");
  EXPECT_EQ(folder.lines(loaded.findings), "");
  ASSERT_EQ(loaded.kinds.size(), 1U);
  const record_kind &kind = *loaded.kinds[0];
  EXPECT_EQ(kind.store, "a");
  EXPECT_EQ(kind.name, "a.thing");
  EXPECT_EQ(kind.table, "THING");
  EXPECT_EQ(kind.version, "V");
  EXPECT_FALSE(kind.read_only);
  ASSERT_EQ(kind.fields.size(), 3U);
  EXPECT_EQ(kind.key, std::vector<std::size_t>{0});
  EXPECT_TRUE(kind.fields[0].required) << "fields of the key are never null";
  EXPECT_FALSE(kind.fields[1].required);
  EXPECT_EQ(kind.fields[1].codes->readable_of.at("R"), "red");
  EXPECT_EQ(kind.fields[1].codes->stored_of.at("green"), "G");
  ASSERT_EQ(kind.indexes.size(), 1U);
  EXPECT_EQ(kind.indexes[0].fields, (std::vector<std::size_t>{1, 2}));
}

TEST(record_kinds, code_table_may_be_a_list_of_what_is_stored_as_it_is_read) {
  const test_folder folder;
  const std::string text = with(with(sound_kinds_a, "{R: red, G: green}", "[red, NO, 'on', 1]"), "index", "#index");
  const loaded_kinds loaded = load_record_kinds(folder.write("a.yaml", text), "a");
  EXPECT_EQ(folder.lines(loaded.findings), "");
  EXPECT_EQ(loaded.kinds.at(0)->fields[1].codes->readable_of.at("NO"), "NO");
  EXPECT_EQ(loaded.kinds.at(0)->fields[1].codes->stored_of.size(), 4U);
}

TEST(record_kinds, view_says_what_is_created) {
  const test_folder folder;
  const std::string text =
      with(sound_kinds_a, "version: V", "readOnly: true\n    view: |\n      SELECT 1,\n      2, 3");
  const loaded_kinds loaded = load_record_kinds(folder.write("a.yaml", text), "a");
  EXPECT_EQ(folder.lines(loaded.findings), "");
  EXPECT_EQ(loaded.kinds.at(0)->view, "SELECT 1,\n2, 3\n");
}

TEST(record_kinds, tables_of_another_age) {
  const test_folder folder;
  const loaded_kinds loaded = load_record_kinds(folder.write("a.yaml", R"(
codes:
  state: {1: open, 20: closed}
records:
  thing:
    table: THING_V
    throughView: true
    key: [A, B]
    guardedBy: contents
    fields:
      a: {column: A, type: csid, stored: number}
      b: {column: B, type: text, length: 8, stored: padded}
      c: {column: C, type: code, codes: state, stored: number}
      d: {column: D, type: date, stored: number, format: YYYYMMDD}
      e: {column: E, type: timestamp, stored: native}
)"),
                                                "a");
  EXPECT_EQ(folder.lines(loaded.findings), "");
  ASSERT_EQ(loaded.kinds.size(), 1U);
  const record_kind &kind = *loaded.kinds[0];
  EXPECT_TRUE(kind.through_view && kind.guarded_by_contents && kind.has_version());
  std::vector<column_form> forms;
  for (const field &f : kind.fields) forms.push_back(f.form);
  EXPECT_EQ(forms, (std::vector<column_form>{column_form::number, column_form::padded, column_form::number,
                                             column_form::number, column_form::native}));
}

TEST(record_kinds, forms_that_do_not_fit) {
  struct row {
    std::string_view field;
    std::string_view finding;
  };
  const row table[] = {
      {"type: text, length: 5, stored: number",
       "stored 'number': only codes, csids, dates and timestamps are stored as numbers, not text"},
      {"type: integer, stored: padded", "stored 'padded': only text is padded, not integer"},
      {"type: text, stored: padded", "stored 'padded': a padded column needs its length"},
      {"type: text, stored: native", "stored 'native': only dates and timestamps are native, not text"},
      {"type: date, stored: number", "stored 'number': a number needs a format of digits alone, such as YYYYMMDD"},
      {"type: date, stored: native, format: YYYYMMDD", "stored 'native': a native date has no format"},
      {"type: code, codes: colour, stored: number",
       "stored 'number': the stored value 'G' of colour is no whole number"},
      {"type: code, codes: state, length: 5, stored: padded",
       "stored 'padded': the stored value 'A ' of state ends in a blank, which is not read back"},
      {"type: text, stored: blob", "stored must be plain, number, padded or native, not 'blob'"},
  };
  for (const row &r : table) {
    const test_folder folder;
    const auto said = findings_of(
        folder,
        "codes:\n  colour: {R: red, G: green}\n  state: {'A ': open}\nrecords:\n  thing:\n    table: T\n    key: [K]\n"
        "    fields:\n      k: {column: K, type: csid}\n      x: {column: X, " +
            std::string(r.field) + "}\n");
    EXPECT_NE(said.find("records.thing.fields.x." + std::string(r.finding)), std::string::npos) << said;
  }
  const test_folder folder;
  EXPECT_NE(findings_of(folder, with(sound_kinds_a, "version: V", "version: V\n    guardedBy: contents"))
                .find("records.thing.guardedBy: the kind has a version column"),
            std::string::npos);
}

TEST(record_kinds, index_of_a_single_field) {
  const test_folder folder;
  const std::string text = with(sound_kinds_a, "length: 5}", "length: 5, index: true}");
  const loaded_kinds loaded = load_record_kinds(folder.write("a.yaml", text), "a");
  EXPECT_EQ(folder.lines(loaded.findings), "");
  ASSERT_EQ(loaded.kinds.at(0)->indexes.size(), 2U);
  EXPECT_EQ(loaded.kinds[0]->indexes[0].fields, std::vector<std::size_t>{1});
}

TEST(record_kinds, refuses_with_exact_findings) {
  const struct {
    std::string from;
    std::string to;
    std::string findings;
  } table[] = {
      // Code tables
      {"{R: red, G: green}", "{R: red, G: red}",
       "a.yaml:2:22: codes.color: the readable value 'red' stands for 'R' already; stored and readable values are "
       "one-to-one"},
      {"{R: red, G: green}", "[red, red]",
       "a.yaml:2:16: codes.color: the readable value 'red' stands for 'red' already; stored and readable values are "
       "one-to-one"},
      {"{R: red, G: green}", "{R: red, R: green}", "a.yaml:2:19: duplicate key 'R'; the first is in line 2"},
      {"{R: red, G: green}", "{R: red, G: }",
       "a.yaml:2:19: codes.color: a code is text and not empty; put it in quotes where YAML reads something else"},
      {"{R: red, G: green}", "[red, [green]]",
       "a.yaml:2:16: codes.color: a code is text and not empty; put it in quotes where YAML reads something else"},
      {"{R: red, G: green}", "{}", "a.yaml:2:3: codes.color has no codes"},
      {"{R: red, G: green}", "red",
       "a.yaml:2:10: codes.color must be a map of stored: readable values, or a list, not 'red'"},
      {"codes: color", "codes: colour",
       "a.yaml:10:49: records.thing.fields.color.codes: unknown code table 'colour'; did "
       "you mean 'color'?"},
      {"codes: color, ", "",
       "a.yaml:10:7: records.thing.fields.color needs 'codes': the code table of a field of type code"},
      {"length: 5", "length: 0",
       "a.yaml:10:64: records.thing.fields.color.length must be a whole number from 1 to 10000000, not '0'"},
      {"R: red, G: green", "RED APPLE: red",
       "a.yaml:10:64: records.thing.fields.color.length: the stored value 'RED APPLE' of color is longer than 5"},
      // Kinds
      {"table: THING", "tabel: THING", "a.yaml:5:5: unknown key 'tabel' in records.thing; did you mean 'table'?"},
      {"table: THING", "table: Causeway_thing",
       "a.yaml:5:12: records.thing.table: tables whose names begin with causeway_ are Causeway's own"},
      {"table: THING", "table: 'A\"B'",
       "a.yaml:5:12: records.thing.table must not hold a quote or a control character"},
      {"table: THING", "table: " + std::string(64, 'T'),
       "a.yaml:5:12: records.thing.table is longer than 63 bytes, which a database would cut"},
      {"  thing:", "  th-ing:",
       "a.yaml:4:3: 'th-ing' is no name for a record kind: a letter, then letters, digits and underscores, at most 63"},
      {"version: V", "version: color",
       "a.yaml:10:23: records.thing.fields.color.column: 'COLOR' is the column of the version already"},
      {"version: V", "readOnly: maybe", "a.yaml:7:15: records.thing.readOnly must be true or false, not 'maybe'"},
      {"version: V", "view: SELECT 1", "a.yaml:7:11: records.thing.view is for kinds that are readOnly: true"},
      // Keys
      {"    key: [ID]\n", "", "a.yaml:4:3: records.thing needs 'key': the columns of the key"},
      {"key: [ID]", "key: []", "a.yaml:6:10: records.thing.key must be a list of columns, not an empty list"},
      {"key: [ID]", "key: ID", "a.yaml:6:10: records.thing.key must be a list of columns, not 'ID'"},
      {"key: [ID]", "key: [ID, madeAt]",
       "a.yaml:6:15: records.thing.key names columns: the field 'madeAt' has the column 'MADE_AT'"},
      {"key: [ID]", "key: [ID, COLUR]",
       "a.yaml:6:15: records.thing.key: no field has the column 'COLUR'; did you mean 'COLOR'?"},
      {"key: [ID]", "key: [ID, ID]", "a.yaml:6:15: records.thing.key names the column 'ID' twice"},
      // Fields
      {"      color:", "      co lor:",
       "a.yaml:10:7: 'co lor' is no name for a field: a letter, then letters, digits and underscores, at most 63\n"
       "a.yaml:12:16: records.thing.indexes: unknown field 'color'; did you mean 'co lor'?"},
      {"column: COLOR, ", "",
       "a.yaml:10:7: records.thing.fields.color needs 'column': the column, as the database calls it"},
      {"column: COLOR", "column: id",
       "a.yaml:10:23: records.thing.fields.color.column: 'id' is the column of id already"},
      {"type: timestamp", "type: datetime",
       "a.yaml:11:39: records.thing.fields.madeAt.type must be text, csid, code, date, timestamp, integer, boolean or "
       "serial, not 'datetime'"},
      {"type: timestamp, format: YYYYMMDDHH24MISSFF3", "type: integer, length: 5",
       "a.yaml:11:56: records.thing.fields.madeAt.length: a field of type integer has no length"},
      {"type: timestamp, format: YYYYMMDDHH24MISSFF3", "type: text, codes: color",
       "a.yaml:11:52: records.thing.fields.madeAt.codes: a field of type text has no code table"},
      {"type: timestamp", "type: boolean",
       "a.yaml:11:56: records.thing.fields.madeAt.format: a field of type boolean has no format"},
      {"format: YYYYMMDDHH24MISSFF3", "format: YYYYMMDDHH24MI",
       "a.yaml:11:58: records.thing.fields.madeAt.format 'YYYYMMDDHH24MI': the format lacks the second, SS"},
      {"type: timestamp, format: YYYYMMDDHH24MISSFF3", "type: date, format: DD-MM-YY",
       "a.yaml:11:53: records.thing.fields.madeAt.format 'DD-MM-YY': the format lacks the year, YYYY or RR"},
      {"type: timestamp, format: YYYYMMDDHH24MISSFF3", "type: date, format: DD-MON-YYYY",
       "a.yaml:12:23: records.thing.indexes: 'madeAt' cannot be ordered by: text in the format 'DD-MON-YYYY' does not "
       "sort "
       "by time"},
      {"type: timestamp, format: YYYYMMDDHH24MISSFF3", "type: serial",
       "a.yaml:11:7: records.thing.fields.madeAt: a serial field is the whole key, alone"},
      {"length: 36", "length: 35",
       "a.yaml:9:58: records.thing.fields.id.generate: the column's length must be at least 36, not 35"},
      {"type: text, length: 36", "type: integer",
       "a.yaml:9:49: records.thing.fields.id.generate: only text is generated, not integer"},
      {"generate: uuid", "generate: guid",
       "a.yaml:9:58: records.thing.fields.id.generate must be none, uuid or id, not 'guid'"},
      {"length: 5}", "length: 5, generate: id}",
       "a.yaml:10:7: records.thing.fields.color: only fields of the key are generated\n"
       "a.yaml:10:77: records.thing.fields.color.generate: only text is generated, not code"},
      {"length: 5}", "lenght: 5}",
       "a.yaml:10:56: unknown key 'lenght' in records.thing.fields.color; did you mean 'length'?"},
      {"      madeAt: {", "      madeAt: x #{", "a.yaml:11:15: records.thing.fields.madeAt must be a map, not 'x'"},
      // Indexes
      {"[[color, madeAt]]", "[[color, madeat]]",
       "a.yaml:12:23: records.thing.indexes: unknown field 'madeat'; did you mean 'madeAt'?"},
      {"[[color, madeAt]]", "[[color, color]]", "a.yaml:12:23: records.thing.indexes names the field 'color' twice"},
      {"[[color, madeAt]]", "[color, madeAt]",
       "a.yaml:12:15: records.thing.indexes must be a list of lists of fields, such as [[csid, createdAt]]\n"
       "a.yaml:12:22: records.thing.indexes must be a list of lists of fields, such as [[csid, createdAt]]"},
      {"[[color, madeAt]]", "color",
       "a.yaml:12:14: records.thing.indexes must be a list of lists of fields, such as [[csid, createdAt]], not "
       "'color'"},
  };
  for (const auto &row : table) {
    const test_folder folder;
    EXPECT_EQ(findings_of(folder, with(sound_kinds_a, row.from, row.to)), row.findings) << row.from << " -> " << row.to;
  }
}

TEST(record_kinds, a_table_has_one_kind_that_writes) {
  const test_folder folder;
  EXPECT_EQ(findings_of(folder, with(sound_kinds_b, "COPY_VIEW", "copy")), "");
  EXPECT_EQ(findings_of(folder, with(with(sound_kinds_b, "COPY_VIEW", "copy"), "    readOnly: true\n", "")),
            "a.yaml:8:3: a.view writes to the table 'copy' of a.copy; only one kind may, make the other readOnly");
}

TEST(record_kinds, a_file_without_kinds_says_so) {
  const test_folder folder;
  EXPECT_EQ(findings_of(folder, ""), "a.yaml:1:1: this file needs 'records': the record kinds by name");
  EXPECT_EQ(findings_of(folder, "records:\n"), "a.yaml:1:1: records must not be empty");
}

// Who refers to a kind with a fault is not told that it is unknown, and nobody gets it.
TEST(record_kinds, a_faulty_kind_is_known_and_not_given_out) {
  const test_folder folder;
  const auto main = write_sound(folder, "a.yaml", with(sound_kinds_a, "type: timestamp", "type: time"));
  const loaded_settings loaded = load_settings(main);
  EXPECT_EQ(
      folder.lines(loaded.findings),
      "a.yaml:11:39: records.thing.fields.madeAt.type must be text, csid, code, date, timestamp, integer, boolean or "
      "serial, not 'time'");
  EXPECT_TRUE(loaded.content.stores.at(0).kinds.empty());
  EXPECT_EQ(loaded.content.stores[0].kind_places.at("a.thing").line, 4);
}

}  // namespace
}  // namespace causeway
