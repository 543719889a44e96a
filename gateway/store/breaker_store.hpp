// A record store behind circuit breakers, so that what needs a store that does not work is refused at once instead of
// waiting for its deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "store/circuit_breaker.hpp"
#include "store/record_store.hpp"

namespace causeway {

struct breaker_store_options {
  std::string name;  // the store's, for messages
  breaker_options breaker;
  std::function<std::chrono::milliseconds()> elapsed;  // never goes back; any thread
  // A breaker is in another state than when last asked; `which` is "reads" or "writes". Any thread, quick, must not
  // throw, must not use this store. May be empty.
  std::function<void(std::string_view which, breaker_state now)> changed;
};

// Any thread. Two breakers, because a database that is full or read-only still reads. Completions come as from the
// store within, refusals (`unavailable`, nothing has happened) before the verb returns.
class breaker_store final : public record_store {
 public:
  // `within` outlives this. What is under way may be answered after this is gone.
  breaker_store(record_store &within, breaker_store_options options);
  ~breaker_store() override;

  void get(get_request request, time_point deadline, completion<record> done) override;
  void find(find_request request, time_point deadline, completion<std::vector<record>> done) override;
  void count(find_request request, time_point deadline, completion<std::int64_t> done) override;
  void commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) override;
  // Both judge by these from now on; their states stay.
  void adopt(const breaker_options &options);

  // Away while either breaker is open, or the store within is away.
  store_state state() const override;

  // As the next request would find them; cheap.
  breaker_state reads() const;
  breaker_state writes() const;
  // How often either has opened since the start.
  std::uint64_t opened() const;
  // How long a caller who was refused had best wait; 0 while both are closed.
  std::chrono::milliseconds retry_in() const;

 private:
  struct parts;
  enum class verbs { reading, writing };

  template <class T, class Ask>
  void pass_on(verbs which, completion<T> done, Ask ask);

  record_store &within_;
  const std::shared_ptr<parts> parts_;  // shared with what is under way
};

}  // namespace causeway
