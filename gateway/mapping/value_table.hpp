// Which value of the target stands for which value of the source, where that can be said one by one: codes, booleans,
// and what a rule lists under `values`.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "causeway/value.hpp"

namespace causeway {

struct value_table {
  // By the source's word: text as it is, "true" and "false". The values are finished: in the target's character set,
  // wrapped, within its length.
  std::map<std::string, value, std::less<>> forward;
  std::vector<std::pair<value, value>> back;  // target value, source value; no two with the same target value

  const value *find(const value &source) const;
  const value *find_back(const value &target) const;
};

}  // namespace causeway
