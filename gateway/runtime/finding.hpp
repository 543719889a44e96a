// What is wrong with a configuration, and where: `FILE:LINE:COL: severity: message`.
#pragma once

#include <string>
#include <string_view>
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

// A smallest example that shows what a finding says: records, and what became of each when the real code took it.
struct witness {
  struct record {
    std::string given;   // JSON: the whole record, by the names of its fields
    std::string became;  // JSON: the record that it is there, {} for nothing; or {"refused": ...} with the faults
  };
  std::vector<record> records;
  std::string shown;  // the same for people, in one line; empty: there is no example
};

struct finding {
  place at;
  severity level = severity::error;
  std::string message;
  witness example{};
};

std::string_view to_string(severity level);
// "FILE:LINE:COL: severity: message", and behind it the example, where there is one: "; for example ...".
std::string to_string(const finding &f);
// Whether any of them is an error.
bool has_errors(const std::vector<finding> &findings);

}  // namespace causeway
