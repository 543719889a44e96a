// Calls by number: found while they are open, closed by one, and never again under the same number.
#include "host/call_table.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <set>
#include <thread>

namespace causeway {
namespace {

std::shared_ptr<open_call> some_call(
    time_point deadline = {}, std::function<void(answer)> done = [](const answer &) {}) {
  auto asked = std::make_shared<call>();
  asked->deadline = deadline;
  return std::make_shared<open_call>(0, std::move(asked), std::move(done));
}

TEST(CallTable, finds_a_call_until_it_is_closed) {
  call_table table;
  const auto held = some_call();
  const cw_call id = table.open(held);
  EXPECT_NE(id, 0u);
  EXPECT_EQ(table.find(id), held);
  EXPECT_EQ(table.size(), 1u);
  EXPECT_EQ(table.close(id), held);
  EXPECT_EQ(table.close(id), nullptr);
  EXPECT_EQ(table.find(id), nullptr);
  EXPECT_EQ(table.size(), 0u);
}

TEST(CallTable, finds_nothing_under_numbers_it_never_gave) {
  call_table table;
  const cw_call id = table.open(some_call());
  for (const cw_call other : {cw_call(0), id + 1, id + (cw_call(1) << 20), ~cw_call(0), id & 0xFFFFF}) {
    EXPECT_EQ(table.find(other), nullptr) << other;
    EXPECT_EQ(table.close(other), nullptr) << other;
  }
  EXPECT_NE(table.find(id), nullptr);
}

TEST(CallTable, never_gives_a_number_twice) {
  call_table table;
  std::set<cw_call> given;
  for (int i = 0; i < 10'000; ++i) {
    const cw_call id = table.open(some_call());
    EXPECT_TRUE(given.insert(id).second);
    if (i % 3 != 0) table.close(id);
  }
}

TEST(CallTable, counts_calls_past_their_deadline) {
  const auto at = [](int seconds) { return time_point(std::chrono::seconds(seconds)); };
  call_table table;
  table.open(some_call(at(10)));
  const cw_call answered = table.open(some_call(at(10)));
  table.open(some_call(at(30)));
  table.close(answered);
  EXPECT_EQ(table.overdue(at(10)), 0u);
  EXPECT_EQ(table.overdue(at(11)), 1u);
  EXPECT_EQ(table.overdue(at(31)), 2u);
  EXPECT_EQ(table.close_all().size(), 2u);
  EXPECT_EQ(table.overdue(at(31)), 0u);
}

TEST(CallTable, lets_one_of_many_close_a_call) {
  call_table table;
  for (int round = 0; round < 200; ++round) {
    const cw_call id = table.open(some_call());
    std::atomic<int> closed{0};
    std::vector<std::thread> threads;
    threads.reserve(3);
    for (int i = 0; i < 3; ++i)
      threads.emplace_back([&] {
        if (table.close(id)) ++closed;
      });
    for (auto &t : threads) t.join();
    EXPECT_EQ(closed.load(), 1);
  }
}

TEST(OpenCall, lends_the_request_as_the_border_carries_it) {
  auto asked = std::make_shared<call>();
  asked->caller = {"PSO001", {"ps-officer", "operator"}};
  asked->if_match = "abc";
  asked->limit = 7;
  asked->deadline = time_point(std::chrono::milliseconds(42));
  asked->path = {std::string("000000004")};
  asked->query = {absent(), null()};
  asked->body = {std::int64_t(-3), true};
  const open_call c(5, asked, {});
  const cw_request &r = c.request();
  EXPECT_EQ(r.size, sizeof(cw_request));
  EXPECT_EQ(r.operation, 5u);
  EXPECT_EQ(std::string(r.roles.data, r.roles.size), "ps-officer operator");
  EXPECT_EQ(std::string(r.if_match.data, r.if_match.size), "abc");
  EXPECT_EQ(r.limit, 7);
  EXPECT_EQ(r.deadline, 42);
  EXPECT_EQ(std::string(r.path[0].as.text.data, r.path[0].as.text.size), "000000004");
  EXPECT_EQ(r.query[0].type, std::uint32_t(CW_ABSENT));
  EXPECT_EQ(r.query[1].type, std::uint32_t(CW_NULL));
  EXPECT_EQ(r.body[0].as.integer, -3);
  EXPECT_EQ(r.body[1].type, std::uint32_t(CW_BOOLEAN));
}

}  // namespace
}  // namespace causeway
