// Units of work: every type of change, and what it says.
#include <atomic>
#include <future>
#include <thread>

#include "tests/contract/record_store_conformance.hpp"

namespace causeway::testing {
namespace {

TEST_P(any_store, an_insert_gives_version_1_and_its_key) {
  const auto outcomes = committed({insert(person("000000001"))});
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_TRUE(outcomes[0].applied);
  EXPECT_EQ(outcomes[0].version, 1);
  EXPECT_EQ(outcomes[0].key, std::vector<value>{"000000001"});
}

TEST_P(any_store, an_insert_of_what_stands_is_a_conflict) {
  committed({insert(person("000000001", {{"email", "a@b"}}))});
  EXPECT_TRUE(is_fault(commit({insert(person("000000001"))}), outcome::conflict));
  EXPECT_TRUE(is_fault(commit({insert(person("000000002", {{"email", "a@b"}}))}), outcome::conflict));
  EXPECT_TRUE(is_fault(commit({insert(person("000000003")), insert(person("000000003"))}), outcome::conflict));
  EXPECT_TRUE(is_fault(get_person("000000002"), outcome::not_found));
  EXPECT_TRUE(is_fault(get_person("000000003"), outcome::not_found));
  // Nulls are not the same content.
  committed({insert(person("000000004")), insert(person("000000005"))});
}

TEST_P(any_sql_store, a_conflict_names_the_field) {
  committed({insert(person("000000001", {{"email", "a@b"}})),
             insert(make(choice_kind(), {{"csid", "000000001"}, {"product", "p"}, {"rank", std::int64_t(1)}}))});
  EXPECT_TRUE(is_fault_of(commit({insert(person("000000001"))}), outcome::conflict, {"csid"}));
  EXPECT_TRUE(is_fault_of(commit({insert(person("000000002", {{"email", "a@b"}}))}), outcome::conflict, {"email"}));
  EXPECT_TRUE(
      is_fault_of(commit({insert(person("000000003")), insert(person("000000003"))}), outcome::conflict, {"csid"}));
  EXPECT_TRUE(is_fault_of(
      commit({insert(make(choice_kind(), {{"csid", "000000001"}, {"product", "p"}, {"rank", std::int64_t(1)}}))}),
      outcome::conflict, {"csid", "product", "rank"}));
  committed({insert(person("000000002"))});
  EXPECT_TRUE(is_fault_of(commit({update(make(person_kind(), {{"csid", "000000002"}, {"email", "a@b"}}), 1)}),
                          outcome::conflict, {"email"}));
}

TEST_P(any_store, keys_are_generated_where_none_is_given) {
  const auto outcomes =
      committed({insert(make(event_kind(), {{"csid", "000000001"}, {"at", "2026-11-21T09:15:00.000Z"}})),
                 insert(make(ticket_kind(), {{"csid", "000000001"}, {"ticketNo", null()}})),
                 insert(make(ticket_kind(), {{"csid", "000000001"}, {"ticketNo", "MINE"}}))});
  ASSERT_EQ(outcomes.size(), 3u);
  EXPECT_EQ(text_of(outcomes[0].key.at(0)).size(), 36u);
  EXPECT_EQ(text_of(outcomes[1].key.at(0)).size(), 12u);
  EXPECT_EQ(outcomes[2].key.at(0), value("MINE"));
  EXPECT_TRUE(succeeded(get(event_kind(), outcomes[0].key)));
  EXPECT_TRUE(succeeded(get(ticket_kind(), outcomes[1].key)));
  EXPECT_TRUE(succeeded(get(ticket_kind(), outcomes[2].key)));
}

TEST_P(any_store, serial_keys_rise_in_order_of_insertion) {
  std::vector<change> changes;
  changes.reserve(50);
  for (int i = 0; i < 50; ++i) changes.push_back(insert(make(journal_kind(), {{"text", std::to_string(i)}})));
  const auto first = committed(changes);
  const auto second = committed(changes);
  ASSERT_EQ(first.size(), 50u);
  std::int64_t last = 0;
  for (const auto *outcomes : {&first, &second})
    for (std::size_t i = 0; i < outcomes->size(); ++i) {
      const auto id = std::get<std::int64_t>((*outcomes)[i].key.at(0));
      EXPECT_GT(id, last);
      last = id;
      const auto r = get(journal_kind(), {id});
      ASSERT_TRUE(succeeded(r));
      EXPECT_EQ((*r)["text"], value(std::to_string(i)));
    }
}

TEST_P(any_store, insert_absent_does_nothing_where_it_stands) {
  const auto ticket = [](const char *no, const char *source) {
    return make(ticket_kind(), {{"ticketNo", no}, {"csid", "000000001"}, {"sourceId", source}});
  };
  auto outcomes = committed({insert_absent(ticket("A", "s1")), insert_absent(ticket("B", "s2"))});
  EXPECT_TRUE(outcomes.at(0).applied && outcomes.at(1).applied);
  EXPECT_EQ(outcomes.at(1).version, 1);
  // By key, by the unique field, and one that is new.
  outcomes =
      committed({insert_absent(ticket("A", "s9")), insert_absent(ticket("Z", "s2")), insert_absent(ticket("C", "s3"))});
  ASSERT_EQ(outcomes.size(), 3u);
  EXPECT_FALSE(outcomes[0].applied);
  EXPECT_FALSE(outcomes[1].applied);
  EXPECT_EQ(outcomes[1].key, std::vector<value>{"B"}) << "the key of what stands";
  EXPECT_EQ(outcomes[1].version, 1);
  EXPECT_TRUE(outcomes[2].applied);
  EXPECT_TRUE(is_fault(get(ticket_kind(), {"Z"}), outcome::not_found));
  EXPECT_EQ((*get(ticket_kind(), {"A"}))["sourceId"], value("s1"));
  // Twice in one unit.
  outcomes = committed({insert_absent(ticket("D", "s4")), insert_absent(ticket("D", "s4"))});
  EXPECT_TRUE(outcomes.at(0).applied);
  EXPECT_FALSE(outcomes.at(1).applied);
  // With keys that the database gives.
  const auto entry = [](const char *tag) { return insert_absent(make(journal_kind(), {{"text", "x"}, {"tag", tag}})); };
  outcomes = committed({entry("t1"), entry("t2")});
  const auto t1 = outcomes.at(0).key, t2 = outcomes.at(1).key;
  outcomes = committed({entry("t3"), entry("t1"), entry("t4")});
  EXPECT_TRUE(outcomes.at(0).applied);
  EXPECT_FALSE(outcomes.at(1).applied);
  EXPECT_EQ(outcomes.at(1).key, t1);
  EXPECT_TRUE(outcomes.at(2).applied);
  EXPECT_NE(t1, t2);
}

TEST_P(any_store, an_update_changes_only_what_is_given_at_the_expected_version) {
  committed({insert(person("000000001", {{"name", "Ann"}, {"nick", "A"}, {"points", std::int64_t(1)}}))});
  const auto outcomes = committed(
      {update(make(person_kind(), {{"csid", "000000001"}, {"points", std::int64_t(2)}, {"nick", null()}}), 1)});
  EXPECT_EQ(outcomes.at(0).version, 2);
  const auto r = get_person("000000001");
  ASSERT_TRUE(succeeded(r));
  EXPECT_EQ(r->version, 2);
  EXPECT_EQ((*r)["name"], value("Ann"));
  EXPECT_EQ((*r)["nick"], value(null()));
  EXPECT_EQ((*r)["points"], value(std::int64_t(2)));
}

TEST_P(any_store, an_update_of_another_version_or_of_nothing_is_stale) {
  committed({insert(person("000000001"))});
  const auto change = [](const char *csid, std::int64_t version) {
    return update(make(person_kind(), {{"csid", csid}, {"nick", "x"}}), version);
  };
  EXPECT_TRUE(is_fault(commit({change("000000001", 2)}), outcome::stale));
  EXPECT_TRUE(is_fault(commit({change("000000001", 0)}), outcome::stale));
  EXPECT_TRUE(is_fault(commit({change("000000002", 1)}), outcome::stale));
  committed({change("000000001", 1), change("000000001", 2)});
  EXPECT_TRUE(is_fault(commit({change("000000001", 2)}), outcome::stale));
  EXPECT_EQ(get_person("000000001")->version, 3);
  // Without a version column only what is not there is stale.
  const auto key = committed({insert(make(journal_kind(), {{"text", "old"}}))}).at(0).key.at(0);
  committed({update(make(journal_kind(), {{"entryId", key}, {"text", "new"}}), 17)});
  EXPECT_EQ((*get(journal_kind(), {key}))["text"], value("new"));
  EXPECT_TRUE(is_fault(commit({update(make(journal_kind(), {{"entryId", std::int64_t(999'999)}, {"text", "new"}}), 0)}),
                       outcome::stale));
}

TEST_P(any_store, an_update_without_fields_only_takes_the_version_on) {
  committed({insert(person("000000001", {{"nick", "n"}}))});
  EXPECT_EQ(committed({update(make(person_kind(), {{"csid", "000000001"}}), 1)}).at(0).version, 2);
  EXPECT_EQ((*get_person("000000001"))["nick"], value("n"));
}

TEST_P(any_store, put_inserts_or_updates_whatever_the_version) {
  EXPECT_EQ(committed({put(person("000000001", {{"nick", "a"}, {"points", std::int64_t(1)}}))}).at(0).version, 1);
  EXPECT_EQ(committed({put(person("000000001", {{"nick", "b"}}))}).at(0).version, 2);
  const auto both = committed({put(person("000000001", {{"nick", "c"}})), put(person("000000002", {{"nick", "d"}}))});
  EXPECT_EQ(both.at(0).version, 3);
  EXPECT_EQ(both.at(1).version, 1);
  const auto r = get_person("000000001");
  ASSERT_TRUE(succeeded(r));
  EXPECT_EQ((*r)["nick"], value("c"));
  EXPECT_EQ((*r)["points"], value(std::int64_t(1))) << "absent fields stay";
  // Twice in one unit.
  const auto twice = committed({put(person("000000003")), put(person("000000003", {{"nick", "e"}}))});
  EXPECT_EQ(twice.at(1).version, 2);
  // The unique field of another record.
  committed({put(person("000000004", {{"email", "a@b"}}))});
  EXPECT_TRUE(is_fault(commit({put(person("000000005", {{"email", "a@b"}}))}), outcome::conflict));
  // A kind whose every field is its key, or that has no version.
  const auto id = committed({insert(make(journal_kind(), {{"text", "x"}}))}).at(0).key.at(0);
  committed({put(make(journal_kind(), {{"entryId", id}, {"text", "y"}}))});
  EXPECT_EQ((*get(journal_kind(), {id}))["text"], value("y"));
}

TEST_P(any_store, a_put_without_its_serial_key_says_the_one_that_was_made) {
  const auto entry = [](const char *text) { return put(make(journal_kind(), {{"text", text}})); };
  const auto made = committed({entry("a"), entry("b")});
  ASSERT_EQ(made.size(), 2u);
  EXPECT_NE(made[0].key, made[1].key);
  EXPECT_EQ((*get(journal_kind(), made[0].key))["text"], value("a"));
  EXPECT_EQ((*get(journal_kind(), made[1].key))["text"], value("b"));
}

TEST_P(any_store, require_holds_a_version_without_writing) {
  committed({insert(person("000000001"))});
  const auto outcomes =
      committed({require(make(person_kind(), {{"csid", "000000001"}}), 1), insert(person("000000002"))});
  EXPECT_EQ(outcomes.at(0).version, 1);
  EXPECT_EQ(get_person("000000001")->version, 1);
  EXPECT_TRUE(is_fault(commit({insert(person("000000003")), require(make(person_kind(), {{"csid", "000000001"}}), 2)}),
                       outcome::stale));
  EXPECT_TRUE(is_fault(commit({insert(person("000000003")), require(make(person_kind(), {{"csid", "000000009"}}), 1)}),
                       outcome::stale));
  EXPECT_TRUE(is_fault(get_person("000000003"), outcome::not_found));
  EXPECT_TRUE(is_fault(commit({require(make(journal_kind(), {{"entryId", std::int64_t(1)}}), 1)}), outcome::internal));
  // Held, then changed in the same unit.
  committed({require(make(person_kind(), {{"csid", "000000001"}}), 1),
             update(make(person_kind(), {{"csid", "000000001"}, {"nick", "x"}}), 1)});
}

TEST_P(any_store, erase_takes_away_what_stands) {
  committed({insert(person("000000001")), insert(person("000000002"))});
  committed({erase(make(person_kind(), {{"csid", "000000001"}})), erase(make(person_kind(), {{"csid", "000000009"}}))});
  EXPECT_TRUE(is_fault(get_person("000000001"), outcome::not_found));
  EXPECT_TRUE(succeeded(get_person("000000002")));
  committed({erase(make(person_kind(), {{"csid", "000000002"}})), insert(person("000000002", {{"nick", "again"}}))});
  EXPECT_EQ((*get_person("000000002"))["nick"], value("again"));
}

TEST_P(any_store, erase_at_takes_away_only_what_stands_at_its_version) {
  const auto key = [](const char *csid) { return make(person_kind(), {{"csid", csid}}); };
  committed({insert(person("000000001")), insert(person("000000002"))});
  committed({update(make(person_kind(), {{"csid", "000000001"}, {"nick", "x"}}), 1)});
  EXPECT_TRUE(is_fault(commit({erase_at(key("000000002"), 1), erase_at(key("000000001"), 1)}), outcome::stale));
  EXPECT_TRUE(is_fault(commit({erase_at(key("000000002"), 1), erase_at(key("000000009"), 1)}), outcome::stale));
  EXPECT_TRUE(succeeded(get_person("000000002"))) << "whole or not at all";
  committed({erase_at(key("000000002"), 1), erase_at(key("000000001"), 2)});
  EXPECT_TRUE(is_fault(get_person("000000001"), outcome::not_found));
  EXPECT_TRUE(is_fault(get_person("000000002"), outcome::not_found));
  committed({insert(person("000000002"))});
  EXPECT_EQ(get_person("000000002")->version, 1) << "nothing of the one before is left";
  EXPECT_TRUE(is_fault(commit({erase_at(make(journal_kind(), {{"entryId", std::int64_t(1)}}), 1)}), outcome::internal));
}

TEST_P(any_store, a_unit_happens_whole_or_not_at_all) {
  committed({insert(person("000000001"))});
  EXPECT_TRUE(is_fault(commit({insert(person("000000002")), put(person("000000001", {{"nick", "x"}})),
                               erase(make(person_kind(), {{"csid", "000000001"}})),
                               insert(make(journal_kind(), {{"text", "t"}})), insert(person("000000002"))}),
                       outcome::conflict));
  EXPECT_TRUE(is_fault(get_person("000000002"), outcome::not_found));
  EXPECT_EQ((*get_person("000000001"))["nick"], value(null()));
  find_request journal;
  journal.kind = journal_kind();
  EXPECT_EQ(*count(journal), 0);
}

TEST_P(any_store, changes_of_a_unit_are_run_in_their_order) {
  committed({insert(person("000000001")), update(make(person_kind(), {{"csid", "000000001"}, {"nick", "a"}}), 1),
             insert(make(journal_kind(), {{"text", "t"}})),
             update(make(person_kind(), {{"csid", "000000001"}, {"nick", "b"}}), 2),
             erase(make(person_kind(), {{"csid", "000000001"}})), insert(person("000000001", {{"nick", "c"}}))});
  const auto r = get_person("000000001");
  ASSERT_TRUE(succeeded(r));
  EXPECT_EQ(r->version, 1);
  EXPECT_EQ((*r)["nick"], value("c"));
}

TEST_P(any_store, an_empty_unit_succeeds) { EXPECT_EQ(committed({}).size(), 0u); }

TEST_P(any_store, a_unit_of_thousands_is_a_unit) {
  std::vector<change> changes;
  changes.reserve(2500);
  for (int i = 0; i < 2500; ++i) changes.push_back(insert(person(std::to_string(200'000'000 + i))));
  EXPECT_EQ(committed(changes).size(), 2500u);
  find_request f;
  f.kind = person_kind();
  EXPECT_EQ(*count(f), 2500);
  changes.clear();
  for (int i = 0; i < 2500; ++i)
    changes.push_back(
        update(make(person_kind(), {{"csid", std::to_string(200'000'000 + i)}, {"points", std::int64_t(i)}}), 1));
  changes.back().version = 2;
  EXPECT_TRUE(is_fault(commit(changes), outcome::stale));
  changes.back().version = 1;
  committed(changes);
  EXPECT_EQ((*get_person("200001234"))["points"], value(std::int64_t(1234)));
}

TEST_P(any_store, of_two_that_race_for_an_update_one_wins) {
  committed({insert(person("000000001", {{"points", std::int64_t(0)}}))});
  constexpr int threads = 4, rounds = 25;
  std::atomic<int> won{0}, stale{0}, other{0};
  std::vector<std::thread> racers;
  racers.reserve(threads);
  for (int t = 0; t < threads; ++t)
    racers.emplace_back([&] {
      for (int i = 0; i < rounds; ++i)
        for (;;) {
          const auto r = get_person("000000001");
          if (!r) {
            ++other;
            break;
          }
          const auto points = std::get<std::int64_t>((*r)["points"]);
          const auto c =
              commit({update(make(person_kind(), {{"csid", "000000001"}, {"points", points + 1}}), r->version)});
          if (c) {
            ++won;
            break;
          }
          ++(is_fault(c, outcome::stale) ? stale : other);
        }
    });
  for (auto &r : racers) r.join();
  EXPECT_EQ(won, threads * rounds);
  EXPECT_EQ(other, 0);
  const auto r = get_person("000000001");
  ASSERT_TRUE(succeeded(r));
  EXPECT_EQ((*r)["points"], value(std::int64_t(threads * rounds)));
  EXPECT_EQ(r->version, 1 + threads * rounds);
}

TEST_P(any_store, a_required_version_and_a_change_of_it_exclude_each_other) {
  // Each round two units read the same version; one requires it, the other changes it. Whatever the order, the unit
  // that required may have gone first, but never after the change.
  std::atomic<int> broken{0};
  for (int round = 0; round < 30; ++round) {
    const std::string csid = std::to_string(300'000'000 + round);
    committed({insert(person(csid))});
    std::promise<bool> required, changed;
    store_->commit(
        {{require(make(person_kind(), {{"csid", csid}}), 1), insert(make(journal_kind(), {{"text", csid}}))}}, soon(),
        [&](const result<commit_outcome> &r) { required.set_value(bool(r)); });
    store_->commit({{update(make(person_kind(), {{"csid", csid}, {"nick", "x"}}), 1)}}, soon(),
                   [&](const result<commit_outcome> &r) { changed.set_value(bool(r)); });
    (void)required.get_future().get();
    if (!changed.get_future().get()) ++broken;  // a require alone never stands in the way of it
  }
  EXPECT_EQ(broken, 0);
}

TEST_P(any_store, bad_units_among_many_fail_alone) {
  committed({insert(person("000000001"))});
  constexpr int many = 400;
  std::atomic<int> good{0}, conflict{0}, stale{0}, other{0}, answered{0};
  for (int i = 0; i < many; ++i) {
    unit_of_work unit{{insert(person(std::to_string(400'000'000 + i))), insert(make(journal_kind(), {{"text", "t"}}))}};
    if (i % 100 == 50) unit.changes.push_back(insert(person("000000001")));
    if (i % 100 == 70) unit.changes.push_back(update(make(person_kind(), {{"csid", "000000001"}, {"nick", "x"}}), 9));
    store_->commit(std::move(unit), soon(), [&](const result<commit_outcome> &r) {
      ++(r ? good : is_fault(r, outcome::conflict) ? conflict : is_fault(r, outcome::stale) ? stale : other);
      ++answered;
    });
  }
  for (int i = 0; i < 1000 && answered < many; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(good, many - 8);
  EXPECT_EQ(conflict, 4);
  EXPECT_EQ(stale, 4);
  EXPECT_EQ(other, 0);
  find_request f;
  f.kind = journal_kind();
  EXPECT_EQ(*count(f), many - 8);
}

TEST_P(any_store, units_that_cross_each_other_do_not_mix) {
  // Both write the same two records, in opposite order: afterwards both records are of one unit.
  for (int round = 0; round < 20; ++round) {
    const std::string a = std::to_string(500'000'000 + 2 * round), b = std::to_string(500'000'001 + 2 * round);
    std::promise<bool> first, second;
    store_->commit({{put(person(a, {{"nick", "1"}})), put(person(b, {{"nick", "1"}}))}}, soon(),
                   [&](const result<commit_outcome> &r) { first.set_value(bool(r)); });
    store_->commit({{put(person(b, {{"nick", "2"}})), put(person(a, {{"nick", "2"}}))}}, soon(),
                   [&](const result<commit_outcome> &r) { second.set_value(bool(r)); });
    EXPECT_TRUE(first.get_future().get());
    EXPECT_TRUE(second.get_future().get());
    EXPECT_EQ((*get_person(a))["nick"], (*get_person(b))["nick"]);
    EXPECT_EQ(get_person(a)->version, 2);
  }
}

}  // namespace
}  // namespace causeway::testing
