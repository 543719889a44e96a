#include "settings/overrides.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

#include "settings/quantity.hpp"

namespace causeway {

namespace {

using shape = yaml_node::shape;

std::vector<std::string> segments_of(const std::string &path) {
  std::vector<std::string> out(1);
  for (const char c : path) {
    if (c == '.')
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

yaml_node *item_of(yaml_node &list, const std::string &segment) {
  if (const auto number = parse_whole_number(segment); number && *number >= 0) {
    const auto i = static_cast<std::size_t>(*number);
    return i < list.items.size() ? &list.items[i] : nullptr;
  }
  for (yaml_node &item : list.items)
    for (const char *const key : {"name", "library"})
      if (const yaml_node *named = item.find(key); named && named->text == segment) return &item;
  return nullptr;
}

// The node that a segment names below `node`, made where it is not there; null, and why not.
yaml_node *below(yaml_node &node, const std::string &segment, const std::string &walked, std::string &why) {
  if (node.is == shape::scalar) {
    why = walked + " is one value, so nothing stands below it";
    return nullptr;
  }
  if (node.is == shape::list) {
    yaml_node *const item = item_of(node, segment);
    if (!item)
      why = walked + " has no item '" + segment + "'; its " + std::to_string(node.items.size()) +
            " items are named by their number from 0, or by their name";
    return item;
  }
  if (node.is == shape::empty) {
    node = {};
    node.is = shape::map;
    node.at = set_option;
  }
  if (yaml_node *const found = node.find(segment)) return found;
  node.entries.push_back({segment, set_option, {}});
  node.entries.back().content.at = set_option;
  return &node.entries.back().content;
}

std::optional<yaml_node> scalar_of(const std::string &text, std::vector<finding> &findings) {
  yaml_node node;
  if (text.starts_with('"') || text.starts_with('\'')) {
    std::vector<finding> faults;
    auto parsed = parse_yaml(text, set_option.file, faults);
    if (!parsed || parsed->is != shape::scalar || parsed->plain) {
      findings.push_back(
          {set_option, severity::error, "the value of a --set begins with a quote but is not quoted text"});
      return std::nullopt;
    }
    node = std::move(*parsed);
  } else if (!text.empty() && text != "~" && text != "null") {
    node.is = shape::scalar;
    node.plain = true;
    node.text = node.written = text;
  }
  node.at = set_option;
  return node;
}

}  // namespace

void apply_override(const std::string &given, yaml_node &root, std::vector<finding> &findings) {
  const std::size_t equals = given.find('=');
  const std::string path = given.substr(0, equals);
  const auto refuse = [&](const std::string &why) { findings.push_back({set_option, severity::error, why}); };
  if (equals == std::string::npos) return refuse("'" + path + "' has no '='; write it as a.b=value");
  const std::vector<std::string> segments = segments_of(path);
  if (std::any_of(segments.begin(), segments.end(), [](const std::string &s) { return s.empty(); }))
    return refuse("'" + path + "' is not the name of a setting; write it as a.b=value");
  auto content = scalar_of(given.substr(equals + 1), findings);
  if (!content) return;

  yaml_node *node = &root;
  std::string walked;
  for (const std::string &segment : segments) {
    std::string why;
    node = below(*node, segment, walked, why);
    if (!node) return refuse(why);
    walked += (walked.empty() ? "" : ".") + segment;
  }
  *node = std::move(*content);
}

}  // namespace causeway
