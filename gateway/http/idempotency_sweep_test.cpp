// Reservations that a living gateway had to leave behind, and effects that it could not look for.
#include "http/testing/idempotency_fixture.hpp"

namespace causeway {
namespace {

using namespace http::test;

TEST_F(Idempotency, GivesFreeAfterwardsWhatItHadToLeaveReserved) {
  const auto a = gateway("A"), b = gateway("B");
  const auto not_erased = [this](auto, auto done) {
    pluto_.fail_next(outcome::unavailable);
    done(http::problem(503));
  };
  // The reservation was made, but its outcome was lost.
  unsure_pluto_.lost_commits = 1;
  EXPECT_EQ(ask(a, effect_in("cuba", "never"), "insert").status(), 503);
  // The erasure did not happen.
  EXPECT_EQ(ask(a, not_erased, "erase").status(), 503);
  for (const std::string key : {"insert", "erase"}) {
    SCOPED_TRACE(key);
    EXPECT_EQ(state_of("pluto", key), "RUNNING A");
    EXPECT_EQ(ask(b, effect_in("cuba", key), key).status(), 409);
  }
  // Nothing is lost while the store is still away.
  pluto_.set_away(true);
  a->sweep();
  pluto_.set_away(false);
  EXPECT_EQ(state_of("pluto", "insert"), "RUNNING A");
  a->sweep();
  for (const std::string key : {"insert", "erase"}) {
    SCOPED_TRACE(key);
    EXPECT_EQ(state_of("pluto", key), "none");
    EXPECT_EQ(ask(b, effect_in("cuba", key), key).status(), 201);
  }
  EXPECT_EQ(things(), 2u);
}

TEST_F(Idempotency, GivesFreeAReservationThatArrivesLate) {
  const auto a = gateway("A"), b = gateway("B");
  pluto_.fail_next(outcome::unavailable);
  EXPECT_EQ(ask(a, effect_in("cuba", "never")).status(), 503);
  a->sweep();
  EXPECT_EQ(state_of("pluto"), "none");
  // As the insert would have left it.
  unsure_pluto_.lost_commits = 1;
  EXPECT_EQ(ask(gateway("A"), effect_in("cuba", "never")).status(), 503);
  EXPECT_EQ(state_of("pluto"), "RUNNING A");
  a->sweep();
  EXPECT_EQ(state_of("pluto"), "none");
  EXPECT_EQ(ask(b, effect_in("cuba", "1")).status(), 201);
}

TEST_F(Idempotency, SweepsNothingThatIsUnderWayOrAnothersOrDone) {
  const auto a = gateway("A"), b = gateway("B");
  for (const std::string key : {"under way", "another's", "done"}) {
    pluto_.fail_next(outcome::unavailable);
    EXPECT_EQ(ask(a, effect_in("cuba", "never"), key).status(), 503);
  }
  begin(a, hold(), "under way");
  begin(b, hold(), "another's");
  EXPECT_EQ(ask(a, effect_in("pluto", "1"), "done").status(), 201);
  a->sweep();
  EXPECT_EQ(state_of("pluto", "under way"), "RUNNING A");
  EXPECT_EQ(state_of("pluto", "another's"), "RUNNING B");
  EXPECT_EQ(state_of("pluto", "done"), "DONE A");
  for (const auto &[keeper, answer_call] : held_) answer_call(http::problem(500));
  runs_on_->run();
}

TEST_F(Idempotency, KeepsNoAnswerWhereItCannotLookForTheEffect) {
  const auto a = gateway("A"), b = gateway("B");
  const struct {
    const char *key;
    unsure_store &silent;
  } cases[] = {{"home", unsure_pluto_}, {"elsewhere", unsure_cuba_}};
  for (const auto &c : cases) {
    SCOPED_TRACE(c.key);
    // The effect is in Cuba, but the handler takes it for a conflict.
    const auto misled = [&](std::shared_ptr<answer_keeper> keeper, std::function<void(answer)> done) {
      struct deaf final : answer_keeper {
        std::shared_ptr<answer_keeper> inner;
        void keep(const std::string &s, const answer &a, unit_of_work &u) override { inner->keep(s, a, u); }
        void kept() override {}
      } lost;
      lost.inner = keeper;
      take_effect(lost, "cuba", c.key);
      c.silent.failing_reads = 1;
      if (&c.silent == &unsure_pluto_) unsure_cuba_.failing_reads = 1;
      done(http::problem(409, "some-conflict"));
    };
    const auto first = ask(a, misled, c.key);
    EXPECT_EQ(first.status(), 503);
    EXPECT_EQ(first.out->given.retry_after, 1);
    EXPECT_EQ(state_of("pluto", c.key), "RUNNING A");
    // The sweep finds the effect, and with it the answer.
    a->sweep();
    EXPECT_EQ(state_of("pluto", c.key), "DONE A");
    for (const auto &at : {a, b}) {
      const auto again = ask(at, effect_in("cuba", "other"), c.key);
      EXPECT_EQ(again.status(), 201);
      EXPECT_TRUE(again.replayed());
    }
  }
  EXPECT_EQ(things(), 2u);
}

TEST_F(Idempotency, KeepsNoConflictWhereOnlyTheHomeStoreIsSilent) {
  const auto a = gateway("A");
  const auto conflicting = [this](std::shared_ptr<answer_keeper> keeper, std::function<void(answer)> done) {
    unit_of_work unit;
    keeper->keep("cuba", created("1"), unit);  // and its commit is lost to a conflict
    unsure_pluto_.failing_reads = 1;
    done(http::problem(409, "some-conflict"));
  };
  EXPECT_EQ(ask(a, conflicting).status(), 503);
  EXPECT_EQ(state_of("pluto"), "RUNNING A");
  EXPECT_EQ(ask(a, effect_in("cuba", "1")).status(), 201);
}

}  // namespace
}  // namespace causeway
