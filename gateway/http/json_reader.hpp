// Reads a JSON text into a small tree that keeps what the usual readers lose: members that stand twice, and numbers
// that are no 64-bit integers. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::http {

struct json_member;

struct json_node {
  enum class kind { null, boolean, integer, other_number, text, array, object };
  kind what = kind::null;
  bool boolean = false;
  std::int64_t integer = 0;
  std::string text;
  std::vector<json_member> members;  // as written, also where a name stands twice
};

struct json_member {
  std::string name;
  json_node content;
};

// "a number", for what a caller is told.
std::string_view words_for(json_node::kind what);

// Nothing where `text` is not one JSON value in UTF-8, or is nested deeper than 32. The elements of an array are
// checked and not kept: no operation takes one.
std::optional<json_node> read_json(std::string_view text);

}  // namespace causeway::http
