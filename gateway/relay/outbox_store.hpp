// The record store of a source, with the outbox before it: whoever commits a record that is to be copied commits the
// order for the copy with it, whole or not at all, and learns at once when it could never cross.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "relay/route.hpp"
#include "runtime/clock.hpp"
#include "store/key_maker.hpp"
#include "store/record_store.hpp"

namespace causeway {

// Any thread. What is under way may be answered after this is gone. By the contract of record_store, and:
// - an insert of a kind that is copied is `invalid` when its mapping cannot carry it; `inputs` names the source's
// fields;
// - such a record is final: update, put, insert_absent and erase of it are `invalid`;
// - records of copy_kind are read from the outbox and from what was copied.
class outbox_store final : public record_store {
 public:
  // `routes` are those from this store; each must have no faults_of. `source` and `time` outlive this. `keys` makes
  // the keys of records that are inserted without one.
  outbox_store(record_store &source, std::vector<copy_route> routes, std::shared_ptr<key_maker> keys,
               const clock &time);

  // `told` hears a route's name after each commit that asked for copies of it, on the store's thread; it must be
  // quick. Set it before the first commit.
  void on_copy(std::function<void(const std::string &route)> told);

  void get(get_request request, time_point deadline, completion<record> done) override;
  void find(find_request request, time_point deadline, completion<std::vector<record>> done) override;
  void count(find_request request, time_point deadline, completion<std::int64_t> done) override;
  void commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) override;
  store_state state() const override;

 private:
  result<done> add_orders(unit_of_work &unit, std::vector<std::string> &touched);
  void find_copies(const value &source_id, time_point deadline, completion<std::vector<record>> done);

  record_store &source_;
  const std::vector<copy_route> routes_;
  const std::shared_ptr<key_maker> keys_;
  const clock &time_;
  kind_ptr outbox_;  // null without routes, as are the others
  kind_ptr copied_;
  kind_ptr copy_;
  std::function<void(const std::string &)> told_;
};

}  // namespace causeway
