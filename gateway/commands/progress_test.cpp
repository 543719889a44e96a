#include "commands/progress.hpp"

#include <gtest/gtest.h>
#include <sstream>

namespace causeway {
namespace {

struct hand_clock final : clock {
  std::chrono::milliseconds at{5'000};
  time_point now() const override { return time_point(at); }
  std::chrono::milliseconds elapsed() const override { return at; }
};

TEST(Progress, is_a_bar_on_a_terminal_that_goes_away) {
  std::ostringstream out;
  hand_clock time;
  progress bar(out, true, time, "notes", 1000);
  time.at += std::chrono::seconds(2);
  bar.show(500);
  EXPECT_EQ(out.str(), "\rnotes [###############...............] 50% 500 of 1000, 250/s, 3 s left\033[K");
  bar.show(600);
  EXPECT_EQ(out.str().find("600"), std::string::npos) << "not more often than anyone can read";
  out.str("");
  bar.clear();
  EXPECT_EQ(out.str(), "\r\033[K");
  bar.show(1200);
  EXPECT_NE(out.str().find("100% 1000 of 1000"), std::string::npos) << "records came meanwhile";
}

TEST(Progress, is_a_line_now_and_then_elsewhere) {
  std::ostringstream out;
  hand_clock time;
  progress lines(out, false, time, "notes", 0);
  time.at += std::chrono::seconds(9);
  lines.show(90);
  EXPECT_EQ(out.str(), "");
  time.at += std::chrono::seconds(1);
  lines.show(100);
  lines.show(101);
  lines.clear();
  EXPECT_EQ(out.str(), "notes: 100, 10/s\n");
}

}  // namespace
}  // namespace causeway
