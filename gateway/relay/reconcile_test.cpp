// Both sides of a route compared, with each way in which they can differ.
#include "relay/reconcile.hpp"

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;

struct Reconcile : ::testing::Test, two_stores {
  gateway one{*this, {}, alone()};
  std::vector<difference> told;
  std::string repair_by;
  std::function<void(const reconciled &)> on_page;
  std::function<std::string(std::string_view)> digest = [](std::string_view text) {
    return "#" + std::to_string(std::hash<std::string_view>()(text));
  };

  reconciled compare(std::size_t route, std::size_t page = 500) {
    told.clear();
    reconcile_options options;
    options.page = page;
    options.digest = digest;
    options.repair_by = repair_by;
    options.on_page = on_page;
    options.on_difference = [this](const difference &d) { told.push_back(d); };
    const auto done = reconcile(routes.at(route), pluto, cuba, {cuba_communication, notepad}, time, options);
    EXPECT_TRUE(done);
    return done ? *done : reconciled{};
  }
  static std::vector<std::string> names(const difference &d) {
    std::vector<std::string> all;
    for (const auto &f : d.fields) all.push_back(f.field);
    return all;
  }
  void alter(const std::string &source_key, const std::string &subject) {
    record other = copy_of(source_key);
    other["subject"] = subject;
    ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::put, other, 0}}}, never));
  }
  void lose_copy(const std::string &source_key) {
    ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::erase, copy_of(source_key), 0}}}, never));
  }
  void lose_source(const std::string &source_key) {
    change forget{change_type::erase, record(communication), 0};
    forget.what["communicationId"] = source_key;
    ASSERT_TRUE(commit_now(pluto_memory, {{forget}}, never));
  }
  // Stands in the source, past the gateway.
  std::string put_around(const std::string &csid, const std::string &subject) {
    change c{change_type::insert, record(communication), 0};
    c.what["csid"] = csid;
    c.what["subject"] = subject;
    return key_text(commit_now(pluto_memory, {{std::move(c)}}, never)->front().key);
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
        EXPECT_EQ(names(d), (std::vector<std::string>{"csid", "subject"}));
        for (const auto &f : d.fields) {
          EXPECT_EQ(f.source.front(), '#');
          EXPECT_NE(f.source, f.target);
        }
        break;
      case mismatch::unmappable:
        ADD_FAILURE();
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
  EXPECT_EQ(names(told.at(0)), std::vector<std::string>{"commNo"});
}

TEST_F(Reconcile, tells_what_is_on_its_way_from_what_is_not) {
  post("000000001", "pending");
  auto counts = compare(0);
  EXPECT_EQ(counts.in_flight, 1u);
  EXPECT_TRUE(counts.agrees());

  // Refused by the target, and by an operator in the end.
  cuba.refuse = [](const unit_of_work &unit) -> std::optional<fault> {
    for (const change &c : unit.changes)
      if (c.type == change_type::insert_absent) return fault{outcome::invalid, "no", {{"subject", "not-liked", ""}}};
    return std::nullopt;
  };
  one.drain("communications");
  counts = compare(0);
  EXPECT_EQ(counts.dead, 1u);
  EXPECT_EQ(counts.missing, 0u);
  EXPECT_FALSE(counts.agrees());
  ASSERT_EQ(counts.reasons.size(), 1u);
  EXPECT_NE(counts.reasons.begin()->first.find("subject not-liked"), std::string::npos);
  ASSERT_TRUE(
      commit_now(pluto, {{discard_dead(outbox_kind("pluto"), outbox().at(0), "told the office", "OPS1")}}, never));
  counts = compare(0);
  EXPECT_EQ(counts.discarded, 1u);
  EXPECT_TRUE(counts.agrees());

  put_around("000000001", "nobody asked for a copy of it");
  counts = compare(0);
  EXPECT_EQ(counts.missing, 1u);
  EXPECT_EQ(told.size(), 1u);
}

// Between the look at a page and the look at its copies everything may change.
TEST_F(Reconcile, looks_again_before_it_calls_anything_a_difference) {
  const auto landing = post("000000001", "lands just now");
  const auto mended = post("000000002", "mended just now");
  const auto erased = post("000000003", "erased just now");
  one.drain("communications");
  alter(mended, "wrong");
  lose_copy(landing);
  lose_copy(erased);
  bool first = true;
  pluto.before_find = [&](const find_request &asked) {
    if (asked.kind->name != "causeway.outbox" || !std::exchange(first, false)) return;
    record copy(cuba_communication);
    copy["csid"] = "000000001";
    copy["subject"] = "lands just now";
    copy["sourceId"] = landing;
    ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::insert, copy, 0}}}, never));
    alter(mended, "mended just now");
    lose_source(erased);
  };
  const auto counts = compare(0);
  EXPECT_FALSE(first);
  EXPECT_TRUE(counts.agrees());
  EXPECT_TRUE(told.empty());
}

TEST_F(Reconcile, says_which_rule_refuses_a_record_and_not_what_it_says) {
  const auto key = put_around("000000001", "\U0001F600 secret");
  const auto counts = compare(0);
  EXPECT_EQ(counts.unmappable, 1u);
  EXPECT_EQ(counts.missing, 0u);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].source_key, key);
  EXPECT_EQ(told[0].rules, (std::vector<input_fault>{{"subject", "unmappable-character", ""}}));
}

TEST_F(Reconcile, asks_for_exactly_the_repairs_and_they_make_both_agree) {
  const auto kept = post("000000001", "kept"), changed = post("000000001", "changed"), gone = post("000000002", "gone"),
             alien = post("000000003", "alien");
  one.drain("communications");
  alter(changed, "wrong");
  lose_copy(gone);
  lose_source(alien);
  put_around("000000004", "\U0001F600");
  const auto asked_before = outbox().size();
  repair_by = "OPS1";
  auto counts = compare(0, 2);
  EXPECT_EQ(counts.repairs, 3u);
  ASSERT_EQ(told.size(), 4u);
  for (const auto &d : told) EXPECT_EQ(d.repair.has_value(), d.what != mismatch::unmappable);
  std::map<std::string, std::string> asked;
  for (const copy_row &row : outbox()) {
    if (row.origin != copy_origin::repair) continue;
    asked[row.source_key] = std::string(to_string(row.action)) + " " + row.fields;
    EXPECT_EQ(row.requested_by, "OPS1");
  }
  EXPECT_EQ(asked,
            (std::map<std::string, std::string>{{changed, "REPLACE subject"}, {gone, "COPY "}, {alien, "REMOVE "}}));
  EXPECT_EQ(outbox().size(), asked_before + 3);

  // Asked for once: the second run finds them on their way.
  counts = compare(0, 2);
  EXPECT_EQ(counts.repairs, 0u);
  EXPECT_EQ(counts.in_flight, 3u);
  one.drain("communications");
  counts = compare(0, 2);
  EXPECT_EQ(counts.missing + counts.extra + counts.different + counts.in_flight, 0u);
  EXPECT_EQ(text_of(copy_of(changed)["subject"]), "changed");
  EXPECT_EQ(text_of(copy_of(gone)["subject"]), "gone");
  EXPECT_EQ(text_of(copy_of(kept)["subject"]), "kept");
}

TEST_F(Reconcile, removes_what_nobody_ever_asked_for) {
  record alien(cuba_communication);
  alien["csid"] = "000000001";
  alien["sourceId"] = "never asked for";
  ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::insert, alien, 0}}}, never));
  repair_by = "OPS1";
  EXPECT_EQ(compare(0).repairs, 1u) << "the mapping read backwards tells the customer";
  one.drain("communications");
  EXPECT_TRUE(subjects().empty());
}

TEST_F(Reconcile, goes_on_when_a_store_comes_back) {
  for (int n = 0; n < 6; ++n) post("000000001", std::to_string(n));
  one.drain("communications");
  unsigned waits = 0;
  reconcile_options options;
  options.page = 2;
  options.digest = digest;
  options.on_page = [&](const reconciled &so_far) { cuba_memory.set_away(so_far.compared == 4 && waits == 0); };
  options.wait = [&](std::chrono::milliseconds) {
    if (++waits == 3) cuba_memory.set_away(false);
  };
  const auto done = reconcile(routes.at(0), pluto, cuba, {cuba_communication, notepad}, time, options);
  ASSERT_TRUE(done);
  EXPECT_EQ(waits, 3u);
  EXPECT_EQ(done->compared, 6u);
  EXPECT_TRUE(done->agrees());
}

TEST_F(Reconcile, says_which_fault_stopped_it) {
  post("000000001", "record");
  cuba_memory.set_away(true);
  reconcile_options options;
  options.digest = digest;
  const auto done = reconcile(routes.at(0), pluto, cuba, {cuba_communication, notepad}, time, options);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.why().what, outcome::unavailable);
}

}  // namespace
}  // namespace causeway
