// Units of many like changes, which a store may write in a way of its own: what comes of each is as of a few.
#include <cstdio>

#include "tests/contract/record_store_conformance.hpp"

namespace causeway::testing {
namespace {

constexpr int many = 100;

std::string csid_of(int n) {
  char text[16];
  std::snprintf(text, sizeof text, "7%08d", n);
  return text;
}
std::string email_of(int n) { return "many" + std::to_string(n) + "@example.org"; }

// What a format for many rows might take for its own.
std::string odd_text(int n) {
  static const std::string odd[] = {"\\N",   "\\.",       "NULL", "",         "a\tb", "a\nb", "a\r\nb", "\\",
                                    "{a,b}", "\"a\" 'b'", "\\t",  "Zoë – 日", " a ",  ",",    "\\\\N",  "a\\\nb"};
  return odd[std::size_t(n) % std::size(odd)];
}

std::vector<change> unit_of(change (*how)(record)) {
  std::vector<change> all;
  for (int n = 0; n < many; ++n)
    all.push_back(how(person(csid_of(n), {{"nick", odd_text(n)},
                                          {"email", email_of(n)},
                                          {"points", n % 3 == 0 ? value(null()) : value(std::int64_t(n))}})));
  return all;
}

TEST_P(any_store, many_inserts_keep_every_character) {
  for (auto how : {insert, insert_absent}) {
    const auto outcomes = committed(unit_of(how));
    for (int n = 0; n < many; ++n) {
      EXPECT_TRUE(outcomes[std::size_t(n)].applied);
      EXPECT_EQ(outcomes[std::size_t(n)].key, std::vector<value>{csid_of(n)});
      const auto r = get_person(csid_of(n));
      ASSERT_TRUE(succeeded(r)) << n;
      EXPECT_EQ((*r)["nick"], value(odd_text(n)));
      EXPECT_EQ((*r)["points"], n % 3 == 0 ? value(null()) : value(std::int64_t(n)));
      EXPECT_EQ(r->version, 1);
      committed({erase(person(csid_of(n)))});
    }
  }
}

TEST_P(any_store, many_inserts_of_two_kinds_happen_whole_or_not_at_all) {
  const auto both = [](const char *last_tag) {
    std::vector<change> all = unit_of(insert);
    for (int n = 0; n < many; ++n) {
      const std::string tag = n == many - 1 ? last_tag : "tag" + std::to_string(n);
      all.push_back(insert(make(journal_kind(), {{"text", odd_text(n)}, {"tag", tag}})));
      all.back().tells_key = false;
    }
    return all;
  };
  EXPECT_TRUE(is_fault(commit(both("tag0")), outcome::conflict));
  EXPECT_TRUE(is_fault(get_person(csid_of(0)), outcome::not_found));
  find_request entries;
  entries.kind = journal_kind();
  entries.order = {*journal_kind()->find_field("entryId")};
  entries.limit = 2 * many;
  auto stand = find(entries);
  ASSERT_TRUE(succeeded(stand));
  EXPECT_EQ(stand->size(), 0u);

  committed(both("last"));
  EXPECT_TRUE(succeeded(get_person(csid_of(many - 1))));
  stand = find(entries);
  ASSERT_TRUE(succeeded(stand));
  ASSERT_EQ(stand->size(), std::size_t(many));
  for (int n = 0; n < many; ++n) EXPECT_EQ((*stand)[std::size_t(n)]["text"], value(odd_text(n))) << "in their order";
}

TEST_P(any_store, a_unit_may_have_serial_keys_that_are_made_given_and_not_asked_for) {
  const auto entry = [](const char *tag) { return make(journal_kind(), {{"text", "one"}, {"tag", tag}}); };
  record given = entry("given");
  given["entryId"] = std::int64_t(1'000);
  std::vector<change> all{insert(entry("not asked for")), insert(entry("made")), insert(given), insert(entry("again"))};
  all[0].tells_key = false;
  const auto outcomes = committed(std::move(all));
  ASSERT_EQ(outcomes.size(), 4u);
  EXPECT_EQ(outcomes[2].key, std::vector<value>{std::int64_t(1'000)});
  for (const auto &[at, tag] : {std::pair(1, "made"), std::pair(2, "given"), std::pair(3, "again")}) {
    const auto stands = get(journal_kind(), outcomes[std::size_t(at)].key);
    ASSERT_TRUE(succeeded(stands)) << tag;
    EXPECT_EQ((*stands)["tag"], value(tag));
  }
}

TEST_P(any_store, of_many_one_that_stands_is_left_and_the_others_are_inserted) {
  committed({insert(person(csid_of(40), {{"email", "first@example.org"}}))});
  committed({insert(person("799999999", {{"email", email_of(70)}}))});
  const auto outcomes = committed(unit_of(insert_absent));
  for (int n = 0; n < many; ++n) {
    const bool stood = n == 40 || n == 70;
    EXPECT_EQ(outcomes[std::size_t(n)].applied, !stood) << n;
    EXPECT_EQ(outcomes[std::size_t(n)].key, std::vector<value>{n == 70 ? std::string("799999999") : csid_of(n)});
    EXPECT_EQ(bool(get_person(csid_of(n))), n != 70) << n;
  }
  EXPECT_EQ((*get_person(csid_of(40)))["email"], value("first@example.org"));
}

TEST_P(any_store, of_many_one_that_must_not_stand_stops_all_and_is_named) {
  committed({insert(person("799999999", {{"email", email_of(70)}}))});
  const auto refused = commit(unit_of(insert));
  EXPECT_TRUE(is_fault(refused, outcome::conflict));
  if (is_sql()) EXPECT_TRUE(is_fault_of(refused, outcome::conflict, {"email"}));
  EXPECT_TRUE(is_fault(get_person(csid_of(0)), outcome::not_found));
  EXPECT_TRUE(is_fault(get_person(csid_of(99)), outcome::not_found));
}

TEST_P(any_store, many_updates_of_the_same_and_of_different_contents) {
  committed(unit_of(insert));
  std::vector<change> all;
  for (int n = 0; n < many; ++n) {
    record r(person_kind());
    r["csid"] = csid_of(n);
    r["name"] = "Everybody";
    r["nick"] = null();
    r["points"] = std::int64_t(7);
    r["email"] = "new-" + email_of(n);
    all.push_back(update(std::move(r), 1));
  }
  const auto outcomes = committed(all);
  for (int n = 0; n < many; ++n) {
    EXPECT_EQ(outcomes[std::size_t(n)].version, 2);
    const auto r = get_person(csid_of(n));
    ASSERT_TRUE(succeeded(r));
    EXPECT_EQ((*r)["name"], value("Everybody"));
    EXPECT_EQ((*r)["nick"], value(null()));
    EXPECT_EQ((*r)["points"], value(std::int64_t(7)));
    EXPECT_EQ((*r)["email"], value("new-" + email_of(n)));
    EXPECT_EQ(r->version, 2);
  }
  // One of them has changed since: none is written.
  all[60].version = 2;
  for (int n = 0; n < many; ++n) all[std::size_t(n)].what["name"] = "Nobody";
  EXPECT_TRUE(is_fault(commit(all), outcome::stale));
  EXPECT_EQ((*get_person(csid_of(60)))["name"], value("Everybody"));
}

}  // namespace
}  // namespace causeway::testing
