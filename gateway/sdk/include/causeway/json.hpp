// Writes JSON, member by member, into one string.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace causeway::sdk {

// Text must be UTF-8 (what the gateway hands to a plugin is). Commas are its business; that what is begun is ended is
// the caller's. One thread.
class json_writer {
 public:
  json_writer() : out_(512, '\0') {}

  json_writer &begin_object() { return open('{'); }
  json_writer &end_object() { return close('}'); }
  json_writer &begin_array() { return open('['); }
  json_writer &end_array() { return close(']'); }

  // The name of what comes next.
  json_writer &name(std::string_view text) {
    separate();
    quote(text);
    put(':');
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
    put(std::string_view(truth ? "true" : "false"));
    return *this;
  }
  json_writer &item(std::integral auto number) requires(!std::same_as<decltype(number), bool>) {
    separate();
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    put(std::string_view(digits, static_cast<std::size_t>(end - digits)));
    return *this;
  }
  json_writer &item(std::nullptr_t) {
    separate();
    put(std::string_view("null"));
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

  // What was written; nothing is written after that.
  std::string take() {
    out_.resize(size_);
    return std::move(out_);
  }

 private:
  json_writer &open(char bracket) {
    separate();
    put(bracket);
    first_ = true;
    return *this;
  }
  json_writer &close(char bracket) {
    put(bracket);
    first_ = false;
    return *this;
  }
  void separate() {
    if (!first_) put(',');
    first_ = false;
  }
  // The place for `bytes` more.
  char *room(std::size_t bytes) {
    if (out_.size() - size_ < bytes) out_.resize(std::max(2 * out_.size(), size_ + bytes));
    return out_.data() + size_;
  }
  void put(char c) {
    *room(1) = c;
    ++size_;
  }
  void put(std::string_view text) {
    std::copy_n(text.data(), text.size(), room(text.size()));
    size_ += text.size();
  }
  // Stands in a string as it is.
  static bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }
  // Whether all of `text` does; eight characters at a time, the last eight perhaps twice.
  static bool is_plain(std::string_view text) {
    constexpr std::uint64_t each = 0x0101010101010101u, high = each * 0x80;
    const auto has_zero = [](std::uint64_t eight) { return (eight - each) & ~eight & high; };
    std::uint64_t eight = 0, special = 0;
    if (text.size() < sizeof eight) return std::all_of(text.begin(), text.end(), [](char c) { return is_plain(c); });
    for (std::size_t i = 0; i < text.size(); i += sizeof eight) {
      std::memcpy(&eight, text.data() + std::min(i, text.size() - sizeof eight), sizeof eight);
      special |= (eight - each * 0x20) & ~eight & high;
      special |= has_zero(eight ^ (each * '"')) | has_zero(eight ^ (each * '\\'));
    }
    return special == 0;
  }
  void quote(std::string_view text) {
    char *to = room(text.size() + 2);
    *to++ = '"';
    ++size_;
    if (is_plain(text)) {
      *std::copy_n(text.data(), text.size(), to) = '"';
      size_ += text.size() + 1;
      return;
    }
    while (!text.empty()) {
      const auto special = std::find_if_not(text.begin(), text.end(), [](char c) { return is_plain(c); });
      const auto plain = static_cast<std::size_t>(special - text.begin());
      put(text.substr(0, plain));
      if (plain == text.size()) break;
      escape(text[plain]);
      text.remove_prefix(plain + 1);
    }
    put('"');
  }
  void escape(char c) {
    constexpr char hex[] = "0123456789abcdef";
    put('\\');
    if (c == '"' || c == '\\') return put(c);
    if (c == '\n') return put('n');
    put(std::string_view("u00"));
    put(hex[c >> 4]);
    put(hex[c & 15]);
  }

  std::string out_;       // longer than what is written: the rest is room
  std::size_t size_ = 0;  // of what is written
  bool first_ = true;
};

}  // namespace causeway::sdk
