// Who read of a customer who is at risk, in Pluto's record of it, whichever plugin showed it and wherever the
// customer's own records are. Linked into each plugin that shows a customer's records.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "causeway/plugin.hpp"

namespace shared {

// A privacy check, as far as it decides this.
struct privacy_outcome {
  static constexpr std::string_view kind = "pluto.privacyCheck";
  std::string check_id, csid, outcome, checked_at;
  static constexpr auto fields = std::tuple(causeway::sdk::field("checkId", &privacy_outcome::check_id),
                                            causeway::sdk::field("csid", &privacy_outcome::csid),
                                            causeway::sdk::field("outcome", &privacy_outcome::outcome),
                                            causeway::sdk::field("checkedAt", &privacy_outcome::checked_at));
};

// That somebody has read of a customer who is at risk. A plugin that records it declares that it inserts this kind.
struct customer_read {
  static constexpr std::string_view kind = "pluto.customerRead";
  std::string read_id, csid, what, read_at, read_by;
  std::optional<std::string> request_id;
  static constexpr auto fields = std::tuple(
      causeway::sdk::field("readId", &customer_read::read_id), causeway::sdk::field("csid", &customer_read::csid),
      causeway::sdk::field("what", &customer_read::what), causeway::sdk::field("readAt", &customer_read::read_at),
      causeway::sdk::field("readBy", &customer_read::read_by),
      causeway::sdk::field("requestId", &customer_read::request_id));
};

// Records that the caller reads `what` of this customer. To be awaited before anything is answered: what cannot be
// recorded is not shown.
causeway::task<causeway::result<causeway::done>> record_read(causeway::sdk::call c, std::string csid, std::string what);

// The same, where the customer's newest privacy check is AT_RISK; nothing for any other. The plugin reads
// privacy_outcome.
causeway::task<causeway::result<causeway::done>> record_read_at_risk(causeway::sdk::call c, std::string csid,
                                                                     std::string what);

}  // namespace shared
