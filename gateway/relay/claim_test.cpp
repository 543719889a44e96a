// What a step claims: nothing overtakes a copy that comes to light late, and no number of others in the way matters.
#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;
using strings = std::vector<std::string>;

const std::string late = "000000001";
const std::string other = "000000002";
const std::string parked = "000000003";

struct Claim : ::testing::Test, two_stores {
  static relay_options batches_of(std::size_t batch) {
    relay_options options;
    options.batch = batch;
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
};

struct ClaimLate : Claim, ::testing::WithParamInterface<late_commit> {};

TEST_P(ClaimLate, keeps_the_order_of_its_customer) {
  const late_commit c = GetParam();
  gateway one(*this, batches_of(c.batch), alone());
  if (c.parked > 0) {
    park(parked, c.parked);
    one.drain("communications");
  }
  post_uncommitted(late, "first");
  for (int n = 0; n < 6; ++n) post(other, std::to_string(n));
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
  } else {
    EXPECT_GT(one.copies.step("communications").copied, 0u);
    come_to_light();
  }
  one.drain("communications");
  EXPECT_FALSE(hidden);
  EXPECT_EQ(subjects(late), (strings{"first", "second"}));
  EXPECT_EQ(subjects(other), (strings{"0", "1", "2", "3", "4", "5"}));
  EXPECT_EQ(outbox(copy_state::pending).size(), std::size_t(c.parked));
}

INSTANTIATE_TEST_SUITE_P(When, ClaimLate,
                         ::testing::Values(late_commit{"nothing_was_left_behind", 4, 0, false},
                                           late_commit{"something_was_left_behind", 4, 3, false},
                                           late_commit{"between_two_pages_of_a_step", 8, 3, true},
                                           late_commit{"behind_more_than_a_page", 8, 1'100, true}),
                         [](const auto &info) { return std::string(info.param.when); });

TEST_F(Claim, lets_notes_pass_any_number_of_records_parked_before_them) {
  gateway one(*this, {}, alone());
  park(parked, 1'100);
  const auto record_key = post(other, "record");
  one.drain("communications");
  ASSERT_EQ(subjects(), strings{"record"});
  post_note(other, record_key, "note");
  one.drain("notes");
  EXPECT_EQ(notes(), strings{"note"});
}

TEST_F(Claim, holds_a_note_behind_a_record_however_far_back_that_waits) {
  gateway one(*this, {}, alone());
  const auto crossed = post(other, "crossed");
  one.drain("communications");
  park(parked, 1'100);
  post(other, "on its way");
  post_note(other, crossed, "note");
  one.drain("notes");
  EXPECT_TRUE(notes().empty());
  one.drain("communications");
  one.drain("notes");
  EXPECT_EQ(notes(), strings{"note"});
}

TEST_F(Claim, takes_the_largest_batch_in_one_step) {
  gateway one(*this, batches_of(10'000), alone());
  strings posted;
  std::string key;
  for (int n = 0; n < 2'500; ++n) {
    posted.push_back(std::to_string(n));
    key = post(other, posted.back());
  }
  post_note(other, key, "note");
  EXPECT_EQ(one.copies.step("communications").copied, 2'500u);
  EXPECT_EQ(subjects(), posted);
  EXPECT_EQ(one.copies.step("notes").copied, 1u);
}

}  // namespace
}  // namespace causeway
