// Where each statement costs a round trip, gets of one kind are as few statements as can be, and in PostgreSQL finds of
// one shape are one; counts, and everything in SQLite, are one prepared statement each.
#include <algorithm>
#include <unordered_map>

#include "sql/batch.hpp"
#include "sql/contents_guard.hpp"
#include "sql/keyed_rows.hpp"

namespace causeway::sql {

namespace {

constexpr std::size_t most_keys = 1000;    // of one statement
constexpr std::size_t most_rows = 10'000;  // that several finds in one statement may give: all are held at once

class reader {
 public:
  reader(connection &on, const batch_context &context) : on_(on), context_(context) {}

  void gets(std::vector<get_job *> jobs) {
    while (!jobs.empty()) {
      const table *of = jobs.front()->in;
      std::vector<get_job *> same, rest;
      for (get_job *j : jobs) (j->in == of && same.size() < most_keys ? same : rest).push_back(j);
      jobs = std::move(rest);
      gets_of(*of, same);
    }
  }

  using rows_job = find_job<std::vector<record>>;

  void finds(const std::vector<rows_job *> &jobs) {
    std::unordered_map<std::string_view, std::vector<rows_job *>> of_shape;
    std::vector<std::string_view> shapes;  // in the order they came
    for (rows_job *j : jobs) {
      auto &same = of_shape[j->signature];
      if (same.empty()) shapes.push_back(j->signature);
      same.push_back(j);
    }
    for (const auto shape : shapes) {
      std::vector<rows_job *> part;
      std::size_t rows = 0;
      for (rows_job *j : of_shape[shape]) {
        const auto limit = std::size_t(std::get<std::int64_t>(j->parameters.back()));
        if (!part.empty() && (part.size() == most_keys || rows + limit > most_rows)) {
          finds_of_shape(std::move(part));
          part.clear();
          rows = 0;
        }
        part.push_back(j);
        rows += limit;
      }
      finds_of_shape(std::move(part));
    }
  }

  template <class T>
  void find(find_job<T> &job) {
    if (expired(job)) return;
    try {
      on_.bound(job.deadline);
      answer(job);
    } catch (const database_failure &failure) {
      if (failure.what == failure_class::lost) throw;
      job.fail(fault_of(failure, context_, job.signature));
    }
  }

 private:
  bool expired(job &j) {
    if (j.deadline >= context_.now()) return false;
    j.fail({outcome::deadline, "the deadline passed before the record was read", {}});
    return true;
  }

  void gets_of(const table &of, std::vector<get_job *> jobs) {
    std::erase_if(jobs, [&](get_job *j) { return expired(*j); });
    if (jobs.empty()) return;
    try {
      time_point last = time_point::min();
      for (const get_job *j : jobs) last = std::max(last, j->deadline);
      on_.bound(last);
      get_many(of, jobs);
    } catch (const database_failure &failure) {
      if (failure.what == failure_class::lost) throw;
      const fault why = fault_of(failure, context_, "get " + of.kind().name);
      for (get_job *j : jobs) j->fail(why);
    }
    for (get_job *j : jobs) j->fail({outcome::not_found, "there is no such record", {}});
  }

  void get_many(const table &of, std::span<get_job *const> jobs) {
    std::vector<const std::vector<cell> *> keys;
    keys.reserve(jobs.size());
    for (const get_job *j : jobs) keys.push_back(&j->key);
    std::vector<std::pair<std::size_t, result<record>>> found;
    found.reserve(jobs.size());
    read_by_keys(on_, of, keys, row_lock::none, [&](std::size_t at, statement &s, std::size_t first) {
      found.emplace_back(at, decode(s, of, jobs[at]->kind, first));
    });
    std::vector<record *> records;
    for (auto &[at, r] : found)
      if (r) records.push_back(&*r);
    fill_in_versions(of, records);
    for (auto &[at, r] : found)
      if (!jobs[at]->answered()) jobs[at]->answer(std::move(r));
  }

  // Of records whose versions stand in no column of theirs.
  void fill_in_versions(const table &of, std::span<record *const> records) {
    if (!of.kind().guarded_by_contents) return;
    std::vector<standing_row> rows(records.size());
    std::vector<standing_row *> all;
    for (std::size_t i = 0; i < records.size(); ++i) {
      for (std::size_t f = 0; f < of.kind().fields.size(); ++f)
        rows[i].cells.push_back(of.to_cell(f, records[i]->values[f]).value_or(cell()));
      all.push_back(&rows[i]);
    }
    contents_guard(on_, context_.versions).fill_in(of, all);
    for (std::size_t i = 0; i < records.size(); ++i) records[i]->version = rows[i].version;
  }

  void finds_of_shape(std::vector<rows_job *> jobs) {
    if (on_.dialect() == sql_dialect::postgresql && jobs.size() > 1) {
      std::erase_if(jobs, [&](rows_job *j) { return expired(*j); });
      if (jobs.empty()) return;
      try {
        time_point last = time_point::min();
        for (const rows_job *j : jobs) last = std::max(last, j->deadline);
        on_.bound(last);
        find_many(jobs);
        return;
      } catch (const database_failure &failure) {
        if (failure.what == failure_class::lost) throw;
        // A value that the database cannot take fails only the request that it stands in.
        if (failure.what != failure_class::invalid) {
          const fault why = fault_of(failure, context_, jobs.front()->signature);
          for (rows_job *j : jobs) j->fail(why);
          return;
        }
      }
    }
    for (rows_job *j : jobs) find(*j);
  }

  void find_many(const std::vector<rows_job *> &jobs) {
    const rows_job &first = *jobs.front();
    const table &of = *first.in;
    statement &s = on_.prepared(first.signature + " many", [&] { return find_many_sql(of, first.shape); });
    std::vector<const std::vector<cell> *> parameters;
    parameters.reserve(jobs.size());
    for (const rows_job *j : jobs) parameters.push_back(&j->parameters);
    bind_arrays(s, parameters);
    std::vector<std::vector<record>> rows(jobs.size());
    std::vector<std::optional<fault>> wrong(jobs.size());
    s.run([&] {
      const std::size_t n = std::size_t(s.number(0));
      if (n < 1 || n > jobs.size()) return;
      auto r = decode(s, of, jobs[n - 1]->kind, 1, first.shape.only);
      if (r)
        rows[n - 1].push_back(std::move(*r));
      else
        wrong[n - 1] = r.why();
    });
    std::vector<record *> all;
    for (auto &of_job : rows)
      for (record &r : of_job) all.push_back(&r);
    fill_in_versions(of, all);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (wrong[i])
        jobs[i]->answer(std::move(*wrong[i]));
      else
        jobs[i]->answer(std::move(rows[i]));
    }
  }

  void answer(find_job<std::vector<record>> &job) {
    statement &s = on_.prepared(job.signature, [&] { return find_sql(on_.dialect(), *job.in, job.shape); });
    for (std::size_t i = 0; i < job.parameters.size(); ++i) s.bind(i, job.parameters[i]);
    std::vector<record> rows;
    std::optional<fault> wrong;
    s.run([&] {
      auto r = decode(s, *job.in, job.kind, 0, job.shape.only);
      if (r)
        rows.push_back(std::move(*r));
      else
        wrong = r.why();
    });
    if (wrong) return job.answer(std::move(*wrong));
    std::vector<record *> all;
    for (record &r : rows) all.push_back(&r);
    fill_in_versions(*job.in, all);
    job.answer(std::move(rows));
  }

  void answer(find_job<std::int64_t> &job) {
    statement &s = on_.prepared(job.signature, [&] { return count_sql(on_.dialect(), *job.in, job.shape); });
    for (std::size_t i = 0; i < job.parameters.size(); ++i) s.bind(i, job.parameters[i]);
    std::int64_t number = 0;
    s.run([&] { number = s.number(0); });
    job.answer(number);
  }

  // `only`: the fields that were read; empty: all.
  result<record> decode(statement &s, const table &of, const kind_ptr &kind, std::size_t first,
                        const std::vector<std::size_t> &only = {}) {
    record r(kind);
    const std::size_t fields = only.empty() ? of.kind().fields.size() : only.size();
    for (std::size_t i = 0; i < fields; ++i) {
      const std::size_t at = only.empty() ? i : only[i];
      auto v = of.from_text(at, s.is_null(first + i), s.text(first + i));
      if (!v) {
        const std::string &name = of.kind().fields[at].name;
        context_.report("stored value outside its kind", of.kind().name + " field " + name);
        return fault{outcome::internal,
                     of.kind().name + ": field " + name + " of a stored record holds what its kind does not allow",
                     {}};
      }
      r.values[at] = std::move(*v);
    }
    if (of.versioned()) r.version = s.number(first + fields);
    return r;
  }

  connection &on_;
  const batch_context &context_;
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
  for (const job_ptr &j : jobs)
    if (j->what == verb::get && !j->answered()) gets.push_back(static_cast<get_job *>(j.get()));
  r.gets(std::move(gets));
  std::vector<reader::rows_job *> finds;
  for (const job_ptr &j : jobs)
    if (j->what == verb::find && !j->answered()) finds.push_back(static_cast<reader::rows_job *>(j.get()));
  r.finds(finds);
  for (const job_ptr &j : jobs)
    if (j->what == verb::count && !j->answered()) r.find(static_cast<find_job<std::int64_t> &>(*j));
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
