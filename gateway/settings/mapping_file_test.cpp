// Faulty mapping files, each with what is said of it.
#include "settings/mapping_file.hpp"

#include <gtest/gtest.h>

#include "settings/test_folder.hpp"

namespace causeway {
namespace {

loaded_mapping load(const test_folder &folder, const std::string &rules) {
  return load_mapping(folder.write("m.yaml", "from: a.thing\nto: b.copy\nfields:\n" + rules));
}

TEST(mapping_file, everything_that_a_rule_can_say) {
  const test_folder folder;
  const loaded_mapping loaded =
      load(folder,
           "  a: {from: x, charset: windows-1252, onUnmappable: escape, wrap: 72, maxLength: 80, "
           "onTooLong: truncate, values: {Blank: null, 'Yes': true, One: 1, Two: two}}\n"
           "  b: {value: FINAL}\n"
           "  c: {value: 5}\n"
           "  d: {value: null}\n"
           "  e: {from: y, lookup: {kind: b.copy, by: s, take: t}}\n"
           "  f: {from: z}\n");
  EXPECT_EQ(folder.lines(loaded.findings), "");
  EXPECT_EQ(loaded.content.from, "a.thing");
  EXPECT_EQ(loaded.content.to, "b.copy");
  EXPECT_EQ(loaded.from_at.column, 7);
  const auto &rules = loaded.content.fields;
  ASSERT_EQ(rules.size(), 6U);
  EXPECT_EQ(rules[0].target, "a");
  EXPECT_EQ(rules[0].at.line, 4);
  EXPECT_EQ(rules[0].at.column, 3);
  EXPECT_EQ(rules[0].from, "x");
  EXPECT_EQ(rules[0].encoding, charset::windows_1252);
  EXPECT_EQ(rules[0].unmappable, on_unmappable::escape);
  EXPECT_EQ(rules[0].wrap, 72U);
  EXPECT_EQ(rules[0].max_length, 80U);
  EXPECT_EQ(rules[0].too_long, on_too_long::truncate);
  EXPECT_EQ(rules[0].values.at("Blank"), value(null{}));
  EXPECT_EQ(rules[0].values.at("Yes"), value(true));
  EXPECT_EQ(rules[0].values.at("One"), value(std::int64_t{1}));
  EXPECT_EQ(rules[0].values.at("Two"), value("two"));
  EXPECT_EQ(rules[1].constant, value("FINAL"));
  EXPECT_FALSE(rules[1].from);
  EXPECT_EQ(rules[2].constant, value(std::int64_t{5}));
  EXPECT_EQ(rules[3].constant, value(null{}));
  EXPECT_EQ(rules[4].lookup->take, "t");
  EXPECT_FALSE(rules[5].encoding);
  EXPECT_EQ(rules[5].unmappable, on_unmappable::reject);
}

TEST(mapping_file, refuses_with_exact_findings) {
  const struct {
    std::string rule;
    std::string findings;
  } table[] = {
      {"{}", "m.yaml:4:3: fields.a needs either 'from', a field, or 'value', a constant"},
      {"", "m.yaml:4:3: fields.a needs either 'from', a field, or 'value', a constant"},
      {"{from: x, value: 1}", "m.yaml:4:3: fields.a needs either 'from', a field, or 'value', a constant, not both"},
      {"x", "m.yaml:4:6: fields.a must be a map, not 'x'"},
      {"{form: x}", "m.yaml:4:7: unknown key 'form' in fields.a; did you mean 'from'?"},
      {"{from: x, charset: utf8}",
       "m.yaml:4:25: fields.a.charset must be utf-8, windows-1252, iso-8859-1 or ascii, not 'utf8'"},
      {"{from: x, onUnmappable: drop}",
       "m.yaml:4:30: fields.a.onUnmappable must be reject, transliterate or escape, not 'drop'"},
      {"{from: x, onTooLong: cut}", "m.yaml:4:27: fields.a.onTooLong must be reject or truncate, not 'cut'"},
      {"{from: x, wrap: 7}", "m.yaml:4:22: fields.a.wrap must be a whole number from 8 to 1000, not '7'"},
      {"{from: x, maxLength: 0}", "m.yaml:4:27: fields.a.maxLength must be a whole number from 1 to 10000000, not '0'"},
      {"{value: x, wrap: 72}", "m.yaml:4:23: fields.a.wrap has a meaning only with 'from'"},
      {"{value: x, values: {b: c}}", "m.yaml:4:25: fields.a.values has a meaning only with 'from'"},
      {"{value: [x]}", "m.yaml:4:14: fields.a.value must be one value, not a list"},
      {"{value: 007}",
       "m.yaml:4:14: fields.a.value must be a whole number within 64 bits, without leading zeros or a plus, not '007'; "
       "put "
       "text in quotes"},
      {"{from: x, values: [b]}", "m.yaml:4:24: fields.a.values must be a map, not a list"},
      {"{from: x, values: {b: {}}}", "m.yaml:4:28: fields.a.values.b must be one value, not a map"},
      {"{from: x, lookup: {kind: b.copy, by: s}}",
       "m.yaml:4:24: fields.a.lookup needs 'take': its field whose value is taken"},
      {"{from: x, lookup: }", "m.yaml:4:24: fields.a.lookup must be a map, not empty"},
      {"{from: x, lookup: b.copy}", "m.yaml:4:24: fields.a.lookup must be a map, not 'b.copy'"},
      {"{from: x}\n  a: {from: y}", "m.yaml:5:3: duplicate key 'a'; the first is in line 4"},
  };
  for (const auto &row : table) {
    const test_folder folder;
    EXPECT_EQ(folder.lines(load(folder, "  a: " + row.rule + "\n").findings), row.findings) << row.rule;
  }
}

TEST(mapping_file, needs_its_two_kinds_and_its_fields) {
  const test_folder folder;
  EXPECT_EQ(folder.lines(load_mapping(folder.write("m.yaml", "form: a.thing\n")).findings),
            "m.yaml:1:1: this file needs 'to': the target's record kind\n"
            "m.yaml:1:1: this file needs 'fields': what fills each field of the target\n"
            "m.yaml:1:1: unknown key 'form'; did you mean 'from'?");
}

}  // namespace
}  // namespace causeway
