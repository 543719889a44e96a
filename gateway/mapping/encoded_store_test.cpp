// What a store of a smaller character set takes when it is written directly.
#include "mapping/encoded_store.hpp"

#include <gtest/gtest.h>

#include "store/memory_store.hpp"

namespace causeway {
namespace {

const time_point late{std::chrono::hours(24 * 365 * 100)};

kind_ptr transfer_kind() {
  auto kind = std::make_shared<record_kind>();
  kind->store = "cuba";
  kind->name = "cuba.transfer";
  kind->table = "TRANSFER";
  for (const char *name : {"id", "reason", "comment"}) {
    field f;
    f.name = f.column = name;
    kind->fields.push_back(f);
  }
  kind->key = {0};
  return kind;
}

struct encoded : testing::Test {
  kind_ptr kind = transfer_kind();
  std::shared_ptr<key_maker> keys = std::make_shared<key_maker>([] { return time_point(); }, 0);
  std::shared_ptr<memory_store> content = std::make_shared<memory_store>(std::vector{kind}, keys);
  encoded_store store{content, charset::windows_1252};

  result<commit_outcome> write(const std::string &id, const std::string &reason, const std::string &comment) {
    record r(kind);
    r.values = {id, reason, comment};
    unit_of_work unit;
    unit.changes.push_back({change_type::insert, r, 0});
    return commit_now(store, unit, late);
  }
};

TEST_F(encoded, what_the_set_holds_is_written) {
  ASSERT_TRUE(write("1", "Zoë asked: “€ 5”", "line\nline"));
  const auto read = get_now(store, {kind, {std::string("1")}}, late);
  ASSERT_TRUE(read);
  EXPECT_EQ(text_of((*read)["reason"]), "Zoë asked: “€ 5”");
}

TEST_F(encoded, what_it_lacks_is_invalid_by_field_and_nothing_is_written) {
  const auto refused = write("1", "Łódź", "fine \U0001F600");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.why().what, outcome::invalid);
  ASSERT_EQ(refused.why().inputs.size(), 2u);
  EXPECT_EQ(refused.why().inputs[0].pointer, "reason");
  EXPECT_EQ(refused.why().inputs[0].code, "unmappable-character");
  EXPECT_NE(refused.why().inputs[0].detail.find("U+0141"), std::string::npos) << refused.why().inputs[0].detail;
  EXPECT_EQ(refused.why().inputs[1].pointer, "comment");
  const auto read = get_now(store, {kind, {std::string("1")}}, late);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.why().what, outcome::not_found);
}

TEST_F(encoded, what_no_record_can_have_is_not_found) {
  ASSERT_TRUE(write("1", "x", "y"));
  const auto read = get_now(store, {kind, {std::string("日本")}}, late);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.why().what, outcome::not_found);
  const find_request by_reason{.kind = kind, .conditions = {{1, std::string("日本")}}, .order = {0}, .after = {}};
  const auto found = find_now(store, by_reason, late);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->empty());
  const auto counted = count_now(store, by_reason, late);
  ASSERT_TRUE(counted);
  EXPECT_EQ(*counted, 0);
}

TEST_F(encoded, what_it_lacks_is_no_place_to_begin_behind) {
  ASSERT_TRUE(write("1", "a", "a"));
  find_request behind{.kind = kind, .conditions = {}, .order = {0}, .after = {std::string("Ł")}};
  const auto refused = find_now(store, behind, late);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.why().what, outcome::invalid);
  behind.after = {std::string("0é")};
  const auto found = find_now(store, behind, late);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), 1u);
}

}  // namespace
}  // namespace causeway
