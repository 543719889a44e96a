// The answers of plugins in tests: a JSON text as a map from each value's place to its text.
//
//   flat_json a(R"({"items": [{"id": "x", "n": null}], "next": ""})");
//   a["items.0.id"] == "x"; a["items.0.n"] == "null"; a["next"] == ""; a["items"] == "1 items"; a["nothing"] ==
//   "(absent)"
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace causeway::testing {

// Throws std::invalid_argument for what is not JSON, or has a member twice.
class flat_json {
 public:
  explicit flat_json(std::string_view text) : rest_(text) {
    value("");
    blank();
    if (!rest_.empty()) fail("something behind the end");
  }

  std::string operator[](const std::string &place) const {
    const auto found = all_.find(place);
    return found == all_.end() ? "(absent)" : found->second;
  }
  bool has(const std::string &place) const { return all_.contains(place); }

 private:
  [[noreturn]] void fail(const std::string &what) const {
    throw std::invalid_argument("not JSON: " + what + " before: " + std::string(rest_.substr(0, 40)));
  }
  void blank() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n')) rest_.remove_prefix(1);
  }
  bool next(char c) {
    blank();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void need(char c) {
    if (!next(c)) fail(std::string("no ") + c);
  }
  void put(const std::string &place, std::string content) {
    if (!all_.emplace(place, std::move(content)).second) fail(place + " twice");
  }
  static std::string below(const std::string &place, const std::string &name) {
    return place.empty() ? name : place + "." + name;
  }

  void value(const std::string &place) {
    blank();
    if (next('{')) {
      put(place, "an object");
      if (next('}')) return;
      do {
        blank();
        const auto name = string();
        need(':');
        value(below(place, name));
      } while (next(','));
      need('}');
    } else if (next('[')) {
      std::size_t count = 0;
      if (!next(']')) {
        do value(below(place, std::to_string(count++)));
        while (next(','));
        need(']');
      }
      put(place, std::to_string(count) + " items");
    } else if (!rest_.empty() && rest_[0] == '"') {
      put(place, string());
    } else {
      const auto end = rest_.find_first_of(",]} \n");
      const auto word = rest_.substr(0, end);
      const bool number = !word.empty() && word.find_first_not_of("-0123456789") == std::string_view::npos;
      if (word != "null" && word != "true" && word != "false" && !number) fail("no value");
      put(place, std::string(word));
      rest_.remove_prefix(word.size());
    }
  }

  std::string string() {
    need('"');
    std::string text;
    while (!rest_.empty() && rest_[0] != '"') {
      if (static_cast<unsigned char>(rest_[0]) < 0x20) fail("a control character");
      if (rest_[0] != '\\') {
        text += rest_[0];
      } else {
        rest_.remove_prefix(1);
        const char c = rest_.empty() ? '\0' : rest_[0];
        if (c == 'u' && rest_.size() >= 5 && rest_.substr(1, 2) == "00") {
          text += static_cast<char>(std::stoi(std::string(rest_.substr(1, 4)), nullptr, 16));
          rest_.remove_prefix(4);
        } else if (c == 'n') {
          text += '\n';
        } else if (c == '"' || c == '\\') {
          text += c;
        } else {
          fail("an unknown escape");
        }
      }
      rest_.remove_prefix(1);
    }
    need('"');
    return text;
  }

  std::string_view rest_;
  std::map<std::string, std::string> all_;
};

}  // namespace causeway::testing
