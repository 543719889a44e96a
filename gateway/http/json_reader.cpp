// A handler for Boost.JSON's event parser: its own tree keeps the last of two equal members and turns large integers
// into doubles, the events still tell.
#include "http/json_reader.hpp"

#include <boost/json/basic_parser_impl.hpp>

namespace causeway::http {

namespace {

struct tree_builder {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  using error_code = boost::json::error_code;
  using string_view = boost::json::string_view;

  json_node root;
  std::vector<json_node *> open;  // objects, outermost first
  std::string text;               // of the key or string being read
  int arrays = 0;                 // that are open; what stands in them is not kept

  // Pointers in `open` stay good: an object's members grow only after the child has closed.
  json_node &next() { return open.empty() ? root : open.back()->members.back().content; }
  bool put(json_node::kind what) {
    if (arrays == 0) next().what = what;
    return true;
  }

  bool on_document_begin(error_code &) { return true; }
  bool on_document_end(error_code &) { return true; }
  bool on_array_begin(error_code &) {
    put(json_node::kind::array);
    ++arrays;
    return true;
  }
  bool on_array_end(std::size_t, error_code &) {
    --arrays;
    return true;
  }
  bool on_object_begin(error_code &) {
    if (arrays > 0) return true;
    json_node &made = next();
    made.what = json_node::kind::object;
    if (open.empty()) made.members.reserve(8);  // not of each: an empty object would take many times its text
    open.push_back(&made);
    return true;
  }
  bool on_object_end(std::size_t, error_code &) {
    if (arrays == 0) open.pop_back();
    return true;
  }
  bool on_key_part(string_view s, std::size_t, error_code &) {
    text.append(s.data(), s.size());
    return true;
  }
  bool on_key(string_view s, std::size_t, error_code &) {
    text.append(s.data(), s.size());
    if (arrays == 0) open.back()->members.push_back({std::move(text), json_node()});
    text.clear();
    return true;
  }
  bool on_string_part(string_view s, std::size_t, error_code &) {
    text.append(s.data(), s.size());
    return true;
  }
  bool on_string(string_view s, std::size_t, error_code &) {
    text.append(s.data(), s.size());
    put(json_node::kind::text);
    if (arrays == 0) next().text = std::move(text);
    text.clear();
    return true;
  }
  bool on_number_part(string_view, error_code &) { return true; }
  bool on_int64(std::int64_t i, string_view, error_code &) {
    put(json_node::kind::integer);
    if (arrays == 0) next().integer = i;
    return true;
  }
  bool on_uint64(std::uint64_t, string_view, error_code &) { return put(json_node::kind::other_number); }
  bool on_double(double, string_view, error_code &) { return put(json_node::kind::other_number); }
  bool on_bool(bool b, error_code &) {
    put(json_node::kind::boolean);
    if (arrays == 0) next().boolean = b;
    return true;
  }
  bool on_null(error_code &) { return put(json_node::kind::null); }
  bool on_comment_part(string_view, error_code &) { return true; }
  bool on_comment(string_view, error_code &) { return true; }
};

}  // namespace

std::string_view words_for(json_node::kind what) {
  switch (what) {
    case json_node::kind::null:
      return "null";
    case json_node::kind::boolean:
      return "a boolean";
    case json_node::kind::integer:
      return "an integer";
    case json_node::kind::other_number:
      return "a number that is no 64-bit integer";
    case json_node::kind::text:
      return "text";
    case json_node::kind::array:
      return "an array";
    case json_node::kind::object:
      return "an object";
  }
  return "something else";
}

std::optional<json_node> read_json(std::string_view text) {
  boost::json::basic_parser<tree_builder> parser{boost::json::parse_options()};
  boost::json::error_code ec;
  const auto read = parser.write_some(false, text.data(), text.size(), ec);
  if (ec || read != text.size() || !parser.done()) return std::nullopt;
  return std::move(parser.handler().root);
}

}  // namespace causeway::http
