// An operation that is answered so many times in a millisecond, by a clock that is stepped.
#include "http/concurrency_limit.hpp"

#include <gtest/gtest.h>
#include <tuple>
#include <utility>

namespace causeway::http {
namespace {

using std::chrono::milliseconds;

class concurrency_limit_test : public testing::Test {
 protected:
  // `asked` and `answered` in each of so many milliseconds.
  void pass(int time, std::size_t asked, std::size_t answered) {
    for (int i = 0; i < time; ++i) {
      now_ += milliseconds(1);
      for (std::size_t n = 0; n < asked; ++n) ask();
      for (std::size_t n = 0; n < answered && under_way_ > 0; ++n) {
        limit_.ended(now_, true);
        --under_way_;
      }
    }
  }
  void give_up_all() {
    now_ += milliseconds(1);
    for (; under_way_ > 0; --under_way_) limit_.ended(now_, false);
  }
  // So many callers who ask again as soon as they are answered, by a store that takes all who wait at once.
  void pass_in_batches(int time, std::size_t callers, int each) {
    std::size_t begun = 0;
    for (int i = 0; i < time; ++i) {
      pass(1, 0, i % each == 0 ? std::exchange(begun, 0) : 0);
      while (under_way_ + refused_ < callers) ask();
      if (i % each == 0) begun = under_way_;
    }
  }
  void ask() {
    if (limit_.is_reached(now_, wait)) {
      ++refused_;
      return;
    }
    limit_.begun(now_);
    ++under_way_;
  }

  static constexpr milliseconds wait{250};
  concurrency_limit limit_;
  concurrency_limit::time now_ = std::chrono::hours(1);
  std::size_t under_way_ = 0, refused_ = 0;
};

TEST_F(concurrency_limit_test, refuses_nothing_while_what_is_asked_is_answered) {
  pass(2000, 20, 20);
  EXPECT_EQ(refused_, 0U);
}

// How many callers, and how many milliseconds a batch takes.
class in_batches : public concurrency_limit_test, public testing::WithParamInterface<std::tuple<std::size_t, int>> {};

TEST_P(in_batches, refuses_nobody_who_is_answered_in_time) {
  const auto [callers, each] = GetParam();
  pass_in_batches(3000, callers, each);
  EXPECT_EQ(refused_, 0U);
}

INSTANTIATE_TEST_SUITE_P(concurrency_limit_test, in_batches,
                         testing::Combine(testing::Values(150, 250, 450, 2000),
                                          testing::Values(3, 10, 40, 60, 100, 125)));

TEST_F(concurrency_limit_test, refuses_nothing_of_a_crowd_that_comes_at_once_and_can_be_answered_in_time) {
  pass(1, 4000, 20);
  pass(199, 0, 20);
  EXPECT_EQ(under_way_, 0U);
  pass(1, 4000, 20);
  EXPECT_EQ(refused_, 0U);
}

TEST_F(concurrency_limit_test, holds_as_many_as_are_answered_within_the_wait_at_twice_the_capacity) {
  pass(5000, 40, 20);
  EXPECT_NEAR(double(under_way_), 20 * 250, 250);
  refused_ = 0;
  pass(1000, 40, 20);
  EXPECT_NEAR(double(refused_), 1000 * 20, 1000);
}

TEST_F(concurrency_limit_test, lets_in_less_where_answers_become_slower_and_more_where_they_become_faster) {
  pass(5000, 40, 20);
  pass(5000, 40, 4);
  EXPECT_NEAR(double(under_way_), 4 * 250, 100);
  pass(5000, 80, 40);
  EXPECT_NEAR(double(under_way_), 40 * 250, 500);
}

TEST_F(concurrency_limit_test, lets_some_in_however_slow_the_answers_are) {
  pass(100, 500, 0);
  pass(1000, 1, 0);
  EXPECT_GT(refused_, 900U) << "nothing is answered, so nobody had better wait";
  give_up_all();
  refused_ = 0;
  pass(1, concurrency_limit::always, 0);
  EXPECT_EQ(refused_, 0U);
  pass(1000, 1, 0);
  EXPECT_EQ(refused_, 1000U);
}

TEST_F(concurrency_limit_test, refuses_nothing_of_a_crowd_after_a_hang_whose_rest_was_answered_at_once) {
  pass(1, 300, 0);
  pass(2000, 1, 0);
  pass(1, 0, under_way_);
  for (int crowd = 0; crowd < 3; ++crowd) {
    now_ += std::chrono::seconds(2);
    refused_ = 0;
    pass(1, 200, 20);
    pass(9, 0, 20);
    EXPECT_EQ(refused_, 0U);
    EXPECT_EQ(under_way_, 0U);
  }
}

TEST_F(concurrency_limit_test, is_as_wide_as_before_as_soon_as_a_hang_is_over) {
  pass(1000, 40, 20);
  pass(2000, 40, 0);
  pass(500, 40, 20);
  refused_ = 0;
  pass(1000, 20, 20);
  EXPECT_LT(refused_, 50U);
  EXPECT_GT(under_way_, 2000U);
}

}  // namespace
}  // namespace causeway::http
