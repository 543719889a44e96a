// What does a live table that is not as its kind says do to the records of a mapping?
#pragma once

#include "mapping/mapping.hpp"
#include "runtime/finding.hpp"
#include "store/live_difference.hpp"

namespace causeway {

// A record that crosses the mapping and does not fit the table; empty where the mapping does not fill the field, or
// nothing it gives is too much. Any thread.
witness example_of(const mapping &map, const live_difference &difference);

}  // namespace causeway
