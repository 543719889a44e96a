#include "settings/schema_node.hpp"

#include "causeway/json.hpp"

namespace causeway {

namespace {

class schema_writer {
 public:
  void write(const schema_node &node, std::size_t depth) {
    std::vector<std::string> parts;
    if (!node.sentence.empty()) parts.push_back(R"("description": )" + json_quoted(node.sentence));
    if (!node.standard.empty()) parts.push_back(R"("default": )" + default_of(node));
    if (!node.schema.empty()) parts.push_back(node.schema);
    if (node.item) {
      parts.emplace_back(R"("type": "array")");
      parts.push_back(R"("items": )" + nested(*node.item, depth + 1));
    } else if (node.named) {
      parts.emplace_back(R"("type": "object")");
      parts.push_back(R"("additionalProperties": )" + nested(*node.named, depth + 1));
    } else if (!node.members.empty()) {
      parts.emplace_back(R"("type": "object")");
      parts.emplace_back(R"("additionalProperties": false)");
      std::string required, properties;
      const std::string in(2 * depth + 4, ' ');
      for (const auto &[key, member] : node.members) {
        properties += (properties.empty() ? "\n" : ",\n") + in + json_quoted(key) + ": " + nested(*member, depth + 2);
        if (member->needed) required += (required.empty() ? "" : ", ") + json_quoted(key);
      }
      if (!required.empty()) parts.push_back(R"("required": [)" + required + "]");
      parts.push_back(R"("properties": {)" + properties + "}");
    }
    const std::string in(2 * depth + 2, ' ');
    text += "{";
    for (const auto &part : parts) text += (&part == &parts.front() ? "\n" : ",\n") + in + part;
    text += "}";
  }

  std::string text;

 private:
  static std::string nested(const schema_node &node, std::size_t depth) {
    schema_writer inner;
    inner.write(node, depth);
    return std::move(inner.text);
  }

  // As the file would have it: numbers and truth bare.
  static std::string default_of(const schema_node &node) {
    const auto &s = node.standard;
    const bool bare = s == "true" || s == "false" ||
                      (node.schema.find("\"integer\"") != std::string::npos &&
                       s.find_first_not_of("0123456789") == std::string::npos);
    return bare ? s : json_quoted(s);
  }
};

}  // namespace

schema_node &schema_node::add(std::string_view key) {
  return *members.emplace_back(std::string(key), std::make_unique<schema_node>()).second;
}

std::string json_quoted(std::string_view text) {
  sdk::json_writer out;
  out.item(text);
  return out.take();
}

std::string schema_document(const schema_node &root, std::string_view title) {
  schema_writer out;
  out.write(root, 0);
  return "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": " + json_quoted(title) +
         "," + out.text.substr(1) + "\n";
}

}  // namespace causeway
