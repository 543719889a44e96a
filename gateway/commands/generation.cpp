// The order matters: faces before the plugins that are lent them, plugins before the operations that they declare.
#include "commands/generation.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "commands/stores.hpp"
#include "mapping/encoded_store.hpp"
#include "relay/operations.hpp"
#include "relay/outbox_store.hpp"
#include "relay/trace_operation.hpp"
#include "settings/substitution.hpp"

namespace causeway {

std::unique_ptr<plugin_host> load_plugins(const configuration &c, const std::string &plugin_folder,
                                          std::map<std::string, std::shared_ptr<record_store>> stores,
                                          std::shared_ptr<key_maker> keys, std::shared_ptr<const clock> time,
                                          std::vector<finding> &findings) {
  plugin_host_options options;
  options.folder = plugin_folder;
  options.stores = std::move(stores);
  options.kind = [&c](std::string_view name) { return c.kind(name); };
  options.faulty_kind = [&c](std::string_view name) { return c.is_faulty_kind(name); };
  options.mapping = [&c](const kind_ptr &from, const kind_ptr &to) { return c.mapping_between(from, to); };
  options.keys = std::move(keys);
  options.time = std::move(time);
  options.roles = known_roles();
  // Requests have been waited for by then: what is still open is stuck.
  options.stop_wait = std::chrono::seconds(1);
  auto host = std::make_unique<plugin_host>(std::move(options));
  for (const auto &configured : c.content.plugins) {
    plugin_reference reference{configured.at, configured.library, {}};
    for (const auto &[name, given] : configured.settings)
      reference.settings.emplace(name, plugin_reference::setting{given.at, given.content});
    host->load(reference, findings);
  }
  hide_replacements(c.secrets, findings);  // a plugin may quote what it was given
  return host;
}

generation::generation(std::shared_ptr<const configuration> c, const generation_site &site)
    : files_(std::move(c)), site_(site) {
  make_faces();
  std::vector<access_entry> entries;
  for (const auto &key : files_->content.keys) entries.push_back({key.name, key.roles, key.sha256});
  access_ = std::make_unique<access>(entries);
  backlog_ = std::make_unique<backlog>(files_->routes, guarded(), *site_.time);
}

void generation::make_faces() {
  for (const auto &[name, store] : site_.stores) {
    std::vector<copy_route> from_here;
    for (const auto &route : files_->routes)
      if (route.map->from()->store == name) from_here.push_back(route);
    std::shared_ptr<record_store> face = store;
    if (!from_here.empty()) {
      auto outbox = std::make_shared<outbox_store>(*store, std::move(from_here), site_.keys, *site_.time);
      outbox->on_copy(site_.copy_waits);
      face = std::move(outbox);
    }
    const auto holds = files_->content.find_store(name)->encoding;
    if (holds != charset::utf8) face = std::make_shared<encoded_store>(std::move(face), holds);
    faces_.emplace(name, std::move(face));
  }
}

std::map<std::string, record_store *> generation::guarded() const {
  std::map<std::string, record_store *> all;
  for (const auto &[name, store] : site_.stores) all.emplace(name, store.get());
  return all;
}

bool generation::load(std::vector<finding> &findings) {
  plugins_ = load_plugins(*files_, site_.common.plugin_folder, faces_, site_.keys, site_.time, findings);
  if (has_errors(findings)) return false;
  auto made = api::make(operations(), options_of_api());
  if (made) {
    api_ = std::move(*made);
    return true;
  }
  for (const auto &clash : made.why().inputs)
    findings.push_back({{site_.common.config, 0, 0}, severity::error, clash.pointer + ": " + clash.detail});
  return false;
}

std::vector<operation> generation::operations() const {
  auto all = plugins_->operations();
  for (auto &op : relay_operations(files_->routes, guarded(), *site_.time, site_.copy_waits))
    all.push_back(std::move(op));
  for (auto &op : trace_operations(trace_site_of(*files_, guarded(), *site_.time))) all.push_back(std::move(op));
  all.insert(all.end(), site_.operations.begin(), site_.operations.end());
  return all;
}

api_options generation::options_of_api() const {
  api_options options;
  options.authenticate = [this](std::string_view header) { return access_->authenticate(header); };
  options.readiness = [this] { return site_.readiness(*plugins_); };
  options.retry_in = [this] {
    std::chrono::milliseconds longest{0};
    for (const auto &[name, store] : site_.stores) longest = std::max(longest, store->retry_in());
    return longest;
  };
  options.keys = site_.answers;
  options.counts = site_.counts;
  return options;
}

std::shared_ptr<const api> served_by(const std::shared_ptr<generation> &of) { return {of, &of->served()}; }

}  // namespace causeway
