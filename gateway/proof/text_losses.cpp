// The worst that can come is one short piece of text again and again: the character whose transliteration or escape is
// longest, or what wrapping answers with most line breaks. The shortest run of it that does not fit is found by
// halving.
#include "proof/text_losses.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "mapping/charset.hpp"
#include "mapping/utf8.hpp"

namespace causeway {

namespace {

// Known letters make better examples than the first character that there is.
constexpr std::array<char32_t, 6> familiar{U'ł', U'é', U'€', U'Ж', U'你', U'\U0001F600'};

// MUSICAL SYMBOL SEMIMINIMA WHITE: its name in braces is the longest that transliterating gives, 97 characters.
constexpr char32_t longest_name = 0x1D1BD;
// The last character that is no noncharacter: its escape has all the digits that one can have.
constexpr char32_t longest_escape = 0x10FFFD;

std::string text_with(char32_t character) {
  std::string text;
  append_utf8(text, character);
  return text;
}

std::string repeated(const std::string &unit, std::size_t times) {
  std::string text;
  text.reserve(unit.size() * times);
  while (times-- != 0) text += unit;
  return text;
}

// The pieces of which the worst texts may be made.
std::vector<std::string> worst_units(const text_convention &c, charset source_set) {
  std::vector<std::string> units{"x"};
  // A line that ends with a blank is ended by an empty line.
  if (c.wrap != 0) units.emplace_back(" \n");
  if (c.unmappable == on_unmappable::escape) units.emplace_back("\\");
  if (c.unmappable == on_unmappable::reject || !character_beyond(source_set, c.encoding)) return units;
  if (source_set == charset::utf8) {
    units.push_back(text_with(c.unmappable == on_unmappable::escape ? longest_escape : longest_name));
    return units;
  }
  // What a set of single bytes holds is soon gone through.
  std::vector<input_fault> unused;
  std::pair<std::size_t, char32_t> longest{};
  for (char32_t character = 0x80; character <= 0x2122; ++character) {
    if (!is_in(source_set, character) || is_in(c.encoding, character)) continue;
    text_convention bare;
    bare.encoding = c.encoding;
    bare.unmappable = c.unmappable;
    longest = std::max(longest, std::pair(characters_of(bare.carry(text_with(character), "", unused)), character));
  }
  if (longest.first != 0) units.push_back(text_with(longest.second));
  return units;
}

bool is_too_long(const text_convention &c, const std::string &text) {
  text_convention strict = c;
  strict.too_long = on_too_long::reject;
  std::vector<input_fault> faults;
  (void)strict.carry(text, "", faults);
  return std::any_of(faults.begin(), faults.end(), [](const input_fault &f) { return f.code == "too-long"; });
}

// What is always of one length; empty for other types.
std::string_view fixed_text_of(field_type type) {
  switch (type) {
    case field_type::csid:
      return "000000001";
    case field_type::date:
      return "2000-01-01";
    case field_type::timestamp:
      return "2000-01-01T00:00:00.000Z";
    default:
      return {};
  }
}

}  // namespace

std::optional<std::string> character_beyond(charset from, charset to) {
  const auto beyond = [&](char32_t c) { return is_in(from, c) && !is_in(to, c); };
  for (const char32_t c : familiar)
    if (beyond(c)) return text_with(c);
  for (char32_t c = 0xA0; c < 0xD800; ++c)
    if (beyond(c)) return text_with(c);
  return std::nullopt;
}

std::optional<std::string> shortest_too_long(const text_convention &convention, const field &source,
                                             charset source_set) {
  const std::size_t fits = convention.max_length;
  if (fits == 0) return std::nullopt;
  if (const std::string text(fixed_text_of(source.type)); !text.empty())
    return is_too_long(convention, text) ? std::optional(text) : std::nullopt;
  // No piece becomes shorter, so that one character more than fits never does.
  const std::size_t most = source.length == 0 ? fits + 1 : std::min(source.length, fits + 1);
  std::optional<std::string> shortest;
  for (const auto &unit : worst_units(convention, source_set)) {
    const std::size_t width = characters_of(unit);
    std::size_t good = 0, bad = most / width;
    if (bad == 0) continue;
    if (!is_too_long(convention, repeated(unit, bad))) {
      // Where the last piece does not fit, a character does.
      const std::string widest = repeated(unit, bad) + std::string(most - bad * width, 'x');
      if (!shortest && is_too_long(convention, widest)) shortest = widest;
      continue;
    }
    while (bad - good > 1) {
      const std::size_t middle = good + (bad - good) / 2;
      (is_too_long(convention, repeated(unit, middle)) ? bad : good) = middle;
    }
    auto found = repeated(unit, bad);
    if (!shortest || characters_of(found) < characters_of(*shortest)) shortest = std::move(found);
  }
  return shortest;
}

}  // namespace causeway
