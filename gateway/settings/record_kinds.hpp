// Record kinds as a file declares them (config/records/*.yaml).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/finding.hpp"
#include "settings/document.hpp"
#include "settings/schema_node.hpp"
#include "store/record_kind.hpp"

namespace causeway {

// Of a text or code field, in characters.
constexpr std::int64_t most_length = 10'000'000;

struct loaded_kinds {
  std::vector<kind_ptr> kinds;          // "STORE.NAME", in the file's order; those without a fault
  std::map<std::string, place> places;  // by name; those with faults too
  std::vector<finding> findings;
};

// Reads a file of record kinds for a store of this name.
loaded_kinds load_record_kinds(const std::filesystem::path &file, const std::string &store);
// The same from a document; findings are added.
loaded_kinds read_record_kinds(const yaml_node &document, const std::string &store, std::vector<finding> &findings);

// What such a file may say.
void describe_record_kinds(schema_node &into);

// Whether a store, a record kind or a field may be called this: a letter, then letters, digits and underscores, at
// most 63.
bool is_identifier(std::string_view name);

}  // namespace causeway
