// What waits in the queue: a request translated to cells, with the completion that it owes its caller.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sql/change_form.hpp"
#include "sql/read_sql.hpp"
#include "sql/table.hpp"
#include "store/key_maker.hpp"
#include "store/record_store.hpp"

namespace causeway::sql {

enum class verb { get, find, count, commit };

// Owns everything it needs, its caller may be gone. Answered exactly once; made on any thread, then a worker's.
struct job {
  verb what;
  time_point deadline;

  job(verb w, time_point d) : what(w), deadline(d) {}
  virtual ~job() = default;
  virtual bool answered() const = 0;
  // Answers with a fault, if it is not answered yet.
  virtual void fail(const fault &why) = 0;
};
using job_ptr = std::unique_ptr<job>;

template <class T>
struct job_for : job {
  record_store::completion<T> done;

  job_for(verb w, time_point d, record_store::completion<T> c) : job(w, d), done(std::move(c)) {}
  bool answered() const override { return !done; }
  void fail(const fault &why) override {
    if (done) answer(why);
  }
  void answer(result<T> r) {
    const auto complete = std::exchange(done, nullptr);
    complete(std::move(r));
  }
};

struct get_job final : job_for<record> {
  using job_for::job_for;
  kind_ptr kind;
  const table *in = nullptr;
  std::vector<cell> key;
};

// A find or a count.
template <class T>
struct find_job final : job_for<T> {
  using job_for<T>::job_for;
  kind_ptr kind;
  const table *in = nullptr;
  find_shape shape;
  std::string signature;
  std::vector<cell> parameters;
};

// A change ready to be bound.
struct encoded_change {
  const table *in = nullptr;
  const change_form *form = nullptr;
  std::vector<cell> cells;                       // in the order of the form's parameters
  std::int64_t expected = 0;                     // the version, of an update or a require
  std::size_t first_touch = 0, touch_count = 0;  // its part of the unit's touches
  change_outcome outcome;                        // as it will be if nothing goes wrong

  change_type type() const { return form->shape.type; }
  // A serial not yet made is empty.
  std::vector<cell> key() const;
};

struct commit_job final : job_for<commit_outcome> {
  using job_for::job_for;
  std::vector<encoded_change> changes;
  // Of all changes in their order: hashes of the key and of the unique contents. Changes with none in common do not
  // meet.
  std::vector<std::uint64_t> touches;

  std::span<const std::uint64_t> touches_of(const encoded_change &c) const {
    return std::span(touches).subspan(c.first_touch, c.touch_count);
  }
};

// Each checks a request and translates it. A fault is the answer to give at once; a get of a key that no row can have
// is not_found, a find by such a value gives no rows (`nothing`).
result<done> encode_get(const table_set &tables, get_request request, get_job &into);
template <class T>
result<done> encode_find(const table_set &tables, find_request request, find_job<T> &into, bool &nothing);
result<done> encode_unit(const table_set &tables, unit_of_work unit, key_maker &keys, commit_job &into);

}  // namespace causeway::sql
