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
#include "sql/keyed_rows.hpp"
#include "sql/step_runner.hpp"
#include "store/fault_point.hpp"

namespace causeway::sql {

namespace {

using units_view = std::span<commit_job *const>;

constexpr std::size_t most_rows = 2000;  // of one statement
// Of a step's rows: so many cost as much by an INSERT each as by a COPY, which the server answers once more.
constexpr std::size_t most_sent = 4;
constexpr int most_tries = 5;  // of a unit that loses against another transaction

struct attempt_failure {
  bool again = false;       // may well work at the next try
  bool everyone = false;    // not one unit's fault: the database cannot work now
  bool one_change = false;  // the change at fault is known
  fault why;
  bool copying = false;  // a COPY failed, where an INSERT may find nothing wrong, or says what is
};

fault stale_fault(const table &of) {
  return {outcome::stale, of.kind().name + ": the record is not there, or was changed meanwhile", {}};
}

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
    if (failure && failure->copying && !failure->everyone) {
      may_copy_ = false;
      failure = attempt(waiting, most_rows);
    }
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
    attempt_outcomes outcomes(units);
    try {
      time_point last = time_point::min();
      for (const commit_job *u : units) last = std::max(last, u->deadline);
      on_.bound(last);  // outside the transaction: a rollback would take it back
      CAUSEWAY_FAULT_POINT("store.write.beginning");
      step_runner runner(on_, context_, units, outcomes, may_copy_);
      copying_ = std::all_of(plan.begin(), plan.end(), [&](const write_step &step) { return runner.can_copy(step); });
      if (copying_ && may_be_sent(plan)) {
        send(plan, runner, current, committing);
      } else if (copying_) {
        std::vector<copied_rows> all;
        for (const write_step &step : plan) all.push_back(runner.rows_to_copy(step));
        current = &plan.front();
        on_.copy_in_transaction(all, [&](std::size_t sent) {
          current = &plan[sent];
          CAUSEWAY_FAULT_POINT("store.write.under-way");
          if (sent + 1 < plan.size()) return;
          committing = true;
          CAUSEWAY_FAULT_POINT("store.write.committing");
        });
      } else {
        on_.begin();
        for (const write_step &step : plan) {
          current = &step;
          copying_ = runner.copies(step);
          runner.run(step);
          CAUSEWAY_FAULT_POINT("store.write.under-way");
        }
        current = nullptr;
        committing = true;
        CAUSEWAY_FAULT_POINT("store.write.committing");
        on_.commit();
      }
      CAUSEWAY_FAULT_POINT("store.write.committed");
    } catch (const database_failure &failure) {
      return failed(units, failure, current, committing);
    } catch (const stale_step &stale) {
      on_.rollback();
      const bool known = stale.known || stale.step->places.size() == 1;
      return attempt_failure{false, false, known, stale_fault(*change_at(units, stale.step->places[0]).in), false};
    }
    for (std::size_t u = 0; u < units.size(); ++u) units[u]->answer(outcomes.take(u));
    CAUSEWAY_FAULT_POINT("store.write.answered");
    return std::nullopt;
  }

  bool may_be_sent(const std::vector<write_step> &plan) const {
    return on_.can_send_ahead() && std::all_of(plan.begin(), plan.end(),
                                               [](const write_step &step) { return step.places.size() <= most_sent; });
  }

  // The whole transaction in one message, of which the server leaves out what comes behind an insert that fails.
  void send(const std::vector<write_step> &plan, step_runner &runner, const write_step *&current, bool &committing) {
    const auto of_one_word = [this](const char *word) -> statement & {
      return on_.prepared(word, [word] { return sql_text{word, {}, 0}; });
    };
    statement &begin = of_one_word("BEGIN");
    statement &commit = of_one_word("COMMIT");
    for (const write_step &step : plan) runner.prepare_inserts(step);
    const sent_statements ahead(on_);
    begin.send();
    for (const write_step &step : plan) {
      current = &step;
      runner.send_inserts(step);
      CAUSEWAY_FAULT_POINT("store.write.under-way");
    }
    current = &plan.front();
    committing = true;
    CAUSEWAY_FAULT_POINT("store.write.committing");
    commit.send();
    begin.run();
    for (const write_step &step : plan) {
      current = &step;
      runner.take_inserts(step);
    }
    current = nullptr;
    commit.run();
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
    told.again = failure.what == failure_class::again || (at && met_another(failure, change_at(units, at->places[0])));
    // Where there is no room for one of them there may be for the others; where there is none to commit, for none.
    told.everyone =
        failure.what == failure_class::unavailable || (failure.what == failure_class::exhausted && at == nullptr);
    told.one_change = at && at->places.size() == 1;
    told.copying = at && copying_;
    std::string doing = "commit";
    if (at) {
      const encoded_change &c = change_at(units, at->places[0]);
      doing = "change " + c.form->signature + " of " + c.in->kind().name;
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

  // Somebody inserted what was looked for and not found; the next look finds it.
  bool met_another(const database_failure &failure, const encoded_change &c) const {
    const bool inserts = c.type() == change_type::insert_absent || c.type() == change_type::put;
    return failure.what == failure_class::unique && inserts && looks_first(on_.dialect(), *c.in, c.type());
  }

  static const encoded_change &change_at(units_view units, write_step::place p) {
    return units[p.unit]->changes[p.change];
  }

  // Which field it was, where that can be told: by an earlier change of the same unit, or by what stands.
  fault conflict_of(const commit_job &unit, std::size_t at) {
    const encoded_change &c = unit.changes[at];
    std::optional<standing_record> standing;
    for (std::size_t i = 0; i < at && !standing; ++i)
      if (unit.changes[i].in == c.in && text_of_cells(unit.changes[i].key()) == text_of_cells(c.key()) &&
          c.type() != change_type::update)
        standing = standing_record{{}, 0, c.in->kind().key};
    try {
      if (!standing) standing = find_standing(on_, context_, c);
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
  const batch_context silent_{context_.now, [](std::string_view, std::string_view) {}, context_.versions};
  bool may_copy_ = true;
  bool copying_ = false;  // what is under way is a COPY, or stands for one
};

}  // namespace

void run_writes(connection &on, std::span<const job_ptr> jobs, const batch_context &context) {
  std::vector<commit_job *> units;
  for (const job_ptr &j : jobs)
    if (!j->answered()) units.push_back(static_cast<commit_job *>(j.get()));
  writer(on, context).run(units, 1);
}

}  // namespace causeway::sql
