#include "store/record_store.hpp"

#include <future>
#include <memory>
#include <stdexcept>

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
  // Shared: the completion may still be returning from set_value when the waiter has gone on.
  auto promise = std::make_shared<std::promise<result<T>>>();
  auto future = promise->get_future();
  begin([promise](result<T> r) { promise->set_value(std::move(r)); });
  return future.get();
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
