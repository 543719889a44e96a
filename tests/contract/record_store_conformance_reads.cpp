// get, find, count.
#include <atomic>
#include <set>
#include <thread>

#include "tests/contract/record_store_conformance.hpp"

namespace causeway::testing {
namespace {

std::string at(int minute, int ms = 0) {
  char text[40];
  std::snprintf(text, sizeof text, "2026-11-21T09:%02d:00.%03dZ", minute, ms);
  return text;
}

record event(const std::string &csid, const std::string &when, const char *id = nullptr) {
  record r = make(event_kind(), {{"csid", csid}, {"at", when}});
  if (id) r["eventId"] = std::string(id);
  return r;
}

find_request events_of(const std::string &csid, std::size_t limit = 50) {
  find_request f;
  f.kind = event_kind();
  f.conditions = {{1, csid}};
  f.order = {2, 0};
  f.descending = true;
  f.limit = limit;
  return f;
}

TEST_P(any_store, gets_what_was_inserted_with_its_kind_and_version) {
  committed({insert(person("000000001", {{"name", "Ann"}, {"points", std::int64_t(5)}}))});
  const auto r = get_person("000000001");
  ASSERT_TRUE(succeeded(r));
  EXPECT_EQ(r->kind, person_kind());
  EXPECT_EQ(r->version, 1);
  EXPECT_EQ((*r)["name"], value("Ann"));
  EXPECT_EQ((*r)["points"], value(std::int64_t(5)));
  EXPECT_EQ((*r)["nick"], value(null()));
}

TEST_P(any_store, does_not_find_what_is_not_there) {
  EXPECT_TRUE(is_fault(get_person("000000404"), outcome::not_found));
  // Nor what no row could hold.
  EXPECT_TRUE(is_fault(get_person("404"), outcome::not_found));
  EXPECT_TRUE(is_fault(get(ticket_kind(), {std::string(500, 'x')}), outcome::not_found));
  EXPECT_TRUE(is_fault(get(ticket_kind(), {null()}), outcome::not_found));
}

TEST_P(any_store, finds_the_fields_that_are_wanted) {
  committed({insert(event("000000031", at(1), "wanted-1")), insert(event("000000031", at(2), "wanted-2"))});
  auto f = events_of("000000031");
  f.only = {0};
  const auto rows = find(f);
  ASSERT_TRUE(succeeded(rows));
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ(rows->front()["eventId"], value("wanted-2"));
  EXPECT_EQ(rows->back()["eventId"], value("wanted-1"));
  for (const record &r : *rows) EXPECT_EQ(r.values.size(), event_kind()->fields.size());
  f.only = {99};
  EXPECT_TRUE(is_fault(find(f), outcome::internal));
}

TEST_P(any_store, refuses_requests_that_make_no_sense_as_defects) {
  auto foreign = std::make_shared<record_kind>(*person_kind());
  foreign->name = "test.nobody";
  EXPECT_TRUE(is_fault(get(foreign, {"000000001"}), outcome::internal));
  EXPECT_TRUE(is_fault(get(person_kind(), {"000000001", "000000002"}), outcome::internal));
  auto f = events_of("000000001");
  f.limit = 0;
  EXPECT_TRUE(is_fault(find(f), outcome::internal));
  f.limit = 10'001;
  EXPECT_TRUE(is_fault(find(f), outcome::internal));
  f.limit = 1;
  f.after = {"2026-11-21T09:15:00.000Z"};
  EXPECT_TRUE(is_fault(find(f), outcome::internal));
  std::swap(f.after, f.up_to);
  EXPECT_TRUE(is_fault(find(f), outcome::internal));
  f = events_of("000000001");
  f.conditions[0].field = 4;
  EXPECT_TRUE(is_fault(find(f), outcome::internal));
}

TEST_P(any_store, gets_by_a_key_of_several_fields) {
  const auto choice = [](const char *product, std::int64_t rank, const char *channel) {
    return insert(
        make(choice_kind(), {{"csid", "000000001"}, {"product", product}, {"rank", rank}, {"channel", channel}}));
  };
  committed({choice("a", 1, "one"), choice("a", 2, "two"), choice("b", 1, "three"),
             choice("a\"{},\\", 5'000'000'000, "odd")});
  for (const auto &[product, rank, channel] :
       {std::tuple{"a", 1L, "one"}, {"a", 2L, "two"}, {"b", 1L, "three"}, {"a\"{},\\", 5'000'000'000L, "odd"}}) {
    const auto r = get(choice_kind(), {"000000001", product, std::int64_t(rank)});
    ASSERT_TRUE(succeeded(r)) << product << rank;
    EXPECT_EQ((*r)["channel"], value(channel));
  }
  EXPECT_TRUE(is_fault(get(choice_kind(), {"000000001", "b", std::int64_t(2)}), outcome::not_found));
}

TEST_P(any_store, answers_many_gets_at_once_each_with_its_own) {
  constexpr int many = 700;
  for (int from = 0; from < many; from += 100) {
    std::vector<change> changes;
    for (int i = from; i < from + 100; ++i) {
      const std::string csid = std::to_string(100'000'000 + i);
      changes.push_back(insert(person(csid, {{"name", "N" + csid}})));
    }
    committed(std::move(changes));
  }
  std::atomic<int> good{0}, missing{0}, bad{0};
  // Every key twice, and as many that are not there.
  for (int i = 0; i < 4 * many; ++i) {
    const std::string csid = std::to_string(100'000'000 + i / 2);
    store_->get({person_kind(), {csid}}, soon(), [&, csid, i](const result<record> &r) {
      if (i / 2 >= many)
        ++(is_fault(r, outcome::not_found) ? missing : bad);
      else
        ++(r && (*r)["name"] == value("N" + csid) ? good : bad);
    });
  }
  for (int i = 0; i < 1000 && good + missing + bad < 4 * many; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(good, 2 * many);
  EXPECT_EQ(missing, 2 * many);
  EXPECT_EQ(bad, 0);
}

TEST_P(any_store, finds_by_conditions_in_order) {
  committed({insert(event("000000001", at(3), "c")), insert(event("000000001", at(1), "a")),
             insert(event("000000002", at(2), "x")), insert(event("000000001", at(2), "b2")),
             insert(event("000000001", at(2), "b1"))});
  const auto ids = [&](find_request f) {
    std::vector<std::string> all;
    const auto rows = find(std::move(f));
    EXPECT_TRUE(succeeded(rows));
    if (rows)
      for (const record &r : *rows) all.emplace_back(text_of(r["eventId"]));
    return all;
  };
  using list = std::vector<std::string>;
  auto f = events_of("000000001");
  EXPECT_EQ(ids(f), (list{"c", "b2", "b1", "a"}));
  f.descending = false;
  EXPECT_EQ(ids(f), (list{"a", "b1", "b2", "c"}));
  f.limit = 2;
  EXPECT_EQ(ids(f), (list{"a", "b1"}));
  f.after = {at(2), "b1"};
  EXPECT_EQ(ids(f), (list{"b2", "c"}));
  f.descending = true;
  EXPECT_EQ(ids(f), (list{"a"}));
  f.conditions.push_back({3, null()});
  EXPECT_EQ(ids(f), (list{"a"}));
  f.conditions.back().equals = "noted";
  EXPECT_EQ(ids(f), list());
  // What no row can hold is in none.
  EXPECT_EQ(ids(events_of("not nine digits")), list());
  f.conditions.clear();
  f.after.clear();
  f.limit = 10;
  EXPECT_EQ(ids(f), (list{"c", "x", "b2", "b1", "a"}));
}

TEST_P(any_store, goes_no_further_than_it_is_told) {
  committed({insert(event("000000001", at(1), "a")), insert(event("000000001", at(2), "b1")),
             insert(event("000000001", at(2), "b2")), insert(event("000000001", at(3), "c")),
             insert(event("000000002", at(2), "x"))});
  struct row {
    bool descending;
    std::vector<value> after, up_to;
    std::vector<std::string> found;
  };
  const std::vector<row> table = {
      {false, {}, {at(2), "b1"}, {"a", "b1"}},
      {false, {}, {at(2), "b11"}, {"a", "b1"}},  // no row's
      {false, {}, {at(9), "z"}, {"a", "b1", "b2", "c"}},
      {false, {}, {at(0), "z"}, {}},
      {false, {at(1), "a"}, {at(2), "b2"}, {"b1", "b2"}},
      {false, {at(2), "b2"}, {at(2), "b2"}, {}},
      {true, {}, {at(2), "b1"}, {"c", "b2", "b1"}},
      {true, {at(3), "c"}, {at(2), "b2"}, {"b2"}},
  };
  for (const row &r : table) {
    auto f = events_of("000000001");
    f.descending = r.descending;
    f.after = r.after;
    f.up_to = r.up_to;
    const auto rows = find(f);
    ASSERT_TRUE(succeeded(rows));
    std::vector<std::string> found;
    for (const record &one : *rows) found.emplace_back(text_of(one["eventId"]));
    EXPECT_EQ(found, r.found) << &r - table.data();
  }
}

TEST_P(any_store, goes_on_behind_a_place_that_no_row_could_have) {
  committed({insert(event("000000001", at(1), "a")), insert(event("000000001", at(2), "b")),
             insert(event("000000001", at(2), "c"))});
  auto f = events_of("000000001");
  f.after = {at(2), "b" + std::string(100, 'b')};
  const auto rows = find(f);
  ASSERT_TRUE(succeeded(rows));
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0]["eventId"], value("b"));
  EXPECT_EQ((*rows)[1]["eventId"], value("a"));
}

// Sent before any is answered, so that a store may run them as one.
TEST_P(any_store, answers_many_finds_at_once_each_with_its_own) {
  constexpr int many = 300;
  std::vector<change> changes;
  for (int i = 0; i < many; ++i)
    changes.push_back(
        insert(make(ticket_kind(), {{"ticketNo", "T" + std::to_string(1000 + i)},
                                    {"csid", std::to_string(100'000'000 + i % 10)},
                                    {"sourceId", i == 7 ? value(null()) : "a\"{},\\ " + std::to_string(i)}})));
  committed(std::move(changes));
  struct question {
    find_request asks;
    std::vector<std::string> expected;
  };
  std::vector<question> questions;
  const auto ask = [&](std::size_t field, value equals, std::size_t limit, std::vector<std::string> expected) {
    question q;
    q.asks.kind = ticket_kind();
    q.asks.conditions = {{field, std::move(equals)}};
    q.asks.order = {0};
    q.asks.limit = limit;
    q.expected = std::move(expected);
    questions.push_back(std::move(q));
  };
  for (int i = 0; i < many; ++i) {
    const std::string number = std::to_string(1000 + i);
    // By a unique field, each twice, and one that is not there; the null is nobody's.
    const std::vector<std::string> one = i == 7 ? std::vector<std::string>() : std::vector<std::string>{"T" + number};
    ask(2, "a\"{},\\ " + std::to_string(i), 1, one);
    ask(2, "a\"{},\\ " + std::to_string(i), 5, one);
    ask(2, "none " + std::to_string(i), 1, {});
  }
  ask(2, null(), 5, {"T1007"});
  // By one that many share: in order, no more than each asked for, forwards, behind a place, and backwards.
  for (std::size_t limit = 1; limit <= 3; ++limit) {
    const auto first = [&](std::vector<std::string> all) {
      all.resize(limit);
      return all;
    };
    for (int c = 0; c < 10; ++c) {
      const std::string csid = std::to_string(100'000'000 + c);
      const auto t = [&](int i) { return "T" + std::to_string(1000 + i); };
      ask(1, csid, limit, first({t(c), t(c + 10), t(c + 20)}));
      ask(1, csid, limit, first({t(c + 20), t(c + 30), t(c + 40)}));
      questions.back().asks.after = {t(c + 10)};
      ask(1, csid, 9, first({t(c + 20), t(c + 30), t(c + 40)}));
      questions.back().asks.after = {t(c + 10)};
      questions.back().asks.up_to = {t(c + 10 + 10 * int(limit))};
      ask(1, csid, limit, first({t(c + 290), t(c + 280), t(c + 270)}));
      questions.back().asks.descending = true;
    }
  }
  std::vector<std::optional<result<std::vector<record>>>> answers(questions.size());
  std::atomic<std::size_t> answered{0};
  for (std::size_t i = 0; i < questions.size(); ++i)
    store_->find(questions[i].asks, soon(), [&, i](result<std::vector<record>> r) {
      answers[i].emplace(std::move(r));
      ++answered;
    });
  for (int i = 0; i < 1000 && answered < questions.size(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_EQ(answered, questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    ASSERT_TRUE(succeeded(*answers[i])) << i;
    std::vector<std::string> got;
    for (const record &r : **answers[i]) got.emplace_back(text_of(r["ticketNo"]));
    EXPECT_EQ(got, questions[i].expected) << i;
  }
}

TEST_P(any_store, finds_nulls_and_integers_and_booleans_and_codes) {
  committed({insert(person("000000001", {{"points", std::int64_t(-7)}, {"active", true}, {"state", "Active"}})),
             insert(person("000000002", {{"active", false}})), insert(person("000000003", {{"state", "Gone away"}}))});
  const auto csids = [&](std::string_view field, const value &equals) {
    find_request f;
    f.kind = person_kind();
    f.conditions = {{*person_kind()->find_field(field), equals}};
    f.order = {0};
    std::string all;
    const auto rows = find(f);
    EXPECT_TRUE(succeeded(rows));
    if (rows)
      for (const record &r : *rows) all += std::string(text_of(r["csid"]).substr(8)) + " ";
    const auto n = count(f);
    EXPECT_TRUE(succeeded(n));
    if (n && rows) EXPECT_EQ(*n, std::int64_t(rows->size()));
    return all;
  };
  EXPECT_EQ(csids("points", std::int64_t(-7)), "1 ");
  EXPECT_EQ(csids("points", null()), "2 3 ");
  EXPECT_EQ(csids("active", true), "1 ");
  EXPECT_EQ(csids("active", false), "2 ");
  EXPECT_EQ(csids("active", null()), "3 ");
  EXPECT_EQ(csids("state", "Gone away"), "3 ");
  EXPECT_EQ(csids("state", "ACT"), "");  // a stored value, not a readable one
}

TEST_P(any_store, orders_text_by_its_bytes) {
  const std::vector<std::string> names{"A", "Z", "a", "a b", "ab", "z", "Ä", "é", "日本", "😀"};
  for (std::size_t i = 0; i < names.size(); ++i)
    committed({insert(make(journal_kind(), {{"text", names[names.size() - 1 - i]}}))});
  find_request f;
  f.kind = journal_kind();
  f.order = {1};
  const auto rows = find(f);
  ASSERT_TRUE(succeeded(rows));
  std::vector<std::string> found;
  for (const record &r : *rows) found.emplace_back(text_of(r["text"]));
  EXPECT_EQ(found, names);
}

TEST_P(any_store, pages_stay_stable_while_rows_are_added) {
  for (int i = 0; i < 20; ++i) committed({insert(event("000000001", at(20 + i % 10)))});
  std::set<std::string> seen;
  std::vector<std::string> order;
  auto f = events_of("000000001", 3);
  int pages = 0;
  for (;; ++pages) {
    const auto rows = find(f);
    ASSERT_TRUE(succeeded(rows));
    for (const record &r : *rows) {
      EXPECT_TRUE(seen.insert(std::string(text_of(r["eventId"]))).second) << "seen twice";
      order.emplace_back(text_of(r["at"]));
    }
    if (rows->size() < 3) break;
    f.after = {rows->back()["at"], rows->back()["eventId"]};
    committed({insert(event("000000001", at(50 + pages)))});  // newer than all: before the first page
  }
  EXPECT_EQ(seen.size(), 20u);
  EXPECT_TRUE(std::is_sorted(order.rbegin(), order.rend()));
}

TEST_P(any_store, counts) {
  EXPECT_EQ(*count(events_of("000000001")), 0);
  committed({insert(event("000000001", at(1))), insert(event("000000001", at(2))), insert(event("000000002", at(2)))});
  auto f = events_of("000000001", 1);
  EXPECT_EQ(*count(f), 2);
  f.after = {at(2), "x"};
  EXPECT_EQ(*count(f), 2);  // order, after, up_to and limit do not matter
  f.conditions.clear();
  f.after.clear();
  EXPECT_EQ(*count(f), 3);
}

TEST_P(any_store, an_expired_deadline_is_said_and_nothing_happens) {
  const auto past = wall_clock() - std::chrono::seconds(1);
  EXPECT_TRUE(is_fault(get_now(*store_, {person_kind(), {"000000001"}}, past), outcome::deadline));
  EXPECT_TRUE(is_fault(find_now(*store_, events_of("000000001"), past), outcome::deadline));
  EXPECT_TRUE(is_fault(count_now(*store_, events_of("000000001"), past), outcome::deadline));
  EXPECT_TRUE(is_fault(commit_now(*store_, {{insert(person("000000001"))}}, past), outcome::deadline));
  EXPECT_TRUE(is_fault(get_person("000000001"), outcome::not_found));
}

TEST_P(any_store, says_that_it_serves) { EXPECT_EQ(store_->state(), store_state::serving); }

}  // namespace
}  // namespace causeway::testing
