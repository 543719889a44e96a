#include "commands/proof.hpp"

#include <algorithm>

#include "mapping/mapping_step.hpp"
#include "proof/live.hpp"
#include "proof/losses.hpp"
#include "proof/mapping_tests.hpp"
#include "proof/site.hpp"

namespace causeway {

namespace {

// What the configuration says of it; every route comes from there.
const route_settings &settings_of(const configuration &c, const copy_route &route) {
  return *std::find_if(c.content.routes.begin(), c.content.routes.end(),
                       [&](const route_settings &r) { return r.name == route.name; });
}

}  // namespace

std::vector<finding> circles_of_routes(const configuration &c) {
  std::vector<route_to_proof> routes;
  for (const auto &route : c.routes) routes.push_back({route.name, settings_of(c, route).at, route.map});
  return find_circles(routes);
}

std::vector<finding> proof_of_routes(const configuration &c) {
  std::vector<finding> findings;
  const auto add = [&](std::vector<finding> more) {
    findings.insert(findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  for (const auto &route : c.routes) {
    const mapping_declaration &declared = settings_of(c, route).mapping;
    const auto *source = c.content.find_store(route.map->from()->store);
    add(proof_read({*route.map, declared, source ? source->encoding : charset::utf8}, !has_errors(c.findings)));
    add(run_mapping_tests(*route.map, declared));
  }
  add(circles_of_routes(c));
  return findings;
}

std::vector<finding> proof_of_roles(const configuration &c, const std::vector<operation> &operations) {
  std::vector<key_to_proof> keys;
  for (const auto &key : c.content.keys) keys.push_back({key.name, key.at, key.roles});
  return find_idle_roles(operations, keys, c.content.security_at);
}

witness example_of(const configuration &c, const live_difference &difference) {
  for (const auto &route : c.routes)
    if (route.map->to()->name == difference.kind) return example_of(*route.map, difference);
  return {};
}

}  // namespace causeway
