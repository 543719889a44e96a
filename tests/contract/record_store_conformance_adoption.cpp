// A store whose kinds change while it serves: what was asked in the old kinds' terms is answered in them.
#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "store/kind_builder.hpp"
#include "tests/contract/record_store_conformance.hpp"

namespace causeway::testing {
namespace {

kind_ptr label_kind() {
  return kind_builder("test", "label").needs("name", field_type::text, 20).key({"name"}).build();
}

// A kind of this name with these fields, the key first.
kind_ptr tag_kind(const std::vector<std::string> &fields, const std::string &table = "tag") {
  kind_builder made("test", "tag");
  made.needs(fields.front(), field_type::text, 20).key({fields.front()}).in_table(table);
  for (std::size_t i = 1; i < fields.size(); ++i) made.maybe(fields[i], field_type::text, 20);
  return made.build();
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

// Its connections keep the statements that they have prepared, and what waits together is read as one.
TEST_P(any_sql_store, reads_by_the_kind_that_a_request_names_when_fields_and_tables_change) {
  struct row {
    const char *what;
    kind_ptr before, after;
  };
  const std::vector<std::string> whole{"name", "colour", "shape"};
  const row table[] = {
      {"fields in another order", tag_kind(whole), tag_kind({"name", "shape", "colour"})},
      {"a field more", tag_kind({"name", "colour"}), tag_kind(whole)},
      {"a field less", tag_kind(whole), tag_kind({"name", "colour"})},
      {"another table", tag_kind(whole), tag_kind(whole, "tag_anew")},
  };
  const auto content = [](const kind_ptr &kind, const std::string &field) -> value {
    if (field == "name") return "one";
    if (kind->table == "tag") return field == "colour" ? "red" : "round";
    return field == "colour" ? "blue" : "square";
  };
  for (const char *name : {"tag", "tag_anew"}) {
    const auto kind = tag_kind(whole, name);
    sql().adopt({kind});
    ASSERT_TRUE(succeeded(sql().prepare(soon())));
    record one(kind);
    for (const field &f : kind->fields) one[f.name] = content(kind, f.name);
    committed({insert(one)});
  }

  std::atomic<int> asked{0}, right{0}, wrong{0};
  const auto ask = [&](const kind_ptr &kind) {
    find_request by_key, by_content;
    by_key.kind = by_content.kind = kind;
    by_key.conditions = {{0, "one"}};
    by_key.order = kind->key;
    by_content.conditions = {{1, content(kind, kind->fields[1].name)}};
    asked += 2;
    store_->find(by_key, soon(), [&, kind](const result<std::vector<record>> &r) {
      bool good = r && r->size() == 1;
      for (std::size_t i = 0; good && i < kind->fields.size(); ++i)
        good = r->front().values[i] == content(kind, kind->fields[i].name);
      ++(good ? right : wrong);
    });
    store_->count(by_content, soon(), [&](const result<std::int64_t> &r) { ++(r && *r == 1 ? right : wrong); });
  };
  const auto all_are_right = [&] { return comes_true([&] { return right + wrong == asked; }) && wrong == 0; };
  for (const row &r : table) {
    SCOPED_TRACE(r.what);
    sql().adopt({r.before});
    for (int i = 0; i < 50; ++i) ask(r.before);
    EXPECT_TRUE(all_are_right()) << wrong << " of " << asked << " before";
    sql().adopt({r.after});
    for (int i = 0; i < 50; ++i) {
      ask(r.before);
      ask(r.after);
    }
    EXPECT_TRUE(all_are_right()) << wrong << " of " << asked << " after";
    wrong = right = asked = 0;
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
