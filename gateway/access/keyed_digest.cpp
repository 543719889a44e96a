#include "access/keyed_digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdexcept>

namespace causeway {

keyed_digest::keyed_digest() {
  if (RAND_bytes(key_.data(), int(key_.size())) != 1)
    throw std::runtime_error("the system's random numbers are not available");
}

keyed_digest::~keyed_digest() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string keyed_digest::operator()(std::string_view text) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  if (!HMAC(EVP_sha256(), key_.data(), int(key_.size()), reinterpret_cast<const unsigned char *>(text.data()),
            text.size(), out.data(), &length))
    throw std::runtime_error("HMAC-SHA-256 is not available from the crypto library");
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (std::size_t i = 0; i < 8; ++i) {
    hex += digits[out[i] >> 4];
    hex += digits[out[i] & 15];
  }
  return hex;
}

}  // namespace causeway
