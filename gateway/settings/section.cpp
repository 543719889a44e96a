#include "settings/section.hpp"

#include <algorithm>
#include <utility>

#include "runtime/suggestion.hpp"
#include "settings/quantity.hpp"

namespace causeway {

namespace {

using shape = yaml_node::shape;

constexpr std::size_t most_shown = 60;

// Ends the list of what a choice may be: "a, b or c".
std::string alternatives(const std::vector<std::string> &names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += names[i];
  }
  return out;
}

// As in a message of one line.
std::string one_line(std::string text) {
  if (text.size() > most_shown) {
    std::size_t end = most_shown;
    while (end > 0 && (text[end] & 0xC0) == 0x80) --end;
    text = text.substr(0, end) + "...";
  }
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string hint(const yaml_node &node) {
  return node.is == shape::scalar && node.written.size() > 1 && node.written.front() == '0' && all_digits(node.written)
             ? "; write it without leading zeros"
             : "";
}

// A type that is no text, or what is replaced by one.
std::string or_replaced(const std::string &schemas) {
  return R"("anyOf":[)" + schemas + "," + std::string(schema::replaced) + "]";
}

std::string one_of_these(const std::vector<std::string> &names) {
  std::string all;
  for (const auto &name : names) all += (all.empty() ? "" : ",") + json_quoted(name);
  return R"({"enum":[)" + all + "]}";
}

}  // namespace

std::string shown(const yaml_node &node) {
  switch (node.is) {
    case shape::empty:
      return "empty";
    case shape::list:
      return "a list";
    case shape::map:
      return "a map";
    case shape::scalar:
      break;
  }
  const std::string quoted = "'" + one_line(node.written) + "'";
  return node.text == node.written ? quoted : "what " + quoted + " stands for";
}

section::section(const yaml_node *node, place at, std::string path, finding_list &findings, schema_node *describing)
    : node_(node), at_(std::move(at)), path_(std::move(path)), findings_(findings), describing_(describing) {
  if (!node_ || node_->is == shape::map) return;
  if (node_->is != shape::empty)
    fault(node_->at, (path_.empty() ? "this file" : path_) + " must be a map, not " + shown(*node_));
  node_ = nullptr;
}

place section::at(std::string_view key) const {
  const yaml_node *found = node_ ? node_->find(key) : nullptr;
  return found ? found->at : at_;
}

std::string section::path(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

bool section::has(std::string_view key) const { return node_ && node_->find(key); }

void section::fault(const place &where, std::string message) const {
  findings_.push_back({where, severity::error, std::move(message)});
}

void section::wrong(std::string_view key, const yaml_node &node, const std::string &type) const {
  fault(node.at, path(key) + " must be " + type + ", not " + shown(node) + hint(node));
}

const yaml_node *section::take(std::string_view key, std::string_view type, std::string standard,
                               std::string_view sentence, needed need, std::string_view schema) {
  known_.emplace_back(key);
  if (describing_) {
    schema_node &made = describing_->add(key);
    made.type = type;
    made.needed = need == needed::yes;
    if (!made.needed) made.standard = std::move(standard);
    made.sentence = sentence;
    made.schema = schema;
    return nullptr;
  }
  const yaml_node *found = node_ ? node_->find(key) : nullptr;
  if (!found && need == needed::yes)
    missing_.emplace_back(
        key, (path_.empty() ? "this file" : path_) + " needs '" + std::string(key) + "': " + std::string(sentence));
  return found;
}

const yaml_node *section::scalar(std::string_view key, const std::string &type, std::string standard,
                                 std::string_view sentence, needed need, std::string_view schema) {
  const yaml_node *found = take(key, type, std::move(standard), sentence, need, schema);
  if (!found || found->is == shape::scalar) return found;
  wrong(key, *found, type);
  return nullptr;
}

bool section::text(std::string_view key, std::string &out, std::string_view sentence, needed need) {
  const yaml_node *found = scalar(key, "text", out, sentence, need, schema::text);
  if (!found) return false;
  if (found->text.empty()) {
    fault(found->at, path(key) + " must not be empty");
    return false;
  }
  out = found->text;
  return true;
}

bool section::boolean(std::string_view key, bool &out, std::string_view sentence) {
  const std::string type = "true or false";
  const yaml_node *found =
      scalar(key, type, out ? "true" : "false", sentence, needed::no, or_replaced(R"({"type":"boolean"})"));
  if (!found) return false;
  if (!found->plain || (found->text != "true" && found->text != "false")) {
    wrong(key, *found, type);
    return false;
  }
  out = found->text == "true";
  return true;
}

bool section::whole_number(std::string_view key, std::int64_t &out, std::int64_t least, std::int64_t most,
                           std::string_view sentence) {
  const std::string type = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  const yaml_node *found = scalar(key, type, std::to_string(out), sentence, needed::no,
                                  or_replaced(R"({"type":"integer","minimum":)" + std::to_string(least) +
                                              R"(,"maximum":)" + std::to_string(most) + "}"));
  if (!found) return false;
  const auto number = found->plain ? parse_whole_number(found->text) : std::nullopt;
  if (!number || *number < least || *number > most) {
    wrong(key, *found, type);
    return false;
  }
  out = *number;
  return true;
}

bool section::size(std::string_view key, std::size_t &out, std::size_t least, std::size_t most,
                   std::string_view sentence) {
  const std::string type =
      "a size from " + size_text(least) + " to " + size_text(most) + " (bytes, or such as 64KiB or 1MiB)";
  const yaml_node *found =
      scalar(key, type, size_text(out), sentence, needed::no,
             or_replaced(R"({"type":"integer","minimum":)" + std::to_string(least) + R"(,"maximum":)" +
                         std::to_string(most) + R"(},{"type":"string","pattern":"^(0|[1-9][0-9]*)(KiB|MiB|GiB)?$"})"));
  if (!found) return false;
  const auto bytes = parse_size(found->text);
  if (!bytes || *bytes < least || *bytes > most) {
    wrong(key, *found, type);
    return false;
  }
  out = *bytes;
  return true;
}

bool section::duration(std::string_view key, std::chrono::milliseconds &out, std::chrono::milliseconds least,
                       std::chrono::milliseconds most, std::string_view sentence) {
  const std::string type =
      "a time from " + duration_text(least) + " to " + duration_text(most) + " (such as 200ms, 10s, 5m or 24h)";
  const yaml_node *found = scalar(key, type, duration_text(out), sentence, needed::no,
                                  or_replaced(R"({"type":"string","pattern":"^(0|[1-9][0-9]*)(d|h|m|s|ms)$"})"));
  if (!found) return false;
  const auto t = parse_duration(found->text);
  if (!t || *t < least || *t > most) {
    wrong(key, *found, type);
    return false;
  }
  out = *t;
  return true;
}

std::vector<const yaml_node *> section::texts(std::string_view key, std::string_view sentence, needed need) {
  const std::string type = "a list of text";
  const yaml_node *found =
      take(key, type, "", sentence, need, R"("type":"array","minItems":1,"items":{)" + std::string(schema::text) + "}");
  if (!found) return {};
  std::vector<const yaml_node *> out;
  if (found->is != shape::list) {
    wrong(key, *found, type);
    return out;
  }
  if (found->items.empty()) fault(found->at, path(key) + " must not be empty");
  for (const yaml_node &item : found->items) {
    if (item.is == shape::scalar && !item.text.empty())
      out.push_back(&item);
    else
      wrong(key, item, type);
  }
  return out;
}

bool section::any(std::string_view key, value &out, std::string_view sentence) {
  const yaml_node *found =
      take(key, "text, a whole number, true, false or null", "", sentence, needed::no, schema::any);
  return found && read_value(*found, path(key), out, findings_);
}

bool section::choice(std::string_view key, const std::vector<std::string> &names, std::size_t &chosen,
                     std::string_view sentence, needed need) {
  const std::string type = alternatives(names);
  const yaml_node *found = scalar(key, type, names[chosen], sentence, need, or_replaced(one_of_these(names)));
  if (!found) return false;
  const auto match = std::find(names.begin(), names.end(), found->text);
  if (match == names.end()) {
    wrong(key, *found, type);
    return false;
  }
  chosen = static_cast<std::size_t>(match - names.begin());
  return true;
}

section section::inner(std::string_view key, std::string_view sentence) {
  const yaml_node *found = take(key, "", "", sentence, needed::no, {});
  return {found, found ? found->at : at_, path(key), findings_, describing_ ? &described() : nullptr};
}

void section::each(std::string_view key, std::string_view sentence, const std::function<void(section &)> &read) {
  const yaml_node *found = take(key, "a list of maps", "", sentence, needed::no, {});
  if (describing_) {
    described().item = std::make_unique<schema_node>();
    section item(nullptr, at_, path(key) + ".N", findings_, described().item.get());
    read(item);
    return;
  }
  if (!found || found->is == shape::empty) return;
  if (found->is != shape::list) return wrong(key, *found, "a list");
  for (std::size_t i = 0; i < found->items.size(); ++i) {
    const yaml_node &content = found->items[i];
    const std::string item_path = path(key) + "." + std::to_string(i);
    if (content.is == shape::empty) {
      fault(content.at, item_path + " must be a map, not empty");
      continue;
    }
    section item(&content, content.at, item_path, findings_);
    if (content.is != shape::map) continue;
    read(item);
    item.finish();
  }
}

void section::each_named(std::string_view key, std::string_view sentence,
                         const std::function<void(const yaml_entry &, section &)> &read, needed need) {
  if (describing_) {
    take(key, "maps by name", "", sentence, need, {});
    const yaml_entry named{"NAME", at_, {}};
    described().named = std::make_unique<schema_node>();
    section item(nullptr, at_, path(key) + ".NAME", findings_, described().named.get());
    read(named, item);
    return;
  }
  const yaml_node *found = map(key, sentence, {}, need);
  if (!found) return;
  for (const yaml_entry &entry : found->entries) {
    section item(&entry.content, entry.at, path(key) + "." + entry.key, findings_);
    if (entry.content.is != shape::map && entry.content.is != shape::empty) continue;
    read(entry, item);
    item.finish();
  }
}

const yaml_node *section::map(std::string_view key, std::string_view sentence, std::string_view schema, needed need) {
  const yaml_node *found =
      take(key, "a map", "", sentence, need,
           describing_ ? R"("type":"object","additionalProperties":)" + std::string(schema) : std::string());
  if (!found || found->is == shape::map) return found;
  if (found->is != shape::empty) wrong(key, *found, "a map");
  if (found->is == shape::empty && need == needed::yes) fault(found->at, path(key) + " must not be empty");
  return nullptr;
}

const yaml_node *section::node(std::string_view key, std::string_view type, std::string_view sentence,
                               std::string_view schema, needed need) {
  return take(key, type, "", sentence, need, schema);
}

void section::either(std::string_view first, std::string_view a, std::string_view second, std::string_view b) {
  if (describing_) {
    add_rule(R"("oneOf":[{"required":[)" + json_quoted(first) + R"(]},{"required":[)" + json_quoted(second) + "]}]");
    return;
  }
  if (has(first) != has(second) || misspelt(first) || misspelt(second)) return;
  const auto called = [](std::string_view key, std::string_view what) {
    return "'" + std::string(key) + "'" + (what.empty() ? "" : ", " + std::string(what));
  };
  fault(at_, path_ + " needs either " + called(first, a) + (a.empty() ? " or " : ", or ") + called(second, b) +
                 (has(first) ? ", not both" : ""));
}

void section::only_with(std::string_view other, const std::vector<std::string_view> &keys) {
  std::string rules;
  for (const auto key : keys) {
    rules += (rules.empty() ? "" : ",") + json_quoted(key) + ":[" + json_quoted(other) + "]";
    if (!describing_ && has(key) && !has(other) && !misspelt(other))
      fault(at(key), path(key) + " has a meaning only with '" + std::string(other) + "'");
  }
  if (describing_) add_rule(R"("dependentRequired":{)" + rules + "}");
}

void section::add_rule(const std::string &rule) {
  describing_->schema += (describing_->schema.empty() ? "" : ",") + rule;
}

bool section::misspelt(std::string_view key) const {
  if (!node_) return false;
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  return std::any_of(node_->entries.begin(), node_->entries.end(), [&](const yaml_entry &entry) {
    return std::find(known_.begin(), known_.end(), entry.key) == known_.end() && nearest(entry.key, known) == key;
  });
}

void section::finish() {
  if (std::exchange(finished_, true)) return;
  for (auto &[key, message] : missing_)
    if (!misspelt(key)) fault(at_, std::move(message));
  if (!node_) return;
  for (const yaml_entry &entry : node_->entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    fault(entry.at, "unknown key '" + one_line(entry.key) + "'" + (path_.empty() ? "" : " in " + path_) +
                        suggestion(entry.key, known_));
  }
}

bool read_value(const yaml_node &node, const std::string &what, value &out, std::vector<finding> &findings) {
  const auto refuse = [&](const std::string &why) {
    findings.push_back({node.at, severity::error, what + why});
    return false;
  };
  if (node.is == shape::empty) {
    out = null{};
    return true;
  }
  if (node.is != shape::scalar) return refuse(" must be one value, not " + shown(node));
  const std::string &text = node.text;
  out = text;
  if (!node.plain || text.empty()) return true;
  if (text == "true" || text == "false") {
    out = text == "true";
    return true;
  }
  if (const auto number = parse_whole_number(text)) {
    out = *number;
    return true;
  }
  const bool signed_number = text.front() == '-' || text.front() == '+';
  const bool number_like = text.find_first_not_of("0123456789.", signed_number ? 1 : 0) == std::string::npos &&
                           std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (number_like)
    return refuse(" must be a whole number within 64 bits, without leading zeros or a plus, not " + shown(node) +
                  "; put text in quotes");
  return true;
}

}  // namespace causeway
