// What is wrong between the parts of a site that is sound part by part: routes in a circle, roles that lead nowhere.
#pragma once

#include <string>
#include <vector>

#include "mapping/mapping.hpp"
#include "runtime/finding.hpp"
#include "runtime/operation.hpp"

namespace causeway {

struct route_to_proof {
  std::string name;
  place at;
  std::shared_ptr<const mapping> map;
};

// Routes that lead back to the kind they began with: errors, one for each circle, at its first route.
std::vector<finding> find_circles(const std::vector<route_to_proof> &routes);

struct key_to_proof {
  std::string name;
  place at;
  std::vector<std::string> roles;
};

// Warnings: operations that no key may call, a finding for each role (at `keys_at`), and roles of keys that no
// operation asks for (at the key). Nothing where there are no keys at all.
std::vector<finding> find_idle_roles(const std::vector<operation> &operations, const std::vector<key_to_proof> &keys,
                                     const place &keys_at);

}  // namespace causeway
