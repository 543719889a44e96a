// Mappings as declared: what compile refuses and says, what a record becomes, and what comes back.
#include "mapping/mapping.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "mapping/charset.hpp"
#include "mapping/random_text.hpp"

namespace causeway {

// What GoogleTest shows of a value; found by its argument's namespace.
static std::ostream &operator<<(std::ostream &out, const value &v) {
  if (is_null(v)) return out << "null";
  if (const auto *flag = std::get_if<bool>(&v)) return out << (*flag ? "true" : "false");
  if (const auto *number = std::get_if<std::int64_t>(&v)) return out << *number;
  if (const auto *text = std::get_if<std::string>(&v)) return out << '"' << *text << '"';
  return out << "absent";
}

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;  // stored, readable

std::shared_ptr<const code_table> codes(std::string name, const pairs &entries) {
  auto table = std::make_shared<code_table>();
  table->name = std::move(name);
  for (const auto &[stored, readable] : entries) {
    table->readable_of[stored] = readable;
    table->stored_of[readable] = stored;
  }
  return table;
}

field make(std::string name, field_type type, std::size_t length = 0) {
  field f;
  f.name = f.column = std::move(name);
  f.type = type;
  f.length = length;
  return f;
}

field coded(std::string name, std::shared_ptr<const code_table> table) {
  field f = make(std::move(name), field_type::code, 20);
  f.codes = std::move(table);
  return f;
}

field needed(field f) {
  f.required = true;
  return f;
}

field generated(field f, key_generation how) {
  f.generate = how;
  return needed(f);
}

field unique(field f) {
  f.unique = true;
  return f;
}

kind_ptr kind(std::string name, std::vector<field> fields) {
  auto made = std::make_shared<record_kind>();
  made->store = name.substr(0, name.find('.'));
  made->table = made->name = std::move(name);
  made->fields = std::move(fields);
  made->key = {0};
  return made;
}

kind_ptr pluto_communication() {
  static const auto types = codes("commType", {{"Phone Out", "Phone Out"}, {"Phone In", "Phone In"}});
  static const auto issues = codes("issue", {{"Blank", "Blank"}, {"Arrears", "Arrears"}});
  return kind("pluto.communication",
              {generated(make("communicationId", field_type::text, 36), key_generation::uuid),
               needed(make("csid", field_type::csid)), needed(coded("type", types)), needed(coded("issue", issues)),
               make("subject", field_type::text, 100), make("text", field_type::text, 4'000),
               needed(make("createdAt", field_type::timestamp)), make("dueOn", field_type::date),
               make("pages", field_type::integer), make("urgent", field_type::boolean)});
}

kind_ptr cuba_communication() {
  static const auto types = codes("cubaType", {{"PHONE OUT", "Phone Out"}, {"PHONE IN", "Phone In"}, {"FAX", "Fax"}});
  static const auto issues = codes("cubaIssue", {{"BLANK", "Blank"}, {"ARREARS", "Arrears"}});
  return kind(
      "cuba.communication",
      {generated(make("commNo", field_type::text, 12), key_generation::id), needed(make("csid", field_type::csid)),
       needed(coded("type", types)), coded("issue", issues), make("subject", field_type::text, 60),
       make("text", field_type::text, 8'000), needed(make("status", field_type::text, 10)),
       make("commDate", field_type::date), make("createdAt", field_type::timestamp),
       unique(make("sourceId", field_type::text, 36)), make("flag", field_type::text, 1),
       make("count", field_type::integer), make("urgent", field_type::boolean), make("dueOn", field_type::date)});
}

int next_line = 0;

field_rule rule(std::string target, std::string from) {
  field_rule r;
  r.target = std::move(target);
  r.at = {"m.yaml", ++next_line, 3};
  if (!from.empty()) r.from = std::move(from);
  return r;
}

field_rule fixed(std::string target, value constant) {
  field_rule r = rule(std::move(target), "");
  r.constant = std::move(constant);
  return r;
}

field_rule with(field_rule r, const std::function<void(field_rule &)> &change) {
  change(r);
  return r;
}

// The shipped mapping, in short.
mapping_declaration shipped() {
  next_line = 0;
  mapping_declaration d{{"m.yaml", 100, 1}, "pluto.communication", "cuba.communication", {}};
  d.fields = {rule("sourceId", "communicationId"),
              rule("csid", "csid"),
              rule("type", "type"),
              rule("issue", "issue"),
              with(rule("subject", "subject"),
                   [](field_rule &r) {
                     r.encoding = charset::windows_1252;
                     r.unmappable = on_unmappable::escape;
                     r.too_long = on_too_long::truncate;
                   }),
              with(rule("text", "text"),
                   [](field_rule &r) {
                     r.encoding = charset::windows_1252;
                     r.unmappable = on_unmappable::escape;
                     r.wrap = 72;
                   }),
              fixed("status", "FINAL"),
              rule("commDate", "createdAt"),
              rule("createdAt", "createdAt"),
              rule("count", "pages"),
              rule("urgent", "urgent"),
              rule("dueOn", "dueOn")};
  return d;
}

// `d` with the rule for its target in place of the one it had.
mapping_declaration changed(mapping_declaration d, field_rule r) {
  const auto same = std::find_if(d.fields.begin(), d.fields.end(), [&](auto &f) { return f.target == r.target; });
  if (same != d.fields.end())
    *same = std::move(r);
  else
    d.fields.push_back(std::move(r));
  return d;
}

std::shared_ptr<const mapping> compiled(const mapping_declaration &d) {
  std::vector<finding> findings;
  auto made = mapping::compile(d, pluto_communication(), cuba_communication(), findings);
  EXPECT_TRUE(made) << (findings.empty() ? "" : to_string(findings.front()));
  return made;
}

record posted() {
  record r(pluto_communication());
  r["communicationId"] = "0193-uuid";
  r["csid"] = "000000004";
  r["type"] = "Phone Out";
  r["issue"] = "Blank";
  r["subject"] = "Agreement";
  r["text"] = "Called about \U0001F600.";
  r["createdAt"] = "2026-11-21T09:15:00.000Z";
  r["dueOn"] = null{};
  r["pages"] = std::int64_t(3);
  r["urgent"] = true;
  return r;
}

// ---- compile
// ----------------------------------------------------------------------------------------------------------

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
    EXPECT_EQ(to_string(findings[0]), "m.yaml:50:3: " + c.finding);
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
  EXPECT_EQ(to_string(findings[0]), "m.yaml:60:3: 'csid' is filled twice, first in line 2");
  EXPECT_EQ(to_string(findings[1]),
            "m.yaml:100:1: cuba.communication.type must have a value, and no rule fills it; add `from` or `value`");
  EXPECT_EQ(to_string(findings[2]),
            "m.yaml:100:1: cuba.communication.status must have a value, and no rule fills it; add `from` or `value`");
}

TEST(Compile, FindsEverythingAtOnce) {
  auto d = changed(changed(shipped(), rule("commDate", "nothing")), fixed("count", "x"));
  std::vector<finding> findings;
  EXPECT_FALSE(mapping::compile(d, pluto_communication(), cuba_communication(), findings));
  EXPECT_EQ(findings.size(), 2u);
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

TEST(Compile, WarnsOfWhatCannotBeToldApart) {
  auto d = changed(shipped(), with(rule("type", "type"), [](auto &r) { r.values = {{"Phone In", "Phone Out"}}; }));
  std::vector<finding> findings;
  const auto m = mapping::compile(d, pluto_communication(), cuba_communication(), findings);
  ASSERT_TRUE(m);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].level, severity::warning);
  EXPECT_EQ(findings[0].message,
            "'Phone Out' and 'Phone In' both become 'Phone Out' in cuba.communication.type, which is read back as "
            "'Phone Out'");
  auto source = posted();
  source["type"] = "Phone In";
  auto there = m->apply(source);
  ASSERT_TRUE(there);
  EXPECT_EQ(there->target["type"], value("Phone Out"));
  auto back = m->reverse(there->target);
  ASSERT_TRUE(back);
  EXPECT_EQ((*back)["type"], value("Phone Out"));
}

// ---- apply and reverse
// ------------------------------------------------------------------------------------------------

TEST(Mapping, CarriesARecordThereAndBack) {
  const auto m = compiled(shipped());
  const auto there = m->apply(posted());
  ASSERT_TRUE(there);
  const auto &cuba = there->target;
  EXPECT_TRUE(there->lookups.empty());
  EXPECT_EQ(cuba["commNo"], value(absent{}));
  EXPECT_EQ(cuba["sourceId"], value("0193-uuid"));
  EXPECT_EQ(cuba["csid"], value("000000004"));
  EXPECT_EQ(cuba["type"], value("Phone Out"));
  EXPECT_EQ(cuba["text"], value("Called about \\u{1F600}."));
  EXPECT_EQ(cuba["status"], value("FINAL"));
  EXPECT_EQ(cuba["commDate"], value("2026-11-21"));
  EXPECT_EQ(cuba["createdAt"], value("2026-11-21T09:15:00.000Z"));
  EXPECT_EQ(cuba["count"], value(std::int64_t(3)));
  EXPECT_EQ(cuba["urgent"], value(true));
  EXPECT_EQ(cuba["dueOn"], value(null{}));

  const auto back = m->reverse(cuba);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->values, posted().values);
}

TEST(Mapping, TakesWhatIsAbsentForNull) {
  auto source = posted();
  source["subject"] = absent{};
  const auto there = compiled(shipped())->apply(source);
  ASSERT_TRUE(there);
  EXPECT_EQ(there->target["subject"], value(null{}));
}

TEST(Mapping, SaysAllThatCannotCross) {
  auto d = shipped();
  d.fields[5].unmappable = on_unmappable::reject;
  d.fields[4].too_long = on_too_long::reject;
  auto source = posted();
  source["csid"] = "4";
  source["type"] = "Telex";
  source["issue"] = null{};
  source["subject"] = std::string(61, 'x');
  source["createdAt"] = "yesterday";
  source["pages"] = "three";
  const auto there = compiled(changed(d, with(fixed("issue", "Blank"), [](auto &) {})))->apply(source);
  ASSERT_FALSE(there);
  EXPECT_EQ(there.why().what, outcome::invalid);
  EXPECT_EQ(there.why().detail, "the record cannot cross from pluto.communication to cuba.communication");
  pairs found;
  for (const auto &f : there.why().inputs) found.emplace_back(f.pointer, f.code);
  EXPECT_EQ(found, (pairs{{"csid", "not-a-csid"},
                          {"type", "unknown-code"},
                          {"subject", "too-long"},
                          {"text", "unmappable-character"},
                          {"createdAt", "not-a-time"},
                          {"pages", "wrong-type"}}));
  EXPECT_EQ(there.why().inputs[1].detail, "cuba.communication.type takes only 'Phone In', 'Phone Out'");
}

TEST(Mapping, RequiresWhatTheTargetRequires) {
  auto source = posted();
  source["type"] = null{};
  source["csid"] = absent{};
  const auto there = compiled(shipped())->apply(source);
  ASSERT_FALSE(there);
  EXPECT_EQ(there.why().inputs,
            (std::vector<input_fault>{{"csid", "required", "cuba.communication.csid must have a value"},
                                      {"type", "required", "cuba.communication.type must have a value"}}));
}

TEST(Mapping, TranslatesValues) {
  auto d = changed(shipped(), with(rule("issue", "issue"), [](auto &r) { r.values = {{"Blank", null{}}}; }));
  d = changed(d, with(rule("flag", "urgent"), [](auto &r) { r.values = {{"true", "Y"}, {"false", "N"}}; }));
  std::erase_if(d.fields, [](const auto &r) { return r.target == "urgent"; });
  d = changed(d, with(rule("count", "type"),
                      [](auto &r) { r.values = {{"Phone In", std::int64_t(1)}, {"Phone Out", std::int64_t(2)}}; }));
  d = changed(d, with(rule("subject", "subject"), [](auto &r) { r.values = {{"Agreement", "AGREED"}}; }));
  const auto m = compiled(d);
  const auto there = m->apply(posted());
  ASSERT_TRUE(there);
  EXPECT_EQ(there->target["issue"], value(null{}));
  EXPECT_EQ(there->target["flag"], value("Y"));
  EXPECT_EQ(there->target["count"], value(std::int64_t(2)));
  EXPECT_EQ(there->target["subject"], value("AGREED"));
  const auto back = m->reverse(there->target);
  ASSERT_TRUE(back);
  EXPECT_EQ((*back)["issue"], value("Blank"));  // which must have a value, so that null can mean nothing else
  EXPECT_EQ((*back)["urgent"], value(true));
  EXPECT_EQ((*back)["type"], value("Phone Out"));
  EXPECT_EQ((*back)["subject"], value("Agreement"));
}

TEST(Mapping, FillsACodeFromTextThatIsOne) {
  const auto d = changed(shipped(), with(rule("issue", "subject"), [](auto &r) { r.values = {{"none", "Blank"}}; }));
  std::vector<finding> findings;
  const auto m = mapping::compile(d, pluto_communication(), cuba_communication(), findings);
  ASSERT_TRUE(m);
  ASSERT_EQ(findings.size(), 1u);  // "none" and "Blank" cannot be told apart
  const std::pair<value, value> cases[] = {{"Arrears", "Arrears"}, {"none", "Blank"}, {null{}, null{}}};
  for (const auto &[subject, issue] : cases) {
    auto source = posted();
    source["subject"] = subject;
    const auto there = m->apply(source);
    ASSERT_TRUE(there);
    EXPECT_EQ(there->target["issue"], issue);
  }
  EXPECT_FALSE(m->apply(posted()));
}

TEST(Mapping, LeavesTheTimeOfDayBehind) {
  auto d = shipped();
  std::erase_if(d.fields, [](const auto &r) { return r.target == "createdAt"; });
  const auto m = compiled(d);
  const auto there = m->apply(posted());
  ASSERT_TRUE(there);
  EXPECT_EQ(there->target["commDate"], value("2026-11-21"));
  const auto back = m->reverse(there->target);
  ASSERT_TRUE(back);
  EXPECT_EQ((*back)["createdAt"], value(absent{}));
}

TEST(Mapping, LeavesLookupsToTheRelay) {
  auto d = shipped();
  d.fields[0].lookup = lookup_rule{"cuba.communication", "sourceId", "commNo"};
  const auto m = compiled(d);
  const auto there = m->apply(posted());
  ASSERT_TRUE(there);
  ASSERT_EQ(there->lookups.size(), 1u);
  const auto &wanted = there->lookups[0];
  EXPECT_EQ(wanted.target_field, *cuba_communication()->find_field("sourceId"));
  EXPECT_EQ(wanted.kind, "cuba.communication");
  EXPECT_EQ(wanted.by, "sourceId");
  EXPECT_EQ(wanted.equals, value("0193-uuid"));
  EXPECT_EQ(wanted.take, "commNo");
  EXPECT_EQ(there->target["sourceId"], value(absent{}));
  const auto back = m->reverse(there->target);
  ASSERT_TRUE(back);
  EXPECT_EQ((*back)["communicationId"], value(absent{}));
}

TEST(Mapping, LooksNothingUpForNull) {
  auto d = shipped();
  d.fields[0].lookup = lookup_rule{"cuba.communication", "sourceId", "commNo"};
  auto source = posted();
  source["communicationId"] = null{};
  const auto there = compiled(d)->apply(source);
  ASSERT_TRUE(there);
  EXPECT_TRUE(there->lookups.empty());
  EXPECT_EQ(there->target["sourceId"], value(null{}));
}

TEST(Mapping, ReadsBackTheFieldThatLosesLess) {
  auto d = changed(shipped(), with(rule("subject", "text"), [](auto &r) { r.too_long = on_too_long::truncate; }));
  const auto m = compiled(d);
  auto source = posted();
  source["text"] = std::string(100, 'x');
  const auto there = m->apply(source);
  ASSERT_TRUE(there);
  EXPECT_EQ(there->target["subject"], value(std::string(60, 'x')));
  const auto back = m->reverse(there->target);
  ASSERT_TRUE(back);
  EXPECT_EQ((*back)["text"], source["text"]);
}

TEST(Mapping, SaysWhatItNeverWrote) {
  const auto m = compiled(shipped());
  auto cuba = m->apply(posted())->target;
  cuba["type"] = "Fax";
  cuba["csid"] = "x";
  const auto back = m->reverse(cuba);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.why().what, outcome::invalid);
  EXPECT_EQ(back.why().inputs,
            (std::vector<input_fault>{{"csid", "not-a-csid", "must be nine digits"},
                                      {"type", "unknown-code", "is no value that type is mapped to"}}));
}

TEST(Mapping, TakesNoRecordOfAnotherKind) {
  const auto m = compiled(shipped());
  EXPECT_EQ(m->apply(record(cuba_communication())).why().what, outcome::internal);
  EXPECT_EQ(m->apply(record()).why().what, outcome::internal);
  EXPECT_EQ(m->reverse(posted()).why().what, outcome::internal);
}

// ---- whole records, generated
// -----------------------------------------------------------------------------------------

record random_record(random_text &texts) {
  auto r = posted();
  const auto maybe = [&](value v) { return texts.below(5) == 0 ? value(null{}) : std::move(v); };
  r["type"] = texts.below(2) ? "Phone In" : "Phone Out";
  r["issue"] = texts.below(2) ? "Blank" : "Arrears";
  r["subject"] = maybe(texts.any(100));
  r["text"] = maybe(texts.any(4'000));
  r["pages"] = maybe(std::int64_t(texts.below(1'000'000)) - 500'000);
  r["urgent"] = maybe(texts.below(2) == 0);
  r["dueOn"] = maybe("2026-02-2" + std::to_string(texts.below(9)));
  return r;
}

TEST(MappingProperty, ReversesExactlyWhatItLetsThrough) {
  for (const auto policy : {on_unmappable::reject, on_unmappable::escape}) {
    auto d = shipped();
    for (auto &r : d.fields) {
      if (r.from != "subject" && r.from != "text") continue;
      r.unmappable = policy;
      r.too_long = on_too_long::reject;
    }
    const auto m = compiled(d);
    random_text texts(7);
    int crossed = 0;
    for (int i = 0; i < 20'000; ++i) {
      const auto source = random_record(texts);
      const auto there = m->apply(source);
      if (!there) {
        for (const auto &f : there.why().inputs) ASSERT_TRUE(f.pointer == "subject" || f.pointer == "text") << f.detail;
        continue;
      }
      ++crossed;
      const auto back = m->reverse(there->target);
      ASSERT_TRUE(back) << i;
      ASSERT_EQ(back->values, source.values) << i;
    }
    EXPECT_GT(crossed, 1'000);
  }
}

TEST(MappingProperty, IsStableWhereItLoses) {
  auto d = shipped();
  for (auto &r : d.fields) {
    if (r.from != "subject" && r.from != "text") continue;
    r.unmappable = on_unmappable::transliterate;
    r.too_long = on_too_long::truncate;
  }
  const auto m = compiled(d);
  random_text texts(8);
  for (int i = 0; i < 20'000; ++i) {
    const auto there = m->apply(random_record(texts));
    ASSERT_TRUE(there) << i;
    const auto back = m->reverse(there->target);
    ASSERT_TRUE(back) << i;
    const auto again = m->apply(*back);
    ASSERT_TRUE(again) << i;
    ASSERT_EQ(again->target.values, there->target.values) << i;
  }
}

}  // namespace
}  // namespace causeway
