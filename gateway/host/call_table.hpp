// The calls that a plugin has been handed and has not answered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "causeway/abi.h"
#include "runtime/operation.hpp"

namespace causeway {

// One request as the plugin sees it. What it lends stays until the last who holds it lets go: the table until the
// answer, the gateway while `handle` runs and while a callback of it is outstanding.
class open_call {
 public:
  open_call(std::uint32_t operation, std::shared_ptr<const call> asked, std::function<void(answer)> done);
  open_call(const open_call &) = delete;
  open_call &operator=(const open_call &) = delete;

  const cw_request &request() const { return request_; }
  const std::shared_ptr<const call> &asked() const { return asked_; }
  // For the one who closed it in the table, once.
  void finish(answer &&with);

 private:
  std::shared_ptr<const call> asked_;
  std::function<void(answer)> done_;
  std::string roles_;
  std::vector<cw_value> values_;
  cw_request request_{};
};

// A slot for each open call. A cw_call holds the slot's number in its low 20 bits and, above them, how often the slot
// has been used: the same cw_call does not come again (44 bits of uses), and one of the past finds nothing.
// Any thread.
class call_table {
 public:
  static constexpr std::size_t most = std::size_t(1) << 20;

  // 0 where every slot is taken.
  cw_call open(std::shared_ptr<open_call> what);
  // Null for a call that was answered, or never was.
  std::shared_ptr<open_call> find(cw_call id) const;
  // The same, and the slot is free: whoever gets the call is the one who answers it.
  std::shared_ptr<open_call> close(cw_call id);
  std::vector<std::shared_ptr<open_call>> close_all();

  std::size_t size() const;
  // How many are past their deadline.
  std::size_t overdue(time_point now) const;

 private:
  struct slot {
    std::uint64_t uses = 0;
    std::shared_ptr<open_call> holds;
  };
  // Null where the slot now holds another call, or none.
  const slot *at(cw_call id) const;

  mutable std::mutex mutex_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace causeway
