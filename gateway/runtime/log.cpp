// JSON lines through spdlog, which does the locking and the writing.
#include "runtime/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "runtime/clock.hpp"

namespace causeway {

namespace {

spdlog::logger &logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("causeway", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::warn);
    return made;
  }();
  return *instance;
}

spdlog::level::level_enum spdlog_level(log_level level) {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
    case log_level::none:
      return spdlog::level::off;
  }
  return spdlog::level::err;
}

std::string_view name_of(log_level level) {
  switch (level) {
    case log_level::debug:
      return "debug";
    case log_level::info:
      return "info";
    case log_level::warning:
      return "warning";
    case log_level::error:
    case log_level::none:
      return "error";
  }
  return "error";
}

// Bytes of the UTF-8 character at `at`, 0 if there is none.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned lead = byte(at);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(at + 1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!follows(at + 1) || !follows(at + 2)) return 0;
    if (lead == 0xE0 && byte(at + 1) < 0xA0) return 0;
    if (lead == 0xED && byte(at + 1) > 0x9F) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!follows(at + 1) || !follows(at + 2) || !follows(at + 3)) return 0;
    if (lead == 0xF0 && byte(at + 1) < 0x90) return 0;
    if (lead == 0xF4 && byte(at + 1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

}  // namespace

std::string json_escaped(std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
      ++i;
    } else if (c == '\n') {
      out += "\\n";
      ++i;
    } else if (code < 0x20) {
      out += "\\u00";
      out += hex[code >> 4];
      out += hex[code & 15];
      ++i;
    } else if (const std::size_t length = character_length(text, i)) {
      out.append(text, i, length);
      i += length;
    } else {
      out += "\uFFFD";
      ++i;
    }
  }
  return out;
}

void set_log_level(log_level level) { logger().set_level(spdlog_level(level)); }

bool is_logged(log_level level) { return logger().should_log(spdlog_level(level)); }

void log(log_level level, std::string_view message, std::initializer_list<log_member> members) {
  if (!logger().should_log(spdlog_level(level))) return;
  std::string line = "{\"time\":\"" + to_rfc3339(system_clock().now()) + "\",\"level\":\"";
  line.append(name_of(level)).append("\",\"message\":\"").append(json_escaped(message)).append("\"");
  for (const auto &[name, content] : members)
    line.append(",\"").append(json_escaped(name)).append("\":\"").append(json_escaped(content)).append("\"");
  line += '}';
  logger().log(spdlog_level(level), "{}", line);
}

}  // namespace causeway
