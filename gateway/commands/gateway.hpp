// A whole gateway, put together from a configuration: stores, outboxes, plugins, relay, HTTP. Starts in its
// constructor's order, drains in the reverse.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "commands/configuration.hpp"
#include "commands/gateway_figures.hpp"
#include "commands/stores.hpp"
#include "host/plugin_host.hpp"
#include "http/api.hpp"
#include "http/server.hpp"
#include "relay/backlog.hpp"
#include "relay/outbox_store.hpp"
#include "relay/relay.hpp"
#include "runtime/membership.hpp"
#include "runtime/metrics.hpp"
#include "runtime/scraper.hpp"
#include "store/breaker_store.hpp"

namespace causeway {

// Plugin host over these stores, with every configured plugin loaded; what does not fit goes to `findings`.
std::unique_ptr<plugin_host> load_plugins(const configuration &c, const std::string &plugin_folder,
                                          std::map<std::string, std::shared_ptr<record_store>> stores,
                                          std::shared_ptr<key_maker> keys, std::shared_ptr<const clock> time,
                                          std::vector<finding> &findings);

// One thread, but for the threads it starts itself.
class gateway {
 public:
  // `c` has no errors and outlives this.
  gateway(const configuration &c, const common_options &common, const store_opener &open);
  ~gateway();
  gateway(const gateway &) = delete;
  gateway &operator=(const gateway &) = delete;

  // Opens, joins, loads, listens. False, with the reasons in `findings`, where any of it fails.
  bool start(std::vector<finding> &findings);
  std::uint16_t port() const { return server_->port(); }
  // Answers what is under way, settles what the relay has begun, closes the stores. True where all of it came to its
  // end in time.
  bool drain();

 private:
  bool join(std::vector<finding> &findings);
  void make_breakers();
  void make_faces();
  std::map<std::string, record_store *> guarded() const;
  std::vector<operation> operations();
  std::vector<readiness_part> readiness() const;
  void count();
  std::map<std::string, breaker_figures> breakers() const;
  std::shared_ptr<const api> make_api(std::vector<operation> operations, bool counted) const;
  void serve();

  const configuration &configuration_;
  const common_options &common_;
  const std::shared_ptr<const system_clock> clock_;
  const std::shared_ptr<key_maker> keys_;
  stores stores_;
  std::unique_ptr<membership> members_;
  // What requests get to a store through, by its name. The relay and the membership, which judge for themselves whether
  // it is worth while to try, do not.
  std::map<std::string, std::shared_ptr<breaker_store>> guarded_;
  std::map<std::string, std::shared_ptr<record_store>>
      faces_;  // what plugins get: a store, its breaker, outbox and character set before it
  std::vector<std::shared_ptr<outbox_store>> outboxes_;
  std::unique_ptr<plugin_host> plugins_;
  std::unique_ptr<relay> relay_;
  std::shared_ptr<idempotency> kept_answers_;
  std::shared_ptr<const access> access_;
  std::unique_ptr<backlog> backlog_;
  std::shared_ptr<metrics> metrics_;
  std::unique_ptr<scraper> scraper_;
  std::unique_ptr<server> server_;
  std::unique_ptr<server> metrics_server_;  // null where the configuration has none
};

}  // namespace causeway
