// Requests become cells here, on the caller's thread: what is wrong with them is said before they wait.
#include "sql/job.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

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

// Checks the fields that the change says, fills those that are generated, and collects what is wrong.
std::vector<input_fault> check_fields(const table &in, change &c, key_maker &keys) {
  std::vector<input_fault> wrong;
  const auto &fields = in.kind().fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    value &v = c.what.values[i];
    const bool must_stand = in.in_key(i);
    switch (c.type) {
      case change_type::insert:
      case change_type::insert_absent:
      case change_type::put:
        if (!has_content(v) && fields[i].generate != key_generation::none) v = keys.make(fields[i].generate);
        if (!has_content(v) && in.serial() == i) {
          v = absent();
          continue;
        }
        break;
      case change_type::update:
        if (is_absent(v) && !must_stand) continue;
        break;
      case change_type::require:
      case change_type::erase:
      case change_type::erase_at:
        if (!must_stand) continue;
        break;
    }
    if (must_stand && !has_content(v)) {
      wrong.push_back({fields[i].name, "required", "must not be empty"});
    } else if (auto one = check_value(fields[i], v)) {
      wrong.push_back(std::move(*one));
    }
  }
  return wrong;
}

result<encoded_change> encode_change(const table_set &tables, change c, key_maker &keys) {
  const table *in = tables.find(c.what.kind);
  if (!in) return foreign(c.what.kind);
  const record_kind &kind = in->kind();
  if (c.what.values.size() != kind.fields.size()) return defect(kind.name + ": the record has other fields");
  const bool erases = c.type == change_type::erase || c.type == change_type::erase_at;
  if ((c.type == change_type::require || c.type == change_type::erase_at) && !kind.has_version())
    return defect(kind.name + " has no version to require");
  if (kind.read_only && c.type != change_type::require) return defect(kind.name + " is read only");
  auto wrong = check_fields(*in, c, keys);
  if (!wrong.empty()) return fault{outcome::invalid, "the record cannot be stored as it is", std::move(wrong)};

  encoded_change encoded;
  encoded.in = in;
  encoded.shape.type = c.type;
  encoded.shape.tells_key = c.tells_key || c.type != change_type::insert;
  encoded.shape.present.resize(kind.fields.size());
  const bool insert = c.type == change_type::insert || c.type == change_type::insert_absent;
  std::vector<cell> cells(kind.fields.size());
  for (std::size_t i = 0; i < kind.fields.size(); ++i) {
    value &v = c.what.values[i];
    // An insert writes every field, so that all inserts of a kind are one statement.
    encoded.shape.present[i] = insert ? in->serial() != i || has_content(v) : !is_absent(v);
    if (c.type == change_type::require || erases) encoded.shape.present[i] = in->in_key(i);
    if (!encoded.shape.present[i] || !has_content(v)) continue;
    // The outcome says the key.
    auto translated = in->in_key(i) ? in->take_cell(i, value(v)) : in->take_cell(i, std::move(v));
    if (!translated)
      return fault{outcome::invalid,
                   "the record cannot be stored as it is",
                   {{kind.fields[i].name, "not-storable", "cannot be written as the column holds it"}}};
    cells[i] = std::move(*translated);
  }
  std::uint64_t key_hash = mixed(1, in->number());
  for (const std::size_t i : kind.key) {
    key_hash = mixed(key_hash, hash_of(cells[i]));
    encoded.key.push_back(cells[i]);
    encoded.outcome.key.push_back(is_absent(c.what.values[i]) ? value(null()) : c.what.values[i]);
  }
  if (!in->serial() || encoded.shape.present[*in->serial()]) encoded.touches.push_back(key_hash);
  if (c.type != change_type::require && !erases)
    for (std::size_t i = 0; i < kind.fields.size(); ++i)
      if (kind.fields[i].unique && encoded.shape.present[i])
        encoded.touches.push_back(mixed(mixed(mixed(2, in->number()), i), hash_of(cells[i])));
  const auto parameters = change_parameters(*in, encoded.shape);
  if (insert && parameters.size() == cells.size()) {
    encoded.cells = std::move(cells);  // each in its place
  } else {
    encoded.cells.reserve(parameters.size());
    for (const std::size_t which : parameters)
      encoded.cells.push_back(which == version_parameter ? cell(c.version) : std::move(cells[which]));
  }

  encoded.expected = c.version;
  if (kind.has_version()) {
    encoded.outcome.version = c.type == change_type::update    ? c.version + 1
                              : c.type == change_type::require ? c.version
                              : erases                         ? 0
                                                               : 1;
  }
  encoded.signature = change_signature(*in, encoded.shape);
  return encoded;
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
  for (change &c : unit.changes) {
    auto encoded = encode_change(tables, std::move(c), keys);
    if (!encoded) return encoded.why();
    into.changes.push_back(std::move(*encoded));
  }
  return done();
}

}  // namespace causeway::sql
