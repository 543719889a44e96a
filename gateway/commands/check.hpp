// What `causeway check` finds, apart from how it is printed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands/configuration.hpp"
#include "commands/store_opener.hpp"
#include "host/plugin_host.hpp"

namespace causeway {

// Everything that is wrong with a configuration, its mappings, plugins and live schemas, each said once and without
// secrets. Loads the plugins and opens the stores; writes nothing.
std::vector<finding> check_findings(const configuration &c, const common_options &common, const store_opener &open);

// The same without the live schemas: no store is opened.
std::vector<finding> findings_of_files(const configuration &c, const common_options &common);

// The configuration's plugins, loaded over empty stores in memory: what they declare can be seen, nothing is asked of
// them. What does not fit goes to `findings`. `c` outlives it.
std::unique_ptr<plugin_host> load_to_look_at(const configuration &c, const common_options &common,
                                             std::vector<finding> &findings);

// {"findings": [{"file", "line", "column", "severity", "message", "example", "witness": [{"record", "becomes"}]}]}; the
// last two where there are any.
std::string json_of(const std::vector<finding> &findings);

}  // namespace causeway
