// Where a text has its first odd byte, compared with what a look at each byte says.
#include "store/plain_text.hpp"

#include <gtest/gtest.h>
#include <string>

namespace causeway {
namespace {

std::size_t odd_at(std::string_view text) {
  using namespace eight_bytes;
  return skip_plain(text, [](std::uint64_t w) { return not_ascii(w) | below(w, ' ') | equal(w, '"'); });
}

TEST(plain_text, is_all_of_a_text_without_an_odd_byte) {
  for (std::size_t size = 0; size <= 80; ++size) EXPECT_EQ(odd_at(std::string(size, '~')), size);
}

TEST(plain_text, ends_at_the_first_odd_byte_wherever_it_is_and_whatever_follows) {
  for (const char odd : {'\0', '\x1F', '"', '\x80', '\xFF'})
    for (const char behind : {'~', ' ', '!', '#', '\x7F', '"', '\0', '\xC3'})
      for (std::size_t size = 1; size <= 80; ++size)
        for (std::size_t at = 0; at < size; ++at) {
          std::string text(size, behind);
          text.replace(0, at, at, ' ');
          text[at] = odd;
          ASSERT_EQ(odd_at(text), at) << "of " << size << ", byte " << int(odd) << " before " << int(behind);
        }
}

TEST(plain_text, of_ascii_ends_at_a_nul_and_at_what_is_not_ascii) {
  EXPECT_EQ(count_ascii("\x01 plain \x7F"), 9u);
  EXPECT_EQ(count_ascii("Zo\xC3\xAB and others"), 2u);
  EXPECT_EQ(count_ascii(std::string_view("ab\0cd", 5)), 2u);
}

}  // namespace
}  // namespace causeway
