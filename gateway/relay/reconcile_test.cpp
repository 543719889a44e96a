// Both sides of a route compared, with each way in which they can differ.
#include "relay/reconcile.hpp"

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;

struct Reconcile : ::testing::Test, two_stores {
  gateway one{*this, {}, alone()};
  std::vector<difference> told;

  reconciled compare(std::size_t route, std::size_t page = 500) {
    told.clear();
    reconcile_options options;
    options.page = page;
    options.on_difference = [this](const difference &d) { told.push_back(d); };
    const auto done = reconcile(routes.at(route), pluto, cuba, {cuba_communication, notepad}, time, options);
    EXPECT_TRUE(done);
    return done ? *done : reconciled{};
  }
  record copy_of(const std::string &source_key) {
    for (const record &row : all(cuba_memory, cuba_communication))
      if (text_of(row["sourceId"]) == source_key) return row;
    throw std::logic_error("no copy");
  }
};

TEST_F(Reconcile, agrees_after_the_relay_has_copied_everything) {
  for (int n = 0; n < 23; ++n) {
    const auto key = post("00000000" + std::to_string(n % 5), std::to_string(n));
    post_note("00000000" + std::to_string(n % 5), key, "note " + std::to_string(n));
  }
  one.drain("communications");
  one.drain("notes");
  for (const std::size_t page : {1u, 5u, 23u, 500u}) {
    const auto records = compare(0, page);
    EXPECT_TRUE(records.agrees());
    EXPECT_EQ(records.compared, 23u);
    const auto texts = compare(1, page);
    EXPECT_TRUE(texts.agrees());
    EXPECT_EQ(texts.compared, 23u);
  }
}

TEST_F(Reconcile, tells_missing_extra_and_different_apart) {
  const auto kept = post("000000001", "kept");
  const auto changed = post("000000001", "changed");
  const auto gone = post("000000001", "gone");
  const auto alien = post("000000001", "alien");
  one.drain("communications");
  record other = copy_of(changed);
  other["subject"] = "something else";
  other["csid"] = "000000009";
  change forget{change_type::erase, record(communication), 0};
  forget.what["communicationId"] = alien;
  record born_here(cuba_communication);
  born_here["csid"] = "000000001";
  ASSERT_TRUE(commit_now(
      cuba_memory,
      {{{change_type::put, other, 0}, {change_type::erase, copy_of(gone), 0}, {change_type::insert, born_here, 0}}},
      never));
  ASSERT_TRUE(commit_now(pluto_memory, {{forget}}, never));

  const auto counts = compare(0, 2);
  EXPECT_EQ(counts.compared, 3u);
  EXPECT_EQ(counts.missing, 1u);
  EXPECT_EQ(counts.extra, 1u) << "what was born in the target is no copy";
  EXPECT_EQ(counts.different, 1u);
  EXPECT_FALSE(counts.agrees());
  ASSERT_EQ(told.size(), 3u);
  for (const difference &d : told) {
    switch (d.what) {
      case mismatch::missing:
        EXPECT_EQ(d.source_key, gone);
        break;
      case mismatch::extra:
        EXPECT_EQ(d.source_key, alien);
        break;
      case mismatch::different:
        EXPECT_EQ(d.source_key, changed);
        EXPECT_EQ(d.fields, (std::vector<std::string>{"csid", "subject"}));
        break;
    }
  }
}

TEST_F(Reconcile, compares_what_was_looked_up) {
  const auto key = post("000000001", "record");
  post_note("000000001", key, "note");
  one.drain("communications");
  one.drain("notes");
  record entry = all(cuba_memory, notepad).at(0);
  entry["commNo"] = "ELSEWHERE";
  ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::put, entry, 0}}}, never));
  EXPECT_EQ(compare(1).different, 1u);
  EXPECT_EQ(told.at(0).fields, std::vector<std::string>{"commNo"});
}

TEST_F(Reconcile, says_which_fault_stopped_it) {
  post("000000001", "record");
  cuba_memory.set_away(true);
  const auto done = reconcile(routes.at(0), pluto, cuba, {cuba_communication, notepad}, time);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.why().what, outcome::unavailable);
}

}  // namespace
}  // namespace causeway
