// JSON lines through spdlog, which knows the levels and locks; the line writer does not wait for who reads.
#include "runtime/log.hpp"

#include <algorithm>
#include <atomic>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "runtime/clock.hpp"
#include "runtime/line_writer.hpp"

namespace causeway {

namespace {

std::atomic<std::uint64_t> dropped_lines{0};
thread_local const log_scope *innermost = nullptr;

std::string begin_of_line(std::string_view level, std::string_view message) {
  std::string line = "{\"time\":\"" + to_rfc3339(system_clock().now()) + "\",\"level\":\"";
  line.append(level).append("\",\"message\":\"").append(json_escaped(message)).append("\"");
  return line;
}

void add_member(std::string &line, std::string_view name, std::string_view content) {
  line.append(",\"").append(json_escaped(name)).append("\":\"").append(json_escaped(content)).append("\"");
}

// Gets whole lines and passes them on as they are.
class stderr_sink final : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg &message) override {
    const std::string_view line(message.payload.data(), message.payload.size());
    if (!writer_.write(line)) {
      ++dropped_lines;
      return;
    }
    if (const auto dropped = writer_.take_dropped(); dropped > 0) {
      std::string said =
          begin_of_line("warning", "lines before the last one were dropped: standard error was not read");
      add_member(said, "lines", std::to_string(dropped));
      said += '}';
      if (!writer_.write(said)) ++dropped_lines;
    }
  }
  void flush_() override {}

 private:
  line_writer writer_{STDERR_FILENO};
};

spdlog::logger &logger() {
  static const auto instance = std::make_shared<spdlog::logger>("causeway", std::make_shared<stderr_sink>());
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

std::uint64_t dropped_log_lines() { return dropped_lines; }

log_scope::log_scope(std::string_view request_id, std::string_view trace_id)
    : request_id_(request_id), trace_id_(trace_id), outer_(std::exchange(innermost, this)) {}

log_scope::~log_scope() { innermost = outer_; }

std::string_view trace_id_of(std::string_view traceparent) {
  constexpr std::size_t begins = 3, length = 32;
  return traceparent.size() < begins + length ? std::string_view() : traceparent.substr(begins, length);
}

bool is_logged(log_level level) { return logger().should_log(spdlog_level(level)); }

void log(log_level level, std::string_view message, std::initializer_list<log_member> members) {
  if (!logger().should_log(spdlog_level(level))) return;
  std::string line = begin_of_line(name_of(level), message);
  for (const auto &[name, content] : members)
    if (!content.empty()) add_member(line, name, content);
  const auto has = [&](std::string_view name) {
    return std::any_of(members.begin(), members.end(), [&](const log_member &m) { return m.first == name; });
  };
  if (innermost != nullptr && !has("requestId")) {
    add_member(line, "requestId", innermost->request_id_);
    add_member(line, "traceId", innermost->trace_id_);
  }
  line += '}';
  logger().log(spdlog_level(level), "{}", line);
}

}  // namespace causeway
