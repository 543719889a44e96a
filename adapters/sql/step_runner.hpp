// Runs one step of a plan within the transaction that is open: changes with the same text, none touching another.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sql/attempt_outcomes.hpp"
#include "sql/batch.hpp"
#include "sql/contents_guard.hpp"

namespace causeway::sql {

// A step that did not do what it should have, though the database did not fail.
struct stale_step {
  const write_step *step;
  bool known = false;  // that one of its changes met another version, or nothing, was seen; no need to look for which
};

// What stands where a change would be.
struct standing_record {
  std::vector<value> key;
  std::int64_t version = 0;
  std::vector<std::size_t> fields;  // the key's, or the unique field by which it was found
};
// By the change's key (but for an update's, which is meant to stand), else by its unique contents.
std::optional<standing_record> find_standing(connection &on, const batch_context &context, const encoded_change &c);

// Lives as long as its arguments.
class step_runner {
 public:
  // A step corrects `outcomes`.
  step_runner(connection &on, const batch_context &context, std::span<commit_job *const> units,
              attempt_outcomes &outcomes, bool may_copy)
      : on_(on),
        context_(context),
        guard_(on, context.versions),
        units_(units),
        outcomes_(outcomes),
        may_copy_(may_copy) {}

  // Whether a COPY can do the step, if that may be: fast, but whatever stands already fails it.
  bool can_copy(const write_step &step) const;
  // Whether `run` does it so.
  bool copies(const write_step &step) const;

  // Throws stale_step, and database_failure.
  void run(const write_step &step);
  // Of a step that can be copied: prepares the insert of one of its rows, and sends it for each of them.
  void prepare_inserts(const write_step &step);
  void send_inserts(const write_step &step);
  // Takes what the server says to them.
  void take_inserts(const write_step &step);
  // What a COPY of it takes, for a transaction of nothing else. The step stays for as long.
  copied_rows rows_to_copy(const write_step &step) const;

 private:
  using places_view = std::span<const write_step::place>;

  statement &insert_of_one(const write_step &step);
  const encoded_change &at(write_step::place p) const { return units_[p.unit]->changes[p.change]; }
  // The keys of a step's changes, as they are asked for.
  struct row_keys {
    std::vector<std::vector<cell>> cells;
    std::vector<const std::vector<cell> *> each;
  };
  row_keys keys_of(const write_step &step) const;

  void run_rows(const write_step &step);
  std::size_t rows_within_bytes(places_view places) const;
  std::size_t run_joint(const encoded_change &first, std::span<const std::vector<cell> *const> rows);
  std::size_t run_some(const encoded_change &first, places_view places);
  void run_looking(const write_step &step);
  void change_what_stands(const write_step &step, places_view places, std::vector<contents_guard::look> &looks);
  void put(write_step::place p, contents_guard::look &standing);
  void insert_absent(write_step::place p);
  void not_applied(write_step::place p);
  standing_row after(const encoded_change &c, const standing_row *before, std::int64_t version) const;
  void keep_versions(const write_step &step);

  connection &on_;
  const batch_context &context_;
  contents_guard guard_;
  std::span<commit_job *const> units_;
  attempt_outcomes &outcomes_;
  const bool may_copy_;
};

}  // namespace causeway::sql
