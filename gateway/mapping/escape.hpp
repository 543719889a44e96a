// How does a character that a set lacks stand in it so that it can be read back? As \u{1F600}; a backslash as \\.
#pragma once

#include <string>
#include <string_view>

#include "mapping/declaration.hpp"

namespace causeway {

// Valid UTF-8 in, text of the set out: characters of the set as they are, but for the backslash. Any thread.
std::string escaped(std::string_view text, charset set);

// The text that was escaped: unescaped(escaped(x, set)) == x. A backslash that begins no escape stands for itself, as
// in text that was not written by `escaped`. Any thread.
std::string unescaped(std::string_view text);

// Removes an escape that was cut off from the end of escaped text, also of text that was wrapped after it was escaped
// (a line may end within an escape).
void drop_torn_escape(std::string &text);

}  // namespace causeway
