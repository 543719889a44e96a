// Whether one record and its copy say the same. Pure: which records are read, when, and how it is waited for is the
// business of whoever compares (reconcile, trace).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mapping/mapping.hpp"
#include "store/record_store.hpp"

namespace causeway {

// Finds the one record whose unique field equals this.
find_request by_unique_field(const kind_ptr &kind, std::size_t field, value equals);

// What the target must be asked to complete a mapped record, in the order of `mapped.lookups`. `target_kinds`: where
// lookups find the kinds that they name. internal: a lookup names a kind or a field that is not there.
result<std::vector<find_request>> questions_of(const mapped_record &mapped, const std::vector<kind_ptr> &target_kinds);

// Fills in what was found for the lookup at this place; nothing found leaves null, which shows as a difference.
void fill_in(mapped_record &mapped, std::size_t lookup, const std::vector<record> &found);

// The names of the target's fields in which the copy differs from what the mapping makes of its source; fields that the
// mapping does not fill are the target's own. Both of the same kind.
std::vector<std::string> differing_fields(const record &expected, const record &standing);

}  // namespace causeway
