// Rights by table, gathered from who touches it: plugins as they declare, routes from both sides, and the relay, the
// reservations of Idempotency-Keys and the membership with tables of their own.
#include "commands/grants.hpp"

#include "causeway/abi.h"
#include "commands/stores.hpp"
#include "http/idempotency.hpp"
#include "relay/attempts.hpp"
#include "relay/outbox.hpp"
#include "runtime/membership.hpp"
#include "store/kept_versions.hpp"

namespace causeway {

namespace {

void allow(table_rights &rights, std::uint32_t uses, bool read_only) {
  // An update finds its row by the key and the version, for which it must see them.
  rights.select |= (uses & (CW_READS | CW_UPDATES)) != 0;
  if (read_only) return;
  rights.insert |= (uses & CW_INSERTS) != 0;
  rights.update |= (uses & CW_UPDATES) != 0;
}

std::string quoted(const std::string &name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string listed(const table_rights &rights) {
  std::string words;
  const auto add = [&](bool given, const char *word) {
    if (given) words += (words.empty() ? "" : ", ") + std::string(word);
  };
  add(rights.select, "SELECT");
  add(rights.insert, "INSERT");
  add(rights.update, "UPDATE");
  add(rights.erase, "DELETE");
  return words;
}

// Who reads or changes a record without a version of its own does the same to the version that is kept for it.
void keep_versions(const configuration &c, const std::string &store, std::map<std::string, table_rights> &all) {
  table_rights kept;
  for (const auto &kind : c.content.find_store(store)->kinds) {
    const auto given = all.find(kind->table);
    if (!kind->guarded_by_contents || given == all.end()) continue;
    const bool writes = given->second.insert || given->second.update;
    kept = {true, kept.insert || writes, kept.update || writes, kept.erase || given->second.erase};
  }
  if (kept.select) all[kept_versions_kind(store)->table] = kept;
}

}  // namespace

std::map<std::string, table_rights> rights_in(const configuration &c, const std::string &store,
                                              const std::vector<plugin_info> &plugins) {
  std::map<std::string, table_rights> all;
  for (const auto &plugin : plugins)
    for (const auto &[name, uses] : plugin.kinds) {
      const auto kind = c.kind(name);
      if (kind && kind->store == store) allow(all[kind->table], uses, kind->read_only);
    }
  for (const auto &route : c.routes) {
    if (route.map->from()->store == store) all[route.map->from()->table].select = true;
    // Copies are inserted, and repairs change or erase what differs.
    if (route.map->to()->store == store) all[route.map->to()->table] = {true, true, true, true};
  }
  for (const auto &kind : own_kinds(c, store)) {
    auto &rights = all[kind->table];
    // What was copied is told of once, and for good.
    rights = {true, true, kind->table != copied_kind(store)->table, false};
    // What these hold is for a time: copies that are to be made, the newest attempts, keys within their retention,
    // gateways that live.
    for (const auto &passing : {outbox_kind(store), attempt_kind(store), idempotency_kind(store), gateway_kind(store)})
      rights.erase |= kind->table == passing->table;
  }
  keep_versions(c, store, all);
  return all;
}

std::string grant_statements(const configuration &c, const std::vector<plugin_info> &plugins, const std::string &role) {
  std::string text;
  for (const auto &store : c.content.stores) {
    if (store.dialect != backend::postgresql) continue;
    text += "-- store " + store.name + "\nGRANT USAGE ON SCHEMA public TO " + quoted(role) + ";\n";
    for (const auto &[table, rights] : rights_in(c, store.name, plugins))
      text += "GRANT " + listed(rights) + " ON " + quoted(table) + " TO " + quoted(role) + ";\n";
    text += "\n";
  }
  return text;
}

}  // namespace causeway
