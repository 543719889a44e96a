#include "settings/cross_checks.hpp"

#include <algorithm>
#include <set>

#include "runtime/suggestion.hpp"

namespace causeway {

namespace {

using findings_list = std::vector<finding>;

void report(findings_list &findings, const place &at, std::string message) {
  findings.push_back({at, severity::error, std::move(message)});
}

std::string store_of(const std::string &kind) { return kind.substr(0, kind.find('.')); }

const record_kind *find_kind(const settings &content, const std::string &name) {
  const store_settings *store = content.find_store(store_of(name));
  if (!store) return nullptr;
  const auto found =
      std::find_if(store->kinds.begin(), store->kinds.end(), [&](const kind_ptr &k) { return k->name == name; });
  return found == store->kinds.end() ? nullptr : found->get();
}

// A store without any kind could not be read, or says so itself: its kinds are neither known nor unknown.
bool is_unknown(const settings &content, const std::string &name) {
  const store_settings *store = content.find_store(store_of(name));
  return !store || (!store->kind_places.empty() && !store->kind_places.contains(name));
}

std::string name_of(charset set) {
  for (const auto &[name, one] : charset_names())
    if (one == set) return std::string(name);
  return {};
}

void check_kind(const settings &content, const std::string &name, const place &at, const std::string &path,
                findings_list &findings) {
  if (name.empty()) return;
  if (is_unknown(content, name)) {
    std::vector<std::string> known;
    for (const store_settings &store : content.stores)
      for (const auto &[kind, unused] : store.kind_places) known.push_back(kind);
    report(findings, at, path + ": unknown record kind '" + name + "'" + suggestion(name, known));
  } else if (const record_kind *kind = find_kind(content, name); kind && kind->read_only) {
    report(findings, at, path + ": nothing is written to '" + name + "', which is readOnly");
  }
}

void check_after(const settings &content, std::size_t i, const place &at, const std::string &path,
                 findings_list &findings) {
  const route_settings &route = content.routes[i];
  if (route.after.empty()) return;
  const auto begin = content.routes.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(i);
  const auto before = std::find_if(begin, end, [&](const route_settings &r) { return r.name == route.after; });
  if (before == end) {
    std::vector<std::string> known;
    for (auto r = begin; r != end; ++r) known.push_back(r->name);
    const bool later =
        std::any_of(end, content.routes.end(), [&](const route_settings &r) { return r.name == route.after; });
    report(findings, at,
           path + ": " +
               (later ? "the route '" + route.after + "' must stand before this one"
                      : "there is no route '" + route.after + "' before this one" + suggestion(route.after, known)));
  } else if (store_of(before->from) != store_of(route.from) || store_of(before->to) != store_of(route.to)) {
    report(findings, at,
           path + ": the route '" + route.after + "' goes from " + store_of(before->from) + " to " +
               store_of(before->to) + ", this one from " + store_of(route.from) + " to " + store_of(route.to) +
               "; both must join the same stores");
  }
}

}  // namespace

void check_stores(const settings &content, findings_list &findings) {
  for (auto store = content.stores.begin(); store != content.stores.end(); ++store) {
    const auto other = std::find_if(content.stores.begin(), store, [&](const store_settings &s) {
      return s.kind == store->kind && s.connect == store->connect && !s.connect.empty();
    });
    if (other != store)
      report(findings, store->at,
             "stores." + store->name + " connects to the same database as stores." + other->name +
                 "; each store has its own");
  }
}

void check_plugins(const settings &content, findings_list &findings) {
  std::set<std::string> seen;
  for (const plugin_settings &plugin : content.plugins)
    if (!seen.insert(plugin.library).second)
      report(findings, plugin.at, "plugins: the library '" + plugin.library + "' is there twice");
}

void check_routes(const settings &content, const std::vector<route_places> &routes, findings_list &findings) {
  std::set<std::string> names;
  std::map<std::string, std::string> targets;  // and which route goes there
  for (std::size_t i = 0; i < content.routes.size(); ++i) {
    const route_settings &route = content.routes[i];
    const route_places &places = routes[i];
    const std::string path = "copies." + std::to_string(i);
    if (!route.name.empty() && !names.insert(route.name).second)
      report(findings, places.name, path + ".name: there is a route '" + route.name + "' already");
    check_kind(content, route.from, places.from, path + ".from", findings);
    check_kind(content, route.to, places.to, path + ".to", findings);
    check_after(content, i, places.after, path + ".after", findings);
    if (route.from.empty() || route.to.empty()) continue;
    if (store_of(route.from) == store_of(route.to))
      report(findings, places.to,
             path + ".to: a route goes from one store to another, and both kinds are of '" + store_of(route.to) + "'");
    const auto [other, fresh] = targets.emplace(route.to, route.name);
    if (!fresh)
      report(findings, places.to,
             path + ".to: the route '" + other->second + "' goes to " + route.to +
                 " already; give each a kind of its own, for records of both with equal keys would be one copy");
    if (places.mapping_from.file.empty()) continue;
    if (!route.mapping.from.empty() && route.mapping.from != route.from && !is_unknown(content, route.from))
      report(findings, places.mapping_from,
             "from: the route '" + route.name + "' goes from " + route.from + ", its mapping from '" +
                 route.mapping.from + "'");
    if (!route.mapping.to.empty() && route.mapping.to != route.to && !is_unknown(content, route.to))
      report(findings, places.mapping_to,
             "to: the route '" + route.name + "' goes to " + route.to + ", its mapping to '" + route.mapping.to + "'");
  }
}

void check_keys(const settings &content, findings_list &findings) {
  std::map<std::string, const key_settings *> by_name;
  std::map<std::string, const key_settings *> by_hash;
  for (const key_settings &key : content.keys) {
    if (!by_name.emplace(key.name, &key).second)
      report(findings, key.at, "there is a key '" + key.name + "' already; names of keys are unique");
    const auto [other, fresh] = by_hash.emplace(key.sha256, &key);
    if (!fresh)
      report(findings, key.at,
             "the key '" + key.name + "' has the same sha256 as '" + other->second->name +
                 "'; each caller has its own key");
  }
}

void fill_in_charsets(settings &content, findings_list &findings) {
  for (route_settings &route : content.routes) {
    const store_settings *store = content.find_store(store_of(route.to));
    const record_kind *kind = find_kind(content, route.to);
    if (!store || !kind || store->encoding == charset::utf8) continue;
    for (field_rule &rule : route.mapping.fields) {
      const auto target = kind->find_field(rule.target);
      if (!target || kind->fields[*target].type != field_type::text) continue;
      if (!rule.encoding) rule.encoding = store->encoding;
      if (*rule.encoding >= store->encoding) continue;
      // Copies go past the store's own refusal of such text: it would let in what the database cannot keep.
      report(findings, rule.at,
             "fields." + rule.target + ".charset: " + name_of(*rule.encoding) + " holds more than the store '" +
                 store->name + "', whose charset is " + name_of(store->encoding));
      rule.faulty = true;
    }
  }
}

}  // namespace causeway
