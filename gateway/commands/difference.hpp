// What would change for callers and operators if one configuration took another's place, in words.
#pragma once

#include <string>
#include <vector>

#include "commands/configuration.hpp"
#include "host/plugin_host.hpp"
#include "runtime/operation.hpp"

namespace causeway {

struct configured_site {
  const configuration &files;
  std::vector<operation> operations;  // of its plugins
  std::vector<plugin_info> plugins;   // that are loaded
};

struct site_change {
  bool security = false;  // somebody may do or see more than before, or gets in another way
  std::string what;       // a sentence without names of secrets or their contents
};

// In the order of operations, routes, mappings, stores and their kinds, plugins, keys, settings. Empty: nothing
// changes.
std::vector<site_change> changes_between(const configured_site &before, const configured_site &after);

}  // namespace causeway
