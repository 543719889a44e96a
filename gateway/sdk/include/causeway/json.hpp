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
  json_writer() : out_(2000, '\0') {}

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
  static bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }
  // Copies `text`, which has the length of a Word at least, word by word, the last perhaps twice. Whether all of it
  // stands in a string as it is.
  template <class Word>
  static bool copy_plain(std::string_view text, char *to) {
    constexpr Word each = static_cast<Word>(~Word(0)) / 255, high = each * 0x80;
    Word special = 0;
    for (std::size_t i = 0; i < text.size(); i += sizeof(Word)) {
      const std::size_t at = std::min(i, text.size() - sizeof(Word));
      Word w;
      std::memcpy(&w, text.data() + at, sizeof w);
      std::memcpy(to + at, &w, sizeof w);
      // Of a character of ASCII the high bit comes up where it is less than a blank, a quote, or a backslash.
      special |= ((w - each * 0x20) | ((w ^ (each * '"')) - each) | ((w ^ (each * '\\')) - each)) & ~w;
    }
    return (special & high) == 0;
  }
  void quote(std::string_view text) {
    const std::size_t size = text.size();
    char *to = room(size + 2);
    *to++ = '"';
    if (size >= 8   ? copy_plain<std::uint64_t>(text, to)
        : size >= 4 ? copy_plain<std::uint32_t>(text, to)
                    : std::all_of(text.begin(), text.end(), [&](char c) { return is_plain(*to++ = c); })) {
      out_[size_ + size + 1] = '"';
      size_ += size + 2;
      return;
    }
    ++size_;
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
