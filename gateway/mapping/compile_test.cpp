// What compile refuses and says of a declaration, rule by rule.
#include "mapping/testing/example_mapping.hpp"

namespace causeway {
namespace {

using namespace mapping_example;

struct compile_case {
  std::string_view name;
  field_rule rule;  // put into the shipped mapping, in line 50
  std::string finding;
};

TEST(Compile, AcceptsTheShippedMapping) {
  std::vector<finding> findings;
  EXPECT_TRUE(mapping::compile(shipped(), pluto_communication(), cuba_communication(), findings));
  EXPECT_TRUE(findings.empty());
}

TEST(Compile, NamesEachFaultAtItsRule) {
  const auto values = [](field_rule r, std::map<std::string, value> listed) {
    r.values = std::move(listed);
    return r;
  };
  const auto lookup = [](field_rule r, lookup_rule found) {
    r.lookup = std::move(found);
    return r;
  };
  const std::vector<compile_case> cases{
      {"unknown target", rule("comDate", "createdAt"),
       "cuba.communication has no field 'comDate'; did you mean 'commDate'?"},
      {"unknown source", rule("commDate", "creatdAt"),
       "pluto.communication has no field 'creatdAt'; did you mean 'createdAt'?"},
      {"nothing near", rule("commDate", "weather"), "pluto.communication has no field 'weather'"},
      {"neither", rule("commDate", ""), "'commDate' has neither `from` nor `value`; say where it comes from"},
      {"both", with(rule("status", "subject"), [](auto &r) { r.constant = "x"; }),
       "'status' has both `from` and `value`; keep one"},
      {"date to timestamp", rule("createdAt", "dueOn"),
       "pluto.communication.dueOn is a date and cannot fill cuba.communication.createdAt, which is a timestamp"},
      {"text to csid", rule("csid", "subject"),
       "pluto.communication.subject is a text and cannot fill cuba.communication.csid, which is a csid"},
      {"integer to text", rule("flag", "pages"),
       "pluto.communication.pages is an integer and cannot fill cuba.communication.flag, which is a text"},
      {"boolean to text", rule("flag", "urgent"),
       "pluto.communication.urgent is a boolean and cannot fill cuba.communication.flag, which is a text; say under "
       "`values` what each of its values becomes"},
      {"one boolean", values(rule("flag", "urgent"), {{"true", "Y"}}),
       "pluto.communication.urgent: 'false' cannot stand in cuba.communication.flag (must be text); translate under "
       "`values`"},
      {"code tables do not meet", rule("issue", "type"),
       "pluto.communication.type: 'Phone In', 'Phone Out' cannot stand in cuba.communication.issue (must be a value of "
       "the code table cubaIssue); translate under `values`"},
      {"translated to an unknown code", values(rule("type", "type"), {{"Phone In", "Telex"}}),
       "pluto.communication.type: 'Phone In' cannot stand in cuba.communication.type (must be a value of the code "
       "table "
       "cubaType); translate under `values`"},
      {"unknown word", values(rule("type", "type"), {{"Phone on", "Fax"}}),
       "`values`: 'Phone on' is no value of pluto.communication.type; did you mean 'Phone In'?"},
      {"null for a needed code", values(rule("type", "type"), {{"Phone In", null{}}}),
       "pluto.communication.type: 'Phone In' cannot stand in cuba.communication.type (must have a value); translate "
       "under `values`"},
      {"code too long for text", rule("flag", "type"),
       "pluto.communication.type: 'Phone In', 'Phone Out' cannot stand in cuba.communication.flag (has 8 characters; "
       "at "
       "most 1 fit cuba.communication.flag); translate under `values`"},
      {"csid too long for text", rule("flag", "csid"),
       "pluto.communication.csid is always 9 characters long, and cuba.communication.flag takes 1"},
      {"listed text too long", values(rule("flag", "subject"), {{"yes", "YES"}}),
       "`values`: 'YES' cannot stand in cuba.communication.flag: has 3 characters; at most 1 fit "
       "cuba.communication.flag"},
      {"values of a date", values(rule("dueOn", "dueOn"), {{"x", "y"}}),
       "`values` translates text, codes and booleans, and pluto.communication.dueOn is a date"},
      {"constant of another type", fixed("count", "three"),
       "'three' cannot stand in cuba.communication.count: must be an integer"},
      {"constant number for text", fixed("status", std::int64_t(5)),
       "5 cannot stand in cuba.communication.status: must be text"},
      {"constant of no code", fixed("type", "Telex"),
       "'Telex' cannot stand in cuba.communication.type: must be a value of the code table cubaType"},
      {"constant too long", fixed("status", "FINAL ENOUGH"),
       "'FINAL ENOUGH' cannot stand in cuba.communication.status: has 12 characters; at most 10 fit "
       "cuba.communication.status"},
      {"constant of no day", fixed("commDate", "2026-02-30"),
       "'2026-02-30' cannot stand in cuba.communication.commDate: must be a date, YYYY-MM-DD"},
      {"constant of another set", with(fixed("status", "Łódź"), [](auto &r) { r.encoding = charset::windows_1252; }),
       "'Łódź' cannot stand in cuba.communication.status: character 1 is U+0141 (LATIN CAPITAL LETTER L WITH STROKE), "
       "which cuba.communication.status cannot hold: it takes windows-1252 text without control characters; and 1 "
       "more like it"},
      {"null for what is needed", fixed("status", null{}),
       "null cannot stand in cuba.communication.status: must have a value"},
      {"narrow wrap", with(rule("text", "text"), [](auto &r) { r.wrap = 7; }),
       "`wrap` must be at least 8 characters, or 0 for none"},
      {"maxLength beyond the field", with(rule("subject", "subject"), [](auto &r) { r.max_length = 61; }),
       "`maxLength` is 61, but cuba.communication.subject holds 60 characters"},
      {"wrapped date", with(rule("dueOn", "dueOn"), [](auto &r) { r.wrap = 72; }),
       "`wrap` is for text, and cuba.communication.dueOn is a date"},
      {"truncated code", with(rule("type", "type"), [](auto &r) { r.too_long = on_too_long::truncate; }),
       "`onTooLong` is for text, and cuba.communication.type is a code"},
      {"lookup without from", lookup(rule("flag", ""), {"cuba.communication", "sourceId", "commNo"}),
       "'flag' has a `lookup` without `from`, the field whose record is looked up"},
      {"lookup without kind", lookup(rule("sourceId", "communicationId"), {"", "sourceId", "commNo"}),
       "`lookup` of 'sourceId' must name the kind, the field it is found by and the field to take"},
      {"lookup into a date", lookup(rule("dueOn", "communicationId"), {"cuba.communication", "sourceId", "commNo"}),
       "`lookup` fills text, and cuba.communication.dueOn is a date"},
      {"lookup in the other store", lookup(rule("sourceId", "communicationId"), {"pluto.note", "noteId", "csid"}),
       "`lookup` finds records of the target's store, and 'pluto.note' is not in 'cuba'"},
      {"lookup by what is not unique",
       lookup(rule("sourceId", "communicationId"), {"cuba.communication", "subject", "commNo"}),
       "`lookup`: cuba.communication.subject is not unique, so it cannot say which record is meant"},
      {"lookup of an unknown field",
       lookup(rule("sourceId", "communicationId"), {"cuba.communication", "sourceId", "comNo"}),
       "cuba.communication has no field 'comNo'; did you mean 'commNo'?"},
      {"lookup of longer text", lookup(rule("flag", "communicationId"), {"cuba.communication", "sourceId", "commNo"}),
       "`lookup`: cuba.communication.commNo may be longer than the 1 characters of cuba.communication.flag"},
  };
  for (const auto &c : cases) {
    SCOPED_TRACE(c.name);
    auto r = c.rule;
    r.at = {"m.yaml", 50, 3};
    std::vector<finding> findings;
    EXPECT_FALSE(mapping::compile(changed(shipped(), r), pluto_communication(), cuba_communication(), findings));
    ASSERT_EQ(findings.size(), 1u) << (findings.size() > 1 ? findings[1].message : "");
    EXPECT_EQ(to_string(findings[0]), "m.yaml:50:3: error: " + c.finding);
  }
}

TEST(Compile, NamesFieldsThatAreFilledTwiceOrNotAtAll) {
  auto d = shipped();
  d.fields.push_back(rule("csid", "csid"));
  d.fields.back().at = {"m.yaml", 60, 3};
  std::erase_if(d.fields, [](const auto &r) { return r.target == "type" || r.target == "status"; });
  std::vector<finding> findings;
  EXPECT_FALSE(mapping::compile(d, pluto_communication(), cuba_communication(), findings));
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_EQ(to_string(findings[0]), "m.yaml:60:3: error: 'csid' is filled twice, first in line 2");
  EXPECT_EQ(
      to_string(findings[1]),
      "m.yaml:100:1: error: cuba.communication.type must have a value, and no rule fills it; add `from` or `value`");
  EXPECT_EQ(
      to_string(findings[2]),
      "m.yaml:100:1: error: cuba.communication.status must have a value, and no rule fills it; add `from` or `value`");
}

TEST(Compile, FindsEverythingAtOnce) {
  auto d = changed(changed(shipped(), rule("commDate", "nothing")), fixed("count", "x"));
  std::vector<finding> findings;
  EXPECT_FALSE(mapping::compile(d, pluto_communication(), cuba_communication(), findings));
  EXPECT_EQ(findings.size(), 2u);
}

TEST(Compile, SaysNothingMoreOfARuleThatIsKnownToBeFaulty) {
  auto d = changed(shipped(), with(rule("status", "nothing"), [](auto &r) { r.faulty = true; }));
  std::vector<finding> findings;
  EXPECT_FALSE(mapping::compile(d, pluto_communication(), cuba_communication(), findings));
  EXPECT_TRUE(findings.empty());
}

TEST(Compile, MakesForExamplesWhatCanBeMade) {
  auto d = changed(shipped(), with(rule("type", "type"), [](auto &r) { r.values = {{"Phone In", "Telex"}}; }));
  std::erase_if(d.fields, [](const auto &r) { return r.target == "status"; });
  std::vector<finding> findings;
  partial_mapping partial;
  EXPECT_FALSE(mapping::compile(d, pluto_communication(), cuba_communication(), findings, {}, &partial));
  ASSERT_TRUE(partial.map);
  ASSERT_EQ(partial.gaps.size(), 2u);
  EXPECT_EQ(partial.gaps[0].finding, 0u);
  EXPECT_EQ(partial.gaps[0].source, "type");
  EXPECT_EQ(partial.gaps[0].given, value("Phone In"));
  EXPECT_EQ(partial.gaps[1].target, "status");
  EXPECT_TRUE(partial.gaps[1].source.empty());
  EXPECT_TRUE(partial.map->apply(posted()));
  auto without = posted();
  without["type"] = "Phone In";
  const auto refused = partial.map->apply(without);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.why().inputs.front().code, "unknown-code");
}

TEST(Compile, NeedsBothKinds) {
  std::vector<finding> findings;
  EXPECT_FALSE(mapping::compile(shipped(), nullptr, pluto_communication(), findings));
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].message, "there is no record kind 'pluto.communication'");
  EXPECT_EQ(findings[1].message, "the mapping is for 'cuba.communication', not 'pluto.communication'");
}

TEST(Compile, ChecksLookupsInTheKindsThatAreKnown) {
  const auto note =
      kind("pluto.note", {make("noteId", field_type::text, 36), make("communicationId", field_type::text, 36)});
  const auto notepad =
      kind("cuba.notepad", {make("noteNo", field_type::text, 12), make("commNo", field_type::text, 12)});
  mapping_declaration d{
      {"n.yaml", 1, 1}, "pluto.note", "cuba.notepad", {rule("noteNo", "noteId"), rule("commNo", "communicationId")}};
  d.fields[1].lookup = lookup_rule{"cuba.comunication", "sourceId", "commNo"};
  std::vector<finding> findings;
  EXPECT_FALSE(mapping::compile(d, note, notepad, findings, {notepad, note, cuba_communication()}));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].message,
            "`lookup`: the store 'cuba' has no record kind 'cuba.comunication'; did you mean 'cuba.communication'?");

  findings.clear();
  d.fields[1].lookup->kind = "cuba.communication";
  EXPECT_TRUE(mapping::compile(d, note, notepad, findings, {notepad, note, cuba_communication()}));
  EXPECT_TRUE(mapping::compile(d, note, notepad, findings));
  EXPECT_TRUE(findings.empty());
}

TEST(Compile, ReadsACodeThatKeepsItsNameBackBeforeOneThatWasTranslatedToIt) {
  auto d = changed(shipped(), with(rule("type", "type"), [](auto &r) { r.values = {{"Phone In", "Phone Out"}}; }));
  std::vector<finding> findings;
  const auto m = mapping::compile(d, pluto_communication(), cuba_communication(), findings);
  ASSERT_TRUE(m);
  EXPECT_TRUE(findings.empty());
  auto source = posted();
  source["type"] = "Phone In";
  auto there = m->apply(source);
  ASSERT_TRUE(there);
  EXPECT_EQ(there->target["type"], value("Phone Out"));
  auto back = m->reverse(there->target);
  ASSERT_TRUE(back);
  EXPECT_EQ((*back)["type"], value("Phone Out"));
}

}  // namespace
}  // namespace causeway
