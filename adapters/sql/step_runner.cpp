// Most changes are one statement for the whole step, whose count of rows says whether all of it happened. Where the
// statement alone cannot tell (a view that is written through, a table without a version column, MariaDB's ways to
// insert), what stands is looked at first, and locked.
#include "sql/step_runner.hpp"

#include <algorithm>
#include <unordered_map>

#include "sql/keyed_rows.hpp"
#include "sql/postgresql_text.hpp"

namespace causeway::sql {

namespace {

constexpr std::size_t listed_rows = 32;        // of one insert, each with parameters of its own
constexpr std::size_t fewest_copied = 8;       // among other steps, where a COPY costs a round trip more
constexpr std::size_t joint_rows = 32;         // updates, from which on what all have in common is given once
constexpr std::size_t listed_bytes = 1 << 20;  // of its texts: the server takes no statement of any size
constexpr std::size_t copied_bytes = 1 << 15;  // that a COPY is given at a time, and a row more

statement &statement_for(connection &on, const table &of, const change_shape &shape, std::size_t rows) {
  std::string signature = of.form(shape).signature;
  if (rows != 1) signature += " " + std::to_string(rows);
  return on.prepared(signature, [&] { return change_sql(on.dialect(), of, shape, rows); });
}

void bind_rows(connection &on, statement &s, std::span<const std::vector<cell> *const> rows) {
  if (on.dialect() == sql_dialect::postgresql) return bind_arrays(s, rows);
  std::size_t place = 0;
  for (const auto *row : rows)
    for (const cell &c : *row) s.bind(place++, c);
}

// The change's cells by field; those that it does not write are not there.
std::vector<const cell *> written(const encoded_change &c) {
  std::vector<const cell *> by_field(c.in->kind().fields.size());
  const auto &parameters = c.form->parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if (parameters[i] != version_parameter) by_field[parameters[i]] = &c.cells[i];
  return by_field;
}

// The record with these contents and another key than `but`.
std::optional<standing_record> look_up(connection &on, const batch_context &context, const table &of,
                                       const std::vector<std::size_t> &fields, const std::vector<cell> &contents,
                                       const std::vector<cell> &but) {
  find_shape shape;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (std::holds_alternative<std::monostate>(contents[i])) return std::nullopt;
    shape.conditions.push_back({fields[i], false});
  }
  statement &s = on.prepared(find_signature("find", of, shape), [&] { return find_sql(on.dialect(), of, shape); });
  for (std::size_t i = 0; i < contents.size(); ++i) s.bind(i, contents[i]);
  s.bind(contents.size(), std::int64_t(2));
  std::optional<standing_record> found;
  standing_row row;
  s.run([&] {
    standing_record r;
    std::vector<cell> key;
    for (const std::size_t k : of.kind().key) {
      auto v = of.from_text(k, s.is_null(k), s.text(k));
      key.push_back(v ? of.to_cell(k, *v).value_or(cell()) : cell());
      r.key.push_back(v ? std::move(*v) : value(null()));
    }
    if (!but.empty() && text_of_cells(key) == text_of_cells(but)) return;
    if (of.versioned()) r.version = s.number(of.kind().fields.size());
    r.fields = fields;
    found = std::move(r);
    row.cells = cells_of_row(of, s, 0).value_or(std::vector<cell>());
  });
  if (found && of.kind().guarded_by_contents && !row.cells.empty()) {
    standing_row *const one = &row;
    contents_guard(on, context.versions).fill_in(of, {&one, 1});
    found->version = row.version;
  }
  return found;
}

}  // namespace

std::optional<standing_record> find_standing(connection &on, const batch_context &context, const encoded_change &c) {
  const table &of = *c.in;
  const bool inserts = c.type() != change_type::update;
  if (inserts)
    if (auto found = look_up(on, context, of, of.kind().key, c.key(), {})) return found;
  const auto by_field = written(c);
  for (std::size_t i = 0; i < of.kind().fields.size(); ++i) {
    if (!of.kind().fields[i].unique || !by_field[i]) continue;
    if (auto found = look_up(on, context, of, {i}, {*by_field[i]}, inserts ? std::vector<cell>() : c.key()))
      return found;
  }
  return std::nullopt;
}

bool step_runner::can_copy(const write_step &step) const {
  const encoded_change &first = at(step.places[0]);
  return may_copy_ && on_.can_copy_in() && sql::can_copy(*first.in, first.form->shape);
}

bool step_runner::copies(const write_step &step) const { return step.places.size() >= fewest_copied && can_copy(step); }

step_runner::row_keys step_runner::keys_of(const write_step &step) const {
  row_keys keys;
  keys.cells.reserve(step.places.size());
  for (const auto &p : step.places) keys.each.push_back(&keys.cells.emplace_back(at(p).key()));
  return keys;
}

void step_runner::run(const write_step &step) {
  const encoded_change &first = at(step.places[0]);
  if (copies(step)) return on_.copy_in(rows_to_copy(step));
  if (looks_first(on_.dialect(), *first.in, first.type()))
    run_looking(step);
  else
    run_rows(step);
}

void step_runner::run_rows(const write_step &step) {
  const encoded_change &first = at(step.places[0]);
  std::size_t most = 1;
  if (on_.dialect() == sql_dialect::postgresql) most = step.places.size();
  if (on_.dialect() == sql_dialect::mysql && first.type() == change_type::insert) most = listed_rows;
  const places_view all(step.places);
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t size = std::min(most, all.size() - begin);
    if (on_.dialect() == sql_dialect::mysql) {
      size = rows_within_bytes(all.subspan(begin, size));
      // Of few sizes, so that there are few statements.
      while ((size & (size - 1)) != 0) size &= size - 1;
    }
    const std::size_t rows = run_some(first, all.subspan(begin, size));
    const bool must_meet = first.type() == change_type::update || first.type() == change_type::require ||
                           first.type() == change_type::erase_at;
    if (must_meet && rows != size) throw stale_step{&step};
    begin += size;
  }
  if (first.in->kind().guarded_by_contents) keep_versions(step);
}

// How many of them, at least one, are not too long for one statement.
std::size_t step_runner::rows_within_bytes(places_view places) const {
  std::size_t bytes = 0;
  for (std::size_t n = 0; n < places.size(); ++n) {
    for (const cell &c : at(places[n]).cells)
      if (const auto *text = std::get_if<std::string>(&c)) bytes += text->size();
    if (bytes > listed_bytes) return std::max<std::size_t>(1, n);
  }
  return places.size();
}

// Many updates in PostgreSQL: what is the same for all of them goes over once.
std::size_t step_runner::run_joint(const encoded_change &first, std::span<const std::vector<cell> *const> rows) {
  std::vector<bool> same(first.cells.size());
  std::string signature = first.form->signature + " joint ";
  for (std::size_t i = 0; i < same.size(); ++i) {
    same[i] = std::all_of(rows.begin(), rows.end(), [&](const auto *row) { return (*row)[i] == (*rows.front())[i]; });
    signature += same[i] ? '1' : '0';
  }
  statement &s = on_.prepared(signature, [&] { return update_sql(*first.in, first.form->shape, same); });
  std::string array;
  for (std::size_t i = 0; i < same.size(); ++i) {
    if (same[i]) {
      const cell &one = rows.front()->at(i);
      const auto *number = std::get_if<std::int64_t>(&one);
      s.bind(i, number ? cell(std::to_string(*number)) : one);
      continue;
    }
    array = "{";
    for (const auto *row : rows) append_element(array, (*row)[i]);
    array += '}';
    s.bind(i, array);
  }
  return s.run();
}

statement &step_runner::insert_of_one(const write_step &step) {
  const encoded_change &first = at(step.places[0]);
  return on_.prepared(first.form->signature + " one", [&] { return insert_sql(*first.in, first.form->shape); });
}

void step_runner::prepare_inserts(const write_step &step) { insert_of_one(step); }

void step_runner::send_inserts(const write_step &step) {
  statement &s = insert_of_one(step);
  for (const auto &p : step.places) {
    const auto &cells = at(p).cells;
    for (std::size_t i = 0; i < cells.size(); ++i) s.bind(i, cells[i]);
    s.send();
  }
}

void step_runner::take_inserts(const write_step &step) {
  statement &s = insert_of_one(step);
  for (std::size_t n = 0; n < step.places.size(); ++n) s.run();
}

copied_rows step_runner::rows_to_copy(const write_step &step) const {
  const encoded_change &first = at(step.places[0]);
  const char *const end = first.in->versioned() ? "\t1\n" : "\n";
  const auto next = [this, &step, end, place = std::size_t(0)](std::string &rows) mutable {
    while (place < step.places.size() && rows.size() < copied_bytes) {
      const auto &cells = at(step.places[place++]).cells;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) rows += '\t';
        append_column(rows, cells[i]);
      }
      rows += end;
    }
    return place < step.places.size();
  };
  return {copy_sql(*first.in, first.form->shape), next};
}

// Runs the statement for these changes, and sets their outcomes by what it gives back.
std::size_t step_runner::run_some(const encoded_change &first, places_view places) {
  const bool many = on_.dialect() == sql_dialect::postgresql;
  std::vector<const std::vector<cell> *> cells;
  cells.reserve(places.size());
  for (const auto &p : places) cells.push_back(&at(p).cells);
  if (many && first.type() == change_type::update && places.size() >= joint_rows) return run_joint(first, cells);
  statement &s = statement_for(on_, *first.in, first.form->shape, many ? 1 : places.size());
  bind_rows(on_, s, cells);
  const gives back = change_gives(on_.dialect(), *first.in, first.form->shape);
  std::size_t row = 0;
  std::unordered_map<std::string, bool> applied;
  const std::size_t rows = s.run([&] {
    const auto n = row++;
    if (n >= places.size()) return;
    if (back == gives::version) outcomes_.correct(places[n]).version = s.number(0);
    if (back == gives::serial) outcomes_.correct(places[n]).key[0] = s.number(0);
    if (back == gives::keys) {
      std::vector<cell> key;
      for (std::size_t k = 0; k < first.form->key.size(); ++k) {
        const std::size_t field = first.in->kind().key[k];
        const auto v = first.in->from_text(field, s.is_null(k), s.text(k));
        key.push_back(v ? first.in->to_cell(field, *v).value_or(cell()) : cell());
      }
      applied[text_of_cells(key)] = true;
    }
  });
  const bool counted =
      first.type() == change_type::insert_absent && !looks_first(on_.dialect(), *first.in, first.type());
  if (counted && rows != places.size())
    for (const auto &p : places)
      if (back != gives::keys || !applied.contains(text_of_cells(at(p).key()))) not_applied(p);
  return rows;
}

// An insert_absent found something standing: says its key and version, where it still stands.
void step_runner::not_applied(write_step::place p) {
  change_outcome &o = outcomes_.correct(p);
  o.applied = false;
  o.version = 0;
  const auto standing = find_standing(on_, context_, at(p));
  if (!standing) return;
  o.key = standing->key;
  o.version = standing->version;
}

void step_runner::run_looking(const write_step &step) {
  const encoded_change &first = at(step.places[0]);
  if (first.type() == change_type::insert_absent) {
    for (const auto &p : step.places) insert_absent(p);
    return;
  }
  const row_keys keys = keys_of(step);
  auto looks =
      guard_.look_at(*first.in, keys.each, first.type() == change_type::require ? row_lock::share : row_lock::update);
  for (std::size_t i = 0; i < looks.size(); ++i) {
    if (looks[i].broken) {
      context_.report("stored value outside its kind", first.in->kind().name);
      throw database_failure{failure_class::internal, "a stored value outside its kind"};
    }
    if (first.type() == change_type::put) continue;
    const bool stale =
        !looks[i].row || (first.in->kind().has_version() && looks[i].row->version != at(step.places[i]).expected);
    if (stale) throw stale_step{&step, true};
  }
  if (first.type() == change_type::update || first.type() == change_type::erase_at)
    change_what_stands(step, step.places, looks);
  if (first.type() == change_type::put)
    for (std::size_t i = 0; i < looks.size(); ++i) put(step.places[i], looks[i]);
}

// What stands is locked and is what was expected, so the statement's count says nothing more; SQLite counts nothing
// that a view's triggers do.
void step_runner::change_what_stands(const write_step &step, places_view places,
                                     std::vector<contents_guard::look> &looks) {
  const encoded_change &first = at(step.places[0]);
  const std::size_t most = on_.dialect() == sql_dialect::postgresql ? places.size() : 1;
  for (std::size_t begin = 0; begin < places.size(); begin += most) run_some(first, places.subspan(begin, most));
  if (!first.in->kind().guarded_by_contents) return;
  if (first.type() == change_type::erase_at) return keep_versions(step);
  std::vector<standing_row> rows;
  for (std::size_t i = 0; i < places.size(); ++i)
    rows.push_back(after(at(places[i]), &*looks[i].row, looks[i].row->version + 1));
  guard_.keep(*first.in, rows);
}

void step_runner::put(write_step::place p, contents_guard::look &standing) {
  const encoded_change &c = at(p);
  const table &of = *c.in;
  change_shape shape = c.form->shape;
  shape.type = standing.row ? change_type::update : change_type::insert;
  if (!standing.row)
    for (std::size_t i = 0; i < shape.present.size(); ++i) shape.present[i] = shape.present[i] || of.serial() != i;
  const auto by_field = written(c);
  std::vector<cell> cells;
  for (const std::size_t which : change_parameters(of, shape))
    cells.push_back(which == version_parameter ? cell(standing.row->version)
                    : by_field[which]          ? *by_field[which]
                                               : cell());
  statement &s = statement_for(on_, of, shape, 1);
  const std::vector<cell> *const one = &cells;
  bind_rows(on_, s, {&one, 1});
  const bool makes_key = change_gives(on_.dialect(), of, shape) == gives::serial;
  s.run([&] {
    if (makes_key) outcomes_.correct(p).key[0] = s.number(0);
  });
  const std::int64_t version = standing.row ? standing.row->version + 1 : 1;
  if (of.kind().has_version()) outcomes_.correct(p).version = version;
  if (!of.kind().guarded_by_contents) return;
  const standing_row row = after(c, standing.row ? &*standing.row : nullptr, version);
  guard_.keep(of, {&row, 1});
}

void step_runner::insert_absent(write_step::place p) {
  const encoded_change &c = at(p);
  if (find_standing(on_, context_, c)) return not_applied(p);
  run_some(c, {&p, 1});
  if (!c.in->kind().guarded_by_contents) return;
  const standing_row row = after(c, nullptr, 1);
  guard_.keep(*c.in, {&row, 1});
}

// The row as the change leaves it.
standing_row step_runner::after(const encoded_change &c, const standing_row *before, std::int64_t version) const {
  const auto by_field = written(c);
  standing_row row{before ? before->cells : std::vector<cell>(by_field.size()), version};
  const bool keeps_absent = before != nullptr;
  for (std::size_t i = 0; i < by_field.size(); ++i)
    if (by_field[i] && (!keeps_absent || c.form->shape.present[i])) row.cells[i] = *by_field[i];
  return row;
}

// Of what was inserted or erased without a look.
void step_runner::keep_versions(const write_step &step) {
  const encoded_change &first = at(step.places[0]);
  if (first.type() == change_type::erase || first.type() == change_type::erase_at) {
    guard_.forget(*first.in, keys_of(step).each);
    return;
  }
  std::vector<standing_row> rows;
  for (const auto &p : step.places)
    if (outcomes_.at(p).applied) rows.push_back(after(at(p), nullptr, 1));
  if (!rows.empty()) guard_.keep(*first.in, rows);
}

}  // namespace causeway::sql
