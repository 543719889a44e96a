// Every member is always there, null where it is empty, so that a caller's types stay simple.
#include "answers.hpp"

#include <algorithm>

#include "causeway/cursor.hpp"
#include "causeway/json.hpp"

namespace personalised_services {

using causeway::sdk::json_writer;
using causeway::sdk::make_cursor;

namespace {

void write(json_writer &json, const listed_customer &of) {
  json.member("csid", of.csid).member("name", of.name).member("location", of.location).member("status", of.status);
  json.member("referralType", of.referral_type).member("officerId", of.officer_id);
}

void write(json_writer &json, const listed_officer &of) {
  json.member("officerId", of.officer_id).member("name", of.name).member("stream", of.stream).member("team", of.team);
  json.member("workload", of.workload);
}

// An action item is of a plan, of a transfer, or of a customer who has neither yet.
template <class Action>
void write_action(json_writer &json, const Action &of) {
  const bool of_transfer = of.what.starts_with("TRANSFER_");
  const bool of_plan = !of_transfer && of.item_id != of.csid;
  json.member("kind", of.what).member("csid", of.csid).member("name", of.name);
  json.member("planId", of_plan ? optional_text(of.item_id) : std::nullopt);
  json.member("transferId", of_transfer ? optional_text(of.item_id) : std::nullopt).member("since", of.since);
}
void write(json_writer &json, const officer_action &of) { write_action(json, of); }
void write(json_writer &json, const manager_action &of) { write_action(json, of); }

void write(json_writer &json, const plan &of) {
  json.member("planId", of.plan_id).member("csid", of.csid).member("status", of.status);
  json.member("statusSince", of.status_since).member("coreIssue", of.core_issue);
  json.member("referralType", of.referral_type).member("stackingDocumentDate", of.stacking_document_date);
  json.name("trigger").begin_object().member("segment", of.segment).member("issue", of.issue).end_object();
  json.member("createdAt", of.created_at).member("createdBy", of.created_by);
  json.member("submittedAt", of.submitted_at).member("submittedBy", of.submitted_by);
  json.member("decidedAt", of.decided_at).member("decidedBy", of.decided_by).member("comment", of.decision_comment);
}

void write(json_writer &json, const transfer &of) {
  json.member("transferId", of.transfer_id).member("csid", of.csid).member("status", of.status);
  json.member("reason", of.reason).member("comment", of.comment);
  json.member("requestedAt", of.requested_at).member("requestedBy", of.requested_by);
  json.member("decidedAt", of.decided_at).member("decidedBy", of.decided_by);
  json.member("decisionComment", of.decision_comment);
}

template <class Row>
std::string object(const Row &of) {
  json_writer json;
  json.begin_object();
  write(json, of);
  return json.end_object().take();
}

template <class Row>
void member_or_null(json_writer &json, std::string_view name, const std::optional<Row> &of) {
  json.name(name);
  if (!of) {
    json.item(nullptr);
    return;
  }
  json.begin_object();
  write(json, *of);
  json.end_object();
}

template <class Row, class Cursor>
std::string list(const std::vector<Row> &rows, std::size_t limit, Cursor cursor_of) {
  json_writer json;
  json.begin_object().name("items").begin_array();
  for (std::size_t i = 0; i < std::min(limit, rows.size()); ++i) {
    json.begin_object();
    write(json, rows[i]);
    json.end_object();
  }
  json.end_array();
  if (rows.size() > limit)
    json.member("next", cursor_of(rows[limit - 1]));
  else
    json.member("next", nullptr);
  return json.end_object().take();
}

}  // namespace

std::string referral_json(const referral &of, bool without_name) {
  json_writer json;
  json.begin_object().member("referralId", of.referral_id).member("csid", of.csid).member("status", "REFERRED");
  json.member("type", of.type).member("associateOf", of.associate_of);
  json.member("referredAt", of.referred_at).member("referredBy", of.referred_by);
  json.name("warnings").begin_array();
  if (without_name)
    json.begin_object().member("code", "140").member("detail", "Applicant name is required").end_object();
  return json.end_array().end_object().take();
}

std::string assignment_json(const ps_customer &of, std::string_view assigned_by) {
  json_writer json;
  json.begin_object().member("csid", of.csid).member("officerId", of.officer_id).member("status", of.status);
  json.member("assignedAt", of.assigned_at).member("assignedBy", assigned_by);
  return json.end_object().take();
}

std::string customer_json(const listed_customer &of, const std::optional<plan> &current,
                          const std::optional<transfer> &pending) {
  json_writer json;
  json.begin_object();
  write(json, of);
  member_or_null(json, "currentPlan", current);
  member_or_null(json, "pendingTransfer", pending);
  return json.end_object().take();
}

std::string plan_json(const plan &of) { return object(of); }
std::string transfer_json(const transfer &of) { return object(of); }

std::string etag_of(const plan &of) { return causeway::sdk::digest().add(of.plan_id).add(of.version).text(); }

std::string customers_json(const std::vector<listed_customer> &rows, std::size_t limit) {
  return list(rows, limit, [](const auto &last) { return make_cursor({last.csid}); });
}
std::string officers_json(const std::vector<listed_officer> &rows, std::size_t limit) {
  return list(rows, limit, [](const auto &last) { return make_cursor({last.officer_id}); });
}
std::string actions_json(const std::vector<officer_action> &rows, std::size_t limit) {
  return list(rows, limit, [](const auto &last) { return make_cursor({last.since, last.item_id}); });
}
std::string actions_json(const std::vector<manager_action> &rows, std::size_t limit) {
  return list(rows, limit, [](const auto &last) { return make_cursor({last.since, last.item_id}); });
}

}  // namespace personalised_services
