// One ordered map per kind and one per unique field. A unit of work is applied change by change; each change notes
// what stood before it, and the first that fails has all of them taken back.
#include "store/memory_store.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "store/field_check.hpp"

namespace causeway {

namespace {

using key_values = std::vector<value>;

// Absent and null first, then false, true, integers, text by its bytes: the order that the databases are told to keep.
int compare(const value &a, const value &b) {
  if (a.index() != b.index()) return a.index() < b.index() ? -1 : 1;
  return std::visit(
      [&]<class T>(const T &left) -> int {
        const T &right = std::get<T>(b);
        if constexpr (std::is_same_v<T, absent> || std::is_same_v<T, null>) {
          return 0;
        } else if constexpr (std::is_same_v<T, std::string>) {
          return left.compare(right);
        } else {
          return left < right ? -1 : int(right < left);
        }
      },
      a);
}

struct value_less {
  bool operator()(const value &a, const value &b) const { return compare(a, b) < 0; }
  bool operator()(const key_values &a, const key_values &b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), *this);
  }
};

key_values key_of(const record &r) {
  key_values key;
  for (const std::size_t i : r.kind->key) key.push_back(r.values[i]);
  return key;
}

bool has_version(const record_kind &kind) { return kind.has_version(); }

fault invalid(std::vector<input_fault> inputs) {
  return {outcome::invalid, "the record cannot be stored as it is", std::move(inputs)};
}

fault defect(std::string what) { return {outcome::internal, std::move(what), {}}; }

}  // namespace

struct memory_store::table {
  kind_ptr kind;
  std::map<key_values, record, value_less> rows;
  std::map<std::size_t, std::map<value, key_values, value_less>> unique;  // field -> content -> key
  std::int64_t last_serial = 0;
  std::function<std::vector<record>(const records_of &)> derived;

  const record *at(const key_values &key) const {
    const auto found = rows.find(key);
    return found == rows.end() ? nullptr : &found->second;
  }
  void remove(const key_values &key) {
    const auto found = rows.find(key);
    if (found == rows.end()) return;
    for (auto &[field, keys] : unique) keys.erase(found->second.values[field]);
    rows.erase(found);
  }
  void set(record what) {
    key_values key = key_of(what);
    remove(key);
    for (auto &[field, keys] : unique)
      if (has_content(what.values[field])) keys[what.values[field]] = key;
    rows.insert_or_assign(std::move(key), std::move(what));
  }
  // The record other than the one with `key` that has one of the unique contents of `what`.
  const record *twin_of(const record &what, const key_values &key) const {
    for (const auto &[field, keys] : unique) {
      const auto found = keys.find(what.values[field]);
      if (found != keys.end() && found->second != key) return at(found->second);
    }
    return nullptr;
  }
};

struct memory_store::undo {
  table *in;
  key_values key;
  std::optional<record> before;
};

memory_store::memory_store(std::vector<kind_ptr> kinds, std::shared_ptr<key_maker> keys,
                           std::function<time_point()> now)
    : keys_(std::move(keys)), now_(std::move(now)) {
  for (auto &kind : kinds) {
    auto made = std::make_unique<table>();
    for (std::size_t i = 0; i < kind->fields.size(); ++i)
      if (kind->fields[i].unique) made->unique[i];
    std::string name = kind->name;
    made->kind = std::move(kind);
    tables_[std::move(name)] = std::move(made);
  }
}

memory_store::~memory_store() = default;

template <class T, class Work>
void memory_store::run(time_point deadline, const completion<T> &done, Work work) {
  result<T> answer = [&]() -> result<T> {
    const std::lock_guard lock(mutex_);
    if (away_) return fault{outcome::unavailable, "the store is away", {}};
    if (failing_times_ > 0) {
      --failing_times_;
      return fault{failing_with_, "a fault that was asked for", {}};
    }
    if (now_ && now_() > deadline) return fault{outcome::deadline, "the deadline has passed", {}};
    return work();
  }();
  done(std::move(answer));
}

memory_store::table *memory_store::find_table(const kind_ptr &kind) {
  if (!kind) return nullptr;
  const auto found = tables_.find(kind->name);
  return found == tables_.end() ? nullptr : found->second.get();
}

memory_store::table *memory_store::table_to_read(const kind_ptr &kind) {
  table *in = find_table(kind);
  if (!in || !in->derived) return in;
  auto rows = in->derived([this](std::string_view name) {
    std::vector<record> all;
    const auto found = tables_.find(name);
    if (found == tables_.end()) throw std::invalid_argument("no record kind " + std::string(name));
    for (const auto &[key, row] : found->second->rows) all.push_back(row);
    return all;
  });
  in->rows.clear();
  for (auto &row : rows) in->set(std::move(row));
  return in;
}

void memory_store::derive(std::string_view kind, std::function<std::vector<record>(const records_of &)> rows) {
  const std::lock_guard lock(mutex_);
  const auto found = tables_.find(kind);
  if (found == tables_.end() || !found->second->kind->read_only)
    throw std::invalid_argument(std::string(kind) + " is no read-only record kind of this store");
  found->second->derived = std::move(rows);
}

void memory_store::get(get_request request, time_point deadline, completion<record> done) {
  run<record>(deadline, done, [&]() -> result<record> {
    const table *in = table_to_read(request.kind);
    if (!in) return defect("no such record kind in this store");
    if (request.key.size() != in->kind->key.size()) return defect(in->kind->name + ": the key has other fields");
    if (const record *found = in->at(request.key)) return *found;
    return fault{outcome::not_found, "there is no such record", {}};
  });
}

result<std::vector<const record *>> memory_store::select(const find_request &request) {
  const table *in = table_to_read(request.kind);
  if (!in) return defect("no such record kind in this store");
  const std::size_t fields = in->kind->fields.size();
  for (const auto &c : request.conditions)
    if (c.field >= fields) return defect(in->kind->name + ": a condition on a field that is not there");
  for (const std::size_t f : request.order)
    if (f >= fields) return defect(in->kind->name + ": an order by a field that is not there");
  for (const std::size_t f : request.only)
    if (f >= fields) return defect(in->kind->name + ": a field is wanted that is not there");
  std::vector<const record *> found;
  for (const auto &[key, row] : in->rows) {
    const bool all_hold = std::all_of(request.conditions.begin(), request.conditions.end(),
                                      [&](const condition &c) { return compare(row.values[c.field], c.equals) == 0; });
    if (all_hold) found.push_back(&row);
  }
  return found;
}

void memory_store::find(find_request request, time_point deadline, completion<std::vector<record>> done) {
  run<std::vector<record>>(deadline, done, [&]() -> result<std::vector<record>> {
    if (request.limit < 1 || request.limit > 10'000) return defect("find: the limit must be 1 to 10,000");
    for (const auto *place : {&request.after, &request.up_to})
      if (!place->empty() && place->size() != request.order.size())
        return defect("find: `after` and `up_to` must have a value for each field of the order");
    auto selected = select(request);
    if (!selected) return selected.why();
    const int direction = request.descending ? -1 : 1;
    // Below 0: before that place.
    const auto position = [&](const record &row, const std::vector<value> &place) {
      int where = 0;
      for (std::size_t i = 0; i < place.size() && where == 0; ++i)
        where = direction * compare(row.values[request.order[i]], place[i]);
      return where;
    };
    std::vector<const record *> rows;
    for (const record *row : *selected)
      if ((request.after.empty() || position(*row, request.after) > 0) && position(*row, request.up_to) <= 0)
        rows.push_back(row);
    std::sort(rows.begin(), rows.end(), [&](const record *a, const record *b) {
      for (const std::size_t f : request.order)
        if (const int c = direction * compare(a->values[f], b->values[f]); c != 0) return c < 0;
      return value_less()(key_of(*a), key_of(*b));
    });
    if (rows.size() > request.limit) rows.resize(request.limit);
    std::vector<record> answer;
    answer.reserve(rows.size());
    for (const record *row : rows) {
      answer.push_back(*row);
      for (std::size_t f = 0; f < row->values.size() && !request.only.empty(); ++f)
        if (std::find(request.only.begin(), request.only.end(), f) == request.only.end())
          answer.back().values[f] = absent();
    }
    return answer;
  });
}

void memory_store::count(find_request request, time_point deadline, completion<std::int64_t> done) {
  run<std::int64_t>(deadline, done, [&]() -> result<std::int64_t> {
    const auto selected = select(request);
    if (!selected) return selected.why();
    return std::int64_t(selected->size());
  });
}

void memory_store::commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) {
  run<commit_outcome>(deadline, done, [&]() -> result<commit_outcome> {
    commit_outcome outcomes;
    std::vector<undo> undone_by;
    for (const change &c : unit.changes) {
      auto one = apply(c, undone_by);
      if (!one) {
        for (auto step = undone_by.rbegin(); step != undone_by.rend(); ++step) {
          step->in->remove(step->key);
          if (step->before) step->in->set(std::move(*step->before));
        }
        return one.why();
      }
      outcomes.push_back(std::move(*one));
    }
    return outcomes;
  });
}

result<change_outcome> memory_store::apply(const change &c, std::vector<undo> &undone_by) {
  table *in = find_table(c.what.kind);
  if (!in) return defect("no such record kind in this store");
  const record_kind &kind = *in->kind;
  if (c.what.values.size() != kind.fields.size()) return defect(kind.name + ": the record has other fields");
  if (kind.read_only && c.type != change_type::require) return defect(kind.name + " is read only");
  if (c.type == change_type::insert || c.type == change_type::insert_absent) return insert(*in, c, undone_by);

  key_values key = key_of(c.what);
  if (!std::all_of(key.begin(), key.end(), has_content)) {
    if (c.type == change_type::put) return insert(*in, c, undone_by);
    std::vector<input_fault> missing;
    for (const std::size_t i : kind.key)
      if (!has_content(c.what.values[i])) missing.push_back({kind.fields[i].name, "required", "must not be empty"});
    return invalid(std::move(missing));
  }
  const record *standing = in->at(key);
  switch (c.type) {
    case change_type::put:
      return standing ? replace(*in, c, key, undone_by) : insert(*in, c, undone_by);
    case change_type::update:
      // Invalid comes before stale, as where a database is not asked about what cannot be stored.
      return replace(*in, c, key, undone_by);
    case change_type::require:
    case change_type::erase_at:
      if (!has_version(kind)) return defect(kind.name + " has no version to require");
      if (!standing || standing->version != c.version)
        return fault{outcome::stale, "the record was changed meanwhile", {}};
      if (c.type == change_type::require) return change_outcome{true, standing->version, std::move(key)};
      [[fallthrough]];
    case change_type::erase:
      if (standing) {
        undone_by.push_back({in, key, *standing});
        in->remove(key);
      }
      return change_outcome{true, 0, std::move(key)};
    default:
      return defect("a change of no known type");
  }
}

result<change_outcome> memory_store::insert(table &in, const change &c, std::vector<undo> &undone_by) {
  const record_kind &kind = *in.kind;
  record row = c.what;
  row.kind = in.kind;
  row.version = has_version(kind) ? 1 : 0;
  std::vector<input_fault> wrong;
  for (std::size_t i = 0; i < kind.fields.size(); ++i) {
    const field &f = kind.fields[i];
    value &v = row.values[i];
    if (is_absent(v)) v = null();
    if (is_null(v) && f.type == field_type::serial) v = in.last_serial + 1;
    if (is_null(v) && f.generate != key_generation::none) v = keys_->make(f.generate);
    if (auto one = check_value(f, v)) wrong.push_back(std::move(*one));
  }
  for (const std::size_t i : kind.key)
    if (is_null(row.values[i]) && !kind.fields[i].required)
      wrong.push_back({kind.fields[i].name, "required", "must not be empty"});
  if (!wrong.empty()) return invalid(std::move(wrong));

  key_values key = key_of(row);
  const record *standing = in.at(key);
  if (!standing) standing = in.twin_of(row, key);
  if (standing) {
    if (c.type == change_type::insert_absent) return change_outcome{false, standing->version, key_of(*standing)};
    return fault{outcome::conflict, "a record with this key or unique value stands already", {}};
  }
  if (kind.fields[kind.key.front()].type == field_type::serial)
    in.last_serial = std::max(in.last_serial, std::get<std::int64_t>(key.front()));
  undone_by.push_back({&in, key, std::nullopt});
  const std::int64_t version = row.version;
  in.set(std::move(row));
  return change_outcome{true, version, std::move(key)};
}

result<change_outcome> memory_store::replace(table &in, const change &c, const key_values &key,
                                             std::vector<undo> &undone_by) {
  const record_kind &kind = *in.kind;
  std::vector<input_fault> wrong;
  for (std::size_t i = 0; i < kind.fields.size(); ++i) {
    // A put is checked as the insert that it might have been.
    if (is_absent(c.what.values[i]) && c.type == change_type::update) continue;
    if (auto one = check_value(kind.fields[i], c.what.values[i])) wrong.push_back(std::move(*one));
  }
  if (!wrong.empty()) return invalid(std::move(wrong));

  const record *standing = in.at(key);
  const bool guarded = c.type == change_type::update && has_version(kind);
  if (!standing || (guarded && standing->version != c.version))
    return fault{outcome::stale, "the record was changed meanwhile", {}};
  record row = *standing;
  for (std::size_t i = 0; i < kind.fields.size(); ++i)
    if (!is_absent(c.what.values[i])) row.values[i] = c.what.values[i];
  if (has_version(kind)) ++row.version;
  if (in.twin_of(row, key)) return fault{outcome::conflict, "a record with this unique value stands already", {}};
  undone_by.push_back({&in, key, *standing});
  const std::int64_t version = row.version;
  in.set(std::move(row));
  return change_outcome{true, version, key};
}

store_state memory_store::state() const {
  const std::lock_guard lock(mutex_);
  return away_ ? store_state::away : store_state::serving;
}

void memory_store::fail_next(outcome what, std::size_t times) {
  const std::lock_guard lock(mutex_);
  failing_with_ = what;
  failing_times_ = times;
}

void memory_store::set_away(bool away) {
  const std::lock_guard lock(mutex_);
  away_ = away;
}

}  // namespace causeway
