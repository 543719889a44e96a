// Several requests to a store at once, for a thread that waits for all of them: the store may run them as one.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "store/record_store.hpp"

namespace causeway {

// One thread begins and waits; completions come from any.
template <class T>
class together {
 public:
  explicit together(std::size_t how_many) : state_(std::make_shared<shared>()) {
    state_->results.resize(how_many);
    state_->open = how_many;
  }

  // For the request at this place; each must be given away once.
  record_store::completion<T> completion_of(std::size_t place) {
    return [state = state_, place](result<T> r) {
      const std::lock_guard lock(state->mutex);
      state->results[place].emplace(std::move(r));
      if (--state->open == 0) state->all_done.notify_all();
    };
  }

  // In the order of their places. Once.
  std::vector<result<T>> wait() {
    std::unique_lock lock(state_->mutex);
    state_->all_done.wait(lock, [this] { return state_->open == 0; });
    std::vector<result<T>> out;
    out.reserve(state_->results.size());
    for (auto &r : state_->results) out.push_back(std::move(*r));
    return out;
  }

 private:
  struct shared {
    std::mutex mutex;
    std::condition_variable all_done;
    std::vector<std::optional<result<T>>> results;
    std::size_t open = 0;
  };
  std::shared_ptr<shared> state_;
};

// Runs `begin(place, completion)` for all places from 0, some hundred at a time: a store's queue is bounded, and others
// stand in it, too. While the store has some, what came of those before is passed to `see(place, result)`, in order.
template <class T, class Begin, class See>
void each_together(std::size_t how_many, Begin begin, See see) {
  constexpr std::size_t at_a_time = 256;
  std::optional<together<T>> before;
  std::size_t seen = 0;
  const auto see_those_before = [&] {
    if (!before) return;
    for (auto &r : before->wait()) see(seen++, std::move(r));
  };
  for (std::size_t first = 0; first < how_many; first += at_a_time) {
    const std::size_t some = std::min(at_a_time, how_many - first);
    together<T> part(some);
    for (std::size_t i = 0; i < some; ++i) begin(first + i, part.completion_of(i));
    see_those_before();
    before.emplace(std::move(part));
  }
  see_those_before();
}

// The same, for who wants all of them.
template <class T, class Begin>
std::vector<result<T>> all_together(std::size_t how_many, Begin begin) {
  std::vector<result<T>> out;
  out.reserve(how_many);
  each_together<T>(how_many, std::move(begin), [&](std::size_t, result<T> r) { out.push_back(std::move(r)); });
  return out;
}

}  // namespace causeway
