// Asks the outbox for a copy of what stood in the source before its route did. The relay carries them; nothing is
// copied here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "relay/route.hpp"
#include "runtime/clock.hpp"
#include "store/record_store.hpp"

namespace causeway {

struct backfilled {
  std::uint64_t seen = 0;        // records of the source
  std::uint64_t asked = 0;       // for which a copy was asked
  std::uint64_t known = 0;       // that the outbox knew already
  std::uint64_t standing = 0;    // whose copy stood already, unknown to the outbox
  std::uint64_t unmappable = 0;  // that the mapping refuses
  std::uint64_t early = 0;       // that belong to a record which is neither in the target nor asked for
  bool stopped = false;          // by `stop`, before the end
  // Whether every record has its copy, or was asked for.
  bool complete() const { return !stopped && unmappable == 0 && early == 0; }
};

// A record for which no copy can be asked.
struct left_behind {
  std::string source_key;
  std::vector<input_fault> rules;  // why the mapping refuses it: field of the source, code of the rule; no details
  std::string missing;             // or the kind of the record it belongs to, which must be copied first
};

struct backfill_options {
  std::size_t page = 500;                      // records held at a time, 1 to 10,000
  std::chrono::milliseconds patience{30'000};  // how long to wait for a store's answer
  std::uint64_t rate = 0;                      // copies asked for in a second, at most; 0: as many as can be
  std::string requested_by;
  // Waits, and returns early when the work is to be stopped. Must be set.
  std::function<void(std::chrono::milliseconds)> wait;
  std::function<bool()> stop;  // ends the work before the next page; may be empty
  // On the caller's thread; may be empty.
  std::function<void(const left_behind &)> on_left_behind;
  std::function<void(const backfilled &)> on_page;
};

// The order in which a kind's records are walked through: of its indexes one that begins with csid and ends with the
// key, behind a time, so that each customer's copies are asked for in the order in which the records were made; else
// one that ends so; else the key.
std::vector<std::size_t> order_of_creation(const record_kind &kind);

// Waits for the stores; holds a page. What is asked for is a page in one unit of work, and what has an outbox row or a
// copy is passed over: so it may be killed anywhere and begun again, and nothing is asked for twice. (Two at the same
// time may ask twice; each record is copied once even then.) The fault is a store's.
result<backfilled> backfill(const copy_route &route, record_store &source, record_store &target,
                            const std::vector<kind_ptr> &target_kinds, const clock &time,
                            const backfill_options &options);

}  // namespace causeway
