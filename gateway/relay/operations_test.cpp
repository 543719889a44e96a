// What an operator sees and does: the answers by the contract's member names.
#include "relay/operations.hpp"

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;

struct note_keeper final : answer_keeper {
  std::string store;
  int status = 0;
  std::size_t changes = 0;
  bool done = false;
  void keep(const std::string &in, const answer &kept_answer, unit_of_work &unit) override {
    store = in;
    status = kept_answer.status;
    changes = unit.changes.size();
  }
  void kept() override { done = true; }
};

struct RelayOperations : ::testing::Test, two_stores {
  std::vector<std::string> signalled;
  std::vector<operation> operations =
      relay_operations(routes, {{"pluto", &pluto}}, time, [this](const std::string &r) { signalled.push_back(r); });
  gateway one{*this, {}, alone()};

  answer ask(std::string_view method, std::string_view path_end, call c) {
    for (const operation &op : operations) {
      if (op.method != method || !op.path.ends_with(path_end)) continue;
      answer got;
      int answers = 0;
      op.handle(std::make_shared<const call>(std::move(c)), [&](answer a) {
        got = std::move(a);
        ++answers;
      });
      EXPECT_EQ(answers, 1);
      return got;
    }
    ADD_FAILURE() << "no operation " << method << " " << path_end;
    return {};
  }
  call on(std::vector<value> path, std::vector<value> body = {}) {
    call c;
    c.caller = {"OPS1", {"operator"}};
    c.path = std::move(path);
    c.body = std::move(body);
    c.deadline = never;
    return c;
  }
  // Two dead letters of two customers, one copied, one parked.
  void make_dead_letters() {
    cuba.refuse = [](const unit_of_work &unit) -> std::optional<fault> {
      for (const change &c : unit.changes)
        for (const value &v : c.what.values)
          if (text_of(v) == "poison") return fault{outcome::invalid, "refused", {{"subject", "not-liked", ""}}};
      return std::nullopt;
    };
    post("000000001", "poison");
    post("000000002", "fine");
    post("000000003", "poison");
    post("000000003", "behind");
    one.drain("communications");
    cuba.refuse = nullptr;
  }
};

TEST_F(RelayOperations, are_an_operators_only) {
  ASSERT_EQ(operations.size(), 4u);
  for (const operation &op : operations) {
    EXPECT_EQ(op.roles, std::vector<std::string>{"operator"});
    EXPECT_EQ(op.owner, "causeway");
    EXPECT_EQ(op.home_store, op.method == "POST" ? "pluto" : "");
  }
}

TEST_F(RelayOperations, say_how_each_route_is_doing) {
  make_dead_letters();
  time.at += 2500ms;
  EXPECT_EQ(ask("GET", "/copies", on({})).body,
            R"({"items":[{"name":"communications","pending":1,"oldestPendingSeconds":2,"copied":1,"dead":2},)"
            R"({"name":"notes","pending":0,"oldestPendingSeconds":0,"copied":0,"dead":0}],"next":null})");
  call first = on({});
  first.limit = 1;
  EXPECT_NE(ask("GET", "/copies", first).body.find(R"("next":"communications"})"), std::string::npos);
  first.cursor = "communications";
  EXPECT_EQ(ask("GET", "/copies", first).body,
            R"({"items":[{"name":"notes","pending":0,"oldestPendingSeconds":0,"copied":0,"dead":0}],"next":null})");
  first.cursor = "nothing";
  const answer wrong = ask("GET", "/copies", first);
  EXPECT_EQ(wrong.status, 422);
  EXPECT_EQ(wrong.inputs.at(0).pointer, "/query/cursor");
}

TEST_F(RelayOperations, list_dead_letters_page_by_page) {
  make_dead_letters();
  call page = on({"communications"});
  page.limit = 1;
  const std::string times = R"("firstFailedAt":"2026-11-21T00:00:00.000Z","lastFailedAt":"2026-11-21T00:00:00.000Z"})";
  EXPECT_EQ(ask("GET", "/dead-letters", page).body,
            R"({"items":[{"id":"1","csid":"000000001","reason":"cannot be carried to the target: subject not-liked",)"
            R"("attempts":1,)" +
                times + R"(],"next":"1"})");
  page.cursor = "1";
  EXPECT_EQ(ask("GET", "/dead-letters", page).body,
            R"({"items":[{"id":"3","csid":"000000003","reason":"cannot be carried to the target: subject not-liked",)"
            R"("attempts":1,)" +
                times + R"(],"next":null})");
  page.cursor = "1x";
  const answer wrong = ask("GET", "/dead-letters", page);
  EXPECT_EQ(wrong.status, 422);
  EXPECT_EQ(wrong.inputs.at(0).pointer, "/query/cursor");
  EXPECT_EQ(ask("GET", "/dead-letters", on({"nothing"})).status, 404);
}

TEST_F(RelayOperations, replay_a_dead_letter_and_keep_the_answer_with_it) {
  make_dead_letters();
  const auto keeper = std::make_shared<note_keeper>();
  call c = on({"communications", "3"});
  c.keeper = keeper;
  const answer replayed = ask("POST", "/replay", c);
  EXPECT_EQ(replayed.status, 202);
  EXPECT_EQ(replayed.body, R"({"id":"3","state":"PENDING"})");
  EXPECT_EQ(keeper->store, "pluto");
  EXPECT_EQ(keeper->status, 202);
  EXPECT_EQ(keeper->changes, 2u) << "in the same unit of work as its effect, and what tells of it";
  EXPECT_TRUE(keeper->done);
  EXPECT_EQ(signalled, std::vector<std::string>{"communications"});
  one.drain("communications");
  EXPECT_EQ(subjects("000000003"), (std::vector<std::string>{"poison", "behind"}));
  EXPECT_EQ(ask("POST", "/replay", on({"communications", "3"})).status, 409) << "it is copied by now";
}

TEST_F(RelayOperations, discard_a_dead_letter_with_the_reason) {
  make_dead_letters();
  const answer discarded = ask("POST", "/discard", on({"communications", "3"}, {"entered by hand"}));
  EXPECT_EQ(discarded.status, 200);
  EXPECT_EQ(discarded.body, R"({"id":"3","state":"DISCARDED"})");
  const auto row = *get_now(pluto, {outbox_kind("pluto"), {std::int64_t(3)}}, never);
  EXPECT_EQ(row["discardReason"], value("entered by hand"));
  EXPECT_EQ(row["discardedBy"], value("OPS1"));
  one.drain("communications");
  EXPECT_EQ(subjects("000000003"), std::vector<std::string>{"behind"});
}

TEST_F(RelayOperations, say_that_the_store_cannot_keep_a_reason) {
  make_dead_letters();
  pluto.refuse = [](const unit_of_work &) {
    return fault{outcome::invalid, "the database cannot hold one of the values", {}};
  };
  const answer refused = ask("POST", "/discard", on({"communications", "3"}, {"entered by hand \u2713"}));
  EXPECT_EQ(refused.status, 422);
  ASSERT_EQ(refused.inputs.size(), 1u);
  EXPECT_EQ(refused.inputs[0].pointer, "/body/reason");
  EXPECT_EQ(refused.inputs[0].code, "unmappable-character");
  pluto.refuse = {};
  const auto row = *get_now(pluto, {outbox_kind("pluto"), {std::int64_t(3)}}, never);
  EXPECT_EQ(row["state"], value("DEAD"));
}

TEST_F(RelayOperations, refuse_what_is_not_there) {
  make_dead_letters();
  struct {
    value route, id;
    int status;
  } const table[] = {{"communications", "2", 409},  {"communications", "99", 404}, {"communications", "x", 404},
                     {"communications", "-1", 404}, {"notes", "1", 404},           {"nothing", "1", 404}};
  for (const auto &t : table) {
    EXPECT_EQ(ask("POST", "/replay", on({t.route, t.id})).status, t.status) << text_of(t.id);
    EXPECT_EQ(ask("POST", "/discard", on({t.route, t.id}, {"reason"})).status, t.status) << text_of(t.id);
  }
  EXPECT_TRUE(signalled.empty());
}

TEST_F(RelayOperations, say_that_the_store_is_away) {
  pluto_memory.set_away(true);
  const answer a = ask("GET", "/copies", on({}));
  EXPECT_EQ(a.status, 503);
  EXPECT_EQ(a.retry_after, 1);
}

}  // namespace
}  // namespace causeway
