// A reader that stops reading costs its own lines, and nobody's time.
#include "runtime/line_writer.hpp"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <thread>
#include <tuple>
#include <unistd.h>
#include <vector>

namespace causeway {
namespace {

using namespace std::chrono_literals;

struct LineWriter : ::testing::Test {
  void SetUp() override {
    ASSERT_EQ(::pipe(ends), 0);
    ASSERT_EQ(::fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
  }
  void TearDown() override {
    for (const int end : ends)
      if (end >= 0) ::close(end);
  }
  std::string read_all() const {
    std::string out;
    std::vector<char> room(1 << 16);
    for (ssize_t n = 0; (n = ::read(ends[0], room.data(), room.size())) > 0;) out.append(room.data(), std::size_t(n));
    return out;
  }
  // Writes until the pipe takes no more; how many lines it took.
  std::size_t fill(line_writer &to, const std::string &line) const {
    std::size_t taken = 0;
    while (to.write(line)) ++taken;
    return taken;
  }

  int ends[2] = {-1, -1};
};

TEST_F(LineWriter, WritesLinesInTheirOrder) {
  line_writer to(ends[1]);
  EXPECT_TRUE(to.write("one"));
  EXPECT_TRUE(to.write(""));
  EXPECT_TRUE(to.write("three"));
  EXPECT_EQ(read_all(), "one\n\nthree\n");
  EXPECT_EQ(to.take_dropped(), 0u);
}

TEST_F(LineWriter, WaitsOnceForAReaderThatStopsAndThenNoMore) {
  line_writer to(ends[1], 50ms);
  const std::string line(100, 'x');
  EXPECT_GT(fill(to, line), 100u);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(to.write(line));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s) << "a thousand waits take 50 s";
  EXPECT_EQ(to.take_dropped(), 1001u);
  EXPECT_EQ(to.take_dropped(), 0u) << "told once";
}

TEST_F(LineWriter, GoesOnWithWholeLinesWhenTheReaderDoes) {
  line_writer to(ends[1], 1ms);
  const std::string longer(3 * 4096 + 7, 'y');
  const auto taken = fill(to, longer);
  const auto before = read_all();
  EXPECT_TRUE(to.write("after"));
  std::istringstream read(before + read_all());
  std::size_t whole = 0, cut = 0;
  std::string line;
  while (std::getline(read, line) && line != "after") {
    EXPECT_TRUE(longer.starts_with(line));
    ++(line == longer ? whole : cut);
  }
  EXPECT_EQ(line, "after") << "a line of its own";
  EXPECT_EQ(whole, taken);
  EXPECT_LE(cut, 1u);
}

TEST_F(LineWriter, WaitsForAReaderThatIsOnlySlow) {
  line_writer to(ends[1], 60s);
  std::thread slow([this] {
    std::string seen;
    while (seen.size() < 40 * 10'001) {
      std::this_thread::sleep_for(1ms);
      seen += read_all();
    }
  });
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(to.write(std::string(10'000, 'z')));
  slow.join();
  EXPECT_EQ(to.take_dropped(), 0u);
}

TEST_F(LineWriter, DropsWhatNobodyCanRead) {
  std::ignore = ::signal(SIGPIPE, SIG_IGN);
  ::close(ends[0]);
  ends[0] = -1;
  line_writer to(ends[1]);
  EXPECT_FALSE(to.write("lost"));
  EXPECT_EQ(to.take_dropped(), 1u);
}

}  // namespace
}  // namespace causeway
