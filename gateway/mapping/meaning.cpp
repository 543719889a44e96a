// The meaning is told from the compiled steps, not from the declaration: what compiles to the same is the same. Written
// as JSON, so that no content of one member can look like another.
#include <algorithm>
#include <vector>

#include "causeway/json.hpp"
#include "mapping/charset.hpp"
#include "mapping/mapping.hpp"
#include "mapping/mapping_step.hpp"
#include "store/value_json.hpp"

namespace causeway {

namespace {

std::string_view name_of(step_type type) {
  switch (type) {
    case step_type::constant:
      return "constant";
    case step_type::plain:
      return "plain";
    case step_type::day:
      return "day";
    case step_type::text:
      return "text";
    case step_type::table:
      return "table";
    case step_type::lookup:
      return "lookup";
  }
  return "";
}

std::string_view name_of(on_unmappable policy) {
  switch (policy) {
    case on_unmappable::reject:
      return "reject";
    case on_unmappable::transliterate:
      return "transliterate";
    case on_unmappable::escape:
      return "escape";
  }
  return "";
}

std::string_view name_of(on_too_long policy) { return policy == on_too_long::reject ? "reject" : "truncate"; }

void write(sdk::json_writer &out, const field &f) {
  out.begin_object()
      .member("name", f.name)
      .member("type", to_string(f.type))
      .member("length", f.length)
      .member("required", f.required)
      .member("format", f.format)
      .name("codes")
      .begin_object();
  if (f.codes)
    for (const auto &[stored, readable] : f.codes->readable_of) out.member(stored, readable);
  out.end_object().end_object();
}

void write(sdk::json_writer &out, const text_convention &c) {
  out.begin_object()
      .member("charset", to_string(c.encoding))
      .member("onUnmappable", name_of(c.unmappable))
      .member("wrap", c.wrap)
      .member("maxLength", c.max_length)
      .member("onTooLong", name_of(c.too_long))
      .end_object();
}

}  // namespace

std::string mapping::meaning() const {
  std::vector<const mapping_step *> steps;
  for (const auto &step : steps_) steps.push_back(step.get());
  const auto name = [&](const mapping_step *step) -> const std::string & { return to_->fields[step->target].name; };
  std::sort(steps.begin(), steps.end(), [&](const auto *a, const auto *b) { return name(a) < name(b); });

  sdk::json_writer out;
  out.begin_object().member("from", from_->name).member("to", to_->name).name("fields").begin_array();
  for (const mapping_step *step : steps) {
    out.begin_object().name("fills");
    write(out, to_->fields[step->target]);
    out.member("how", name_of(step->type));
    if (step->type == step_type::constant) {
      out.name("constant");
      write_value(out, step->constant);
    } else {
      out.name("from");
      write(out, from_->fields[step->source]);
    }
    out.name("table").begin_object();
    for (const auto &[word, stored] : step->table.forward) {
      out.name(word);
      write_value(out, stored);
    }
    out.end_object();
    if (step->type == step_type::text) {
      out.name("convention");
      write(out, step->convention);
    }
    if (step->type == step_type::lookup)
      out.name("lookup")
          .begin_object()
          .member("kind", step->lookup.kind)
          .member("by", step->lookup.by)
          .member("take", step->lookup.take)
          .end_object();
    out.end_object();
  }
  out.end_array().end_object();
  return out.take();
}

std::vector<mapping::reference> mapping::references() const {
  std::vector<reference> all;
  for (const auto &step : steps_)
    if (step->type == step_type::lookup) all.push_back({step->source, step->lookup.kind, step->lookup.by});
  return all;
}

}  // namespace causeway
