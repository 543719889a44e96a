// A configuration read and understood: settings, compiled mappings, routes. What every command begins with; nothing is
// opened yet.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "commands/commands.hpp"
#include "host/host_options.hpp"
#include "relay/route.hpp"
#include "settings/settings.hpp"
#include "store/kind_pool.hpp"

namespace causeway {

struct configuration {
  settings content;
  std::vector<copy_route> routes;  // those whose mapping compiles
  std::vector<finding> findings;
  // A configured kind, or the copy state of a store that is copied from ("pluto.copy"); null for an unknown one.
  kind_ptr kind(std::string_view name) const;
  // The mapping of a route between these kinds, backwards where it runs the other way; empty where there is none.
  record_map mapping_between(const kind_ptr &from, const kind_ptr &to) const;
  // Whether it is declared and has faults, which findings tell.
  bool is_faulty_kind(std::string_view name) const;
  std::vector<kind_ptr> copy_kinds;  // one per store that is copied from
  // What ${NAME} and ${file:PATH} stood for, with how it was written: for hide_replacements, never to be shown.
  std::vector<std::pair<std::string, std::string>> secrets;
};

// Sets the level of the log, too.
configuration read_configuration(const common_options &common);

// For who reads it again and again: `known` holds the kinds of all readings, and a kind that has not changed is the
// same object each time. Leaves the log as it is.
configuration read_configuration(const common_options &common, kind_pool &known);

// Lets the log say as much as the settings ask for.
void set_log_level(const settings &content);

// Takes away what is said twice, of a file that two routes or stores name, and what is secret.
void tidy(std::vector<finding> &findings, const configuration &c);

// Writes findings to standard error, as FILE:LINE:COL: severity: message.
void print_findings(const std::vector<finding> &findings);

}  // namespace causeway
