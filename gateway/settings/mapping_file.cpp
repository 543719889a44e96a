#include "settings/mapping_file.hpp"

#include <string>

#include "settings/record_kinds.hpp"
#include "settings/section.hpp"
#include "settings/substitution.hpp"

namespace causeway {

namespace {

using shape = yaml_node::shape;

const choices<on_unmappable> unmappable_names{{"reject", on_unmappable::reject},
                                              {"transliterate", on_unmappable::transliterate},
                                              {"escape", on_unmappable::escape}};
const choices<on_too_long> too_long_names{{"reject", on_too_long::reject}, {"truncate", on_too_long::truncate}};

// What `values` and tests hold.
const std::string any_value = "{" + std::string(schema::any) + "}";

const choices<loss> losses{{"characters", loss::characters}, {"length", loss::length}, {"ambiguous", loss::ambiguous},
                           {"codes", loss::codes},           {"time", loss::time},     {"dates", loss::dates},
                           {"field", loss::field},           {"empty", loss::empty}};

void read_lookup(section &rule, field_rule &out) {
  constexpr std::string_view sentence =
      "takes the value from the record of the target store that the source's value finds";
  section in = rule.inner("lookup", sentence);
  if (!rule.describing()) {
    const yaml_node *written = rule.written("lookup");
    if (!written) return;
    if (written->is == shape::empty)
      return rule.fault(written->at, rule.path("lookup") + " must be a map, not " + shown(*written));
    if (written->is != shape::map) return;
  }
  lookup_rule lookup;
  in.text("kind", lookup.kind, "the record kind that is looked into", needed::yes);
  in.text("by", lookup.by, "its unique field that equals the source's value", needed::yes);
  in.text("take", lookup.take, "its field whose value is taken", needed::yes);
  in.finish();
  out.lookup = std::move(lookup);
}

void read_values(section &rule, field_rule &out) {
  const yaml_node *values =
      rule.map("values", "target values by the readable source value that they stand for", any_value);
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

  in.either("from", "a field", "value", "a constant");
  in.only_with("from", {"lookup", "values", "charset", "onUnmappable", "wrap", "maxLength", "onTooLong"});
}

void read_accepted(section &in, std::vector<accepted_loss> &out) {
  accepted_loss one;
  const bool named = in.one_of("loss", one.what, losses, "what is lost, as `causeway check` calls it", needed::yes);
  const auto fields =
      in.texts("fields", "the fields: of the target, or of the source for the loss `field`", needed::yes);
  in.text("reason", one.reason, "why that is as it should be", needed::yes);
  // What is meant by a name that is none cannot be told: nothing that these fields lose is said on top of that.
  for (const auto &[name, what] : losses) {
    if (named && what != one.what) continue;
    for (const yaml_node *const field : fields) out.push_back({what, field->at, field->text, one.reason});
  }
}

std::vector<named_value> read_named_values(section &in, std::string_view key, std::string_view sentence,
                                           needed need = needed::no) {
  std::vector<named_value> out;
  const yaml_node *values = in.map(key, sentence, any_value, need);
  if (!values) return out;
  for (const yaml_entry &entry : values->entries) {
    named_value one{entry.key, entry.content.is == shape::empty ? entry.at : entry.content.at, {}};
    if (read_value(entry.content, in.path(key) + "." + entry.key, one.content, in.findings()))
      out.push_back(std::move(one));
  }
  return out;
}

void read_test(section &in, std::vector<mapping_test> &out) {
  mapping_test test;
  test.at = in.at();
  in.text("name", test.name, "what it shows", needed::yes);
  test.record =
      read_named_values(in, "record", "a record of the source; fields that are not named are empty", needed::yes);
  test.becomes =
      read_named_values(in, "becomes", "fields of the target as its store holds them; others are not compared");
  auto refused = read_named_values(in, "refused", "or the faults it is refused for: codes by fields of the source");
  test.reads_back = read_named_values(in, "readsBack", "fields of the source, read back from what it became");
  in.either("becomes", "", "refused", "");
  in.only_with("becomes", {"readsBack"});
  test.refused = in.has("refused");
  if (test.refused) test.becomes = std::move(refused);
  out.push_back(std::move(test));
}

}  // namespace

const std::vector<std::pair<std::string_view, charset>> &charset_names() {
  static const choices<charset> names{{"utf-8", charset::utf8},
                                      {"windows-1252", charset::windows_1252},
                                      {"iso-8859-1", charset::iso_8859_1},
                                      {"ascii", charset::ascii}};
  return names;
}

namespace {

// What a mapping file says, each key once.
void read_root(section &root, loaded_mapping &out) {
  auto &findings = root.findings();
  root.text("from", out.content.from, "the source's record kind", needed::yes);
  root.text("to", out.content.to, "the target's record kind", needed::yes);
  out.from_at = root.at("from");
  out.to_at = root.at("to");
  root.each_named(
      "fields", "what fills each field of the target",
      [&](const yaml_entry &entry, section &in) {
        field_rule rule;
        const std::size_t before = findings.size();
        read_rule(entry, in, rule);
        in.finish();
        rule.faulty = findings.size() != before;
        out.content.fields.push_back(std::move(rule));
      },
      needed::yes);
  root.each("accept", "what may be lost, and why", [&](section &in) { read_accepted(in, out.content.accepted); });
  root.each("tests", "records, and what becomes of them", [&](section &in) { read_test(in, out.content.tests); });
}

}  // namespace

loaded_mapping read_mapping(const yaml_node &document, std::vector<finding> &findings) {
  loaded_mapping out;
  out.content.at = out.from_at = out.to_at = document.at;
  section root(&document, document.at, "", findings);
  if (document.is != shape::map && document.is != shape::empty) return out;
  read_root(root, out);
  root.finish();
  // What is no map was not read; that its target is not filled is no further fault.
  if (const yaml_node *fields = document.find("fields"); fields && fields->is == shape::map)
    for (const yaml_entry &entry : fields->entries)
      if (entry.content.is != shape::map && entry.content.is != shape::empty) {
        field_rule unread;
        unread.target = entry.key;
        unread.at = entry.at;
        unread.faulty = true;
        out.content.fields.push_back(std::move(unread));
      }
  return out;
}

void describe_mapping(schema_node &into) {
  loaded_mapping unused;
  section root(nullptr, {}, "", unused.findings, &into);
  read_root(root, unused);
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
