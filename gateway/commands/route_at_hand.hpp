// What the commands on one copy route begin with: the route and its two stores, open.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands/commands.hpp"
#include "commands/configuration.hpp"
#include "commands/stores.hpp"
#include "relay/route.hpp"
#include "store/record_store.hpp"

namespace causeway {

class route_at_hand {
 public:
  // `writes`: to the source; the target is only read. What is wrong has been written to standard error where the result
  // is null.
  static std::unique_ptr<route_at_hand> open(const common_options &common, const std::string &route,
                                             const store_opener &opener, bool writes);

  const copy_route &route() const { return *route_; }
  record_store &source() const { return *source_; }
  record_store &target() const { return *target_; }
  const std::vector<kind_ptr> &target_kinds() const;

 private:
  route_at_hand() = default;
  bool prepare(const store_opener &opener, bool writes);

  configuration all_, from_only_, to_only_;
  const copy_route *route_ = nullptr;
  std::unique_ptr<stores> from_, to_;
  std::shared_ptr<record_store> source_, target_;
};

// The user who runs the command, for what is done in nobody's name.
std::string user_name();

// Records of a kind, for a progress bar; 0 where they cannot be counted.
std::uint64_t how_many(record_store &in, const kind_ptr &kind);

}  // namespace causeway
