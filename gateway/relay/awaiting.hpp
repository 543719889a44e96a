// The verbs of a record store for coroutines. The store outlives the wait; the coroutine goes on on the store's thread.
#pragma once

#include <utility>

#include "causeway/task.hpp"
#include "store/record_store.hpp"

namespace causeway {

inline auto count_in(record_store &store, find_request request, time_point deadline) {
  return await_callback<result<std::int64_t>>([&store, request = std::move(request), deadline](auto done) mutable {
    store.count(std::move(request), deadline, std::move(done));
  });
}

inline auto find_in(record_store &store, find_request request, time_point deadline) {
  return await_callback<result<std::vector<record>>>(
      [&store, request = std::move(request), deadline](auto done) mutable {
        store.find(std::move(request), deadline, std::move(done));
      });
}

inline auto get_from(record_store &store, get_request request, time_point deadline) {
  return await_callback<result<record>>([&store, request = std::move(request), deadline](auto done) mutable {
    store.get(std::move(request), deadline, std::move(done));
  });
}

inline auto commit_to(record_store &store, unit_of_work unit, time_point deadline) {
  return await_callback<result<commit_outcome>>([&store, unit = std::move(unit), deadline](auto done) mutable {
    store.commit(std::move(unit), deadline, std::move(done));
  });
}

}  // namespace causeway
