// Idempotency-Key: the same key, caller and request give the first answer again, across all gateways on the same
// stores, also when a gateway dies in between.
//
// A key is reserved by a row in the operation's home store before the handler runs. The row turns DONE, with the
// answer, in the same transaction as the handler's effect; when the effect is in another store, a DONE row stands
// there in the effect's transaction, and the home row follows. Whoever finds a reservation whose gateway is dead looks
// for a DONE row in every store, then takes it over, guarded by its version: only one can.
//
// Two requests with one key may be at home in two stores. Whoever has made its reservation then looks for a row in the
// others, and gives way to any: of two at once at most one takes effect, and each may be told that the key is
// another's. A store that does not answer is passed over, or everybody would need every store: then both may take
// effect, each with its own answer kept, unless the effect of one is in the other's home store. What one request does
// when it is repeated hangs on its own rows alone.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "causeway/task.hpp"
#include "runtime/clock.hpp"
#include "runtime/executor.hpp"
#include "runtime/operation.hpp"
#include "store/record_store.hpp"

namespace causeway {

// The kind `causeway.idempotency`, table causeway_idempotency, of this store.
kind_ptr idempotency_kind(const std::string &store);

struct idempotency_options {
  std::map<std::string, record_store *> stores;  // by name; outlive every call
  std::string holder;                            // this process among all gateways, a new one at each start
  // Whether the gateway of this id may still be running; any thread, quick. None: this gateway is the only one, whoever
  // else holds a key is gone.
  std::function<bool(std::string_view)> alive;
  std::chrono::milliseconds retention{86'400'000};  // how long an answer is kept
};

// One for the process: it holds the keys that are under way here, so it outlives a reload of the operations. Any
// thread.
class idempotency : public std::enable_shared_from_this<idempotency> {
 public:
  // `clock` outlives every call.
  idempotency(idempotency_options options, const clock &clock);

  struct keyed_call {
    std::string caller;
    std::string key;
    std::string body_hash;  // of method, path and body
    std::string home_store;
    time_point deadline;
    std::shared_ptr<executor> runs_on;
    // Runs the handler. The second argument may be called from any thread, once.
    std::function<void(std::shared_ptr<answer_keeper>, std::function<void(answer)>)> handler;
    // Makes the body of an answer of 400 or above, before it is kept.
    std::function<std::string(const answer &)> problem_body;
  };
  struct served {
    answer given;
    bool replayed = false;
  };
  // Begins and ends on the call's executor; ends when the handler has answered, however late. The object must be held
  // by a shared pointer.
  task<served> serve(keyed_call call);

  // Answers are kept for so long from now on; what is kept already stays as long as it was to.
  void keep_for(std::chrono::milliseconds retention) { retention_ = retention; }

  bool knows_store(const std::string &name) const { return options_.stores.count(name) > 0; }

  // Sets going the erasure of rows that have expired, in every store, a hundred at a time; does nothing while an
  // earlier one is at work.
  void purge();
  // Sets going what gives the keys free that calls of this gateway had to leave reserved; costs nothing where there are
  // none, and does nothing while an earlier one is at work. For every two seconds.
  void sweep();

 private:
  class keeper;
  struct row;
  struct seen;
  using call_ptr = std::shared_ptr<keyed_call>;
  using keeper_ptr = std::shared_ptr<keeper>;
  using left_key = std::tuple<std::string, std::string, std::string>;  // home store, caller, key
  enum class left_state { free, absent, unknown };

  task<served> reserve_and_run(call_ptr call);
  task<served> run(call_ptr call, std::int64_t version);
  task<served> after_lost_commit(call_ptr call, keeper_ptr kept, answer given);
  task<served> settle(call_ptr call, std::int64_t version, answer given);
  task<void> settle_home(call_ptr call, std::int64_t version, answer given);
  task<served> give_way(call_ptr call, std::int64_t version, row to);
  task<seen> look(call_ptr call, std::string store, time_point deadline);
  task<seen> look_elsewhere(call_ptr call, time_point deadline);
  task<result<commit_outcome>> commit(call_ptr call, std::string store, unit_of_work unit, time_point deadline);
  // Of a reservation that is to go or to turn DONE; where it perhaps stands still, that is remembered.
  task<result<commit_outcome>> write_home(call_ptr call, unit_of_work unit);
  // Remembers that the call may have left its reservation standing.
  void leave_behind(const keyed_call &call);
  task<void> sweep_all();
  // Nothing of this gateway's stands there; no row, which may still arrive; or a store could not be asked.
  task<left_state> give_free(call_ptr call);
  task<void> purge_all();
  task<std::size_t> purge_bite(std::string store);

  time_point after_work_deadline() const;
  record row_for(const keyed_call &call, const std::string &store) const;
  change reservation(const keyed_call &call, change_type type, std::int64_t version) const;
  change kept_answer(const keyed_call &call, const std::string &store, const answer &a, std::int64_t version) const;

  const idempotency_options options_;
  const clock &clock_;
  std::atomic<std::chrono::milliseconds> retention_;
  std::map<std::string, kind_ptr> kinds_;
  std::mutex mutex_;
  std::set<std::pair<std::string, std::string>> running_;  // caller, key
  std::map<left_key, time_point> left_behind_;             // until when a row may still arrive
  bool purging_ = false;
  bool sweeping_ = false;
};

}  // namespace causeway
