// What must fit together between the parts of a configuration and can be seen without a database: names that are there
// once, kinds and routes that are known, mappings that are those of their routes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/finding.hpp"
#include "settings/mapping_file.hpp"
#include "settings/settings.hpp"

namespace causeway {

// Where the parts of a route stand.
struct route_places {
  place name, from, to, after;
  // Of the mapping's file; no file where it could not be read.
  place mapping_from, mapping_to;
};

// `routes` goes with `content.routes`, one for one.
void check_stores(const settings &content, std::vector<finding> &findings);
void check_plugins(const settings &content, std::vector<finding> &findings);
void check_routes(const settings &content, const std::vector<route_places> &routes, std::vector<finding> &findings);
void check_keys(const settings &content, std::vector<finding> &findings);

// Rules that fill text and name no character set get that of the target's store; one that holds more is a fault.
void fill_in_charsets(settings &content, std::vector<finding> &findings);

}  // namespace causeway
