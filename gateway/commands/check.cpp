// causeway check: everything serve would look at, without serving and without writing.
#include "commands/check.hpp"

#include <filesystem>
#include <iostream>

#include "causeway/json.hpp"
#include "commands/commands.hpp"
#include "commands/generation.hpp"
#include "commands/grants.hpp"
#include "commands/proof.hpp"
#include "commands/stores.hpp"
#include "store/memory_store.hpp"

namespace causeway {

namespace {

std::shared_ptr<key_maker> some_keys() {
  return std::make_shared<key_maker>([] { return system_clock().now(); }, 0);
}

std::map<std::string, std::shared_ptr<record_store>> empty_stores(const configuration &c) {
  std::map<std::string, std::shared_ptr<record_store>> empty;
  for (const auto &store : c.content.stores)
    empty.emplace(store.name, std::make_shared<memory_store>(store.kinds, some_keys()));
  return empty;
}

void check_plugins(const configuration &c, const common_options &common, std::vector<finding> &findings) {
  const std::size_t before = findings.size();
  const auto host = load_to_look_at(c, common, findings);
  const auto operations = host->operations();
  for (const auto &clash : find_route_faults(operations))
    findings.push_back({{common.config, 0, 0}, severity::error, clash.pointer + ": " + clash.detail});
  // What is not loaded asks for no role.
  if (findings.size() != before || has_errors(c.findings)) return;
  for (auto &idle : proof_of_roles(c, operations)) findings.push_back(std::move(idle));
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

std::unique_ptr<plugin_host> load_to_look_at(const configuration &c, const common_options &common,
                                             std::vector<finding> &findings) {
  return load_plugins(c, common.plugin_folder, empty_stores(c), some_keys(), std::make_shared<system_clock>(),
                      findings);
}

std::vector<finding> findings_of_files(const configuration &c, const common_options &common) {
  auto findings = c.findings;
  for (auto &loss : proof_of_routes(c)) findings.push_back(std::move(loss));
  check_plugins(c, common, findings);
  tidy(findings, c);
  return findings;
}

std::vector<finding> check_findings(const configuration &c, const common_options &common, const store_opener &open) {
  auto findings = findings_of_files(c, common);
  if (!has_errors(c.findings)) check_schemas(c, open, findings);
  tidy(findings, c);
  return findings;
}

std::string json_of(const std::vector<finding> &findings) {
  std::string text = "{\"findings\":[";
  for (const auto &f : findings) {
    sdk::json_writer out;
    out.begin_object().member("file", f.at.file).member("line", f.at.line).member("column", f.at.column);
    out.member("severity", to_string(f.level)).member("message", f.message);
    if (!f.example.shown.empty()) out.member("example", f.example.shown);
    text += (&f == &findings.front() ? "" : ",") + out.take();
    // The records are JSON already.
    std::string records;
    for (const auto &[given, became] : f.example.records)
      records.append(records.empty() ? "" : ",").append("{\"record\":" + given + ",\"becomes\":" + became + "}");
    text += records.empty() ? "}" : ",\"witness\":[" + records + "]}";
  }
  return text + "]}";
}

int check_command(const common_options &common, const check_options &options, const store_opener &open) {
  auto c = read_configuration(common);
  if (options.ddl && !has_errors(c.findings)) {
    std::cout << stores(c, open, some_keys(), store_use::inspect).ddl();
    return 0;
  }
  const auto findings = check_findings(c, common, open);
  if (options.json)
    std::cout << json_of(findings) << "\n";
  else
    print_findings(findings);
  return has_errors(findings) ? 1 : 0;
}

int grants_command(const common_options &common, const std::string &role) {
  auto c = read_configuration(common);
  auto findings = c.findings;
  const auto host = load_to_look_at(c, common, findings);
  print_findings(findings);
  if (has_errors(findings)) return 1;
  std::cout << grant_statements(c, host->plugins(), role);
  return 0;
}

int plugins_command(const common_options &common) {
  auto c = read_configuration(common);
  auto findings = c.findings;
  const auto host = load_to_look_at(c, common, findings);
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
