// Writes JSON, member by member, into one string.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace causeway::sdk {

// Text must be UTF-8 (what the gateway hands to a plugin is). Commas are its business; that what is begun is ended is
// the caller's. One thread.
class json_writer {
 public:
  json_writer() { out_.reserve(512); }

  json_writer &begin_object() { return open('{'); }
  json_writer &end_object() { return close('}'); }
  json_writer &begin_array() { return open('['); }
  json_writer &end_array() { return close(']'); }

  // The name of what comes next.
  json_writer &name(std::string_view text) {
    separate();
    quote(text);
    out_ += ':';
    first_ = true;
    return *this;
  }

  json_writer &item(std::string_view text) {
    separate();
    quote(text);
    return *this;
  }
  json_writer &item(const char *text) { return item(std::string_view(text)); }
  json_writer &item(const std::string &text) { return item(std::string_view(text)); }
  json_writer &item(std::same_as<bool> auto truth) {
    separate();
    out_ += truth ? "true" : "false";
    return *this;
  }
  json_writer &item(std::integral auto number) requires(!std::same_as<decltype(number), bool>) {
    separate();
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out_.append(digits, end);
    return *this;
  }
  json_writer &item(std::nullptr_t) {
    separate();
    out_ += "null";
    return *this;
  }
  template <class T>
  json_writer &item(const std::optional<T> &perhaps) {
    return perhaps ? item(*perhaps) : item(nullptr);
  }

  template <class T>
  json_writer &member(std::string_view member_name, const T &content) {
    name(member_name);
    return item(content);
  }

  std::string take() { return std::move(out_); }

 private:
  json_writer &open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
    return *this;
  }
  json_writer &close(char bracket) {
    out_ += bracket;
    first_ = false;
    return *this;
  }
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void quote(std::string_view text) {
    constexpr char hex[] = "0123456789abcdef";
    out_ += '"';
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      if (c >= 0x20 && c != '"' && c != '\\') continue;
      out_.append(text, plain, i - plain);
      plain = i + 1;
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += static_cast<char>(c);
      } else if (c == '\n') {
        out_ += "\\n";
      } else {
        out_ += "\\u00";
        out_ += hex[c >> 4];
        out_ += hex[c & 15];
      }
    }
    out_.append(text, plain);
    out_ += '"';
  }

  std::string out_;
  bool first_ = true;
};

}  // namespace causeway::sdk
