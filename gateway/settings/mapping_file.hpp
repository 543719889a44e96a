// Mappings as a file declares them (config/mappings/*.yaml); compiled and checked against their kinds by
// gateway/mapping.
#pragma once

#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "mapping/declaration.hpp"
#include "runtime/finding.hpp"
#include "settings/document.hpp"
#include "settings/schema_node.hpp"

namespace causeway {

struct loaded_mapping {
  mapping_declaration content;
  place from_at;  // of `from:` and `to:`, for who finds that they do not fit
  place to_at;
  std::vector<finding> findings;
};

// Reads a file that declares a mapping.
loaded_mapping load_mapping(const std::filesystem::path &file);
// The same from a document; findings are added.
loaded_mapping read_mapping(const yaml_node &document, std::vector<finding> &findings);

// What such a file may say.
void describe_mapping(schema_node &into);

// The character sets by the names that a configuration gives them.
const std::vector<std::pair<std::string_view, charset>> &charset_names();

}  // namespace causeway
