// Preferred channels: which combinations a site allows, and what a change of them writes. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "causeway/machine.hpp"
#include "records.hpp"

namespace online_accounts {

// A customer's accounts and preferences, both in the order of their keys.
struct account_state {
  std::string csid;
  std::vector<online_account> accounts;
  std::vector<channel_preference> preferences;
};

// The combinations of product, service and channel that a site allows, as its settings write them:
//   CHILD_SUPPORT.LETTERS = ONLINE, POST; CHILD_SUPPORT.NOTICES = POST
// Empty: every combination of the code tables.
class channel_rules {
 public:
  // Throws std::invalid_argument, with text for whoever wrote the setting, for anything else.
  explicit channel_rules(std::string_view written);
  bool allow(std::string_view product, std::string_view service, std::string_view channel) const;
  // Whether any channel is possible for it.
  bool cover(std::string_view product, std::string_view service) const;
  // Makes the preferences that the settings name and the customer has not: version 0, no channel, nothing due.
  void complete(account_state &of, const std::string &officer, const std::string &now) const;

 private:
  std::map<std::pair<std::string, std::string>, std::set<std::string, std::less<>>> allowed_;
};

// From the link until every product and service that the rules cover has been set anew.
bool preferences_reset_due(const account_state &of, const channel_rules &rules);

// What a link does to the preferences: each that the rules cover is there and due. Their positions in `of.preferences`;
// version 0: there was none.
std::vector<std::size_t> make_due(account_state &of, const channel_rules &rules, const std::string &officer,
                                  const std::string &now);

struct wanted_channel {
  std::string product, service, channel;
  bool to_all = false;
};

struct activation {
  std::size_t account;  // position in after.accounts
  const causeway::sdk::move *by;
};

struct channel_change {
  account_state after;                     // versions are those that were read
  std::vector<std::size_t> set;            // positions in after.preferences; version 0: there was none
  std::vector<std::size_t> still_due;      // positions of those that stay due; version 0: there was none
  std::vector<activation> activated;       // nothing is due any more
  std::optional<std::string> not_allowed;  // why nothing may be done: the combination that the site forbids
};

// What the change does: the named preference, or with `to_all` that one and all that the rules cover, at `now` by
// `officer`.
channel_change change_channels(account_state before, const wanted_channel &wanted, const channel_rules &rules,
                               const std::string &officer, const std::string &now);

}  // namespace online_accounts
