// Asks gateway/proof about a configuration: what its mappings lose, whether their tests pass, what leads nowhere.
#pragma once

#include <vector>

#include "commands/configuration.hpp"
#include "runtime/operation.hpp"
#include "store/live_difference.hpp"

namespace causeway {

// Of the routes whose mappings compile: losses, tests, circles.
std::vector<finding> proof_of_routes(const configuration &c);
// Of these only the circles: a gateway that serves them would copy without end.
std::vector<finding> circles_of_routes(const configuration &c);
// Of the keys, and the operations that are served.
std::vector<finding> proof_of_roles(const configuration &c, const std::vector<operation> &operations);
// What a column that differs from its kind does to a record that a route carries there; empty where no route does.
witness example_of(const configuration &c, const live_difference &difference);

}  // namespace causeway
