// Which figures a gateway shows, under which names; README, "What to watch", explains them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "commands/reloader.hpp"
#include "host/plugin_host.hpp"
#include "relay/backlog.hpp"
#include "relay/relay.hpp"
#include "runtime/membership.hpp"
#include "runtime/metrics.hpp"
#include "store/circuit_breaker.hpp"
#include "store/store_figures.hpp"

namespace causeway {

// A store's circuit breakers.
struct breaker_figures {
  breaker_state reads = breaker_state::closed;
  breaker_state writes = breaker_state::closed;
  std::uint64_t opened = 0;  // how often either has
};

// Where they come from. Each is called when the metrics are asked for, on that thread; they outlive the metrics.
struct figure_sources {
  std::function<std::map<std::string, store_figures>()> stores;
  std::function<std::map<std::string, breaker_figures>()> breakers;  // by store
  std::function<std::vector<plugin_info>()> plugins;
  std::function<std::vector<route_status>()> routes;
  std::function<std::vector<lease_status>()> leases;
  std::function<std::vector<route_backlog>()> backlog;
  std::function<std::size_t()> gateways;     // alive on these stores
  std::function<std::size_t()> connections;  // callers'
  std::function<std::size_t()> under_way;    // requests
  std::function<reload_counts()> reloads;    // of the configuration
};

void add_gateway_figures(metrics &to, const figure_sources &from);

}  // namespace causeway
