// Translation between values and columns. What a value must be is field_check's; here is only how it is written.
#include "sql/table.hpp"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <stdexcept>

#include "store/field_check.hpp"

namespace causeway::sql {

namespace {

// SOCI finds parameters by colon and quote without regard to quoted names, so such names cannot be used at all.
void check_name(const record_kind &kind, std::string_view what, std::string_view name) {
  bool good = !name.empty() && name.size() <= 128;
  for (const char c : name) good = good && c != '"' && c != '\'' && c != ':' && static_cast<unsigned char>(c) >= 32;
  if (!good)
    throw std::invalid_argument("record kind " + kind.name + ": the name of " + std::string(what) +
                                " must have 1 to 128 characters and no quotes, colons or control characters");
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

// A database's own dates and times are exchanged in one way, whatever they look like to people.
std::string stored_format(const field &f) {
  if (f.form != column_form::native || !f.format.empty()) return f.format;
  return f.type == field_type::date ? "YYYY-MM-DD" : "YYYY-MM-DD HH24:MI:SS.FF3";
}

}  // namespace

column_family family_of(const field &f) {
  if (f.form == column_form::number) return column_family::integer;
  switch (f.type) {
    case field_type::integer:
    case field_type::boolean:
    case field_type::serial:
      return column_family::integer;
    default:
      return column_family::text;
  }
}

table::table(kind_ptr kind, std::size_t number, bool pads)
    : kind_(std::move(kind)),
      number_(number),
      pads_(pads),
      formats_(kind_->fields.size()),
      in_key_(kind_->fields.size()) {
  const auto refuse = [&](const std::string &why) {
    throw std::invalid_argument("record kind " + kind_->name + ": " + why);
  };
  check_name(*kind_, "the table", kind_->table);
  if (kind_->key.empty()) refuse("it has no key");
  for (const std::size_t i : kind_->key) {
    if (i >= kind_->fields.size()) refuse("the key names a field that is not there");
    in_key_[i] = true;
  }
  for (const index &i : kind_->indexes)
    for (const std::size_t f : i.fields)
      if (f >= kind_->fields.size()) refuse("an index names a field that is not there");
  for (std::size_t i = 0; i < kind_->fields.size(); ++i) {
    const field &f = kind_->fields[i];
    check_name(*kind_, "the column of field " + f.name, f.column);
    if (f.type == field_type::code && !f.codes) refuse("field " + f.name + " has no code table");
    if (const auto why = fault_of_form(f); !why.empty()) refuse("field " + f.name + ": " + why);
    if (f.type == field_type::serial) {
      if (kind_->key.size() != 1 || kind_->key.front() != i)
        refuse("field " + f.name + " is serial, which only a sole key can be");
      serial_ = i;
    }
    if (f.type == field_type::date || f.type == field_type::timestamp) {
      auto format = time_format::compile(stored_format(f), f.type);
      if (!format) refuse("field " + f.name + ": " + format.why().detail);
      formats_[i] = std::move(*format);
    }
  }
  if (versioned()) check_name(*kind_, "the version column", kind_->version);
  if (kind_->guarded_by_contents && (versioned() || serial_))
    refuse("a kind that is guarded by its contents has neither a version column nor a serial key");
}

const change_form &table::form(const change_shape &shape) const {
  {
    const std::shared_lock lock(forms_mutex_);
    if (const auto known = forms_.find(shape); known != forms_.end()) return known->second;
  }
  const std::unique_lock lock(forms_mutex_);
  return forms_.try_emplace(shape, *this, shape).first->second;
}

std::size_t table::longest(std::size_t at) const {
  const field &f = kind_->fields[at];
  switch (f.type) {
    case field_type::csid:
      return 9;
    case field_type::code: {
      std::size_t most = 1;
      for (const auto &[stored, readable] : f.codes->readable_of)
        most = std::max(most, count_characters(stored).value_or(stored.size()));
      return most;
    }
    case field_type::date:
      return formats_[at]->to_stored("2000-01-01")->size();
    case field_type::timestamp:
      return formats_[at]->to_stored("2000-01-01T00:00:00.000Z")->size();
    default:
      return f.length;
  }
}

bool table::has_milliseconds(std::size_t at) const {
  return formats_[at] &&
         formats_[at]->to_stored("2000-01-01T00:00:00.001Z") != formats_[at]->to_stored("2000-01-01T00:00:00.002Z");
}

// Text as the field's column holds it.
cell table::formed(std::size_t at, std::string text) const {
  const field &f = kind_->fields[at];
  if (f.form == column_form::number) return cell(to_integer(text).value_or(0));
  if (f.form == column_form::padded && pads_) {
    const std::size_t characters = count_characters(text).value_or(0);
    if (characters < f.length) text.append(f.length - characters, ' ');
  }
  return cell(std::move(text));
}

std::optional<cell> table::to_cell(std::size_t at, const value &v) const {
  if (std::holds_alternative<std::string>(v) && check_value(kind_->fields[at], v)) return std::nullopt;
  return take_cell(at, value(v));
}

std::optional<cell> table::take_cell(std::size_t at, value &&v) const {
  const field &f = kind_->fields[at];
  if (!has_content(v)) return cell();
  if (f.type == field_type::integer || f.type == field_type::serial || f.type == field_type::boolean) {
    if (f.type == field_type::boolean) {
      if (const auto *flag = std::get_if<bool>(&v)) return cell(std::int64_t(*flag));
    } else if (const auto *number = std::get_if<std::int64_t>(&v)) {
      return cell(*number);
    }
    return std::nullopt;
  }
  auto *text = std::get_if<std::string>(&v);
  if (!text) return std::nullopt;
  if (f.type == field_type::code) {
    const auto stored = f.codes->stored_of.find(*text);
    if (stored == f.codes->stored_of.end()) return std::nullopt;
    return formed(at, stored->second);
  }
  if (formats_[at]) {
    auto stored = formats_[at]->to_stored(*text);
    if (!stored) return std::nullopt;
    return formed(at, std::move(*stored));
  }
  return formed(at, std::move(*text));
}

// What the kind calls stored: without a CHAR's blanks, a number with the zeros that it lost.
std::optional<std::string> table::unformed(std::size_t at, std::string_view text) const {
  const field &f = kind_->fields[at];
  if (f.form == column_form::padded) return std::string(text.substr(0, text.find_last_not_of(' ') + 1));
  if (f.form == column_form::native) return std::string(text);
  const auto number = to_integer(text);
  if (!number || *number < 0)
    return f.type == field_type::code && number ? std::optional(std::string(text)) : std::nullopt;
  std::string digits = std::to_string(*number);
  const std::size_t width = f.type == field_type::code ? 0 : longest(at);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

std::optional<value> table::from_text(std::size_t at, bool is_null, std::string_view text) const {
  const field &f = kind_->fields[at];
  if (is_null) {
    if (f.required) return std::nullopt;
    return value(null());
  }
  std::string_view stored = text;
  std::optional<std::string> plain;
  if (f.form != column_form::plain) {
    plain = unformed(at, text);
    if (!plain) return std::nullopt;
    stored = *plain;
  }
  switch (f.type) {
    case field_type::integer:
    case field_type::serial: {
      const auto number = to_integer(text);
      if (!number) return std::nullopt;
      return value(*number);
    }
    case field_type::boolean:
      if (text != "0" && text != "1") return std::nullopt;
      return value(text == "1");
    case field_type::code: {
      const auto readable = f.codes->readable_of.find(stored);
      if (readable == f.codes->readable_of.end()) return std::nullopt;
      return value(readable->second);
    }
    case field_type::date:
    case field_type::timestamp: {
      auto iso = formats_[at]->from_stored(stored);
      if (!iso) return std::nullopt;
      return value(std::move(*iso));
    }
    case field_type::csid:
      if (f.form != column_form::plain && check_value(f, std::string(stored))) return std::nullopt;
      return value(std::string(stored));
    default:
      return value(std::string(stored));
  }
}

table_set::table_set(const std::vector<kind_ptr> &kinds, const table_set *before, bool pads) {
  if (before) {
    known_ = before->known_;
    by_kind_ = before->by_kind_;
  }
  for (const kind_ptr &kind : kinds) {
    if (by_name_.contains(kind->name)) throw std::invalid_argument("record kind " + kind->name + " is there twice");
    const table *&its = by_kind_[kind.get()];
    if (!its) {
      known_.push_back(std::make_shared<table>(kind, known_.size(), pads));
      its = known_.back().get();
    }
    tables_.push_back(its);
    by_name_[kind->name] = its;
  }
}

const table *table_set::find(const kind_ptr &kind) const {
  if (!kind) return nullptr;
  if (const auto same = by_kind_.find(kind.get()); same != by_kind_.end()) return same->second;
  const auto found = by_name_.find(kind->name);
  if (found == by_name_.end()) return nullptr;
  const record_kind &mine = found->second->kind();
  if (mine.table != kind->table || mine.fields.size() != kind->fields.size()) return nullptr;
  return found->second;
}

}  // namespace causeway::sql
