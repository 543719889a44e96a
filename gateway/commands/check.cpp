// causeway check: everything serve would look at, without serving and without writing.
#include <filesystem>
#include <iostream>

#include "commands/commands.hpp"
#include "commands/configuration.hpp"
#include "commands/gateway.hpp"
#include "commands/stores.hpp"
#include "store/memory_store.hpp"

namespace causeway {

namespace {

std::shared_ptr<key_maker> some_keys() {
  return std::make_shared<key_maker>([] { return system_clock().now(); }, 0);
}

// Plugins are loaded over empty stores in memory: what they declare is checked, nothing is asked of them.
void check_plugins(const configuration &c, const common_options &common, std::vector<finding> &findings) {
  std::map<std::string, std::shared_ptr<record_store>> empty;
  for (const auto &store : c.content.stores)
    empty.emplace(store.name, std::make_shared<memory_store>(store.kinds, some_keys()));
  const auto host =
      load_plugins(c, common.plugin_folder, std::move(empty), some_keys(), std::make_shared<system_clock>(), findings);
  for (const auto &clash : find_route_faults(host->operations()))
    findings.push_back({{common.config, 0, 0}, severity::error, clash.pointer + ": " + clash.detail});
}

// An embedded database that is not there yet has no schema to compare.
bool has_schema(const settings &content, const store_settings &store) {
  return store.kind != backend::sqlite3 || std::filesystem::exists(content.data_dir / store.connect);
}

void check_schemas(const configuration &c, const store_opener &open, std::vector<finding> &findings) {
  for (const auto &store : c.content.stores) {
    if (!has_schema(c.content, store)) continue;
    configuration only = c;
    only.content.stores = {store};
    stores opened(only, open, some_keys(), store_use::inspect);
    std::vector<finding> found;
    opened.prepare(std::chrono::seconds(10), found);
    findings.insert(findings.end(), found.begin(), found.end());
  }
}

}  // namespace

int check_command(const common_options &common, bool print_ddl, const store_opener &open) {
  auto c = read_configuration(common);
  auto findings = c.findings;
  if (print_ddl && !has_errors(findings)) {
    std::cout << stores(c, open, some_keys(), store_use::inspect).ddl();
    return 0;
  }
  check_plugins(c, common, findings);
  if (!has_errors(c.findings)) check_schemas(c, open, findings);
  print_findings(findings);
  return has_errors(findings) ? 1 : 0;
}

int plugins_command(const common_options &common) {
  auto c = read_configuration(common);
  auto findings = c.findings;
  std::map<std::string, std::shared_ptr<record_store>> empty;
  for (const auto &store : c.content.stores)
    empty.emplace(store.name, std::make_shared<memory_store>(store.kinds, some_keys()));
  const auto host =
      load_plugins(c, common.plugin_folder, std::move(empty), some_keys(), std::make_shared<system_clock>(), findings);
  for (const auto &plugin : host->plugins()) {
    std::cout << plugin.name << " " << plugin.version << " (ABI " << plugin.abi << ")\n";
    for (const auto &route : plugin.operations) {
      std::cout << "  " << route.method << std::string(7 - std::min<std::size_t>(6, route.method.size()), ' ')
                << route.path << " ";
      for (const auto &role : route.roles) std::cout << " " << role;
      std::cout << "\n";
    }
  }
  print_findings(findings);
  return has_errors(findings) ? 1 : 0;
}

}  // namespace causeway
