// Where each statement costs a round trip, gets of one kind are as few statements as can be, and in PostgreSQL finds of
// one shape are one; and there all statements of a batch go over in one message. Counts, and everything in SQLite, are
// one prepared statement each.
#include <algorithm>
#include <memory>
#include <unordered_map>

#include "sql/batch.hpp"
#include "sql/readings.hpp"

namespace causeway::sql {

namespace {

constexpr std::size_t most_found = 10'000;  // that several finds may give before the first is answered
// Finds that are read before the first of them is answered: an answer wakes an event loop that sleeps, which costs more
// than a find, and one that is woken for each would be asleep again before the next.
constexpr std::size_t most_kept = 64;
constexpr std::size_t most_sent_ahead = 8;  // statements whose answers may wait to be taken

class reader {
 public:
  reader(connection &on, const batch_context &context) : on_(on), context_(context) {}

  void gets(std::vector<get_job *> jobs) {
    while (!jobs.empty()) {
      const table *of = jobs.front()->in;
      std::vector<get_job *> same, rest;
      for (get_job *j : jobs) (j->in == of && same.size() < most_keys ? same : rest).push_back(j);
      jobs = std::move(rest);
      std::erase_if(same, [&](get_job *j) { return expired(*j); });
      if (!same.empty()) add(std::make_unique<gets_reading>(on_, context_, *of, std::move(same)));
    }
  }

  void finds(const std::vector<rows_job *> &jobs) {
    if (on_.dialect() != sql_dialect::postgresql) {
      for (rows_job *j : jobs) find(*j);
      give();
      return;
    }
    std::unordered_map<std::string_view, std::vector<rows_job *>> of_shape;
    std::vector<std::string_view> shapes;  // in the order they came
    for (rows_job *j : jobs) {
      if (expired(*j)) continue;
      auto &same = of_shape[j->signature];
      if (same.empty()) shapes.push_back(j->signature);
      same.push_back(j);
    }
    for (const auto shape : shapes) {
      std::vector<rows_job *> part;
      std::size_t rows = 0;
      for (rows_job *j : of_shape[shape]) {
        const auto limit = std::size_t(std::get<std::int64_t>(j->parameters.back()));
        if (!part.empty() && (part.size() == most_keys || rows + limit > most_found)) {
          add(std::make_unique<finds_reading>(on_, context_, std::move(part)));
          part.clear();
          rows = 0;
        }
        part.push_back(j);
        rows += limit;
      }
      add(std::make_unique<finds_reading>(on_, context_, std::move(part)));
    }
  }

  void count(find_job<std::int64_t> &job) {
    if (!expired(job)) add(std::make_unique<count_reading>(on_, context_, job));
  }

  // What was added.
  void read() {
    for (std::size_t first = 0; first < readings_.size(); first += most_sent_ahead) {
      const auto some = std::span(readings_).subspan(first, std::min(most_sent_ahead, readings_.size() - first));
      if (on_.can_send_ahead() && some.size() > 1)
        together(some);
      else
        for (const auto &one : some) alone(*one);
    }
  }

 private:
  void add(std::unique_ptr<reading> one) { readings_.push_back(std::move(one)); }

  bool expired(job &j) {
    if (j.deadline >= context_.now()) return false;
    j.fail(too_late());
    return true;
  }

  static fault too_late() { return {outcome::deadline, "the deadline passed before the record was read", {}}; }

  // In SQLite the rows wait for those of the next finds.
  void find(rows_job &job) {
    if (expired(job)) return;
    finds_reading one(on_, context_, {&job});
    if (on_.dialect() != sql_dialect::sqlite3) return alone(one);
    try {
      start(one);
      auto rows = one.read_one();
      if (rows) rows_kept_ += rows->size();
      kept_.emplace_back(&job, std::move(rows));
    } catch (const database_failure &failure) {
      failed(one, failure);
    }
    if (kept_.size() >= most_kept || rows_kept_ >= most_found) give();
  }

  void give() {
    for (auto &[job, rows] : kept_) job->answer(std::move(rows));
    kept_.clear();
    rows_kept_ = 0;
  }

  void start(reading &one) {
    on_.bound(one.deadline());
    one.prepare();
    one.bind();
  }

  void alone(reading &one) {
    try {
      start(one);
      one.take();
    } catch (const database_failure &failure) {
      failed(one, failure);
    }
  }

  void failed(reading &one, const database_failure &failure) {
    if (failure.what == failure_class::lost) throw failure;
    const auto each = is_everyones(failure.what) ? std::vector<std::unique_ptr<reading>>() : one.one_by_one();
    if (each.empty()) return one.fail(fault_of(failure, context_, one.doing()));
    for (const auto &its : each) {
      if (its->deadline() < context_.now())
        its->fail(too_late());
      else
        alone(*its);
    }
  }

  // What each of several would meet; anything else may come of the value or the row of one.
  static bool is_everyones(failure_class what) {
    return what == failure_class::unavailable || what == failure_class::exhausted || what == failure_class::deadline;
  }

  // In one message. What one that fails has held up is read by itself.
  void together(std::span<const std::unique_ptr<reading>> all) {
    std::vector<reading *> sent, by_themselves;
    std::vector<std::pair<reading *, database_failure>> not_read;
    time_point last = time_point::min();
    for (const auto &one : all) last = std::max(last, one->deadline());
    on_.bound(last);
    for (const auto &one : all) {
      if (one->needs_others()) {
        by_themselves.push_back(one.get());
        continue;
      }
      try {
        one->prepare();
        sent.push_back(one.get());
      } catch (const database_failure &failure) {
        if (failure.what == failure_class::lost) throw;
        not_read.emplace_back(one.get(), failure);
      }
    }
    {
      const sent_statements ahead(on_);
      for (reading *one : sent) {
        one->bind();
        one->send();
      }
      for (reading *one : sent) {
        try {
          one->take();
        } catch (const database_failure &failure) {
          if (failure.what == failure_class::lost) throw;
          if (failure.what == failure_class::again)
            by_themselves.push_back(one);
          else
            not_read.emplace_back(one, failure);
        }
      }
    }
    for (const auto &[one, failure] : not_read) failed(*one, failure);
    for (reading *one : by_themselves) alone(*one);
  }

  connection &on_;
  const batch_context &context_;
  std::vector<std::unique_ptr<reading>> readings_;
  std::vector<std::pair<rows_job *, result<std::vector<record>>>> kept_;
  std::size_t rows_kept_ = 0;
};

class reads_together {
 public:
  reads_together(connection &on, std::size_t count) : on_(on), several_(count > 1) {
    if (several_) on_.begin_reads();
  }
  ~reads_together() {
    if (several_) on_.end_reads();
  }
  reads_together(const reads_together &) = delete;
  reads_together &operator=(const reads_together &) = delete;

 private:
  connection &on_;
  const bool several_;
};

}  // namespace

void run_reads(connection &on, std::span<const job_ptr> jobs, const batch_context &context) {
  const reads_together whole(on, jobs.size());
  reader r(on, context);
  std::vector<get_job *> gets;
  std::vector<rows_job *> finds;
  for (const job_ptr &j : jobs) {
    if (j->answered()) continue;
    if (j->what == verb::get) gets.push_back(static_cast<get_job *>(j.get()));
    if (j->what == verb::find) finds.push_back(static_cast<rows_job *>(j.get()));
    if (j->what == verb::count) r.count(static_cast<find_job<std::int64_t> &>(*j));
  }
  r.gets(std::move(gets));
  r.finds(finds);
  r.read();
}

fault fault_of(const database_failure &failure, const batch_context &context, std::string_view doing) {
  switch (failure.what) {
    case failure_class::unique:
      return {outcome::conflict, "a record with this key or unique value stands already", {}};
    case failure_class::reference:
      return {outcome::conflict, "another record stands in the way", {}};
    case failure_class::invalid:
      return {outcome::invalid, "the database cannot hold one of the values", {}};
    case failure_class::deadline:
      return {outcome::deadline, "the deadline passed while the database worked", {}};
    case failure_class::again:
      return {outcome::unavailable, "the change lost against others again and again", {}};
    case failure_class::exhausted:
    case failure_class::unavailable:
    case failure_class::lost:
      context.report("database unavailable", failure.code);
      return {outcome::unavailable, "the database cannot do it now", {}};
    case failure_class::internal:
      break;
  }
  context.report("database refused a statement", failure.code + " at " + std::string(doing));
  return {outcome::internal, "the database refused a statement", {}};
}

}  // namespace causeway::sql
