// The record kinds that this plugin reads and writes, all of Cuba, with the fields that it needs of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "causeway/record.hpp"

namespace personalised_services {

using causeway::sdk::field;
using optional_text = std::optional<std::string>;

struct customer {
  static constexpr std::string_view kind = "cuba.customer";
  std::string csid;
  optional_text applicant_name;
  static constexpr auto fields =
      std::tuple(field("csid", &customer::csid), field("applicantName", &customer::applicant_name));
};

struct ps_customer {
  static constexpr std::string_view kind = "cuba.psCustomer";
  std::string csid, status, referral_type;
  optional_text associate_of, officer_id;
  std::string referred_at;
  optional_text assigned_at;
  std::int64_t version = 0;
  static constexpr auto fields =
      std::tuple(field("csid", &ps_customer::csid), field("status", &ps_customer::status),
                 field("referralType", &ps_customer::referral_type), field("associateOf", &ps_customer::associate_of),
                 field("officerId", &ps_customer::officer_id), field("referredAt", &ps_customer::referred_at),
                 field("assignedAt", &ps_customer::assigned_at));
};

struct ps_officer {
  static constexpr std::string_view kind = "cuba.psOfficer";
  std::string officer_id;
  static constexpr auto fields = std::tuple(field("officerId", &ps_officer::officer_id));
};

struct referral {
  static constexpr std::string_view kind = "cuba.psReferral";
  std::string referral_id, csid, type;
  optional_text associate_of;
  std::string referred_at, referred_by;
  static constexpr auto fields =
      std::tuple(field("referralId", &referral::referral_id), field("csid", &referral::csid),
                 field("type", &referral::type), field("associateOf", &referral::associate_of),
                 field("referredAt", &referral::referred_at), field("referredBy", &referral::referred_by));
};

struct plan {
  static constexpr std::string_view kind = "cuba.psPlan";
  std::string plan_id, csid, core_issue, referral_type, stacking_document_date, segment, issue, status, status_since;
  std::string created_at, created_by;
  optional_text submitted_at, submitted_by, decided_at, decided_by, decision_comment;
  std::int64_t version = 0;
  static constexpr auto fields = std::tuple(
      field("planId", &plan::plan_id), field("csid", &plan::csid), field("coreIssue", &plan::core_issue),
      field("referralType", &plan::referral_type), field("stackingDocumentDate", &plan::stacking_document_date),
      field("segment", &plan::segment), field("issue", &plan::issue), field("status", &plan::status),
      field("statusSince", &plan::status_since), field("createdAt", &plan::created_at),
      field("createdBy", &plan::created_by), field("submittedAt", &plan::submitted_at),
      field("submittedBy", &plan::submitted_by), field("decidedAt", &plan::decided_at),
      field("decidedBy", &plan::decided_by), field("decisionComment", &plan::decision_comment));
};

struct transfer {
  static constexpr std::string_view kind = "cuba.psTransfer";
  std::string transfer_id, csid, reason;
  optional_text comment;
  std::string status, requested_at, requested_by;
  optional_text decided_at, decided_by, decision_comment;
  std::int64_t version = 0;
  static constexpr auto fields =
      std::tuple(field("transferId", &transfer::transfer_id), field("csid", &transfer::csid),
                 field("reason", &transfer::reason), field("comment", &transfer::comment),
                 field("status", &transfer::status), field("requestedAt", &transfer::requested_at),
                 field("requestedBy", &transfer::requested_by), field("decidedAt", &transfer::decided_at),
                 field("decidedBy", &transfer::decided_by), field("decisionComment", &transfer::decision_comment));
};

struct history {
  static constexpr std::string_view kind = "cuba.psHistory";
  std::string history_id, csid, subject, subject_id, action, from_state, to_state, changed_at, changed_by, request_id;
  static constexpr auto fields =
      std::tuple(field("historyId", &history::history_id), field("csid", &history::csid),
                 field("subject", &history::subject), field("subjectId", &history::subject_id),
                 field("action", &history::action), field("fromState", &history::from_state),
                 field("toState", &history::to_state), field("changedAt", &history::changed_at),
                 field("changedBy", &history::changed_by), field("requestId", &history::request_id));
};

// ---- views ----------------------------------------------------------------------------------------------------------

struct listed_customer {
  static constexpr std::string_view kind = "cuba.psCustomerList";
  std::string csid;
  optional_text name, location;
  std::string status, referral_type;
  optional_text officer_id;
  static constexpr auto fields = std::tuple(
      field("csid", &listed_customer::csid), field("name", &listed_customer::name),
      field("location", &listed_customer::location), field("status", &listed_customer::status),
      field("referralType", &listed_customer::referral_type), field("officerId", &listed_customer::officer_id));
};

struct listed_officer {
  static constexpr std::string_view kind = "cuba.psOfficerLoad";
  std::string officer_id, name, stream, team;
  std::int64_t workload = 0;
  static constexpr auto fields =
      std::tuple(field("officerId", &listed_officer::officer_id), field("name", &listed_officer::name),
                 field("stream", &listed_officer::stream), field("team", &listed_officer::team),
                 field("workload", &listed_officer::workload));
};

struct officer_action {
  static constexpr std::string_view kind = "cuba.psOfficerAction";
  std::string item_id, what, csid;
  optional_text name;
  std::string officer_id, since;
  static constexpr auto fields =
      std::tuple(field("itemId", &officer_action::item_id), field("kind", &officer_action::what),
                 field("csid", &officer_action::csid), field("name", &officer_action::name),
                 field("officerId", &officer_action::officer_id), field("since", &officer_action::since));
};

struct manager_action {
  static constexpr std::string_view kind = "cuba.psManagerAction";
  std::string item_id, what, csid;
  optional_text name;
  std::string since;
  static constexpr auto fields =
      std::tuple(field("itemId", &manager_action::item_id), field("kind", &manager_action::what),
                 field("csid", &manager_action::csid), field("name", &manager_action::name),
                 field("since", &manager_action::since));
};

}  // namespace personalised_services
