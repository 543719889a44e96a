// A row of the outbox says what was asked for, by whom and why, and reads back as it was written.
#include "relay/outbox.hpp"

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;

struct OutboxRow : ::testing::Test, two_stores {
  copy_row asked(const copy_order &order) {
    EXPECT_TRUE(commit_now(
        pluto_memory, {{ask_for_copy(outbox_kind("pluto"), "communications", "000000004", "A", time.now(), order)}},
        never));
    return outbox().back();
  }
};

TEST_F(OutboxRow, says_who_asked_for_what_and_why) {
  const copy_row plain = asked({});
  EXPECT_EQ(plain.origin, copy_origin::post);
  EXPECT_EQ(plain.action, copy_action::copy);
  EXPECT_EQ(plain.requested_by, "");
  EXPECT_FALSE(plain.seen);

  const copy_row repair = asked({copy_origin::repair, copy_action::replace, "OPS1", 7, "subject, text"});
  EXPECT_EQ(repair.origin, copy_origin::repair);
  EXPECT_EQ(repair.action, copy_action::replace);
  EXPECT_EQ(repair.requested_by, "OPS1");
  EXPECT_EQ(repair.seen, 7);
  EXPECT_EQ(repair.fields, "subject, text");
  EXPECT_EQ(repair.state, copy_state::pending);

  EXPECT_EQ(asked({copy_origin::backfill, copy_action::copy, "OPS1", {}, {}}).origin, copy_origin::backfill);
  EXPECT_EQ(asked({copy_origin::repair, copy_action::remove, "OPS1", 1, {}}).action, copy_action::remove);
}

TEST_F(OutboxRow, cuts_a_name_that_is_too_long_between_characters) {
  const copy_row row = asked({copy_origin::repair, copy_action::copy, std::string(63, 'x') + "ë", {}, {}});
  EXPECT_EQ(row.requested_by, std::string(63, 'x'));
}

TEST_F(OutboxRow, leaves_to_an_operator_what_a_later_version_asked_for) {
  asked({});
  record row = all(pluto_memory, outbox_kind("pluto")).at(0);
  row["action"] = "MERGE";
  EXPECT_EQ(read_copy(row).state, copy_state::dead);
}

TEST_F(OutboxRow, knows_a_copy_again_by_its_version_or_its_content) {
  record versioned(cuba_communication);
  versioned.version = 3;
  EXPECT_EQ(seen_as(versioned), 3);

  record plain(notepad);
  plain["noteNo"] = "1";
  plain["text"] = "ab";
  record same = plain, other = plain, moved = plain;
  other["text"] = "ac";
  moved["text"] = "a";
  moved["noteNo"] = "1b";
  EXPECT_EQ(seen_as(plain), seen_as(same));
  EXPECT_NE(seen_as(plain), seen_as(other));
  EXPECT_NE(seen_as(plain), seen_as(moved));
}

TEST(key_text, tells_keys_of_several_fields_apart) {
  EXPECT_EQ(key_text({"a/b~"}), "a/b~");
  EXPECT_EQ(key_text({"000000004", std::int64_t(7), true}), "000000004/7/true");
  EXPECT_NE(key_text({"a/b", "c"}), key_text({"a", "b/c"}));
  EXPECT_NE(key_text({"a~1b", "c"}), key_text({"a/b", "c"}));
  EXPECT_EQ(key_text({"a/b", "~"}), "a~1b/~0");
}

}  // namespace
}  // namespace causeway
