// The Separating Safely check: who may change a customer's account, and what of the customer a caller may see. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "causeway/reply.hpp"
#include "records.hpp"

namespace online_accounts {

// Whether a check says that the customer is at risk.
bool is_at_risk(const std::optional<privacy_check> &newest);

// Why an officer may not change the customer's account or preferences; nothing where they may. `newest` is the
// customer's newest check, whoever made it, `own` the newest that this officer made. A check is valid for `valid_for`
// milliseconds, to the millisecond.
std::optional<causeway::sdk::reply> refuse_change(const std::optional<privacy_check> &newest,
                                                  const std::optional<privacy_check> &own, std::int64_t now,
                                                  std::int64_t valid_for);

// Whether a customer's country and officers are kept from this caller: from a partner, while the customer's newest
// privacy check, whoever made it, is AT_RISK. An officer who is a partner's contact as well is an officer.
bool is_shielded(bool caller_is_partner_only, const std::optional<privacy_check> &newest);

}  // namespace online_accounts
