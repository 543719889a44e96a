// The order matters: a gateway number before the first key, plugins before routes are known, the relay before the first
// request, the listener last; and the other way round when it drains.
#include "commands/gateway.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "commands/options_from.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace {

constexpr std::chrono::seconds patience_at_start{30};

}  // namespace

gateway::gateway(configuration c, kind_pool known, const common_options &common, const store_opener &open)
    : common_(common),
      clock_(std::make_shared<system_clock>()),
      keys_(std::make_shared<key_maker>([time = clock_] { return time->now(); }, 0)),
      known_(std::move(known)),
      configuration_(std::make_shared<const configuration>(std::move(c))),
      stores_(*configuration_, open, keys_),
      scraper_([this] { return metrics_->text(); }),
      reloader_(common.config, [this] { return read_again(); }) {}

gateway::~gateway() { drain(); }

bool gateway::start(std::vector<finding> &findings) {
  if (!stores_.prepare(patience_at_start, findings)) return false;
  if (!join(findings)) return false;
  make_breakers();
  count();
  auto first = make_generation(findings, configuration_);
  if (!first) return false;
  {
    const std::lock_guard lock(mutex_);
    current_ = std::move(first);
  }
  try {
    serve();
  } catch (const std::exception &e) {
    findings.push_back({{common_.config, 0, 0}, severity::error, e.what()});
    return false;
  }
  return true;
}

bool gateway::join(std::vector<finding> &findings) {
  const auto &content = configuration_->content;
  const auto home = home_store(*configuration_);
  membership_options options = taken_over_within(content.takeover);
  options.sole = content.find_store(home)->kind == backend::sqlite3;
  options.takes = [keys = keys_](unsigned slot) { keys->set_gateway(slot); };
  members_ = std::make_unique<membership>(*stores_.find(home), gateway_kind(home), *clock_, options);
  members_->start();
  for (const auto until = clock_->elapsed() + patience_at_start; !members_->joined();) {
    if (clock_->elapsed() > until) {
      findings.push_back({content.find_store(home)->at, severity::error,
                          "store " + home + ": no gateway number could be had in causeway_gateway; is it writable?"});
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

void gateway::make_breakers() {
  for (const auto &[name, store] : stores_.by_name()) {
    breaker_store_options options;
    options.name = name;
    options.breaker = configuration_->content.breaker;
    options.elapsed = [time = clock_] { return time->elapsed(); };
    options.changed = [of = name](std::string_view which, breaker_state now) {
      log(now == breaker_state::open ? log_level::warning : log_level::info, "circuit breaker",
          {{"store", of}, {"of", std::string(which)}, {"state", std::string(to_string(now))}});
    };
    guarded_.emplace(name, std::make_shared<breaker_store>(*store, std::move(options)));
  }
  idempotency_options kept;
  for (const auto &[name, store] : guarded_) kept.stores.emplace(name, store.get());
  kept.holder = members_->id();
  kept.alive = [this](std::string_view id) { return members_->alive(id); };
  kept.retention = configuration_->content.limits.idempotency;
  kept_answers_ = std::make_shared<idempotency>(std::move(kept), *clock_);
}

// The scraper is started last and stopped first, so that what is looked at here is there.
void gateway::count() {
  metrics_ = std::make_shared<metrics>();
  add_gateway_figures(*metrics_, {.stores = [this] { return stores_.figures(); },
                                  .breakers = [this] { return breakers(); },
                                  .plugins = [this] { return current()->plugins().plugins(); },
                                  .routes = [this] { return relay_->status(); },
                                  .leases = [this] { return relay_->leases(); },
                                  .backlog = [this] { return current()->look_at_backlog(); },
                                  .gateways = [this] { return members_->size(); },
                                  .connections = [this] { return server_->connections(); },
                                  .under_way = [this] { return server_->under_way(); },
                                  .reloads = [this] { return reloader_.counts(); }});
}

std::map<std::string, breaker_figures> gateway::breakers() const {
  std::map<std::string, breaker_figures> all;
  for (const auto &[name, store] : guarded_)
    all.emplace(name, breaker_figures{store->reads(), store->writes(), store->opened()});
  return all;
}

std::shared_ptr<generation> gateway::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

generation_site gateway::site() {
  return {common_,
          clock_,
          keys_,
          guarded_,
          [this](const std::string &route) { relay_->signal(route); },
          {scraper_.make_operation({"operator"}), reloader_.make_operation(home_store(*configuration_))},
          [this](const plugin_host &plugins) { return readiness(plugins); },
          kept_answers_,
          metrics_};
}

std::shared_ptr<generation> gateway::make_generation(std::vector<finding> &findings,
                                                     std::shared_ptr<const configuration> of) {
  auto made = retirement_.share(std::make_unique<generation>(std::move(of), site()));
  return made->load(findings) ? made : nullptr;
}

std::vector<readiness_part> gateway::readiness(const plugin_host &plugins) const {
  std::vector<readiness_part> parts;
  for (const auto &[name, store] : stores_.by_name()) {
    const bool serving = store->state() == store_state::serving;
    parts.push_back({"store", name, serving ? "serving" : "away", serving});
  }
  for (const auto &[name, store] : guarded_) {
    const auto reads = store->reads(), writes = store->writes();
    std::string state(to_string(reads));
    if (writes != reads) state = "reads " + state + ", writes " + std::string(to_string(writes));
    parts.push_back({"breaker", name, state, reads != breaker_state::open && writes != breaker_state::open});
  }
  for (const auto &plugin : plugins.plugins())
    parts.push_back({"plugin", plugin.name, plugin.state, plugin.state == "serving"});
  // A route that cannot copy for now loses nothing, so it does not make the gateway unready: its store does.
  for (const auto &route : relay_->status())
    parts.push_back({"route", route.name, route.away ? "waiting" : "copying", true});
  return parts;
}

std::map<std::string, relay_store> gateway::relay_stores(const configuration &of) const {
  std::map<std::string, relay_store> all;
  for (const auto &[name, store] : stores_.by_name())
    all.emplace(name, relay_store{store.get(), of.content.find_store(name)->kinds});
  return all;
}

void gateway::serve() {
  const auto &content = configuration_->content;
  relay_ = std::make_unique<relay>(relay_options_from(content), relay_stores(*configuration_), configuration_->routes,
                                   *members_, *clock_);
  relay_->start();
  const auto now = current();
  server_ = std::make_unique<server>(server_options_from(content), served_by(now), *clock_);
  if (const auto &listen = content.metrics) {
    api_options options;
    options.readiness = [this] { return readiness(current()->plugins()); };
    auto made = api::make({scraper_.make_operation({})}, std::move(options));
    if (!made) throw std::runtime_error(made.why().detail);
    metrics_server_ = std::make_unique<server>(server_options_from(*listen), std::move(*made), *clock_);
    log(log_level::info, "metrics are served apart",
        {{"address", listen->address}, {"port", std::to_string(metrics_server_->port())}});
  }
  scraper_.start();
  reloader_.start();
}

bool gateway::drain() {
  bool whole = true;
  reloader_.refuse();
  if (server_) whole = server_->drain(patience_at_drain());
  reloader_.stop();
  scraper_.stop();
  metrics_server_.reset();
  server_.reset();  // what it left unanswered must not begin anything on what ends next
  retirement_.end_all();
  if (relay_) relay_->stop();
  if (members_) members_->stop();
  stores_.stop();
  current_.reset();
  retirement_.stop();
  return whole;
}

}  // namespace causeway
