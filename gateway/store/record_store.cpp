#include "store/record_store.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

namespace causeway {

value &record::operator[](std::string_view field) {
  return const_cast<value &>(static_cast<const record &>(*this)[field]);
}

const value &record::operator[](std::string_view field) const {
  const auto index = kind->find_field(field);
  if (!index) throw std::out_of_range("record kind " + kind->name + " has no field " + std::string(field));
  return values[*index];
}

namespace {

template <class T, class Begin>
result<T> wait_for(Begin begin) {
  struct answer {
    std::mutex mutex;
    std::condition_variable there;
    std::optional<result<T>> what;
  };
  // Shared: the completion may still be about to return when the waiter has gone on.
  const auto shared = std::make_shared<answer>();
  begin([shared](result<T> r) {
    const std::lock_guard lock(shared->mutex);
    shared->what.emplace(std::move(r));
    shared->there.notify_one();
  });
  std::unique_lock lock(shared->mutex);
  shared->there.wait(lock, [&] { return shared->what.has_value(); });
  return std::move(*shared->what);
}

}  // namespace

result<record> get_now(record_store &store, get_request request, time_point deadline) {
  return wait_for<record>([&](auto done) { store.get(std::move(request), deadline, std::move(done)); });
}

result<std::vector<record>> find_now(record_store &store, find_request request, time_point deadline) {
  return wait_for<std::vector<record>>([&](auto done) { store.find(std::move(request), deadline, std::move(done)); });
}

result<std::int64_t> count_now(record_store &store, find_request request, time_point deadline) {
  return wait_for<std::int64_t>([&](auto done) { store.count(std::move(request), deadline, std::move(done)); });
}

result<commit_outcome> commit_now(record_store &store, unit_of_work unit, time_point deadline) {
  return wait_for<commit_outcome>([&](auto done) { store.commit(std::move(unit), deadline, std::move(done)); });
}

}  // namespace causeway
