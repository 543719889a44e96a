// What are the nearest characters of a set? A declared loss: what comes out cannot be read back.
#pragma once

#include <string>
#include <string_view>

#include "mapping/declaration.hpp"

namespace causeway {

// Text of the set for any text. Characters of the set stay as they are and where they are. The others become
//  - what they are in the Latin script, with the accents that the set has ("Łódź" -> "Lódz", "Ж" -> "Ž" in
//    windows-1252, "Z" in ASCII; "你好" -> "ni hao"), or the plain characters they are a form of ("①" -> "1");
//  - their name in braces where there is none of these: "{GRINNING FACE}", "{FLAG AU}", "{U+E000}" for what has no
//  name,
//    "{REPLACEMENT CHARACTER}" for what is not UTF-8.
// A mark that is combined with a character is composed with it, or dropped where the set lacks the composed character.
// What has no appearance of its own (joiners, variation selectors, direction marks) is dropped, but never everything:
// text that has nothing else gives the names.
// Text without characters that the set lacks comes back as it is. Any thread; the first call on a thread takes some
// 20 ms (each has its own tables), the first Chinese character some 70 ms.
std::string transliterated(std::string_view text, charset set);

// "GRINNING FACE"; "a control character" and the like for what has no name of its own. Any thread.
std::string describe_character(char32_t character);

}  // namespace causeway
