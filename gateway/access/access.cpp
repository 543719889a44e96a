// A shown key is hashed and its hash compared with that of every entry, each in constant time and always to the last
// entry: how long that takes says neither whether an entry matched, nor which, nor how much of a hash was right. The
// keys are 256 random bits, so a plain SHA-256 cannot be guessed back and needs no salt and no slow hash.
#include "access/access.hpp"

#include <algorithm>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdexcept>

namespace causeway {

namespace {

using digest = std::array<unsigned char, 32>;

// Looking the algorithm up takes longer than hashing a key, so each thread does it once.
class hasher {
 public:
  hasher() = default;
  hasher(const hasher &) = delete;
  hasher &operator=(const hasher &) = delete;
  ~hasher() {
    EVP_MD_CTX_free(context_);
    EVP_MD_free(algorithm_);
  }
  bool hash(std::string_view text, digest &out) {
    unsigned length = 0;
    return algorithm_ && context_ && EVP_DigestInit_ex2(context_, algorithm_, nullptr) == 1 &&
           EVP_DigestUpdate(context_, text.data(), text.size()) == 1 &&
           EVP_DigestFinal_ex(context_, out.data(), &length) == 1 && length == out.size();
  }

 private:
  EVP_MD *const algorithm_ = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX *const context_ = EVP_MD_CTX_new();
};

digest sha256(std::string_view text) {
  thread_local hasher own;
  digest out{};
  if (!own.hash(text, out)) throw std::runtime_error("SHA-256 is not available from the crypto library");
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<digest> from_hex(std::string_view text) {
  digest out{};
  if (text.size() != 2 * out.size()) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = static_cast<unsigned char>(high << 4 | low);
  }
  return out;
}

bool is_bearer(std::string_view scheme) {
  constexpr std::string_view bearer = "bearer";
  return std::equal(scheme.begin(), scheme.end(), bearer.begin(), bearer.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? char(a - 'A' + 'a') : a) == b; });
}

}  // namespace

const std::vector<std::string> &known_roles() {
  static const std::vector<std::string> roles{"service-officer", "ps-officer", "service-manager", "partner",
                                              "operator"};
  return roles;
}

access::access(const std::vector<access_entry> &entries) {
  for (const auto &entry : entries) {
    const std::string where = "key \"" + entry.name + "\": ";
    if (entry.name.empty()) throw std::invalid_argument("a key has no name");
    if (entry.roles.empty()) throw std::invalid_argument(where + "it has no role");
    for (const auto &role : entry.roles)
      if (std::find(known_roles().begin(), known_roles().end(), role) == known_roles().end())
        throw std::invalid_argument(where + "there is no role \"" + role + "\"");
    const auto hash = from_hex(entry.sha256);
    if (!hash) throw std::invalid_argument(where + "sha256 is not 64 hex digits");
    for (const auto &other : entries_)
      if (other.sha256 == *hash)
        throw std::invalid_argument(where + "it is the same key as \"" + other.who.name + "\"");
    entries_.push_back({*hash, {entry.name, entry.roles}});
  }
}

std::optional<principal> access::authenticate(std::string_view header) const {
  const auto blank = header.find(' ');
  if (blank == std::string_view::npos || !is_bearer(header.substr(0, blank))) return std::nullopt;
  auto key = header.substr(blank);
  key.remove_prefix(std::min(key.find_first_not_of(' '), key.size()));
  if (key.empty()) return std::nullopt;
  const digest shown = sha256(key);
  const known *match = nullptr;
  for (const auto &entry : entries_)
    if (CRYPTO_memcmp(entry.sha256.data(), shown.data(), shown.size()) == 0) match = &entry;
  if (!match) return std::nullopt;
  return match->who;
}

std::string new_key() {
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<unsigned char, 33> random{};  // 33 bytes fill 44 characters; the last is not used
  if (RAND_bytes(random.data(), int(random.size())) != 1)
    throw std::runtime_error("the machine gives no random bits for a key");
  std::string key = "cw_";
  for (std::size_t i = 0; i < random.size(); i += 3) {
    const unsigned bits = unsigned(random[i]) << 16 | unsigned(random[i + 1]) << 8 | random[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) key += alphabet[bits >> shift & 63];
  }
  key.pop_back();
  return key;
}

std::string hash_of(std::string_view key) {
  constexpr char hex[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : sha256(key)) {
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  return text;
}

}  // namespace causeway
