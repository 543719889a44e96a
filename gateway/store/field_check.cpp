// One rule per field type, the same for every store: what one database would cut, pad or refuse in its own way is
// refused here in one way.
#include "store/field_check.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>

#include "store/plain_text.hpp"
#include "store/time_format.hpp"

namespace causeway {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int number(std::string_view digits) {
  int n = 0;
  for (const char c : digits) n = n * 10 + (c - '0');
  return n;
}

// Whether `text` has the shape, where 0 stands for any digit and everything else for itself.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == '0' ? !is_digit(text[i]) : text[i] != shape[i]) return false;
  return true;
}

bool is_date(std::string_view text) {
  if (!has_shape(text, "0000-00-00")) return false;
  return std::chrono::year_month_day{std::chrono::year{number(text.substr(0, 4))},
                                     std::chrono::month{unsigned(number(text.substr(5, 2)))},
                                     std::chrono::day{unsigned(number(text.substr(8, 2)))}}
      .ok();
}

bool is_time(std::string_view text) {
  if (!has_shape(text, "0000-00-00T00:00:00.000Z")) return false;
  return is_date(text.substr(0, 10)) && number(text.substr(11, 2)) < 24 && number(text.substr(14, 2)) < 60 &&
         number(text.substr(17, 2)) < 60;
}

// Of a day or a time that is one.
std::optional<input_fault> check_years(const field &f, std::string_view text) {
  const int year = number(text.substr(0, 4));
  if (f.form == column_form::native && year == 0)
    return input_fault{f.name, "out-of-range", "must be of the years 1 to 9999, the database has no other"};
  if (f.format.empty()) return std::nullopt;
  const auto [first, last] = years_of(f.format);
  if (year >= first && year <= last) return std::nullopt;
  return input_fault{f.name, "out-of-range",
                     "must be of the years " + std::to_string(first) + " to " + std::to_string(last) +
                         ", which two digits tell apart"};
}

std::optional<input_fault> check_text(const field &f, const std::string &text) {
  const auto characters = count_characters(text);
  if (!characters) return input_fault{f.name, "not-text", "must be UTF-8 text without NUL characters"};
  switch (f.type) {
    case field_type::csid:
      if (!has_shape(text, "000000000")) return input_fault{f.name, "not-a-csid", "must be nine digits"};
      return std::nullopt;
    case field_type::date:
      if (!is_date(text)) return input_fault{f.name, "not-a-date", "must be a date, YYYY-MM-DD"};
      return check_years(f, text);
    case field_type::timestamp:
      if (!is_time(text))
        return input_fault{f.name, "not-a-time", "must be a UTC time with milliseconds, 2026-11-21T09:15:00.000Z"};
      return check_years(f, text);
    case field_type::code:
      if (f.codes) {
        if (!f.codes->stored_of.contains(text))
          return input_fault{f.name, "unknown-code", "must be a value of the code table " + f.codes->name};
        return std::nullopt;
      }
      break;
    default:
      break;
  }
  if (f.form == column_form::padded && text.ends_with(' '))
    return input_fault{f.name, "trailing-blanks", "must not end in a blank, which its column is filled up with"};
  if (f.length != 0 && *characters > f.length)
    return input_fault{f.name, "too-long", "must have at most " + std::to_string(f.length) + " characters"};
  return std::nullopt;
}

// Bytes of the character that is not ASCII and begins `text`; 0 where there is none.
std::size_t length_of_character(std::string_view text) {
  const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u; };
  const unsigned lead = byte(0);
  std::size_t length = 0;
  // The second byte's range keeps out overlong forms, surrogates and what is beyond U+10FFFF.
  unsigned low = 0x80, high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  }
  for (std::size_t k = 1; k < length; ++k) {
    if (byte(k) < low || byte(k) > high) return 0;
    low = 0x80;
    high = 0xBF;
  }
  return length;
}

std::string fault_of_number(const field &f) {
  if (f.type == field_type::csid) return {};
  if (f.type == field_type::code) {
    if (!f.codes) return {};  // a fault of its own
    for (const auto &[stored, readable] : f.codes->readable_of) {
      std::int64_t n = 0;
      const auto [end, error] = std::from_chars(stored.data(), stored.data() + stored.size(), n);
      if (error != std::errc() || end != stored.data() + stored.size() || std::to_string(n) != stored)
        return "the stored value '" + stored + "' of " + f.codes->name + " is no whole number";
    }
    return {};
  }
  if (f.type != field_type::date && f.type != field_type::timestamp)
    return "only codes, csids, dates and timestamps are stored as numbers, not " + std::string(to_string(f.type));
  const auto format = time_format::compile(f.format, f.type);
  if (!format) return {};  // a fault of its own
  const auto text = format->to_stored(f.type == field_type::date ? "2001-10-10" : "2001-10-10T10:10:10.100Z");
  if (!text || text->size() > 18 || !std::all_of(text->begin(), text->end(), is_digit))
    return "a number needs a format of digits alone, such as YYYYMMDD";
  return {};
}

}  // namespace

std::string fault_of_form(const field &f) {
  const bool of_time = f.type == field_type::date || f.type == field_type::timestamp;
  switch (f.form) {
    case column_form::plain:
      return {};
    case column_form::number:
      return fault_of_number(f);
    case column_form::padded:
      if (f.type != field_type::text && f.type != field_type::csid && f.type != field_type::code && !of_time)
        return "only text is padded, not " + std::string(to_string(f.type));
      if (f.codes)
        for (const auto &[stored, readable] : f.codes->readable_of)
          if (stored.ends_with(' '))
            return "the stored value '" + stored + "' of " + f.codes->name + " ends in a blank, which is not read back";
      return f.length == 0 ? "a padded column needs its length" : "";
    case column_form::native:
      if (!of_time) return "only dates and timestamps are native, not " + std::string(to_string(f.type));
      if (!f.format.empty() && f.format != (f.type == field_type::date ? "YYYY-MM-DD" : "YYYY-MM-DD HH24:MI:SS"))
        return f.type == field_type::date
                   ? "a native date has no format"
                   : "a native timestamp has no format, but for YYYY-MM-DD HH24:MI:SS where it has whole seconds";
      return {};
  }
  return {};
}

std::optional<std::size_t> count_characters(std::string_view text) {
  std::size_t characters = 0;
  for (;;) {
    const std::size_t plain = count_ascii(text);
    characters += plain;
    text.remove_prefix(plain);
    if (text.empty()) return characters;
    const std::size_t length = length_of_character(text);
    if (length == 0) return std::nullopt;
    ++characters;
    text.remove_prefix(length);
  }
}

std::optional<input_fault> check_value(const field &f, const value &v) {
  if (!has_content(v)) {
    if (f.required) return input_fault{f.name, "required", "must not be empty"};
    return std::nullopt;
  }
  switch (f.type) {
    case field_type::integer:
    case field_type::serial:
      if (!std::holds_alternative<std::int64_t>(v)) return input_fault{f.name, "wrong-type", "must be an integer"};
      return std::nullopt;
    case field_type::boolean:
      if (!std::holds_alternative<bool>(v)) return input_fault{f.name, "wrong-type", "must be true or false"};
      return std::nullopt;
    default:
      break;
  }
  const auto *text = std::get_if<std::string>(&v);
  if (!text) return input_fault{f.name, "wrong-type", "must be text"};
  return check_text(f, *text);
}

}  // namespace causeway
