// causeway diff: both configurations are read and their plugins loaded to be looked at; nothing is opened.
#include <iostream>

#include "causeway/json.hpp"
#include "commands/check.hpp"
#include "commands/commands.hpp"
#include "commands/difference.hpp"

namespace causeway {

namespace {

struct looked_at {
  configuration files;
  std::vector<operation> operations;
  std::vector<plugin_info> plugins;

  // False where it has errors, which are printed.
  bool read(const common_options &common) {
    files = read_configuration(common);
    auto findings = files.findings;
    const auto host = load_to_look_at(files, common, findings);
    operations = host->operations();
    plugins = host->plugins();
    if (!has_errors(findings)) return true;
    tidy(findings, files);
    print_findings(findings);
    return false;
  }
};

}  // namespace

int diff_command(const common_options &common, const std::string &old_file, const std::string &new_file, bool json) {
  looked_at before, after;
  common_options with = common;
  with.config = old_file;
  bool sound = before.read(with);
  with.config = new_file;
  sound = after.read(with) && sound;
  if (!sound) return 2;

  sdk::json_writer out;
  out.begin_object().name("changes").begin_array();
  const auto changes = changes_between({before.files, before.operations, before.plugins},
                                       {after.files, after.operations, after.plugins});
  for (const auto &change : changes) {
    if (json)
      out.begin_object().member("security", change.security).member("change", change.what).end_object();
    else
      std::cout << (change.security ? "security: " : "") << change.what << "\n";
  }
  out.end_array().end_object();
  if (json) std::cout << out.take() << "\n";
  return changes.empty() ? 0 : 1;
}

}  // namespace causeway
