#include "sql/overdue_watch.hpp"

#include <array>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace causeway::sql {
namespace {

using namespace std::chrono_literals;

struct OverdueWatch : testing::Test {
  std::array<int, 2> ends{};
  std::shared_ptr<overdue_watch> watch = std::make_shared<overdue_watch>();

  void SetUp() override { ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0); }
  void TearDown() override {
    for (const int end : ends) ::close(end);
  }
  bool is_open() {
    char byte = 0;
    return ::send(ends[1], "x", 1, MSG_NOSIGNAL) == 1 && ::recv(ends[0], &byte, 1, 0) == 1;
  }
};

TEST_F(OverdueWatch, HangsUpOnWhoDoesNotAnswer) {
  overdue_watch::line line(watch, ends[0]);
  line.expect(10ms);
  char byte = 0;
  EXPECT_EQ(::recv(ends[0], &byte, 1, 0), 0) << "waits for ever unless it is hung up";
  EXPECT_TRUE(line.hung_up());
}

TEST_F(OverdueWatch, LeavesALineAloneWhereNothingIsExpected) {
  overdue_watch::line other(watch, ends[1]);
  {
    overdue_watch::line line(watch, ends[0]);
    line.expect(0ms);
    line.expect_nothing();
    line.expect(1h);
    other.expect(1ms);
    other.expect_nothing();
  }
  // One that is hung up shows that the watch has looked at all of them.
  std::array<int, 2> more{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, more.data()), 0);
  {
    overdue_watch::line overdue(watch, more[0]);
    overdue.expect(0ms);
    char byte = 0;
    EXPECT_EQ(::recv(more[0], &byte, 1, 0), 0);
  }
  for (const int end : more) ::close(end);
  EXPECT_FALSE(other.hung_up());
  EXPECT_TRUE(is_open());
}

TEST_F(OverdueWatch, IsNotNeeded) {
  overdue_watch::line line(nullptr, ends[0]);
  line.expect(0ms);
  EXPECT_TRUE(is_open());
  EXPECT_FALSE(line.hung_up());
}

}  // namespace
}  // namespace causeway::sql
