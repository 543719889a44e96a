// The record kinds that this plugin reads, with the fields that it needs of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "causeway/record.hpp"

namespace online_accounts {

using causeway::sdk::field;
using optional_text = std::optional<std::string>;

struct customer {
  static constexpr std::string_view kind = "pluto.customer";
  std::string csid, name, country;
  bool international = false;
  std::int64_t version = 0;
  static constexpr auto fields =
      std::tuple(field("csid", &customer::csid), field("name", &customer::name), field("country", &customer::country),
                 field("international", &customer::international));
};

struct privacy_check {
  static constexpr std::string_view kind = "pluto.privacyCheck";
  std::string check_id, csid, outcome;
  optional_text comment;
  std::string checked_at, checked_by;
  optional_text request_id;
  static constexpr auto fields =
      std::tuple(field("checkId", &privacy_check::check_id), field("csid", &privacy_check::csid),
                 field("outcome", &privacy_check::outcome), field("comment", &privacy_check::comment),
                 field("checkedAt", &privacy_check::checked_at), field("checkedBy", &privacy_check::checked_by),
                 field("requestId", &privacy_check::request_id));
};

struct online_account {
  static constexpr std::string_view kind = "pluto.onlineAccount";
  std::string account_id, csid, status, status_since;
  optional_text linked_at;
  std::int64_t version = 0;
  static constexpr auto fields =
      std::tuple(field("accountId", &online_account::account_id), field("csid", &online_account::csid),
                 field("status", &online_account::status), field("statusSince", &online_account::status_since),
                 field("linkedAt", &online_account::linked_at));
};

struct channel_preference {
  static constexpr std::string_view kind = "pluto.channelPreference";
  std::string csid, product, service;
  optional_text channel;
  std::string updated_at, updated_by;
  bool reset_due = false;
  std::int64_t version = 0;
  static constexpr auto fields = std::tuple(
      field("csid", &channel_preference::csid), field("product", &channel_preference::product),
      field("service", &channel_preference::service), field("channel", &channel_preference::channel),
      field("updatedAt", &channel_preference::updated_at), field("updatedBy", &channel_preference::updated_by),
      field("resetDue", &channel_preference::reset_due));
};

struct ps_customer {
  static constexpr std::string_view kind = "cuba.psCustomer";
  std::string csid, status;
  optional_text officer_id;
  static constexpr auto fields = std::tuple(field("csid", &ps_customer::csid), field("status", &ps_customer::status),
                                            field("officerId", &ps_customer::officer_id));
};

}  // namespace online_accounts
