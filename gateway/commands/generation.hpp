// One configuration at work: its plugins, its keys, its operations. A gateway has one at a time; one that a reload has
// replaced serves on until the requests that began on it are answered.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "commands/configuration.hpp"
#include "commands/retirement.hpp"
#include "host/plugin_host.hpp"
#include "http/api.hpp"
#include "relay/backlog.hpp"
#include "store/breaker_store.hpp"

namespace causeway {

// Plugin host over these stores, with every configured plugin loaded; what does not fit goes to `findings`. `c`
// outlives it.
std::unique_ptr<plugin_host> load_plugins(const configuration &c, const std::string &plugin_folder,
                                          std::map<std::string, std::shared_ptr<record_store>> stores,
                                          std::shared_ptr<key_maker> keys, std::shared_ptr<const clock> time,
                                          std::vector<finding> &findings);

// What the process has once, whatever the configuration; it outlives every generation.
struct generation_site {
  const common_options &common;
  std::shared_ptr<const clock> time;
  std::shared_ptr<key_maker> keys;
  const std::map<std::string, std::shared_ptr<breaker_store>> &stores;  // by name
  std::function<void(const std::string &route)> copy_waits;             // any thread, quick
  std::vector<operation> operations;  // the gateway's own, besides those made from the configuration
  std::function<std::vector<readiness_part>(const plugin_host &plugins)> readiness;  // any thread, quick
  std::shared_ptr<idempotency> answers;
  std::shared_ptr<metrics> counts;
};

// Any thread once it is loaded, unless it says otherwise.
class generation final : public retiree {
 public:
  // Of a configuration without errors, whose stores the site has.
  generation(std::shared_ptr<const configuration> c, const generation_site &site);

  // Loads the plugins and puts the operations together; what does not fit goes to `findings`. Once, before anything
  // else but `files`.
  bool load(std::vector<finding> &findings);

  const std::shared_ptr<const configuration> &files() const { return files_; }
  const plugin_host &plugins() const { return *plugins_; }
  // What is served; as long as this is held.
  const api &served() const { return *api_; }
  // One thread.
  const std::vector<route_backlog> &look_at_backlog() { return backlog_->look(); }

  bool is_idle() const override { return !plugins_ || plugins_->is_idle(); }
  // Ends the plugins: their calls are answered 503.
  void end() override {
    if (plugins_) plugins_->stop();
  }

 private:
  void make_faces();
  std::map<std::string, record_store *> guarded() const;
  std::vector<operation> operations() const;
  api_options options_of_api() const;

  const std::shared_ptr<const configuration> files_;
  const generation_site site_;
  // What plugins get: a store, its breaker, outbox and character set before it.
  std::map<std::string, std::shared_ptr<record_store>> faces_;
  std::unique_ptr<plugin_host> plugins_;
  std::unique_ptr<access> access_;
  std::unique_ptr<backlog> backlog_;
  std::shared_ptr<const api> api_;
};

// For a server: what it serves, which it holds with all that it needs.
std::shared_ptr<const api> served_by(const std::shared_ptr<generation> &of);

}  // namespace causeway
