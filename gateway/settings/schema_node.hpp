// What the readers declare, as a tree: made by reading a section that describes itself, written as JSON Schema.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace causeway {

struct schema_node {
  std::string type;      // for people: "a whole number from 0 to 65535"
  std::string standard;  // its default, for people; empty: none
  bool needed = false;
  std::string sentence;
  std::string schema;  // members of the JSON Schema that say the type, without braces; of containers: further ones
  // What is inside a map with known keys, of a list's items, of a map with names of the site's own.
  std::vector<std::pair<std::string, std::unique_ptr<schema_node>>> members;
  std::unique_ptr<schema_node> item;
  std::unique_ptr<schema_node> named;

  schema_node &add(std::string_view key);
};

// The parts of which types are made. Numbers and truth may stand as ${NAME} too, which only loading replaces.
namespace schema {
inline constexpr std::string_view replaced = R"({"type":"string","pattern":"\\$\\{"})";
// Text that need not be in quotes.
inline constexpr std::string_view text = R"("anyOf":[{"type":"string","minLength":1},{"type":["number","boolean"]}])";
// Text, a whole number, true, false or null.
inline constexpr std::string_view any = R"("type":["string","integer","boolean","null"])";
}  // namespace schema

// JSON text in quotes.
std::string json_quoted(std::string_view text);

// The whole document, 2020-12, on several lines.
std::string schema_document(const schema_node &root, std::string_view title);

}  // namespace causeway
