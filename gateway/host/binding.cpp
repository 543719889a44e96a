// Kinds, mappings and settings; the operations are in bind_operations.cpp. Every fault is collected before the answer
// is no, so that an operator mends a configuration in one go.
#include "host/binding.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "host/border.hpp"
#include "runtime/suggestion.hpp"

namespace causeway {

namespace {

std::string nearest_of(std::string_view word, const std::vector<declared_setting> &known) {
  if (known.empty()) return "the plugin has no settings";
  std::vector<std::string_view> names;
  names.reserve(known.size());
  for (const auto &one : known) names.push_back(one.name);
  if (const auto meant = nearest(word, names); !meant.empty()) return "did you mean " + std::string(meant) + "?";
  std::string all = "it has";
  for (const auto &one : known) all += (&one == &known.front() ? " " : ", ") + one.name;
  return all;
}

void bind_kind(const declared_kind &declared, bound_plugin &plugin, const plugin_host_options &site,
               std::vector<std::string> &faults) {
  const std::string at = "kind " + declared.name + ": ";
  bound_kind bound;
  bound.kind = site.kind(declared.name);
  if (!bound.kind) {
    if (site.faulty_kind && site.faulty_kind(declared.name)) return;
    faults.push_back(at + "the plugin uses it, the configuration does not have it");
    return;
  }
  const auto store = site.stores.find(bound.kind->store);
  if (store == site.stores.end()) {
    faults.push_back(at + "its store " + bound.kind->store + " is not configured");
    return;
  }
  bound.store = store->second.get();
  for (const auto &field : declared.fields) {
    const std::string where = at + "field " + field.name + ": ";
    const auto index = bound.kind->find_field(field.name);
    if (!index) {
      faults.push_back(where + "the plugin uses it, the configuration does not have it");
      continue;
    }
    const auto &configured = bound.kind->fields[*index];
    const std::uint32_t type = border_type(configured.type);
    const bool in_key = std::find(bound.kind->key.begin(), bound.kind->key.end(), *index) != bound.kind->key.end();
    if (type != field.type)
      faults.push_back(where + "the plugin reads it as " + std::string(name_of_type(field.type)) +
                       ", the configuration holds it as " + std::string(name_of_type(type)));
    else if (field.required && !configured.required && !in_key)
      faults.push_back(where +
                       "the plugin needs it always filled, the configuration lets it be null; declare it "
                       "required: true");
    bound.fields.push_back({static_cast<std::uint32_t>(*index), type});
  }
  for (const std::size_t i : bound.kind->key) {
    bound.key_types.push_back(border_type(bound.kind->fields[i].type));
    if (bound.kind->fields[i].generate != key_generation::none) bound.generate = bound.kind->fields[i].generate;
  }
  plugin.kinds.push_back(std::move(bound));
}

void bind_kinds(bound_plugin &plugin, const plugin_host_options &site, std::vector<std::string> &faults) {
  std::set<std::string_view> names;
  for (const auto &kind : plugin.declared.kinds) {
    if (!names.insert(kind.name).second) {
      faults.push_back("kind " + kind.name + ": declared twice");
      continue;
    }
    std::set<std::string_view> fields;
    for (const auto &field : kind.fields)
      if (!fields.insert(field.name).second)
        faults.push_back("kind " + kind.name + ": field " + field.name + ": declared twice");
    bind_kind(kind, plugin, site, faults);
  }
}

void bind_mappings(bound_plugin &plugin, const plugin_host_options &site, std::vector<std::string> &faults) {
  const auto &kinds = plugin.declared.kinds;
  const auto find = [&](const std::string &name) {
    return std::find_if(kinds.begin(), kinds.end(), [&](const declared_kind &k) { return k.name == name; }) -
           kinds.begin();
  };
  plugin.maps.resize(kinds.size() * kinds.size());
  for (const auto &[from, to] : plugin.declared.mappings) {
    const std::string at = "mapping from " + from + " to " + to + ": ";
    const auto i = static_cast<std::size_t>(find(from)), j = static_cast<std::size_t>(find(to));
    if (i == kinds.size() || j == kinds.size()) {
      faults.push_back(at + "the plugin does not declare the kind " + (i == kinds.size() ? from : to));
      continue;
    }
    if (plugin.kinds.size() != kinds.size()) continue;  // a kind is missing, and said to be
    auto &map = plugin.maps[i * kinds.size() + j];
    if (site.mapping) map = site.mapping(plugin.kinds[i].kind, plugin.kinds[j].kind);
    if (!map)
      faults.push_back(at +
                       "the plugin needs it, the configuration declares no mapping between the two; add one "
                       "under copies:");
  }
}

// The setting as declared; nothing where what was written is of another type.
std::optional<value> typed(const value &written, std::uint32_t type) {
  if (const auto *text = std::get_if<std::string>(&written)) {
    if (type == CW_TEXT) return is_clean_text(*text) ? std::optional(written) : std::nullopt;
    if (type == CW_BOOLEAN) {
      if (*text == "true") return value(true);
      if (*text == "false") return value(false);
      return std::nullopt;
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return value(number);
  }
  if (const auto *number = std::get_if<std::int64_t>(&written)) {
    if (type == CW_INTEGER) return written;
    if (type == CW_TEXT) return value(std::to_string(*number));
    return std::nullopt;
  }
  if (const auto *truth = std::get_if<bool>(&written)) {
    if (type == CW_BOOLEAN) return written;
    if (type == CW_TEXT) return value(std::string(*truth ? "true" : "false"));
  }
  return std::nullopt;
}

void bind_settings(bound_plugin &plugin, const plugin_reference &reference, std::vector<finding> &findings) {
  const std::string &name = plugin.declared.name;
  const auto error = [&](const place &at, const std::string &message) {
    findings.push_back({at, severity::error, name + ": " + message});
  };
  for (const auto &[given, content] : reference.settings) {
    const bool known = std::any_of(plugin.declared.settings.begin(), plugin.declared.settings.end(),
                                   [&](const declared_setting &s) { return s.name == given; });
    if (!known) error(content.at, "there is no setting " + given + "; " + nearest_of(given, plugin.declared.settings));
  }
  for (const auto &setting : plugin.declared.settings) {
    const auto given = reference.settings.find(setting.name);
    if (given == reference.settings.end()) {
      if (setting.required) error(reference.at, "the setting " + setting.name + " is missing: " + setting.description);
      plugin.settings.push_back(setting.default_value);
      continue;
    }
    const auto content = typed(given->second.content, setting.type);
    if (!content)
      error(given->second.at, "the setting " + setting.name + " must be " + std::string(name_of_type(setting.type)));
    plugin.settings.push_back(content.value_or(setting.default_value));
  }
}

}  // namespace

std::uint32_t border_type(field_type type) {
  switch (type) {
    case field_type::integer:
    case field_type::serial:
      return CW_INTEGER;
    case field_type::boolean:
      return CW_BOOLEAN;
    case field_type::text:
    case field_type::csid:
    case field_type::code:
    case field_type::date:
    case field_type::timestamp:
      break;
  }
  return CW_TEXT;
}

std::optional<bound_plugin> bind_plugin(declared_plugin declared, const plugin_reference &reference,
                                        const plugin_host_options &site, std::vector<finding> &findings) {
  bound_plugin plugin;
  plugin.declared = std::move(declared);
  const std::size_t before = findings.size();
  std::vector<std::string> faults;
  bind_kinds(plugin, site, faults);
  bind_mappings(plugin, site, faults);
  bind_operations(plugin, site, faults);
  for (auto &fault : faults)
    findings.push_back({reference.at, severity::error, plugin.declared.name + ": " + std::move(fault)});
  bind_settings(plugin, reference, findings);
  if (findings.size() != before || plugin.kinds.size() != plugin.declared.kinds.size()) return std::nullopt;
  return plugin;
}

}  // namespace causeway
