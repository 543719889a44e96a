#include "http/plain_get.hpp"

#include <algorithm>
#include <iterator>

namespace causeway::http {

namespace {

bool is_named(std::string_view line, std::string_view name) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
  return line.size() > name.size() && line[name.size()] == ':' &&
         std::equal(name.begin(), name.end(), line.begin(), [&](char a, char b) { return a == lower(b); });
}

std::string_view content_of(std::string_view line, std::string_view name) {
  line.remove_prefix(name.size() + 1);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line.substr(0, line.find_last_not_of(" \t") + 1);
}

// Of these hangs where the next request begins, or whether there is one.
constexpr std::string_view telling[] = {"content-length", "transfer-encoding", "connection", "expect", "upgrade"};

}  // namespace

std::optional<plain_get> read_plain_get(std::string_view head) {
  constexpr std::string_view method = "GET /", version = " HTTP/1.1";
  auto end = head.find("\r\n");
  if (end == head.npos || !head.starts_with(method)) return std::nullopt;
  const auto line = head.substr(0, end);
  if (!line.ends_with(version)) return std::nullopt;
  plain_get read;
  read.path = line.substr(method.size() - 1, line.size() - version.size() - method.size() + 1);
  read.path = read.path.substr(0, read.path.find('?'));
  if (read.path.find_first_of(" #") != read.path.npos) return std::nullopt;
  for (;;) {
    head.remove_prefix(end + 2);
    end = head.find("\r\n");
    if (end == head.npos) return std::nullopt;
    if (end == 0) return read;
    const auto field = head.substr(0, end);
    if (std::any_of(std::begin(telling), std::end(telling), [&](auto name) { return is_named(field, name); }))
      return std::nullopt;
    // A space before the colon, a colon that lacks: not here to be judged.
    const auto colon = field.find(':');
    if (colon == field.npos || field.substr(0, colon).find_first_of(" \t") != field.npos) return std::nullopt;
    constexpr std::string_view request_id = "x-request-id", traceparent = "traceparent";
    if (is_named(field, request_id)) read.request_id = content_of(field, request_id);
    if (is_named(field, traceparent)) read.traceparent = content_of(field, traceparent);
  }
}

}  // namespace causeway::http
