// The record store's contract as tests that run over every implementation. One fixture, one parameter: which.
#pragma once

#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "sql/sql_store.hpp"
#include "store/key_maker.hpp"
#include "store/record_store.hpp"
#include "tests/support/test_database.hpp"

namespace causeway::testing {

time_point wall_clock();
// Ten seconds from now: longer than any test should take.
time_point soon();
// Waits until it is so, at most ten seconds.
template <class Condition>
bool comes_true(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

// The kinds that the tests use. On a legacy implementation the same fields stand in tables of another shape: codes,
// csids and dates as numbers, CHAR columns, the database's own dates, and no version column.
kind_ptr
person_kind();          // "test.person": key csid; version; a field of each type, all of them; code table; unique email
kind_ptr event_kind();  // "test.event": key eventId, a generated uuid; csid, at, note; index csid, at, eventId
kind_ptr ticket_kind();   // "test.ticket": key ticketNo, a generated id; csid, sourceId unique; version
kind_ptr journal_kind();  // "test.journal": key entryId, serial; text; tag unique
kind_ptr choice_kind();   // "test.choice": key csid, product, rank; channel; version
std::vector<kind_ptr> all_kinds();

using named_value = std::pair<std::string_view, value>;
// The record with these fields; the others are absent.
record make(const kind_ptr &kind, std::initializer_list<named_value> fields);
// A person with all that is required, and these fields.
record person(std::string csid, std::initializer_list<named_value> more = {});

change insert(record what);
change insert_absent(record what);
change update(record what, std::int64_t version);
change put(record what);
change require(record what, std::int64_t version);
change erase(record what);
change erase_at(record what, std::int64_t version);

enum class implementation {
  memory,
  sqlite3,
  postgresql,
  mysql,
  odbc_postgresql,
  odbc_mysql,
  sqlite3_legacy,
  postgresql_legacy,
  mysql_legacy,
  odbc_postgresql_legacy,
  odbc_mysql_legacy,
};
sql_dialect dialect_of(implementation which);
bool is_legacy(implementation which);
bool is_odbc(implementation which);
// Of these those that are to be tried here: the shape of tables makes no difference to threads, nor to what a driver
// does with memory.
std::vector<implementation> tried(std::initializer_list<implementation> all);
void PrintTo(implementation which, std::ostream *to);
std::string name_of(const ::testing::TestParamInfo<implementation> &info);

// A folder of the test's own, removed with it.
class temporary_folder {
 public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder &) = delete;
  const std::filesystem::path &path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// What a SQL store reported; any thread.
class report_log {
 public:
  void add(std::string_view event, std::string_view detail);
  std::vector<std::string> lines() const;  // "event: detail"

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

class any_store : public ::testing::TestWithParam<implementation> {
 protected:
  void SetUp() override;
  void TearDown() override;

  bool is_sql() const { return GetParam() != implementation::memory; }
  sql_dialect dialect() const { return dialect_of(GetParam()); }
  // Options for a SQL store over this test's database.
  sql_store_options sql_options();
  sql_store &sql() { return static_cast<sql_store &>(*store_); }
  void empty_database();
  // A statement straight to the database.
  void behind_its_back(const std::string &statement);
  // Ends the store; the database stays.
  void close() { store_.reset(); }
  void reopen();

  result<commit_outcome> commit(std::vector<change> changes);
  result<record> get(const kind_ptr &kind, std::vector<value> key);
  result<record> get_person(const std::string &csid) { return get(person_kind(), {csid}); }
  result<std::vector<record>> find(find_request request);
  result<std::int64_t> count(find_request request);
  // Commits what must succeed.
  commit_outcome committed(std::vector<change> changes);

  std::shared_ptr<key_maker> keys_ = std::make_shared<key_maker>(wall_clock, 7);
  temporary_folder folder_;
  test_database *database_ = nullptr;  // PostgreSQL, MariaDB: one for all tests, empty for each
  report_log log_;
  std::unique_ptr<record_store> store_;
};

// The same, over the SQL stores only, on tables of the plain shape.
class any_sql_store : public any_store {};

// Expects a result to be this fault.
template <class T>
::testing::AssertionResult is_fault(const result<T> &r, outcome what) {
  if (r) return ::testing::AssertionFailure() << "it succeeded";
  if (r.why().what != what)
    return ::testing::AssertionFailure() << "it is outcome " << unsigned(r.why().what) << ": " << r.why().detail;
  return ::testing::AssertionSuccess();
}
// And that its inputs name just these fields.
template <class T>
::testing::AssertionResult is_fault_of(const result<T> &r, outcome what, const std::vector<std::string> &fields) {
  if (auto is = is_fault(r, what); !is) return is;
  std::vector<std::string> named;
  for (const auto &i : r.why().inputs) named.push_back(i.pointer);
  if (named == fields) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "the inputs name " << ::testing::PrintToString(named);
}
template <class T>
::testing::AssertionResult succeeded(const result<T> &r) {
  if (r) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "outcome " << unsigned(r.why().what) << ": " << r.why().detail;
}

}  // namespace causeway::testing
