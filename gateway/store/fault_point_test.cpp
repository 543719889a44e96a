// What a fault point does in a build that has them. That the others have no trace of them is seen in
// tests/system/fault_points_test.py.
#include "store/fault_point.hpp"

#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

namespace causeway::fault_point {
namespace {

TEST(fault_points, are_each_in_the_table_once) {
  EXPECT_EQ(names.size(), std::set<std::string_view>(names.begin(), names.end()).size());
  static_assert(place_of(names[0]) == 0 && place_of(names.back()) == names.size() - 1);
}

#ifdef CAUSEWAY_FAULT_POINTS

// Passes two places, one of them three times, in a process of its own, which then ends with 0.
void pass_by(const char *asked) {
  ::setenv("CAUSEWAY_FAULT", asked, 1);
  CAUSEWAY_FAULT_POINT("relay.claimed");
  for (int i = 0; i < 3; ++i) CAUSEWAY_FAULT_POINT("relay.settled");
  std::_Exit(0);
}

TEST(fault_points_death, kill_at_the_hit_that_is_asked_for) {
  EXPECT_EXIT(pass_by("relay.settled:3:kill"), testing::KilledBySignal(SIGKILL), "");
  EXPECT_EXIT(pass_by("relay.claimed:1:kill"), testing::KilledBySignal(SIGKILL), "");
}

TEST(fault_points_death, do_nothing_at_others) {
  for (const char *asked : {"", "relay.settled:4:kill", "relay.claimed:2:kill", "relay.mapped:1:kill"})
    EXPECT_EXIT(pass_by(asked), testing::ExitedWithCode(0), "") << asked;
}

TEST(fault_points_death, refuse_what_they_do_not_understand) {
  for (const char *asked : {"relay.settled", "relay.settled:1", "relay.unknown:1:kill", "relay.settled:0:kill",
                            "relay.settled:one:kill", "relay.settled:1:drop", ":1:kill"})
    EXPECT_EXIT(pass_by(asked), testing::ExitedWithCode(2), "must be NAME:HIT:kill") << asked;
}

TEST(fault_points, stop_until_they_are_continued) {
  const pid_t child = ::fork();
  if (child == 0) pass_by("relay.settled:2:stop");
  int status = 0;
  ASSERT_EQ(child, ::waitpid(child, &status, WUNTRACED));
  EXPECT_TRUE(WIFSTOPPED(status));
  ASSERT_EQ(0, ::kill(child, SIGCONT));
  ASSERT_EQ(child, ::waitpid(child, &status, 0));
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

#endif

}  // namespace
}  // namespace causeway::fault_point
