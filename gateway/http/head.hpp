// What a request's head must be before anything looks at it: the shapes that two parsers could read differently, and
// that Beast lets through, are refused here. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "http/message.hpp"

namespace causeway::http {

// Why a connection is answered once more and then closed.
struct refusal {
  int status = 400;
  std::string code;
  std::string detail;
};

// Looks at the bytes of a head as they come in, each once.
class head_scan {
 public:
  static constexpr std::size_t longest = 16 * 1024;

  // `bytes`: everything from the first of the head on, those of earlier looks included. The length of the head when it
  // is whole, 0 when more is needed, a refusal for: a control character, a CR or LF by itself, a line that begins with
  // a blank (obs-fold), bytes above 0x7e in the request line, more than `longest`.
  std::variant<std::size_t, refusal> look(std::string_view bytes);
  // Has passed no byte yet.
  bool is_fresh() const { return looked_at_ == 0; }

 private:
  std::size_t looked_at_ = 0;
  bool in_request_line_ = true;
};

struct raw_head {
  std::string_view method;
  std::string_view target;
  unsigned version = 11;  // 10: HTTP/1.0
  std::vector<std::pair<std::string_view, std::string_view>> fields;
};

struct read_head {
  request head;
  bool chunked = false;
  bool expects_continue = false;
};

// A refusal for: a target that is neither a path nor an absolute http(s) URI, or has a fragment; no or several Hosts,
// or one that is none; a Transfer-Encoding that is not exactly `chunked`, stands twice, beside a Content-Length or in
// HTTP/1.0; several or non-decimal Content-Lengths; an unknown Expect; a single-valued field that stands twice.
std::variant<read_head, refusal> check_head(const raw_head &raw);

// The refusal for a request line of another version of HTTP; nothing for 1.0 and 1.1, and for what is no request line.
std::optional<refusal> check_version(std::string_view head);

}  // namespace causeway::http
