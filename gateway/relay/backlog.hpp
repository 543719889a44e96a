// What stands in the outboxes, for the metrics: read from the stores, but never more often than now and then, and never
// waited for.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "relay/route.hpp"
#include "runtime/clock.hpp"
#include "store/record_store.hpp"

namespace causeway {

struct route_backlog {
  std::string route;
  std::int64_t pending = 0;
  std::int64_t dead = 0;
  double oldest_pending = 0;  // seconds since it was asked for; 0 where nothing is pending
};

struct backlog_options {
  std::chrono::milliseconds valid_for{5'000};  // how long what was read is told again
  std::chrono::milliseconds patience{1'000};   // how long the stores may take
};

class backlog {
 public:
  // `sources` by name, one for the source of each route; they and `time` outlive this.
  backlog(std::vector<copy_route> routes, std::map<std::string, record_store *> sources, const clock &time,
          backlog_options options = {});
  ~backlog();

  // What stands there now, or stood there less than `valid_for` ago. A route whose store does not answer in time, or
  // not well, is left out until it does. One thread; blocks for `patience` of real time at most.
  const std::vector<route_backlog> &look();

 private:
  struct reading;
  std::vector<route_backlog> read() const;

  const std::vector<copy_route> routes_;
  const std::map<std::string, record_store *> sources_;
  const clock &time_;
  const backlog_options options_;
  bool has_read_ = false;
  std::chrono::milliseconds read_at_{};
  std::vector<route_backlog> last_;
};

}  // namespace causeway
