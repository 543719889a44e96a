// The record store port: what the gateway asks of Pluto, of Cuba, and of memory in tests. Four verbs, no transaction
// that waits for a caller, so that a store may run what waits together as one batch.
//
// Implementations: adapters/sql (SQLite, PostgreSQL), gateway/store/memory_store; one conformance suite runs over all.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "causeway/result.hpp"
#include "causeway/value.hpp"
#include "store/record_kind.hpp"

namespace causeway {

// The wall clock's and the deadline's unit throughout: milliseconds since 1970, UTC; a deadline's clock does not jump.
using time_point = std::chrono::sys_time<std::chrono::milliseconds>;

// Values in the order of the kind's fields; as read, none is absent.
struct record {
  kind_ptr kind;
  std::vector<value> values;
  std::int64_t version = 0;  // 0 where the kind has no version

  record() = default;
  explicit record(kind_ptr of) : kind(std::move(of)), values(kind->fields.size()) {}
  // The named field; throws std::out_of_range for a name the kind does not have.
  value &operator[](std::string_view field);
  const value &operator[](std::string_view field) const;
};

struct get_request {
  kind_ptr kind;
  std::vector<value> key;  // in the order of kind->key
};

struct condition {
  std::size_t field;
  value equals;  // null: the field is null
};

struct find_request {
  kind_ptr kind;
  std::vector<condition> conditions;   // all must hold
  std::vector<std::size_t> order;      // fields; the last must make the order total; never null in the rows found
  bool descending = false;             // the whole order
  std::vector<value> after;            // begin behind these values of `order`, a row's or not; empty: from the start
  std::size_t limit = 50;              // rows, 1 to 10,000
  std::vector<std::size_t> only = {};  // the fields that are wanted, others come absent or not; empty: all
  std::vector<value> up_to = {};       // go no further than these values of `order`, a row's or not; empty: to the end
};

enum class change_type {
  insert,         // conflict if the key or a unique field stands already
  insert_absent,  // the same, but does nothing when it stands already (by key or by any unique field)
  update,         // of the record with this key; absent fields stay; stale unless it stands at `version`.
                  // A kind without a version is updated as it stands, stale only where the key is not found
  put,            // insert, or update of what stands, whatever its version; by key
  require,        // writes nothing; stale unless the record stands at `version` until the commit; kinds with a version
  erase,          // of the record with this key, if it stands; any version
  erase_at,       // the same, but stale unless it stands at `version`; kinds with a version
};

struct change {
  change_type type = change_type::insert;
  record what;               // with its key, but for fields that are generated; absent fields of an insert are null
  std::int64_t version = 0;  // expected
  // Of an insert whose key the store makes: whether the outcome is to say it. Where nobody asks, it may stay null, and
  // many such inserts cost the database less.
  bool tells_key = true;
};

// Changes that happen whole or not at all, in their order.
struct unit_of_work {
  std::vector<change> changes;
};

// What became of one change of a committed unit.
struct change_outcome {
  bool applied = true;       // false: insert_absent found it standing
  std::int64_t version = 0;  // the record's version now, where the kind has one (insert gives 1)
  std::vector<value> key;    // with what was generated
};
using commit_outcome = std::vector<change_outcome>;

enum class store_state { serving, away };

// Thread: any verb from any thread. A completion is called exactly once, on a thread of the store's own (or, for what
// is refused at once, before the verb returns); it must be quick and must not throw. `deadline` bounds the wait in the
// queue and the statement: `outcome::deadline` from a commit says that it may or may not have happened, and so does
// `unavailable` from a commit that had begun.
//
// Faults: not_found (get), conflict, stale, invalid (a value that the column cannot hold: `inputs` names the field),
// unavailable, overloaded (the queue is full), deadline, internal (a defect; logged with its details).
class record_store {
 public:
  template <class T>
  using completion = std::function<void(result<T>)>;

  virtual ~record_store() = default;

  // One record by its key.
  virtual void get(get_request request, time_point deadline, completion<record> done) = 0;
  // Records in order.
  virtual void find(find_request request, time_point deadline, completion<std::vector<record>> done) = 0;
  // How many records meet the conditions; order, after, up_to and limit do not matter.
  virtual void count(find_request request, time_point deadline, completion<std::int64_t> done) = 0;
  // A unit of work.
  virtual void commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) = 0;

  // As last seen; costs nothing.
  virtual store_state state() const = 0;
};

// The same verbs for a thread of one's own that has nothing else to do: they wait. Never on a store's own thread.
result<record> get_now(record_store &store, get_request request, time_point deadline);
result<std::vector<record>> find_now(record_store &store, find_request request, time_point deadline);
result<std::int64_t> count_now(record_store &store, find_request request, time_point deadline);
result<commit_outcome> commit_now(record_store &store, unit_of_work unit, time_point deadline);

}  // namespace causeway
