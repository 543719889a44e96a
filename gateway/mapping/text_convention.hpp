// What becomes of text on its way into one text field of the target, and on its way back: character set, then lines,
// then length. Each has a file of its own; here they meet.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "causeway/result.hpp"
#include "mapping/declaration.hpp"

namespace causeway {

struct text_convention {
  std::string where;  // "cuba.communication.text", for the details of faults
  charset encoding = charset::utf8;
  on_unmappable unmappable = on_unmappable::reject;
  std::size_t wrap = 0;        // characters a line; 0: lines stay as they are
  std::size_t max_length = 0;  // characters, 0: unbounded
  on_too_long too_long = on_too_long::reject;

  // The text as the target holds it. What cannot be held adds faults of the source's field ("unmappable-character",
  // "too-long"), both where both are so; the returned text then means nothing. Truncated text ends between two
  // characters and never within an escape. Any thread.
  std::string carry(std::string_view text, std::string_view source_field, std::vector<input_fault> &faults) const;

  // The source's text, as far as the target's tells it: carry's inverse for `reject` and `escape`; the transliterated
  // text, without the line breaks of wrapping, for `transliterate`; the beginning of the text where it was truncated.
  // carry(restore(carry(x))) == carry(x) for all policies. Any thread.
  std::string restore(std::string_view text) const;

  // Whether restore may give less than was carried.
  bool may_lose() const;
};

}  // namespace causeway
