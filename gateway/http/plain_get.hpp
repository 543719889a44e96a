// The little that has to be known of a head to refuse it: for a gateway that has more to do than it can.
#pragma once

#include <optional>
#include <string_view>

namespace causeway::http {

// Views into the head.
struct plain_get {
  std::string_view path;
  std::optional<std::string_view> request_id, traceparent;
};

// What a head asks for that head_scan has found whole, where nothing but its end can follow it: a GET of HTTP/1.1 of a
// path, without a body and without a word of the connection. Nothing for every other, which is looked at in full.
std::optional<plain_get> read_plain_get(std::string_view head);

}  // namespace causeway::http
