// What was tried with a copy: told in the order of its life, over replays and gateways, bounded, and for nothing where
// the first attempt succeeds.
#include "relay/attempts.hpp"

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;

struct Attempts : ::testing::Test, two_stores {
  relay_options impatient() {
    relay_options options;
    options.retry.attempts = 3;
    return options;
  }
  gateway one{*this, impatient(), alone()};

  void refuse(outcome what) {
    cuba.refuse = [what](const unit_of_work &) { return fault{what, "no", {{"subject", "not-liked", ""}}}; };
  }
  std::vector<attempt> told(std::size_t of = 0) {
    const copy_row row = outbox().at(of);
    return read_attempts(row, *find_now(pluto_memory, attempts_of(attempt_kind("pluto"), row.id), never));
  }
  std::vector<std::string> outcomes(std::size_t of = 0) {
    std::vector<std::string> names;
    for (const attempt &a : told(of)) names.emplace_back(to_string(a.outcome));
    return names;
  }
  std::size_t rows() { return all(pluto_memory, attempt_kind("pluto")).size(); }
  void try_again() {
    time.at += 2min;
    one.members.step();
    one.copies.step_leases();
    one.drain("communications");
  }
};

TEST_F(Attempts, of_a_copy_that_succeeds_at_once_stand_in_its_outbox_row) {
  post("000000001", "first");
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(outbox().at(0).mapping, "communications-1");
  time.at += 1s;
  one.drain("communications");
  EXPECT_EQ(rows(), 0u);
  const auto all_told = told();
  ASSERT_EQ(all_told.size(), 1u);
  EXPECT_EQ(all_told[0].number, 1);
  EXPECT_EQ(all_told[0].outcome, attempt_outcome::copied);
  EXPECT_EQ(all_told[0].at, time.now());
  EXPECT_EQ(all_told[0].gateway, one.members.id());
  EXPECT_EQ(all_told[0].mapping, "communications-1");
}

TEST_F(Attempts, tell_why_each_failed_and_that_the_last_did_not) {
  post("000000001", "first");
  refuse(outcome::internal);
  one.drain("communications");
  try_again();
  cuba.refuse = nullptr;
  try_again();
  const auto all_told = told();
  ASSERT_EQ(outcomes(), (std::vector<std::string>{"WAITING", "WAITING", "COPIED"}));
  EXPECT_EQ(all_told[0].number, 1);
  EXPECT_EQ(all_told[0].reason, "the target could not store it: subject not-liked");
  EXPECT_EQ(all_told[1].at - all_told[0].at, 2min);
  EXPECT_EQ(all_told[2].number, 3);
  EXPECT_EQ(all_told[2].reason, "");
  EXPECT_EQ(all_told[2].mapping, "communications-1");
}

TEST_F(Attempts, go_on_counting_over_a_replay) {
  post("000000001", "first");
  refuse(outcome::invalid);
  one.drain("communications");
  const copy_row dead = outbox().at(0);
  attempt replay{0, time.now(), attempt_outcome::replayed, {}, {}, {}, "OPS1"};
  unit_of_work unit{{replay_dead(outbox_kind("pluto"), dead)}};
  for (change &c : tell_of(attempt_kind("pluto"), dead, unit.changes[0], replay)) unit.changes.push_back(std::move(c));
  ASSERT_TRUE(commit_now(pluto, unit, never));
  EXPECT_EQ(outbox().at(0).tried_by, one.members.id()) << "an operator tries nothing himself";
  cuba.refuse = nullptr;
  try_again();
  EXPECT_EQ(outcomes(), (std::vector<std::string>{"DEAD", "REPLAYED", "COPIED"}));
  EXPECT_EQ(told()[1].by, "OPS1");
  EXPECT_EQ(told()[1].gateway, "");
}

TEST_F(Attempts, keep_the_first_and_the_newest) {
  copy_row row;
  row.id = 7;
  for (int i = 0; i < 250; ++i) {
    change settlement{change_type::update, record(outbox_kind("pluto")), 0};
    const attempt failed{0, time.now(), attempt_outcome::waiting, "gateway", "m", "again", {}};
    ASSERT_TRUE(commit_now(pluto_memory, {tell_of(attempt_kind("pluto"), row, settlement, failed)}, never));
    row.last_entry = std::get<std::int64_t>(settlement.what["lastEntry"]);
  }
  const auto kept = read_attempts(row, *find_now(pluto_memory, attempts_of(attempt_kind("pluto"), row.id), never));
  ASSERT_EQ(kept.size(), 100u);
  EXPECT_EQ(rows(), 100u);
  EXPECT_EQ(kept.front().number, 1);
  EXPECT_EQ(kept[19].number, 20);
  EXPECT_EQ(kept[20].number, 171);
  EXPECT_EQ(kept.back().number, 250);
}

TEST_F(Attempts, are_not_told_of_a_settlement_that_did_not_happen) {
  post("000000001", "first");
  pluto.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    for (const change &c : unit.changes)
      if (c.what.kind->name == outbox_kind("pluto")->name && c.type == change_type::update)
        return fault{outcome::unavailable, "gone", {}};
    return std::nullopt;
  };
  refuse(outcome::invalid);
  one.drain("communications");
  EXPECT_EQ(rows(), 0u);
  EXPECT_EQ(outbox().at(0).state, copy_state::pending);
}

}  // namespace
}  // namespace causeway
