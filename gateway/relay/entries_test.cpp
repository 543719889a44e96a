// What was asked for a record is found whether it is still to be done or was done, by this build or by an earlier one.
#include "relay/entries.hpp"

#include <algorithm>

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;

struct Entries : ::testing::Test, two_stores {
  gateway one{*this, {}, alone()};

  record row_in(const kind_ptr &kind) { return all(pluto_memory, kind).at(0); }
  value state_of(const std::string &key) {
    const auto copy = get_now(front, {copy_kind("pluto"), {key}}, never);
    return copy ? (*copy)["state"] : value(null());
  }
};

TEST_F(Entries, of_a_copy_that_was_made_leave_the_outbox) {
  const auto key = post("000000004", "first");
  EXPECT_EQ(state_of(key), value("PENDING"));
  const copy_row asked = read_copy(row_in(outbox_kind("pluto")));
  one.drain("communications");
  EXPECT_EQ(state_of(key), value("COPIED"));
  EXPECT_TRUE(all(pluto_memory, outbox_kind("pluto")).empty());
  const copy_row made = read_copy(row_in(copied_kind("pluto")));
  EXPECT_EQ(made.id, asked.id);
  EXPECT_EQ(made.csid, asked.csid);
  EXPECT_EQ(made.source_key, key);
  EXPECT_EQ(made.created, asked.created);
  EXPECT_EQ(made.mapping, "communications-1");
  EXPECT_EQ(made.state, copy_state::copied);
  EXPECT_EQ(made.attempts, 1);
  EXPECT_EQ(made.target_id, text_of(all(cuba_memory, cuba_communication).at(0)["commNo"]));
}

TEST_F(Entries, that_an_earlier_build_left_in_the_outbox_are_read_there) {
  const auto key = post("000000004", "first");
  change settled{change_type::update, row_in(outbox_kind("pluto")), 1};
  settled.what["state"] = "COPIED";
  settled.what["targetId"] = "C1";
  ASSERT_TRUE(commit_now(pluto_memory, {{settled}}, never));
  EXPECT_EQ(state_of(key), value("COPIED"));
  EXPECT_EQ(one.drain("communications").copied, 0u);
}

// As where the outbox was brought back from a backup.
TEST_F(Entries, that_are_told_of_already_are_settled_all_the_same) {
  post("000000004", "first");
  const record before = row_in(outbox_kind("pluto"));
  one.drain("communications");
  ASSERT_TRUE(commit_now(pluto_memory, {{{change_type::insert, before, 0}}}, never));
  EXPECT_EQ(one.drain("communications").copied, 1u);
  EXPECT_TRUE(all(pluto_memory, outbox_kind("pluto")).empty());
  EXPECT_EQ(all(pluto_memory, copied_kind("pluto")).size(), 1u);
  EXPECT_EQ(subjects(), std::vector<std::string>{"first"});
}

TEST_F(Entries, stand_in_the_order_of_their_ids_and_one_that_moved_between_two_looks_once) {
  for (const char *subject : {"first", "second", "third"}) post("000000004", subject);
  const auto open = all(pluto_memory, outbox_kind("pluto"));
  one.drain("communications");
  auto made = all(pluto_memory, copied_kind("pluto"));
  made.pop_back();
  for (const bool newest_first : {false, true}) {
    auto joined = joined_entries(open, made, newest_first);
    ASSERT_EQ(joined.size(), 3u);
    if (newest_first) std::reverse(joined.begin(), joined.end());
    for (std::size_t i = 0; i < joined.size(); ++i) EXPECT_EQ(joined[i].id, std::int64_t(i + 1));
    EXPECT_EQ(
        std::count_if(joined.begin(), joined.end(), [](const copy_row &c) { return c.state == copy_state::copied; }),
        2);
  }
}

}  // namespace
}  // namespace causeway
