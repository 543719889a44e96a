// A whole gateway, put together from a configuration. What the process has once stands here: the stores, their
// breakers, the membership, the relay, the keys of requests, the figures, the listeners; what a reload replaces is a
// generation. Starts in an order and drains in the reverse.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "commands/configuration.hpp"
#include "commands/gateway_figures.hpp"
#include "commands/generation.hpp"
#include "commands/reloader.hpp"
#include "commands/retirement.hpp"
#include "commands/stores.hpp"
#include "http/server.hpp"
#include "relay/relay.hpp"
#include "runtime/membership.hpp"
#include "runtime/metrics.hpp"
#include "runtime/scraper.hpp"
#include "store/breaker_store.hpp"

namespace causeway {

// One thread, but for the threads it starts itself.
class gateway {
 public:
  // `c` has no errors and was read with `known`, which later readings go on with.
  gateway(configuration c, kind_pool known, const common_options &common, const store_opener &open);
  ~gateway();
  gateway(const gateway &) = delete;
  gateway &operator=(const gateway &) = delete;

  // Opens, joins, loads, listens. False, with the reasons in `findings`, where any of it fails.
  bool start(std::vector<finding> &findings);
  std::uint16_t port() const { return server_->port(); }
  // Sets going a reload of the configuration; the log tells what becomes of it.
  void reload() { reloader_.ask(); }
  // How long a drain waits for requests, by the configuration that serves.
  std::chrono::milliseconds patience_at_drain() const { return current()->files()->content.limits.drain; }
  // Answers what is under way, settles what the relay has begun, closes the stores. True where all of it came to its
  // end in time.
  bool drain();

 private:
  bool join(std::vector<finding> &findings);
  void make_breakers();
  void serve();
  void count();
  std::map<std::string, breaker_figures> breakers() const;
  std::map<std::string, relay_store> relay_stores(const configuration &of) const;
  generation_site site();
  std::vector<readiness_part> readiness(const plugin_host &plugins) const;
  std::shared_ptr<generation> current() const;
  // Null, with the reasons, where it cannot work.
  std::shared_ptr<generation> make_generation(std::vector<finding> &findings, std::shared_ptr<const configuration> of);

  // Of the reloader's thread.
  reload_outcome read_again();
  bool take_up(const std::shared_ptr<generation> &next, std::vector<finding> &findings);
  void swap(const std::shared_ptr<generation> &next);

  const common_options &common_;
  const std::shared_ptr<const system_clock> clock_;
  const std::shared_ptr<key_maker> keys_;
  kind_pool known_;  // the reloader's, once that is at work
  retirement retirement_;
  mutable std::mutex mutex_;
  std::shared_ptr<generation> current_;                 // under the mutex
  std::shared_ptr<const configuration> configuration_;  // that serves; the reloader's, once that is at work
  stores stores_;
  std::unique_ptr<membership> members_;
  // What requests get to a store through, by its name. The relay and the membership, which judge for themselves whether
  // it is worth while to try, do not.
  std::map<std::string, std::shared_ptr<breaker_store>> guarded_;
  std::unique_ptr<relay> relay_;
  std::shared_ptr<idempotency> kept_answers_;
  std::shared_ptr<metrics> metrics_;
  scraper scraper_;
  reloader reloader_;
  std::unique_ptr<server> server_;
  std::unique_ptr<server> metrics_server_;  // null where the configuration has none
};

}  // namespace causeway
