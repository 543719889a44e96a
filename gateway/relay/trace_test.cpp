// The life of a record, as an operator asks for it: at every state, over HTTP's operation and by either key.
#include "relay/trace.hpp"

#include "relay/operations.hpp"
#include "relay/testing/two_stores.hpp"
#include "relay/trace_operation.hpp"

namespace causeway {
namespace {

using namespace testing;

struct Trace : ::testing::Test, two_stores {
  gateway one{*this, {}, alone()};
  trace_site_ptr site = std::make_shared<const trace_site>(trace_site{routes, stores(), time});

  std::vector<crossing> traced(const std::string &id, const std::string &only = "") {
    std::optional<result<std::vector<crossing>>> got;
    start(trace(site, id, only, never), [&](auto answered, std::exception_ptr) { got = std::move(answered); });
    EXPECT_TRUE(got && *got);
    return got && *got ? **got : std::vector<crossing>();
  }
  crossing life(const std::string &id) {
    const auto all_found = traced(id);
    EXPECT_EQ(all_found.size(), 1u) << id;
    return all_found.empty() ? crossing() : all_found.front();
  }
  void refuse(outcome what) {
    cuba.refuse = [what](const unit_of_work &) { return fault{what, "no", {{"subject", "not-liked", ""}}}; };
  }
  void change_copy(const std::string &subject) {
    record standing = all(cuba_memory, cuba_communication).at(0);
    standing["subject"] = subject;
    ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::put, standing, 0}}}, never));
  }
  void remove(record_store &store, record what) {
    ASSERT_TRUE(commit_now(store, {{{change_type::erase, std::move(what), 0}}}, never));
  }
  answer ask(const std::string &csid, const std::string &id) {
    const auto operations = trace_operations(site);
    EXPECT_EQ(operations.size(), 1u);
    call c;
    c.path = {csid, id};
    c.deadline = never;
    answer got;
    operations.at(0).handle(std::make_shared<const call>(std::move(c)), [&](answer a) { got = std::move(a); });
    return got;
  }
};

TEST_F(Trace, tells_what_waits) {
  const auto id = post("000000004", "first");
  const crossing c = life(id);
  EXPECT_EQ(c.state, "PENDING");
  EXPECT_EQ(c.csid, "000000004");
  EXPECT_EQ(c.route, "communications");
  EXPECT_EQ(c.key_name, "communicationId");
  EXPECT_EQ(c.entries.at(0).row.mapping, "communications-1");
  EXPECT_TRUE(c.entries.at(0).attempts.empty());
  EXPECT_FALSE(c.target);
  EXPECT_EQ(c.agreement.agrees, std::nullopt);
}

TEST_F(Trace, tells_what_was_copied_by_either_key) {
  const auto id = post("000000004", "first");
  one.drain("communications");
  const crossing c = life(id);
  EXPECT_EQ(c.state, "COPIED");
  ASSERT_TRUE(c.target);
  EXPECT_TRUE(c.target->present);
  EXPECT_EQ(c.entries.at(0).attempts.at(0).outcome, attempt_outcome::copied);
  EXPECT_EQ(c.agreement.agrees, true);
  EXPECT_EQ(life(c.target->key).key, id) << "asked for by the key of its copy";
}

TEST_F(Trace, names_the_fields_that_were_changed_and_nothing_of_what_they_say) {
  const auto id = post("000000004", "secret");
  one.drain("communications");
  change_copy("concealed");
  const crossing c = life(id);
  EXPECT_EQ(c.agreement.agrees, false);
  EXPECT_EQ(c.agreement.fields, std::vector<std::string>{"subject"});
  for (const auto &text : {to_json(c), in_words(c)}) {
    EXPECT_EQ(text.find("secret"), std::string::npos);
    EXPECT_EQ(text.find("concealed"), std::string::npos);
  }
}

TEST_F(Trace, says_which_side_has_lost_the_record) {
  const auto id = post("000000004", "first");
  one.drain("communications");
  const record copy = all(cuba_memory, cuba_communication).at(0);
  remove(cuba_memory, copy);
  crossing c = life(id);
  EXPECT_FALSE(c.target->present);
  EXPECT_EQ(c.target->key, key_text({copy["commNo"]}));
  EXPECT_EQ(c.agreement.agrees, false);

  ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::put, copy, 0}}}, never));
  remove(pluto_memory, all(pluto_memory, communication).at(0));
  c = life(id);
  EXPECT_EQ(c.csid, "000000004");
  EXPECT_EQ(c.agreement.agrees, false);
  EXPECT_EQ(c.agreement.reason, "the record is not in the source any more");
}

TEST_F(Trace, tells_why_it_is_dead_and_who_waits_behind_it) {
  refuse(outcome::invalid);
  const auto id = post("000000004", "first"), behind = post("000000004", "second"), other = post("000000008", "third");
  one.drain("communications");
  cuba.refuse = nullptr;
  EXPECT_EQ(life(id).state, "DEAD");
  EXPECT_EQ(life(id).entries.at(0).attempts.at(0).reason, "cannot be carried to the target: subject not-liked");
  EXPECT_EQ(life(behind).entries.at(0).held_by, 1);
  EXPECT_EQ(life(other).state, "DEAD");
}

TEST_F(Trace, lists_the_notes_of_a_record) {
  const auto id = post("000000004", "first");
  const auto note_id = post_note("000000004", id, "more");
  one.drain("communications");
  EXPECT_EQ(life(id).followers.at(0).state, "PENDING");
  one.drain("notes");
  const crossing c = life(id);
  ASSERT_EQ(c.followers.size(), 1u);
  EXPECT_EQ(c.followers[0].route, "notes");
  EXPECT_EQ(c.followers[0].key, note_id);
  EXPECT_EQ(c.followers[0].state, "COPIED");
  EXPECT_EQ(c.followers[0].target_id, key_text({all(cuba_memory, notepad).at(0)["noteNo"]}));
  EXPECT_EQ(life(note_id).agreement.agrees, true) << "a note has a life of its own";
  EXPECT_TRUE(traced(note_id, "communication").empty());
}

TEST_F(Trace, tells_repairs_apart_from_the_first_copy) {
  const auto id = post("000000004", "first");
  one.drain("communications");
  ASSERT_TRUE(commit_now(pluto_memory,
                         {{ask_for_copy(outbox_kind("pluto"), "communications", "000000004", id, time.now(),
                                        {copy_origin::repair, copy_action::copy, "OPS1", {}, {}})}},
                         never));
  const crossing c = life(id);
  EXPECT_EQ(c.state, "COPIED");
  ASSERT_EQ(c.entries.size(), 2u);
  EXPECT_EQ(c.entries[1].row.requested_by, "OPS1");
  EXPECT_NE(to_json(c).find(R"("repairs":[{"id":"2","state":"PENDING","origin":"REPAIR")"), std::string::npos);
}

TEST_F(Trace, says_of_a_record_that_no_route_carries_that_none_does) {
  record born(cuba_communication);
  born["commNo"] = "C1";
  born["csid"] = "000000005";
  born["subject"] = "theirs";
  ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::insert, born, 0}}}, never));
  crossing c = life("C1");
  EXPECT_EQ(c.state, "NOT_APPLICABLE");
  EXPECT_EQ(c.store, "cuba");
  EXPECT_EQ(c.agreement.agrees, std::nullopt);

  record before(communication);  // it stood there when the route came
  before["communicationId"] = "B1";
  before["csid"] = "000000004";
  ASSERT_TRUE(commit_now(pluto_memory, {{{change_type::insert, before, 0}}}, never));
  c = life("B1");
  EXPECT_EQ(c.state, "NOT_APPLICABLE");
  EXPECT_EQ(c.store, "pluto");
  EXPECT_TRUE(c.entries.empty());
  EXPECT_TRUE(traced("nobody's").empty());
}

TEST_F(Trace, is_answered_for_the_customer_only) {
  const auto id = post("000000004", "first");
  one.drain("communications");
  const answer found = ask("000000004", id);
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.body, to_json(life(id)));
  EXPECT_EQ(ask("000000008", id).status, 404);
  EXPECT_EQ(ask("000000004", "nobody's").status, 404);
  EXPECT_EQ(ask("000000004", post_note("000000004", id, "more")).status, 404);
  pluto_memory.set_away(true);
  EXPECT_EQ(ask("000000004", id).status, 503);
}

TEST_F(Trace, is_an_operators_only) {
  const auto operations = trace_operations(site);
  ASSERT_EQ(operations.size(), 1u);
  EXPECT_EQ(operations[0].roles, std::vector<std::string>{"operator"});
  EXPECT_TRUE(trace_operations(std::make_shared<const trace_site>(trace_site{{}, {}, time})).empty());
}

TEST_F(Trace, writes_every_member_that_is_published) {
  const auto id = post("000000004", "first");
  one.drain("communications");
  const std::string body = ask("000000004", id).body, schema = trace_operations(site).at(0).answer_schema;
  const auto required = schema.substr(schema.find("required") + 11, schema.find(']') - schema.find("required") - 11);
  for (std::size_t at = 0; at < required.size();) {
    const auto end = std::min(required.find(',', at), required.size());
    EXPECT_NE(body.find(required.substr(at, end - at) + ":"), std::string::npos) << required.substr(at, end - at);
    at = end + 1;
  }
}

}  // namespace
}  // namespace causeway
