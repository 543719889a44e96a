// How do long lines stand where lines are at most so many characters wide, so that they can be joined again?
//
// A stored line that is exactly `width` characters or ends with a blank (U+0020) continues in the next; any other ends
// where the text had a line feed. A line of the text that ends with a blank or fills its last stored line is followed
// by an empty stored line, which ends it; behind the last line of the text that is not needed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace causeway {

constexpr std::size_t least_wrap = 8;

// Breaks lines behind the last blank that fits, after `width` characters where there is none. No line of the result is
// longer than `width` characters. Text that needs no break is returned as it is. `width` at least 1. Any thread.
std::string wrapped(std::string_view text, std::size_t width);

// unwrapped(wrapped(x, n), n) == x; lines that are longer than `width` stay as they are. Any thread.
std::string unwrapped(std::string_view text, std::size_t width);

}  // namespace causeway
