// The order of things, for one keyed call: claim the key in this process; insert the reservation, or judge the row that
// stands; look into the other stores; run the handler with a keeper; settle what the handler left open; give the key
// free. Every write to a row is guarded by the version that was seen, so a gateway that was taken for dead and comes
// back writes nothing. What was perhaps left reserved is remembered for the sweep, in idempotency_purge.cpp.
#include "http/idempotency.hpp"

#include <algorithm>
#include <optional>

#include "http/idempotency_rows.hpp"
#include "http/problem.hpp"
#include "runtime/log.hpp"
#include "store/fault_point.hpp"
#include "store/kind_builder.hpp"

namespace causeway {

namespace {

constexpr std::chrono::seconds after_work{5};  // for what is written behind an answer
// What the other stores may hold is asked before the handler runs: one that hangs is not to hold up what does not need
// it.
constexpr std::chrono::seconds before_work{1};

answer key_in_use() {
  answer a = http::problem(409, "idempotency-key-in-use",
                           "The first request with this Idempotency-Key may still be running; ask again.");
  a.retry_after = 1;
  return a;
}

answer key_reused() {
  return http::problem(422, "idempotency-key-reused",
                       "This Idempotency-Key was used with another request; use a new key for a new request.");
}

// What this request is told of a row elsewhere that does not answer it.
template <class Row>
answer refusal_by(const Row &standing) {
  return standing.same_request ? key_in_use() : key_reused();
}

// Goes on where the call runs; a null executor means: wherever one is.
auto on(std::shared_ptr<executor> where) {
  auto begin = [where = std::move(where)](auto complete) {
    if (!where)
      complete(true);
    else
      where->post([complete] { complete(true); });
  };
  return await_callback<bool>(std::move(begin));
}

// Whether a commit that failed so may have happened.
bool may_have_happened(const fault &why) {
  return why.what == outcome::unavailable || why.what == outcome::deadline || why.what == outcome::internal;
}

unit_of_work one_change(change c) {
  unit_of_work unit;
  unit.changes.push_back(std::move(c));
  return unit;
}

// Whether another request with the same key is better sent later than answered from what is kept.
bool is_passing(const answer &a) { return a.status >= 500 || a.status == 429; }

}  // namespace

kind_ptr idempotency_kind(const std::string &store) {
  return kind_builder(store, "idempotency")
      .needs("caller", field_type::text, 200)
      .needs("key", field_type::text, 255)
      .needs("bodyHash", field_type::text, 64)
      .needs("state", field_type::text, 10)
      .needs("holder", field_type::text, 64)
      .maybe("status", field_type::integer)
      .maybe("answerBody", field_type::text)
      .maybe("contentType", field_type::text, 100)
      .maybe("etag", field_type::text, 200)
      .maybe("location", field_type::text, 1000)
      .needs("createdAt", field_type::timestamp)
      .needs("expiresAt", field_type::timestamp)
      .key({"caller", "key"})
      .versioned()
      .indexed({"expiresAt", "caller", "key"})
      .build();
}

class idempotency::keeper final : public answer_keeper {
 public:
  keeper(std::shared_ptr<const idempotency> owner, call_ptr call, std::int64_t version)
      : owner_(std::move(owner)), call_(std::move(call)), version_(version) {}

  void keep(const std::string &store, const answer &kept, unit_of_work &unit) override {
    const std::lock_guard lock(mutex_);
    store_ = store;
    if (!owner_->knows_store(store)) {
      log(log_level::warning, "an answer is not kept: its effect is in a store without a table for it",
          {{"store", store}});
      return;
    }
    tried_ = true;
    unit.changes.push_back(owner_->kept_answer(*call_, store, kept, version_));
  }

  void kept() override {
    const std::lock_guard lock(mutex_);
    committed_ = tried_;
    if (tried_ && store_ == call_->home_store) ++version_;
  }

  struct state {
    bool tried = false;
    bool committed = false;
    bool at_home = false;
    std::int64_t version = 0;  // of the home row
  };
  state now() const {
    const std::lock_guard lock(mutex_);
    return {tried_, committed_, store_ == call_->home_store, version_};
  }

 private:
  const std::shared_ptr<const idempotency> owner_;
  const call_ptr call_;
  mutable std::mutex mutex_;
  std::string store_;
  std::int64_t version_;
  bool tried_ = false;
  bool committed_ = false;
};

idempotency::idempotency(idempotency_options options, const clock &clock)
    : options_(std::move(options)), clock_(clock), retention_(options_.retention) {
  for (const auto &[name, store] : options_.stores) kinds_[name] = idempotency_kind(name);
}

time_point idempotency::after_work_deadline() const { return clock_.steady() + after_work; }

record idempotency::row_for(const keyed_call &call, const std::string &store) const {
  record r(kinds_.at(store));
  r["caller"] = call.caller;
  r["key"] = call.key;
  return r;
}

change idempotency::reservation(const keyed_call &call, change_type type, std::int64_t version) const {
  change c;
  c.type = type;
  c.version = version;
  c.what = row_for(call, call.home_store);
  const auto now = clock_.now();
  c.what["bodyHash"] = call.body_hash;
  c.what["state"] = std::string(key_running);
  c.what["holder"] = options_.holder;
  for (const char *field : {"status", "answerBody", "contentType", "etag", "location"}) c.what[field] = null();
  c.what["createdAt"] = to_rfc3339(now);
  c.what["expiresAt"] = to_rfc3339(now + retention_.load());
  return c;
}

change idempotency::kept_answer(const keyed_call &call, const std::string &store, const answer &a,
                                std::int64_t version) const {
  const auto or_null = [](const std::string &text) { return text.empty() ? value(null()) : value(text); };
  change c = reservation(call, change_type::update, version);
  if (store != call.home_store) {
    c.type = change_type::insert;
    c.what.kind = kinds_.at(store);
  }
  c.what["state"] = std::string(key_done);
  c.what["status"] = std::int64_t(a.status);
  c.what["answerBody"] = or_null(a.status >= 400 && a.body.empty() ? call.problem_body(a) : a.body);
  c.what["contentType"] = or_null(a.content_type);
  c.what["etag"] = or_null(a.etag);
  c.what["location"] = or_null(a.location);
  return c;
}

task<result<commit_outcome>> idempotency::commit(call_ptr call, std::string store, unit_of_work unit,
                                                 time_point deadline) {
  record_store *at = options_.stores.at(store);
  auto begin = [at, unit = std::move(unit), deadline](auto complete) mutable {
    at->commit(std::move(unit), deadline, complete);
  };
  auto committed = co_await await_callback<result<commit_outcome>>(std::move(begin));
  co_await on(call ? call->runs_on : nullptr);
  co_return committed;
}

task<idempotency::seen> idempotency::look(call_ptr call, std::string store, time_point deadline) {
  record_store *at = options_.stores.at(store);
  get_request request{kinds_.at(store), {call->caller, call->key}};
  auto begin = [at, request = std::move(request), deadline](auto complete) mutable {
    at->get(std::move(request), deadline, complete);
  };
  auto got = co_await await_callback<result<record>>(std::move(begin));
  co_await on(call->runs_on);
  seen s;
  if (got) {
    row r;
    r.what = std::move(*got);
    r.done = text_of(r.what["state"]) == key_done;
    r.expired = text_of(r.what["expiresAt"]) <= to_rfc3339(clock_.now());
    r.same_request = text_of(r.what["bodyHash"]) == call->body_hash;
    r.holder = text_of(r.what["holder"]);
    s.found = std::move(r);
  } else if (got.why().what != outcome::not_found) {
    s.failed = got.why();
  }
  co_return s;
}

// The row in any store but the home store, this request's before another's. One that has expired is cleared away: the
// next effect's row is to stand there.
task<idempotency::seen> idempotency::look_elsewhere(call_ptr call, time_point deadline) {
  seen all;
  for (const auto &[name, store] : options_.stores) {
    if (name == call->home_store) continue;
    auto one = co_await look(call, name, deadline);
    if (one.found && one.found->expired) {
      unit_of_work unit;
      add_erasure(unit, one.found->what, one.found->what.version);
      const auto erased = co_await commit(call, name, std::move(unit), deadline);
      all.erased = true;
      one.found.reset();
      if (!erased && erased.why().what != outcome::stale) one.failed = erased.why();
      // Whoever was quicker may have taken the row over.
      if (!erased && !one.failed) one = co_await look(call, name, deadline);
    }
    if (one.failed) all.failed = one.failed;
    if (one.found) all.found = std::move(one.found);
    if (all.found && all.found->same_request) co_return all;
  }
  co_return all;
}

task<idempotency::served> idempotency::serve(keyed_call given) {
  const auto self = shared_from_this();
  const auto call = std::make_shared<keyed_call>(std::move(given));
  const auto id = std::pair(call->caller, call->key);
  bool claimed = false;
  {
    const std::lock_guard lock(mutex_);
    claimed = running_.insert(id).second;
  }
  if (!claimed) co_return served{key_in_use(), false};
  served out;
  std::exception_ptr thrown;
  try {
    out = co_await reserve_and_run(call);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown) leave_behind(*call);
  {
    const std::lock_guard lock(mutex_);
    running_.erase(id);
  }
  if (thrown) std::rethrow_exception(thrown);
  co_return out;
}

task<idempotency::served> idempotency::reserve_and_run(call_ptr call) {
  // A row may turn between one look and the next; three turns are no longer chance.
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto unit = one_change(reservation(*call, change_type::insert, 0));
    auto inserted = co_await commit(call, call->home_store, std::move(unit), call->deadline);
    if (inserted) {
      CAUSEWAY_FAULT_POINT("idempotency.reserved");
      // Behind the reservation, not before it: of two requests that are at home in two stores one at least sees the
      // other. A store that does not answer is passed over: all that it could hide is another request with the key.
      auto elsewhere = co_await look_elsewhere(call, std::min(call->deadline, clock_.steady() + before_work));
      if (elsewhere.found) {
        auto out = co_await give_way(call, 1, *std::move(elsewhere.found));
        co_return out;
      }
      auto out = co_await run(call, 1);
      co_return out;
    }
    if (inserted.why().what != outcome::conflict) {
      if (may_have_happened(inserted.why())) leave_behind(*call);
      co_return served{http::to_answer(inserted.why()), false};
    }

    auto home = co_await look(call, call->home_store, after_work_deadline());
    if (home.failed) co_return served{http::to_answer(*home.failed), false};
    if (!home.found) continue;
    const row &standing = *home.found;
    if (!standing.expired && !standing.same_request) co_return served{key_reused(), false};
    if (!standing.expired && standing.done) co_return served{standing.kept(), true};

    auto elsewhere = co_await look_elsewhere(call, after_work_deadline());
    if (elsewhere.found && elsewhere.found->answers_it()) {
      const answer kept = elsewhere.found->kept();
      start(settle_home(call, standing.what.version, kept), [](std::exception_ptr) {});
      co_return served{kept, true};
    }
    if (elsewhere.failed) co_return served{http::to_answer(*elsewhere.failed), false};
    // A reservation of this gateway that is not under way here was left by a release that failed.
    const bool held = standing.holder != options_.holder && options_.alive && options_.alive(standing.holder);
    if (!standing.expired && held) co_return served{key_in_use(), false};
    if (elsewhere.found) co_return served{refusal_by(*elsewhere.found), false};

    auto takeover = one_change(reservation(*call, change_type::update, standing.what.version));
    auto taken = co_await commit(call, call->home_store, std::move(takeover), call->deadline);
    if (taken) {
      CAUSEWAY_FAULT_POINT("idempotency.taken-over");
      auto out = co_await run(call, standing.what.version + 1);
      co_return out;
    }
    if (taken.why().what != outcome::stale) {
      if (may_have_happened(taken.why())) leave_behind(*call);
      co_return served{http::to_answer(taken.why()), false};
    }
  }
  co_return served{key_in_use(), false};
}

task<idempotency::served> idempotency::run(call_ptr call, std::int64_t version) {
  auto kept = std::make_shared<keeper>(shared_from_this(), call, version);
  answer given;
  if (clock_.steady() >= call->deadline) {
    given = http::problem(504, "deadline", "The deadline passed before the request was begun; it had no effect.");
  } else {
    // Taken out of the call: the handler holds the request, the request the keeper, and the keeper the call.
    auto begin = [handler = std::move(call->handler), kept](auto complete) { handler(kept, complete); };
    given = co_await await_callback<answer>(std::move(begin));
    co_await on(call->runs_on);
  }
  const auto state = kept->now();
  CAUSEWAY_FAULT_POINT("idempotency.handled");
  if (state.committed) {
    // The answer is safe in the effect's store; the home row may follow while the caller reads it.
    if (!state.at_home) start(settle_home(call, state.version, given), [](std::exception_ptr) {});
    co_return served{given, false};
  }
  if (state.tried && given.status >= 400) {
    auto out = co_await after_lost_commit(call, kept, given);
    co_return out;
  }
  auto out = co_await settle(call, state.version, given);
  co_return out;
}

// The handler's unit of work was not seen to be committed: a twin may have been first, or the commit happened and its
// outcome was lost.
task<idempotency::served> idempotency::after_lost_commit(call_ptr call, keeper_ptr kept, answer given) {
  const auto version = kept->now().version;
  auto home = co_await look(call, call->home_store, after_work_deadline());
  if (home.found && home.found->done && home.found->same_request) co_return served{home.found->kept(), true};
  auto elsewhere = co_await look_elsewhere(call, after_work_deadline());
  if (elsewhere.found && elsewhere.found->answers_it()) {
    auto out = co_await give_way(call, version, *std::move(elsewhere.found));
    co_return out;
  }
  if (home.found && home.found->what.version != version) co_return served{key_in_use(), false};
  if (home.failed || elsewhere.failed) {
    // Whether there was an effect is not known, so no answer may be kept, nor the key given free before it is.
    leave_behind(*call);
    co_return served{http::problem(503, "unavailable",
                                   "Whether the request took effect is not known yet; ask again with the same "
                                   "Idempotency-Key."),
                     false};
  }
  // The commit of a passing failure may still arrive, once the other's row is gone: nobody is told that it never will.
  if (elsewhere.found && !is_passing(given)) {
    auto out = co_await give_way(call, version, *std::move(elsewhere.found));
    co_return out;
  }
  if (elsewhere.erased)
    given = http::problem(503, "unavailable", "An expired Idempotency-Key stood in the way; ask again.");
  else if (given.detail.starts_with(kinds_.at(call->home_store)->name))
    given = http::problem(503, "unavailable", "Another request with this Idempotency-Key stood in the way; ask again.");
  auto out = co_await settle(call, version, given);
  co_return out;
}

// What stands elsewhere with the key decides: its answer, or that this request cannot have it. Only for a call that has
// had no effect of its own.
task<idempotency::served> idempotency::give_way(call_ptr call, std::int64_t version, row to) {
  if (to.answers_it()) {
    const answer first = to.kept();
    start(settle_home(call, version, first), [](std::exception_ptr) {});
    co_return served{first, true};
  }
  unit_of_work unit;
  add_erasure(unit, row_for(*call, call->home_store), version);
  std::ignore = co_await write_home(call, std::move(unit));
  co_return served{refusal_by(to), false};
}

// Nothing was committed with the answer: keep it now, or give the key free where trying again may do better. A refusal
// that cannot be kept is not given either, for a repetition would not get the same.
task<idempotency::served> idempotency::settle(call_ptr call, std::int64_t version, answer given) {
  unit_of_work unit;
  if (is_passing(given))
    add_erasure(unit, row_for(*call, call->home_store), version);
  else
    unit = one_change(kept_answer(*call, call->home_store, given, version));
  const auto settled = co_await write_home(call, std::move(unit));
  if (!settled && given.status >= 400 && !is_passing(given))
    given = settled.why().what == outcome::stale
                ? key_in_use()
                : http::problem(503, "unavailable",
                                "The answer could not be kept with its Idempotency-Key; nothing took effect. Ask again "
                                "with the same key.");
  co_return served{given, false};
}

task<result<commit_outcome>> idempotency::write_home(call_ptr call, unit_of_work unit) {
  auto written = co_await commit(call, call->home_store, std::move(unit), after_work_deadline());
  CAUSEWAY_FAULT_POINT("idempotency.settled");
  if (!written && written.why().what != outcome::stale) {
    log(log_level::warning, "an Idempotency-Key was left reserved; it is given free once its store can be written",
        {{"store", call->home_store}});
    leave_behind(*call);
  }
  co_return written;
}

// Best effort: without it, whoever comes with the key finds the answer in the effect's store.
task<void> idempotency::settle_home(call_ptr call, std::int64_t version, answer given) {
  const auto self = shared_from_this();
  auto unit = one_change(kept_answer(*call, call->home_store, given, version));
  CAUSEWAY_FAULT_POINT("idempotency.home.settling");
  auto settled = co_await commit(call, call->home_store, std::move(unit), after_work_deadline());
  CAUSEWAY_FAULT_POINT("idempotency.home.settled");
  if (!settled && settled.why().what != outcome::stale)
    log(log_level::info, "a kept answer did not reach its home store", {{"store", call->home_store}});
}

}  // namespace causeway
