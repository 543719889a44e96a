// Compares both sides of a copy route, record by record and field by field, through its mapping, while both are in use;
// on demand asks the outbox for exactly the repairs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "relay/outbox.hpp"
#include "relay/route.hpp"
#include "runtime/clock.hpp"
#include "store/record_store.hpp"

namespace causeway {

enum class mismatch {
  missing,     // the target has no copy, and none is on its way
  extra,       // the target has a copy of what the source does not have
  different,   // the copy says something else
  unmappable,  // the mapping refuses the record as it stands
};
std::string_view to_string(mismatch what);  // "missing", ...

// A field, and what tells its two values apart without telling them.
struct field_difference {
  std::string field;   // of the target
  std::string source;  // digest of what the mapping makes of the source; "null" for no value
  std::string target;  // digest of what stands
};

struct difference {
  mismatch what = mismatch::missing;
  std::string source_key;
  std::string target_key;                // of extra and different
  std::vector<field_difference> fields;  // of different
  std::vector<input_fault> rules;        // of unmappable: field of the source, code of the rule; no details
  // With repair: the outbox row that asks for it, or why none does.
  std::optional<std::int64_t> repair;
  std::string no_repair;
};

struct reconciled {
  std::uint64_t compared = 0;  // records of the source
  std::uint64_t searched = 0;  // copies in the target, each looked for in the source
  std::uint64_t missing = 0;
  std::uint64_t extra = 0;
  std::uint64_t different = 0;
  std::uint64_t unmappable = 0;
  std::uint64_t in_flight = 0;  // a copy or a repair is pending
  std::uint64_t dead = 0;       // the copy is a dead letter: missing until an operator decides
  std::uint64_t discarded = 0;  // the copy was given up by an operator, who decided
  std::uint64_t repairs = 0;    // asked for
  // How many dead and discarded have which reason; after 20 reasons the rest is under "other".
  std::map<std::string, std::uint64_t> reasons;

  // But for what is on its way and what an operator gave up.
  bool agrees() const { return missing == 0 && extra == 0 && different == 0 && unmappable == 0 && dead == 0; }
};

struct reconcile_options {
  std::size_t page = 500;                      // records held at a time, 1 to 10,000
  std::chrono::milliseconds patience{30'000};  // how long to wait for a store's answer
  // Tells values apart without telling them: keyed, because short values could be guessed from a plain digest. Must be
  // set.
  std::function<std::string(std::string_view)> digest;
  // Asks the outbox for repairs, in this name; empty: only reads.
  std::string repair_by;
  // Hear each difference, and the counts after each page; may be empty. On the caller's thread.
  std::function<void(const difference &)> on_difference;
  std::function<void(const reconciled &)> on_page;
  // Waits before a store that is away is asked again; empty: such a store ends the comparison.
  std::function<void(std::chrono::milliseconds)> wait;
};

// Waits for the stores; holds a few pages, whatever the stores hold. What differs is looked at again, the outbox row
// first, then both sides, before it is called a difference: what is written meanwhile shows as in flight or as equal.
// `target_kinds` as for the relay: where lookups find the kinds that they name. The fault is a store's.
result<reconciled> reconcile(const copy_route &route, record_store &source, record_store &target,
                             const std::vector<kind_ptr> &target_kinds, const clock &time,
                             const reconcile_options &options);

}  // namespace causeway
