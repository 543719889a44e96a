// One walk over the fields; what is done with each value differs.
#include "proof/stored.hpp"

#include <algorithm>

#include "causeway/json.hpp"
#include "mapping/utf8.hpp"
#include "store/field_check.hpp"
#include "store/time_format.hpp"
#include "store/value_json.hpp"

namespace causeway {

namespace {

constexpr std::size_t most_shown = 24;  // characters of a text in an example
constexpr std::size_t then_shown = 6;   // of a longer one

// Of text that is no UTF-8, what comes before.
void write(sdk::json_writer &out, const value &v) {
  if (const auto *text = std::get_if<std::string>(&v))
    out.item(std::string_view(*text).substr(0, find_invalid_utf8(*text)));
  else
    write_value(out, v);
}

void write_lookup(sdk::json_writer &out, const pending_lookup &lookup) {
  out.begin_object().name("lookup").begin_object();
  out.member("kind", lookup.kind).member("by", lookup.by).name("equals");
  write(out, lookup.equals);
  out.member("take", lookup.take).end_object().end_object();
}

bool wanted(const std::vector<std::size_t> &fields, std::size_t i) {
  return fields.empty() || std::find(fields.begin(), fields.end(), i) != fields.end();
}

std::string shown_value(const value &v) {
  sdk::json_writer out;
  const auto text = text_of(v);
  const std::size_t characters = characters_of(text);
  if (characters <= most_shown) {
    write(out, v);
    return out.take();
  }
  write(out, std::string(first_characters(text, then_shown)) + "...");
  return out.take() + " (" + std::to_string(characters) + " characters)";
}

std::string shown_lookup(const pending_lookup &lookup) {
  return lookup.take + " of the " + lookup.kind + " whose " + lookup.by + " is " + shown_value(lookup.equals);
}

class object {
 public:
  void add(const std::string &name, const std::string &content) {
    text_ += (text_.empty() ? "" : ", ") + shown_value(name) + ": " + content;
  }
  std::string take() && { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

const pending_lookup *lookup_of(const mapped_record &mapped, std::size_t field) {
  for (const auto &lookup : mapped.lookups)
    if (lookup.target_field == field) return &lookup;
  return nullptr;
}

}  // namespace

value stored_value(const field &f, const value &v) {
  if (const auto *flag = std::get_if<bool>(&v)) return std::int64_t(*flag ? 1 : 0);
  const auto *text = std::get_if<std::string>(&v);
  if (text == nullptr) return v;
  if (f.type == field_type::code && f.codes) {
    const auto code = f.codes->stored_of.find(*text);
    return code == f.codes->stored_of.end() ? v : value(code->second);
  }
  if (f.type == field_type::date || f.type == field_type::timestamp)
    if (const auto format = time_format::compile(f.format, f.type))
      if (auto stored = format->to_stored(*text)) return *std::move(stored);
  return v;
}

value value_of_stored(const field &f, const value &stored) {
  if (const auto *number = std::get_if<std::int64_t>(&stored); number && f.type == field_type::boolean)
    return *number == 0 || *number == 1 ? value(*number == 1) : stored;
  const auto *text = std::get_if<std::string>(&stored);
  if (text == nullptr) return stored;
  if (f.type == field_type::code && f.codes) {
    const auto code = f.codes->readable_of.find(*text);
    return code == f.codes->readable_of.end() ? stored : value(code->second);
  }
  if (f.type == field_type::date || f.type == field_type::timestamp)
    if (const auto format = time_format::compile(f.format, f.type))
      if (auto iso = format->from_stored(*text)) return *std::move(iso);
  return stored;
}

std::string json_of(const record &r, const std::vector<std::size_t> &fields) {
  sdk::json_writer out;
  out.begin_object();
  for (std::size_t i = 0; i < r.values.size(); ++i) {
    if (is_absent(r.values[i]) || !wanted(fields, i)) continue;
    out.name(r.kind->fields[i].name);
    write(out, r.values[i]);
  }
  out.end_object();
  return out.take();
}

std::string stored_json_of(const mapped_record &mapped, const std::vector<std::size_t> &fields) {
  sdk::json_writer out;
  out.begin_object();
  for (std::size_t i = 0; i < mapped.target.values.size(); ++i) {
    if (!wanted(fields, i)) continue;
    const auto &f = mapped.target.kind->fields[i];
    if (const auto *lookup = lookup_of(mapped, i)) {
      out.name(f.name);
      write_lookup(out, *lookup);
    } else if (!is_absent(mapped.target.values[i])) {
      out.name(f.name);
      write(out, stored_value(f, mapped.target.values[i]));
    }
  }
  out.end_object();
  return out.take();
}

std::string refusal_json_of(const fault &why) {
  sdk::json_writer out;
  out.begin_object().name("refused").begin_array();
  for (const auto &input : why.inputs)
    out.begin_object()
        .member("field", input.pointer)
        .member("code", input.code)
        .member("detail", input.detail)
        .end_object();
  out.end_array().end_object();
  return out.take();
}

std::string shown(const record &r, const std::vector<std::size_t> &fields) {
  object out;
  for (const std::size_t i : fields)
    if (!is_absent(r.values[i])) out.add(r.kind->fields[i].name, shown_value(r.values[i]));
  return std::move(out).take();
}

std::string shown_stored(const mapped_record &mapped, const std::vector<std::size_t> &fields) {
  object out;
  for (const std::size_t i : fields) {
    const auto &f = mapped.target.kind->fields[i];
    if (const auto *lookup = lookup_of(mapped, i))
      out.add(f.name, shown_lookup(*lookup));
    else if (!is_absent(mapped.target.values[i]))
      out.add(f.name, shown_value(stored_value(f, mapped.target.values[i])));
  }
  return std::move(out).take();
}

}  // namespace causeway
