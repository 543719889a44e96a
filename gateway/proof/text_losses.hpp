// What text loses on its way into one field of the target: characters, and its end.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "mapping/mapping_step.hpp"
#include "store/record_kind.hpp"

namespace causeway {

// Text of one character that `from` can hold and `to` cannot; nothing where there is none. Control characters, which
// no set holds, do not count.
std::optional<std::string> character_beyond(charset from, charset to);

// The shortest text of at most the source's length that is longer than fits when the convention has been at it;
// nothing where all text fits.
std::optional<std::string> shortest_too_long(const text_convention &convention, const field &source,
                                             charset source_set);

}  // namespace causeway
