// What callers send. Lengths are those of Cuba's shipped record kinds; what the site makes a code table is one here.
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "causeway/plugin.hpp"

namespace personalised_services {

using causeway::sdk::member;

struct new_referral {
  std::string csid, type;
  std::optional<std::string> associate_of;
  static constexpr auto members = std::tuple(
      member("csid", &new_referral::csid).format("csid"), member("type", &new_referral::type).codes("=OTHER|ASSOCIATE"),
      member("associateOf", &new_referral::associate_of)
          .format("csid")
          .description("Of an ASSOCIATE: the customer in Personalised Services."));
};

struct new_assignment {
  std::string csid, officer_id;
  static constexpr auto members = std::tuple(member("csid", &new_assignment::csid).format("csid"),
                                             member("officerId", &new_assignment::officer_id).length(1, 64));
};

struct new_plan {
  std::string core_issue, referral_type, stacking_document_date, segment, issue;
  static constexpr auto members =
      std::tuple(member("coreIssue", &new_plan::core_issue).length(1, 100).codes("cuba.psPlan.coreIssue"),
                 member("referralType", &new_plan::referral_type).codes("cuba.psPlan.referralType"),
                 member("stackingDocumentDate", &new_plan::stacking_document_date).format("date"),
                 member("trigger.segment", &new_plan::segment).length(1, 100).codes("cuba.psPlan.segment"),
                 member("trigger.issue", &new_plan::issue).length(1, 100).codes("cuba.psPlan.issue"));
};

struct plan_changes {
  std::optional<std::string> core_issue, referral_type, stacking_document_date, segment, issue;
  static constexpr auto members =
      std::tuple(member("coreIssue", &plan_changes::core_issue).length(1, 100).codes("cuba.psPlan.coreIssue"),
                 member("referralType", &plan_changes::referral_type).codes("cuba.psPlan.referralType"),
                 member("stackingDocumentDate", &plan_changes::stacking_document_date).format("date"),
                 member("trigger.segment", &plan_changes::segment).length(1, 100).codes("cuba.psPlan.segment"),
                 member("trigger.issue", &plan_changes::issue).length(1, 100).codes("cuba.psPlan.issue"));
};

struct plan_decision {
  std::string decision;
  std::optional<std::string> comment;
  static constexpr auto members = std::tuple(member("decision", &plan_decision::decision).codes("=ACCEPTED|RETURNED"),
                                             member("comment", &plan_decision::comment).length(0, 1000));
};

struct new_transfer {
  std::string reason;
  std::optional<std::string> comment;
  static constexpr auto members =
      std::tuple(member("reason", &new_transfer::reason).length(1, 100).codes("cuba.psTransfer.reason"),
                 member("comment", &new_transfer::comment).length(0, 1000));
};

struct transfer_decision {
  std::string decision;
  std::optional<std::string> comment;
  static constexpr auto members =
      std::tuple(member("decision", &transfer_decision::decision).codes("=ACCEPTED|REJECTED"),
                 member("comment", &transfer_decision::comment).length(0, 1000));
};

}  // namespace personalised_services
