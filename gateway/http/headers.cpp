#include "http/headers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "store/random_bits.hpp"

namespace causeway::http {

namespace {

void put_hex(char *to, std::uint64_t bits, int digits) {
  constexpr char hex[] = "0123456789abcdef";
  for (int i = digits; i-- > 0; bits >>= 4) to[i] = hex[bits & 15];
}

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == '-' || c == ':';
  });
}

// Lower-case hex digits that are not all zero.
bool is_trace_part(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == text.npos && text.find_first_not_of('0') != text.npos;
}

// W3C Trace Context: version, trace id, parent id, flags. A later version may have more behind the flags.
bool is_traceparent(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const auto version = text.substr(0, 2);
  if (version.find_first_not_of(hex) != version.npos || version == "ff") return false;
  if (version == "00" ? text.size() != 55 : (text.size() > 55 && text[55] != '-')) return false;
  return is_trace_part(text.substr(3, 32)) && is_trace_part(text.substr(36, 16)) &&
         text.substr(53, 2).find_first_not_of(hex) == std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(" \t"), text.size());
  const auto last = text.find_last_not_of(" \t");
  return last == text.npos ? std::string_view() : text.substr(first, last + 1 - first);
}

struct entity_tag {
  bool weak = false;
  std::string_view opaque;
};

// A list of entity tags; nothing where it is none.
std::optional<std::vector<entity_tag>> entity_tags(std::string_view text) {
  std::vector<entity_tag> tags;
  for (;;) {
    text = trimmed(text);
    entity_tag tag;
    if (text.substr(0, 2) == "W/") {
      tag.weak = true;
      text.remove_prefix(2);
    }
    if (text.empty() || text.front() != '"') return std::nullopt;
    const auto end = text.find('"', 1);
    if (end == text.npos) return std::nullopt;
    tag.opaque = text.substr(1, end - 1);
    tags.push_back(tag);
    text = trimmed(text.substr(end + 1));
    if (text.empty()) return tags;
    if (text.front() != ',') return std::nullopt;
    text.remove_prefix(1);
  }
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string random_uuid() {
  std::string uuid(36, '-');
  const std::uint64_t high = (random_bits() & ~0xF000ull) | 0x4000u;
  const std::uint64_t low = (random_bits() & 0x3FFFFFFFFFFFFFFFull) | 0x8000000000000000ull;
  put_hex(uuid.data(), high >> 32, 8);
  put_hex(uuid.data() + 9, high >> 16, 4);
  put_hex(uuid.data() + 14, high, 4);
  put_hex(uuid.data() + 19, low >> 48, 4);
  put_hex(uuid.data() + 24, low, 12);
  return uuid;
}

identity identity_of(const std::optional<std::string> &request_id, const std::optional<std::string> &traceparent) {
  identity who;
  who.request_id = request_id && is_request_id(*request_id) ? *request_id : random_uuid();
  std::string_view flags = "00";
  if (traceparent && is_traceparent(*traceparent)) {
    who.trace_id = traceparent->substr(3, 32);
    flags = std::string_view(*traceparent).substr(53, 2);
  } else {
    who.trace_id.resize(32);
    put_hex(who.trace_id.data(), random_bits() | 1, 16);
    put_hex(who.trace_id.data() + 16, random_bits(), 16);
  }
  who.traceparent.reserve(55);
  who.traceparent.append("00-").append(who.trace_id).append("-0000000000000000-").append(flags);
  put_hex(who.traceparent.data() + 36, random_bits() | 1, 16);
  return who;
}

bool is_json(std::string_view content_type) {
  const auto semicolon = std::min(content_type.find(';'), content_type.size());
  if (!equal_ignoring_case(trimmed(content_type.substr(0, semicolon)), "application/json")) return false;
  auto rest = content_type.substr(semicolon);
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto end = std::min(rest.find(';'), rest.size());
    const auto parameter = trimmed(rest.substr(0, end));
    rest.remove_prefix(end);
    if (parameter.empty()) continue;
    if (!equal_ignoring_case(parameter, "charset=utf-8") && !equal_ignoring_case(parameter, "charset=\"utf-8\""))
      return false;
  }
  return true;
}

bool is_idempotency_key(std::string_view key) {
  return !key.empty() && key.size() <= 255 &&
         std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

if_match parse_if_match(const std::optional<std::string> &header) {
  if (!header) return {};
  if (trimmed(*header) == "*") return {if_match::kind::tag, "*"};
  const auto tags = entity_tags(*header);
  if (!tags) return {if_match::kind::malformed, {}};
  if_match read{if_match::kind::never, {}};
  for (const auto &tag : *tags) {
    // No resource here has an empty tag, so it matches as little as a weak one.
    if (tag.weak || tag.opaque.empty() || (read.what == if_match::kind::tag && read.tag == tag.opaque)) continue;
    if (read.what == if_match::kind::tag) return {if_match::kind::many, {}};
    read = {if_match::kind::tag, std::string(tag.opaque)};
  }
  return read;
}

bool none_match_covers(std::string_view header, std::string_view tag) {
  if (trimmed(header) == "*") return true;
  const auto tags = entity_tags(header);
  return tags && std::any_of(tags->begin(), tags->end(), [&](const entity_tag &t) { return t.opaque == tag; });
}

}  // namespace causeway::http
