// Tells values apart without telling them: for reports.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace causeway {

// HMAC-SHA-256 under a random key that is never told and ends with the object. Two values have the same digest if they
// are the same, within one report and in no other; a plain digest of a short value could be found by trying all.
class keyed_digest {
 public:
  // Throws std::runtime_error where the system gives no randomness.
  keyed_digest();
  ~keyed_digest();
  keyed_digest(const keyed_digest &) = delete;
  keyed_digest &operator=(const keyed_digest &) = delete;

  // 16 hexadecimal digits, the first 64 bits. Any thread.
  std::string operator()(std::string_view text) const;

 private:
  std::array<unsigned char, 32> key_{};
};

}  // namespace causeway
