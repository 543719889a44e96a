// What is wrong with a configuration, and where: `FILE:LINE:COL: message`.
#pragma once

#include <string>
#include <vector>

namespace causeway {

// A place in a file; line and column count from 1, 0 where there is none.
struct place {
  std::string file;
  int line = 0;
  int column = 0;
  friend bool operator==(const place &, const place &) = default;
};

enum class severity { error, warning };

struct finding {
  place at;
  severity level = severity::error;
  std::string message;
};

// "FILE:LINE:COL: message", warnings with "warning: " before the message.
std::string to_string(const finding &f);
// Whether any of them is an error.
bool has_errors(const std::vector<finding> &findings);

}  // namespace causeway
