#include "commands/stores.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "commands/proof.hpp"
#include "http/idempotency.hpp"
#include "relay/relay.hpp"
#include "runtime/membership.hpp"

namespace causeway {

namespace {

// For a store that need not be asked: whoever revokes a key waits for it.
constexpr std::chrono::seconds patience_if_unchanged{1};

}  // namespace

std::string home_store(const configuration &c) {
  if (!c.routes.empty()) return c.routes.front().map->from()->store;
  return c.content.stores.empty() ? std::string() : c.content.stores.front().name;
}

std::vector<kind_ptr> own_kinds(const configuration &c, const std::string &store) {
  auto kinds = relay_kinds(store, c.routes);
  kinds.push_back(idempotency_kind(store));
  if (store == home_store(c)) kinds.push_back(gateway_kind(store));
  return kinds;
}

stores::stores(const configuration &c, const store_opener &open, std::shared_ptr<key_maker> keys, store_use use)
    : configuration_(&c), use_(use) {
  const bool read_only = use == store_use::read || use == store_use::inspect;
  for (auto settings_of : c.content.stores) {
    if (use != store_use::serve) settings_of.create = use == store_use::create;
    opened_.emplace(settings_of.name, open(c.content, settings_of, kinds_of(c, settings_of.name), keys, read_only));
  }
}

stores::~stores() { stop(); }

std::vector<kind_ptr> stores::kinds_of(const configuration &c, const std::string &store) {
  auto kinds = c.content.find_store(store)->kinds;
  for (const auto &own : own_kinds(c, store)) kinds.push_back(own_.one_for(own));
  return kinds;
}

bool stores::adopt(const configuration &next, std::chrono::milliseconds patience, std::vector<finding> &findings) {
  const auto &before = *configuration_;
  std::set<std::string> unchanged;
  for (const auto &[name, opened] : opened_)
    if (kinds_of(next, name) == kinds_of(before, name)) unchanged.insert(name);
  if (give_kinds(next, findings) && prepare(patience, findings, unchanged)) return true;
  std::vector<finding> unheard;  // they had them before
  give_kinds(before, unheard);
  return false;
}

bool stores::give_kinds(const configuration &of, std::vector<finding> &findings) {
  configuration_ = &of;
  bool good = true;
  for (const auto &[name, opened] : opened_) {
    const auto &which = *of.content.find_store(name);
    try {
      opened.adopt(kinds_of(of, name));
    } catch (const std::invalid_argument &e) {
      findings.push_back({which.at, severity::error, "store " + name + ": " + e.what()});
      good = false;
    }
  }
  return good;
}

bool stores::prepare(std::chrono::milliseconds patience, std::vector<finding> &findings) {
  return prepare(patience, findings, {});
}

bool stores::prepare(std::chrono::milliseconds patience, std::vector<finding> &findings,
                     const std::set<std::string> &unchanged) {
  bool good = true;
  const auto deadline = system_clock().steady() + patience;
  for (const auto &[name, opened] : opened_) {
    const auto &which = *configuration_->content.find_store(name);
    const auto say = [&](std::string message) {
      findings.push_back({which.at, severity::error, std::move(message)});
      good = false;
    };
    const auto prepared = opened.prepare(
        unchanged.contains(name) ? std::min(deadline, system_clock().steady() + patience_if_unchanged) : deadline);
    if (!prepared && unchanged.contains(name) && prepared.why().what != outcome::internal) {
      findings.push_back(
          {which.at, severity::warning,
           prepared.why().detail + "; its record kinds stay as they were, so that nothing has to be asked of it"});
      continue;
    }
    if (!prepared) {
      say(prepared.why().detail);
      continue;
    }
    const bool lasting = use_ == store_use::inspect && which.create;
    for (const auto &difference : opened.differences(lasting)) {
      say("store " + name + ": " + difference.sentence);
      findings.back().example = example_of(*configuration_, difference);
    }
  }
  return good;
}

void stores::stop() {
  for (const auto &[name, opened] : opened_) opened.stop();
}

std::shared_ptr<record_store> stores::find(const std::string &name) const {
  const auto found = opened_.find(name);
  return found == opened_.end() ? nullptr : found->second.store;
}

std::map<std::string, std::shared_ptr<record_store>> stores::by_name() const {
  std::map<std::string, std::shared_ptr<record_store>> all;
  for (const auto &[name, opened] : opened_) all.emplace(name, opened.store);
  return all;
}

std::map<std::string, store_figures> stores::figures() const {
  std::map<std::string, store_figures> all;
  for (const auto &[name, opened] : opened_)
    if (opened.figures) all.emplace(name, opened.figures());
  return all;
}

std::string stores::ddl() const {
  std::string text;
  for (const auto &[name, opened] : opened_) text += "-- store " + name + "\n" + opened.ddl() + "\n";
  return text;
}

trace_site_ptr trace_site_of(const configuration &c, const std::map<std::string, record_store *> &opened,
                             const clock &time) {
  std::map<std::string, relay_store> named;
  for (const auto &[name, store] : opened) named.emplace(name, relay_store{store, c.content.find_store(name)->kinds});
  return std::make_shared<const trace_site>(trace_site{c.routes, std::move(named), time});
}

}  // namespace causeway
