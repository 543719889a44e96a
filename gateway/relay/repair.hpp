// What a repair does to a copy that stands in the target: replaces it by what the mapping says, or removes it; and only
// what it was when somebody decided to repair it. Pure; the carrier reads and writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/record_store.hpp"

namespace causeway {

enum class repair_verdict {
  write,  // go on
  done,   // it is as it should be, by this repair's earlier attempt or by somebody else
  moot,   // it is not what was seen any more: whoever wants it repaired must look again
};

struct repair_decision {
  repair_verdict what = repair_verdict::write;
  std::string reason;  // of moot; nothing of the record
};

// `standing`: the copy, null where there is none. `seen`: seen_as of the copy when it was looked at; empty: never.
repair_decision decide_replace(const record &expected, const record *standing, std::optional<std::int64_t> seen);
// `in_source`: the record of which it is a copy stands.
repair_decision decide_remove(bool in_source, const record *standing, std::optional<std::int64_t> seen);

// The changes, guarded by the copy's version; of a kind without one they meet the copy as it stands.
std::vector<change> replacing(const record &expected, const record &standing);
std::vector<change> removing(const record &standing);

}  // namespace causeway
