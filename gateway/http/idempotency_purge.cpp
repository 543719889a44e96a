// What is cleared away behind the calls: rows that have expired, and reservations that calls of this gateway left
// behind, their commit's outcome unknown or the store away. The others must take such a row for a call under way as
// long as this gateway lives, so it is this one's business to give the key free.
#include "http/idempotency_rows.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace {

constexpr std::size_t bite = 100;         // rows that are erased in one unit of work
constexpr std::size_t most_bites = 1000;  // of one purge
constexpr std::size_t most_left_behind = 10'000;
// How long after a call's end a write of it may still arrive that was given up for lost.
constexpr std::chrono::seconds last_arrival{30};

}  // namespace

void idempotency::leave_behind(const keyed_call &call) {
  const auto until = clock_.steady() + last_arrival;
  const std::lock_guard lock(mutex_);
  // The first ones are those whose store went away in the middle; behind it, little that is asked for happens.
  if (left_behind_.size() < most_left_behind) left_behind_[{call.home_store, call.caller, call.key}] = until;
}

void idempotency::sweep() {
  {
    const std::lock_guard lock(mutex_);
    if (sweeping_ || left_behind_.empty()) return;
    sweeping_ = true;
  }
  start(sweep_all(), [self = shared_from_this()](std::exception_ptr) {
    const std::lock_guard lock(self->mutex_);
    self->sweeping_ = false;
  });
}

task<void> idempotency::sweep_all() {
  std::map<left_key, time_point> left;
  {
    const std::lock_guard lock(mutex_);
    left = left_behind_;
  }
  std::string away;  // the store that failed: the next sweep asks it again
  for (const auto &[which, until] : left) {
    const auto &[store, caller, key] = which;
    if (store == away) continue;
    {
      // Claimed as by a call, so that none begins with the row while it is judged.
      const std::lock_guard lock(mutex_);
      if (!running_.insert({caller, key}).second) continue;
    }
    const auto call = std::make_shared<keyed_call>();
    call->caller = caller;
    call->key = key;
    call->home_store = store;
    call->problem_body = [](const answer &a) { return a.body; };
    left_state state = left_state::unknown;
    try {
      state = co_await give_free(call);
    } catch (const std::exception &e) {
      log(log_level::error, "an Idempotency-Key could not be given free", {{"store", store}, {"reason", e.what()}});
    }
    if (state == left_state::unknown) away = store;
    const std::lock_guard lock(mutex_);
    running_.erase({caller, key});
    if (state == left_state::free || (state == left_state::absent && clock_.steady() >= until))
      left_behind_.erase(which);
  }
}

task<idempotency::left_state> idempotency::give_free(call_ptr call) {
  auto home = co_await look(call, call->home_store, after_work_deadline());
  if (home.failed) co_return left_state::unknown;
  if (!home.found) co_return left_state::absent;
  const row &standing = *home.found;
  if (standing.done || standing.holder != options_.holder) co_return left_state::free;
  call->body_hash = text_of(standing.what["bodyHash"]);
  auto elsewhere = co_await look_elsewhere(call, after_work_deadline());
  if (elsewhere.failed) co_return left_state::unknown;
  unit_of_work unit;
  if (elsewhere.found && elsewhere.found->answers_it()) {
    unit.changes.push_back(kept_answer(*call, call->home_store, elsewhere.found->kept(), standing.what.version));
  } else {
    add_erasure(unit, standing.what, standing.what.version);
  }
  auto committed = co_await commit(call, call->home_store, std::move(unit), after_work_deadline());
  if (committed) co_return left_state::free;
  co_return committed.why().what == outcome::stale ? left_state::absent : left_state::unknown;
}

void idempotency::purge() {
  {
    const std::lock_guard lock(mutex_);
    if (purging_) return;
    purging_ = true;
  }
  start(purge_all(), [self = shared_from_this()](std::exception_ptr) {
    const std::lock_guard lock(self->mutex_);
    self->purging_ = false;
  });
}

task<void> idempotency::purge_all() {
  for (const auto &[name, store] : options_.stores) {
    for (std::size_t i = 0; i < most_bites; ++i) {
      const auto erased = co_await purge_bite(name);
      if (erased < bite) break;
    }
  }
}

// How many rows it erased; fewer than a bite when there are no more, or when they could not be erased now.
task<std::size_t> idempotency::purge_bite(std::string store) {
  record_store *at = options_.stores.at(store);
  find_request oldest;
  oldest.kind = kinds_.at(store);
  for (const char *field : {"expiresAt", "caller", "key"}) oldest.order.push_back(*oldest.kind->find_field(field));
  oldest.limit = bite;
  auto begin = [at, oldest = std::move(oldest), deadline = after_work_deadline()](auto complete) mutable {
    at->find(std::move(oldest), deadline, complete);
  };
  auto rows = co_await await_callback<result<std::vector<record>>>(std::move(begin));
  if (!rows) co_return std::size_t(0);
  const auto now = to_rfc3339(clock_.now());
  unit_of_work unit;
  std::size_t count = 0;
  for (const auto &one : *rows) {
    if (text_of(one["expiresAt"]) > now) break;
    add_erasure(unit, one, one.version);
    ++count;
  }
  if (count == 0) co_return std::size_t(0);
  auto erased = co_await commit(nullptr, store, std::move(unit), after_work_deadline());
  co_return erased ? count : std::size_t(0);
}

}  // namespace causeway
