// Gateways that share two stores in memory. Whatever happens in between, a key leaves one effect.
#include <thread>

#include "http/testing/idempotency_fixture.hpp"

namespace causeway {
namespace {

using namespace http::test;

TEST_F(Idempotency, GivesTheFirstAnswerAgainWhereverTheEffectIs) {
  const auto a = gateway("A"), b = gateway("B");
  for (const std::string where : {"pluto", "cuba"}) {
    SCOPED_TRACE(where);
    const auto first = ask(a, effect_in(where, where), where);
    EXPECT_EQ(first.status(), 201);
    EXPECT_FALSE(first.replayed());
    EXPECT_EQ(state_of("pluto", where), "DONE A");
    for (const auto &at : {a, b}) {
      const auto again = ask(at, effect_in(where, "other"), where);
      EXPECT_EQ(again.status(), 201);
      EXPECT_TRUE(again.replayed());
      EXPECT_EQ(again.body(), first.body());
      EXPECT_EQ(again.out->given.etag, "1");
      EXPECT_EQ(again.out->given.location, "/things/" + where);
    }
  }
  EXPECT_EQ(handled_, 2);
  EXPECT_EQ(things(), 2u);
}

TEST_F(Idempotency, RefusesTheKeyForAnotherRequest) {
  const auto a = gateway("A"), b = gateway("B");
  ask(a, effect_in("cuba", "1"));
  for (const auto &at : {a, b}) {
    const auto other = ask(at, effect_in("cuba", "2"), "k", "another hash");
    EXPECT_EQ(other.status(), 422);
    EXPECT_EQ(other.code(), "idempotency-key-reused");
  }
  EXPECT_EQ(things(), 1u);
}

TEST_F(Idempotency, KeysAreTheCallersOwn) {
  const auto a = gateway("A");
  ask(a, effect_in("pluto", "1"), "k");
  const auto other = ask(a, effect_in("pluto", "2"), "K");
  EXPECT_FALSE(other.replayed());
  EXPECT_EQ(things(), 2u);
}

TEST_F(Idempotency, RefusesATwinForAsLongAsTheFirstMayRun) {
  const auto a = gateway("A"), b = gateway("B");
  const auto first = begin(a, hold());
  for (const auto &at : {a, b}) {
    const auto twin = ask(at, effect_in("pluto", "2"));
    EXPECT_EQ(twin.status(), 409);
    EXPECT_EQ(twin.code(), "idempotency-key-in-use");
    EXPECT_EQ(twin.out->given.retry_after, 1);
  }
  held_[0].second(take_effect(*held_[0].first, "pluto", "1"));
  runs_on_->run();
  EXPECT_EQ(first->status(), 201);
  EXPECT_TRUE(ask(b, effect_in("pluto", "2")).replayed());
  EXPECT_EQ(things(), 1u);
}

TEST_F(Idempotency, TakesOverFromADeadGatewayThatHadNoEffect) {
  const auto a = gateway("A"), b = gateway("B");
  const auto first = begin(a, hold());
  dead_ = {"A"};
  const auto second = ask(b, effect_in("cuba", "2"));
  EXPECT_EQ(second.status(), 201);
  EXPECT_FALSE(second.replayed());
  EXPECT_EQ(state_of("pluto"), "DONE B");
  EXPECT_EQ(things(), 1u);
  held_[0].second(http::problem(500));
  runs_on_->run();
  EXPECT_EQ(state_of("pluto"), "DONE B");
}

TEST_F(Idempotency, FindsTheEffectThatADeadGatewayLeftInAnotherStore) {
  for (const bool still_alive : {false, true}) {
    SCOPED_TRACE(still_alive);
    const std::string key = still_alive ? "alive" : "dead";
    const auto a = gateway("A"), b = gateway("B");
    const auto first = begin(a, hold(), key);
    take_effect(*held_.back().first, "cuba", key);  // and then it is gone
    if (!still_alive) dead_ = {"A"};
    EXPECT_EQ(state_of("pluto", key), "RUNNING A");
    const auto again = ask(b, effect_in("cuba", "2"), key);
    EXPECT_EQ(again.status(), 201);
    EXPECT_TRUE(again.replayed());
    EXPECT_EQ(state_of("pluto", key), "DONE B");
    held_.back().second(created(key));
    runs_on_->run();
    dead_.clear();
  }
  EXPECT_EQ(handled_, 2);
  EXPECT_EQ(things(), 2u);
}

TEST_F(Idempotency, LetsOneOfTwoTakeEffectWhereTheFirstWasTakenForDead) {
  for (const std::string where : {"pluto", "cuba"}) {
    SCOPED_TRACE(where);
    const auto a = gateway("A"), b = gateway("B");
    const auto before = things();
    const auto first = begin(a, hold(), where);
    dead_ = {"A"};
    const auto second = ask(b, effect_in(where, where + "-b"), where);
    EXPECT_FALSE(second.replayed());
    // The one that was taken for dead goes on: its commit fails, and its caller is told what happened instead.
    held_.back().second(take_effect(*held_.back().first, where, where + "-a"));
    runs_on_->run();
    EXPECT_EQ(first->status(), 201);
    EXPECT_TRUE(first->replayed());
    EXPECT_EQ(first->body(), second.body());
    EXPECT_EQ(things(), before + 1);
    dead_.clear();
  }
}

TEST_F(Idempotency, LetsTheFirstWinWhereItCommitsBeforeItsTwin) {
  const auto a = gateway("A"), b = gateway("B");
  const auto first = begin(a, hold());
  dead_ = {"A"};
  const auto second = begin(b, hold());
  ASSERT_EQ(held_.size(), 2u);
  // In the other store the rows of both would be the same one: who comes first, stands.
  held_[0].second(take_effect(*held_[0].first, "cuba", "a"));
  held_[1].second(take_effect(*held_[1].first, "cuba", "b"));
  runs_on_->run();
  EXPECT_EQ(first->status(), 201);
  EXPECT_EQ(second->status(), 201);
  EXPECT_TRUE(second->replayed());
  EXPECT_EQ(second->body(), first->body());
  EXPECT_EQ(things(), 1u);
  EXPECT_TRUE(ask(a, effect_in("cuba", "c")).replayed());
}

TEST_F(Idempotency, KeepsAnAnswerWithoutEffect) {
  const auto a = gateway("A"), b = gateway("B");
  for (const int status : {200, 400, 404, 409, 412, 422}) {
    const auto key = std::to_string(status);
    auto given = http::problem(status, "some-code", "Said so.");
    if (status == 200) given = created("1");
    given.status = status;
    const auto first = ask(a, answer_with(given), key);
    const auto again = ask(b, answer_with(created("2")), key);
    EXPECT_EQ(first.status(), status);
    EXPECT_EQ(again.status(), status);
    EXPECT_TRUE(again.replayed());
    EXPECT_EQ(again.body(), status == 200 ? given.body : http::problem_body(given, "r-1"));
  }
}

TEST_F(Idempotency, GivesTheKeyFreeWhereTryingAgainMayDoBetter) {
  const auto a = gateway("A");
  for (const int status : {429, 500, 503, 504}) {
    const auto key = std::to_string(status);
    EXPECT_EQ(ask(a, answer_with(http::problem(status)), key).status(), status);
    EXPECT_EQ(state_of("pluto", key), "none");
    const auto again = ask(a, effect_in("cuba", key), key);
    EXPECT_EQ(again.status(), 201);
    EXPECT_FALSE(again.replayed());
  }
}

TEST_F(Idempotency, FindsAnEffectWhoseOutcomeWasLost) {
  const auto a = gateway("A");
  for (const std::string where : {"pluto", "cuba"}) {
    const auto lost = [=, this](std::shared_ptr<answer_keeper> keeper, std::function<void(answer)> done) {
      // Committed, but the handler is told that the deadline passed first.
      const auto given = take_effect(*keeper, where, where);
      EXPECT_EQ(given.status, 201);
      done(http::problem(504));
    };
    // Without kept() the keeper cannot know either.
    const auto untold = [lost](std::shared_ptr<answer_keeper> keeper, std::function<void(answer)> done) {
      struct deaf final : answer_keeper {
        std::shared_ptr<answer_keeper> inner;
        void keep(const std::string &s, const answer &a, unit_of_work &u) override { inner->keep(s, a, u); }
        void kept() override {}
      };
      const auto wrapped = std::make_shared<deaf>();
      wrapped->inner = std::move(keeper);
      lost(wrapped, std::move(done));
    };
    const auto first = ask(a, untold, where);
    EXPECT_EQ(first.status(), 201) << where;
    EXPECT_EQ(first.body(), created(where).body);
    EXPECT_TRUE(ask(a, effect_in(where, "2"), where).replayed());
  }
  EXPECT_EQ(things(), 2u);
}

TEST_F(Idempotency, DoesNotBeginWhereTheKeyCannotBeReserved) {
  const auto a = gateway("A");
  pluto_.set_away(true);
  const auto first = ask(a, effect_in("cuba", "1"));
  EXPECT_EQ(first.status(), 503);
  EXPECT_EQ(handled_, 0);
  pluto_.set_away(false);
  EXPECT_EQ(ask(a, effect_in("cuba", "1")).status(), 201);
}

TEST_F(Idempotency, TakesOverWhatItCouldNotGiveFreeItself) {
  const auto a = gateway("A"), b = gateway("B");
  const auto failing = [this](auto, auto done) {
    pluto_.fail_next(outcome::unavailable);
    done(http::problem(503));
  };
  EXPECT_EQ(ask(a, failing).status(), 503);
  EXPECT_EQ(state_of("pluto"), "RUNNING A");
  EXPECT_EQ(ask(b, effect_in("cuba", "b")).status(), 409);
  EXPECT_EQ(ask(a, effect_in("cuba", "a")).status(), 201);
  EXPECT_EQ(things(), 1u);
}

TEST_F(Idempotency, GivesNoRefusalThatItCannotKeep) {
  const auto a = gateway("A"), b = gateway("B");
  const auto refuse = [](auto, auto done) { done(http::problem(404, "not-found", "There is none.")); };
  const auto refuse_unkept = [&](auto keeper, auto done) {
    pluto_.fail_next(outcome::unavailable);
    refuse(keeper, done);
  };
  EXPECT_EQ(ask(a, refuse_unkept).status(), 503);
  a->sweep();
  EXPECT_EQ(ask(b, refuse).status(), 404);
  const auto again = ask(a, refuse);
  EXPECT_EQ(again.status(), 404);
  EXPECT_TRUE(again.replayed());
}

TEST_F(Idempotency, AnswersThoughTheHomeRowCannotFollow) {
  const auto a = gateway("A"), b = gateway("B");
  const auto then_away = [this](std::shared_ptr<answer_keeper> keeper, std::function<void(answer)> done) {
    const auto given = take_effect(*keeper, "cuba", "1");
    pluto_.fail_next(outcome::unavailable);
    done(given);
  };
  EXPECT_EQ(ask(a, then_away).status(), 201);
  EXPECT_EQ(state_of("pluto"), "RUNNING A");
  for (const auto &at : {b, a}) EXPECT_TRUE(ask(at, effect_in("cuba", "2")).replayed());
  EXPECT_EQ(state_of("pluto"), "DONE B");
}

TEST_F(Idempotency, DoesNotBeginBehindTheDeadline) {
  const auto a = gateway("A");
  idempotency::keyed_call call;
  call.caller = "PSO001";
  call.key = "k";
  call.home_store = "pluto";
  call.deadline = clock_.now();
  call.runs_on = runs_on_;
  call.handler = effect_in("pluto", "1");
  call.problem_body = [](const answer &) { return std::string(); };
  std::optional<idempotency::served> out;
  start(a->serve(std::move(call)), [&](auto served, std::exception_ptr) { out = served; });
  runs_on_->run();
  ASSERT_TRUE(out);
  EXPECT_EQ(out->given.status, 504);
  EXPECT_EQ(handled_, 0);
  EXPECT_EQ(state_of("pluto"), "none");
}

TEST_F(Idempotency, ForgetsKeysThatHaveExpired) {
  const auto a = gateway("A");
  ask(a, effect_in("cuba", "1"));
  clock_.step(hours(25));
  // The row in Cuba has expired too and makes room.
  const auto later = ask(a, effect_in("cuba", "2"), "k", "another hash");
  EXPECT_EQ(later.status(), 201);
  EXPECT_FALSE(later.replayed());
  EXPECT_EQ(things(), 2u);
}

TEST_F(Idempotency, KeepsAnswersForAsLongAsItIsToldToAtTheTime) {
  const auto a = gateway("A");
  ask(a, effect_in("pluto", "1"), "for a day");
  a->keep_for(hours(1));
  ask(a, effect_in("pluto", "2"), "for an hour");
  clock_.step(hours(2));
  EXPECT_TRUE(ask(a, effect_in("pluto", "3"), "for a day").replayed());
  EXPECT_FALSE(ask(a, effect_in("pluto", "4"), "for an hour").replayed());
}

TEST_F(Idempotency, ClearsAnExpiredRowThatStandsOnlyInTheEffectsStore) {
  const auto a = gateway("A");
  ask(a, effect_in("cuba", "1"));
  clock_.step(hours(25));
  change erase;
  erase.type = change_type::erase;
  erase.what = record(idempotency_kind("pluto"));
  erase.what["caller"] = std::string("PSO001");
  erase.what["key"] = std::string("k");
  unit_of_work unit;
  unit.changes.push_back(erase);
  ASSERT_TRUE(commit_now(pluto_, unit, clock_.now()));
  // Found before the handler runs; where Cuba does not answer then, behind it.
  unsure_cuba_.failing_reads = 1;
  EXPECT_EQ(ask(a, effect_in("cuba", "2")).status(), 503);
  const auto again = ask(a, effect_in("cuba", "2"));
  EXPECT_EQ(again.status(), 201);
  EXPECT_FALSE(again.replayed());
}

TEST_F(Idempotency, PurgesWhatHasExpiredAndNothingElse) {
  const auto a = gateway("A");
  for (int i = 0; i < 250; ++i) ask(a, effect_in("cuba", std::to_string(i)), "old" + std::to_string(i));
  clock_.step(hours(23));
  ask(a, effect_in("cuba", "new"), "new");
  clock_.step(hours(2));
  a->purge();
  for (const std::string where : {"pluto", "cuba"}) {
    find_request all;
    all.kind = idempotency_kind(where);
    const auto left = count_now(store(where), all, clock_.now());
    ASSERT_TRUE(left);
    EXPECT_EQ(*left, 1) << where;
    EXPECT_EQ(state_of(where, "new"), "DONE A");
  }
  a->purge();
  EXPECT_EQ(state_of("pluto", "new"), "DONE A");
}

TEST_F(Idempotency, HoldsUnderManyAtOnce) {
  const auto a = gateway("A"), b = gateway("B");
  constexpr int keys = 40, twins = 8;
  std::atomic<int> answered{0}, fresh{0}, refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < twins; ++t)
    threads.emplace_back([&, t] {
      const auto runs_on = std::make_shared<causeway::testing::pumped_executor>();
      for (int k = 0; k < keys; ++k) {
        const std::string key = "many" + std::to_string(k);
        idempotency::keyed_call call;
        call.caller = "PSO001";
        call.key = key;
        call.body_hash = "h";
        call.home_store = "pluto";
        call.deadline = clock_.now() + seconds(10);
        call.runs_on = runs_on;
        call.handler = effect_in(k % 2 ? "pluto" : "cuba", key + "-" + std::to_string(t));
        call.problem_body = [](const answer &) { return std::string(); };
        start((t % 2 ? a : b)->serve(std::move(call)), [&](auto served, std::exception_ptr) {
          if (served->given.status == 201) ++(served->replayed ? answered : fresh);
          if (served->given.status == 409) ++refused;
        });
        runs_on->run();
      }
    });
  for (auto &thread : threads) thread.join();
  EXPECT_EQ(fresh, keys);
  EXPECT_EQ(things(), std::size_t(keys));
  EXPECT_EQ(answered + fresh + refused, keys * twins);
}

}  // namespace
}  // namespace causeway
