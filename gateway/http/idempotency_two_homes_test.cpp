// One key for requests that are at home in different stores: at most one takes effect, and the others are told why.
#include <thread>

#include "http/testing/idempotency_fixture.hpp"

namespace causeway {
namespace {

using namespace http::test;

void expect_reused(const seen_call &other) {
  EXPECT_EQ(other.status(), 422);
  EXPECT_EQ(other.code(), "idempotency-key-reused");
  EXPECT_EQ(other.out->given.detail.find("causeway."), std::string::npos) << other.out->given.detail;
}

TEST_F(Idempotency, RefusesTheKeyForARequestThatIsAtHomeInAnotherStore) {
  const auto a = gateway("A"), b = gateway("B");
  const std::pair<std::string, std::string> homes[] = {{"pluto", "cuba"}, {"cuba", "pluto"}};
  for (const auto &[first_home, other_home] : homes)
    for (const std::string where : {"pluto", "cuba"})
      for (const std::string other_where : {"pluto", "cuba"}) {
        const auto key = first_home + where + other_where;
        SCOPED_TRACE(key);
        const auto before = things();
        ASSERT_EQ(ask(a, effect_in(where, key), key, "h", first_home).status(), 201);
        for (const auto &at : {a, b, a})
          expect_reused(ask(at, effect_in(other_where, key + "2"), key, "other", other_home));
        EXPECT_EQ(things(), before + 1);
        const auto again = ask(b, effect_in(where, key + "3"), key, "h", first_home);
        EXPECT_EQ(again.status(), 201);
        EXPECT_TRUE(again.replayed());
      }
}

TEST_F(Idempotency, DoesNotBeginWhereAnotherRequestOfTheKeyIsUnderWayInAnotherStore) {
  const auto a = gateway("A"), b = gateway("B");
  const auto first = begin(a, hold(), "k", "h", "cuba");
  expect_reused(ask(b, effect_in("pluto", "2"), "k", "other", "pluto"));
  EXPECT_EQ(handled_, 1);
  EXPECT_EQ(state_of("pluto"), "none") << "its reservation is given up";
  held_[0].second(take_effect(*held_[0].first, "cuba", "1"));
  runs_on_->run();
  EXPECT_EQ(first->status(), 201);
}

TEST_F(Idempotency, GivesAnothersUnansweredKeyToNobodyElse) {
  const auto a = gateway("A"), b = gateway("B");
  begin(a, hold(), "k", "h", "cuba");
  dead_ = {"A"};
  expect_reused(ask(b, effect_in("pluto", "2"), "k", "other", "pluto"));
  EXPECT_EQ(ask(b, effect_in("cuba", "1"), "k", "h", "cuba").status(), 201);
  EXPECT_EQ(things(), 1u);
  held_[0].second(http::problem(500));
  runs_on_->run();
}

TEST_F(Idempotency, MayBeUsedForAnotherRequestElsewhereOnceItHasExpired) {
  const auto a = gateway("A");
  ask(a, effect_in("cuba", "1"), "k", "h", "cuba");
  clock_.step(hours(25));
  EXPECT_EQ(ask(a, effect_in("pluto", "2"), "k", "other", "pluto").status(), 201);
  EXPECT_EQ(state_of("cuba"), "none");
}

// As where a store is away or hangs: its own requests fail, the others' are served.
TEST_F(Idempotency, DoesNotNeedTheOtherStores) {
  const auto a = gateway("A");
  cuba_.set_away(true);
  EXPECT_EQ(ask(a, effect_in("pluto", "1")).status(), 201);
  EXPECT_TRUE(ask(a, effect_in("pluto", "2")).replayed());
}

TEST_F(Idempotency, IsDecidedByTheEffectsStoreWhereThatCouldNotBeAskedBefore) {
  const auto a = gateway("A"), b = gateway("B");
  ask(a, effect_in("cuba", "1"), "k", "h", "cuba");
  unsure_cuba_.failing_reads = 1;
  expect_reused(ask(b, effect_in("cuba", "2"), "k", "other", "pluto"));
  EXPECT_EQ(state_of("pluto"), "none");
  EXPECT_EQ(things(), 1u);
}

TEST_F(Idempotency, TellsNobodyWhatStoodInTheWayInTheStore) {
  const auto a = gateway("A");
  const auto conflicting = [](std::shared_ptr<answer_keeper> keeper, std::function<void(answer)> done) {
    unit_of_work unit;
    keeper->keep("cuba", created("1"), unit);
    // Another's reservation, which is gone by the time that it is looked for.
    done(http::problem(409, "conflict", "causeway.idempotency: a record with this key stands already"));
  };
  const auto refused = ask(a, conflicting);
  EXPECT_EQ(refused.status(), 503);
  EXPECT_EQ(refused.out->given.detail.find("causeway."), std::string::npos) << refused.out->given.detail;
  EXPECT_EQ(ask(a, effect_in("cuba", "1")).status(), 201) << "and nothing is kept";
}

TEST_F(Idempotency, SweepsIntoNoAnswerWhatAnotherRequestHasReserved) {
  const auto a = gateway("A"), b = gateway("B");
  const auto not_erased = [this](auto, auto done) {
    pluto_.fail_next(outcome::unavailable);
    done(http::problem(503));
  };
  EXPECT_EQ(ask(a, not_erased, "k", "other", "pluto").status(), 503);
  unsure_pluto_.failing_reads = 1;
  const auto first = begin(b, hold(), "k", "h", "cuba");
  ASSERT_EQ(held_.size(), 1u);
  a->sweep();
  EXPECT_EQ(state_of("pluto"), "none");
  held_[0].second(take_effect(*held_[0].first, "pluto", "1"));
  runs_on_->run();
  EXPECT_EQ(first->status(), 201);
}

TEST_F(Idempotency, LetsAtMostOneOfTwoAtOnceTakeEffect) {
  const auto a = gateway("A"), b = gateway("B");
  constexpr int keys = 200;
  std::atomic<int> fresh{0}, refused{0};
  const auto ask_all = [&](const std::shared_ptr<idempotency> &at, const std::string &home) {
    const auto runs_on = std::make_shared<causeway::testing::pumped_executor>();
    for (int k = 0; k < keys; ++k) {
      idempotency::keyed_call call;
      call.caller = "PSO001";
      call.key = "race" + std::to_string(k);
      call.body_hash = home;
      call.home_store = home;
      call.deadline = clock_.now() + seconds(10);
      call.runs_on = runs_on;
      call.handler = effect_in(home, call.key);
      call.problem_body = [](const answer &) { return std::string(); };
      start(at->serve(std::move(call)), [&](auto served, std::exception_ptr) {
        if (served->given.status == 201) ++fresh;
        if (served->given.status == 422) ++refused;
      });
      runs_on->run();
    }
  };
  std::thread one(ask_all, a, "pluto"), other(ask_all, b, "cuba");
  one.join();
  other.join();
  EXPECT_LE(fresh, keys);
  EXPECT_EQ(things(), std::size_t(fresh));
  EXPECT_EQ(fresh + refused, 2 * keys);
}

}  // namespace
}  // namespace causeway
