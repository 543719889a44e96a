// The outbox: a row for every copy that was asked for, in the source's own store, written with the record itself. Each
// row carries its own state; nothing is ever remembered as "everything up to here". A copy that stands in the target
// leaves the outbox, in one unit of work with its row among those that were copied: so the outbox stays as small as
// what is to be done, and to settle costs no index of it anything.
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

// Why a copy was asked for.
enum class copy_origin {
  post,      // its record was created through the gateway
  backfill,  // its record stood before the route did
  repair,    // reconcile found that the stores differ
};
std::string_view to_string(copy_origin origin);  // "POST", "BACKFILL", "REPAIR"

// What is to be done in the target.
enum class copy_action {
  copy,     // insert the copy, unless it stands
  replace,  // bring the copy that stands to what the mapping says, if it is still what was seen
  remove,   // erase the copy of a record that is not in the source, if it is still what was seen
};
std::string_view to_string(copy_action action);  // "COPY", "REPLACE", "REMOVE"

// causeway.outbox of a store, in causeway_outbox: id (serial), route, partition, csid, sourceKey, origin, action,
// requestedBy?, seen?, fields?, mapping?, state, attempts, nextAttemptAt?, reason?, targetId?, createdAt,
// firstFailedAt?, lastFailedAt?, copiedAt?, discardReason?, discardedBy?, triedBy?, triedWith?, lastEntry; version;
// indexes on route, state, id and on sourceKey, id.
kind_ptr outbox_kind(const std::string &store);

// causeway.copied of a store, in causeway_copied: a row for every copy that was made. id (of the outbox row), route,
// partition, csid, sourceKey, origin, action, requestedBy?, seen?, fields?, mapping?, attempts, targetId?, createdAt,
// firstFailedAt?, lastFailedAt?, copiedAt, triedBy?, triedWith?, lastEntry; key sourceKey, id;
// index on route, id.
kind_ptr copied_kind(const std::string &store);

// "STORE.copy": what a plugin may read of a record's copy. Key sourceId (the record's key); route, state (PENDING,
// COPIED or DEAD), targetId?, copiedAt?. Has no table: outbox_store answers for it from the two above, `get` by key and
// `find` by sourceId; not_found for a record that is not copied.
kind_ptr copy_kind(const std::string &store);

// A row of the outbox, or of what was copied.
struct copy_row {
  std::int64_t id = 0;
  std::string route;
  unsigned partition = 0;
  std::string csid;
  std::string source_key;
  copy_origin origin = copy_origin::post;
  copy_action action = copy_action::copy;
  std::string requested_by;          // of backfills and repairs: whoever asked
  std::optional<std::int64_t> seen;  // of replace and remove: seen_as of the copy
  std::string fields;                // of replace: the names of the target's fields that differed
  std::string mapping;               // the version of the mapping that let the record in
  copy_state state = copy_state::pending;
  std::int64_t attempts = 0;
  std::optional<time_point> next_attempt;
  std::string reason;  // of the last fault: codes and field names, nothing of the record
  std::string target_id;
  time_point created{};
  std::optional<time_point> first_failed;
  std::optional<time_point> last_failed;
  std::optional<time_point> copied;
  std::string tried_by;         // the gateway of the last attempt
  std::string tried_with;       // the version of the mapping that it used
  std::int64_t last_entry = 0;  // the number of its newest row in causeway_attempt; 0: it has none
  std::int64_t version = 0;
};

// `row` must be of outbox_kind or of copied_kind.
copy_row read_copy(const record &row);
// The same row as the kind that plugins see.
record seen_by_plugins(const copy_row &row, const kind_ptr &copy);

// Finds copies of one route in one state, in the order they were asked for, behind the id `after`.
find_request copies_in_state(const kind_ptr &outbox, const std::string &route, copy_state state, std::int64_t after,
                             std::size_t limit);

// How a copy is asked for, beyond which. The members are those of copy_row; a name or a list that is longer than the
// row's field is cut.
struct copy_order {
  copy_origin origin = copy_origin::post;
  copy_action action = copy_action::copy;
  std::string requested_by;
  std::optional<std::int64_t> seen;
  std::string fields;
  std::string mapping = {};
};

// Tells whether a copy is still what it was when it was looked at: its version, or of a kind without one a hash of its
// content.
std::int64_t seen_as(const record &copy);

// What to change; of the outbox all but the first are guarded by the row's version.
change ask_for_copy(const kind_ptr &outbox, const std::string &route, const std::string &csid,
                    const std::string &source_key, time_point now, const copy_order &order = {});
// What was copied: the row that tells of it, and away with the outbox's. In one unit of work, both or none.
change settle_copied(const kind_ptr &copied, const copy_row &row, const std::string &target_id, time_point now);
change leave_outbox(const kind_ptr &outbox, const copy_row &row);
change settle_waiting(const kind_ptr &outbox, const copy_row &row, const std::string &reason, time_point next,
                      time_point now);
// A repair that is not wanted any more: DISCARDED, by "causeway".
change settle_moot(const kind_ptr &outbox, const copy_row &row, const std::string &reason, time_point now);
change settle_dead(const kind_ptr &outbox, const copy_row &row, const std::string &reason, time_point now);
change replay_dead(const kind_ptr &outbox, const copy_row &row);
change discard_dead(const kind_ptr &outbox, const copy_row &row, const std::string &reason, const std::string &by);

// How a text that may be empty is written: as null then.
value text_or_null(const std::string &text);

std::vector<value> key_of(const record &of);

// What the outbox can keep of a record's key as text, in characters.
constexpr std::size_t longest_key = 200;

// A key as text: its value's, or where there are several their texts joined by "/", and in these "~" as "~0" and "/" as
// "~1": no two keys of a kind have the same text.
std::string key_text(const std::vector<value> &key);

}  // namespace causeway
