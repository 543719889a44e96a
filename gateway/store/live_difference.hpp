// How the schema that stands in a database differs from the record kinds: what an adapter tells, so that others can
// show by example what comes of it.
#pragma once

#include <cstddef>
#include <string>

namespace causeway {

enum class difference_type {
  other,       // the sentence says it all
  narrow,      // the column holds less text than the field may have: `holds` characters
  never_null,  // the column must have a value, and the field may be empty
  unfilled,    // a column that must have a value, and no field fills it
};

struct live_difference {
  std::string sentence;  // names table and column, says what to do where that is plain
  difference_type type = difference_type::other;
  std::string kind;   // "cuba.communication"
  std::string field;  // the kind's; of an unfilled column the column
  std::size_t holds = 0;
};

}  // namespace causeway
