// What a record becomes through a mapping, and what comes back.
#include "mapping/mapping.hpp"

#include "mapping/random_text.hpp"
#include "mapping/testing/example_mapping.hpp"

namespace causeway {
namespace {

using namespace mapping_example;

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

TEST(Mapping, RefusesAYearThatTheTargetCannotWrite) {
  const auto short_years = with_field(cuba_communication(), "commDate", [](field &f) { f.format = "DD-MON-RR"; });
  auto source = posted();
  source["createdAt"] = "2049-12-31T23:59:59.999Z";
  const auto made = compiled(shipped(), short_years);
  EXPECT_TRUE(made->apply(source));
  source["createdAt"] = "2050-01-01T00:00:00.000Z";
  EXPECT_EQ(made->apply(source).why().inputs,
            (std::vector<input_fault>{{"createdAt", "out-of-range",
                                       "as cuba.communication.commDate must be of the years 1950 to 2049, which two "
                                       "digits tell apart"}}));
}

TEST(Mapping, RefusesABlankAtTheEndOfAPaddedColumnUnlessItIsCutThere) {
  const auto padded = with_field(cuba_communication(), "subject", [](field &f) {
    f.form = column_form::padded;
    f.length = 16;
  });
  const auto declared = changed(shipped(), with(rule("subject", "subject"), [](auto &r) {
                                  r.encoding = charset::windows_1252;
                                  r.unmappable = on_unmappable::transliterate;
                                  r.too_long = on_too_long::truncate;
                                }));
  const auto m = compiled(declared, padded);
  const auto becomes = [&](const char *subject) {
    auto source = posted();
    source["subject"] = subject;
    const auto there = m->apply(source);
    return there ? there->target["subject"] : value(there.why().inputs.at(0).code);
  };
  EXPECT_EQ(becomes("fifteen letters and more"), value("fifteen letters"));
  EXPECT_EQ(becomes("\U0001F600 grins"), value("{GRINNING FACE}")) << "cut, though it has more characters than before";
  EXPECT_EQ(becomes("Wałęsa "), value("trailing-blanks")) << "not cut, though it has fewer bytes than before";
}

TEST(Mapping, TranslatesValues) {
  auto d = changed(shipped(), with(rule("issue", "issue"), [](auto &r) { r.values = {{"Blank", null{}}}; }));
  d = changed(d, with(rule("flag", "urgent"), [](auto &r) { r.values = {{"true", "Y"}, {"false", "N"}}; }));
  std::erase_if(d.fields, [](const auto &r) { return r.target == "urgent"; });
  d = changed(d, with(rule("count", "type"), [](auto &r) {
                r.values = {{"Phone In", std::int64_t(1)}, {"Phone Out", std::int64_t(2)}};
              }));
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
  EXPECT_TRUE(findings.empty());
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
