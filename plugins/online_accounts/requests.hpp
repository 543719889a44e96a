// What callers send. Lengths are those of Pluto's shipped record kinds, code tables are the site's.
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "causeway/plugin.hpp"

namespace online_accounts {

using causeway::sdk::member;

struct new_privacy_check {
  std::string outcome;
  std::optional<std::string> comment;
  static constexpr auto members = std::tuple(member("outcome", &new_privacy_check::outcome).codes("=SAFE|AT_RISK"),
                                             member("comment", &new_privacy_check::comment).length(0, 1000));
};

struct new_channel {
  std::string product, service, channel;
  std::optional<bool> apply_to_all;
  static constexpr auto members =
      std::tuple(member("product", &new_channel::product).codes("pluto.channelPreference.product"),
                 member("service", &new_channel::service).codes("pluto.channelPreference.service"),
                 member("channel", &new_channel::channel).codes("pluto.channelPreference.channel"),
                 member("applyToAll", &new_channel::apply_to_all)
                     .description("Whether every other product and service of the customer is set too."));
};

struct account_action {
  std::string action, reason;
  static constexpr auto members =
      std::tuple(member("action", &account_action::action).codes("=DEACTIVATE|REACTIVATE"),
                 member("reason", &account_action::reason).length(1, 200).codes("pluto.accountStatusChange.reason"));
};

}  // namespace online_accounts
