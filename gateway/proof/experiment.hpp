// Examples that are made by running the mapping: a record that crosses, changed in one place.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mapping/mapping.hpp"
#include "runtime/finding.hpp"

namespace causeway {

// A mapping under examination. Lives no longer than the mapping; one thread.
class experiment {
 public:
  using changes = std::vector<std::pair<std::size_t, value>>;  // fields of the source

  explicit experiment(const mapping &map);

  // A value that the field may hold.
  static value sample_of(const field &f);

  // The smallest record that crosses, as far as there is one: a value in each field that must have one, null elsewhere;
  // then with these changes.
  record sample(const changes &with = {}) const;
  result<mapped_record> run(const changes &with) const { return map_.apply(sample(with)); }

  // What becomes of such records, as an example of a finding: whole, and for people the changed fields and these of the
  // target. `same`: the records become the same, which is said once.
  witness show(const std::vector<changes> &records, const std::vector<std::size_t> &targets, bool same = false) const;
  // What is read back of a record of the target with this value in this field: one that the mapping never writes.
  witness show_back(std::size_t target, const value &stored) const;

 private:
  const mapping &map_;
  record smallest_;
};

}  // namespace causeway
