// All that was asked for one record: of its copies those that are to be made, or given up, stand in causeway.outbox,
// those that were made in causeway.copied (and in the outbox of an earlier build, which left them there).
//
// A copy moves from the first to the second and never back. So whoever looks into the outbox first and then into the
// other, not both at once, misses none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "relay/outbox.hpp"

namespace causeway {

// Finds the entries of this record in one of the two kinds, by their ids, the oldest first or last.
find_request entries_of(const kind_ptr &kind, const std::string &source_key, std::size_t limit, bool newest_first);

// Finds those that were copied by a route; `id`: only the one with this id.
find_request copied_by(const kind_ptr &copied, const std::string &route, std::optional<std::int64_t> id = {});

// What was found in both, in the same order. An entry that moved between the two looks stands once, as copied.
std::vector<copy_row> joined_entries(const std::vector<record> &of_outbox, const std::vector<record> &of_copied,
                                     bool newest_first);

}  // namespace causeway
