// In PostgreSQL, where each statement costs a round trip, gets of one kind are one statement, and so are finds of one
// shape; counts, and everything in SQLite, are one prepared statement each.
#include <algorithm>
#include <unordered_map>

#include "sql/batch.hpp"

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
      statement &s = on_.prepared("get " + of.kind().name, [&] { return get_sql(on_.dialect(), of); });
      if (on_.dialect() == sql_dialect::postgresql) {
        get_many(s, of, jobs);
      } else {
        for (get_job *j : jobs) get_one(s, of, *j);
      }
    } catch (const database_failure &failure) {
      if (failure.what == failure_class::lost) throw;
      const fault why = fault_of(failure, context_, "get " + of.kind().name);
      for (get_job *j : jobs) j->fail(why);
    }
    for (get_job *j : jobs) j->fail({outcome::not_found, "there is no such record", {}});
  }

  void get_many(statement &s, const table &of, std::span<get_job *const> jobs) {
    for (std::size_t k = 0; k < of.kind().key.size(); ++k) {
      std::string array = "{";
      for (const get_job *j : jobs) append_element(array, j->key[k]);
      array += '}';
      s.bind(k, array);
    }
    std::vector<std::pair<std::size_t, result<record>>> found;
    found.reserve(jobs.size());
    s.run([&] {
      const std::size_t n = std::size_t(std::strtoull(s.text(0).c_str(), nullptr, 10));
      if (n >= 1 && n <= jobs.size()) found.emplace_back(n - 1, decode(s, of, jobs[n - 1]->kind, 1));
    });
    for (auto &[at, r] : found)
      if (!jobs[at]->answered()) jobs[at]->answer(std::move(r));
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
    for (std::size_t p = 0; p < first.parameters.size(); ++p) {
      std::string array = "{";
      for (const rows_job *j : jobs) append_element(array, j->parameters[p]);
      array += '}';
      s.bind(p, array);
    }
    std::vector<std::vector<record>> rows(jobs.size());
    std::vector<std::optional<fault>> wrong(jobs.size());
    s.run([&] {
      const std::size_t n = std::size_t(std::strtoull(s.text(0).c_str(), nullptr, 10));
      if (n < 1 || n > jobs.size()) return;
      auto r = decode(s, of, jobs[n - 1]->kind, 1);
      if (r)
        rows[n - 1].push_back(std::move(*r));
      else
        wrong[n - 1] = r.why();
    });
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (wrong[i])
        jobs[i]->answer(std::move(*wrong[i]));
      else
        jobs[i]->answer(std::move(rows[i]));
    }
  }

  void get_one(statement &s, const table &of, get_job &job) {
    for (std::size_t k = 0; k < job.key.size(); ++k) s.bind(k, job.key[k]);
    result<record> found = fault{outcome::not_found, "there is no such record", {}};
    s.run([&] { found = decode(s, of, job.kind, 0); });
    job.answer(std::move(found));
  }

  void answer(find_job<std::vector<record>> &job) {
    statement &s = on_.prepared(job.signature, [&] { return find_sql(*job.in, job.shape); });
    for (std::size_t i = 0; i < job.parameters.size(); ++i) s.bind(i, job.parameters[i]);
    std::vector<record> rows;
    std::optional<fault> wrong;
    s.run([&] {
      auto r = decode(s, *job.in, job.kind, 0);
      if (r)
        rows.push_back(std::move(*r));
      else
        wrong = r.why();
    });
    if (wrong)
      job.answer(std::move(*wrong));
    else
      job.answer(std::move(rows));
  }

  void answer(find_job<std::int64_t> &job) {
    statement &s = on_.prepared(job.signature, [&] { return count_sql(*job.in, job.shape); });
    for (std::size_t i = 0; i < job.parameters.size(); ++i) s.bind(i, job.parameters[i]);
    std::int64_t number = 0;
    s.run([&] { number = std::strtoll(s.text(0).c_str(), nullptr, 10); });
    job.answer(number);
  }

  result<record> decode(statement &s, const table &of, const kind_ptr &kind, std::size_t first) {
    record r(kind);
    const std::size_t fields = of.kind().fields.size();
    for (std::size_t i = 0; i < fields; ++i) {
      auto v = of.from_text(i, s.is_null(first + i), s.text(first + i));
      if (!v) {
        const std::string &name = of.kind().fields[i].name;
        context_.report("stored value outside its kind", of.kind().name + " field " + name);
        return fault{outcome::internal,
                     of.kind().name + ": field " + name + " of a stored record holds what its kind does not allow",
                     {}};
      }
      r.values[i] = std::move(*v);
    }
    if (of.versioned()) r.version = std::strtoll(s.text(first + fields).c_str(), nullptr, 10);
    return r;
  }

  connection &on_;
  const batch_context &context_;
};

}  // namespace

void run_reads(connection &on, std::span<const job_ptr> jobs, const batch_context &context) {
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

void append_element(std::string &array, const cell &c) {
  if (array.size() > 1) array += ',';
  if (std::holds_alternative<std::monostate>(c)) {
    array += "NULL";
  } else if (const auto *number = std::get_if<std::int64_t>(&c)) {
    array += std::to_string(*number);
  } else {
    array += '"';
    for (const char ch : std::get<std::string>(c)) {
      if (ch == '"' || ch == '\\') array += '\\';
      array += ch;
    }
    array += '"';
  }
}

}  // namespace causeway::sql
