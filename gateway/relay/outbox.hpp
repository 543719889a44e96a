// The outbox: a row for every copy that was ever asked for, in the source's own store, written with the record itself.
// Each row carries its own state; nothing is ever remembered as "everything up to here".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/record_store.hpp"

namespace causeway {

// Customers are divided among this many partitions, the unit in which gateways share the work.
constexpr unsigned partitions = 16;
// Which of them a customer belongs to; the same on every machine and for ever.
unsigned partition_of(std::string_view csid);

enum class copy_state {
  pending,    // to be copied, perhaps after a while, perhaps parked behind a dead one
  copied,     // stands in the target
  dead,       // cannot succeed by being tried again; waits for an operator
  discarded,  // an operator has given it up
};
std::string_view to_string(copy_state state);  // "PENDING", "COPIED", "DEAD", "DISCARDED"

// causeway.outbox of a store, in causeway_outbox: id (serial), route, partition, csid, sourceKey, state, attempts,
// nextAttemptAt?, reason?, targetId?, createdAt, firstFailedAt?, lastFailedAt?, copiedAt?, discardReason?,
// discardedBy?; version; indexes on route, state, id and on sourceKey, id.
kind_ptr outbox_kind(const std::string &store);

// "STORE.copy": what a plugin may read of a record's copy. Key sourceId (the record's key); route, state (PENDING,
// COPIED or DEAD), targetId?, copiedAt?. Has no table: outbox_store answers for it from the outbox, `get` by key and
// `find` by sourceId; not_found for a record that is not copied.
kind_ptr copy_kind(const std::string &store);

// A row of the outbox.
struct copy_row {
  std::int64_t id = 0;
  std::string route;
  unsigned partition = 0;
  std::string csid;
  std::string source_key;
  copy_state state = copy_state::pending;
  std::int64_t attempts = 0;
  std::optional<time_point> next_attempt;
  std::string reason;  // of the last fault: codes and field names, nothing of the record
  std::string target_id;
  time_point created{};
  std::optional<time_point> first_failed;
  std::optional<time_point> last_failed;
  std::optional<time_point> copied;
  std::int64_t version = 0;
};

// `row` must be of outbox_kind.
copy_row read_copy(const record &row);
// The same row as the kind that plugins see.
record seen_by_plugins(const copy_row &row, const kind_ptr &copy);

// Finds copies of one route in one state, in the order they were asked for, behind the id `after`.
find_request copies_in_state(const kind_ptr &outbox, const std::string &route, copy_state state, std::int64_t after,
                             std::size_t limit);

// What to change in the outbox; all but the first are guarded by the row's version.
change ask_for_copy(const kind_ptr &outbox, const std::string &route, const std::string &csid,
                    const std::string &source_key, time_point now);
change settle_copied(const kind_ptr &outbox, const copy_row &row, const std::string &target_id, time_point now);
change settle_waiting(const kind_ptr &outbox, const copy_row &row, const std::string &reason, time_point next,
                      time_point now);
change settle_dead(const kind_ptr &outbox, const copy_row &row, const std::string &reason, time_point now);
change replay_dead(const kind_ptr &outbox, const copy_row &row);
change discard_dead(const kind_ptr &outbox, const copy_row &row, const std::string &reason, const std::string &by);

// A key as text: its values' texts, joined by "/" where there are several.
std::string key_text(const std::vector<value> &key);

}  // namespace causeway
