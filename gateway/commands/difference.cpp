// Each part of a site becomes a table of texts by name; two such tables are compared the same way everywhere.
#include "commands/difference.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "mapping/charset.hpp"
#include "settings/mapping_file.hpp"
#include "settings/quantity.hpp"

namespace causeway {

namespace {

using names = std::set<std::string>;

std::string list_of(const names &all) {
  std::string text;
  for (const auto &one : all) text += (text.empty() ? "" : ", ") + one;
  return text.empty() ? "nobody" : text;
}

names without(const names &all, const names &these) {
  names rest;
  std::set_difference(all.begin(), all.end(), these.begin(), these.end(), std::inserter(rest, rest.begin()));
  return rest;
}

// The members that an answer's schema tells of, by their paths: "items.csid".
void collect_fields(const boost::json::value &schema, const std::string &path, names &fields) {
  if (const auto *all = schema.if_array())
    for (const auto &one : *all) collect_fields(one, path, fields);
  const auto *object = schema.if_object();
  if (object == nullptr) return;
  if (const auto *properties = object->if_contains("properties"); properties && properties->is_object())
    for (const auto &property : properties->get_object()) {
      const std::string name = (path.empty() ? "" : path + ".") + std::string(property.key());
      fields.insert(name);
      collect_fields(property.value(), name, fields);
    }
  for (const char *const inner : {"items", "oneOf", "anyOf", "allOf"})
    if (const auto *more = object->if_contains(inner)) collect_fields(*more, path, fields);
}

names fields_of(const operation &op) {
  names fields;
  boost::system::error_code error;
  const auto schema = boost::json::parse(op.answer_schema.empty() ? "{}" : op.answer_schema, error);
  if (!error) collect_fields(schema, "", fields);
  return fields;
}

names members_of(const operation &op) {
  names all;
  for (const auto &m : op.query_members) all.insert("?" + m.name + (m.required ? " (required)" : ""));
  for (const auto &m : op.body_members) all.insert(m.name + (m.required ? " (required)" : ""));
  return all;
}

std::string in_words(const value &v) {
  if (const auto *text = std::get_if<std::string>(&v)) return "'" + *text + "'";
  if (const auto *number = std::get_if<std::int64_t>(&v)) return std::to_string(*number);
  if (const auto *flag = std::get_if<bool>(&v)) return *flag ? "true" : "false";
  return "null";
}

std::string rule_in_words(const field_rule &rule) {
  std::string text = rule.from ? "from " + *rule.from : "";
  if (rule.constant) text = "value " + in_words(*rule.constant);
  if (rule.lookup)
    text += ", looked up as " + rule.lookup->take + " of " + rule.lookup->kind + " by " + rule.lookup->by;
  for (const auto &[word, becomes] : rule.values) text += ", " + in_words(word) + " as " + in_words(becomes);
  for (const auto &[name, set] : charset_names())
    if (rule.encoding == set) text += ", " + std::string(name);
  if (rule.unmappable == on_unmappable::transliterate) text += ", transliterated";
  if (rule.unmappable == on_unmappable::escape) text += ", escaped";
  if (rule.wrap != 0) text += ", wrapped at " + std::to_string(rule.wrap);
  if (rule.max_length != 0) text += ", at most " + std::to_string(rule.max_length);
  if (rule.too_long == on_too_long::truncate) text += ", cut";
  return text;
}

std::string field_in_words(const field &f) {
  std::string text = f.column + ", " + std::string(to_string(f.type));
  if (f.length != 0) text += " of " + std::to_string(f.length);
  if (f.required) text += ", required";
  if (f.unique) text += ", unique";
  if (!f.format.empty()) text += ", " + f.format;
  if (f.form != column_form::plain) text += ", stored " + std::string(to_string(f.form));
  if (f.generate != key_generation::none)
    text += f.generate == key_generation::uuid ? ", generated as uuid" : ", generated as id";
  if (f.codes)
    for (const auto &[stored, readable] : f.codes->readable_of) text += ", " + stored + " for " + readable;
  return text;
}

std::string names_in(const record_kind &kind, const std::vector<std::size_t> &fields) {
  std::string text;
  for (const std::size_t i : fields) text += (text.empty() ? "" : " ") + kind.fields[i].name;
  return text;
}

// What is no field's, but for what `compare_kinds` says apart.
std::string kind_in_words(const record_kind &kind) {
  std::string text = "key " + names_in(kind, kind.key);
  if (!kind.version.empty()) text += ", version " + kind.version;
  if (kind.guarded_by_contents) text += ", guarded by its contents";
  if (kind.through_view) text += ", through a view";
  for (const auto &index : kind.indexes) text += ", index " + names_in(kind, index.fields);
  return text;
}

class comparison {
 public:
  comparison(const configured_site &before, const configured_site &after) : before_(before), after_(after) {}

  std::vector<site_change> run() {
    compare_operations();
    compare("route", routes_of(before_), routes_of(after_), true);
    compare_mappings();
    compare("store", stores_of(before_), stores_of(after_), true);
    compare_connections();
    compare("kind", kinds_of(before_), kinds_of(after_), false);
    compare_kinds();
    compare("field", fields_of_kinds(before_), fields_of_kinds(after_), false);
    compare("plugin", plugins_of(before_), plugins_of(after_), true);
    compare_builds();
    compare_keys();
    compare("setting", settings_of(before_), settings_of(after_), false);
    hide_secrets();
    return std::move(changes_);
  }

 private:
  using table = std::map<std::string, std::string>;

  void say(bool security, std::string what) { changes_.push_back({security, std::move(what)}); }

  // A setting's value may be what ${NAME} stood for.
  void hide_secrets() {
    for (auto &change : changes_) {
      std::vector<finding> said{{{}, severity::warning, std::move(change.what)}};
      tidy(said, before_.files);
      tidy(said, after_.files);
      change.what = std::move(said.front().message);
    }
  }

  // `any_opens`: what is new lets somebody in, or something out.
  void compare(const std::string &thing, const table &old_one, const table &new_one, bool any_opens) {
    for (const auto &[name, content] : new_one) {
      const auto was = old_one.find(name);
      const bool opens =
          any_opens || name.starts_with("listen.") || name.starts_with("metrics.") || name.starts_with("security.");
      if (was == old_one.end())
        say(opens, "the " + thing + " " + name + " is added: " + content);
      else if (was->second != content)
        say(opens, "the " + thing + " " + name + " changes from " + was->second + " to " + content);
    }
    for (const auto &[name, content] : old_one)
      if (!new_one.contains(name)) say(false, "the " + thing + " " + name + " is removed: " + content);
  }

  static std::map<std::string, const operation *> operations_of(const configured_site &site) {
    std::map<std::string, const operation *> all;
    for (const auto &op : site.operations) all.emplace(op.method + " " + op.path, &op);
    return all;
  }

  void compare_operations() {
    const auto old_ones = operations_of(before_), new_ones = operations_of(after_);
    for (const auto &[name, op] : new_ones) {
      const auto was = old_ones.find(name);
      const names roles(op->roles.begin(), op->roles.end());
      if (was == old_ones.end()) {
        say(true, name + " is added, for " + list_of(roles));
        continue;
      }
      const names had(was->second->roles.begin(), was->second->roles.end());
      if (const auto more = without(roles, had); !more.empty()) say(true, name + " is opened to " + list_of(more));
      if (const auto fewer = without(had, roles); !fewer.empty()) say(false, name + " is closed to " + list_of(fewer));
      const auto told = fields_of(*op), told_before = fields_of(*was->second);
      if (const auto more = without(told, told_before); !more.empty())
        say(true, name + " newly exposes " + list_of(more));
      if (const auto fewer = without(told_before, told); !fewer.empty())
        say(false, name + " no longer tells " + list_of(fewer));
      const auto takes = members_of(*op), took = members_of(*was->second);
      if (const auto more = without(takes, took); !more.empty()) say(false, name + " newly takes " + list_of(more));
      if (const auto fewer = without(took, takes); !fewer.empty())
        say(false, name + " no longer takes " + list_of(fewer));
    }
    for (const auto &[name, op] : old_ones)
      if (!new_ones.contains(name)) say(false, name + " is removed");
  }

  static table routes_of(const configured_site &site) {
    table all;
    for (const auto &r : site.files.content.routes)
      all[r.name] = r.from + " to " + r.to + (r.after.empty() ? "" : " after " + r.after);
    return all;
  }

  void compare_mappings() {
    for (const auto &now : after_.files.content.routes)
      for (const auto &then : before_.files.content.routes) {
        if (then.name != now.name) continue;
        table old_rules, new_rules;
        for (const auto &rule : then.mapping.fields) old_rules[now.name + "." + rule.target] = rule_in_words(rule);
        for (const auto &rule : now.mapping.fields) new_rules[now.name + "." + rule.target] = rule_in_words(rule);
        compare("rule", old_rules, new_rules, false);
      }
  }

  static table stores_of(const configured_site &site) {
    table all;
    for (const auto &s : site.files.content.stores)
      all[s.name] = (s.kind == backend::odbc ? "odbc to " : "") + std::string(to_string(s.dialect)) +
                    (s.create ? ", creating tables" : "");
    return all;
  }

  // What a store connects to may hold a password: that it differs is all that is told.
  void compare_connections() {
    for (const auto &now : after_.files.content.stores)
      if (const auto *then = before_.files.content.find_store(now.name); then && then->connect != now.connect)
        say(true, "the store " + now.name + " is another database, or is reached in another way");
  }

  static table kinds_of(const configured_site &site) {
    table all;
    for (const auto &s : site.files.content.stores)
      for (const auto &kind : s.kinds) all[kind->name] = kind_in_words(*kind);
    return all;
  }

  // What lets records be written that were not, or others be read.
  void compare_kinds() {
    for (const auto &s : after_.files.content.stores)
      for (const auto &now : s.kinds) {
        const auto then = before_.files.kind(now->name);
        if (!then) continue;
        if (then->read_only && !now->read_only) say(true, "the kind " + now->name + " is no longer only read");
        if (!then->read_only && now->read_only) say(false, "the kind " + now->name + " is only read");
        if (then->view != now->view) say(true, "the view of the kind " + now->name + " selects in another way");
      }
  }

  static table fields_of_kinds(const configured_site &site) {
    table all;
    for (const auto &s : site.files.content.stores)
      for (const auto &kind : s.kinds)
        for (const auto &f : kind->fields) all[kind->name + "." + f.name] = kind->table + "." + field_in_words(f);
    return all;
  }

  static table plugins_of(const configured_site &site) {
    table all;
    for (const auto &p : site.files.content.plugins) {
      std::string text = p.settings.empty() ? "no settings" : "";
      for (const auto &[name, given] : p.settings)
        text += (text.empty() ? "" : ", ") + name + " " + in_words(given.content);
      all[p.library] = text;
    }
    return all;
  }

  void compare_builds() {
    for (const auto &now : after_.plugins)
      for (const auto &then : before_.plugins) {
        if (then.name != now.name) continue;
        if (then.version != now.version)
          say(true, "the plugin " + now.name + " changes from version " + then.version + " to " + now.version);
        else if (then.build != now.build)
          say(true, "the plugin " + now.name + " is another build of version " + now.version);
      }
  }

  void compare_keys() {
    std::map<std::string, const key_settings *> had, has;
    for (const auto &key : before_.files.content.keys) had.emplace(key.name, &key);
    for (const auto &key : after_.files.content.keys) has.emplace(key.name, &key);
    for (const auto &[name, key] : has) {
      const names roles(key->roles.begin(), key->roles.end());
      const auto was = had.find(name);
      if (was == had.end()) {
        say(true, "the key " + name + " is added, with " + list_of(roles));
        continue;
      }
      const names before(was->second->roles.begin(), was->second->roles.end());
      if (const auto more = without(roles, before); !more.empty())
        say(true, "the key " + name + " gets " + list_of(more));
      if (const auto fewer = without(before, roles); !fewer.empty())
        say(false, "the key " + name + " loses " + list_of(fewer));
      if (key->sha256 != was->second->sha256) say(true, "the key " + name + " is another one");
    }
    for (const auto &[name, key] : had)
      if (!has.contains(name)) say(false, "the key " + name + " is removed");
  }

  static table settings_of(const configured_site &site) {
    const auto &c = site.files.content;
    const auto number = [](auto n) { return std::to_string(n); };
    table all{{"dataDir", c.data_dir.string()},
              {"listen.address", c.address},
              {"listen.port", number(c.port)},
              {"listen.threads", number(c.threads)},
              {"limits.body", size_text(c.limits.body)},
              {"limits.connections", number(c.limits.connections)},
              {"limits.requests", number(c.limits.requests)},
              {"limits.wait", duration_text(c.limits.wait)},
              {"limits.deadline", duration_text(c.limits.deadline)},
              {"limits.readTimeout", duration_text(c.limits.read_timeout)},
              {"limits.idleTimeout", duration_text(c.limits.idle_timeout)},
              {"limits.drain", duration_text(c.limits.drain)},
              {"limits.idempotency", duration_text(c.limits.idempotency)},
              {"relay.batch", number(c.relay.batch)},
              {"relay.poll", duration_text(c.relay.poll)},
              {"relay.retryFirst", duration_text(c.relay.retry_first)},
              {"relay.retryMost", duration_text(c.relay.retry_most)},
              {"gateways.takeover", duration_text(c.takeover)},
              {"breaker.failures", number(c.breaker.failures)},
              {"breaker.silence", duration_text(c.breaker.silence)},
              {"breaker.pause", duration_text(c.breaker.pause)},
              {"log.level", c.log.level},
              {"log.requests", c.log.requests ? "true" : "false"},
              {"log.slow", duration_text(c.log.slow)}};
    if (!c.keys_from.empty()) all["security.keysFrom"] = c.keys_from.string();
    if (c.metrics) {
      all["metrics.listen.address"] = c.metrics->address;
      all["metrics.listen.port"] = number(c.metrics->port);
    }
    for (const auto &s : c.stores) {
      all["stores." + s.name + ".readers"] = number(s.readers);
      all["stores." + s.name + ".queue"] = number(s.queue);
      all["stores." + s.name + ".charset"] = to_string(s.encoding);
    }
    return all;
  }

  const configured_site &before_;
  const configured_site &after_;
  std::vector<site_change> changes_;
};

}  // namespace

std::vector<site_change> changes_between(const configured_site &before, const configured_site &after) {
  return comparison(before, after).run();
}

}  // namespace causeway
