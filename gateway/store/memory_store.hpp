// A record store in memory, for tests of plugins, relay and host: every verb by the contract of record_store.hpp, and
// faults on demand.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/key_maker.hpp"
#include "store/record_store.hpp"

namespace causeway {

// Any thread. Completions are called before the verb returns, on its thread, with no lock held.
class memory_store final : public record_store {
 public:
  // Holds records of these kinds only; a request for another is `internal`. `keys` makes generated keys. With `now`,
  // a deadline that has passed gives `deadline` and does nothing; without it deadlines do not matter.
  explicit memory_store(std::vector<kind_ptr> kinds, std::shared_ptr<key_maker> keys,
                        std::function<time_point()> now = {});
  ~memory_store() override;

  void get(get_request request, time_point deadline, completion<record> done) override;
  void find(find_request request, time_point deadline, completion<std::vector<record>> done) override;
  void count(find_request request, time_point deadline, completion<std::int64_t> done) override;
  void commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) override;
  store_state state() const override;

  // Stands in for a view: before a record of this read-only kind is read, its rows are worked out anew from all records
  // of other kinds, by kind name, in the order of their keys. `rows` must not use this store. Before any verb.
  using records_of = std::function<std::vector<record>(std::string_view kind)>;
  void derive(std::string_view kind, std::function<std::vector<record>(const records_of &)> rows);

  // The next `times` verbs, whichever they are, do nothing and give this fault.
  void fail_next(outcome what, std::size_t times = 1);
  // While away, every verb does nothing and gives `unavailable`.
  void set_away(bool away);

 private:
  struct table;
  struct undo;

  template <class T, class Work>
  void run(time_point deadline, const completion<T> &done, Work work);
  table *find_table(const kind_ptr &kind);
  table *table_to_read(const kind_ptr &kind);
  result<std::vector<const record *>> select(const find_request &request);
  result<change_outcome> apply(const change &c, std::vector<undo> &undone_by);
  result<change_outcome> insert(table &in, const change &c, std::vector<undo> &undone_by);
  result<change_outcome> replace(table &in, const change &c, const std::vector<value> &key,
                                 std::vector<undo> &undone_by);

  std::shared_ptr<key_maker> keys_;
  std::function<time_point()> now_;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<table>, std::less<>> tables_;  // by kind name
  outcome failing_with_ = outcome::internal;
  std::size_t failing_times_ = 0;
  bool away_ = false;
};

}  // namespace causeway
