// What repairs decide, and how the relay carries them out: guarded by what was seen, in the customer's order, once.
#include "relay/repair.hpp"

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;

struct Repair : ::testing::Test, two_stores {
  gateway one{*this, {}, alone()};

  std::string copied(const std::string &csid, const std::string &subject) {
    const auto key = post(csid, subject);
    one.drain("communications");
    return key;
  }
  record copy_of(const std::string &source_key) {
    for (const record &row : all(cuba_memory, cuba_communication))
      if (text_of(row["sourceId"]) == source_key) return row;
    return {};
  }
  // Somebody changes the copy in the target.
  void alter(const std::string &source_key, const std::string &subject) {
    record copy = copy_of(source_key);
    copy["subject"] = subject;
    ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::put, copy, 0}}}, never));
  }
  void lose_source(const std::string &source_key) {
    change forget{change_type::erase, record(communication), 0};
    forget.what["communicationId"] = source_key;
    ASSERT_TRUE(commit_now(pluto_memory, {{forget}}, never));
  }
  void ask(copy_action action, const std::string &source_key, std::optional<std::int64_t> seen,
           const std::string &csid = "000000004") {
    ASSERT_TRUE(commit_now(pluto_memory,
                           {{ask_for_copy(outbox_kind("pluto"), "communications", csid, source_key, time.now(),
                                          {copy_origin::repair, action, "OPS1", seen, "subject"})}},
                           never));
  }
  void ask(copy_action action, const std::string &source_key) { ask(action, source_key, seen_as(copy_of(source_key))); }
  copy_row last() { return outbox().back(); }
};

using strings = std::vector<std::string>;

TEST_F(Repair, brings_a_copy_to_what_the_mapping_says) {
  const auto key = copied("000000004", "right");
  alter(key, "wrong");
  const auto number = copy_of(key)["commNo"];
  ask(copy_action::replace, key);
  EXPECT_EQ(one.drain("communications").copied, 1u);
  EXPECT_EQ(subjects(), strings{"right"});
  EXPECT_EQ(copy_of(key)["commNo"], number) << "it is the same copy";
  EXPECT_EQ(last().state, copy_state::copied);
  EXPECT_EQ(last().target_id, text_of(number));
  EXPECT_EQ(last().requested_by, "OPS1");
}

TEST_F(Repair, removes_a_copy_of_what_is_not_in_the_source) {
  const auto key = copied("000000004", "gone");
  const std::string number(text_of(copy_of(key)["commNo"]));
  lose_source(key);
  ask(copy_action::remove, key);
  EXPECT_EQ(one.drain("communications").copied, 1u);
  EXPECT_EQ(subjects(), strings{});
  EXPECT_EQ(last().state, copy_state::copied);
  EXPECT_EQ(last().target_id, number);
}

TEST_F(Repair, leaves_alone_what_is_not_as_it_was_seen) {
  const auto changed = copied("000000004", "a"), lost = copied("000000004", "b"), back = copied("000000004", "c"),
             altered = copied("000000004", "d");
  alter(changed, "seen");
  ask(copy_action::replace, changed);
  alter(changed, "changed by hand since");
  ask(copy_action::replace, lost);
  ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::erase, copy_of(lost), 0}}}, never));
  ask(copy_action::remove, back);  // its source stands
  ask(copy_action::remove, altered);
  alter(altered, "changed by hand since");
  lose_source(altered);
  const auto later = post("000000004", "later");
  const auto report = one.drain("communications");
  EXPECT_EQ(report.copied, 1u) << "a repair that is given up holds nobody back";
  EXPECT_EQ(report.dead, 0u);
  EXPECT_EQ(subjects(), (strings{"changed by hand since", "c", "changed by hand since", "later"}));
  const auto given_up = outbox(copy_state::discarded);
  ASSERT_EQ(given_up.size(), 4u);
  for (const auto &row : given_up) EXPECT_FALSE(row.reason.empty());
}

TEST_F(Repair, does_nothing_where_the_copy_is_right_by_now) {
  const auto key = copied("000000004", "right");
  alter(key, "wrong");
  ask(copy_action::replace, key);
  alter(key, "right");
  const auto version = copy_of(key).version;
  EXPECT_EQ(one.drain("communications").copied, 1u);
  EXPECT_EQ(copy_of(key).version, version);
}

TEST_F(Repair, is_done_once_although_the_answer_was_lost) {
  const auto key = copied("000000004", "right");
  const auto extra = copied("000000004", "extra");
  alter(key, "wrong");
  lose_source(extra);
  ask(copy_action::replace, key);
  ask(copy_action::remove, extra);
  bool lose = true;
  cuba.lose_answer = [&](const unit_of_work &) { return std::exchange(lose, false); };
  one.drain("communications");
  EXPECT_EQ(outbox(copy_state::pending).size(), 2u);
  const auto version = copy_of(key).version;
  time.at += 1s;
  EXPECT_EQ(one.drain("communications").copied, 2u);
  EXPECT_EQ(copy_of(key).version, version);
  EXPECT_EQ(subjects(), strings{"right"});
}

TEST_F(Repair, goes_in_the_customers_order_with_the_copies) {
  const auto key = copied("000000004", "first");
  alter(key, "wrong");
  post("000000004", "second");
  ask(copy_action::replace, key);
  post("000000004", "third");
  std::vector<std::string> order;
  cuba.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    for (const change &c : unit.changes)
      if (c.type != change_type::require) order.emplace_back(text_of(c.what["subject"]));
    return std::nullopt;
  };
  one.drain("communications");
  EXPECT_EQ(order, (strings{"second", "first", "third"}));
}

// The change comes between the look at the copy and the write: the version, or the next look, tells.
TEST_F(Repair, overwrites_nothing_that_changes_under_its_hands) {
  const auto key = copied("000000004", "right");
  const auto other = copied("000000008", "other");
  alter(key, "wrong");
  ask(copy_action::replace, key);
  post("000000008", "new");
  bool first = true;
  cuba.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    for (const change &c : unit.changes)
      if (c.type == change_type::update && c.what.kind->name == "cuba.communication" && std::exchange(first, false))
        alter(key, "changed just now");
    return std::nullopt;
  };
  auto report = one.drain("communications");
  EXPECT_EQ(report.copied, 1u) << "the other customer's";
  EXPECT_EQ(report.waiting, 1u);
  EXPECT_TRUE(one.copies.status().at(0).partitions == partitions) << "the leases are held on";
  time.at += 1s;
  one.drain("communications");
  EXPECT_EQ(last().state, copy_state::copied);
  const auto given_up = outbox(copy_state::discarded);
  ASSERT_EQ(given_up.size(), 1u);
  EXPECT_EQ(given_up[0].source_key, key);
  EXPECT_EQ(text_of(copy_of(key)["subject"]), "changed just now");
  EXPECT_EQ(text_of(copy_of(other)["subject"]), "other");
}

TEST_F(Repair, is_refused_by_a_fence_like_any_copy) {
  const auto key = copied("000000004", "right");
  alter(key, "wrong");
  ask(copy_action::replace, key);
  record fence = all(cuba_memory, fence_kind("cuba")).at(partition_of("000000004"));
  fence["fence"] = std::int64_t(1'000);
  ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::put, fence, 0}}}, never));
  EXPECT_EQ(one.drain("communications").copied, 0u);
  EXPECT_EQ(text_of(copy_of(key)["subject"]), "wrong");
  EXPECT_EQ(last().state, copy_state::pending);
  EXPECT_EQ(last().attempts, 0) << "a fence is not the repair's fault";
}

TEST_F(Repair, of_a_kind_without_versions_is_guarded_by_its_content) {
  const auto on = copied("000000004", "record");
  const auto key = post_note("000000004", on, "right");
  one.drain("notes");
  const auto entry = [&] { return all(cuba_memory, notepad).at(0); };
  const auto set = [&](const char *text) {
    record r = entry();
    r["text"] = text;
    ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::put, r, 0}}}, never));
  };
  const auto ask_note = [&](copy_action action) {
    ASSERT_TRUE(commit_now(pluto_memory,
                           {{ask_for_copy(outbox_kind("pluto"), "notes", "000000004", key, time.now(),
                                          {copy_origin::repair, action, "OPS1", seen_as(entry()), "text"})}},
                           never));
  };
  set("wrong");
  ask_note(copy_action::replace);
  one.drain("notes");
  EXPECT_EQ(notes(), strings{"right"});
  set("wrong");
  ask_note(copy_action::replace);
  set("changed by hand since");
  one.drain("notes");
  EXPECT_EQ(notes(), strings{"changed by hand since"});
  change forget{change_type::erase, record(note), 0};
  forget.what["noteId"] = key;
  ASSERT_TRUE(commit_now(pluto_memory, {{forget}}, never));
  ask_note(copy_action::remove);
  one.drain("notes");
  EXPECT_EQ(notes(), strings{});
}

TEST_F(Repair, leaves_the_copy_state_that_plugins_see) {
  const auto key = copied("000000004", "right");
  alter(key, "wrong");
  ask(copy_action::replace, key);
  const auto seen = get_now(front, {copy_kind("pluto"), {key}}, never);
  ASSERT_TRUE(seen);
  EXPECT_EQ((*seen)["state"], value("COPIED"));
  EXPECT_EQ((*seen)["targetId"], copy_of(key)["commNo"]);
}

TEST_F(Repair, cannot_change_a_key) {
  record standing(cuba_communication), expected(cuba_communication);
  standing["commNo"] = "1";
  expected["commNo"] = "2";
  EXPECT_EQ(decide_replace(expected, &standing, seen_as(standing)).what, repair_verdict::moot);
}

}  // namespace
}  // namespace causeway
