// The formats that a member may declare. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace causeway::http {

// What `text` means in this format, in canonical form: csid "7" -> "000000007"; date-time "2026-11-21T10:15:00+01:00"
// -> "2026-11-21T09:15:00.000Z". Nothing where it does not have the format. A format that is not known takes any text.
std::optional<std::string> in_format(std::string_view format, std::string_view text);

// What is asked for, in words: "must be 1 to 9 digits".
std::string_view words_for_format(std::string_view format);

}  // namespace causeway::http
