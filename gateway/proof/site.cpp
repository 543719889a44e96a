#include "proof/site.hpp"

#include <algorithm>
#include <set>

#include "proof/experiment.hpp"
#include "proof/stored.hpp"

namespace causeway {

namespace {

using path = std::vector<const route_to_proof *>;

// The shortest way from `first` back to where it begins; empty where there is none.
path way_back(const route_to_proof &first, const std::vector<route_to_proof> &routes) {
  std::vector<path> ways{{&first}};
  std::set<std::string> seen;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const path way = ways[i];
    const std::string &here = way.back()->map->to()->name;
    if (here == first.map->from()->name) return way;
    if (!seen.insert(here).second) continue;
    for (const auto &next : routes)
      if (next.map->from()->name == here) {
        ways.push_back(way);
        ways.back().push_back(&next);
      }
  }
  return {};
}

// A record sent round.
witness sent_round(const path &way) {
  witness made;
  record r = experiment(*way.front()->map).sample();
  made.shown = "a record of " + r.kind->name;
  for (const auto *route : way) {
    const auto became = route->map->apply(r);
    made.records.push_back({json_of(r), became ? stored_json_of(*became) : refusal_json_of(became.why())});
    if (!became) {
      made.shown += ", which " + route->name + " refuses";
      break;
    }
    made.shown += " becomes one of " + became->target.kind->name;
    r = became->target;
    // What the store or a lookup would fill.
    for (auto &v : r.values)
      if (is_absent(v)) v = "x";
    for (const auto &lookup : became->lookups) r.values[lookup.target_field] = "x";
  }
  return made;
}

}  // namespace

std::vector<finding> find_circles(const std::vector<route_to_proof> &routes) {
  std::vector<finding> findings;
  std::set<std::set<std::string>> said;
  for (const auto &route : routes) {
    const path way = way_back(route, routes);
    if (way.empty()) continue;
    std::set<std::string> names;
    std::string all = route.map->from()->name;
    for (const auto *step : way) {
      names.insert(step->name);
      all += " to " + step->map->to()->name;
    }
    if (!said.insert(names).second) continue;
    findings.push_back(
        {route.at, severity::error,
         "the route '" + route.name + "' leads back to where it begins: " + all + "; a kind is copied one way only",
         sent_round(way)});
  }
  return findings;
}

std::vector<finding> find_idle_roles(const std::vector<operation> &operations, const std::vector<key_to_proof> &keys,
                                     const place &keys_at) {
  std::vector<finding> findings;
  if (keys.empty()) return findings;
  std::set<std::string> held, asked, said;
  for (const auto &key : keys) held.insert(key.roles.begin(), key.roles.end());
  for (const auto &op : operations) {
    asked.insert(op.roles.begin(), op.roles.end());
    if (op.roles.empty() || std::any_of(op.roles.begin(), op.roles.end(), [&](auto &r) { return held.contains(r); }))
      continue;
    std::string roles;
    for (const auto &role : op.roles) roles += (roles.empty() ? "'" : " or '") + role + "'";
    if (!said.insert(roles).second) continue;
    findings.push_back({keys_at,
                        severity::warning,
                        "no key has the role " + roles + ", which operations ask for",
                        {{}, op.method + " " + op.path + " is refused to everybody (403)"}});
  }
  for (const auto &key : keys)
    for (const auto &role : key.roles)
      if (!asked.contains(role))
        findings.push_back({key.at,
                            severity::warning,
                            "the key '" + key.name + "' has the role '" + role + "', which no operation asks for",
                            {}});
  return findings;
}

}  // namespace causeway
