// One function for each part of the gateway; labels are names of the configuration, so there are as many figures as it
// has stores, routes and plugins.
#include "commands/gateway_figures.hpp"

#include <utility>

#include "runtime/log.hpp"
#include "runtime/process_figures.hpp"

namespace causeway {

namespace {

using figures = std::vector<figure>;

std::function<figures()> one(std::function<std::size_t()> count) {
  return [count = std::move(count)] { return figures{{{}, double(count())}}; };
}

// A figure for each element, labelled by its name.
template <class All, class Value>
std::function<figures()> each(const std::function<All()> &all, const char *label, Value value) {
  return [all, label, value] {
    figures out;
    for (const auto &element : all()) out.push_back({{{label, element.name}}, double(value(element))});
    return out;
  };
}

void add_stores(metrics &to, const std::function<std::map<std::string, store_figures>()> &stores) {
  const auto lanes = [stores](auto value) {
    return [stores, value] {
      figures out;
      for (const auto &[name, busy] : stores()) {
        out.push_back({{{"store", name}, {"lane", "read"}}, double(value(busy.reads))});
        out.push_back({{{"store", name}, {"lane", "write"}}, double(value(busy.writes))});
      }
      return out;
    };
  };
  to.add_gauge("causeway_store_up", "Whether the store is connected for reads and for writes.", [stores] {
    figures out;
    for (const auto &[name, busy] : stores())
      out.push_back({{{"store", name}}, busy.reads.connections > 0 && busy.writes.connections > 0 ? 1.0 : 0.0});
    return out;
  });
  to.add_gauge("causeway_store_connections",
               "Connections that serve the lane; on PostgreSQL the same ones serve both lanes.",
               lanes([](const lane_figures &l) { return l.connections; }));
  to.add_gauge("causeway_store_queue_depth", "Requests that wait for a connection.",
               lanes([](const lane_figures &l) { return l.waiting; }));
  std::vector<double> bounds;
  for (std::size_t i = 0; i < lane_figures::sizes; ++i) bounds.push_back(double(std::size_t(1) << i));
  to.add_histogram("causeway_store_batch_size", "Requests that were run together.", std::move(bounds), [stores] {
    std::vector<distribution> out;
    const auto add = [&](const std::string &name, const char *lane, const lane_figures &l) {
      distribution d{{{"store", name}, {"lane", lane}}, {l.batches.begin(), l.batches.end()}, double(l.requests)};
      d.counts.push_back(0);  // no batch is larger
      out.push_back(std::move(d));
    };
    for (const auto &[name, busy] : stores()) {
      add(name, "read", busy.reads);
      add(name, "write", busy.writes);
    }
    return out;
  });
}

int number_of(breaker_state state) {
  switch (state) {
    case breaker_state::closed:
      return 0;
    case breaker_state::half_open:
      return 1;
    case breaker_state::open:
      break;
  }
  return 2;
}

void add_breakers(metrics &to, const std::function<std::map<std::string, breaker_figures>()> &breakers) {
  to.add_gauge("causeway_breaker_state", "The store's circuit breaker: 0 closed, 1 half-open, 2 open.", [breakers] {
    figures out;
    for (const auto &[name, now] : breakers()) {
      out.push_back({{{"store", name}, {"lane", "read"}}, double(number_of(now.reads))});
      out.push_back({{{"store", name}, {"lane", "write"}}, double(number_of(now.writes))});
    }
    return out;
  });
  to.add_counter("causeway_breaker_opened_total", "How often a circuit breaker of the store has opened.", [breakers] {
    figures out;
    for (const auto &[name, now] : breakers()) out.push_back({{{"store", name}}, double(now.opened)});
    return out;
  });
}

void add_copies(metrics &to, const figure_sources &from) {
  to.add_gauge("causeway_copies_pending", "Copies that wait to cross, those behind dead letters included.", [from] {
    figures out;
    for (const auto &route : from.backlog()) out.push_back({{{"route", route.route}}, double(route.pending)});
    return out;
  });
  to.add_gauge("causeway_copies_oldest_pending_seconds", "How long the oldest of them has waited.", [from] {
    figures out;
    for (const auto &route : from.backlog()) out.push_back({{{"route", route.route}}, route.oldest_pending});
    return out;
  });
  to.add_gauge("causeway_dead_letters", "Copies that cannot succeed by being tried again.", [from] {
    figures out;
    for (const auto &route : from.backlog()) out.push_back({{{"route", route.route}}, double(route.dead)});
    return out;
  });
  to.add_counter("causeway_copy_attempts_total",
                 "Attempts to carry a copy across: copied, waiting (failed for now) or dead.", [from] {
                   figures out;
                   for (const auto &route : from.routes()) {
                     const auto add = [&](const char *became, std::uint64_t n) {
                       out.push_back({{{"route", route.name}, {"outcome", became}}, double(n)});
                     };
                     add("copied", route.copied);
                     add("waiting", route.waiting);
                     add("dead", route.dead);
                   }
                   return out;
                 });
  to.add_gauge("causeway_route_waiting", "Whether a store that the route needs could not serve it at the last attempt.",
               each(from.routes, "route", [](const route_status &r) { return r.away ? 1 : 0; }));
}

void add_leases(metrics &to, const figure_sources &from) {
  const auto between = [](const lease_status &l) { return metric_labels{{"from", l.from}, {"to", l.to}}; };
  to.add_gauge("causeway_leases_held", "Partitions of customers that this gateway copies.", [from, between] {
    figures out;
    for (const auto &l : from.leases()) out.push_back({between(l), double(l.held)});
    return out;
  });
  to.add_counter("causeway_lease_changes_total", "Partitions taken, lost to another gateway, and given back.",
                 [from, between] {
                   figures out;
                   for (const auto &l : from.leases()) {
                     const auto add = [&](const char *what, std::uint64_t n) {
                       auto labels = between(l);
                       labels.emplace_back("change", what);
                       out.push_back({std::move(labels), double(n)});
                     };
                     add("taken", l.changes.taken);
                     add("lost", l.changes.lost);
                     add("given", l.changes.given);
                   }
                   return out;
                 });
}

}  // namespace

void add_gateway_figures(metrics &to, const figure_sources &from) {
  to.add_gauge("causeway_build_info", "1; its labels say what runs.", [] {
    return figures{{{{"version", CAUSEWAY_VERSION}}, 1}};
  });
  to.add_gauge("causeway_http_connections", "Connections of callers that are open.", one(from.connections));
  to.add_gauge("causeway_http_requests_under_way", "Requests that an operation is working at.", one(from.under_way));
  add_stores(to, from.stores);
  add_breakers(to, from.breakers);
  add_copies(to, from);
  add_leases(to, from);
  to.add_gauge("causeway_gateways", "Gateways alive on these stores, this one included.", one(from.gateways));
  to.add_gauge("causeway_plugin_up", "Whether the plugin serves: not stuck, not stopped.",
               each(from.plugins, "plugin", [](const plugin_info &p) { return p.state == "serving" ? 1 : 0; }));
  to.add_gauge("causeway_plugin_calls_open", "Calls that the plugin has not answered.",
               each(from.plugins, "plugin", [](const plugin_info &p) { return p.open_calls; }));
  to.add_counter("causeway_config_reloads_total", "Reloads of the configuration: taken (up) or refused.", [from] {
    const auto count = from.reloads();
    return figures{{{{"outcome", "taken"}}, double(count.taken)}, {{{"outcome", "refused"}}, double(count.refused)}};
  });
  to.add_counter("causeway_log_lines_dropped_total", "Lines that standard error did not take in time.", [] {
    return figures{{{}, double(dropped_log_lines())}};
  });
  add_process_figures(to);
}

}  // namespace causeway
