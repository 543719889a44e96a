#include "commands/route_at_hand.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <pwd.h>
#include <unistd.h>

#include "runtime/clock.hpp"

namespace causeway {

namespace {

// The same configuration with one store.
configuration only(const configuration &all, const std::string &store) {
  configuration one = all;
  one.content.stores = {*all.content.find_store(store)};
  return one;
}

}  // namespace

std::unique_ptr<route_at_hand> route_at_hand::open(const common_options &common, const std::string &route,
                                                   const store_opener &opener, bool writes) {
  std::unique_ptr<route_at_hand> made(new route_at_hand());
  made->all_ = read_configuration(common);
  print_findings(made->all_.findings);
  if (has_errors(made->all_.findings)) return nullptr;
  const auto &routes = made->all_.routes;
  const auto found = std::find_if(routes.begin(), routes.end(), [&](const copy_route &r) { return r.name == route; });
  if (found == routes.end()) {
    std::cerr << common.config << ": there is no route " << route << " under copies:\n";
    return nullptr;
  }
  made->route_ = &*found;
  return made->prepare(opener, writes) ? std::move(made) : nullptr;
}

bool route_at_hand::prepare(const store_opener &opener, bool writes) {
  const auto &from = route_->map->from()->store;
  const auto &to = route_->map->to()->store;
  const auto keys = std::make_shared<key_maker>([] { return system_clock().now(); }, 0);
  std::vector<finding> findings;
  from_only_ = only(all_, from);
  from_ = std::make_unique<stores>(from_only_, opener, keys, writes ? store_use::write : store_use::read);
  bool prepared = from_->prepare(command_patience, findings);
  source_ = target_ = from_->find(from);
  if (prepared && from != to) {
    to_only_ = only(all_, to);
    to_ = std::make_unique<stores>(to_only_, opener, keys, store_use::read);
    prepared = to_->prepare(command_patience, findings);
    target_ = to_->find(to);
  }
  print_findings(findings);
  return prepared;
}

const std::vector<kind_ptr> &route_at_hand::target_kinds() const {
  return all_.content.find_store(route_->map->to()->store)->kinds;
}

std::string user_name() {
  if (const passwd *user = getpwuid(getuid()); user && user->pw_name && *user->pw_name) return user->pw_name;
  const char *named = std::getenv("USER");
  return named && *named ? named : "uid " + std::to_string(getuid());
}

std::uint64_t how_many(record_store &in, const kind_ptr &kind) {
  find_request all;
  all.kind = kind;
  const auto counted = count_now(in, std::move(all), system_clock().steady() + command_patience);
  return counted && *counted > 0 ? std::uint64_t(*counted) : 0;
}

}  // namespace causeway
