// Times as text, there and back, and what is no time.
#include "runtime/clock.hpp"

#include <gtest/gtest.h>
#include <random>

namespace causeway {
namespace {

using std::chrono::milliseconds;
using std::chrono::sys_days;
using std::chrono::year;

TEST(Clock, WritesRfc3339InUtcWithMilliseconds) {
  const std::pair<time_point, std::string_view> cases[] = {
      {time_point(), "1970-01-01T00:00:00.000Z"},
      {time_point(milliseconds(-1)), "1969-12-31T23:59:59.999Z"},
      {sys_days(year{2026} / 11 / 21) + milliseconds(33'300'007), "2026-11-21T09:15:00.007Z"},
      {sys_days(year{2024} / 2 / 29) + milliseconds(86'399'999), "2024-02-29T23:59:59.999Z"},
      {sys_days(year{1} / 1 / 1), "0001-01-01T00:00:00.000Z"},
      {sys_days(year{9999} / 12 / 31) + milliseconds(86'399'999), "9999-12-31T23:59:59.999Z"},
  };
  for (const auto &[time, text] : cases) {
    EXPECT_EQ(to_rfc3339(time), text);
    EXPECT_EQ(from_rfc3339(text), time) << text;
  }
}

TEST(Clock, ReadsNothingThatIsNoTime) {
  for (const auto *text : {
           "",
           "2026-11-21",
           "2026-11-21T09:15:00Z",           // without milliseconds
           "2026-11-21T09:15:00.0000Z",      // microseconds
           "2026-11-21T09:15:00.000+00:00",  // an offset, even of nothing
           "2026-11-21 09:15:00.000Z",       // a blank for the T
           "2026-11-21t09:15:00.000z",       // in lower case
           "2026-11-21T09:15:00.000Z ",      // something behind
           " 2026-11-21T09:15:00.000Z",      // something before
           "2026-11-21T09:15:00,000Z",       // a comma
           "2026-1-021T09:15:00.000Z",       // digits elsewhere
           "2026-02-29T00:00:00.000Z",       // no leap year
           "1900-02-29T00:00:00.000Z",       // nor this
           "2026-02-30T00:00:00.000Z",       //
           "2026-04-31T00:00:00.000Z",       //
           "2026-00-10T00:00:00.000Z",       //
           "2026-13-10T00:00:00.000Z",       //
           "2026-11-00T00:00:00.000Z",       //
           "2026-11-32T00:00:00.000Z",       //
           "2026-11-21T24:00:00.000Z",       //
           "2026-11-21T09:60:00.000Z",       //
           "2026-11-21T09:15:60.000Z",       // leap seconds have no place in milliseconds since 1970
           "2026-11-21T09:15:0x.000Z",       //
           "+026-11-21T09:15:00.000Z",       //
           "-001-11-21T09:15:00.000Z",       //
           "\u0662026-11-21T09:15:00.00Z",   // digits of another script
       })
    EXPECT_FALSE(from_rfc3339(text)) << text;
}

TEST(Clock, ReadsEveryTimeThatItWrites) {
  std::mt19937_64 random(1);
  const auto first = time_point(sys_days(year{1} / 1 / 1)).time_since_epoch().count();
  const auto last = time_point(sys_days(year{9999} / 12 / 31)).time_since_epoch().count();
  std::string before;
  for (int i = 0; i < 20'000; ++i) {
    const time_point time(milliseconds(first + std::int64_t(random() % std::uint64_t(last - first))));
    const std::string text = to_rfc3339(time);
    ASSERT_EQ(from_rfc3339(text), time) << text;
    // Text order is time order.
    if (i > 0) ASSERT_EQ(before < text, *from_rfc3339(before) < time);
    before = text;
  }
}

TEST(Clock, GoesOn) {
  const system_clock clock;
  const auto begun = clock.elapsed();
  EXPECT_GT(clock.now(), time_point(sys_days(year{2020} / 1 / 1)));
  EXPECT_GE(clock.elapsed(), begun);
}

TEST(Clock, GoesOnSteadilyFromTheWallClock) {
  const system_clock clock, other;
  const auto first = clock.steady();
  EXPECT_LT(std::chrono::abs(clock.now() - first), std::chrono::minutes(10));
  const auto before = clock.elapsed();
  const auto between = other.steady();
  EXPECT_GE(between, first);
  EXPECT_GE(between - first, before - clock.elapsed()) << "one for the whole process";
}

}  // namespace
}  // namespace causeway
