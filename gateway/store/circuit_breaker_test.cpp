#include "store/circuit_breaker.hpp"

#include <gtest/gtest.h>

namespace causeway {
namespace {

using namespace std::chrono_literals;

struct CircuitBreaker : testing::Test {
  std::chrono::milliseconds now{1'000'000};
  bool connected = true;
  circuit_breaker breaker{{.failures = 3, .silence = 5s, .pause = 1s}};

  circuit_breaker::pass ask() {
    const auto given = breaker.admit(now, connected);
    EXPECT_TRUE(given.has_value()) << "refused";
    return given.value_or(circuit_breaker::pass{});
  }
  bool refuses() { return !breaker.admit(now, connected).has_value(); }
  void request(store_sign what) { breaker.report(ask(), what, now); }
  breaker_state state() const { return breaker.state(now, connected); }
  void open_it() {
    for (int i = 0; i < 3; ++i) request(store_sign::failed);
    ASSERT_EQ(state(), breaker_state::open);
  }
};

TEST_F(CircuitBreaker, StaysClosedWhileFailuresAreInterruptedByAnswers) {
  for (int i = 0; i < 10; ++i) {
    request(store_sign::failed);
    request(store_sign::failed);
    request(store_sign::answered);
  }
  EXPECT_EQ(state(), breaker_state::closed);
  EXPECT_EQ(breaker.retry_in(now, true), 0ms);
}

TEST_F(CircuitBreaker, OpensAfterFailuresOneAfterAnother) {
  request(store_sign::failed);
  request(store_sign::failed);
  EXPECT_EQ(state(), breaker_state::closed);
  request(store_sign::failed);
  EXPECT_EQ(state(), breaker_state::open);
  EXPECT_TRUE(refuses());
  EXPECT_EQ(breaker.opened(), 1u);
  EXPECT_EQ(breaker.retry_in(now, true), 1s);
  now += 400ms;
  EXPECT_EQ(breaker.retry_in(now, true), 600ms);
}

TEST_F(CircuitBreaker, LetsOneProbePassAfterThePause) {
  open_it();
  now += 999ms;
  EXPECT_TRUE(refuses());
  now += 1ms;
  EXPECT_EQ(state(), breaker_state::half_open);
  const auto probe = ask();
  EXPECT_TRUE(refuses()) << "a second one beside the probe";
  EXPECT_EQ(state(), breaker_state::half_open);
  breaker.report(probe, store_sign::answered, now);
  EXPECT_EQ(state(), breaker_state::closed);
  request(store_sign::answered);
}

TEST_F(CircuitBreaker, OpensAgainWhenTheProbeFails) {
  open_it();
  now += 1s;
  request(store_sign::failed);
  EXPECT_EQ(state(), breaker_state::open);
  EXPECT_TRUE(refuses());
  EXPECT_EQ(breaker.opened(), 1u) << "it is the same time still";
  now += 1s;
  request(store_sign::answered);
  EXPECT_EQ(state(), breaker_state::closed);
}

TEST_F(CircuitBreaker, TriesTheNextWhenTheProbeWasNotAskedOfTheDatabase) {
  open_it();
  now += 1s;
  request(store_sign::none);
  EXPECT_EQ(state(), breaker_state::half_open);
  request(store_sign::answered);
  EXPECT_EQ(state(), breaker_state::closed);
}

TEST_F(CircuitBreaker, OpensWhenNothingIsAnsweredForTooLong) {
  const auto hanging = ask();
  now += 4999ms;
  const auto second = ask();
  EXPECT_EQ(state(), breaker_state::closed);
  now += 1ms;
  EXPECT_EQ(state(), breaker_state::open);
  EXPECT_TRUE(refuses());
  // The probe hangs too: its silence is measured from its own beginning.
  now += 1s;
  const auto probe = ask();
  now += 4999ms;
  EXPECT_EQ(state(), breaker_state::half_open);
  now += 1ms;
  EXPECT_EQ(state(), breaker_state::open);
  EXPECT_TRUE(refuses());
  // An answer is an answer, whosever.
  breaker.report(hanging, store_sign::answered, now);
  EXPECT_EQ(state(), breaker_state::closed);
  breaker.report(second, store_sign::late, now);
  breaker.report(probe, store_sign::late, now);
  EXPECT_EQ(state(), breaker_state::closed);
}

TEST_F(CircuitBreaker, IsNotSilentWhileOthersAreAnswered) {
  const auto slow = ask();
  for (int i = 0; i < 10; ++i) {
    now += 4s;
    request(store_sign::answered);
  }
  for (int i = 0; i < 10; ++i) {
    now += 4s;
    breaker.heard(now);
  }
  EXPECT_EQ(state(), breaker_state::closed);
  breaker.report(slow, store_sign::late, now);
  EXPECT_EQ(state(), breaker_state::closed);
}

TEST_F(CircuitBreaker, IsNotSilentWhileNothingIsAsked) {
  request(store_sign::answered);
  now += 1h;
  EXPECT_EQ(state(), breaker_state::closed);
  ask();
  EXPECT_EQ(state(), breaker_state::closed);
}

TEST_F(CircuitBreaker, CountsADeadlineOnlyWhereNothingWasAnsweredMeanwhile) {
  for (int i = 0; i < 10; ++i) {
    const auto in_a_queue = ask();
    now += 1ms;
    request(store_sign::answered);
    now += 1ms;
    breaker.report(in_a_queue, store_sign::late, now);
  }
  EXPECT_EQ(state(), breaker_state::closed);
  for (int i = 0; i < 3; ++i) {
    const auto unanswered = ask();
    now += 1ms;
    breaker.report(unanswered, store_sign::late, now);
  }
  EXPECT_EQ(state(), breaker_state::open);
}

TEST_F(CircuitBreaker, TakesNoNoticeOfFailuresFromBeforeItClosedLast) {
  const circuit_breaker::pass old[] = {ask(), ask(), ask(), ask()};
  open_it();
  now += 1s;
  request(store_sign::answered);
  for (const auto &o : old) breaker.report(o, store_sign::failed, now);
  EXPECT_EQ(state(), breaker_state::closed);
}

TEST_F(CircuitBreaker, IsOpenWithoutAConnectionAndProbesAsSoonAsThereIsOne) {
  connected = false;
  EXPECT_EQ(state(), breaker_state::open);
  EXPECT_TRUE(refuses());
  EXPECT_EQ(breaker.retry_in(now, connected), 1s);
  now += 4s;
  EXPECT_TRUE(refuses());
  EXPECT_EQ(breaker.retry_in(now, connected), 4s) << "as long as it has been away";
  now += 1h;
  EXPECT_TRUE(refuses());
  EXPECT_EQ(breaker.retry_in(now, connected), 10s) << "but no longer than this";
  connected = true;
  EXPECT_EQ(state(), breaker_state::half_open);
  const auto probe = ask();
  EXPECT_TRUE(refuses());
  breaker.report(probe, store_sign::answered, now);
  EXPECT_EQ(state(), breaker_state::closed);
  EXPECT_EQ(breaker.opened(), 1u);
}

TEST_F(CircuitBreaker, SaysItsStateInWords) {
  EXPECT_EQ(to_string(breaker_state::closed), "closed");
  EXPECT_EQ(to_string(breaker_state::open), "open");
  EXPECT_EQ(to_string(breaker_state::half_open), "half-open");
}

}  // namespace
}  // namespace causeway
