// The shipped record kinds and mappings, read and compiled as the gateway does it.
#include <map>
#include <stdexcept>

#include "mapping/encoded_store.hpp"
#include "mapping/mapping.hpp"
#include "settings/settings.hpp"
#include "tests/support/plugin_harness.hpp"

namespace causeway::testing {

namespace {

kind_ptr copies_of(const std::string &store) {
  record_kind kind;
  kind.store = store;
  kind.name = store + ".copy";
  kind.table = "copy";
  const auto add = [&](const char *name, field_type type, bool required) {
    field f;
    f.name = f.column = name;
    f.type = type;
    f.required = required;
    kind.fields.push_back(std::move(f));
  };
  add("sourceId", field_type::text, true);
  add("route", field_type::text, false);
  add("state", field_type::text, true);
  add("targetId", field_type::text, false);
  add("copiedAt", field_type::timestamp, false);
  kind.key = {0};
  return std::make_shared<const record_kind>(std::move(kind));
}

}  // namespace

test_site shipped_site() {
  const auto loaded = load_settings(CAUSEWAY_CONFIG);
  std::string wrong;
  for (const auto &f : loaded.findings)
    if (f.level == severity::error) wrong += "\n  " + to_string(f);
  if (!wrong.empty()) throw std::runtime_error("the shipped configuration is not valid:" + wrong);

  test_site site;
  for (const auto &store : loaded.content.stores) {
    site.kinds.insert(site.kinds.end(), store.kinds.begin(), store.kinds.end());
    site.kinds.push_back(copies_of(store.name));
  }
  std::vector<std::shared_ptr<const mapping>> mappings;
  for (const auto &route : loaded.content.routes) {
    const auto find = [&](const std::string &name) -> kind_ptr {
      for (const auto &kind : site.kinds)
        if (kind->name == name) return kind;
      return nullptr;
    };
    std::vector<finding> findings;
    auto compiled = mapping::compile(route.mapping, find(route.from), find(route.to), findings);
    for (const auto &f : findings) wrong += "\n  " + to_string(f);
    if (!compiled) throw std::runtime_error("a shipped mapping is not valid:" + wrong);
    mappings.push_back(std::move(compiled));
  }
  site.mapping = [mappings](const kind_ptr &from, const kind_ptr &to) -> record_map {
    for (const auto &m : mappings) {
      if (m->from()->name == from->name && m->to()->name == to->name)
        return [m](const record &source) -> result<record> {
          auto mapped = m->apply(source);
          if (!mapped) return mapped.why();
          return std::move(mapped->target);
        };
      if (m->from()->name == to->name && m->to()->name == from->name)
        return [m](const record &target) { return m->reverse(target); };
    }
    return {};
  };
  return site;
}

test_site shipped_site_of_its_charsets() {
  std::map<std::string, charset> holds;
  for (const auto &store : load_settings(CAUSEWAY_CONFIG).content.stores) holds[store.name] = store.encoding;
  auto site = shipped_site();
  site.wrap = [holds](const std::string &name, std::shared_ptr<memory_store> store, std::shared_ptr<key_maker>,
                      std::shared_ptr<const clock>) -> std::shared_ptr<record_store> {
    const auto of = holds.at(name);
    if (of == charset::utf8) return store;
    return std::make_shared<encoded_store>(std::move(store), of);
  };
  return site;
}

}  // namespace causeway::testing
