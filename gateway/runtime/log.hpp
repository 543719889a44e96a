// The operator's log: one JSON object a line on standard error. Holds no personal data and no secret: whoever writes a
// line passes codes, counts and ids, never a name, a text, an address or a key.
//
// A line is written before log() returns, so that none is lost when the process dies. Standard error that is not read
// holds nobody up: after a tenth of a second lines are dropped until it is read again, and then a line says how many.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace causeway {

enum class log_level { debug, info, warning, error, none };  // none: for set_log_level only, nothing is written

using log_member = std::pair<std::string_view, std::string>;

// Any thread. {"time": "...", "level": "info", "message": "...", members...}; the message is a constant sentence, what
// varies goes into members, those without content are left out. The requestId and traceId of the thread's log_scope are
// added to them.
void log(log_level level, std::string_view message, std::initializer_list<log_member> members = {});

// From which level on lines are written; info until told otherwise.
void set_log_level(log_level level);
// Whether a line of this level would be written: for what is costly to put together. Any thread.
bool is_logged(log_level level);

// Lines that were dropped since the start. Any thread.
std::uint64_t dropped_log_lines();

// For whom this thread works, as long as this is there: its lines carry the request's ids. Scopes nest; the inner one
// counts. What it is given outlives it.
class log_scope {
 public:
  log_scope(std::string_view request_id, std::string_view trace_id);
  ~log_scope();
  log_scope(const log_scope &) = delete;
  log_scope &operator=(const log_scope &) = delete;

 private:
  const std::string_view request_id_;
  const std::string_view trace_id_;
  const log_scope *const outer_;
  friend void log(log_level, std::string_view, std::initializer_list<log_member>);
};

// The trace id of a W3C traceparent that is well-formed; empty for one that is shorter than that.
std::string_view trace_id_of(std::string_view traceparent);

// `text` as the inside of a JSON string, without the quotes; what is not UTF-8 becomes U+FFFD.
std::string json_escaped(std::string_view text);

}  // namespace causeway
