// Two small kinds and a mapping between them, like the shipped ones, for the tests of this folder.
#pragma once

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>

#include "mapping/mapping.hpp"

namespace causeway {

// What GoogleTest shows of a value; found by its argument's namespace.
inline std::ostream &operator<<(std::ostream &out, const value &v) {
  if (is_null(v)) return out << "null";
  if (const auto *flag = std::get_if<bool>(&v)) return out << (*flag ? "true" : "false");
  if (const auto *number = std::get_if<std::int64_t>(&v)) return out << *number;
  if (const auto *text = std::get_if<std::string>(&v)) return out << '"' << *text << '"';
  return out << "absent";
}

}  // namespace causeway

namespace causeway::mapping_example {

using pairs = std::vector<std::pair<std::string, std::string>>;  // stored, readable

inline std::shared_ptr<const code_table> codes(std::string name, const pairs &entries) {
  auto table = std::make_shared<code_table>();
  table->name = std::move(name);
  for (const auto &[stored, readable] : entries) {
    table->readable_of[stored] = readable;
    table->stored_of[readable] = stored;
  }
  return table;
}

inline field make(std::string name, field_type type, std::size_t length = 0) {
  field f;
  f.name = f.column = std::move(name);
  f.type = type;
  f.length = length;
  return f;
}

inline field coded(std::string name, std::shared_ptr<const code_table> table) {
  field f = make(std::move(name), field_type::code, 20);
  f.codes = std::move(table);
  return f;
}

inline field needed(field f) {
  f.required = true;
  return f;
}

inline field generated(field f, key_generation how) {
  f.generate = how;
  return needed(f);
}

inline field unique(field f) {
  f.unique = true;
  return f;
}

inline kind_ptr kind(std::string name, std::vector<field> fields) {
  auto made = std::make_shared<record_kind>();
  made->store = name.substr(0, name.find('.'));
  made->table = made->name = std::move(name);
  made->fields = std::move(fields);
  made->key = {0};
  return made;
}

inline kind_ptr pluto_communication() {
  static const auto types = codes("commType", {{"Phone Out", "Phone Out"}, {"Phone In", "Phone In"}});
  static const auto issues = codes("issue", {{"Blank", "Blank"}, {"Arrears", "Arrears"}});
  return kind("pluto.communication",
              {generated(make("communicationId", field_type::text, 36), key_generation::uuid),
               needed(make("csid", field_type::csid)), needed(coded("type", types)), needed(coded("issue", issues)),
               make("subject", field_type::text, 100), make("text", field_type::text, 4'000),
               needed(make("createdAt", field_type::timestamp)), make("dueOn", field_type::date),
               make("pages", field_type::integer), make("urgent", field_type::boolean)});
}

inline kind_ptr cuba_communication() {
  static const auto types = codes("cubaType", {{"PHONE OUT", "Phone Out"}, {"PHONE IN", "Phone In"}, {"FAX", "Fax"}});
  static const auto issues = codes("cubaIssue", {{"BLANK", "Blank"}, {"ARREARS", "Arrears"}});
  return kind(
      "cuba.communication",
      {generated(make("commNo", field_type::text, 12), key_generation::id), needed(make("csid", field_type::csid)),
       needed(coded("type", types)), coded("issue", issues), make("subject", field_type::text, 60),
       make("text", field_type::text, 8'000), needed(make("status", field_type::text, 10)),
       make("commDate", field_type::date), make("createdAt", field_type::timestamp),
       unique(make("sourceId", field_type::text, 36)), make("flag", field_type::text, 1),
       make("count", field_type::integer), make("urgent", field_type::boolean), make("dueOn", field_type::date)});
}

inline int next_line = 0;

inline field_rule rule(std::string target, std::string from) {
  field_rule r;
  r.target = std::move(target);
  r.at = {"m.yaml", ++next_line, 3};
  if (!from.empty()) r.from = std::move(from);
  return r;
}

inline field_rule fixed(std::string target, value constant) {
  field_rule r = rule(std::move(target), "");
  r.constant = std::move(constant);
  return r;
}

inline field_rule with(field_rule r, const std::function<void(field_rule &)> &change) {
  change(r);
  return r;
}

// The shipped mapping, in short.
inline mapping_declaration shipped() {
  next_line = 0;
  mapping_declaration d{{"m.yaml", 100, 1}, "pluto.communication", "cuba.communication", {}};
  d.fields = {rule("sourceId", "communicationId"),
              rule("csid", "csid"),
              rule("type", "type"),
              rule("issue", "issue"),
              with(rule("subject", "subject"),
                   [](field_rule &r) {
                     r.encoding = charset::windows_1252;
                     r.unmappable = on_unmappable::escape;
                     r.too_long = on_too_long::truncate;
                   }),
              with(rule("text", "text"),
                   [](field_rule &r) {
                     r.encoding = charset::windows_1252;
                     r.unmappable = on_unmappable::escape;
                     r.wrap = 72;
                   }),
              fixed("status", "FINAL"),
              rule("commDate", "createdAt"),
              rule("createdAt", "createdAt"),
              rule("count", "pages"),
              rule("urgent", "urgent"),
              rule("dueOn", "dueOn")};
  return d;
}

// `d` with the rule for its target in place of the one it had.
inline mapping_declaration changed(mapping_declaration d, field_rule r) {
  const auto same = std::find_if(d.fields.begin(), d.fields.end(), [&](auto &f) { return f.target == r.target; });
  if (same != d.fields.end())
    *same = std::move(r);
  else
    d.fields.push_back(std::move(r));
  return d;
}

inline kind_ptr with_field(const kind_ptr &kind, std::string_view name, const std::function<void(field &)> &change) {
  auto other = std::make_shared<record_kind>(*kind);
  change(other->fields[*kind->find_field(name)]);
  return other;
}

inline std::shared_ptr<const mapping> compiled(const mapping_declaration &d,
                                               const kind_ptr &to = cuba_communication()) {
  std::vector<finding> findings;
  auto made = mapping::compile(d, pluto_communication(), to, findings);
  EXPECT_TRUE(made) << (findings.empty() ? "" : to_string(findings.front()));
  return made;
}

inline record posted() {
  record r(pluto_communication());
  r["communicationId"] = "0193-uuid";
  r["csid"] = "000000004";
  r["type"] = "Phone Out";
  r["issue"] = "Blank";
  r["subject"] = "Agreement";
  r["text"] = "Called about \U0001F600.";
  r["createdAt"] = "2026-11-21T09:15:00.000Z";
  r["dueOn"] = null{};
  r["pages"] = std::int64_t(3);
  r["urgent"] = true;
  return r;
}

}  // namespace causeway::mapping_example
