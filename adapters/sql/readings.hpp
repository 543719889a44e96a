// What one statement reads, and for whom: gets of one kind, finds of one shape, a count.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "sql/batch.hpp"
#include "sql/keyed_rows.hpp"

namespace causeway::sql {

// Prepared, bound and taken, in this order; other readings may be between the steps. Each throws database_failure.
// Lives no longer than its arguments.
class reading {
 public:
  virtual ~reading() = default;

  virtual void prepare() = 0;
  virtual void bind() = 0;
  // Runs what was bound, and answers.
  virtual void take() = 0;
  // Sends what was bound ahead; `take` then waits for it.
  void send() { prepared->send(); }

  // Whether `take` runs other statements too.
  bool needs_others() const { return of.kind().guarded_by_contents; }

  virtual const std::string &doing() const = 0;  // for the report of a failure
  virtual time_point deadline() const = 0;       // of the most patient
  // Answers with the fault who is not answered yet.
  virtual void fail(const fault &why) = 0;
  // A reading for each of those that it is for; none where it is for one.
  virtual std::vector<std::unique_ptr<reading>> one_by_one() const { return {}; }

 protected:
  reading(connection &c, const batch_context &b, const table &t) : on(c), context(b), of(t) {}

  // The row at hand, whose first field stands in the column `first`. `only`: the fields that were read; empty: all.
  result<record> decode(const kind_ptr &kind, std::size_t first, const std::vector<std::size_t> &only = {}) const {
    return decode(*prepared, kind, first, only);
  }
  result<record> decode(statement &at, const kind_ptr &kind, std::size_t first,
                        const std::vector<std::size_t> &only = {}) const;
  // Of records whose versions stand in no column of theirs.
  void fill_in_versions(const std::vector<record *> &records) const;

  connection &on;
  const batch_context &context;
  const table &of;
  statement *prepared = nullptr;
};

// Of one table. Whose record is not there is answered so.
class gets_reading final : public reading {
 public:
  gets_reading(connection &c, const batch_context &b, const table &t, std::vector<get_job *> jobs);
  void prepare() override;
  void bind() override;
  void take() override;
  const std::string &doing() const override { return doing_; }
  time_point deadline() const override;
  void fail(const fault &why) override;
  std::vector<std::unique_ptr<reading>> one_by_one() const override;

 private:
  std::vector<get_job *> jobs_;
  std::vector<const std::vector<cell> *> keys_;
  std::string doing_;
};

using rows_job = find_job<std::vector<record>>;

// Of one shape; more than one in PostgreSQL only.
class finds_reading final : public reading {
 public:
  finds_reading(connection &c, const batch_context &b, std::vector<rows_job *> jobs);
  void prepare() override;
  void bind() override;
  void take() override;
  const std::string &doing() const override { return jobs_.front()->signature; }
  time_point deadline() const override;
  void fail(const fault &why) override;
  std::vector<std::unique_ptr<reading>> one_by_one() const override;

  // Of one job: runs what was bound, for the caller to answer with.
  result<std::vector<record>> read_one();

 private:
  void take_many();

  std::vector<rows_job *> jobs_;
};

class count_reading final : public reading {
 public:
  count_reading(connection &c, const batch_context &b, find_job<std::int64_t> &job)
      : reading(c, b, *job.in), job_(job) {}
  void prepare() override;
  void bind() override;
  void take() override;
  const std::string &doing() const override { return job_.signature; }
  time_point deadline() const override { return job_.deadline; }
  void fail(const fault &why) override { job_.fail(why); }

 private:
  find_job<std::int64_t> &job_;
};

}  // namespace causeway::sql
