// Requests become cells here, on the caller's thread: what is wrong with them is said before they wait.
#include "sql/job.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

#include "sql/sql_words.hpp"
#include "store/field_check.hpp"

namespace causeway::sql {

namespace {

fault defect(std::string what) { return {outcome::internal, std::move(what), {}}; }

fault foreign(const kind_ptr &kind) {
  return defect("the record kind " + (kind ? kind->name : std::string("(none)")) + " is not one of this store's");
}

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  a ^= b + 0x9E3779B97F4A7C15u + (a << 6) + (a >> 2);
  return a * 0xBF58476D1CE4E5B9u;
}

std::uint64_t hash_of(const cell &c) {
  if (const auto *text = std::get_if<std::string>(&c)) return std::hash<std::string_view>()(*text);
  if (const auto *number = std::get_if<std::int64_t>(&c)) return std::uint64_t(*number) * 0x9E3779B97F4A7C15u + 1;
  return 0;
}

bool inserts(change_type type) { return type == change_type::insert || type == change_type::insert_absent; }

// Makes the values that are made here and were not given.
void generate(const table &in, change &c, key_maker &keys) {
  const auto &fields = in.kind().fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].generate != key_generation::none && !has_content(c.what.values[i]))
      c.what.values[i] = keys.make(fields[i].generate);
  if (in.serial() && !has_content(c.what.values[*in.serial()])) c.what.values[*in.serial()] = absent();
}

// The form of a change. Of most it follows from the type alone: `before` is the last one's, which is likely the same.
const change_form &form_of(const table &in, const change &c, const encoded_change *before) {
  const auto type = c.type;
  const bool tells_key = c.tells_key || type != change_type::insert;
  const auto given = [&](std::size_t i) { return !is_absent(c.what.values[i]); };
  const bool by_type = type != change_type::put && type != change_type::update;
  if (by_type && before && before->in == &in && before->type() == type && before->form->shape.tells_key == tells_key &&
      (!in.serial() || !inserts(type) || before->form->shape.present[*in.serial()] == given(*in.serial())))
    return *before->form;
  change_shape shape{type, std::vector<bool>(in.kind().fields.size()), tells_key};
  for (std::size_t i = 0; i < shape.present.size(); ++i) {
    // An insert writes every field, so that all inserts of a kind are one statement.
    if (inserts(type))
      shape.present[i] = in.serial() != i || given(i);
    else
      shape.present[i] = type == change_type::put ? given(i) : in.in_key(i) || (!by_type && given(i));
  }
  return in.form(shape);
}

// What is wrong with the fields that the change says.
std::vector<input_fault> check_fields(const table &in, const change &c, const change_form &form) {
  std::vector<input_fault> wrong;
  const auto &fields = in.kind().fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const bool whole = inserts(c.type) || c.type == change_type::put;
    if (whole ? in.serial() == i && !form.shape.present[i] : !form.shape.present[i]) continue;
    const value &v = c.what.values[i];
    if (in.in_key(i) && !has_content(v)) {
      wrong.push_back({fields[i].name, "required", "must not be empty"});
    } else if (auto one = check_value(fields[i], v)) {
      wrong.push_back(std::move(*one));
    }
  }
  return wrong;
}

fault not_storable(std::vector<input_fault> why) {
  return {outcome::invalid, "the record cannot be stored as it is", std::move(why)};
}

// Appends the change to the unit.
result<done> encode_change(const table_set &tables, change c, key_maker &keys, commit_job &into) {
  const table *in = tables.find(c.what.kind);
  if (!in) return foreign(c.what.kind);
  const record_kind &kind = in->kind();
  if (c.what.values.size() != kind.fields.size()) return defect(kind.name + ": the record has other fields");
  const bool erases = c.type == change_type::erase || c.type == change_type::erase_at;
  if ((c.type == change_type::require || c.type == change_type::erase_at) && !kind.has_version())
    return defect(kind.name + " has no version to require");
  if (kind.read_only && c.type != change_type::require) return defect(kind.name + " is read only");
  if (inserts(c.type) || c.type == change_type::put) generate(*in, c, keys);
  const change_form &form = form_of(*in, c, into.changes.empty() ? nullptr : &into.changes.back());
  if (auto wrong = check_fields(*in, c, form); !wrong.empty()) return not_storable(std::move(wrong));

  encoded_change &encoded = into.changes.emplace_back();
  encoded.in = in;
  encoded.form = &form;
  encoded.expected = c.version;
  encoded.outcome.key.reserve(kind.key.size());
  for (const std::size_t i : kind.key) {
    const value &v = c.what.values[i];
    encoded.outcome.key.push_back(is_absent(v) ? value(null()) : v);
  }
  encoded.cells.reserve(form.parameters.size());
  for (const std::size_t i : form.parameters) {
    if (i == version_parameter) {
      encoded.cells.emplace_back(c.version);
      continue;
    }
    auto translated = in->take_cell(i, std::move(c.what.values[i]));
    if (!translated)
      return not_storable({{kind.fields[i].name, "not-storable", "cannot be written as the column holds it"}});
    encoded.cells.push_back(std::move(*translated));
  }

  encoded.first_touch = into.touches.size();
  if (!in->serial() || form.shape.present[*in->serial()]) {
    std::uint64_t hash = mixed(1, in->number());
    for (const std::size_t place : form.key) hash = mixed(hash, hash_of(encoded.cells[place]));
    into.touches.push_back(hash);
  }
  for (const std::size_t place : form.unique) {
    const cell &unique = encoded.cells[place];
    if (std::holds_alternative<std::monostate>(unique)) continue;  // of these there may be any number
    into.touches.push_back(mixed(mixed(mixed(2, in->number()), form.parameters[place]), hash_of(unique)));
  }
  encoded.touch_count = into.touches.size() - encoded.first_touch;

  if (kind.has_version()) {
    encoded.outcome.version = c.type == change_type::update    ? c.version + 1
                              : c.type == change_type::require ? c.version
                              : erases                         ? 0
                                                               : 1;
  }
  return done();
}

// A place to go on from need not be a row's: text of any length has its place among the field's. A list that merges two
// stores goes on in each of them behind a key of the other's.
std::optional<cell> place_cell(const table &in, std::size_t at, const value &v) {
  if (auto translated = in.to_cell(at, v)) return translated;
  const auto *text = std::get_if<std::string>(&v);
  if (in.kind().fields[at].type == field_type::text && text && count_characters(*text)) return cell(*text);
  return std::nullopt;
}

}  // namespace

std::vector<cell> encoded_change::key() const {
  std::vector<cell> cells_of_key;
  cells_of_key.reserve(form->key.size());
  for (const std::size_t place : form->key)
    cells_of_key.push_back(place == change_form::no_place ? cell() : cells[place]);
  return cells_of_key;
}

result<done> encode_get(const table_set &tables, get_request request, get_job &into) {
  into.in = tables.find(request.kind);
  if (!into.in) return foreign(request.kind);
  const record_kind &kind = into.in->kind();
  if (request.key.size() != kind.key.size()) return defect(kind.name + ": the key has other fields");
  for (std::size_t i = 0; i < request.key.size(); ++i) {
    auto translated = into.in->to_cell(kind.key[i], request.key[i]);
    if (!translated || std::holds_alternative<std::monostate>(*translated))
      return fault{outcome::not_found, "there is no such record", {}};
    into.key.push_back(std::move(*translated));
  }
  into.kind = std::move(request.kind);
  return done();
}

template <class T>
result<done> encode_find(const table_set &tables, find_request request, find_job<T> &into, bool &nothing) {
  into.in = tables.find(request.kind);
  if (!into.in) return foreign(request.kind);
  const std::size_t fields = into.in->kind().fields.size();
  const std::string &name = into.in->kind().name;
  if (request.limit < 1 || request.limit > 10'000) return defect("find: the limit must be 1 to 10,000");
  for (const auto *place : {&request.after, &request.up_to})
    if (!place->empty() && place->size() != request.order.size())
      return defect("find: `after` and `up_to` must have a value for each field of the order");
  nothing = false;
  for (const condition &c : request.conditions) {
    if (c.field >= fields) return defect(name + ": a condition on a field that is not there");
    auto translated = into.in->to_cell(c.field, c.equals);
    if (!translated) {
      nothing = true;
      continue;
    }
    const bool is_null = std::holds_alternative<std::monostate>(*translated);
    into.shape.conditions.push_back({c.field, is_null});
    if (!is_null) into.parameters.push_back(std::move(*translated));
  }
  for (const std::size_t f : request.order)
    if (f >= fields) return defect(name + ": an order by a field that is not there");
  for (const std::size_t f : request.only)
    if (f >= fields) return defect(name + ": a field is wanted that is not there");
  if (into.what == verb::find) {
    into.shape.order = request.order;
    into.shape.descending = request.descending;
    into.shape.after = !request.after.empty();
    into.shape.up_to = !request.up_to.empty();
    // What guards a record by its contents must see them all.
    if (!request.only.empty() && !into.in->kind().guarded_by_contents) {
      into.shape.only = std::move(request.only);
      into.shape.only.insert(into.shape.only.end(), request.order.begin(), request.order.end());
      std::sort(into.shape.only.begin(), into.shape.only.end());
      into.shape.only.erase(std::unique(into.shape.only.begin(), into.shape.only.end()), into.shape.only.end());
    }
    for (const auto *place : {&request.after, &request.up_to}) {
      for (std::size_t i = 0; i < place->size(); ++i) {
        const std::size_t f = request.order[i];
        auto translated = place_cell(*into.in, f, (*place)[i]);
        if (!translated || std::holds_alternative<std::monostate>(*translated))
          return fault{outcome::invalid,
                       place == &request.after ? "the place to go on from is none" : "the place to go up to is none",
                       {{into.in->kind().fields[f].name, "wrong-value", "must be a value that the field can hold"}}};
        into.parameters.push_back(std::move(*translated));
      }
    }
    into.parameters.push_back(std::int64_t(request.limit));
  }
  into.kind = std::move(request.kind);
  into.signature = find_signature(into.what == verb::find ? "find" : "count", *into.in, into.shape);
  return done();
}

template result<done> encode_find(const table_set &, find_request, find_job<std::vector<record>> &, bool &);
template result<done> encode_find(const table_set &, find_request, find_job<std::int64_t> &, bool &);

result<done> encode_unit(const table_set &tables, unit_of_work unit, key_maker &keys, commit_job &into) {
  into.changes.reserve(unit.changes.size());
  into.touches.reserve(unit.changes.size());
  for (change &c : unit.changes) {
    if (auto encoded = encode_change(tables, std::move(c), keys, into); !encoded) return encoded;
  }
  return done();
}

}  // namespace causeway::sql
