// What a mapping's version is made of: everything that decides what becomes of a record, and nothing else.
#include <functional>

#include "mapping/testing/example_mapping.hpp"

namespace causeway {
namespace {

using namespace mapping_example;

std::string meaning_of(const mapping_declaration &d, const kind_ptr &from = pluto_communication(),
                       const kind_ptr &to = cuba_communication()) {
  std::vector<finding> findings;
  const auto made = mapping::compile(d, from, to, findings);
  EXPECT_TRUE(made) << (findings.empty() ? "" : to_string(findings.front()));
  return made ? made->meaning() : "";
}

TEST(Meaning, is_the_same_in_another_order_at_another_place) {
  auto d = shipped();
  std::reverse(d.fields.begin(), d.fields.end());
  for (auto &rule : d.fields) rule.at = {"other.yaml", 7, 1};
  EXPECT_EQ(meaning_of(d), meaning_of(shipped()));
}

TEST(Meaning, does_not_ask_where_records_stand) {
  const auto elsewhere = with_field(cuba_communication(), "subject", [](field &f) { f.column = "TITLE"; });
  EXPECT_EQ(meaning_of(shipped(), pluto_communication(), elsewhere), meaning_of(shipped()));
}

TEST(Meaning, changes_with_every_rule) {
  const auto text = [](const std::function<void(field_rule &)> &change) {
    return changed(shipped(), with(with(rule("text", "text"),
                                        [](field_rule &r) {
                                          r.encoding = charset::windows_1252;
                                          r.unmappable = on_unmappable::escape;
                                          r.wrap = 72;
                                        }),
                                   change));
  };
  ASSERT_EQ(meaning_of(text([](field_rule &) {})), meaning_of(shipped()))
      << "what the table changes is the shipped one";
  auto shorter = shipped();
  shorter.fields.pop_back();
  const std::pair<const char *, mapping_declaration> table[] = {
      {"another source", changed(shipped(), rule("subject", "text"))},
      {"another constant", changed(shipped(), fixed("status", "DRAFT"))},
      {"one rule less", shorter},
      {"a translation",
       changed(shipped(), with(rule("issue", "issue"), [](field_rule &r) { r.values["Blank"] = null(); }))},
      {"another character set", text([](field_rule &r) { r.encoding = charset::ascii; })},
      {"another policy", text([](field_rule &r) { r.unmappable = on_unmappable::transliterate; })},
      {"another width", text([](field_rule &r) { r.wrap = 80; })},
      {"another length", text([](field_rule &r) { r.max_length = 4'000; })},
      {"the end dropped", text([](field_rule &r) { r.too_long = on_too_long::truncate; })},
      {"one rule more", changed(shipped(), fixed("flag", "Y"))},
  };
  for (const auto &[what, declaration] : table) EXPECT_NE(meaning_of(declaration), meaning_of(shipped())) << what;
}

TEST(Meaning, changes_with_the_kinds_it_goes_through) {
  const auto more = codes("cubaType", {{"PHO", "Phone Out"}, {"PHI", "Phone In"}, {"FAX", "Fax"}});
  const std::pair<const char *, kind_ptr> table[] = {
      {"a code table", with_field(cuba_communication(), "type", [&](field &f) { f.codes = more; })},
      {"a length", with_field(cuba_communication(), "text", [](field &f) { f.length = 9'000; })},
      {"a format", with_field(cuba_communication(), "commDate", [](field &f) { f.format = "DD-MON-YYYY"; })},
      {"a duty", with_field(cuba_communication(), "issue", [](field &f) { f.required = true; })},
  };
  for (const auto &[what, to] : table)
    EXPECT_NE(meaning_of(shipped(), pluto_communication(), to), meaning_of(shipped())) << what;
}

TEST(Meaning, tells_which_fields_lead_to_other_records) {
  EXPECT_TRUE(compiled(shipped())->references().empty());
  const auto d = changed(shipped(), with(rule("status", "subject"), [](field_rule &r) {
                           r.lookup = lookup_rule{"cuba.status", "name", "code"};
                         }));
  const auto references = compiled(d)->references();
  ASSERT_EQ(references.size(), 1u);
  EXPECT_EQ(pluto_communication()->fields[references[0].source_field].name, "subject");
  EXPECT_EQ(references[0].kind, "cuba.status");
  EXPECT_EQ(references[0].by, "name");
  EXPECT_NE(meaning_of(d), meaning_of(shipped()));
}

}  // namespace
}  // namespace causeway
