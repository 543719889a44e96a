// From a credential to who calls. Keys are known by their SHA-256 only.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/operation.hpp"

namespace causeway {

// A key that the configuration knows.
struct access_entry {
  std::string name;  // of the caller: the officer id that records carry
  std::vector<std::string> roles;
  std::string sha256;  // of the key, 64 hex digits
};

// The roles there are.
const std::vector<std::string> &known_roles();

// Immutable once built; any thread.
class access {
 public:
  // Throws std::invalid_argument, naming the entry, for a hash that is not 64 hex digits, a role that is not known, an
  // entry without name or roles, and one hash given twice.
  explicit access(const std::vector<access_entry> &entries);

  // Who shows this Authorization header: "Bearer <key>" (the scheme in any case). Nothing where the header has another
  // shape or no entry holds the key's hash.
  std::optional<principal> authenticate(std::string_view authorization_header) const;

 private:
  struct known {
    std::array<unsigned char, 32> sha256;
    principal who;
  };
  std::vector<known> entries_;
};

// A new key: "cw_" and 43 characters of base64url (256 random bits). Throws std::runtime_error where the machine gives
// no random bits.
std::string new_key();
// The SHA-256 in 64 lower-case hex digits: what the configuration keeps of a key.
std::string hash_of(std::string_view key);

}  // namespace causeway
