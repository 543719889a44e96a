// The relay: every copy route on a thread of its own, the leases on another. Thin loops; what they decide is in copier,
// order, retry and leases.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "relay/copier.hpp"
#include "relay/leases.hpp"
#include "relay/route.hpp"
#include "runtime/membership.hpp"
#include "store/record_store.hpp"

namespace causeway {

// A store as the relay uses it. `content` is the store itself, without an outbox before it; it outlives the relay.
struct relay_store {
  record_store *content = nullptr;
  std::vector<kind_ptr> kinds;  // for lookups
};

// What /readyz and the metrics tell of a route.
struct route_status {
  std::string name;
  bool running = false;      // its thread is there
  bool away = false;         // a store could not serve at the last attempt
  unsigned partitions = 0;   // of customers that this gateway copies
  std::uint64_t copied = 0;  // since the start, by this gateway
  std::uint64_t dead = 0;
  std::uint64_t waiting = 0;  // attempts that failed for now
};

// The leases between two stores.
struct lease_status {
  std::string from;
  std::string to;
  unsigned held = 0;  // partitions of customers, of `partitions`
  lease_changes changes;
};

// The record kinds that a store needs for its part in these routes (their tables must stand): as a source the
// outbox, what was copied, the attempts and the leases, as a target the fences.
std::vector<kind_ptr> relay_kinds(const std::string &store, const std::vector<copy_route> &routes);

// Any thread, but for `start`, `adopt` and `stop`, which are one thread's, and the steps, which are for tests: one
// thread, without `start`.
class relay {
 public:
  // `stores` by name, one for every store that a route names. `members` and `time` outlive this. Throws
  // std::invalid_argument with the first of faults_of where a route cannot work, or a store is missing.
  relay(const relay_options &options, const std::map<std::string, relay_store> &stores,
        const std::vector<copy_route> &routes, const membership &members, const clock &time,
        std::function<double()> random = {});
  ~relay();
  relay(const relay &) = delete;
  relay &operator=(const relay &) = delete;

  void start();
  // Takes up other routes, kinds or options while it works. A route that stays as it is (the same kinds, a mapping that
  // means the same, the same options) is not disturbed; any other ends its step and rests before what takes its place
  // begins, and `at_rest` is called in between, which must not throw: what posts records may change hands there.
  // Leases are kept; those between stores that no route joins any more are given back. What was counted counts on.
  // Throws as the constructor does, and nothing has changed then. `look` stays as it was. Blocks for a step of each
  // such route.
  void adopt(const relay_options &options, const std::map<std::string, relay_store> &stores,
             const std::vector<copy_route> &routes, const std::function<void()> &at_rest);
  // Something waits in that route's outbox. Quick; for outbox_store::on_copy.
  void signal(const std::string &route);
  // Settles the batches under way, gives the leases back. Also done by the destructor.
  void stop();

  std::vector<route_status> status() const;
  std::vector<lease_status> leases() const;

  void step_leases();
  // Throws std::out_of_range for a route that is not there.
  step_report step(const std::string &route, bool news = false);

 private:
  struct counts;
  struct worker;
  using workers = std::vector<std::shared_ptr<worker>>;
  using keepers = std::map<std::pair<std::string, std::string>, std::shared_ptr<lease_keeper>>;  // by source and target

  // What these routes need: of what there is, what fits; the rest made anew, and nothing of it begun.
  std::pair<workers, keepers> plan(const relay_options &options, const std::map<std::string, relay_store> &stores,
                                   const std::vector<copy_route> &routes);
  void keep_leases();
  void begin(worker &w);
  void run(worker &w);
  static void end(const workers &these);
  void tell_followers(const std::string &route);

  const membership &members_;
  const clock &time_;
  const std::function<double()> random_;
  const std::chrono::milliseconds look_;
  std::map<std::string, std::shared_ptr<counts>> counts_;  // by route, also of those that are gone
  std::mutex stepping_;                                    // of the leases; before mutex_
  mutable std::mutex mutex_;
  keepers leases_;   // under the mutex
  workers workers_;  // under the mutex
  std::condition_variable look_again_;
  bool news_ = false;      // under the mutex: there are leases that have not been looked at
  bool stopping_ = false;  // under the mutex
  bool started_ = false;
  std::thread lease_thread_;
};

}  // namespace causeway
