#include "runtime/finding.hpp"

#include <algorithm>

namespace causeway {

std::string to_string(const finding &f) {
  std::string line = f.at.file + ":" + std::to_string(f.at.line) + ":" + std::to_string(f.at.column) + ": ";
  if (f.level == severity::warning) line += "warning: ";
  return line + f.message;
}

bool has_errors(const std::vector<finding> &findings) {
  return std::any_of(findings.begin(), findings.end(), [](const finding &f) { return f.level == severity::error; });
}

}  // namespace causeway
