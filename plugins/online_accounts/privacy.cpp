// One line a rule; who asks and what is newest is the handlers' to find out.
#include "privacy.hpp"

namespace online_accounts {

bool is_shielded(bool caller_is_partner_only, const std::optional<privacy_check> &newest) {
  return caller_is_partner_only && newest && newest->outcome == "AT_RISK";
}

}  // namespace online_accounts
