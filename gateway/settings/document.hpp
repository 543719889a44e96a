// A YAML document as a tree with places, read more strictly than YAML asks: duplicate keys, keys that are not text,
// tags, `<<`, several documents in a file and documents without bound are findings. No YAML library shows beyond this.
//
// Plain values; any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/finding.hpp"

namespace causeway {

struct yaml_entry;

// One node. Aliases are copies of what they name, with its places.
struct yaml_node {
  enum class shape { empty, scalar, list, map };

  shape is = shape::empty;
  place at;
  bool plain = false;   // a scalar without quotes
  std::string text;     // of a scalar, with ${...} replaced
  std::string written;  // of a scalar, as it stands in the file: the only one of the two that a finding may show
  std::vector<yaml_node> items;     // of a list
  std::vector<yaml_entry> entries;  // of a map, in their order, without duplicates

  // The content of a map's entry; null where there is none.
  const yaml_node *find(std::string_view key) const;
  yaml_node *find(std::string_view key);
};

struct yaml_entry {
  std::string key;
  place at;
  yaml_node content;
};

inline constexpr std::size_t most_document_bytes = 1 << 20;
inline constexpr std::size_t most_document_nodes = 100'000;  // aliases counted as what they name
inline constexpr std::size_t most_document_depth = 64;

// Reads text that stands in `file` (for places). Nothing where it is no YAML, and then at least one finding; duplicate
// keys and the like are findings too, the first of them stays.
std::optional<yaml_node> parse_yaml(std::string_view text, const std::string &file, std::vector<finding> &findings);

// Reads a file. What stands in the way of opening it is a finding at `named_at`, where the file was named; with no file
// in `named_at`, at the file itself.
std::optional<yaml_node> load_yaml(const std::filesystem::path &file, const place &named_at,
                                   std::vector<finding> &findings);

// The content of a regular file of at most `most` bytes; nothing, and why not in `why`.
std::optional<std::string> read_file(const std::filesystem::path &file, std::size_t most, std::string &why);

// In the order of files as they were first met, then of lines, then as they were found.
void sort_by_place(std::vector<finding> &findings);

}  // namespace causeway
