// When what was replaced is ended, and where.
#include "commands/retirement.hpp"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <string>
#include <thread>

namespace causeway {
namespace {

using namespace std::chrono_literals;

// What became of a worker, for who looks at it from outside.
struct story {
  std::atomic<bool> idle{true};
  std::atomic<int> ended{0};
  std::promise<std::thread::id> gone;
};

struct worker final : retiree {
  explicit worker(story &of) : tells(of) {}
  ~worker() override { tells.gone.set_value(std::this_thread::get_id()); }
  bool is_idle() const override { return tells.idle; }
  void end() override { ++tells.ended; }
  story &tells;
};

// On which thread it was destroyed; waits for that.
std::thread::id where_it_went(story &of) {
  auto gone = of.gone.get_future();
  if (gone.wait_for(20s) != std::future_status::ready) throw std::runtime_error("it is still there");
  return gone.get();
}

TEST(Retirement, ends_what_nobody_holds_on_a_thread_of_its_own) {
  story of;
  retirement r;
  auto shared = r.share(std::make_unique<worker>(of));
  auto other = shared;
  shared.reset();
  EXPECT_EQ(of.ended, 0);
  other.reset();
  EXPECT_NE(where_it_went(of), std::this_thread::get_id());
  EXPECT_EQ(of.ended, 1);
}

TEST(Retirement, waits_until_it_is_idle) {
  story busy, free;
  retirement r;
  busy.idle = false;
  r.share(std::make_unique<worker>(busy));
  r.share(std::make_unique<worker>(free));
  where_it_went(free);
  EXPECT_EQ(busy.ended, 0);
  busy.idle = true;
  where_it_went(busy);
  EXPECT_EQ(busy.ended, 1);
}

TEST(Retirement, ends_what_is_held_when_its_time_is_over) {
  story over, not_yet;
  retirement r;
  const auto one = r.share(std::make_unique<worker>(over));
  const auto other = r.share(std::make_unique<worker>(not_yet));
  r.retire(one, 1ms);
  r.retire(other, 1h);
  for (int i = 0; over.ended == 0 && i < 20'000; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(over.ended, 1);
  EXPECT_EQ(not_yet.ended, 0);
}

TEST(Retirement, ends_all_when_it_is_told_to) {
  story held, busy;
  retirement r;
  auto one = r.share(std::make_unique<worker>(held));
  busy.idle = false;
  r.share(std::make_unique<worker>(busy));
  r.end_all();
  EXPECT_EQ(held.ended, 1);
  where_it_went(busy);
  r.stop();
  one.reset();
  EXPECT_EQ(where_it_went(held), std::this_thread::get_id()) << "nobody else is left";
}

TEST(Retirement, takes_what_many_let_go_of_at_once) {
  retirement r;
  std::vector<std::unique_ptr<story>> stories;
  std::vector<std::thread> holders;
  for (int i = 0; i < 200; ++i) {
    stories.push_back(std::make_unique<story>());
    auto one = r.share(std::make_unique<worker>(*stories.back()));
    r.retire(one, std::chrono::milliseconds(i % 3));
    if (i % 4 == 0) holders.emplace_back([mine = std::move(one)]() mutable { mine.reset(); });
  }
  for (auto &holder : holders) holder.join();
  for (auto &of : stories) where_it_went(*of);
}

}  // namespace
}  // namespace causeway
