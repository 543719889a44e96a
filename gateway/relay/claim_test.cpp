// What a step claims: nothing overtakes a copy that comes to light late, and no number of others in the way matters.
#include <stdexcept>
#include <utility>

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;
using strings = std::vector<std::string>;

const std::string late = "000000001";
const std::string another = "000000002";
const std::string parked = "000000003";

struct Claim : ::testing::Test, two_stores {
  static relay_options batches_of(std::size_t batch, std::size_t a_step = 1) {
    relay_options options;
    options.batch = batch;
    options.batches = a_step;
    return options;
  }

  // Posts a record whose transaction has its outbox id by now, and can be seen by nobody before `commit_late`.
  void post_uncommitted(const std::string &csid, const std::string &subject) {
    post(csid, subject);
    hidden = all(pluto_memory, outbox_kind("pluto")).back();
    ASSERT_TRUE(commit_now(pluto_memory, {{change{change_type::erase, *hidden, 0}}}, never));
  }
  void commit_late() {
    ASSERT_TRUE(hidden);
    ASSERT_TRUE(commit_now(pluto_memory, {{change{change_type::insert, *hidden, 0}}}, never));
    hidden.reset();
  }
  void park(const std::string &csid, int behind) {
    cuba.refuse = [](const unit_of_work &unit) -> std::optional<fault> {
      for (const change &c : unit.changes)
        for (const value &v : c.what.values)
          if (text_of(v) == "poison") return fault{outcome::invalid, "refused", {}};
      return std::nullopt;
    };
    post(csid, "poison");
    for (int n = 0; n < behind; ++n) post(csid, "parked");
  }

  std::optional<record> hidden;
};

// Where the id of the late copy lies when it comes to light.
struct late_commit {
  const char *when;
  std::size_t batch;
  int parked;  // copies that the pass leaves behind
  bool between_pages;
  std::size_t batches_a_step = 1;
  int at_batch = 0;  // while this one goes, whose next but one has been read ahead
};

struct ClaimLate : Claim, ::testing::WithParamInterface<late_commit> {};

TEST_P(ClaimLate, keeps_the_order_of_its_customer) {
  const late_commit c = GetParam();
  gateway one(*this, batches_of(c.batch, c.batches_a_step), alone());
  if (c.parked > 0) {
    park(parked, c.parked);
    one.drain("communications");
  }
  post_uncommitted(late, "first");
  for (int n = 0; n < 6; ++n) post(another, std::to_string(n));
  const auto come_to_light = [this] {
    commit_late();
    post(late, "second");
  };
  if (c.between_pages) {
    pluto.before_find = [&](const find_request &request) {
      // The page behind one that gave something already, of which there is more.
      if (!hidden || request.kind->name != "causeway.outbox" || request.after.empty()) return;
      if (std::get<std::int64_t>(request.after.front()) < std::get<std::int64_t>((*hidden)["id"])) return;
      come_to_light();
    };
  } else if (c.at_batch > 0) {
    cuba.refuse = [&, going = 0](const unit_of_work &) mutable -> std::optional<fault> {
      if (++going == c.at_batch) come_to_light();
      return std::nullopt;
    };
  } else {
    EXPECT_GT(one.copies.step("communications").copied, 0u);
    come_to_light();
  }
  one.drain("communications");
  EXPECT_FALSE(hidden);
  EXPECT_EQ(subjects(late), (strings{"first", "second"}));
  EXPECT_EQ(subjects(another), (strings{"0", "1", "2", "3", "4", "5"}));
  EXPECT_EQ(outbox(copy_state::pending).size(), std::size_t(c.parked));
}

INSTANTIATE_TEST_SUITE_P(When, ClaimLate,
                         ::testing::Values(late_commit{"nothing_was_left_behind", 4, 0, false},
                                           late_commit{"something_was_left_behind", 4, 3, false},
                                           late_commit{"between_two_pages_of_a_step", 8, 3, true},
                                           late_commit{"behind_more_than_a_page", 8, 2'100, true},
                                           late_commit{"while_a_batch_is_on_its_way", 2, 0, true, 64},
                                           late_commit{"when_the_next_page_was_read_ahead", 1, 0, false, 64, 3},
                                           late_commit{"while_one_is_and_something_was_left_behind", 2, 3, true, 64}),
                         [](const auto &info) { return std::string(info.param.when); });

// As when the source is brought back from a backup: ids that were given before are given once more.
TEST_F(Claim, takes_no_id_for_met_once_the_source_was_away) {
  gateway one(*this, batches_of(4), alone());
  park(parked, 3);  // so that a pass goes on from where it was
  post(late, "before");
  const auto given_before = all(pluto_memory, outbox_kind("pluto")).back()["id"];
  one.drain("communications");
  pluto_memory.set_away(true);
  EXPECT_TRUE(one.drain("communications").away);
  pluto_memory.set_away(false);
  time.at += std::chrono::seconds(5);
  one.members.step();
  one.copies.step_leases();
  post_uncommitted(late, "first");
  (*hidden)["id"] = given_before;
  for (int n = 0; n < 6; ++n) post(another, std::to_string(n));
  EXPECT_GT(one.copies.step("communications").copied, 0u);
  commit_late();
  post(late, "second");
  one.drain("communications");
  EXPECT_EQ(subjects(late), (strings{"before", "first", "second"}));
}

TEST_F(Claim, lets_notes_pass_any_number_of_records_parked_before_them) {
  gateway one(*this, {}, alone());
  park(parked, 2'100);
  const auto record_key = post(another, "record");
  one.drain("communications");
  ASSERT_EQ(subjects(), strings{"record"});
  post_note(another, record_key, "note");
  one.drain("notes");
  EXPECT_EQ(notes(), strings{"note"});
}

TEST_F(Claim, holds_a_note_behind_a_record_however_far_back_that_waits) {
  gateway one(*this, {}, alone());
  const auto crossed = post(another, "crossed");
  one.drain("communications");
  park(parked, 2'100);
  post(another, "on its way");
  post_note(another, crossed, "note");
  one.drain("notes");
  EXPECT_TRUE(notes().empty());
  one.drain("communications");
  one.drain("notes");
  EXPECT_EQ(notes(), strings{"note"});
}

// The batches grow: 250, 500, 1,000, 2,000, and what is left.
TEST_F(Claim, takes_a_backlog_in_one_step) {
  gateway one(*this, batches_of(10'000, 64), alone());
  std::vector<std::size_t> sizes;
  cuba.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    sizes.push_back(0);
    for (const change &c : unit.changes) sizes.back() += c.type == change_type::insert_absent ? 1 : 0;
    return std::nullopt;
  };
  strings posted;
  std::string key;
  for (int n = 0; n < 4'500; ++n) {
    posted.push_back(std::to_string(n));
    key = post(another, posted.back());
  }
  post_note(another, key, "note");
  std::size_t pages = 0, looks_behind = 0;
  pluto.before_find = [&](const find_request &request) {
    if (request.kind->name != "causeway.outbox") return;
    pages += request.only.empty() ? 1 : 0;
    looks_behind += request.up_to.empty() ? 0 : 1;
  };
  EXPECT_EQ(one.copies.step("communications").copied, 4'500u);
  EXPECT_EQ(pages, 5u) << "none is read twice, ahead or not";
  EXPECT_EQ(looks_behind, 0u) << "all ids there have been met";
  EXPECT_EQ(subjects(), posted);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{250, 500, 1'000, 2'000, 750}));
  sizes.clear();
  EXPECT_EQ(one.copies.step("notes").copied, 1u);
}

// What was read ahead behind a copy that fails is not written; whoever it was not about goes on.
TEST_F(Claim, writes_nothing_behind_a_copy_that_failed_in_the_batch_before) {
  gateway one(*this, batches_of(2, 64), alone());
  park(parked, 3);
  for (int n = 0; n < 4; ++n) post(another, std::to_string(n));
  one.drain("communications");
  EXPECT_EQ(subjects(), (strings{"0", "1", "2", "3"}));
  EXPECT_EQ(outbox(copy_state::dead).size(), 1u);
  EXPECT_EQ(outbox(copy_state::pending).size(), 3u);
}

// As when a gateway of a later version works on the same stores, or did before it was taken back.
TEST_F(Claim, leaves_a_copy_that_a_later_version_asked_for_and_what_comes_behind_it) {
  gateway one(*this, {}, alone());
  post(late, "merged");
  record row = all(pluto_memory, outbox_kind("pluto")).front();
  row["action"] = "MERGE";
  ASSERT_TRUE(commit_now(pluto_memory, {{change{change_type::put, row, 0}}}, never));
  post(late, "behind");
  post(another, "another");
  one.drain("communications");
  EXPECT_EQ(subjects(), strings{"another"});
  EXPECT_EQ(all(pluto_memory, outbox_kind("pluto")).at(0)["state"], value("PENDING"))
      << "it is there for the later one";
}

// The answer was too late, and so is the commit: after the next pass has looked for dead letters, before it reads on.
TEST_F(Claim, lets_nobody_overtake_a_dead_letter_that_is_settled_late) {
  gateway one(*this, {}, alone());
  park(parked, 1);
  std::optional<unit_of_work> settlement;
  pluto.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    for (const change &c : unit.changes)
      for (const value &v : c.what.values)
        if (!settlement && text_of(v) == "DEAD") {
          settlement = unit;
          return fault{outcome::deadline, "no answer in time", {}};
        }
    return std::nullopt;
  };
  const auto report = one.drain("communications");
  EXPECT_TRUE(report.away);
  ASSERT_TRUE(settlement);
  bool came = false;
  pluto.before_find = [&](const find_request &request) {
    if (request.kind->name != "causeway.outbox" || text_of(request.conditions.at(1).equals) != "PENDING") return;
    if (!std::exchange(came, true)) EXPECT_FALSE(commit_now(pluto_memory, *settlement, never)) << "under that lease";
  };
  time.at += report.wait;
  one.members.step();
  one.drain("communications");
  EXPECT_TRUE(came);
  EXPECT_TRUE(subjects().empty());
}

// A store that throws ends a step anywhere; what was claimed by then is not carried.
TEST_F(Claim, begins_from_the_oldest_copy_after_a_step_that_a_store_broke_off) {
  gateway one(*this, batches_of(2), alone());
  for (int n = 0; n < 6; ++n) post(another, std::to_string(n));
  cuba.refuse = [thrown = false](const unit_of_work &) mutable -> std::optional<fault> {
    if (!std::exchange(thrown, true)) throw std::runtime_error("a defect");
    return std::nullopt;
  };
  EXPECT_THROW(one.copies.step("communications"), std::runtime_error);
  one.copies.step_leases();
  one.drain("communications");
  EXPECT_EQ(subjects(), (strings{"0", "1", "2", "3", "4", "5"}));
}

// What was heard of the target in a step that was broken off blames no copy of the next.
TEST_F(Claim, takes_no_answer_to_a_batch_that_was_broken_off_for_the_next_ones) {
  gateway one(*this, batches_of(1, 64), alone());
  cuba.refuse = [](const unit_of_work &) { return fault{outcome::internal, "odd", {}}; };
  post(late, "failed");
  one.drain("communications");
  ASSERT_EQ(outbox().at(0).attempts, 1);
  cuba.refuse = nullptr;
  for (int n = 0; n < 2; ++n) post(another, std::to_string(n));
  pluto.refuse = [](const unit_of_work &) -> std::optional<fault> { throw std::runtime_error("a defect"); };
  EXPECT_THROW(one.copies.step("communications"), std::runtime_error);
  ASSERT_EQ(subjects(), (strings{"0", "1"})) << "the second while the first was to be settled";
  pluto.refuse = nullptr;
  time.at += 1s;
  one.members.step();
  cuba.refuse = [](const unit_of_work &unit) -> std::optional<fault> {
    for (const change &c : unit.changes)
      if (c.type == change_type::insert_absent) return fault{outcome::unavailable, "away", {}};
    return std::nullopt;
  };
  one.copies.step_leases();
  one.copies.step("communications");
  EXPECT_EQ(outbox().at(0).attempts, 1);
}

TEST_F(Claim, takes_no_answer_to_a_settlement_that_was_broken_off_for_the_next_ones) {
  gateway one(*this, batches_of(1, 64), alone());
  for (int n = 0; n < 4; ++n) post(another, std::to_string(n));
  bool refused = false;
  pluto.refuse = [&](const unit_of_work &) -> std::optional<fault> {
    if (std::exchange(refused, true)) return std::nullopt;
    return fault{outcome::unavailable, "away", {}};
  };
  pluto.before_find = [&, thrown = false](const find_request &) mutable {
    if (refused && !std::exchange(thrown, true)) throw std::runtime_error("a defect");
  };
  EXPECT_THROW(one.copies.step("communications"), std::runtime_error);
  one.copies.step_leases();
  EXPECT_FALSE(one.drain("communications").away);
  EXPECT_TRUE(outbox(copy_state::pending).empty());
}

TEST_F(Claim, looks_up_again_what_the_batch_before_may_have_brought) {
  gateway one(*this, batches_of(1, 64), alone());
  const auto first = post(another, "first"), second = post(another, "second");
  // As a note whose record crosses while the note is read ahead: refused once, found at the second look.
  post_note(another, first, "a");
  post_note(another, second, "b");
  one.drain("communications");
  std::size_t looks = 0;
  const auto copies = all(cuba_memory, cuba_communication);
  ASSERT_EQ(copies.size(), 2u);
  cuba.before_find = [&](const find_request &request) {
    if (request.kind->name != "cuba.communication") return;
    ++looks;
    // Away before the look that reads ahead, and back before the next.
    if (looks == 2) ASSERT_TRUE(commit_now(cuba_memory, {{change{change_type::erase, copies[1], 0}}}, never));
    if (looks == 3) ASSERT_TRUE(commit_now(cuba_memory, {{change{change_type::insert, copies[1], 0}}}, never));
  };
  EXPECT_EQ(one.drain("notes").waiting, 0u);
  EXPECT_EQ(notes(), (strings{"a", "b"}));
  EXPECT_EQ(looks, 3u);
}

}  // namespace
}  // namespace causeway
