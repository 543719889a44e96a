// Where a store keeps the versions of records whose own tables have no column for them (`guardedBy: contents`).
#pragma once

#include <cstddef>
#include <string>

#include "store/record_kind.hpp"

namespace causeway {

// A longer key's text is kept as its hash.
inline constexpr std::size_t longest_kept_key = 200;

// kind, recordKey; contents, version. Keyed by recordKey and kind, in this order: all of a kind would be much to look
// through.
kind_ptr kept_versions_kind(const std::string &store);

}  // namespace causeway
