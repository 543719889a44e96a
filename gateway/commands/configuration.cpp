#include "commands/configuration.hpp"

#include <algorithm>
#include <iostream>
#include <set>

#include "access/access.hpp"
#include "proof/losses.hpp"
#include "relay/outbox.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace {

constexpr std::size_t mapping_version_digits = 12;

log_level level_of(const std::string &name) {
  if (name == "debug") return log_level::debug;
  if (name == "warning") return log_level::warning;
  if (name == "error") return log_level::error;
  return log_level::info;
}

std::vector<kind_ptr> all_kinds(const settings &content) {
  std::vector<kind_ptr> kinds;
  for (const auto &store : content.stores) kinds.insert(kinds.end(), store.kinds.begin(), store.kinds.end());
  return kinds;
}

void compile_routes(configuration &c) {
  const auto kinds = all_kinds(c.content);
  std::vector<place> places;
  for (const auto &declared : c.content.routes) {
    const auto from = c.kind(declared.from), to = c.kind(declared.to);
    if (!from || !to) continue;  // a finding says so already
    // A mapping of other kinds, or one that could not be read, is a finding already.
    if (declared.mapping.from != declared.from || declared.mapping.to != declared.to) continue;
    // So is a kind that another route goes to.
    if (std::any_of(c.routes.begin(), c.routes.end(), [&](const copy_route &r) { return r.map->to() == to; })) continue;
    partial_mapping partial;
    auto compiled = mapping::compile(declared.mapping, from, to, c.findings, kinds, &partial);
    add_examples(partial, c.findings);
    if (!compiled) continue;
    std::string version = hash_of(compiled->meaning()).substr(0, mapping_version_digits);
    c.routes.push_back({declared.name, std::move(compiled), declared.after, std::move(version)});
    places.push_back(declared.at);
    const bool known = std::any_of(c.copy_kinds.begin(), c.copy_kinds.end(),
                                   [&](const kind_ptr &kind) { return kind->store == from->store; });
    if (!known) c.copy_kinds.push_back(copy_kind(from->store));
  }
  for (std::size_t i = 0; i < c.routes.size(); ++i) {
    copy_route route = c.routes[i];
    // A route that is there and has faults of its own is no further fault of those that wait for it.
    const auto is_that = [&](const auto &r) { return r.name == route.after; };
    if (std::none_of(c.routes.begin(), c.routes.end(), is_that)) route.after.clear();
    for (auto &fault : faults_of(route, c.routes)) c.findings.push_back({places[i], severity::error, std::move(fault)});
  }
}

}  // namespace

kind_ptr configuration::kind(std::string_view name) const {
  for (const auto &store : content.stores)
    for (const auto &kind : store.kinds)
      if (kind->name == name) return kind;
  for (const auto &kind : copy_kinds)
    if (kind->name == name) return kind;
  return nullptr;
}

record_map configuration::mapping_between(const kind_ptr &from, const kind_ptr &to) const {
  for (const auto &route : routes) {
    if (route.map->from() == from && route.map->to() == to)
      return [map = route.map](const record &source) -> result<record> {
        auto mapped = map->apply(source);
        if (!mapped) return mapped.why();
        return std::move(mapped->target);
      };
    if (route.map->from() == to && route.map->to() == from)
      return [map = route.map](const record &target) { return map->reverse(target); };
  }
  // A declared mapping with faults is there, and nothing is served with it.
  for (const auto &declared : content.routes)
    if ((declared.from == from->name && declared.to == to->name) ||
        (declared.from == to->name && declared.to == from->name))
      return [](const record &) -> result<record> { return fault{outcome::internal, "the mapping has faults", {}}; };
  return {};
}

bool configuration::is_faulty_kind(std::string_view name) const {
  if (kind(name)) return false;
  return std::any_of(content.stores.begin(), content.stores.end(), [&](const store_settings &store) {
    // A store whose kinds could not be read at all may have had this one.
    return store.kind_places.contains(std::string(name)) ||
           (store.kind_places.empty() && name.substr(0, name.find('.')) == store.name);
  });
}

void tidy(std::vector<finding> &findings, const configuration &c) {
  std::set<std::string> said;
  std::erase_if(findings, [&](const finding &f) { return !said.insert(to_string(f)).second; });
  loaded_settings with;
  with.secrets = c.secrets;
  hide_secrets(with, findings);
}

configuration read_configuration(const common_options &common) {
  kind_pool only_these;
  auto c = read_configuration(common, only_these);
  set_log_level(c.content);
  return c;
}

configuration read_configuration(const common_options &common, kind_pool &known) {
  configuration c;
  auto loaded = load_settings(common.config, common.overrides);
  c.content = std::move(loaded.content);
  c.findings = std::move(loaded.findings);
  c.secrets = std::move(loaded.secrets);
  for (auto &store : c.content.stores)
    for (auto &kind : store.kinds) kind = known.one_for(kind);
  compile_routes(c);
  tidy(c.findings, c);
  return c;
}

void set_log_level(const settings &content) { set_log_level(level_of(content.log.level)); }

void print_findings(const std::vector<finding> &findings) {
  for (const auto &f : findings) std::cerr << to_string(f) << "\n";
}

}  // namespace causeway
