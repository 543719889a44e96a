// Looking through a text by eight bytes at a time for as long as none of them is odd: most text has nothing odd in it,
// and every value is looked through several times on its way in and out.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace causeway {

// Of eight bytes in the order of a text, one bit (the highest) for each that is so. Behind the first that is so,
// another may be taken for one.
namespace eight_bytes {
constexpr std::uint64_t each = 0x0101010101010101u;
constexpr std::uint64_t highest = 0x8080808080808080u;
constexpr std::uint64_t not_ascii(std::uint64_t w) { return w & highest; }
// Of bytes of ASCII: those less than `least`, which is at most 0x7F.
constexpr std::uint64_t below(std::uint64_t w, unsigned char least) { return (w - each * least) & ~w & highest; }
constexpr std::uint64_t equal(std::uint64_t w, unsigned char c) { return below(w ^ each * c, 1); }

// The first byte is the lowest, which no other can be borrowed from.
inline std::uint64_t load(const char *from, std::size_t bytes = 8) {
  std::uint64_t eight = each * '~';
  std::memcpy(&eight, from, bytes);
  if constexpr (std::endian::native == std::endian::big) eight = __builtin_bswap64(eight);
  return eight;
}
}  // namespace eight_bytes

// Bytes at the front of `text` among which `odd` finds none: all, or the next is one. `odd` is given eight bytes at a
// time, where the text is shorter filled up with '~', which must not be odd, and answers 0 where none is. Any thread.
template <class Odd>
std::size_t skip_plain(std::string_view text, Odd odd) {
  using eight_bytes::load;
  const auto first_of = [](std::uint64_t found) { return std::size_t(std::countr_zero(found)) / 8; };
  const char *const from = text.data();
  const std::size_t size = text.size();
  if (size < 8) {
    const std::uint64_t found = size == 0 ? 0 : odd(load(from, size));
    return found == 0 ? size : first_of(found);
  }
  std::size_t i = 0;
  while (i + 32 <= size &&
         (odd(load(from + i)) | odd(load(from + i + 8)) | odd(load(from + i + 16)) | odd(load(from + i + 24))) == 0)
    i += 32;
  for (; i + 8 <= size; i += 8)
    if (const std::uint64_t found = odd(load(from + i)); found != 0) return i + first_of(found);
  if (i == size) return size;
  // The last eight, of which the first were looked at.
  const std::uint64_t found = odd(load(from + size - 8));
  return found == 0 ? size : size - 8 + first_of(found);
}

// Bytes at the front of `text` that are ASCII and no NUL. Any thread.
inline std::size_t count_ascii(std::string_view text) {
  return skip_plain(text, [](std::uint64_t w) { return eight_bytes::not_ascii(w) | eight_bytes::equal(w, 0); });
}

}  // namespace causeway
