#include "runtime/finding.hpp"

#include <algorithm>

namespace causeway {

std::string_view to_string(severity level) { return level == severity::error ? "error" : "warning"; }

std::string to_string(const finding &f) {
  std::string line = f.at.file + ":" + std::to_string(f.at.line) + ":" + std::to_string(f.at.column) + ": ";
  line.append(to_string(f.level)).append(": ").append(f.message);
  if (!f.example.shown.empty()) line.append("; for example ").append(f.example.shown);
  return line;
}

bool has_errors(const std::vector<finding> &findings) {
  return std::any_of(findings.begin(), findings.end(), [](const finding &f) { return f.level == severity::error; });
}

}  // namespace causeway
