#include "mapping/text_convention.hpp"

#include "mapping/charset.hpp"
#include "mapping/escape.hpp"
#include "mapping/transliterate.hpp"
#include "mapping/utf8.hpp"
#include "mapping/wrap.hpp"

namespace causeway {

namespace {

constexpr auto nowhere = std::string_view::npos;

std::string code_point(char32_t code) {
  constexpr char hex[] = "0123456789ABCDEF";
  std::string text = "U+";
  for (int shift = code > 0xFFFFF ? 20 : code > 0xFFFF ? 16 : 12; shift >= 0; shift -= 4)
    text += hex[code >> shift & 15];
  return text;
}

// Names the first character that cannot be held, where it stands, and how many more there are.
std::string unmappable_detail(const text_convention &convention, std::string_view text, std::size_t first) {
  const auto character = decode_utf8(text, first);
  const std::string position = std::to_string(characters_of(text.substr(0, first)) + 1);
  if (!character.valid) return "is not UTF-8 text from character " + position + " on";
  std::string detail = "character " + position + " is " + code_point(character.code) + " (" +
                       describe_character(character.code) + "), which " + convention.where + " cannot hold: it takes " +
                       std::string(to_string(convention.encoding)) + " text without control characters";
  std::size_t more = 0;
  for (std::size_t at = first + character.length; at < text.size(); at = next_character(text, at))
    if (const auto other = decode_utf8(text, at); !other.valid || !is_in(convention.encoding, other.code)) ++more;
  if (more != 0) detail += "; and " + std::to_string(more) + " more like it";
  return detail;
}

std::string too_long_detail(const text_convention &convention, std::string_view before, std::size_t becomes) {
  const std::size_t was = characters_of(before);
  std::string detail = "has " + std::to_string(was) + (was == 1 ? " character" : " characters");
  if (becomes != was) detail += ", " + std::to_string(becomes) + " as " + convention.where + " holds them";
  detail += "; at most " + std::to_string(convention.max_length) + " fit";
  if (becomes == was) detail += " " + convention.where;
  return detail;
}

std::string truncated(const text_convention &convention, std::string_view text) {
  std::string cut(first_characters(text, convention.max_length));
  if (convention.unmappable == on_unmappable::escape) drop_torn_escape(cut);
  // The text that is left may need fewer line breaks; without this its copy would differ from a copy of what it says.
  if (convention.wrap != 0) cut = wrapped(unwrapped(cut, convention.wrap), convention.wrap);
  return cut;
}

}  // namespace

std::string text_convention::carry(std::string_view text, std::string_view source_field,
                                   std::vector<input_fault> &faults) const {
  std::string made;             // by the conventions so far; unused while the text needs none of them
  std::string_view now = text;  // the text, or `made`
  const auto make = [&](std::string next) {
    made = std::move(next);
    now = made;
  };
  const auto refuse = [&](std::string code, std::string detail) {
    faults.push_back({std::string(source_field), std::move(code), std::move(detail)});
  };

  auto first = find_unmappable(encoding, text);
  switch (unmappable) {
    case on_unmappable::reject:
      if (first != nowhere) refuse("unmappable-character", unmappable_detail(*this, text, first));
      break;
    case on_unmappable::transliterate:
      if (first != nowhere) make(transliterated(text, encoding));
      break;
    case on_unmappable::escape:
      if (first == nowhere && text.find('\\') == nowhere) break;
      if (first != nowhere) first = find_invalid_utf8(text);
      if (first != nowhere)
        refuse("unmappable-character", unmappable_detail(*this, text, first));
      else
        make(escaped(text, encoding));
      break;
  }

  if (wrap != 0 && (now.size() > wrap || now.find('\n') != nowhere)) make(wrapped(now, wrap));

  if (max_length != 0 && now.size() > max_length) {
    const std::size_t becomes = characters_of(now);
    if (becomes > max_length && too_long == on_too_long::truncate)
      make(truncated(*this, now));
    else if (becomes > max_length)
      refuse("too-long", too_long_detail(*this, text, becomes));
  }
  return now.data() == text.data() ? std::string(text) : std::move(made);
}

std::string text_convention::restore(std::string_view text) const {
  if (wrap == 0) return unmappable == on_unmappable::escape ? unescaped(text) : std::string(text);
  std::string joined = unwrapped(text, wrap);
  return unmappable == on_unmappable::escape ? unescaped(joined) : joined;
}

bool text_convention::may_lose() const {
  return unmappable == on_unmappable::transliterate || (too_long == on_too_long::truncate && max_length != 0);
}

}  // namespace causeway
