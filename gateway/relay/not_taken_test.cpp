// A copy that the target cannot take makes the target look as if it were away. It holds back its own customer; a target
// that is away holds back everybody and blames nobody.
#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;
using strings = std::vector<std::string>;

struct NotTaken : ::testing::Test, two_stores {
  void minute_passes(gateway &one) {
    time.at += 60s;
    one.members.step();
    one.copies.step_leases();
  }
  static bool writes(const unit_of_work &unit, const std::string &subject) {
    for (const change &c : unit.changes)
      for (const value &v : c.what.values)
        if (text_of(v) == subject) return true;
    return false;
  }
  // What a row that somebody keeps locked, or a disk without room for it, makes of every unit that holds it.
  void refuse_in_cuba(const std::string &subject, outcome what) {
    cuba.refuse = [=](const unit_of_work &unit) -> std::optional<fault> {
      for (const change &c : unit.changes)
        for (const value &v : c.what.values)
          if (text_of(v) == subject) return fault{what, "not now", {}};
      return std::nullopt;
    };
  }
};

TEST_F(NotTaken, tells_a_copy_that_the_target_cannot_take_from_a_target_that_is_away) {
  relay_options options;
  options.retry = {1s, 8s, 5};
  gateway one(*this, options, alone());
  refuse_in_cuba("locked", outcome::unavailable);
  post("000000001", "locked");
  post("000000001", "behind");
  for (const char *const csid : {"000000002", "000000003", "000000004"}) post(csid, "other");
  auto report = one.drain("communications");
  EXPECT_TRUE(report.away) << "the batch and the first of it failed";
  time.at += report.wait;
  report = one.drain("communications");
  EXPECT_FALSE(report.away) << "it takes others";
  EXPECT_EQ(subjects(), (strings{"other", "other", "other"}));
  EXPECT_EQ(outbox().at(0).attempts, 1);
  EXPECT_EQ(outbox().at(1).attempts, 0);

  // From now on it holds nobody up, not for a moment.
  for (int more = 2; more <= 5; ++more) {
    time.at += 8s;
    one.members.step();
    post("000000002", "more");
    report = one.drain("communications");
    EXPECT_FALSE(report.away);
    EXPECT_EQ(subjects("000000002").size(), std::size_t(more));
    EXPECT_EQ(outbox().at(0).attempts, more);
  }
  EXPECT_EQ(outbox().at(0).state, copy_state::dead);
  EXPECT_EQ(outbox().at(1).state, copy_state::pending);
}

TEST_F(NotTaken, blames_no_copy_while_nothing_shows_that_the_target_is_there) {
  gateway one(*this, {}, alone());
  refuse_in_cuba("locked", outcome::deadline);
  post("000000001", "locked");
  post("000000002", "other");
  time.at += one.drain("communications").wait;
  one.drain("communications");
  ASSERT_EQ(outbox().at(0).attempts, 1);
  for (int tries = 0; tries < 30; ++tries) {
    time.at += 60s;
    one.members.step();
    EXPECT_FALSE(one.drain("communications").away) << "what failed before does not stand for the target";
  }
  EXPECT_EQ(outbox().at(0).attempts, 1);
  post("000000002", "more");
  one.drain("communications");
  EXPECT_EQ(subjects(), (strings{"other", "more"}));
  EXPECT_EQ(outbox().at(0).attempts, 2);
  cuba.refuse = nullptr;
  time.at += 60s;
  one.members.step();
  EXPECT_EQ(one.drain("communications").copied, 1u);
}

TEST_F(NotTaken, tries_the_next_customers_copies_at_once_where_only_ones_said_that_the_target_is_away) {
  gateway one(*this, {}, alone());
  refuse_in_cuba("locked", outcome::unavailable);
  post("000000001", "locked");
  const auto report = one.drain("communications");
  EXPECT_TRUE(report.away && report.one_customer);
  post("000000002", "other");
  EXPECT_TRUE(one.copies.step("communications").away) << "not before its time";
  one.copies.step("communications", true);
  while (subjects().empty() && one.copies.step("communications").wait > 0ms) time.at += 100ms;
  EXPECT_EQ(subjects(), strings{"other"});
}

TEST_F(NotTaken, finds_what_the_target_takes_behind_any_number_of_what_it_does_not) {
  gateway one(*this, {}, alone());
  refuse_in_cuba("locked", outcome::unavailable);
  for (const char *const csid : {"000000001", "000000002", "000000003", "000000004"}) post(csid, "locked");
  post("000000005", "other");
  for (int tries = 0; tries < 5; ++tries) {
    time.at += 60s;
    one.members.step();
    one.drain("communications");
  }
  EXPECT_EQ(subjects(), strings{"other"});
}

TEST_F(NotTaken, tries_others_each_time_however_many_it_does_not_take) {
  gateway one(*this, {}, alone());
  refuse_in_cuba("locked", outcome::deadline);
  for (int n = 0; n < 40; ++n) post("0000001" + std::to_string(10 + n), "locked");
  for (int n = 0; n < 50; ++n) post("0000002" + std::to_string(10 + n), "other");
  for (int minutes = 0; minutes < 15; ++minutes) {
    minute_passes(one);
    one.drain("communications");
  }
  EXPECT_EQ(subjects().size(), 50u);
}

TEST_F(NotTaken, tries_what_failed_before_behind_one_that_it_does_not_take) {
  gateway one(*this, {}, alone());
  refuse_in_cuba("once", outcome::internal);
  post("000000001", "once");
  one.drain("communications");
  ASSERT_EQ(outbox().at(0).attempts, 1);
  refuse_in_cuba("locked", outcome::deadline);
  post("000000002", "locked");
  for (int minutes = 0; minutes < 3; ++minutes) {
    minute_passes(one);
    one.drain("communications");
  }
  EXPECT_EQ(subjects(), strings{"once"});
}

TEST_F(NotTaken, asks_a_target_less_and_less_often_with_nothing_but_what_failed_before) {
  gateway one(*this, {}, alone());
  refuse_in_cuba("locked", outcome::internal);
  post("000000001", "locked");
  one.drain("communications");
  ASSERT_EQ(outbox().at(0).attempts, 1);
  int asked = 0;
  cuba.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    if (!writes(unit, "locked")) return std::nullopt;
    ++asked;
    return fault{outcome::unavailable, "away", {}};
  };
  for (const auto end = time.at + 60s; time.at < end;) {
    const auto report = one.copies.step("communications");
    one.members.step();
    one.copies.step_leases();
    time.at += report.more ? 0ms : report.wait;
  }
  EXPECT_LT(asked, 12);
  EXPECT_EQ(outbox().at(0).attempts, 1);
  post("000000002", "other");
  one.drain("communications");
  EXPECT_EQ(subjects(), strings{"other"}) << "others do not wait for that";
  EXPECT_EQ(outbox().at(0).attempts, 2);
}

TEST_F(NotTaken, blames_no_copy_where_the_target_goes_away_while_they_are_tried_one_by_one) {
  gateway one(*this, {}, alone());
  int taken = 0, asked = 0;
  cuba.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    ++asked;
    if (taken == 3) return fault{outcome::unavailable, "away", {}};
    if (writes(unit, "poison")) return fault{outcome::invalid, "refused", {}};
    ++taken;
    return std::nullopt;
  };
  post("000000001", "poison");
  for (int n = 0; n < 90; ++n) post("0000001" + std::to_string(10 + n), "other");
  const auto report = one.drain("communications");
  EXPECT_TRUE(report.away);
  EXPECT_EQ(report.copied, 3u);
  EXPECT_LT(asked, 30);
  for (const copy_row &row : outbox(copy_state::pending)) EXPECT_EQ(row.attempts, 0);
}

}  // namespace
}  // namespace causeway
