// A plugin's declaration, checked against the site's record kinds, mappings, stores and settings and tied to them, so
// that serving a request looks nothing up by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/declared.hpp"
#include "host/host_options.hpp"
#include "runtime/operation.hpp"

namespace causeway {

struct bound_kind {
  kind_ptr kind;
  record_store *store = nullptr;
  struct field {
    std::uint32_t at;    // in the configured kind
    std::uint32_t type;  // cw_value_type
  };
  std::vector<field> fields;             // in the plugin's order
  std::vector<std::uint32_t> key_types;  // cw_value_type, in the order of the configured key
  key_generation generate = key_generation::none;
};

struct bound_plugin {
  declared_plugin declared;
  std::vector<bound_kind> kinds;      // in the plugin's order
  std::vector<record_map> maps;       // from * kinds.size() + to; empty where none is declared
  std::vector<value> settings;        // in the plugin's order, defaults filled in
  std::vector<operation> operations;  // in the plugin's order; without `handle`
};

// The type by which the border carries a field's content.
std::uint32_t border_type(field_type type);

// Checks and ties. Nothing where there was at least one error; each names the plugin, the thing and what to do.
std::optional<bound_plugin> bind_plugin(declared_plugin declared, const plugin_reference &reference,
                                        const plugin_host_options &site, std::vector<finding> &findings);

// The operations of a declaration, checked; called by bind_plugin.
void bind_operations(bound_plugin &plugin, const plugin_host_options &site, std::vector<std::string> &faults);

// "/v1/customers/{csid}" and "/v1/customers/{id}" have one shape: "/v1/customers/{}".
std::string path_shape(std::string_view path);

}  // namespace causeway
