// The Separating Safely check: what of a customer a caller may see. Pure.
#pragma once

#include <optional>

#include "records.hpp"

namespace online_accounts {

// Whether a customer's country and officers are kept from this caller: from a partner, while the customer's newest
// privacy check, whoever made it, is AT_RISK. An officer who is a partner's contact as well is an officer.
bool is_shielded(bool caller_is_partner_only, const std::optional<privacy_check> &newest);

}  // namespace online_accounts
