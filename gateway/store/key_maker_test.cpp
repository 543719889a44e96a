// Keys rise and never repeat, whatever the clock does and however many threads ask.
#include "store/key_maker.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <stdexcept>
#include <thread>

namespace causeway {
namespace {

using std::chrono::milliseconds;

constexpr time_point noon = std::chrono::sys_days(std::chrono::year{2026} / 11 / 21) + milliseconds(12 * 3'600'000);

// A clock that stands where it is put.
struct stepped_clock {
  time_point now = noon;
  std::function<time_point()> reader() {
    return [this] { return now; };
  }
};

TEST(KeyMaker, WritesIdsAsTimeGatewayAndCounter) {
  stepped_clock clock;
  clock.now = std::chrono::sys_days(std::chrono::year{2020} / 1 / 1) + milliseconds(1);
  EXPECT_EQ(key_maker(clock.reader(), 0).id(), "000000010000");
  EXPECT_EQ(key_maker(clock.reader(), 1).id(), "000000010100");
  EXPECT_EQ(key_maker(clock.reader(), 1023).id(), "00000001ZZ00");
  key_maker keys(clock.reader(), 0);
  EXPECT_EQ(keys.id(), "000000010000");
  EXPECT_EQ(keys.id(), "000000010001");
  clock.now = std::chrono::sys_days(std::chrono::year{2020} / 1 / 1) + milliseconds((std::int64_t(1) << 40) - 1);
  EXPECT_EQ(keys.id(), "ZZZZZZZZ0000");
}

TEST(KeyMaker, TakesTheGatewayItIsGivenLater) {
  stepped_clock clock;
  key_maker keys(clock.reader(), 0);
  keys.set_gateway(31);
  EXPECT_EQ(keys.id().substr(8, 2), "0Z");
}

TEST(KeyMaker, RefusesAGatewayThatHasNoRoomInAKey) {
  stepped_clock clock;
  EXPECT_THROW(key_maker(clock.reader(), 1024), std::invalid_argument);
  key_maker keys(clock.reader(), 0);
  EXPECT_THROW(keys.set_gateway(1024), std::invalid_argument);
}

TEST(KeyMaker, WritesUuidsOfVersion7) {
  stepped_clock clock;
  key_maker keys(clock.reader(), 0);
  for (int i = 0; i < 1'000; ++i) {
    const std::string uuid = keys.uuid();
    ASSERT_EQ(uuid.size(), 36u);
    for (std::size_t at = 0; at < uuid.size(); ++at) {
      const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
      const bool hex = (uuid[at] >= '0' && uuid[at] <= '9') || (uuid[at] >= 'a' && uuid[at] <= 'f');
      ASSERT_EQ(uuid[at] == '-', dash) << uuid;
      ASSERT_TRUE(dash || hex) << uuid;
    }
    ASSERT_EQ(uuid[14], '7') << uuid;
    ASSERT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos) << uuid;
    const auto ms = std::stoull(uuid.substr(0, 8) + uuid.substr(9, 4), nullptr, 16);
    ASSERT_EQ(ms, std::uint64_t(noon.time_since_epoch().count())) << uuid;
  }
}

TEST(KeyMaker, MakesWhatAFieldAsksFor) {
  stepped_clock clock;
  key_maker keys(clock.reader(), 0);
  EXPECT_EQ(keys.make(key_generation::none), "");
  EXPECT_EQ(keys.make(key_generation::id).size(), 12u);
  EXPECT_EQ(keys.make(key_generation::uuid).size(), 36u);
}

TEST(KeyMaker, KeepsUuidsOfTwoGatewaysApart) {
  stepped_clock clock;
  key_maker one(clock.reader(), 0), other(clock.reader(), 1);
  std::set<std::string> made;
  for (int i = 0; i < 2'000; ++i) made.insert({one.uuid(), other.uuid()});
  EXPECT_EQ(made.size(), 4'000u);
}

// How the clock moves before each key.
struct clock_case {
  std::string_view name;
  std::function<milliseconds(int)> move;
};

const clock_case clocks[] = {
    {"stands", [](int) { return milliseconds(0); }},
    {"goes on", [](int) { return milliseconds(1); }},
    {"goes on slower than keys are made", [](int i) { return milliseconds(i % 5'000 == 0); }},
    {"goes back", [](int) { return milliseconds(-1); }},
    {"jumps back by an hour", [](int i) { return milliseconds(i == 5'000 ? -3'600'000 : i % 3); }},
    {"jumps to before 2020", [](int i) { return i == 5'000 ? -milliseconds(400'000'000'000) : milliseconds(1); }},
    {"jumps to and fro", [](int i) { return milliseconds(i % 2 ? 1'000 : -999); }},
};

TEST(KeyMaker, RisesWhateverTheClockDoes) {
  for (const auto &c : clocks) {
    SCOPED_TRACE(c.name);
    stepped_clock clock;
    key_maker keys(clock.reader(), 7);
    std::string last_id, last_uuid;
    for (int i = 0; i < 20'000; ++i) {
      clock.now += c.move(i);
      const std::string id = keys.id(), uuid = keys.uuid();
      ASSERT_EQ(id.size(), 12u);
      ASSERT_GT(id, last_id) << i;
      ASSERT_GT(uuid, last_uuid) << i;
      last_id = id;
      last_uuid = uuid;
    }
  }
}

TEST(KeyMaker, NeverRepeatsOrFallsOnAnyThread) {
  constexpr int threads = 4, each = 5'000;
  key_maker keys([] { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }, 3);
  std::vector<std::vector<std::string>> ids(threads), uuids(threads);
  std::vector<std::thread> running;
  running.reserve(threads);
  for (std::size_t t = 0; t < threads; ++t)
    running.emplace_back([&, t] {
      for (int i = 0; i < each; ++i) {
        ids[t].push_back(keys.id());
        uuids[t].push_back(keys.uuid());
      }
    });
  for (auto &thread : running) thread.join();
  for (const auto &made : {ids, uuids}) {
    std::set<std::string> all;
    for (const auto &mine : made) {
      EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
      all.insert(mine.begin(), mine.end());
    }
    EXPECT_EQ(all.size(), std::size_t(threads * each));
  }
}

}  // namespace
}  // namespace causeway
