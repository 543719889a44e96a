// What fields hold, and what they refuse.
#include <limits>

#include "tests/contract/record_store_conformance.hpp"

namespace causeway::testing {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST_P(any_store, every_value_comes_back_as_it_was) {
  struct row {
    std::string_view field;
    value content;
  };
  const row table[] = {
      {"name", "12345678901234567890"},
      {"name", "äöüß€😀日本שלום"},  // characters, not bytes, are counted
      {"name", "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀"},
      {"name", ""},
      {"name", " both ends "},
      {"name", "it's \"quoted\" :p1"},
      {"name", "{a,b}\\n\\\\"},
      {"name", "NULL"},
      {"nick", "line\r\nline\ttab\n"},
      {"nick", std::string(100'000, 'x')},
      // Four bytes a character, and more of them than any buffer for a text of unknown length may hold at a time.
      {"nick", repeated("😀", 1023)},
      {"nick", repeated("😀", 1024)},
      {"nick", "x" + repeated("😀", 5000)},
      {"nick", "xy" + repeated("€", 2731)},
      {"nick", null()},
      {"email", repeated("😀", 40)},
      {"email", "%_;--/* */"},
      {"state", "Active"},
      {"state", "Unknown – 'so far'"},
      {"born", "1970-01-01"},
      {"born", "2024-02-29"},
      {"born", "0001-12-31"},
      {"seenAt", "2026-11-21T09:15:00.007Z"},
      {"seenAt", "9999-12-31T23:59:59.999Z"},
      {"points", std::int64_t(5'000'000'000)},
      {"points", std::int64_t(-5'000'000'000)},
      {"points", std::int64_t(0)},
      {"points", std::numeric_limits<std::int64_t>::max()},
      {"points", std::numeric_limits<std::int64_t>::min()},
      {"active", true},
      {"active", false},
      {"active", null()},
  };
  int number = 600'000'000;
  for (const row &r : table) {
    const std::string csid = std::to_string(number++);
    committed({insert(person(csid, {{r.field, r.content}}))});
    const auto inserted = get_person(csid);
    ASSERT_TRUE(succeeded(inserted)) << r.field;
    EXPECT_EQ((*inserted)[r.field], r.content) << r.field;
    // The same by an update and by a put.
    committed({erase(make(person_kind(), {{"csid", csid}})), insert(person(csid)),
               update(make(person_kind(), {{"csid", csid}, {r.field, r.content}}), 1)});
    EXPECT_EQ((*get_person(csid))[r.field], r.content) << r.field << " updated";
    record whole = person(csid);
    whole[r.field] = r.content;
    committed({put(whole)});
    EXPECT_EQ((*get_person(csid))[r.field], r.content) << r.field << " put";
  }
}

TEST_P(any_store, large_integers_stay_whole_as_serials_and_in_lists) {
  committed({insert(make(journal_kind(), {{"entryId", std::int64_t(5'000'000'000)}, {"text", "a"}})),
             insert(make(journal_kind(), {{"entryId", std::int64_t(5'000'000'001)}, {"text", "b"}}))});
  find_request f;
  f.kind = journal_kind();
  f.order = {0};
  f.after = {std::int64_t(5'000'000'000)};
  const auto rows = find(f);
  ASSERT_TRUE(succeeded(rows));
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0]["entryId"], value(std::int64_t(5'000'000'001)));
}

TEST_P(any_store, what_a_field_cannot_hold_is_invalid_and_named) {
  struct row {
    std::string_view field;
    value content;
    std::string_view code;
  };
  const row table[] = {
      {"name", "123456789012345678901", "too-long"},
      {"name", null(), "required"},
      {"name", absent(), "required"},
      {"name", std::int64_t(1), "wrong-type"},
      {"name", std::string("a\0b", 3), "not-text"},
      {"nick", std::string("\0", 1), "not-text"},
      {"nick", "\xff", "not-text"},
      {"nick", "\xed\xa0\x80", "not-text"},  // half a surrogate pair
      {"csid", "12345678", "not-a-csid"},
      {"csid", "12345678x", "not-a-csid"},
      {"state", "ACT", "unknown-code"},
      {"state", "active", "unknown-code"},
      {"state", "", "unknown-code"},
      {"born", "2026-02-30", "not-a-date"},
      {"born", "21-NOV-2026", "not-a-date"},
      {"seenAt", "2026-11-21", "not-a-time"},
      {"seenAt", "2026-11-21T09:15:00Z", "not-a-time"},
      {"points", "5", "wrong-type"},
      {"points", true, "wrong-type"},
      {"active", std::int64_t(1), "wrong-type"},
      {"active", "true", "wrong-type"},
  };
  committed({insert(person("000000001"))});
  for (const row &r : table) {
    record what = person("000000002");
    what[r.field] = r.content;
    for (const auto type : {change_type::insert, change_type::insert_absent, change_type::put}) {
      const auto refused = commit({insert(person("000000003")), {type, what, 0}});
      ASSERT_TRUE(is_fault_of(refused, outcome::invalid, {std::string(r.field)})) << r.field;
      EXPECT_EQ(refused.why().inputs[0].code, r.code) << r.field;
    }
    if (r.field == "csid" || is_absent(r.content)) continue;
    const auto refused = commit({update(make(person_kind(), {{"csid", "000000001"}, {r.field, r.content}}), 1)});
    EXPECT_TRUE(is_fault_of(refused, outcome::invalid, {std::string(r.field)})) << r.field << " updated";
  }
  EXPECT_TRUE(is_fault(get_person("000000003"), outcome::not_found));
  EXPECT_EQ(get_person("000000001")->version, 1);
}

TEST_P(any_store, a_change_without_its_key_is_invalid) {
  for (const auto type : {change_type::update, change_type::require, change_type::erase, change_type::erase_at})
    EXPECT_TRUE(is_fault_of(commit({{type, make(person_kind(), {{"name", "x"}}), 1}}), outcome::invalid, {"csid"}));
}

TEST_P(any_store, keeps_what_it_has_when_it_refuses) {
  committed({insert(person("000000001", {{"nick", "kept"}}))});
  EXPECT_FALSE(commit({put(person("000000001", {{"nick", "lost"}})), insert(person("000000001"))}));
  EXPECT_EQ((*get_person("000000001"))["nick"], value("kept"));
}

TEST_P(any_sql_store, columns_hold_the_stores_own_conventions) {
  committed({insert(person(
      "000000001",
      {{"state", "Gone away"}, {"born", "2026-11-21"}, {"seenAt", "2026-11-21T09:15:00.007Z"}, {"active", true}}))});
  // The same row by its stored contents: an update that meets none would leave the name as it is.
  behind_its_back(
      R"(UPDATE "PERSON" SET "Full Name" = 'met' WHERE "STATE" = 'GONE' AND "BORN" = '21-NOV-2026' AND
         "SEEN_AT" = '20261121091500007' AND "ACTIVE" = 1 AND "ROW_VERSION" = 1)");
  EXPECT_EQ((*get_person("000000001"))["name"], value("met"));
}

TEST_P(any_sql_store, a_stored_value_outside_its_kind_is_a_defect_that_is_reported_without_it) {
  committed({insert(person("000000001")), insert(person("000000002", {{"name", "Good"}}))});
  struct row {
    const char *set, *field;
  };
  const row table[] = {{R"("STATE" = 'SECRET')", "state"},
                       {R"("BORN" = '2026-11-21')", "born"},
                       {R"("SEEN_AT" = 'x')", "seenAt"},
                       {R"("ACTIVE" = 2)", "active"}};
  for (const row &r : table) {
    behind_its_back(std::string("UPDATE \"PERSON\" SET ") + r.set + " WHERE \"CSID\" = '000000001'");
    const auto read = get_person("000000001");
    EXPECT_TRUE(is_fault(read, outcome::internal)) << r.field;
    EXPECT_EQ(read.why().detail.find("SECRET"), std::string::npos);
    ASSERT_FALSE(log_.lines().empty());
    EXPECT_EQ(log_.lines().back(), "stored value outside its kind: test.person field " + std::string(r.field));
    behind_its_back(
        R"(UPDATE "PERSON" SET "STATE" = NULL, "BORN" = NULL, "SEEN_AT" = NULL, "ACTIVE" = NULL WHERE "CSID" = '000000001')");
  }
  EXPECT_EQ((*get_person("000000002"))["name"], value("Good"));
}

}  // namespace
}  // namespace causeway::testing
