// The network between a process and a store: the record store port, behind which every request and every answer takes
// its time, is lost, comes too late or in another order, and at each of which a gateway may die or stand still.
//
// A database does not carry out one statement twice because a packet came twice, so nothing is duplicated here by the
// network itself. What is repeated is what a gateway or a client repeats because it could not know the outcome: the
// first request may then still arrive, before the second or after it.
#pragma once

#include <memory>
#include <vector>

#include "tests/simulation/fiber.hpp"
#include "tests/simulation/world.hpp"

namespace causeway::simulation {

// Completions come from the agenda, and then the fiber that asked is resumed. Requests of a dead process are answered
// `unavailable` at once and go nowhere, so that whatever still runs in it comes to its end.
class link final : public record_store {
 public:
  link(world &in, std::shared_ptr<process> of, store_server::which side);

  void get(get_request request, time_point deadline, completion<record> done) override;
  void find(find_request request, time_point deadline, completion<std::vector<record>> done) override;
  void count(find_request request, time_point deadline, completion<std::int64_t> done) override;
  void commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) override;
  store_state state() const override { return store_state::serving; }

  // Answers everything that is open; for a process that dies.
  void break_off();

 private:
  struct open_call;
  template <class T>
  struct call;
  struct course;  // what chance has in store for one request

  template <class T, class Execute>
  void send(time_point deadline, completion<T> done, bool weighty, Execute execute);
  course draw(bool weighty);
  void when_awake(std::function<void()> what);

  world &world_;
  const std::shared_ptr<process> process_;
  store_server &server_;
  const store_server::which side_;
  std::vector<std::shared_ptr<open_call>> open_;
};

}  // namespace causeway::simulation
