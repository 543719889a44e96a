// Which characters does a character set hold?
//
// No set, UTF-8 included, holds control characters (U+0000 to U+001F, U+007F to U+009F) other than tab, line feed and
// carriage return: no database and no screen agrees with another on them, and NUL ends text in PostgreSQL. Tab, line
// feed and carriage return are carried exactly as they are; "\r\n" is not turned into "\n". So windows-1252's bytes
// 81, 8D, 8F, 90 and 9D, which stand for no character, are never needed.
#pragma once

#include <cstddef>
#include <string_view>

#include "mapping/declaration.hpp"

namespace causeway {

// "utf-8", "windows-1252", "iso-8859-1", "ascii"
std::string_view to_string(charset set);

// Whether text of this set may hold the character. Any thread.
bool is_in(charset set, char32_t character);

// The byte at which the first character begins that text of this set cannot hold, or that is not UTF-8;
// std::string_view::npos where all of the text can stand. Any thread.
std::size_t find_unmappable(charset set, std::string_view text);

}  // namespace causeway
