// What becomes of the changes of a batch: what was to be expected, but for what the database said otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>

#include "sql/batch.hpp"

namespace causeway::sql {

// Of one attempt, on its thread; the units stay as long.
class attempt_outcomes {
 public:
  explicit attempt_outcomes(std::span<commit_job *const> units) : units_(units) {}

  const change_outcome &at(write_step::place p) const {
    const auto found = corrected_.find(number_of(p));
    return found == corrected_.end() ? units_[p.unit]->changes[p.change].outcome : found->second;
  }
  // To be changed; what was expected stays with the unit, for the next attempt.
  change_outcome &correct(write_step::place p) { return corrected_.try_emplace(number_of(p), at(p)).first->second; }
  // What to answer the unit, once.
  commit_outcome take(std::size_t unit) {
    auto &changes = units_[unit]->changes;
    commit_outcome all;
    all.reserve(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const auto found = corrected_.empty() ? corrected_.end() : corrected_.find(number_of({unit, i}));
      all.push_back(std::move(found == corrected_.end() ? changes[i].outcome : found->second));
    }
    return all;
  }

 private:
  static std::uint64_t number_of(write_step::place p) { return std::uint64_t(p.unit) << 32 | p.change; }

  std::span<commit_job *const> units_;
  std::unordered_map<std::uint64_t, change_outcome> corrected_;
};

}  // namespace causeway::sql
