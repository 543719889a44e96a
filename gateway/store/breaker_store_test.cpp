// What the breakers make of a store's answers. The store here answers when it is told to, on a thread of its own as the
// port has it.
#include "store/breaker_store.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "store/kind_builder.hpp"

namespace causeway {
namespace {

using namespace std::chrono_literals;

struct held_store final : record_store {
  std::vector<std::function<void(outcome)>> waiting;  // `internal` stands for success: see `answer`
  std::atomic<store_state> now{store_state::serving};
  std::optional<outcome> refuses;  // before the verb returns

  template <class T>
  void hold(completion<T> done, T good) {
    if (refuses) return done(fault{*refuses, "", {}});
    waiting.push_back([done = std::move(done), good = std::move(good)](outcome what) {
      if (what == outcome::internal)
        done(good);
      else
        done(fault{what, "", {}});
    });
  }
  void get(get_request, time_point, completion<record> done) override { hold(std::move(done), record()); }
  void find(find_request, time_point, completion<std::vector<record>> done) override { hold(std::move(done), {}); }
  void count(find_request, time_point, completion<std::int64_t> done) override { hold(std::move(done), {}); }
  void commit(unit_of_work, time_point, completion<commit_outcome> done) override { hold(std::move(done), {}); }
  store_state state() const override { return now; }

  // Answers the oldest.
  void answer(outcome what) {
    const auto first = std::move(waiting.front());
    waiting.erase(waiting.begin());
    std::thread([&] { first(what); }).join();
  }
};
constexpr outcome success = outcome::internal;

struct BreakerStore : testing::Test {
  held_store within;
  std::atomic<std::int64_t> ms{0};
  std::vector<std::string> changes;
  breaker_store store{within,
                      {.name = "pluto",
                       .breaker = {.failures = 2, .silence = 5s, .pause = 1s},
                       .elapsed = [this] { return std::chrono::milliseconds(ms); },
                       .changed =
                           [this](std::string_view which, breaker_state now) {
                             changes.push_back(std::string(which) + " " + std::string(to_string(now)));
                           }}};
  std::vector<std::string> heard;

  template <class T>
  record_store::completion<T> hear() {
    return [this](const result<T> &r) { heard.push_back(r ? "good" : "fault " + r.why().detail); };
  }
  void get() { store.get({}, time_point::max(), hear<record>()); }
  void commit() { store.commit({}, time_point::max(), hear<commit_outcome>()); }
  void get(outcome what) {
    get();
    within.answer(what);
  }
  void commit(outcome what) {
    commit();
    within.answer(what);
  }
};

TEST_F(BreakerStore, PassesEveryVerbAndItsAnswerOn) {
  get();
  store.find({}, time_point::max(), hear<std::vector<record>>());
  store.count({}, time_point::max(), hear<std::int64_t>());
  commit();
  ASSERT_EQ(within.waiting.size(), 4u);
  for (int i = 0; i < 4; ++i) within.answer(success);
  EXPECT_EQ(heard, std::vector<std::string>(4, "good"));
}

TEST_F(BreakerStore, RefusesAtOnceWhenTheStoreFailsAgainAndAgain) {
  get(outcome::unavailable);
  get(outcome::unavailable);
  EXPECT_EQ(store.reads(), breaker_state::open);
  EXPECT_EQ(store.state(), store_state::away);
  heard.clear();
  get();
  EXPECT_TRUE(within.waiting.empty());
  EXPECT_EQ(heard, std::vector<std::string>{"fault store pluto is away"});
  EXPECT_EQ(store.retry_in(), 1s);
  ms += 1000;
  get(success);
  EXPECT_EQ(store.reads(), breaker_state::closed);
  EXPECT_EQ(store.opened(), 1u);
  EXPECT_EQ(changes, (std::vector<std::string>{"reads open", "reads half-open", "reads closed"}));
}

TEST_F(BreakerStore, JudgesByOtherOptionsFromWhenItIsGivenThem) {
  get(outcome::unavailable);
  store.adopt({.failures = 3, .silence = 5s, .pause = 7s});
  get(outcome::unavailable);
  EXPECT_EQ(store.reads(), breaker_state::closed);
  get(outcome::unavailable);  // the third in all
  EXPECT_EQ(store.reads(), breaker_state::open);
  EXPECT_EQ(store.retry_in(), 7s);
}

TEST_F(BreakerStore, GoesOnReadingWhereOnlyWritesFail) {
  for (int i = 0; i < 4; ++i) {
    get(success);
    if (i < 2) commit(outcome::unavailable);
  }
  EXPECT_EQ(store.writes(), breaker_state::open);
  EXPECT_EQ(store.reads(), breaker_state::closed);
}

TEST_F(BreakerStore, CountsEveryAnswerOfTheDatabaseAsOne) {
  for (const auto what : {outcome::not_found, outcome::conflict, outcome::stale, outcome::invalid}) {
    commit(outcome::unavailable);
    commit(what);
    commit(outcome::unavailable);
    commit(success);
    EXPECT_EQ(store.writes(), breaker_state::closed) << int(what);
  }
}

TEST_F(BreakerStore, DoesNotOpenBecauseAQueueIsFull) {
  for (int i = 0; i < 10; ++i) get(outcome::overloaded);
  within.refuses = outcome::overloaded;
  for (int i = 0; i < 10; ++i) get();
  EXPECT_EQ(store.reads(), breaker_state::closed);
}

TEST_F(BreakerStore, LearnsNothingFromWhatWasRefusedWithoutAskingTheDatabase) {
  within.refuses = outcome::not_found;
  commit();
  within.refuses.reset();
  get(outcome::unavailable);
  within.refuses = outcome::not_found;
  get();
  within.refuses = outcome::deadline;
  for (int i = 0; i < 10; ++i) commit();
  within.refuses.reset();
  EXPECT_EQ(store.writes(), breaker_state::closed);
  get(outcome::unavailable);
  EXPECT_EQ(store.reads(), breaker_state::open) << "the key that no row can have was no answer in between";
}

TEST_F(BreakerStore, OpensForWritesAndReadsWhenBothHang) {
  get();
  commit();
  ms += 5000;
  EXPECT_EQ(store.reads(), breaker_state::open);
  EXPECT_EQ(store.writes(), breaker_state::open);
  within.answer(success);
  EXPECT_EQ(store.reads(), breaker_state::closed);
  EXPECT_EQ(store.writes(), breaker_state::closed) << "the database answers";
  within.answer(success);
}

TEST_F(BreakerStore, IsOpenWhileThereIsNoConnection) {
  within.now = store_state::away;
  get();
  EXPECT_TRUE(within.waiting.empty());
  EXPECT_EQ(store.reads(), breaker_state::open);
  EXPECT_EQ(store.writes(), breaker_state::open);
  within.now = store_state::serving;
  EXPECT_EQ(store.reads(), breaker_state::half_open);
  get(success);
  EXPECT_EQ(store.reads(), breaker_state::closed);
  EXPECT_EQ(store.writes(), breaker_state::closed);
}

}  // namespace
}  // namespace causeway
