// The operator's log: one JSON object a line on standard error. Holds no personal data and no secret: whoever writes a
// line passes codes, counts and ids, never a name, a text, an address or a key.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace causeway {

enum class log_level { debug, info, warning, error, none };  // none: for set_log_level only, nothing is written

using log_member = std::pair<std::string_view, std::string>;

// Any thread. {"time": "...", "level": "info", "message": "...", members...}; the message is a constant sentence, what
// varies goes into members.
void log(log_level level, std::string_view message, std::initializer_list<log_member> members = {});

// From which level on lines are written; info until told otherwise.
void set_log_level(log_level level);
// Whether a line of this level would be written: for what is costly to put together. Any thread.
bool is_logged(log_level level);

// `text` as the inside of a JSON string, without the quotes; what is not UTF-8 becomes U+FFFD.
std::string json_escaped(std::string_view text);

}  // namespace causeway
