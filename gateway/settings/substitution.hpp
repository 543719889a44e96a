// Puts the environment and files in the place of ${NAME} and ${file:PATH}, so that no secret stands in a configuration.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "runtime/finding.hpp"
#include "settings/document.hpp"

namespace causeway {

// What was put in, and what for: the content, and "${CUBA_PASSWORD}".
using replacement = std::pair<std::string, std::string>;

inline constexpr std::size_t most_secret_bytes = 64 << 10;

// Replaces in all scalars below `node`, keys left alone; what is put in is not looked at again, and `$${` stands for
// `${`. A file's PATH is relative to the file that the node stands in (to the working directory for --set); the line
// end that ends it is dropped. An unset variable, an unreadable file, and one that others than its owner may read or
// that belongs to neither root nor this process's user are findings, and the scalar stays as written.
// Not while another thread changes the environment.
void substitute(yaml_node &node, std::vector<replacement> &done, std::vector<finding> &findings);

// Takes contents that were put in out of findings, wherever they got there. Contents below four characters stay: they
// are no secrets, and part of any word.
void hide_replacements(const std::vector<replacement> &done, std::vector<finding> &findings);

// Where relative files are looked for that are named at this place.
std::filesystem::path folder_of(const place &at);

}  // namespace causeway
