// What the tree takes, and what it refuses with which finding.
#include "settings/document.hpp"

#include <gtest/gtest.h>

#include "settings/test_folder.hpp"

namespace causeway {
namespace {

using shape = yaml_node::shape;

std::string lines(const std::vector<finding> &findings) {
  std::string out;
  for (const finding &f : findings) out += (out.empty() ? "" : "\n") + line(f);
  return out;
}

TEST(document, keeps_places_order_quotes_and_emptiness) {
  std::vector<finding> findings;
  const auto root = parse_yaml("a: 010\nb: {c: 'x', d: }\ne:\n  - 1\n  - ~\n", "f", findings);
  ASSERT_TRUE(root);
  EXPECT_EQ(lines(findings), "");
  ASSERT_EQ(root->entries.size(), 3U);
  EXPECT_EQ(root->find("a")->text, "010");
  EXPECT_TRUE(root->find("a")->plain);
  EXPECT_EQ(root->find("a")->at, (place{"f", 1, 4}));
  const yaml_node *b = root->find("b");
  EXPECT_EQ(b->find("c")->text, "x");
  EXPECT_FALSE(b->find("c")->plain);
  EXPECT_EQ(b->entries[0].at, (place{"f", 2, 5}));
  EXPECT_EQ(b->find("d")->is, shape::empty);
  EXPECT_EQ(root->find("e")->items[1].is, shape::empty);
  EXPECT_EQ(root->find("e")->items[1].at, (place{"f", 5, 5}));
  EXPECT_EQ(root->find("z"), nullptr);
}

TEST(document, columns_count_characters) {
  std::vector<finding> findings;
  const auto root = parse_yaml("{\"\xC3\xA9\xE2\x82\xAC\": 1, b: 2}", "f", findings);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->entries[1].at, (place{"f", 1, 11}));
}

TEST(document, aliases_are_copies_with_the_places_of_what_they_name) {
  std::vector<finding> findings;
  const auto root = parse_yaml("a: &x {k: v}\nb: *x\n", "f", findings);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->find("b")->find("k")->text, "v");
  EXPECT_EQ(root->find("b")->find("k")->at, (place{"f", 1, 11}));
}

TEST(document, byte_order_mark_and_carriage_returns_are_taken) {
  std::vector<finding> findings;
  const auto root = parse_yaml(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: 2\r\n",
      "f", findings);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->find("a")->text, "1");
  EXPECT_EQ(root->find("b")->text, "2");
  EXPECT_EQ(lines(findings), "");
}

TEST(document, nothing_is_an_empty_document) {
  for (const char *const text : {"", "# only a comment\n", "---\n", "~"}) {
    std::vector<finding> findings;
    const auto root = parse_yaml(text, "f", findings);
    ASSERT_TRUE(root) << text;
    EXPECT_EQ(root->is, shape::empty) << text;
    EXPECT_EQ(lines(findings), "") << text;
  }
}

// Each line of aliases is ten of the one before: a thousand million values in a few lines.
std::string billion() {
  std::string text = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int n = 1; n < 10; ++n) text += "," + before;
    text += "]\n";
  }
  return text;
}

TEST(document, refuses_with_exact_findings) {
  const struct {
    std::string text;
    std::string findings;
  } table[] = {
      {"a: 1\nb: 2\na: 3\n", "f:3:1: duplicate key 'a'; the first is in line 1"},
      {"x: {a: 1, b: 2, b: 2}\n", "f:1:17: duplicate key 'b'; the first is in line 1"},
      {"a: &b {c: 1}\nd:\n  <<: *b\n", "f:3:3: '<<' is not supported; write the keys out"},
      {"a: !!int 5\n", "f:1:4: tags are not supported; quotes make a value text"},
      {"a: !secret {b: 1}\n", "f:1:4: tags are not supported; quotes make a value text"},
      {"? [a, b]\n: 1\n", "f:1:3: a key must be text; put it in quotes"},
      {"null: 1\n", "f:1:1: a key must be text; put it in quotes"},
      {"a: 1\n---\nb: 2\n", "f:2:1: a second document begins here; a file holds one"},
      {"a: &x [*x]\n", "f:1:8: an alias stands inside what it names"},
      {"a: *hunter2\n", "f:1:4: is not YAML: the referenced anchor is not defined"},
      {"a: \"\\q\"\n", "f:1:7: is not YAML: unknown escape character"},
      {"a: [1, 2\n", "f:2:1: is not YAML: end of sequence flow not found"},
      {"a: {b: 1\n", "f:2:1: is not YAML: end of map flow not found"},
      {"a: 'x\n", "f:1:4: the quote that begins here is not closed"},
      {"a: &x \"it's \\\" \nb: 2\n", "f:1:4: the quote that begins here is not closed"},
      {"- 'it''s\n- b\n", "f:1:3: the quote that begins here is not closed"},
      {"'a: 1\n", "f:1:1: the quote that begins here is not closed"},
      {"a: 1\n\tb: 2\n", "f:2:1: is not YAML: illegal tab when looking for indentation"},
      {"a: 1\n\x04"
       "b: 2\n",
       "f:2:1: a control character cannot stand here; write it as an escape in double quotes"},
      {std::string("a: \0", 4), "f:1:4: a control character cannot stand here; write it as an escape in double quotes"},
      {"a: 1\nb: \xE9\n", "f:2:4: is not UTF-8 text"},
      {"a: \xED\xA0\x80\n", "f:1:4: is not UTF-8 text"},
      {std::string(70, '[') + std::string(70, ']'), "f:1:65: nested more than 64 deep"},
      {billion(), "f:5:38: more than 100000 values, aliases counted as what they name"},
  };
  for (const auto &row : table) {
    std::vector<finding> findings;
    (void)parse_yaml(row.text, "f", findings);
    EXPECT_EQ(lines(findings), row.findings) << row.text.substr(0, 80);
  }
}

TEST(document, first_of_duplicates_stays) {
  std::vector<finding> findings;
  const auto root = parse_yaml("a: 1\na: 2\n", "f", findings);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->find("a")->text, "1");
  EXPECT_EQ(root->entries.size(), 1U);
}

TEST(document, files_that_cannot_be_read_say_why) {
  const test_folder folder;
  std::vector<finding> findings;
  const place named{"x.yaml", 3, 9};
  EXPECT_FALSE(load_yaml(folder.path() / "none.yaml", named, findings));
  EXPECT_FALSE(load_yaml(folder.path() / "none.yaml", {}, findings));
  EXPECT_FALSE(load_yaml(folder.path(), named, findings));
  EXPECT_FALSE(load_yaml("/dev/zero", named, findings));
  const auto large = folder.write("large.yaml", std::string(most_document_bytes + 1, '#'));
  EXPECT_FALSE(load_yaml(large, named, findings));
  EXPECT_EQ(folder.lines(findings),
            "x.yaml:3:9: cannot read 'none.yaml': there is no such file\n"
            "none.yaml:0:0: cannot read 'none.yaml': there is no such file\n"
            "x.yaml:3:9: cannot read '" +
                folder.path().string() +
                "': it is a directory\n"
                "x.yaml:3:9: cannot read '/dev/zero': there is no such file\n"
                "x.yaml:3:9: cannot read 'large.yaml': it is larger than 1048576 bytes");
}

}  // namespace
}  // namespace causeway
