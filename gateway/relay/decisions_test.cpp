// The relay's pure decisions, as tables.
#include <gtest/gtest.h>

#include "relay/order.hpp"
#include "relay/retry.hpp"

namespace causeway {
namespace {

using namespace std::chrono_literals;

copy_row row(std::int64_t id, std::string csid, std::optional<time_point> next = {}) {
  copy_row r;
  r.id = id;
  r.csid = std::move(csid);
  r.next_attempt = next;
  return r;
}

TEST(Backoff, doubles_up_to_the_most_with_half_of_it_by_chance) {
  const retry_policy policy{200ms, 60s, 16};
  struct {
    unsigned attempt;
    double random;
    std::chrono::milliseconds wait;
  } const table[] = {{1, 0.0, 100ms},    {1, 0.5, 150ms}, {2, 0.5, 300ms},       {3, 0.0, 400ms},
                     {9, 0.0, 25'600ms}, {10, 0.0, 30s},  {1'000'000, 0.5, 45s}, {0, 0.0, 100ms}};
  for (const auto &t : table) EXPECT_EQ(backoff(policy, t.attempt, t.random), t.wait) << t.attempt;
}

TEST(Faults, are_told_apart) {
  struct {
    outcome what;
    fault_class as;
  } const table[] = {{outcome::unavailable, fault_class::transient}, {outcome::overloaded, fault_class::transient},
                     {outcome::deadline, fault_class::transient},    {outcome::stale, fault_class::fenced},
                     {outcome::invalid, fault_class::permanent},     {outcome::conflict, fault_class::permanent},
                     {outcome::not_found, fault_class::permanent},   {outcome::internal, fault_class::unclear}};
  for (const auto &t : table) EXPECT_EQ(classify(t.what), t.as) << int(t.what);
}

TEST(Faults, leave_no_personal_text_in_a_reason) {
  const fault why{
      outcome::invalid, "Miller is too long", {{"text", "too-long", "'Miller' has 6"}, {"with", "required", ""}}};
  EXPECT_EQ(reason_of(why), "cannot be carried to the target: text too-long, with required");
}

TEST(PassOrder, holds_only_the_customer_that_may_not_go) {
  const time_point now{10s};
  pass_order order({"parked"});
  EXPECT_FALSE(order.admit(row(1, "parked"), now));
  EXPECT_TRUE(order.admit(row(2, "free"), now));
  EXPECT_FALSE(order.admit(row(3, "later", now + 5s), now));
  EXPECT_FALSE(order.admit(row(4, "later"), now)) << "behind the one that waits";
  EXPECT_FALSE(order.admit(row(5, "sooner", now + 2s), now));
  EXPECT_TRUE(order.admit(row(6, "due", now), now));
  EXPECT_TRUE(order.admit(row(7, "free"), now));
  order.hold("free");
  EXPECT_FALSE(order.admit(row(8, "free"), now));
  EXPECT_EQ(order.soonest(), now + 2s);
}

TEST(PassOrder, lets_go_what_would_wait_longer_than_was_ever_asked_for) {
  const time_point now{10s};
  pass_order order({}, 60s);
  EXPECT_FALSE(order.admit(row(1, "waits", now + 60s), now));
  EXPECT_TRUE(order.admit(row(2, "of a clock that was ahead", now + 61s), now));
  EXPECT_EQ(order.soonest(), now + 60s);
}

TEST(EarlierCopies, let_a_copy_go_when_its_customer_has_none_before_it) {
  earlier_copies earlier;
  for (const copy_row &pending : {row(10, "a"), row(12, "b"), row(14, "a")}) earlier.add(pending.csid, pending.id);
  struct {
    std::string_view csid;
    std::int64_t id;
    bool clear;
  } const table[] = {{"a", 9, true},  {"a", 11, false}, {"a", 15, false},
                     {"b", 11, true}, {"b", 13, false}, {"c", 99, true}};
  for (const auto &t : table) EXPECT_EQ(earlier.clear(std::string(t.csid), t.id), t.clear) << t.csid << t.id;
}

}  // namespace
}  // namespace causeway
