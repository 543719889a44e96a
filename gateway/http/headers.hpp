// What single header fields mean. Pure, but for the ids that are made; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace causeway::http {

// Who asked, for every line of the log that has to do with the request, here and at the caller.
struct identity {
  std::string request_id;   // the caller's where it is well-formed (1 to 64 of A-Z a-z 0-9 . _ - :), else a UUID
  std::string trace_id;     // 32 hex digits; the caller's where its traceparent is valid
  std::string traceparent;  // with this gateway's own span
};
identity identity_of(const std::optional<std::string> &request_id, const std::optional<std::string> &traceparent);

// A random UUID (version 4). Not for secrets.
std::string random_uuid();

// Of ASCII letters: names of fields, schemes and codings.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// Whether a body of this type is JSON in UTF-8: "application/json", perhaps with charset=utf-8.
bool is_json(std::string_view content_type);

// 1 to 255 printable characters of ASCII.
bool is_idempotency_key(std::string_view key);

// An If-Match header, read.
struct if_match {
  enum class kind {
    none,       // not given
    tag,        // `tag`: one strong tag without its quotes, or "*"
    never,      // weak tags only: nothing matches
    many,       // several strong tags
    malformed,  // no list of entity tags
  };
  kind what = kind::none;
  std::string tag;
};
if_match parse_if_match(const std::optional<std::string> &header);

// Whether an If-None-Match header covers this tag (without quotes), by the weak comparison.
bool none_match_covers(std::string_view header, std::string_view tag);

}  // namespace causeway::http
