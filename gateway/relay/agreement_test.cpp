// One record and its copy: what must be asked, what counts as a difference.
#include "relay/agreement.hpp"

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;

struct Agreement : ::testing::Test, two_stores {
  std::vector<kind_ptr> target_kinds{cuba_communication, notepad};

  record copy(value subject, value csid = "000000001") {
    record r(cuba_communication);
    r["commNo"] = "1";
    r["csid"] = std::move(csid);
    r["subject"] = std::move(subject);
    r["sourceId"] = "a";
    return r;
  }
  mapped_record mapped_note() {
    record source(note);
    source["noteId"] = "n";
    source["communicationId"] = "a";
    source["csid"] = "000000001";
    return *routes[1].map->apply(source);
  }
};

TEST_F(Agreement, names_the_fields_that_say_something_else) {
  record expected(cuba_communication);  // commNo is the target's own
  expected["csid"] = "000000001";
  expected["subject"] = "first";
  expected["sourceId"] = "a";
  struct {
    record standing;
    std::vector<std::string> fields;
  } const table[] = {
      {copy("first"), {}},
      {copy("changed"), {"subject"}},
      {copy(null()), {"subject"}},
      {copy("changed", "000000002"), {"csid", "subject"}},
  };
  for (const auto &t : table) EXPECT_EQ(differing_fields(expected, t.standing), t.fields);
}

TEST_F(Agreement, asks_the_target_for_what_a_lookup_takes) {
  mapped_record mapped = mapped_note();
  const auto questions = questions_of(mapped, target_kinds);
  ASSERT_TRUE(questions);
  ASSERT_EQ(questions->size(), 1u);
  EXPECT_EQ(questions->front().kind, cuba_communication);
  EXPECT_EQ(questions->front().conditions.front().equals, value("a"));
  EXPECT_EQ(questions->front().limit, 1u);
  fill_in(mapped, 0, {copy("first")});
  EXPECT_EQ(mapped.target["commNo"], value("1"));
}

TEST_F(Agreement, takes_what_a_lookup_does_not_find_for_a_difference) {
  mapped_record mapped = mapped_note();
  fill_in(mapped, 0, {});
  EXPECT_TRUE(is_null(mapped.target["commNo"]));
  record standing(notepad);
  standing["commNo"] = "1";
  standing["csid"] = "000000001";
  standing["text"] = null();
  standing["sourceId"] = "n";
  EXPECT_EQ(differing_fields(mapped.target, standing), std::vector<std::string>{"commNo"});
}

TEST_F(Agreement, says_that_a_lookup_names_what_is_not_there) {
  const auto questions = questions_of(mapped_note(), {notepad});
  ASSERT_FALSE(questions);
  EXPECT_EQ(questions.why().what, outcome::internal);
}

}  // namespace
}  // namespace causeway
