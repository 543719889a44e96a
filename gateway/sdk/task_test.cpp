// task, start, await_callback and when_all: values, exceptions, nesting without end, completions early, late and from
// elsewhere, and what is left behind when a coroutine is destroyed where it waits.
#include "causeway/task.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace causeway {
namespace {

// What a task came to.
template <class T>
struct ending {
  int times = 0;
  std::optional<T> value;
  std::string thrown;
};

template <class T>
std::shared_ptr<ending<T>> run(task<T> work) {
  auto end = std::make_shared<ending<T>>();
  start(std::move(work), [end](std::optional<T> value, const std::exception_ptr &thrown) {
    ++end->times;
    end->value = std::move(value);
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception &e) {
      end->thrown = e.what();
    } catch (...) {
      end->thrown = "something";
    }
  });
  return end;
}

task<int> number(int n) { co_return n; }
task<int> failing(std::string why) {
  throw std::runtime_error(why);
  co_return 0;
}
task<int> sum(int a, int b) {
  const int left = co_await number(a);
  const int right = co_await number(b);
  co_return left + right;
}

TEST(Task, gives_its_value_once) {
  const auto end = run(sum(2, 3));
  EXPECT_EQ(end->times, 1);
  EXPECT_EQ(end->value, 5);
}

TEST(Task, does_nothing_until_it_is_awaited) {
  bool ran = false;
  const auto body = [](bool *flag) -> task<int> {
    *flag = true;
    co_return 1;
  };
  {
    const auto never_awaited = body(&ran);
    EXPECT_FALSE(ran);
  }
  EXPECT_FALSE(ran);
  run(body(&ran));
  EXPECT_TRUE(ran);
}

task<std::unique_ptr<std::string>> only_movable() { co_return std::make_unique<std::string>("moved"); }

TEST(Task, carries_what_can_only_be_moved) {
  const auto end = run(only_movable());
  ASSERT_TRUE(end->value.has_value());
  EXPECT_EQ(**end->value, "moved");
}

task<int> passes_on(std::string why) {
  const int n = co_await failing(std::move(why));
  co_return n + 1;
}
task<int> catches(std::string why) {
  std::string caught;
  try {
    const int n = co_await passes_on(why);
    co_return n;
  } catch (const std::runtime_error &e) {
    caught = e.what();
  }
  const int n = co_await number(static_cast<int>(caught.size()));
  co_return n;
}
task<int> throws_an_integer() {
  throw 7;
  co_return 0;
}

TEST(Task, carries_an_exception_to_whoever_awaits) {
  const auto end = run(passes_on("broken"));
  EXPECT_EQ(end->times, 1);
  EXPECT_FALSE(end->value.has_value());
  EXPECT_EQ(end->thrown, "broken");
  EXPECT_EQ(run(catches("broken"))->value, 6);
  EXPECT_EQ(run(throws_an_integer())->thrown, "something");
}

task<void> nothing(int *count) {
  ++*count;
  co_return;
}
task<void> nothing_twice(int *count, bool fail) {
  co_await nothing(count);
  co_await nothing(count);
  if (fail) throw std::logic_error("at the end");
}

TEST(Task, of_nothing_ends_or_throws) {
  int count = 0;
  std::vector<bool> threw;
  const auto note = [&threw](const std::exception_ptr &thrown) { threw.push_back(thrown != nullptr); };
  start(nothing_twice(&count, false), note);
  start(nothing_twice(&count, true), note);
  EXPECT_EQ(count, 4);
  EXPECT_EQ(threw, (std::vector<bool>{false, true}));
}

task<int> nested(int depth) {
  if (depth == 0) co_return 0;
  const int below = co_await nested(depth - 1);
  co_return below + 1;
}
task<int> loop(int times) {
  int total = 0;
  for (int i = 0; i < times; ++i) {
    const int one = co_await number(1);
    total += one;
  }
  co_return total;
}

TEST(Task, nests_and_repeats_without_using_up_the_stack) {
  EXPECT_EQ(run(nested(100'000))->value, 100'000);
  EXPECT_EQ(run(loop(1'000'000))->value, 1'000'000);
}

// Completions that a test calls when it likes.
struct completions {
  std::vector<std::function<void(int)>> waiting;
};

task<int> waits(completions *where, int times) {
  int total = 0;
  for (int i = 0; i < times; ++i) {
    auto begin = [where](const auto &complete) { where->waiting.emplace_back(complete); };
    const int got = co_await await_callback<int>(begin);
    total += got;
  }
  co_return total;
}
task<int> completes_at_once(int times) {
  int total = 0;
  for (int i = 0; i < times; ++i) {
    auto begin = [](const auto &complete) { complete(1); };
    const int got = co_await await_callback<int>(begin);
    total += got;
  }
  co_return total;
}

TEST(Callback, that_comes_later_resumes_there) {
  completions where;
  const auto end = run(waits(&where, 2));
  EXPECT_EQ(end->times, 0);
  where.waiting.at(0)(20);
  EXPECT_EQ(end->times, 0);
  where.waiting.at(1)(22);
  EXPECT_EQ(end->times, 1);
  EXPECT_EQ(end->value, 42);
}

TEST(Callback, that_comes_before_its_function_returns_does_not_recurse) {
  EXPECT_EQ(run(completes_at_once(1'000'000))->value, 1'000'000);
}

task<std::thread::id> completes_elsewhere(std::vector<std::thread> *threads, int times) {
  std::thread::id at;
  for (int i = 0; i < times; ++i) {
    auto begin = [threads](auto complete) {
      threads->emplace_back([complete = std::move(complete)]() mutable { complete(std::this_thread::get_id()); });
    };
    at = co_await await_callback<std::thread::id>(begin);
  }
  co_return at;
}

TEST(Callback, from_another_thread_goes_on_there_or_here) {
  // Whichever side is second goes on: run it often enough to see both.
  for (int round = 0; round < 500; ++round) {
    std::vector<std::thread> threads;
    std::mutex mutex;
    int times = 0;
    start(completes_elsewhere(&threads, 1), [&](std::optional<std::thread::id> at, const std::exception_ptr &) {
      const std::lock_guard lock(mutex);
      times += at ? 1 : 0;
    });
    threads.front().join();
    const std::lock_guard lock(mutex);
    EXPECT_EQ(times, 1);
  }
}

struct witness {
  explicit witness(int *count) : alive(count) { ++*alive; }
  witness(const witness &) = delete;
  ~witness() { --*alive; }
  int *alive;
};
task<int> holds(completions *where, int *alive) {
  const witness here(alive);
  const int got = co_await waits(where, 1);
  co_return got;
}

// A coroutine that starts `work` and can be destroyed while it waits for it.
struct owner {
  struct promise_type {
    owner get_return_object() { return owner{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};
owner own(task<int> work, int *result) { *result = co_await std::move(work); }

TEST(Task, destroyed_where_it_waits_lets_go_of_what_it_holds) {
  completions where;
  int alive = 0, result = -1;
  const owner o = own(holds(&where, &alive), &result);
  EXPECT_EQ(alive, 1);
  EXPECT_FALSE(o.handle.done());
  o.handle.destroy();
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(result, -1);
  // The completion is still held here; letting it go unused touches nothing of the coroutine.
  where.waiting.clear();
}

TEST(Task, moved_onto_another_ends_the_one_that_stood_there) {
  auto first = number(1);
  first = number(2);
  auto moved = std::move(first);
  EXPECT_EQ(run(std::move(moved))->value, 2);
}

task<int> throws_while_beginning() {
  auto begin = [](const auto &) { throw std::runtime_error("could not begin"); };
  const int got = co_await await_callback<int>(begin);
  co_return got;
}

TEST(Callback, whose_function_throws_throws_where_it_is_awaited) {
  EXPECT_EQ(run(throws_while_beginning())->thrown, "could not begin");
}

// Both begin before either is answered; then `second` is answered first.
task<std::string> asked(std::vector<std::function<void(int)>> *asks) {
  auto begin = [asks](auto complete) { asks->emplace_back(complete); };
  const int got = co_await await_callback<int>(begin);
  co_return std::to_string(got);
}

task<std::string> both_of(std::vector<std::function<void(int)>> *asks) {
  auto asking = when_all(asked(asks), number(7), asked(asks));
  const auto all = co_await std::move(asking);
  co_return std::get<0>(all) + " " + std::to_string(std::get<1>(all)) + " " + std::get<2>(all);
}

TEST(WhenAll, starts_all_before_it_waits_and_goes_on_with_the_last) {
  std::vector<std::function<void(int)>> asks;
  const auto end = run(both_of(&asks));
  ASSERT_EQ(asks.size(), 2u);
  asks[1](2);
  EXPECT_EQ(end->times, 0);
  asks[0](1);
  EXPECT_EQ(end->times, 1);
  EXPECT_EQ(end->value, "1 7 2");
}

task<int> all_at_once() {
  auto asking = when_all(number(1), number(2));
  const auto all = co_await std::move(asking);
  co_return std::get<0>(all) + std::get<1>(all);
}

TEST(WhenAll, of_tasks_that_never_wait_goes_on_at_once) { EXPECT_EQ(run(all_at_once())->value, 3); }

task<int> all_failing(std::vector<std::function<void(int)>> *asks) {
  auto asking = when_all(failing("first"), asked(asks), failing("third"));
  const auto all = co_await std::move(asking);
  co_return std::get<0>(all);
}

TEST(WhenAll, throws_what_the_first_threw_when_all_have_ended) {
  std::vector<std::function<void(int)>> asks;
  const auto end = run(all_failing(&asks));
  EXPECT_EQ(end->times, 0);
  asks[0](1);
  EXPECT_EQ(end->times, 1);
  EXPECT_EQ(end->thrown, "first");
}

TEST(WhenAll, resumes_once_when_its_tasks_end_on_several_threads) {
  for (int turn = 0; turn < 200; ++turn) {
    std::vector<std::function<void(int)>> asks;
    const auto end = run(both_of(&asks));
    std::thread other([&] { asks[0](1); });
    asks[1](2);
    other.join();
    ASSERT_EQ(end->times, 1);
    ASSERT_EQ(end->value, "1 7 2");
  }
}

}  // namespace
}  // namespace causeway
