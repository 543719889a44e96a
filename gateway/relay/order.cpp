#include "relay/order.hpp"

namespace causeway {

bool pass_order::admit(const copy_row &row, time_point now) {
  if (held_.contains(row.csid)) return false;
  if (row.state != copy_state::pending) {
    held_.insert(row.csid);
    return false;
  }
  if (!row.next_attempt || *row.next_attempt <= now || *row.next_attempt - now > longest_wait_) return true;
  if (!soonest_ || *row.next_attempt < *soonest_) soonest_ = row.next_attempt;
  held_.insert(row.csid);
  return false;
}

bool earlier_copies::clear(const std::string &csid, std::int64_t id) const {
  const auto found = oldest_.find(csid);
  return found == oldest_.end() || found->second > id;
}

}  // namespace causeway
