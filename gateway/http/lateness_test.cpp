// One thread before which requests queue up, in simulated time.
#include "http/lateness.hpp"

#include <deque>
#include <gtest/gtest.h>

namespace causeway::http {
namespace {

using namespace std::chrono_literals;

class lateness_test : public testing::Test {
 protected:
  struct figures {
    int served = 0, refused = 0;
    lateness::time longest{0};  // that somebody waited
  };

  // For so long as many come in a second as said; each takes 50 µs, and 10 µs to refuse.
  figures pass(lateness::time time, double rate) {
    figures told;
    const auto end = now_ + time;
    const auto gap = lateness::time(std::int64_t(1e9 / rate));
    for (auto next = now_; now_ < end;) {
      for (; next <= now_; next += gap) queue_.push_back(next);
      if (queue_.empty()) {
        now_ = next;
        continue;
      }
      const auto waited = now_ - queue_.front();
      queue_.pop_front();
      told.longest = std::max(told.longest, waited);
      const bool refused = late_.asks() && late_.refuses(waited, now_, wait, connections_);
      ++(refused ? told.refused : told.served);
      now_ += refused ? 10us : 50us;
    }
    return told;
  }

  static constexpr lateness::time wait = 100ms;
  lateness late_;
  std::size_t connections_ = 1'000;
  lateness::time now_ = 1h;
  std::deque<lateness::time> queue_;
};

TEST_F(lateness_test, refuses_nobody_while_all_are_read_in_time) { EXPECT_EQ(pass(5s, 19'000).refused, 0); }

TEST_F(lateness_test, refuses_nobody_after_a_standstill_that_is_caught_up_with) {
  pass(1s, 1'000);
  now_ += 5s;  // and a thousand wait
  for (int i = 0; i < 1'000; ++i) queue_.push_back(now_ - 5s);
  EXPECT_EQ(pass(2s, 1'000).refused, 0);
}

TEST_F(lateness_test, refuses_what_is_too_much_and_serves_what_that_leaves_room_for) {
  const auto first = pass(1s, 40'000);
  EXPECT_LT(first.longest, 250ms);
  const auto then = pass(5s, 40'000);
  EXPECT_LT(then.longest, wait * 11 / 20);
  // 15,000 x 50 µs + 25,000 x 10 µs make a second.
  EXPECT_NEAR(then.served, 5 * 15'000, 5 * 100);
}

TEST_F(lateness_test, refuses_hardly_anybody_when_just_as_many_come_as_can_be_served) {
  pass(1s, 40'000);
  pass(500ms, 20'000);
  EXPECT_LT(pass(5s, 20'000).refused, 5 * 20'000 / 50);
}

TEST_F(lateness_test, refuses_nobody_of_a_few_callers) {
  connections_ = lateness::few;
  EXPECT_EQ(pass(2s, 40'000).refused, 0);
}

TEST_F(lateness_test, refuses_nobody_of_a_few_who_are_left_of_a_crowd) {
  pass(2s, 80'000);
  queue_.clear();
  connections_ = lateness::few;
  EXPECT_EQ(pass(100ms, 100).refused, 0);
}

TEST_F(lateness_test, ends_with_the_overload) {
  pass(2s, 60'000);
  pass(500ms, 10'000);
  EXPECT_EQ(pass(1s, 19'000).refused, 0);
}

// As who asks again as soon as it is answered.
TEST_F(lateness_test, goes_on_while_some_are_read_at_once) {
  pass(1s, 40'000);
  ASSERT_TRUE(late_.asks());
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_FALSE(late_.refuses(0ns, now_, wait, connections_));
    for (int n = 0; n < 7; ++n) late_.refuses(wait * 3 / 5, now_, wait, connections_);
    ASSERT_TRUE(late_.asks() && late_.asks()) << i;
    now_ += 1ms;
  }
}

TEST_F(lateness_test, lets_some_in_even_where_refusing_alone_is_too_much) {
  pass(1s, 200'000);
  const auto then = pass(5s, 200'000);
  EXPECT_NEAR(then.served, (then.served + then.refused) / int(lateness::let_in), 2);
}

TEST_F(lateness_test, asks_some_and_each_where_some_are_refused) {
  int count = 0;
  for (int i = 0; i < 160; ++i) count += late_.asks();
  EXPECT_EQ(count, 160 / int(lateness::every));
  pass(1s, 40'000);
  for (int i = 0; i < 160; ++i) EXPECT_TRUE(late_.asks());
}

}  // namespace
}  // namespace causeway::http
