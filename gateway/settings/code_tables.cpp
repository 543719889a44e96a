#include "settings/code_tables.hpp"

#include <string_view>

namespace causeway {

namespace {

using shape = yaml_node::shape;

// Adds a pair; what stands in the table already is a finding.
bool add(code_table &table, const std::string &stored, const place &stored_at, const yaml_node &readable,
         const section &in) {
  if (readable.is != shape::scalar || readable.text.empty() || stored.empty()) {
    in.fault(
        readable.is == shape::empty ? stored_at : readable.at,
        "codes." + table.name + ": a code is text and not empty; put it in quotes where YAML reads something else");
    return false;
  }
  if (const auto other = table.stored_of.find(readable.text); other != table.stored_of.end()) {
    in.fault(readable.at, "codes." + table.name + ": the readable value " + shown(readable) + " stands for '" +
                              other->second + "' already; stored and readable values are one-to-one");
    return false;
  }
  if (!table.readable_of.emplace(stored, readable.text).second) {
    in.fault(readable.at, "codes." + table.name + ": the stored value " + shown(readable) + " is there twice");
    return false;
  }
  table.stored_of.emplace(readable.text, stored);
  return true;
}

std::shared_ptr<const code_table> read_code_table(const yaml_entry &entry, const section &in) {
  auto table = std::make_shared<code_table>();
  table->name = entry.key;
  const yaml_node &content = entry.content;
  bool sound = true;
  if (content.is == shape::map) {
    for (const yaml_entry &code : content.entries) sound = add(*table, code.key, code.at, code.content, in) && sound;
  } else if (content.is == shape::list) {
    for (const yaml_node &code : content.items) sound = add(*table, code.text, code.at, code, in) && sound;
  } else {
    in.fault(content.is == shape::empty ? entry.at : content.at,
             "codes." + entry.key + " must be a map of stored: readable values, or a list, not " + shown(content));
    return nullptr;
  }
  if (sound && table->readable_of.empty()) {
    in.fault(entry.at, "codes." + entry.key + " has no codes");
    return nullptr;
  }
  return sound ? table : nullptr;
}

}  // namespace

code_tables read_code_tables(section &document) {
  code_tables out;
  const yaml_node *codes = document.map(
      "codes", "the code tables by name: stored values and the readable ones they stand for",
      R"({"anyOf":[{"type":"object","minProperties":1,"additionalProperties":{"type":["string","number","boolean"]}},)"
      R"({"type":"array","minItems":1,"items":{"type":["string","number","boolean"]}}]})");
  if (!codes) return out;
  for (const yaml_entry &entry : codes->entries) out.emplace(entry.key, read_code_table(entry, document));
  return out;
}

}  // namespace causeway
