// Looking through a text by eight bytes at a time for as long as none of them is odd: most text has nothing odd in it,
// and every value is looked through several times on its way in and out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace causeway {

// Of eight bytes, one bit (the highest) for each that is so. Behind a byte that is so, another may be taken for one.
namespace eight_bytes {
constexpr std::uint64_t each = 0x0101010101010101u;
constexpr std::uint64_t highest = 0x8080808080808080u;
constexpr std::uint64_t not_ascii(std::uint64_t w) { return w & highest; }
// Of bytes of ASCII: those less than `least`, which is at most 0x7F.
constexpr std::uint64_t below(std::uint64_t w, unsigned char least) { return (w - each * least) & ~w & highest; }
constexpr std::uint64_t equal(std::uint64_t w, unsigned char c) { return below(w ^ each * c, 1); }
}  // namespace eight_bytes

// Bytes at the front of `text` among which `odd` finds none. They may be fewer than there are: then within the next
// eight one is odd, or taken for it. `odd` is given eight bytes at a time, where the text is shorter filled up with
// '~', which must not be odd, and answers 0 where none is. Any thread.
template <class Odd>
std::size_t skip_plain(std::string_view text, Odd odd) {
  const auto found = [&](std::size_t at, std::size_t bytes = 8) {
    std::uint64_t eight = eight_bytes::each * '~';
    std::memcpy(&eight, text.data() + at, bytes);
    return odd(eight);
  };
  const std::size_t size = text.size();
  if (size < 8) return size == 0 || found(0, size) == 0 ? size : 0;
  std::size_t i = 0;
  while (i + 32 <= size && (found(i) | found(i + 8) | found(i + 16) | found(i + 24)) == 0) i += 32;
  while (i + 8 <= size && found(i) == 0) i += 8;
  return i + 8 > size && found(size - 8) == 0 ? size : i;
}

// Bytes at the front of `text` that are ASCII and no NUL. Any thread.
inline std::size_t count_ascii(std::string_view text) {
  std::size_t i =
      skip_plain(text, [](std::uint64_t w) { return eight_bytes::not_ascii(w) | eight_bytes::equal(w, 0); });
  while (i < text.size() && text[i] != 0 && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

}  // namespace causeway
