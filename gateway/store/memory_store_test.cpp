// What the memory store adds to the contract of record stores, and the parts of it that only a store without SQL can
// be asked one by one; the contract itself is in tests/contract.
#include "store/memory_store.hpp"

#include <gtest/gtest.h>

#include "store/field_check.hpp"
#include "store/kind_builder.hpp"

namespace causeway {
namespace {

using namespace std::chrono_literals;

constexpr time_point never = time_point::max();

kind_ptr ticket_kind() {
  return kind_builder("memory", "ticket")
      .needs("id", field_type::serial)
      .needs("title", field_type::text, 5)
      .maybe("mark", field_type::text)
      .unique()
      .key({"id"})
      .versioned()
      .build();
}

struct MemoryStore : testing::Test {
  kind_ptr kind = ticket_kind();
  time_point now{1s};
  memory_store store{{kind}, std::make_shared<key_maker>([] { return time_point(1s); }, 0u), [this] { return now; }};

  change ticket(change_type type, value id, value title, value mark = absent(), std::int64_t version = 0) {
    change c{type, record(kind), version};
    c.what.values = {std::move(id), std::move(title), std::move(mark)};
    return c;
  }
  result<commit_outcome> commit(std::vector<change> changes) { return commit_now(store, {std::move(changes)}, never); }
  std::int64_t rows() {
    find_request all;
    all.kind = kind;
    return *count_now(store, all, never);
  }
};

TEST_F(MemoryStore, gives_serial_keys_and_versions_from_one) {
  auto done = commit({ticket(change_type::insert, absent(), "a"), ticket(change_type::insert, absent(), "b")});
  ASSERT_TRUE(done);
  EXPECT_EQ((*done)[1].key, std::vector<value>{std::int64_t(2)});
  EXPECT_EQ((*done)[1].version, 1);
}

TEST_F(MemoryStore, takes_a_whole_unit_back_when_its_last_change_fails) {
  ASSERT_TRUE(commit({ticket(change_type::insert, absent(), "kept", "m")}));
  const auto done = commit(
      {ticket(change_type::insert, absent(), "new", "n"), ticket(change_type::update, std::int64_t(1), "other", "x", 1),
       ticket(change_type::erase, std::int64_t(1), absent()), ticket(change_type::insert, absent(), "twin", "n")});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.why().what, outcome::conflict);
  EXPECT_EQ(rows(), 1);
  const auto kept = get_now(store, {kind, {std::int64_t(1)}}, never);
  ASSERT_TRUE(kept);
  EXPECT_EQ((*kept)["title"], value("kept"));
  EXPECT_EQ(kept->version, 1);
  // The unique contents are as they were, too.
  EXPECT_FALSE(commit({ticket(change_type::insert, absent(), "twin", "m")}));
  EXPECT_TRUE(commit({ticket(change_type::insert, absent(), "free", "n")}));
}

TEST_F(MemoryStore, insert_absent_tells_what_stands) {
  ASSERT_TRUE(commit({ticket(change_type::insert, absent(), "a", "m")}));
  auto done = commit({ticket(change_type::insert_absent, absent(), "b", "m")});
  ASSERT_TRUE(done);
  EXPECT_FALSE((*done)[0].applied);
  EXPECT_EQ((*done)[0].key, std::vector<value>{std::int64_t(1)});
  EXPECT_EQ(rows(), 1);
}

TEST_F(MemoryStore, names_each_field_that_cannot_be_stored) {
  const auto done = commit({ticket(change_type::insert, absent(), "too long", std::int64_t(7))});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.why().what, outcome::invalid);
  ASSERT_EQ(done.why().inputs.size(), 2u);
  EXPECT_EQ(done.why().inputs[0].pointer, "title");
  EXPECT_EQ(done.why().inputs[0].code, "too-long");
  EXPECT_EQ(done.why().inputs[1].code, "wrong-type");
}

TEST_F(MemoryStore, works_out_a_view_anew_whenever_it_is_read) {
  const auto view =
      kind_builder("memory", "titles").needs("title", field_type::text).key({"title"}).read_only().build();
  memory_store with_view({kind, view}, std::make_shared<key_maker>([] { return time_point(1s); }, 0u));
  with_view.derive("causeway.titles", [view](const memory_store::records_of &records) {
    std::vector<record> rows;
    for (const auto &each : records("causeway.ticket")) {
      rows.emplace_back(view);
      rows.back()["title"] = each["title"];
    }
    return rows;
  });
  EXPECT_FALSE(get_now(with_view, {view, {"a"}}, never));
  ASSERT_TRUE(commit_now(with_view, {{ticket(change_type::insert, absent(), "a")}}, never));
  EXPECT_TRUE(get_now(with_view, {view, {"a"}}, never));
  ASSERT_TRUE(commit_now(with_view, {{ticket(change_type::erase, std::int64_t(1), absent())}}, never));
  EXPECT_FALSE(get_now(with_view, {view, {"a"}}, never));
  EXPECT_THROW(with_view.derive("causeway.ticket", {}), std::invalid_argument) << "a table is no view";
}

TEST_F(MemoryStore, fails_as_often_as_it_was_asked_to) {
  store.fail_next(outcome::overloaded, 2);
  EXPECT_EQ(commit({ticket(change_type::insert, absent(), "a")}).why().what, outcome::overloaded);
  EXPECT_EQ(get_now(store, {kind, {std::int64_t(1)}}, never).why().what, outcome::overloaded);
  EXPECT_TRUE(commit({ticket(change_type::insert, absent(), "a")}));
}

TEST_F(MemoryStore, does_nothing_while_it_is_away_and_says_so) {
  store.set_away(true);
  EXPECT_EQ(store.state(), store_state::away);
  EXPECT_EQ(commit({ticket(change_type::insert, absent(), "a")}).why().what, outcome::unavailable);
  store.set_away(false);
  EXPECT_EQ(store.state(), store_state::serving);
  EXPECT_EQ(rows(), 0);
}

TEST_F(MemoryStore, does_nothing_after_the_deadline) {
  const auto done = commit_now(store, {{ticket(change_type::insert, absent(), "a")}}, now - 1ms);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.why().what, outcome::deadline);
  EXPECT_EQ(rows(), 0);
}

TEST(FieldCheck, counts_characters_and_refuses_what_is_not_text) {
  struct {
    std::string_view text;
    std::optional<std::size_t> characters;
  } const table[] = {{"", 0},
                     {"abc", 3},
                     {"\u00E9", 1},
                     {"\U0001F600!", 2},
                     {"\xC3", {}},
                     {"\xC0\xAF", {}},
                     {"\xED\xA0\x80", {}},
                     {"\xF4\x90\x80\x80", {}},
                     {"\xE0\x80\x80", {}},
                     {{"a\0b", 3}, {}},
                     {"\x80", {}},
                     {"\xF0\x9F\x98", {}}};
  for (const auto &row : table) EXPECT_EQ(count_characters(row.text), row.characters) << row.text;
  // Wherever it stands in a longer text.
  for (const auto &row : table)
    for (std::size_t before = 0; before < 10; ++before)
      for (const std::size_t after : {0u, 1u, 9u}) {
        const auto text = std::string(before, 'a') + std::string(row.text) + std::string(after, 'z');
        const auto expected = row.characters ? std::optional(before + *row.characters + after) : std::nullopt;
        EXPECT_EQ(count_characters(text), expected) << text;
      }
}

TEST(FieldCheck, knows_the_shape_of_each_type) {
  code_table colours{"colours", {{"R", "Red"}}, {{"Red", "R"}}};
  const auto codes = std::make_shared<const code_table>(colours);
  struct {
    field_type type;
    value content;
    std::string code;  // empty: may stand there
  } const table[] = {{field_type::csid, "000000042", ""},
                     {field_type::csid, "42", "not-a-csid"},
                     {field_type::date, "2026-02-28", ""},
                     {field_type::date, "2026-02-29", "not-a-date"},
                     {field_type::timestamp, "2026-11-21T09:15:00.000Z", ""},
                     {field_type::timestamp, "2026-11-21T24:15:00.000Z", "not-a-time"},
                     {field_type::timestamp, "2026-11-21T09:15:00Z", "not-a-time"},
                     {field_type::code, "Red", ""},
                     {field_type::code, "R", "unknown-code"},
                     {field_type::boolean, std::int64_t(1), "wrong-type"},
                     {field_type::integer, true, "wrong-type"},
                     {field_type::text, null(), "required"},
                     {field_type::text, "a", ""}};
  for (const auto &row : table) {
    field f;
    f.name = "f";
    f.type = row.type;
    f.required = true;
    f.codes = codes;
    const auto wrong = check_value(f, row.content);
    EXPECT_EQ(wrong ? wrong->code : "", row.code);
  }
}

}  // namespace
}  // namespace causeway
