// The order matters: a gateway number before the first key, plugins before routes are known, the relay before the first
// request, the listener last; and the other way round when it drains.
#include "commands/gateway.hpp"

#include <algorithm>
#include <thread>

#include "commands/gateway_figures.hpp"
#include "mapping/encoded_store.hpp"
#include "relay/operations.hpp"
#include "relay/trace_operation.hpp"
#include "runtime/log.hpp"
#include "settings/substitution.hpp"

namespace causeway {

namespace {

constexpr std::chrono::seconds patience_at_start{30};

server_options server_options_of(const settings &content) {
  server_options options;
  options.address = content.address;
  options.port = content.port;
  options.threads = content.threads;
  options.body = content.limits.body;
  options.connections = content.limits.connections;
  options.requests = content.limits.requests;
  options.deadline = content.limits.deadline;
  options.read_timeout = content.limits.read_timeout;
  options.idle_timeout = content.limits.idle_timeout;
  options.log_every_request = content.log.requests;
  options.slow = content.log.slow;
  return options;
}

// Few ask for metrics, and seldom: what they may use up is little.
server_options server_options_of(const metrics_settings &content) {
  server_options options;
  options.address = content.address;
  options.port = content.port;
  options.setting = "metrics.listen";
  options.body = 1;
  options.connections = 16;
  options.requests = 16;
  return options;
}

relay_options relay_options_of(const settings &content) {
  relay_options options;
  options.batch = content.relay.batch;
  options.poll = content.relay.poll;
  options.look = lease_look(content.takeover);
  options.retry.first = content.relay.retry_first;
  options.retry.most = content.relay.retry_most;
  return options;
}

}  // namespace

std::unique_ptr<plugin_host> load_plugins(const configuration &c, const std::string &plugin_folder,
                                          std::map<std::string, std::shared_ptr<record_store>> stores,
                                          std::shared_ptr<key_maker> keys, std::shared_ptr<const clock> time,
                                          std::vector<finding> &findings) {
  plugin_host_options options;
  options.folder = plugin_folder;
  options.stores = std::move(stores);
  options.kind = [&c](std::string_view name) { return c.kind(name); };
  options.faulty_kind = [&c](std::string_view name) { return c.is_faulty_kind(name); };
  options.mapping = [&c](const kind_ptr &from, const kind_ptr &to) { return c.mapping_between(from, to); };
  options.keys = std::move(keys);
  options.time = std::move(time);
  options.roles = known_roles();
  // Requests have been waited for by then: what is still open is stuck.
  options.stop_wait = std::chrono::seconds(1);
  auto host = std::make_unique<plugin_host>(std::move(options));
  for (const auto &configured : c.content.plugins) {
    plugin_reference reference{configured.at, configured.library, {}};
    for (const auto &[name, given] : configured.settings)
      reference.settings.emplace(name, plugin_reference::setting{given.at, given.content});
    host->load(reference, findings);
  }
  hide_replacements(c.secrets, findings);  // a plugin may quote what it was given
  return host;
}

gateway::gateway(const configuration &c, const common_options &common, const store_opener &open)
    : configuration_(c),
      common_(common),
      clock_(std::make_shared<system_clock>()),
      keys_(std::make_shared<key_maker>([time = clock_] { return time->now(); }, 0)),
      stores_(c, open, keys_) {}

gateway::~gateway() { drain(); }

bool gateway::start(std::vector<finding> &findings) {
  if (!stores_.prepare(patience_at_start, findings)) return false;
  if (!join(findings)) return false;
  make_breakers();
  make_faces();
  plugins_ = load_plugins(configuration_, common_.plugin_folder, faces_, keys_, clock_, findings);
  if (has_errors(findings)) return false;
  try {
    serve();
  } catch (const std::exception &e) {
    findings.push_back({{common_.config, 0, 0}, severity::error, e.what()});
    return false;
  }
  return true;
}

bool gateway::join(std::vector<finding> &findings) {
  const auto home = home_store(configuration_);
  membership_options options = taken_over_within(configuration_.content.takeover);
  options.sole = configuration_.content.find_store(home)->kind == backend::sqlite3;
  members_ = std::make_unique<membership>(*stores_.find(home), gateway_kind(home), *clock_, options);
  members_->start();
  for (const auto until = clock_->elapsed() + patience_at_start; !members_->joined();) {
    if (clock_->elapsed() > until) {
      findings.push_back({configuration_.content.find_store(home)->at, severity::error,
                          "store " + home + ": no gateway number could be had in causeway_gateway; is it writable?"});
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  keys_->set_gateway(members_->slot());
  return true;
}

void gateway::make_breakers() {
  for (const auto &[name, store] : stores_.by_name()) {
    breaker_store_options options;
    options.name = name;
    options.breaker = configuration_.content.breaker;
    options.elapsed = [time = clock_] { return time->elapsed(); };
    options.changed = [of = name](std::string_view which, breaker_state now) {
      log(now == breaker_state::open ? log_level::warning : log_level::info, "circuit breaker",
          {{"store", of}, {"of", std::string(which)}, {"state", std::string(to_string(now))}});
    };
    guarded_.emplace(name, std::make_shared<breaker_store>(*store, std::move(options)));
  }
}

void gateway::make_faces() {
  for (const auto &[name, store] : guarded_) {
    std::vector<copy_route> from_here;
    for (const auto &route : configuration_.routes)
      if (route.map->from()->store == name) from_here.push_back(route);
    std::shared_ptr<record_store> face = store;
    if (!from_here.empty()) {
      outboxes_.push_back(std::make_shared<outbox_store>(*store, std::move(from_here), keys_, *clock_));
      face = outboxes_.back();
    }
    const auto holds = configuration_.content.find_store(name)->encoding;
    if (holds != charset::utf8) face = std::make_shared<encoded_store>(std::move(face), holds);
    faces_.emplace(name, std::move(face));
  }
}

std::map<std::string, record_store *> gateway::guarded() const {
  std::map<std::string, record_store *> all;
  for (const auto &[name, store] : guarded_) all.emplace(name, store.get());
  return all;
}

std::vector<operation> gateway::operations() {
  auto all = plugins_->operations();
  for (auto &op : relay_operations(configuration_.routes, guarded(), *clock_,
                                   [this](const std::string &route) { relay_->signal(route); }))
    all.push_back(std::move(op));
  for (auto &op : trace_operations(trace_site_of(configuration_, guarded(), *clock_))) all.push_back(std::move(op));
  all.push_back(scraper_->make_operation({"operator"}));
  return all;
}

std::vector<readiness_part> gateway::readiness() const {
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
  for (const auto &plugin : plugins_->plugins())
    parts.push_back({"plugin", plugin.name, plugin.state, plugin.state == "serving"});
  // A route that cannot copy for now loses nothing, so it does not make the gateway unready: its store does.
  for (const auto &route : relay_->status())
    parts.push_back({"route", route.name, route.away ? "waiting" : "copying", true});
  return parts;
}

void gateway::serve() {
  std::map<std::string, relay_store> relay_stores;
  for (const auto &[name, store] : stores_.by_name())
    relay_stores.emplace(name, relay_store{store.get(), configuration_.content.find_store(name)->kinds});
  relay_ = std::make_unique<relay>(relay_options_of(configuration_.content), relay_stores, configuration_.routes,
                                   *members_, *clock_);
  for (const auto &outbox : outboxes_) outbox->on_copy([this](const std::string &route) { relay_->signal(route); });

  idempotency_options kept;
  kept.stores = guarded();
  kept.holder = members_->id();
  kept.alive = [this](std::string_view id) { return members_->alive(id); };
  kept.retention = configuration_.content.limits.idempotency;
  kept_answers_ = std::make_shared<idempotency>(std::move(kept), *clock_);

  std::vector<access_entry> entries;
  for (const auto &key : configuration_.content.keys) entries.push_back({key.name, key.roles, key.sha256});
  access_ = std::make_shared<const access>(entries);

  count();
  const auto served = make_api(operations(), true);
  relay_->start();
  server_ = std::make_unique<server>(server_options_of(configuration_.content), served, *clock_);
  if (const auto &listen = configuration_.content.metrics) {
    metrics_server_ =
        std::make_unique<server>(server_options_of(*listen), make_api({scraper_->make_operation({})}, false), *clock_);
    log(log_level::info, "metrics are served apart",
        {{"address", listen->address}, {"port", std::to_string(metrics_server_->port())}});
  }
  scraper_->start();
}

// The scraper is started last and stopped first, so that what is looked at here is there.
void gateway::count() {
  backlog_ = std::make_unique<backlog>(configuration_.routes, guarded(), *clock_);
  metrics_ = std::make_shared<metrics>();
  add_gateway_figures(*metrics_, {.stores = [this] { return stores_.figures(); },
                                  .breakers = [this] { return breakers(); },
                                  .plugins = [this] { return plugins_->plugins(); },
                                  .routes = [this] { return relay_->status(); },
                                  .leases = [this] { return relay_->leases(); },
                                  .backlog = [this] { return backlog_->look(); },
                                  .gateways = [this] { return members_->size(); },
                                  .connections = [this] { return server_->connections(); },
                                  .under_way = [this] { return server_->under_way(); }});
  scraper_ = std::make_unique<scraper>([this] { return metrics_->text(); });
}

std::map<std::string, breaker_figures> gateway::breakers() const {
  std::map<std::string, breaker_figures> all;
  for (const auto &[name, store] : guarded_)
    all.emplace(name, breaker_figures{store->reads(), store->writes(), store->opened()});
  return all;
}

std::shared_ptr<const api> gateway::make_api(std::vector<operation> operations, bool counted) const {
  api_options options;
  options.authenticate = [known = access_](std::string_view header) { return known->authenticate(header); };
  options.readiness = [this] { return readiness(); };
  options.retry_in = [this] {
    std::chrono::milliseconds longest{0};
    for (const auto &[name, store] : guarded_) longest = std::max(longest, store->retry_in());
    return longest;
  };
  if (counted) {
    options.keys = kept_answers_;
    options.counts = metrics_;
  }
  auto made = api::make(std::move(operations), std::move(options));
  if (made) return *made;
  std::string text = made.why().detail;
  for (const auto &input : made.why().inputs) text += "\n  " + input.pointer + ": " + input.detail;
  throw std::runtime_error(text);
}

bool gateway::drain() {
  bool whole = true;
  if (server_) whole = server_->drain(configuration_.content.limits.drain);
  if (scraper_) scraper_->stop();
  metrics_server_.reset();
  server_.reset();  // what it left unanswered must not begin anything on what ends next
  if (plugins_) plugins_->stop();
  if (relay_) relay_->stop();
  if (members_) members_->stop();
  stores_.stop();
  return whole;
}

}  // namespace causeway
