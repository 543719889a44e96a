// What the gateway's database users need: no more than what the plugins declare, the copy routes do, and Causeway's own
// tables take. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "commands/configuration.hpp"
#include "host/plugin_host.hpp"

namespace causeway {

struct table_rights {
  bool select = false, insert = false, update = false, erase = false;
};

// By table, of this store: what serve, check, reconcile, backfill and trace need.
std::map<std::string, table_rights> rights_in(const configuration &c, const std::string &store,
                                              const std::vector<plugin_info> &plugins);

// The statements, for each PostgreSQL store, that grant them to this role in the schema `public`.
std::string grant_statements(const configuration &c, const std::vector<plugin_info> &plugins, const std::string &role);

}  // namespace causeway
