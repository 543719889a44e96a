// What is answered before the verb has returned was refused without asking the database (a key that no row can have, a
// deadline that has passed, a full queue), so it says nothing of it; only that there is nobody to ask, does.
#include "store/breaker_store.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

namespace causeway {

namespace {

template <class T>
store_sign sign_of(const result<T> &r, bool asked) {
  if (r) return asked ? store_sign::answered : store_sign::none;
  if (r.why().what == outcome::unavailable) return store_sign::failed;
  if (!asked) return store_sign::none;
  switch (r.why().what) {
    case outcome::overloaded:
      return store_sign::none;
    case outcome::deadline:
      return store_sign::late;
    default:
      return store_sign::answered;
  }
}

// The verbs that a thread is in, as one may be asked from within another's completion.
class verb_in_progress {
 public:
  verb_in_progress(const circuit_breaker *of, std::uint64_t pass) : of_(of), pass_(pass), outer_(innermost) {
    innermost = this;
  }
  verb_in_progress(const verb_in_progress &) = delete;
  verb_in_progress &operator=(const verb_in_progress &) = delete;
  ~verb_in_progress() { innermost = outer_; }

  static bool is_here(const circuit_breaker *of, std::uint64_t pass) {
    for (const auto *one = innermost; one != nullptr; one = one->outer_)
      if (one->of_ == of && one->pass_ == pass) return true;
    return false;
  }

 private:
  const circuit_breaker *const of_;
  const std::uint64_t pass_;
  const verb_in_progress *const outer_;
  static thread_local const verb_in_progress *innermost;
};
thread_local const verb_in_progress *verb_in_progress::innermost = nullptr;

}  // namespace

struct breaker_store::parts {
  explicit parts(breaker_store_options given) : options(std::move(given)) {}

  const breaker_store_options options;
  std::mutex mutex;
  circuit_breaker reads{options.breaker};
  circuit_breaker writes{options.breaker};
  breaker_state told_of_reads = breaker_state::closed;
  breaker_state told_of_writes = breaker_state::closed;

  circuit_breaker &of(verbs which) { return which == verbs::reading ? reads : writes; }
  circuit_breaker &other(verbs which) { return which == verbs::reading ? writes : reads; }

  std::optional<circuit_breaker::pass> admit(verbs which, bool connected) {
    std::unique_lock lock(mutex);
    const auto now = options.elapsed();
    const auto given = of(which).admit(now, connected);
    tell(lock, which, of(which).state(now, connected));
    return given;
  }

  void report(verbs which, const circuit_breaker::pass &pass, store_sign what) {
    std::unique_lock lock(mutex);
    const auto now = options.elapsed();
    of(which).report(pass, what, now);
    if (what == store_sign::answered) other(which).heard(now);
    tell(lock, which, of(which).state(now, true));
  }

  void tell(std::unique_lock<std::mutex> &lock, verbs which, breaker_state now) {
    auto &told = which == verbs::reading ? told_of_reads : told_of_writes;
    if (std::exchange(told, now) == now) return;
    lock.unlock();
    if (options.changed) options.changed(which == verbs::reading ? "reads" : "writes", now);
  }
};

breaker_store::breaker_store(record_store &within, breaker_store_options options)
    : within_(within), parts_(std::make_shared<parts>(std::move(options))) {}

breaker_store::~breaker_store() = default;

template <class T, class Ask>
void breaker_store::pass_on(verbs which, completion<T> done, Ask ask) {
  const auto pass = parts_->admit(which, within_.state() == store_state::serving);
  if (!pass) {
    done(fault{outcome::unavailable, "store " + parts_->options.name + " is away", {}});
    return;
  }
  const verb_in_progress here(&parts_->of(which), pass->number);
  ask([p = parts_, which, pass = *pass, done = std::move(done)](result<T> &&r) {
    p->report(which, pass, sign_of(r, !verb_in_progress::is_here(&p->of(which), pass.number)));
    done(std::move(r));
  });
}

void breaker_store::get(get_request request, time_point deadline, completion<record> done) {
  pass_on<record>(verbs::reading, std::move(done),
                  [&](completion<record> then) { within_.get(std::move(request), deadline, std::move(then)); });
}

void breaker_store::find(find_request request, time_point deadline, completion<std::vector<record>> done) {
  pass_on<std::vector<record>>(verbs::reading, std::move(done), [&](completion<std::vector<record>> then) {
    within_.find(std::move(request), deadline, std::move(then));
  });
}

void breaker_store::count(find_request request, time_point deadline, completion<std::int64_t> done) {
  pass_on<std::int64_t>(verbs::reading, std::move(done), [&](completion<std::int64_t> then) {
    within_.count(std::move(request), deadline, std::move(then));
  });
}

void breaker_store::commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) {
  pass_on<commit_outcome>(verbs::writing, std::move(done), [&](completion<commit_outcome> then) {
    within_.commit(std::move(unit), deadline, std::move(then));
  });
}

void breaker_store::adopt(const breaker_options &options) {
  const std::lock_guard lock(parts_->mutex);
  parts_->reads.adopt(options);
  parts_->writes.adopt(options);
}

store_state breaker_store::state() const {
  const bool open = reads() == breaker_state::open || writes() == breaker_state::open;
  return open ? store_state::away : within_.state();
}

breaker_state breaker_store::reads() const {
  const bool connected = within_.state() == store_state::serving;
  const std::lock_guard lock(parts_->mutex);
  return parts_->reads.state(parts_->options.elapsed(), connected);
}

breaker_state breaker_store::writes() const {
  const bool connected = within_.state() == store_state::serving;
  const std::lock_guard lock(parts_->mutex);
  return parts_->writes.state(parts_->options.elapsed(), connected);
}

std::uint64_t breaker_store::opened() const {
  const std::lock_guard lock(parts_->mutex);
  return parts_->reads.opened() + parts_->writes.opened();
}

std::chrono::milliseconds breaker_store::retry_in() const {
  const bool connected = within_.state() == store_state::serving;
  const std::lock_guard lock(parts_->mutex);
  const auto now = parts_->options.elapsed();
  return std::max(parts_->reads.retry_in(now, connected), parts_->writes.retry_in(now, connected));
}

}  // namespace causeway
