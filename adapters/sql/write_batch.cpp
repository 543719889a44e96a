// All waiting units in one transaction, without savepoints: that is nearly always the whole story. If anything fails,
// everything is rolled back and each half is tried by itself, down to the one unit that is at fault; that one is run
// change by change, to say which change and which field it was.
#include <algorithm>
#include <chrono>
#include <optional>
#include <random>
#include <thread>
#include <unordered_map>

#include "sql/batch.hpp"
#include "store/fault_point.hpp"

namespace causeway::sql {

namespace {

using units_view = std::span<commit_job *const>;

constexpr std::size_t most_rows = 1000;  // of one statement
constexpr int most_tries = 5;            // of a unit that loses against another transaction

// A step of the plan that did not do what it should have, though the database did not fail.
struct stale_step {
  const write_step *step;
};

struct attempt_failure {
  bool again = false;       // may well work at the next try
  bool everyone = false;    // not one unit's fault: the database cannot work now
  bool one_change = false;  // the change at fault is known
  fault why;
};

fault stale_fault(const table &of) {
  return {outcome::stale, of.kind().name + ": the record is not there, or was changed meanwhile", {}};
}

std::string text_of_cell(const cell &c) {
  if (const auto *number = std::get_if<std::int64_t>(&c)) return std::to_string(*number);
  const auto *text = std::get_if<std::string>(&c);
  return text ? *text : std::string();
}

std::string key_text(const std::vector<cell> &key) {
  std::string all;
  for (const cell &c : key) {
    const std::string part = text_of_cell(c);
    all += std::to_string(part.size()) + ":" + part;
  }
  return all;
}

std::int64_t number_of(const std::string &text) { return std::strtoll(text.c_str(), nullptr, 10); }

class writer {
 public:
  writer(connection &on, const batch_context &context) : on_(on), context_(context) {}

  void run(units_view units, int tries) {
    std::vector<commit_job *> waiting;
    const time_point now = context_.now();
    for (commit_job *u : units) {
      if (u->deadline < now)
        u->fail({outcome::deadline, "the deadline passed before the change was begun", {}});
      else
        waiting.push_back(u);
    }
    if (waiting.empty()) return;
    auto failure = attempt(waiting, most_rows);
    if (failure && waiting.size() == 1 && !failure->one_change && !failure->again && !failure->everyone)
      failure = attempt(waiting, 1);
    if (!failure) return;
    if (failure->everyone) {
      for (commit_job *u : waiting) u->fail(failure->why);
    } else if (waiting.size() > 1) {
      const units_view all(waiting);
      run(all.first(all.size() / 2), tries);
      run(all.subspan(all.size() / 2), tries);
    } else if (failure->again && tries < most_tries) {
      // Two that met in a deadlock would meet again if both came back at once.
      thread_local std::minstd_rand random{std::random_device()()};
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % (10 * unsigned(tries))));
      run(waiting, tries + 1);
    } else {
      waiting.front()->fail(failure->why);
    }
  }

 private:
  // One transaction with all of them, answered if it was committed.
  std::optional<attempt_failure> attempt(units_view units, std::size_t rows) {
    const auto plan = plan_writes(units, rows);
    const write_step *current = nullptr;
    bool committing = false;
    try {
      time_point last = time_point::min();
      for (const commit_job *u : units) last = std::max(last, u->deadline);
      on_.bound(last);  // outside the transaction: a rollback would take it back
      CAUSEWAY_FAULT_POINT("store.write.beginning");
      on_.begin();
      outcomes_.assign(units.size(), {});
      for (std::size_t u = 0; u < units.size(); ++u)
        for (const auto &c : units[u]->changes) outcomes_[u].push_back(c.outcome);
      for (const write_step &step : plan) {
        current = &step;
        run_step(units, step);
        CAUSEWAY_FAULT_POINT("store.write.under-way");
      }
      current = nullptr;
      committing = true;
      CAUSEWAY_FAULT_POINT("store.write.committing");
      on_.commit();
      CAUSEWAY_FAULT_POINT("store.write.committed");
    } catch (const database_failure &failure) {
      return failed(units, failure, current, committing);
    } catch (const stale_step &stale) {
      on_.rollback();
      const bool known = stale.step->places.size() == 1;
      return attempt_failure{false, false, known, stale_fault(*change_at(units, stale.step->places[0]).in)};
    }
    for (std::size_t u = 0; u < units.size(); ++u) units[u]->answer(std::move(outcomes_[u]));
    CAUSEWAY_FAULT_POINT("store.write.answered");
    return std::nullopt;
  }

  attempt_failure failed(units_view units, const database_failure &failure, const write_step *at, bool committing) {
    if (failure.what == failure_class::lost) {
      if (committing)
        for (commit_job *u : units)
          u->fail({outcome::unavailable,
                   "the connection was lost while the change was committed; it may have happened",
                   {}});
      throw failure;
    }
    on_.rollback();
    attempt_failure told;
    told.again = failure.what == failure_class::again;
    // Where there is no room for one of them there may be for the others; where there is none to commit, for none.
    told.everyone =
        failure.what == failure_class::unavailable || (failure.what == failure_class::exhausted && at == nullptr);
    told.one_change = at && at->places.size() == 1;
    std::string doing = "commit";
    if (at) {
      const encoded_change &c = change_at(units, at->places[0]);
      doing = "change " + c.signature + " of " + c.in->kind().name;
      if (told.one_change && units.size() == 1 &&
          (failure.what == failure_class::unique || failure.what == failure_class::reference)) {
        told.why = failure.what == failure_class::unique
                       ? conflict_of(*units[0], at->places[0].change)
                       : fault{outcome::conflict, c.in->kind().name + ": another record stands in the way", {}};
        return told;
      }
    }
    // A batch's fault is only an interim one; it is said, and reported, when the unit stands alone.
    const bool last_word = told.everyone || (units.size() == 1 && told.one_change) || (units.size() == 1 && !at);
    told.why = fault_of(failure, last_word ? context_ : silent_, doing);
    return told;
  }

  static const encoded_change &change_at(units_view units, write_step::place p) {
    return units[p.unit]->changes[p.change];
  }

  void run_step(units_view units, const write_step &step) {
    const encoded_change &first = change_at(units, step.places[0]);
    statement &s = on_.prepared(first.signature, [&] { return change_sql(on_.dialect(), *first.in, first.shape); });
    const gives back = change_gives(on_.dialect(), *first.in, first.shape);
    if (on_.dialect() == sql_dialect::postgresql) {
      bind_arrays(s, units, step);
      take(s, back, units, step);
      return;
    }
    for (const auto &p : step.places) {
      const auto &cells = change_at(units, p).cells;
      for (std::size_t i = 0; i < cells.size(); ++i) s.bind(i, cells[i]);
      const write_step one{{p}};
      try {
        take(s, back, units, one);
      } catch (const stale_step &) {
        throw stale_step{&step};
      }
    }
  }

  static void bind_arrays(statement &s, units_view units, const write_step &step) {
    const std::size_t parameters = change_at(units, step.places[0]).cells.size();
    for (std::size_t i = 0; i < parameters; ++i) {
      std::string array = "{";
      for (const auto &p : step.places) append_element(array, change_at(units, p).cells[i]);
      array += '}';
      s.bind(i, array);
    }
  }

  // Runs the statement and sets the outcomes of the step's changes.
  void take(statement &s, gives back, units_view units, const write_step &step) {
    const encoded_change &first = change_at(units, step.places[0]);
    const std::size_t wanted = step.places.size();
    std::size_t row = 0;
    std::unordered_map<std::string, bool> applied;
    const std::size_t rows = s.run([&] {
      const auto at = row++;
      if (at >= wanted) return;
      change_outcome &o = outcomes_[step.places[at].unit][step.places[at].change];
      if (back == gives::version) o.version = number_of(s.text(0));
      if (back == gives::serial) o.key[0] = number_of(s.text(0));
      if (back == gives::keys) {
        std::vector<cell> key;
        key.reserve(first.key.size());
        for (std::size_t k = 0; k < first.key.size(); ++k) key.emplace_back(s.text(k));
        applied[key_text(key)] = true;
      }
    });
    switch (first.shape.type) {
      case change_type::insert_absent:
        if (rows == wanted) return;
        for (const auto &p : step.places)
          if (back != gives::keys || !applied.contains(key_text(change_at(units, p).key)))
            not_applied(change_at(units, p), outcomes_[p.unit][p.change]);
        return;
      case change_type::update:
      case change_type::require:
        if (rows != wanted) throw stale_step{&step};
        return;
      default:
        return;
    }
  }

  // An insert_absent found something standing: says its key and version, where it still stands.
  void not_applied(const encoded_change &c, change_outcome &o) {
    o.applied = false;
    o.version = 0;
    const auto standing = find_standing(c);
    if (!standing) return;
    o.key = standing->key;
    o.version = standing->version;
  }

  struct standing_record {
    std::vector<value> key;
    std::int64_t version = 0;
    std::vector<std::size_t> fields;  // the key's, or the unique field by which it was found
  };

  std::optional<standing_record> find_standing(const encoded_change &c) {
    const table &of = *c.in;
    const auto parameters = change_parameters(of, c.shape);
    const auto written = [&](std::size_t field) -> const cell * {
      const auto at = std::find(parameters.begin(), parameters.end(), field);
      return at == parameters.end() ? nullptr : &c.cells[std::size_t(at - parameters.begin())];
    };
    const bool inserts = c.shape.type != change_type::update;
    if (inserts)
      if (auto found = look_up(of, of.kind().key, c.key, {})) return found;
    for (std::size_t i = 0; i < of.kind().fields.size(); ++i) {
      const cell *content = of.kind().fields[i].unique ? written(i) : nullptr;
      if (!content || std::holds_alternative<std::monostate>(*content)) continue;
      if (auto found = look_up(of, {i}, {*content}, inserts ? std::vector<cell>() : c.key)) return found;
    }
    return std::nullopt;
  }

  // The record with these contents and another key than `but`.
  std::optional<standing_record> look_up(const table &of, const std::vector<std::size_t> &fields,
                                         const std::vector<cell> &contents, const std::vector<cell> &but) {
    find_shape shape;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (std::holds_alternative<std::monostate>(contents[i])) return std::nullopt;
      shape.conditions.push_back({fields[i], false});
    }
    statement &s = on_.prepared(find_signature("find", of, shape), [&] { return find_sql(of, shape); });
    for (std::size_t i = 0; i < contents.size(); ++i) s.bind(i, contents[i]);
    s.bind(contents.size(), std::int64_t(2));
    std::optional<standing_record> found;
    s.run([&] {
      standing_record r;
      std::vector<cell> key;
      for (const std::size_t k : of.kind().key) {
        auto v = of.from_text(k, s.is_null(k), s.text(k));
        r.key.push_back(v ? std::move(*v) : value(null()));
        key.emplace_back(s.text(k));
      }
      if (!but.empty() && key_text(key) == key_text(but)) return;
      if (of.versioned()) r.version = number_of(s.text(of.kind().fields.size()));
      r.fields = fields;
      found = std::move(r);
    });
    return found;
  }

  // Which field it was, where that can be told: by an earlier change of the same unit, or by what stands.
  fault conflict_of(const commit_job &unit, std::size_t at) {
    const encoded_change &c = unit.changes[at];
    std::optional<standing_record> standing;
    for (std::size_t i = 0; i < at && !standing; ++i)
      if (unit.changes[i].in == c.in && key_text(unit.changes[i].key) == key_text(c.key) &&
          c.shape.type != change_type::update)
        standing = standing_record{{}, 0, c.in->kind().key};
    try {
      if (!standing) standing = find_standing(c);
    } catch (const database_failure &failure) {
      if (failure.what == failure_class::lost) throw;
    }
    fault why{outcome::conflict, c.in->kind().name + ": a record with this key or unique value stands already", {}};
    if (standing)
      for (const std::size_t f : standing->fields)
        why.inputs.push_back({c.in->kind().fields[f].name, "not-unique", "stands already in another record"});
    return why;
  }

  connection &on_;
  const batch_context &context_;
  const batch_context silent_{context_.now, [](std::string_view, std::string_view) {}};
  std::vector<commit_outcome> outcomes_;
};

}  // namespace

void run_writes(connection &on, std::span<const job_ptr> jobs, const batch_context &context) {
  std::vector<commit_job *> units;
  for (const job_ptr &j : jobs)
    if (!j->answered()) units.push_back(static_cast<commit_job *>(j.get()));
  writer(on, context).run(units, 1);
}

}  // namespace causeway::sql
