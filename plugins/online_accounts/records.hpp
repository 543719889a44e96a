// The record kinds that this plugin reads and writes, with the fields that it needs of them.
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

struct status_change {
  static constexpr std::string_view kind = "pluto.accountStatusChange";
  std::string change_id, account_id, csid, status;
  optional_text reason;
  std::string changed_at, changed_by;
  optional_text details, request_id;
  static constexpr auto fields =
      std::tuple(field("changeId", &status_change::change_id), field("accountId", &status_change::account_id),
                 field("csid", &status_change::csid), field("status", &status_change::status),
                 field("reason", &status_change::reason), field("changedAt", &status_change::changed_at),
                 field("changedBy", &status_change::changed_by), field("details", &status_change::details),
                 field("requestId", &status_change::request_id));
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

// That somebody chose a channel.
struct preference_change {
  static constexpr std::string_view kind = "pluto.preferenceChange";
  std::string change_id, csid, product, service, channel, changed_at, changed_by;
  optional_text request_id;
  static constexpr auto fields = std::tuple(
      field("changeId", &preference_change::change_id), field("csid", &preference_change::csid),
      field("product", &preference_change::product), field("service", &preference_change::service),
      field("channel", &preference_change::channel), field("changedAt", &preference_change::changed_at),
      field("changedBy", &preference_change::changed_by), field("requestId", &preference_change::request_id));
};

struct web_session {
  static constexpr std::string_view kind = "pluto.webSession";
  std::string session_id, account_id, started_at;
  optional_text ended_at;
  std::string channel;
  optional_text details;
  static constexpr auto fields =
      std::tuple(field("sessionId", &web_session::session_id), field("accountId", &web_session::account_id),
                 field("startedAt", &web_session::started_at), field("endedAt", &web_session::ended_at),
                 field("channel", &web_session::channel), field("details", &web_session::details));
};

struct poi_attempt {
  static constexpr std::string_view kind = "pluto.poiAttempt";
  std::string attempt_id, account_id, attempted_at, outcome;
  std::int64_t points = 0;
  optional_text officer_id, details;
  static constexpr auto fields =
      std::tuple(field("attemptId", &poi_attempt::attempt_id), field("accountId", &poi_attempt::account_id),
                 field("attemptedAt", &poi_attempt::attempted_at), field("outcome", &poi_attempt::outcome),
                 field("points", &poi_attempt::points), field("officerId", &poi_attempt::officer_id),
                 field("details", &poi_attempt::details));
};

struct ps_customer {
  static constexpr std::string_view kind = "cuba.psCustomer";
  std::string csid, status;
  optional_text officer_id;
  static constexpr auto fields = std::tuple(field("csid", &ps_customer::csid), field("status", &ps_customer::status),
                                            field("officerId", &ps_customer::officer_id));
};

}  // namespace online_accounts
