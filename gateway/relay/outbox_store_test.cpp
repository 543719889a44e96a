// What a plugin's commit becomes when its records are copied.
#include "relay/outbox_store.hpp"

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;

struct Outbox : ::testing::Test, two_stores {
  change communication_of(value csid, value subject) {
    change c{change_type::insert, record(communication), 0};
    c.what["csid"] = std::move(csid);
    c.what["subject"] = std::move(subject);
    return c;
  }
};

TEST_F(Outbox, commits_the_order_for_a_copy_with_the_record) {
  std::vector<std::string> told;
  front.on_copy([&](const std::string &route) { told.push_back(route); });
  const auto done = commit_now(front, {{communication_of("000000004", "Hello")}}, never);
  ASSERT_TRUE(done);
  ASSERT_EQ(done->size(), 1u) << "the caller sees its own changes only";
  const auto key = key_text(done->front().key);
  EXPECT_EQ(key.size(), 36u);
  const auto rows = outbox();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].route, "communications");
  EXPECT_EQ(rows[0].source_key, key);
  EXPECT_EQ(rows[0].csid, "000000004");
  EXPECT_EQ(rows[0].partition, partition_of("000000004"));
  EXPECT_EQ(rows[0].state, copy_state::pending);
  EXPECT_EQ(rows[0].created, time.now());
  EXPECT_EQ(told, std::vector<std::string>{"communications"});
}

TEST_F(Outbox, refuses_what_cannot_cross_and_stores_nothing) {
  const auto done =
      commit_now(front, {{communication_of("000000004", "fine"), communication_of("000000004", "\U0001F600")}}, never);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.why().what, outcome::invalid);
  ASSERT_EQ(done.why().inputs.size(), 1u);
  EXPECT_EQ(done.why().inputs[0].pointer, "subject");
  EXPECT_TRUE(all(pluto_memory, communication).empty());
  EXPECT_TRUE(outbox().empty());
}

TEST_F(Outbox, stores_neither_when_the_commit_fails) {
  pluto_memory.fail_next(outcome::unavailable);
  EXPECT_FALSE(commit_now(front, {{communication_of("000000004", "Hello")}}, never));
  EXPECT_TRUE(all(pluto_memory, communication).empty());
  EXPECT_TRUE(outbox().empty());
}

TEST_F(Outbox, lets_the_store_name_the_missing_customer) {
  const auto done = commit_now(front, {{communication_of(null(), "Hello")}}, never);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.why().what, outcome::invalid);
  EXPECT_EQ(done.why().inputs.at(0).pointer, "csid");
}

TEST_F(Outbox, keeps_copied_records_as_they_are) {
  const auto key = post("000000004", "Hello");
  for (const auto type : {change_type::update, change_type::put, change_type::erase, change_type::insert_absent}) {
    change c = communication_of("000000004", "Changed");
    c.type = type;
    c.what["communicationId"] = key;
    const auto done = commit_now(front, {{c}}, never);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.why().what, outcome::invalid);
    EXPECT_NE(done.why().detail.find("copied to cuba.communication"), std::string::npos) << done.why().detail;
  }
  EXPECT_EQ((*get_now(front, {communication, {key}}, never))["subject"], value("Hello"));
}

TEST_F(Outbox, answers_for_the_state_of_a_copy) {
  const kind_ptr copy = copy_kind("pluto");
  const auto key = post("000000004", "Hello");
  auto seen = get_now(front, {copy, {key}}, never);
  ASSERT_TRUE(seen);
  EXPECT_EQ((*seen)["state"], value("PENDING"));
  EXPECT_EQ((*seen)["targetId"], value(null()));

  gateway one(*this, {}, alone());
  one.drain("communications");
  seen = get_now(front, {copy, {key}}, never);
  ASSERT_TRUE(seen);
  EXPECT_EQ((*seen)["state"], value("COPIED"));
  EXPECT_EQ((*seen)["targetId"], all(cuba_memory, cuba_communication).at(0)["commNo"]);
  EXPECT_EQ((*seen)["copiedAt"], value(to_rfc3339(time.now())));

  find_request by_source;
  by_source.kind = copy;
  by_source.conditions = {{0, key}};
  const auto found = find_now(front, by_source, never);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), 1u);

  const auto none = get_now(front, {copy, {"never copied"}}, never);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.why().what, outcome::not_found);
}

TEST_F(Outbox, divides_customers_among_all_partitions) {
  std::vector<int> customers(partitions);
  for (int n = 1; n <= 10'000; ++n) {
    std::string csid = std::to_string(n);
    csid.insert(0, 9 - csid.size(), '0');
    ++customers.at(partition_of(csid));
  }
  for (const int n : customers) EXPECT_NEAR(n, 625, 150);
  // For ever the same: rows of an earlier version are still in the outbox.
  EXPECT_EQ(partition_of("000000004"), partition_of(std::string("000000004")));
}

TEST(CopyRoute, says_what_keeps_it_from_working) {
  two_stores world;
  auto routes = world.routes;
  EXPECT_TRUE(faults_of(routes[0], routes).empty());
  EXPECT_TRUE(faults_of(routes[1], routes).empty());
  routes[0].after = "notes";
  ASSERT_EQ(faults_of(routes[1], routes).size(), 1u);
  EXPECT_NE(faults_of(routes[1], routes)[0].find("back to themselves"), std::string::npos);
  routes[1].after = "nothing";
  ASSERT_EQ(faults_of(routes[1], routes).size(), 1u);
  EXPECT_NE(faults_of(routes[1], routes)[0].find("there is no route nothing"), std::string::npos);
}

// Kinds and a mapping that break one rule.
struct Routes : ::testing::Test, two_stores {
  static kind_builder documents(std::size_t number, std::size_t source_id) {
    return kind_builder("", "document")
        .needs("number", field_type::text, number)
        .needs("csid", field_type::csid)
        .maybe("subject", field_type::text, 100)
        .maybe("sourceId", field_type::text, source_id)
        .unique()
        .key({"number"})
        .versioned();
  }
  static kind_builder letters(std::size_t key) {
    return kind_builder("", "letter")
        .needs("letterId", field_type::text, key)
        .needs("csid", field_type::csid)
        .maybe("reference", field_type::text, 36)
        .key({"letterId"});
  }
  copy_route letters_to(kind_ptr document, field_rule source_id = rule("sourceId", "letterId"),
                        kind_ptr letter = named("pluto", "letter", letters(36)), std::string name = "letters") const {
    mapping_declaration declared;
    field_rule number = rule("number", "reference");
    number.too_long = on_too_long::truncate;
    declared.fields = {std::move(source_id), rule("csid", "csid"), number};
    return {std::move(name), compiled(declared, std::move(letter), std::move(document)), "", "1"};
  }
  static std::string said_of(const copy_route &route) {
    std::string all;
    for (const std::string &fault : faults_of(route, {route})) all += fault + "\n";
    return all;
  }
};

TEST_F(Routes, must_have_keys_that_the_outbox_can_keep) {
  EXPECT_EQ(said_of(letters_to(named("cuba", "document", documents(200, 36)))), "");
  EXPECT_EQ(
      said_of(letters_to(named("cuba", "document", documents(201, 36)))),
      "copy route letters: the key of cuba.document may have 201 characters, and the outbox keeps 200; give its text "
      "fields a length that is no longer\n");
  EXPECT_EQ(
      said_of(letters_to(named("cuba", "document", documents(0, 0)), rule("sourceId", "letterId"),
                         named("pluto", "letter", letters(0)))),
      "copy route letters: the key of pluto.letter may have any number of characters, and the outbox keeps 200; give "
      "its text fields a length that is no longer\n"
      "copy route letters: the key of cuba.document may have any number of characters, and the outbox keeps 200; give "
      "its text fields a length that is no longer\n");
}

TEST_F(Routes, must_carry_the_sources_key_as_it_is) {
  const auto document = named("cuba", "document", documents(12, 36));
  const std::string refused =
      "copy route letters: cuba.document.sourceId keeps a record from being copied twice and must take "
      "pluto.letter.letterId as it is, without a lookup, values, wrap, transliterate or truncate; else two records may "
      "be "
      "one\n";
  field_rule constant;
  constant.target = "sourceId";
  constant.constant = "one";
  field_rule wrapped = rule("sourceId", "letterId"), transliterated = wrapped, cut = wrapped, listed = wrapped;
  wrapped.wrap = 8;
  transliterated.encoding = charset::windows_1252;
  transliterated.unmappable = on_unmappable::transliterate;
  cut.max_length = 8;
  cut.too_long = on_too_long::truncate;
  listed.values = {{"a", "b"}};
  field_rule looked_up = rule("sourceId", "letterId");
  looked_up.lookup = lookup_rule{"cuba.document", "sourceId", "number"};
  for (const field_rule &broken :
       {rule("sourceId", "reference"), constant, wrapped, transliterated, cut, listed, looked_up})
    EXPECT_EQ(said_of(letters_to(document, broken)), refused);
  field_rule encoded = rule("sourceId", "letterId");
  encoded.encoding = charset::windows_1252;  // refuses what the target lacks
  EXPECT_EQ(said_of(letters_to(document, encoded)), "");
}

TEST_F(Routes, must_have_room_for_the_sources_key) {
  field_rule refusing = rule("sourceId", "letterId");
  refusing.max_length = 20;
  for (const auto &[document, source_id] :
       {std::pair(named("cuba", "document", documents(12, 20)), rule("sourceId", "letterId")),
        std::pair(named("cuba", "document", documents(12, 36)), refusing)})
    EXPECT_EQ(
        said_of(letters_to(document, source_id)),
        "copy route letters: cuba.document.sourceId takes 20 characters, and pluto.letter.letterId may have 36; make "
        "it as long, for it holds that key\n");
}

TEST_F(Routes, must_each_have_a_target_kind_of_its_own) {
  const auto document = named("cuba", "document", documents(12, 36));
  const std::vector<copy_route> both{letters_to(document), letters_to(document, rule("sourceId", "letterId"),
                                                                      named("pluto", "fax", letters(36)), "faxes")};
  EXPECT_TRUE(faults_of(both[0], both).empty());
  EXPECT_EQ(
      faults_of(both[1], both),
      std::vector<std::string>{"copy route faxes: the route letters goes to cuba.document already; give each a kind "
                               "of its own, for records of both with equal keys would be one copy"});
}

}  // namespace
}  // namespace causeway
