#include "settings/mapping_file.hpp"

#include <string>

#include "settings/section.hpp"
#include "settings/substitution.hpp"

namespace causeway {

namespace {

using shape = yaml_node::shape;

constexpr std::int64_t most_length = 10'000'000;

const choices<on_unmappable> unmappable_names{{"reject", on_unmappable::reject},
                                              {"transliterate", on_unmappable::transliterate},
                                              {"escape", on_unmappable::escape}};
const choices<on_too_long> too_long_names{{"reject", on_too_long::reject}, {"truncate", on_too_long::truncate}};

void read_lookup(section &rule, field_rule &out) {
  const yaml_node *written =
      rule.node("lookup", "a map", "takes the value from the record of the target store that the source's value finds");
  if (!written) return;
  if (written->is != shape::map)
    return rule.fault(written->at, rule.path("lookup") + " must be a map, not " + shown(*written));
  section in(written, written->at, rule.path("lookup"), rule.findings());
  lookup_rule lookup;
  in.text("kind", lookup.kind, "the record kind that is looked into", needed::yes);
  in.text("by", lookup.by, "its unique field that equals the source's value", needed::yes);
  in.text("take", lookup.take, "its field whose value is taken", needed::yes);
  in.finish();
  out.lookup = std::move(lookup);
}

void read_values(section &rule, field_rule &out) {
  const yaml_node *values = rule.map("values", "target values by the readable source value that they stand for");
  if (!values) return;
  for (const yaml_entry &entry : values->entries) {
    value target;
    if (read_value(entry.content, rule.path("values") + "." + entry.key, target, rule.findings()))
      out.values.emplace(entry.key, std::move(target));
  }
}

// What a rule says, each key once.
void read_rule(const yaml_entry &entry, section &in, field_rule &out) {
  out.target = entry.key;
  out.at = entry.at;
  if (std::string from; in.text("from", from, "the source's field")) out.from = std::move(from);
  if (value constant; in.any("value", constant, "a constant")) out.constant = std::move(constant);
  read_lookup(in, out);
  read_values(in, out);
  charset set = charset::utf8;
  if (in.one_of("charset", set, charset_names(), "what the target can hold; the target store's where not given"))
    out.encoding = set;
  in.one_of("onUnmappable", out.unmappable, unmappable_names, "what becomes of a character that the target lacks");
  in.number("wrap", out.wrap, 8, 1000, "characters a line, at most");
  in.number("maxLength", out.max_length, 1, most_length, "characters at most, when all else is done");
  in.one_of("onTooLong", out.too_long, too_long_names, "what becomes of longer text");

  if (in.has("from") == in.has("value"))
    in.fault(in.at(), in.path() + " needs either 'from', a field, or 'value', a constant" +
                          (in.has("from") ? ", not both" : ""));
  if (in.has("from")) return;
  for (const char *const key : {"lookup", "values", "charset", "onUnmappable", "wrap", "maxLength", "onTooLong"})
    if (in.has(key)) in.fault(in.at(key), in.path(key) + " has a meaning only with 'from'");
}

}  // namespace

const std::vector<std::pair<std::string_view, charset>> &charset_names() {
  static const choices<charset> names{{"utf-8", charset::utf8},
                                      {"windows-1252", charset::windows_1252},
                                      {"iso-8859-1", charset::iso_8859_1},
                                      {"ascii", charset::ascii}};
  return names;
}

loaded_mapping read_mapping(const yaml_node &document, std::vector<finding> &findings) {
  loaded_mapping out;
  out.content.at = out.from_at = out.to_at = document.at;
  section root(&document, document.at, "", findings);
  if (document.is != shape::map && document.is != shape::empty) return out;
  root.text("from", out.content.from, "the source's record kind", needed::yes);
  root.text("to", out.content.to, "the target's record kind", needed::yes);
  out.from_at = root.at("from");
  out.to_at = root.at("to");
  root.each_named(
      "fields", "what fills each field of the target",
      [&](const yaml_entry &entry, section &in) {
        field_rule rule;
        read_rule(entry, in, rule);
        out.content.fields.push_back(std::move(rule));
      },
      needed::yes);
  root.finish();
  return out;
}

loaded_mapping load_mapping(const std::filesystem::path &file) {
  std::vector<finding> findings;
  std::vector<replacement> done;
  loaded_mapping out;
  if (auto document = load_yaml(file, {}, findings)) {
    substitute(*document, done, findings);
    out = read_mapping(*document, findings);
  }
  hide_replacements(done, findings);
  sort_by_place(findings);
  out.findings = std::move(findings);
  return out;
}

}  // namespace causeway
