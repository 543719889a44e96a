// What a running gateway cannot take up from another configuration.
#pragma once

#include <vector>

#include "commands/configuration.hpp"

namespace causeway {

// An error for each setting that only a start takes up and that `asked` has otherwise than `serving`, at its place.
// Both are without errors. A value that may be secret is not told.
std::vector<finding> restart_needed(const configuration &serving, const configuration &asked);

}  // namespace causeway
