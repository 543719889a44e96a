// In which order the changes of several units are run. Units are written here as words: "iA uB" inserts a record A of
// the first kind, then updates B of the second; small letters say the change, capitals the record, and a digit behind
// them its unique content.
#include <gtest/gtest.h>
#include <memory>
#include <sstream>
#include <string>

#include "sql/batch.hpp"
#include "store/kind_builder.hpp"

namespace causeway::sql {
namespace {

const table_set &tables() {
  static const table_set set({kind_builder("s", "x")
                                  .needs("id", field_type::text)
                                  .maybe("v", field_type::text)
                                  .unique()
                                  .key({"id"})
                                  .versioned()
                                  .build(),
                              kind_builder("s", "y")
                                  .needs("id", field_type::text)
                                  .maybe("v", field_type::text)
                                  .key({"id"})
                                  .versioned()
                                  .build()});
  return set;
}

// Records A to M are of the first kind, N to Z of the second.
std::unique_ptr<commit_job> unit(const std::string &words) {
  static key_maker keys([] { return time_point(); }, 0);
  unit_of_work u;
  std::istringstream in(words);
  for (std::string word; in >> word;) {
    change c;
    c.type = word[0] == 'i'   ? change_type::insert
             : word[0] == 'u' ? change_type::update
             : word[0] == 'r' ? change_type::require
                              : change_type::erase;
    c.what = record(std::make_shared<record_kind>(tables().all()[word[1] < 'N' ? 0 : 1]->kind()));
    c.what["id"] = std::string(1, word[1]);
    if (word.size() > 2) c.what["v"] = word.substr(2);
    c.version = 1;
    u.changes.push_back(std::move(c));
  }
  auto job = std::make_unique<commit_job>(verb::commit, time_point(), [](const result<commit_outcome> &) {});
  EXPECT_TRUE(encode_unit(tables(), std::move(u), keys, *job));
  return job;
}

// The steps, each as its changes: unit number and place.
std::string planned(const std::vector<std::string> &words, std::size_t most = 100) {
  std::vector<std::unique_ptr<commit_job>> jobs;
  std::vector<commit_job *> units;
  for (const auto &w : words) {
    jobs.push_back(unit(w));
    units.push_back(jobs.back().get());
  }
  std::string text;
  for (const write_step &step : plan_writes(units, most)) {
    text += text.empty() ? "" : " | ";
    for (const auto &p : step.places) {
      if (&p != &step.places[0]) text += ' ';
      text += std::to_string(p.unit) + "." + std::to_string(p.change);
    }
  }
  return text;
}

TEST(write_plan, gathers_like_changes_of_all_units_into_one_statement) {
  EXPECT_EQ(planned({}), "");
  EXPECT_EQ(planned({"iA"}), "0.0");
  EXPECT_EQ(planned({"iA", "iB", "iC"}), "0.0 1.0 2.0");
  EXPECT_EQ(planned({"iA iN", "iB iO"}), "0.0 1.0 | 0.1 1.1");
  EXPECT_EQ(planned({"iA iB iN iO"}), "0.0 0.1 | 0.2 0.3");
}

TEST(write_plan, lets_a_change_wait_for_others_that_come_behind_something_else) {
  EXPECT_EQ(planned({"iN", "iA iO", "iB iP"}), "1.0 2.0 | 0.0 1.1 2.1");
}

TEST(write_plan, keeps_the_order_within_a_unit) {
  EXPECT_EQ(planned({"iA uA eA iA"}), "0.0 | 0.1 | 0.2 | 0.3");
  EXPECT_EQ(planned({"iA iN iB iO"}), "0.0 | 0.1 | 0.2 | 0.3");
}

TEST(write_plan, never_puts_two_changes_of_one_record_into_one_statement) {
  EXPECT_EQ(planned({"uA uA"}), "0.0 | 0.1");
  EXPECT_EQ(planned({"uA uB uA uC"}), "0.0 0.1 | 0.2 0.3");
}

TEST(write_plan, does_not_interleave_units_that_meet) {
  EXPECT_EQ(planned({"uA uB", "uB uA"}), "0.0 0.1 | 1.0 1.1");
  EXPECT_EQ(planned({"uA uN", "uB", "uA uO", "uC"}), "0.0 1.0 | 0.1 | 2.0 3.0 | 2.1");
}

TEST(write_plan, lets_units_require_the_same_record_side_by_side) {
  EXPECT_EQ(planned({"rA iN", "rA iO"}), "0.0 | 1.0 | 0.1 1.1");
  EXPECT_EQ(planned({"rA iN", "uA"}), "0.0 | 0.1 | 1.0");
}

TEST(write_plan, never_puts_two_changes_with_the_same_unique_content_into_one_statement) {
  EXPECT_EQ(planned({"iA1 iB1"}), "0.0 | 0.1");
  EXPECT_EQ(planned({"iA1", "iB1"}), "0.0 | 1.0");
  EXPECT_EQ(planned({"iA1", "iB2"}), "0.0 1.0");
  EXPECT_EQ(planned({"iA", "iB"}), "0.0 1.0") << "none has any";
}

TEST(write_plan, keeps_statements_to_their_size) { EXPECT_EQ(planned({"iA", "iB", "iC"}, 2), "0.0 1.0 | 2.0"); }

}  // namespace
}  // namespace causeway::sql
