// A store whose kinds change while it serves: what was asked in the old kinds' terms is answered in them.
#include <stdexcept>

#include "store/kind_builder.hpp"
#include "tests/contract/record_store_conformance.hpp"

namespace causeway::testing {
namespace {

kind_ptr label_kind() {
  return kind_builder("test", "label").needs("name", field_type::text, 20).key({"name"}).build();
}

// event_kind, with notes of so many characters at most.
kind_ptr event_with_note_of(std::size_t length) {
  auto changed = *event_kind();
  changed.fields[*changed.find_field("note")].length = length;
  return std::make_shared<const record_kind>(std::move(changed));
}

std::vector<kind_ptr> kinds_with(const kind_ptr &instead_of_event) {
  auto kinds = all_kinds();
  for (auto &kind : kinds)
    if (kind == event_kind()) kind = instead_of_event;
  return kinds;
}

record event_of(const kind_ptr &kind, const std::string &note) {
  return make(kind, {{"csid", "000000001"}, {"at", "2026-01-01T00:00:00.000Z"}, {"note", note}});
}

TEST_P(any_sql_store, serves_a_kind_from_when_it_is_adopted) {
  const auto label = label_kind();
  const auto one = make(label, {{"name", "first"}});
  EXPECT_TRUE(is_fault(commit({insert(one)}), outcome::internal));

  auto kinds = all_kinds();
  kinds.push_back(label);
  sql().adopt(kinds);
  ASSERT_TRUE(succeeded(sql().prepare(soon())));

  EXPECT_EQ(sql().differences(), std::vector<std::string>());
  EXPECT_TRUE(succeeded(commit({insert(one)})));
  EXPECT_TRUE(succeeded(get(label, {"first"})));
}

TEST_P(any_sql_store, answers_requests_in_the_terms_of_the_kind_that_they_name) {
  const auto changed = event_with_note_of(3);
  const auto before = event_kind();
  sql().adopt(kinds_with(changed));

  EXPECT_TRUE(succeeded(commit({insert(event_of(before, "four"))})));
  EXPECT_TRUE(is_fault_of(commit({insert(event_of(changed, "four"))}), outcome::invalid, {"note"}));
  EXPECT_TRUE(succeeded(commit({insert(event_of(changed, "two"))})));
}

TEST_P(any_sql_store, takes_up_a_kind_again_that_it_had_given_up) {
  const auto changed = event_with_note_of(3);
  for (int turn = 0; turn < 50; ++turn) {
    sql().adopt(kinds_with(changed));
    EXPECT_TRUE(succeeded(commit({insert(event_of(changed, "two"))})));
    sql().adopt(all_kinds());
    EXPECT_TRUE(succeeded(commit({insert(event_of(event_kind(), "four"))})));
  }
}

TEST_P(any_sql_store, keeps_its_kinds_when_it_is_offered_what_no_sql_can_be_made_of) {
  auto without_key = *label_kind();
  without_key.key.clear();
  auto kinds = all_kinds();
  kinds.push_back(std::make_shared<const record_kind>(without_key));

  EXPECT_THROW(sql().adopt(kinds), std::invalid_argument);

  EXPECT_TRUE(succeeded(commit({insert(event_of(event_kind(), "still"))})));
}

}  // namespace
}  // namespace causeway::testing
