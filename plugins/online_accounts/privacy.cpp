// AT_RISK, whoever found it, comes before everything; then the officer needs a check of their own that is SAFE and
// young enough. An officer's newest check counts, not an older one that it contradicts.
#include "privacy.hpp"

#include "causeway/time.hpp"

namespace online_accounts {

using causeway::sdk::reply;

bool is_at_risk(const std::optional<privacy_check> &newest) { return newest && newest->outcome == "AT_RISK"; }

std::optional<reply> refuse_change(const std::optional<privacy_check> &newest, const std::optional<privacy_check> &own,
                                   std::int64_t now, std::int64_t valid_for) {
  if (is_at_risk(newest))
    return reply::problem(409, "privacy-at-risk",
                          "The newest privacy check says that the customer is at risk; nothing may be changed.");
  const auto required = [](std::string why) {
    return reply::problem(409, "privacy-check-required", std::move(why) + " Make a privacy check first.");
  };
  if (!own) return required("You have made no privacy check of this customer.");
  if (own->outcome != "SAFE") return required("Your newest privacy check of this customer is not SAFE.");
  const auto made = causeway::sdk::parse_time(own->checked_at);
  if (!made || now - *made > valid_for) return required("Your privacy check of this customer is no longer valid.");
  return std::nullopt;
}

bool is_shielded(bool caller_is_partner_only, const std::optional<privacy_check> &newest) {
  return caller_is_partner_only && is_at_risk(newest);
}

}  // namespace online_accounts
