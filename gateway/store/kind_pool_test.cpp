// A kind read twice is one; one that differs anywhere is another.
#include "store/kind_pool.hpp"

#include <functional>
#include <gtest/gtest.h>

namespace causeway {
namespace {

// The same content in objects of its own each time, as if it were read from a file.
record_kind letter() {
  auto codes = std::make_shared<code_table>();
  codes->name = "letterType";
  codes->readable_of = {{"A", "Air"}, {"S", "Surface"}};
  codes->stored_of = {{"Air", "A"}, {"Surface", "S"}};
  record_kind kind;
  kind.store = "pluto";
  kind.name = "pluto.letter";
  kind.table = "letter";
  kind.fields.resize(2);
  kind.fields[0].name = "letterId";
  kind.fields[0].column = "letter_id";
  kind.fields[1].name = "type";
  kind.fields[1].column = "type";
  kind.fields[1].type = field_type::code;
  kind.fields[1].codes = codes;
  kind.key = {0};
  kind.version = "row_version";
  kind.indexes = {{{1, 0}}};
  return kind;
}

kind_ptr changed(const std::function<void(record_kind &)> &change) {
  auto kind = letter();
  change(kind);
  return std::make_shared<const record_kind>(std::move(kind));
}

kind_ptr unchanged() {
  return changed([](record_kind &) {});
}

TEST(KindPool, gives_a_kind_that_was_read_again_the_object_that_it_had) {
  kind_pool pool;
  const auto first = pool.one_for(unchanged());
  EXPECT_EQ(pool.one_for(unchanged()), first);
}

TEST(KindPool, keeps_kinds_apart_that_differ_anywhere) {
  const std::function<void(record_kind &)> changes[] = {
      [](record_kind &k) { k.table = "letters"; },
      [](record_kind &k) { k.read_only = true; },
      [](record_kind &k) { k.view = "SELECT 1"; },
      [](record_kind &k) {
        k.key = {0, 1};
      },
      [](record_kind &k) { k.version.clear(); },
      [](record_kind &k) { k.indexes.clear(); },
      [](record_kind &k) { k.fields.pop_back(); },
      [](record_kind &k) { k.fields[0].column = "id"; },
      [](record_kind &k) { k.fields[0].length = 36; },
      [](record_kind &k) { k.fields[0].required = true; },
      [](record_kind &k) { k.fields[0].unique = true; },
      [](record_kind &k) { k.fields[0].generate = key_generation::uuid; },
      [](record_kind &k) { k.fields[0].format = "YYYY"; },
      [](record_kind &k) {
        auto codes = *k.fields[1].codes;
        codes.readable_of["A"] = "Aeroplane";
        k.fields[1].codes = std::make_shared<const code_table>(codes);
      },
  };
  kind_pool pool;
  std::vector<kind_ptr> all{pool.one_for(unchanged())};
  for (const auto &change : changes) {
    const auto other = pool.one_for(changed(change));
    for (const auto &known : all) EXPECT_NE(other, known);
    all.push_back(other);
  }
}

TEST(KindPool, knows_a_kind_again_that_was_another_for_a_while) {
  kind_pool pool;
  const auto first = pool.one_for(unchanged());
  pool.one_for(changed([](record_kind &k) { k.table = "letters"; }));
  EXPECT_EQ(pool.one_for(unchanged()), first);
}

}  // namespace
}  // namespace causeway
