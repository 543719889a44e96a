// causeway key new: the key goes to standard output once and is kept nowhere; the entry holds its hash only.
#include <algorithm>
#include <iostream>

#include "access/access.hpp"
#include "commands/commands.hpp"

namespace causeway {

namespace {

// In quotes where YAML would not take the name for text.
std::string as_text(const std::string &name) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const bool plain = std::isalnum(static_cast<unsigned char>(name.front())) != 0 && lower != "null";
  return plain ? name : '"' + name + '"';
}

}  // namespace

int new_key_command(const std::string &name, const std::vector<std::string> &roles) {
  const bool plain = !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
  if (!plain) {
    std::cerr << "causeway: --name: 1 to 64 letters, digits, '-', '_' or '.'; records carry it as the officer id\n";
    return 1;
  }
  const std::string key = new_key();
  std::string listed;
  for (auto role = roles.begin(); role != roles.end(); ++role)
    if (std::find(roles.begin(), role, *role) == role) listed += (listed.empty() ? "" : ", ") + *role;
  std::cout << "key: " << key << "\n"
            << "- {name: " << as_text(name) << ", roles: [" << listed << "], sha256: \"" << hash_of(key) << "\"}\n";
  return 0;
}

}  // namespace causeway
