// The relay on stores in memory, step by step: exactly once, in order per customer, nobody waits for another's fault.
#include "relay/relay.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;

bool writes(const unit_of_work &unit, std::string_view kind) {
  return std::any_of(unit.changes.begin(), unit.changes.end(),
                     [&](const change &c) { return c.what.kind->name == kind && c.type != change_type::require; });
}

struct Relay : ::testing::Test, two_stores {
  relay_options small() {
    relay_options options;
    options.batch = 4;
    return options;
  }
  // The target refuses every record with this subject or text, as a rule of its own that no mapping knows.
  void refuse_in_cuba(const std::string &poison, outcome what = outcome::invalid) {
    cuba.refuse = [=](const unit_of_work &unit) -> std::optional<fault> {
      for (const change &c : unit.changes)
        for (const value &v : c.what.values)
          if (text_of(v) == poison) return fault{what, "refused", {{"subject", "not-liked", poison}}};
      return std::nullopt;
    };
  }
};

using strings = std::vector<std::string>;

TEST_F(Relay, copies_each_record_once_with_its_target_and_time) {
  gateway one(*this, {}, alone());
  const auto key = post("000000004", "Hello");
  time.at += 2s;
  const auto report = one.drain("communications");
  EXPECT_EQ(report.copied, 1u);
  ASSERT_EQ(subjects(), strings{"Hello"});
  const auto copy = all(cuba_memory, cuba_communication).at(0);
  EXPECT_EQ(copy["sourceId"], value(key));
  const auto row = outbox().at(0);
  EXPECT_EQ(row.state, copy_state::copied);
  EXPECT_EQ(row.target_id, text_of(copy["commNo"]));
  EXPECT_EQ(row.copied, time.now());
  EXPECT_EQ(one.drain("communications").copied, 0u);
}

TEST_F(Relay, keeps_the_order_of_each_customer) {
  gateway one(*this, small(), alone());
  std::map<std::string, strings> posted;
  std::mt19937 random(4711);
  for (int n = 0; n < 100; ++n) {
    const std::string csid = "00000000" + std::to_string(random() % 5);
    post(csid, "number " + std::to_string(n));
    posted[csid].push_back("number " + std::to_string(n));
  }
  EXPECT_EQ(one.drain("communications").copied, 100u);
  for (const auto &[csid, in_order] : posted) EXPECT_EQ(subjects(csid), in_order);
}

// Whatever is lost between any two writes: after the next steps everything stands once.
struct crash {
  const char *where;
  bool in_target;
  bool after;  // the writes happened, their answers were lost; for the gateway that is the end
};

struct RelayCrash : Relay, ::testing::WithParamInterface<crash> {};

TEST_P(RelayCrash, loses_nothing_and_repeats_nothing) {
  const crash c = GetParam();
  for (int n = 0; n < 10; ++n) post("00000000" + std::to_string(n % 3), std::to_string(n));
  auto &store = c.in_target ? cuba : pluto;
  const char *kind = c.in_target ? "cuba.communication" : "causeway.outbox";
  int crashes = 0;
  {
    gateway first(*this, small(), alone());
    if (c.after)
      store.lose_answer = [&](const unit_of_work &unit) { return writes(unit, kind) && ++crashes >= 2; };
    else
      store.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
        if (!writes(unit, kind) || ++crashes < 2) return std::nullopt;
        return fault{outcome::unavailable, "gone", {}};
      };
    EXPECT_TRUE(first.drain("communications").away);
    EXPECT_GE(crashes, 2);
  }
  store.refuse = nullptr;
  store.lose_answer = nullptr;
  // All the same where the last settling took place and only its answer was lost: then nothing is left to do.
  if (!(c.after && !c.in_target)) EXPECT_FALSE(outbox(copy_state::pending).empty());
  gateway second(*this, small(), alone());
  second.drain("communications");
  EXPECT_EQ(subjects("000000000"), (strings{"0", "3", "6", "9"}));
  EXPECT_EQ(subjects("000000001"), (strings{"1", "4", "7"}));
  EXPECT_EQ(subjects("000000002"), (strings{"2", "5", "8"}));
  std::map<std::string, std::string> target_of;
  for (const record &row : all(cuba_memory, cuba_communication))
    target_of[std::string(text_of(row["sourceId"]))] = text_of(row["commNo"]);
  for (const copy_row &row : outbox()) {
    EXPECT_EQ(row.state, copy_state::copied);
    EXPECT_EQ(row.target_id, target_of[row.source_key]);
  }
}

INSTANTIATE_TEST_SUITE_P(At, RelayCrash,
                         ::testing::Values(crash{"before_apply", true, false}, crash{"after_apply", true, true},
                                           crash{"before_settle", false, false}, crash{"after_settle", false, true}),
                         [](const auto &info) { return std::string(info.param.where); });

TEST_F(Relay, waits_for_a_store_that_is_away_and_blames_no_copy) {
  gateway one(*this, {}, alone());
  post("000000004", "Hello");
  cuba_memory.set_away(true);
  auto report = one.drain("communications");
  EXPECT_TRUE(report.away);
  EXPECT_EQ(report.wait, 150ms);
  cuba_memory.set_away(false);
  EXPECT_EQ(one.drain("communications").copied, 0u) << "not before its time";
  cuba_memory.set_away(true);
  std::chrono::milliseconds longest = 0ms;
  for (int tries = 0; tries < 40; ++tries) {
    time.at += report.wait;
    one.members.step();
    report = one.drain("communications");
    longest = std::max(longest, report.wait);
  }
  EXPECT_EQ(longest, 45s) << "the most, with half of it by chance";
  EXPECT_EQ(outbox().at(0).attempts, 0);
  EXPECT_EQ(outbox().at(0).state, copy_state::pending);
  cuba_memory.set_away(false);
  time.at += 60s;
  one.members.step();
  EXPECT_EQ(one.drain("communications").copied, 1u);
}

TEST_F(Relay, parks_the_customer_of_a_dead_copy_and_nobody_else) {
  gateway one(*this, {}, alone());
  refuse_in_cuba("poison");
  post("000000001", "before");
  post("000000001", "poison");
  post("000000001", "behind");
  post("000000002", "other");
  const auto report = one.drain("communications");
  EXPECT_EQ(report.copied, 2u);
  EXPECT_EQ(report.dead, 1u);
  post("000000001", "later");
  post("000000002", "more");
  one.drain("communications");
  EXPECT_EQ(subjects("000000001"), strings{"before"});
  EXPECT_EQ(subjects("000000002"), (strings{"other", "more"}));
  const auto dead = outbox(copy_state::dead);
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].attempts, 1);
  EXPECT_EQ(dead[0].first_failed, time.now());
  EXPECT_EQ(dead[0].reason, "cannot be carried to the target: subject not-liked");
  EXPECT_EQ(dead[0].reason.find("poison"), std::string::npos);
}

TEST_F(Relay, goes_on_while_the_wall_clock_jumps) {
  gateway one(*this, {}, alone());
  strings posted;
  for (const auto jump : {1h, -2h, 24h, -23h}) {
    time.wall += jump;
    time.at += 1s;
    posted.push_back(std::to_string(posted.size()));
    post("000000001", posted.back());
    one.members.step();
    one.copies.step_leases();
    EXPECT_EQ(one.drain("communications").copied, 1u) << jump.count();
  }
  EXPECT_EQ(subjects(), posted);
}

TEST_F(Relay, replays_a_dead_letter_before_the_later_copies) {
  gateway one(*this, {}, alone());
  refuse_in_cuba("poison");
  post("000000001", "poison");
  post("000000001", "behind");
  one.drain("communications");
  ASSERT_TRUE(subjects().empty());
  cuba.refuse = nullptr;
  const auto dead = outbox(copy_state::dead).at(0);
  ASSERT_TRUE(commit_now(pluto, {{replay_dead(outbox_kind("pluto"), dead)}}, never));
  one.drain("communications");
  EXPECT_EQ(subjects(), (strings{"poison", "behind"}));
  EXPECT_EQ(outbox().at(0).attempts, 1);
}

TEST_F(Relay, goes_on_behind_a_discarded_letter) {
  gateway one(*this, {}, alone());
  refuse_in_cuba("poison");
  post("000000001", "poison");
  post("000000001", "behind");
  one.drain("communications");
  const auto dead = outbox(copy_state::dead).at(0);
  ASSERT_TRUE(commit_now(pluto, {{discard_dead(outbox_kind("pluto"), dead, "told the office", "OPS1")}}, never));
  one.drain("communications");
  EXPECT_EQ(subjects(), strings{"behind"});
  EXPECT_EQ(outbox().at(0).state, copy_state::discarded);
}

TEST_F(Relay, tries_a_copy_that_a_defect_stopped_a_few_times_and_then_lets_it_lie) {
  relay_options options;
  options.retry = {1s, 8s, 5};
  options.poll = 10s;
  gateway one(*this, options, alone());
  refuse_in_cuba("odd", outcome::internal);
  post("000000001", "odd");
  post("000000001", "behind");
  post("000000002", "other");
  auto report = one.drain("communications");
  EXPECT_EQ(report.waiting, 1u);
  EXPECT_EQ(subjects(), strings{"other"});
  EXPECT_EQ(outbox().at(0).attempts, 1);
  EXPECT_EQ(outbox().at(0).next_attempt, time.now() + 750ms);
  time.at += 500ms;
  report = one.drain("communications");
  EXPECT_EQ(report.waiting, 0u) << "its time has not come";
  EXPECT_EQ(report.wait, 250ms);
  for (int tries = 0; tries < 10; ++tries) {
    time.at += 8s;
    one.members.step();
    one.drain("communications");
  }
  const auto row = outbox().at(0);
  EXPECT_EQ(row.state, copy_state::dead);
  EXPECT_EQ(row.attempts, 5);
  EXPECT_EQ(row.reason, "the target could not store it: subject not-liked");
  EXPECT_EQ(subjects(), strings{"other"});
}

TEST_F(Relay, is_not_held_up_by_any_number_of_parked_copies) {
  gateway one(*this, small(), alone());
  refuse_in_cuba("poison");
  post("000000001", "poison");
  for (int n = 0; n < 300; ++n) post("000000001", "parked " + std::to_string(n));
  for (int n = 0; n < 10; ++n) post("000000002", std::to_string(n));
  one.drain("communications");
  EXPECT_EQ(subjects().size(), 10u);
  EXPECT_EQ(subjects("000000002").size(), 10u);
}

TEST_F(Relay, copies_a_note_after_its_record_and_finds_its_number) {
  gateway one(*this, {}, alone());
  const auto record_key = post("000000001", "record");
  post_note("000000001", record_key, "first");
  post_note("000000001", record_key, "second");
  EXPECT_EQ(one.drain("notes").copied, 0u) << "its record has not crossed yet";
  EXPECT_EQ(outbox().at(1).attempts, 0);
  one.drain("communications");
  EXPECT_EQ(one.drain("notes").copied, 2u);
  EXPECT_EQ(notes(), (strings{"first", "second"}));
  EXPECT_EQ(all(cuba_memory, notepad).at(0)["commNo"], all(cuba_memory, cuba_communication).at(0)["commNo"]);
}

TEST_F(Relay, does_not_wait_until_a_clock_that_has_gone_back_is_where_it_was) {
  gateway one(*this, {}, alone());
  refuse_in_cuba("odd", outcome::internal);
  post("000000001", "odd");
  EXPECT_EQ(one.drain("communications").waiting, 1u);
  cuba.refuse = nullptr;
  time.at -= 1h;
  EXPECT_EQ(one.drain("communications").copied, 1u);
  EXPECT_EQ(subjects(), strings{"odd"});
}

TEST_F(Relay, lets_a_note_wait_for_its_own_dead_record_only) {
  gateway one(*this, {}, alone());
  const auto fine = post("000000001", "fine");
  refuse_in_cuba("poison");
  const auto poison = post("000000001", "poison");
  one.drain("communications");
  post_note("000000001", fine, "on the fine one");
  EXPECT_EQ(one.drain("notes").copied, 1u);
  post_note("000000001", poison, "on the dead one");
  post_note("000000002", post("000000002", "other"), "of another");
  one.drain("communications");
  EXPECT_EQ(one.drain("notes").copied, 1u);
  EXPECT_EQ(notes(), (strings{"on the fine one", "of another"}));
  EXPECT_EQ(outbox(copy_state::pending).at(0).attempts, 0) << "waiting for a dead record is no fault of the note";

  cuba.refuse = nullptr;
  ASSERT_TRUE(commit_now(pluto, {{replay_dead(outbox_kind("pluto"), outbox(copy_state::dead).at(0))}}, never));
  one.drain("communications");
  one.drain("notes");
  EXPECT_EQ(notes().back(), "on the dead one");
}

TEST_F(Relay, copies_a_note_after_whatever_its_customer_posted_before) {
  gateway one(*this, {}, alone());
  const auto crossed = post("000000001", "crossed");
  one.drain("communications");
  post("000000001", "on its way");
  post("000000002", "of another");
  post_note("000000001", crossed, "note");
  EXPECT_EQ(one.drain("notes").copied, 0u);
  one.drain("communications");
  EXPECT_EQ(one.drain("notes").copied, 1u);
}

TEST_F(Relay, gives_a_note_up_whose_record_never_crosses) {
  relay_options options;
  options.retry = {100ms, 1s, 3};
  gateway one(*this, options, alone());
  post_note("000000001", "never posted", "orphan");
  for (int tries = 0; tries < 5; ++tries) {
    one.drain("notes");
    time.at += 2s;
    one.members.step();
  }
  EXPECT_EQ(outbox().at(0).state, copy_state::dead);
  EXPECT_EQ(outbox().at(0).reason, "the cuba.communication that it belongs to is not in the target");
}

TEST_F(Relay, marks_a_copy_dead_whose_record_is_gone) {
  gateway one(*this, {}, alone());
  const auto key = post("000000001", "gone");
  change erase{change_type::erase, record(communication), 0};
  erase.what["communicationId"] = key;
  ASSERT_TRUE(commit_now(pluto_memory, {{erase}}, never));
  EXPECT_EQ(one.drain("communications").dead, 1u);
  EXPECT_EQ(outbox().at(0).reason, "the record to be copied is gone");
}

TEST_F(Relay, tries_again_with_another_key_where_the_one_made_was_taken) {
  relay_options options;
  options.poll = 10s;
  gateway one(*this, options, alone());
  key_maker twin([this] { return time.now(); }, 7u);
  record stands(cuba_communication);
  stands["commNo"] = twin.id();
  stands["csid"] = std::string("000000009");
  stands["subject"] = std::string("Cuba's own");
  ASSERT_TRUE(commit_now(cuba_memory, {{change{change_type::insert, stands, 0}}}, never));
  const auto key = post("000000001", "Hello");
  auto report = one.drain("communications");
  EXPECT_EQ(report.dead, 0u);
  EXPECT_EQ(report.waiting, 1u);
  EXPECT_EQ(outbox().at(0).attempts, 1);
  EXPECT_EQ(outbox().at(0).reason, "another record stands in its place in the target");
  time.at += report.wait;
  EXPECT_EQ(one.drain("communications").copied, 1u);
  EXPECT_EQ(subjects("000000001"), strings{"Hello"});
  EXPECT_EQ(subjects("000000009"), strings{"Cuba's own"});
}

TEST_F(Relay, refuses_to_be_built_for_a_route_that_cannot_work) {
  membership members(pluto_memory, gateway_kind("pluto"), time);
  auto known = stores();
  known.erase("cuba");
  EXPECT_THROW(relay({}, known, routes, members, time), std::invalid_argument);
  auto lonely = routes;
  lonely.erase(lonely.begin());
  EXPECT_THROW(relay({}, stores(), lonely, members, time), std::invalid_argument);
}

TEST_F(Relay, copies_on_its_own_threads_when_told) {
  system_clock real;
  membership members(pluto_memory, gateway_kind("pluto"), real, alone());
  members.step();
  relay_options options;
  options.poll = 10'000ms;
  relay copies(options, stores(), routes, members, real);
  front.on_copy([&](const std::string &route) { copies.signal(route); });
  copies.start();
  std::string key;
  for (int n = 0; n < 50; ++n) {
    key = post("00000000" + std::to_string(n % 7), std::to_string(n));
    post_note("00000000" + std::to_string(n % 7), key, std::to_string(n));
  }
  for (int tries = 0; tries < 900 && notes().size() < 50; ++tries) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(subjects().size(), 50u);
  EXPECT_EQ(notes().size(), 50u);
  EXPECT_EQ(copies.status().at(0).partitions, partitions);
  copies.stop();
  EXPECT_EQ(copies.status().at(0).copied, 50u);
  EXPECT_EQ(copies.status().at(0).partitions, 0u) << "given back";
  EXPECT_TRUE(outbox(copy_state::pending).empty());
}

// What the outbox cannot keep of one copy is that copy's matter: the others of its batch do not wait for it.
TEST_F(Relay, makes_a_dead_letter_of_a_copy_whose_settlement_the_source_refuses) {
  gateway one(*this, {}, alone());
  post("000000001", "a");
  const auto refused = post("000000002", "b");
  post("000000003", "c");
  pluto.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    for (const change &c : unit.changes)
      if (c.what.kind->name == "causeway.copied" && text_of(c.what["sourceKey"]) == refused)
        return fault{outcome::invalid, "", {{"targetId", "too-long", ""}}};
    return std::nullopt;
  };
  const auto report = one.drain("communications");
  EXPECT_FALSE(report.away);
  EXPECT_EQ(report.copied, 2u);
  EXPECT_EQ(report.dead, 1u);
  EXPECT_TRUE(outbox(copy_state::pending).empty());
  const auto dead = outbox(copy_state::dead);
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].source_key, refused);
  EXPECT_EQ(dead[0].reason, "what became of it cannot be kept in the source: targetId too-long");
}

}  // namespace
}  // namespace causeway
