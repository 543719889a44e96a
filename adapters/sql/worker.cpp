// A worker's life: connect, take what waits, answer it; when the connection is lost, connect again and go on with what
// is safe to run twice. Only a commit that was under way when it was lost is answered `unavailable`.
#include "sql/worker.hpp"

#include <algorithm>
#include <exception>
#include <pthread.h>
#include <sched.h>

namespace causeway::sql {

namespace {

constexpr std::size_t most_jobs = 512;  // of one batch
constexpr std::chrono::milliseconds first_pause{100};
constexpr std::chrono::milliseconds longest_pause{5000};
// So long a connection may be idle before it is asked whether it is still there, and so long it may take to say so.
constexpr std::chrono::milliseconds idle{5000};
constexpr std::chrono::milliseconds longest_ping{5000};

// A worker that takes the processor from the thread that is about to give it more finds a batch of one. Woken as a
// batch thread it runs at once where a processor is free, and waits its turn where none is. Where the system refuses
// that, batches are smaller.
void work_in_batches() {
  const sched_param none{};
  pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
}

}  // namespace

worker_group::worker_group(worker_options options, job_queue &queue) : options_(std::move(options)), queue_(queue) {
  if (options_.connect.dialect == sql_dialect::sqlite3 && !options_.connect.read_only)
    lock_ = std::make_unique<file_lock>(options_.connect.connect);
}

void worker_group::start() {
  const bool lite = options_.connect.dialect == sql_dialect::sqlite3;
  if (lite && !options_.connect.read_only) threads_.emplace_back([this] { run({false, true}, false); });
  for (unsigned i = 0; i < options_.readers; ++i) threads_.emplace_back([this, lite] { run({true, !lite}, lite); });
}

void worker_group::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto &t : threads_) t.join();
  threads_.clear();
  give_up(lane::read);
  give_up(lane::write);
}

fault worker_group::away_fault() const { return {outcome::unavailable, "store " + options_.store + " is away", {}}; }

void worker_group::give_up(lane which) {
  for (const job_ptr &j : queue_.drain(which)) j->fail(away_fault());
}

result<done> worker_group::wait_until_serving(time_point deadline) {
  std::unique_lock lock(mutex_);
  while (!serving() && !taken_ && !stopping_ && options_.context.now() < deadline) {
    // In short waits, because the clock may be a test's.
    changed_.wait_for(lock, std::chrono::milliseconds(20));
  }
  if (serving()) return done();
  const std::string why = stopping_ ? "it is stopping" : reason_.empty() ? "no connection in time" : reason_;
  return fault{outcome::unavailable, "store " + options_.store + ": " + why, {}};
}

bool worker_group::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return stopping_; });
  return !stopping_;
}

std::unique_ptr<connection> worker_group::connect(lane_choice lanes, bool read_only) {
  std::string reason;
  bool taken = false;
  std::unique_ptr<connection> made;
  try {
    if (lock_) {
      const auto held = lock_->acquire();
      taken = held == file_lock::outcome::taken_by_another;
      if (taken)
        throw database_failure{failure_class::unavailable, "another gateway is using this file (it holds " +
                                                               lock_->path() + "); stop it, or name another file"};
      if (held == file_lock::outcome::cannot_open)
        throw database_failure{
            failure_class::unavailable,
            "the lock file " + lock_->path() + " cannot be opened; its folder must stand and be writable"};
    }
    connect_options how = options_.connect;
    how.read_only = read_only || how.read_only;
    made = connection::open(how);
  } catch (const database_failure &failure) {
    reason = failure.code;
  } catch (const std::exception &) {
    reason = "no connection";
  }
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    if (made) {
      news = !reason_.empty();
      reason_.clear();
    } else {
      news = reason_ != reason;
      reason_ = reason;
    }
    taken_ = taken;
    if (made) {
      if (lanes.read) connected_[0].fetch_add(1);
      if (lanes.write) connected_[1].fetch_add(1);
    }
  }
  changed_.notify_all();
  if (news && made) options_.context.report("store connected", options_.store);
  if (news && !made) options_.context.report("store away", options_.store + ": " + reason);
  return made;
}

void worker_group::disconnected(lane_choice lanes) {
  if (lanes.read) connected_[0].fetch_sub(1);
  if (lanes.write) connected_[1].fetch_sub(1);
}

void worker_group::run(lane_choice lanes, bool read_only) {
  work_in_batches();
  std::unique_ptr<connection> on;
  std::chrono::milliseconds wait = first_pause;
  std::uint64_t turn = 0;
  while (true) {
    if (!on) {
      on = connect(lanes, read_only);
      if (!on) {
        if (lanes.read && !serves(lane::read)) give_up(lane::read);
        if (lanes.write && !serves(lane::write)) give_up(lane::write);
        if (!pause(wait)) return;
        wait = std::min(wait * 2, longest_pause);
        continue;
      }
      wait = first_pause;
    }
    auto batch = queue_.take(lanes, most_jobs, idle, turn);
    turn = batch.turn;
    if (batch.closed) break;
    if (!work(on, batch.jobs, lanes, read_only)) on.reset();
  }
  disconnected(lanes);
}

// False: there is no connection any more.
bool worker_group::work(std::unique_ptr<connection> &on, std::vector<job_ptr> &jobs, lane_choice lanes,
                        bool read_only) {
  bool alive = true;
  for (int tries = 0; tries < 2; ++tries) {
    try {
      if (jobs.empty()) {
        on->expect_answer(longest_ping);
        if (on->dialect() != sql_dialect::sqlite3) on->execute("SELECT 1");
      } else if (lane_of(*jobs.front()) == lane::read) {
        run_reads(*on, jobs, options_.context);
      } else {
        run_writes(*on, jobs, options_.context);
      }
      on->expect_answer({});
      break;
    } catch (const database_failure &failure) {
      // Everything else is answered where it happens.
      alive = false;
      on.reset();
      disconnected(lanes);
      options_.context.report("connection lost", options_.store + ": " + failure.code);
      on = connect(lanes, read_only);
      alive = on != nullptr;
      if (!alive) break;
    } catch (const std::exception &e) {
      options_.context.report("defect in the store", options_.store);
      for (const job_ptr &j : jobs) j->fail({outcome::internal, "a defect in the store", {}});
      on->rollback();
      on->expect_answer({});
    }
  }
  for (const job_ptr &j : jobs) j->fail({outcome::unavailable, "the connection to the database was lost", {}});
  return alive;
}

}  // namespace causeway::sql
