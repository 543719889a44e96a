// A request as it came over the wire and the response that goes back, without a word of Beast.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "store/record_store.hpp"

namespace causeway::http {

struct request {
  std::string method;
  std::string target;  // origin form: "/v1/customers/7?limit=5"
  std::optional<std::string> authorization;
  std::optional<std::string> content_type;
  std::optional<std::string> content_encoding;
  std::optional<std::string> idempotency_key;
  std::optional<std::string> if_match;
  std::optional<std::string> if_none_match;
  std::optional<std::string> request_id;
  std::optional<std::string> traceparent;
  bool has_body = false;  // a Content-Length above 0, or chunked
};

struct response {
  int status = 200;
  std::string content_type;  // empty: no body
  std::string body;
  std::string fields;      // further header lines, each ended by CRLF
  bool omit_body = false;  // of HEAD: Content-Length only
  std::string code;        // of a problem, for the log
  std::string_view label;  // of the operation, for the log: "GET /v1/customers/{csid}"; as long-lived as the api

  // Adds a header line; drops characters of `content` that would end it.
  void add(std::string_view name, std::string_view content);
};

// How the connection stands when the response goes out.
struct framing {
  bool keep_alive = true;
  bool http_1_0 = false;
};

// The response as bytes; `now` gives the Date.
std::string to_wire(const response &r, framing f, time_point now);

std::string_view reason_phrase(int status);

}  // namespace causeway::http
