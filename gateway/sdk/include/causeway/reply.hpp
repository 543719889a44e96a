// What a handler answers: JSON, or a problem.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "causeway/result.hpp"

namespace causeway::sdk {

// Text as one segment of a path: percent-encoded, so that it comes back as it is whatever it holds.
inline std::string path_segment(std::string_view text) {
  constexpr char hex[] = "0123456789ABCDEF";
  std::string segment;
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
        c == '_' || c == '~') {
      segment += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      segment += {'%', hex[byte >> 4], hex[byte & 15]};
    }
  }
  return segment;
}

struct reply {
  int status = 200;
  std::string body;      // JSON, for a status below 400
  std::string etag;      // without quotes
  std::string location;  // path of what was made; ids in it by path_segment
  std::string code;      // of a problem: "privacy-check-required"
  std::string detail;    // of a problem: what was wrong and what to do
  std::vector<input_fault> inputs;

  static reply json(int status, std::string body) {
    reply r;
    r.status = status;
    r.body = std::move(body);
    return r;
  }
  static reply problem(int status, std::string_view code, std::string detail) {
    reply r;
    r.status = status;
    r.code = code;
    r.detail = std::move(detail);
    return r;
  }
  // Input that its declaration lets through and the handler does not: `pointer` is "/body/text", "/query/cursor".
  static reply invalid_input(std::string pointer, std::string code, std::string why) {
    reply r = problem(422, "invalid", "The request is not valid.");
    r.inputs.push_back({std::move(pointer), std::move(code), std::move(why)});
    return r;
  }
  // A cursor that none of this list's answers gave.
  static reply bad_cursor() {
    return invalid_input("/query/cursor", "unknown-cursor", "Give the `next` of an earlier answer of this list.");
  }
  static reply not_found(std::string detail) { return problem(404, "not-found", std::move(detail)); }

  // The answer that a store's or a mapping's fault amounts to, where the handler knows no better.
  static reply from(const fault &why) {
    switch (why.what) {
      case outcome::not_found:
        return problem(404, "not-found", why.detail);
      case outcome::conflict:
        return problem(409, "conflict", why.detail);
      case outcome::stale:
        return problem(409, "stale", "The record was changed meanwhile; read it and try again.");
      case outcome::invalid: {
        reply r = problem(422, "invalid", why.detail.empty() ? "The input cannot be stored." : why.detail);
        r.inputs = why.inputs;
        for (auto &input : r.inputs)
          if (!input.pointer.starts_with('/')) input.pointer.insert(0, "/body/");
        return r;
      }
      case outcome::unavailable:
        return problem(503, "unavailable", why.detail);
      case outcome::overloaded:
        return problem(503, "overloaded", why.detail);
      case outcome::deadline:
        return problem(504, "deadline", "The request took longer than it may.");
      case outcome::internal:
        break;
    }
    return problem(500, "internal", "Something went wrong in the gateway; the operator's log tells more.");
  }
};

}  // namespace causeway::sdk
