#include "sql/readings.hpp"

#include <algorithm>

#include "sql/contents_guard.hpp"

namespace causeway::sql {

namespace {

template <class Job>
time_point latest(const std::vector<Job *> &jobs) {
  time_point last = time_point::min();
  for (const Job *j : jobs) last = std::max(last, j->deadline);
  return last;
}

}  // namespace

result<record> reading::decode(statement &at, const kind_ptr &kind, std::size_t first,
                               const std::vector<std::size_t> &only) const {
  record r(kind);
  const std::size_t fields = only.empty() ? of.kind().fields.size() : only.size();
  for (std::size_t i = 0; i < fields; ++i) {
    const std::size_t field = only.empty() ? i : only[i];
    auto v = of.from_text(field, at.is_null(first + i), at.text(first + i));
    if (!v) {
      const std::string &name = of.kind().fields[field].name;
      context.report("stored value outside its kind", of.kind().name + " field " + name);
      return fault{outcome::internal,
                   of.kind().name + ": field " + name + " of a stored record holds what its kind does not allow",
                   {}};
    }
    r.values[field] = std::move(*v);
  }
  if (of.versioned()) r.version = at.number(first + fields);
  return r;
}

void reading::fill_in_versions(const std::vector<record *> &records) const {
  if (!needs_others()) return;
  std::vector<standing_row> rows(records.size());
  std::vector<standing_row *> all;
  for (std::size_t i = 0; i < records.size(); ++i) {
    for (std::size_t f = 0; f < of.kind().fields.size(); ++f)
      rows[i].cells.push_back(of.to_cell(f, records[i]->values[f]).value_or(cell()));
    all.push_back(&rows[i]);
  }
  contents_guard(on, context.versions).fill_in(of, all);
  for (std::size_t i = 0; i < records.size(); ++i) records[i]->version = rows[i].version;
}

gets_reading::gets_reading(connection &c, const batch_context &b, const table &t, std::vector<get_job *> jobs)
    : reading(c, b, t), jobs_(std::move(jobs)), doing_("get " + t.kind().name) {
  keys_.reserve(jobs_.size());
  for (const get_job *j : jobs_) keys_.push_back(&j->key);
}

void gets_reading::prepare() {
  if (reads_in_one(on, keys_.size())) prepared = &keyed_statement(on, of, keys_.size(), row_lock::none);
}

void gets_reading::bind() {
  if (prepared) bind_keys(*prepared, keys_);
}

void gets_reading::take() {
  std::vector<std::pair<std::size_t, result<record>>> found;
  found.reserve(jobs_.size());
  const auto row = [&](std::size_t at, statement &s, std::size_t first) {
    found.emplace_back(at, decode(s, jobs_[at]->kind, first));
  };
  if (prepared)
    run_keyed(*prepared, keys_.size(), row);
  else
    read_by_keys(on, of, keys_, row_lock::none, row);
  std::vector<record *> records;
  for (auto &[at, r] : found)
    if (r) records.push_back(&*r);
  fill_in_versions(records);
  for (auto &[at, r] : found)
    if (!jobs_[at]->answered()) jobs_[at]->answer(std::move(r));
  fail({outcome::not_found, "there is no such record", {}});
}

time_point gets_reading::deadline() const { return latest(jobs_); }

void gets_reading::fail(const fault &why) {
  for (get_job *j : jobs_) j->fail(why);
}

std::vector<std::unique_ptr<reading>> gets_reading::one_by_one() const {
  std::vector<std::unique_ptr<reading>> each;
  if (jobs_.size() > 1)
    for (get_job *j : jobs_) each.push_back(std::make_unique<gets_reading>(on, context, of, std::vector{j}));
  return each;
}

finds_reading::finds_reading(connection &c, const batch_context &b, std::vector<rows_job *> jobs)
    : reading(c, b, *jobs.front()->in), jobs_(std::move(jobs)) {}

void finds_reading::prepare() {
  const rows_job &first = *jobs_.front();
  if (jobs_.size() > 1)
    prepared = &on.prepared(first.signature + " many", [&] { return find_many_sql(of, first.shape); });
  else
    prepared = &on.prepared(first.signature, [&] { return find_sql(on.dialect(), of, first.shape); });
}

void finds_reading::bind() {
  if (jobs_.size() > 1) {
    std::vector<const std::vector<cell> *> parameters;
    parameters.reserve(jobs_.size());
    for (const rows_job *j : jobs_) parameters.push_back(&j->parameters);
    return bind_arrays(*prepared, parameters);
  }
  const auto &parameters = jobs_.front()->parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) prepared->bind(i, parameters[i]);
}

void finds_reading::take() {
  if (jobs_.size() > 1)
    take_many();
  else
    jobs_.front()->answer(read_one());
}

result<std::vector<record>> finds_reading::read_one() {
  const rows_job &job = *jobs_.front();
  std::vector<record> rows;
  std::optional<fault> wrong;
  prepared->run([&] {
    auto r = decode(job.kind, 0, job.shape.only);
    if (r)
      rows.push_back(std::move(*r));
    else
      wrong = r.why();
  });
  if (wrong) return std::move(*wrong);
  if (needs_others()) {
    std::vector<record *> all;
    for (record &r : rows) all.push_back(&r);
    fill_in_versions(all);
  }
  return rows;
}

void finds_reading::take_many() {
  std::vector<std::vector<record>> rows(jobs_.size());
  std::vector<std::optional<fault>> wrong(jobs_.size());
  prepared->run([&] {
    const std::size_t at = std::size_t(prepared->number(0)) - 1;
    if (at >= jobs_.size()) return;
    auto r = decode(jobs_[at]->kind, 1, jobs_[at]->shape.only);
    if (r)
      rows[at].push_back(std::move(*r));
    else
      wrong[at] = r.why();
  });
  std::vector<record *> all;
  for (auto &of_job : rows)
    for (record &r : of_job) all.push_back(&r);
  fill_in_versions(all);
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (wrong[i])
      jobs_[i]->answer(std::move(*wrong[i]));
    else
      jobs_[i]->answer(std::move(rows[i]));
  }
}

time_point finds_reading::deadline() const { return latest(jobs_); }

void finds_reading::fail(const fault &why) {
  for (rows_job *j : jobs_) j->fail(why);
}

std::vector<std::unique_ptr<reading>> finds_reading::one_by_one() const {
  std::vector<std::unique_ptr<reading>> each;
  if (jobs_.size() > 1)
    for (rows_job *j : jobs_) each.push_back(std::make_unique<finds_reading>(on, context, std::vector{j}));
  return each;
}

void count_reading::prepare() {
  prepared = &on.prepared(job_.signature, [&] { return count_sql(on.dialect(), of, job_.shape); });
}

void count_reading::bind() {
  for (std::size_t i = 0; i < job_.parameters.size(); ++i) prepared->bind(i, job_.parameters[i]);
}

void count_reading::take() {
  std::int64_t number = 0;
  prepared->run([&] { number = prepared->number(0); });
  job_.answer(number);
}

}  // namespace causeway::sql
