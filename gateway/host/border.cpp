// The checks are made for every request, so they are few and cheap: tags, sizes, UTF-8, and what would break a header.
#include "host/border.hpp"

#include <algorithm>

#include "causeway/record.hpp"
#include "store/field_check.hpp"

namespace causeway {

namespace {

constexpr std::size_t most_faults = 1000;

// What may stand in a header's value as it is.
bool is_header_safe(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"'; });
}

bool is_code(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// Not a parse: enough to catch what is no JSON at all, a body that was cut, and one with something behind it.
bool looks_like_json(std::string_view body) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = body.find_first_not_of(blanks);
  if (first == std::string_view::npos) return false;
  const char begin = body[first];
  const char end = body[body.find_last_not_of(blanks)];
  if (begin == '{') return end == '}';
  if (begin == '[') return end == ']';
  return false;
}

bool take_text(cw_text from, std::string &to) {
  if (from.size != 0 && from.data == nullptr) return false;
  if (!is_clean_text(view_of(from))) return false;
  to = std::string(view_of(from));
  return true;
}

}  // namespace

cw_value lend(const value &from) { return sdk::detail::border_value(from); }

bool is_clean_text(std::string_view text) { return count_characters(text).has_value(); }

const char *take_value(const cw_value &from, std::uint32_t type, bool may_be_empty, value &to) {
  if (from.type == CW_ABSENT || from.type == CW_NULL) {
    if (!may_be_empty) return "a value is missing";
    if (from.type == CW_NULL)
      to = null();
    else
      to = absent();
    return nullptr;
  }
  if (from.type > CW_TEXT) return "a value has a type that does not exist";
  if (from.type != type) return "a value has another type than its field";
  switch (type) {
    case CW_BOOLEAN:
      if (from.as.integer != 0 && from.as.integer != 1) return "a boolean is neither 0 nor 1";
      to = from.as.integer == 1;
      return nullptr;
    case CW_INTEGER:
      to = from.as.integer;
      return nullptr;
    default:
      if (from.as.text.size != 0 && from.as.text.data == nullptr) return "a text has a size and no data";
      if (!is_clean_text(view_of(from.as.text))) return "a text is not UTF-8, or holds a NUL";
      to.emplace<std::string>(view_of(from.as.text));
      return nullptr;
  }
}

const char *take_answer(const cw_answer *from, answer &to) {
  if (from == nullptr || from->size < offsetof(cw_answer, body) + sizeof(cw_text)) return "the answer has no members";
  const auto given = read_sized<cw_answer>(from, from->size);
  if (!((given.status >= 200 && given.status < 300) || (given.status >= 400 && given.status < 600)))
    return "the answer's status is neither 200 to 299 nor 400 to 599";
  to.status = static_cast<int>(given.status);
  if (!take_text(given.body, to.body) || !take_text(given.etag, to.etag) || !take_text(given.location, to.location) ||
      !take_text(given.code, to.code) || !take_text(given.detail, to.detail))
    return "a text of the answer is not UTF-8, or holds a NUL";
  if (!is_header_safe(to.etag)) return "the answer's etag holds a quote, a blank or a character that is not ASCII";
  if (!to.location.empty() && (to.location.front() != '/' || !is_header_safe(to.location)))
    return "the answer's location is not a path of ASCII characters";
  if (given.status < 400) return looks_like_json(to.body) ? nullptr : "the answer's body is not a JSON object or array";
  if (!is_code(to.code)) return "the answer is a problem and its code is not of the shape not-found";
  to.body.clear();
  if (given.status == 429 || given.status == 503) to.retry_after = 1;
  if (!array_is_sound(given.faults, most_faults, sizeof(cw_text))) return "the answer's faults cannot be read";
  to.inputs.resize(given.faults.count);
  for (std::size_t i = 0; i < given.faults.count; ++i) {
    const auto one = read_element<cw_fault>(given.faults, i);
    auto &input = to.inputs[i];
    if (!take_text(one.pointer, input.pointer) || !take_text(one.code, input.code) ||
        !take_text(one.detail, input.detail))
      return "a text of the answer's faults is not UTF-8, or holds a NUL";
  }
  return nullptr;
}

answer internal_error() {
  answer a;
  a.status = 500;
  a.code = "internal";
  a.detail = "Something went wrong in the gateway; the operator's log tells more.";
  return a;
}

std::string_view name_of_type(std::uint32_t type) {
  switch (type) {
    case CW_BOOLEAN:
      return "a boolean";
    case CW_INTEGER:
      return "an integer";
    case CW_TEXT:
      return "text";
    default:
      return "nothing";
  }
}

}  // namespace causeway
