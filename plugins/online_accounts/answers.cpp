// Every member is always there, null where it is empty, so that a caller's types stay simple. A schema stands beside
// the code that writes what it describes.
#include "answers.hpp"

#include "causeway/cursor.hpp"
#include "causeway/json.hpp"

namespace online_accounts {

using causeway::sdk::json_writer;

const std::string_view summary_schema = R"({"type": "object", "properties": {
  "csid": {"type": "string", "pattern": "^[0-9]{9}$"}, "name": {"type": "string"},
  "country": {"type": ["string", "null"], "description": "Null for a partner while the newest check is AT_RISK."},
  "international": {"type": "boolean"},
  "privacy": {"type": "object", "description": "The newest privacy check; all null where none was made.", "properties": {
    "state": {"type": ["string", "null"], "enum": ["SAFE", "AT_RISK", null]},
    "checkedAt": {"type": ["string", "null"], "format": "date-time"},
    "checkedBy": {"type": ["string", "null"], "description": "Null for a partner while the check is AT_RISK."}},
    "required": ["state", "checkedAt", "checkedBy"]},
  "onlineAccount": {"type": ["object", "null"], "description": "The newest one.",
    "properties": {"status": {"type": "string"}}, "required": ["status"]},
  "personalisedServices": {"type": ["object", "null"], "properties": {
    "status": {"type": "string", "enum": ["REFERRED", "ASSIGNED", "TRANSFERRED_OUT"]},
    "officerId": {"type": ["string", "null"], "description": "Null for a partner while the newest check is AT_RISK."}},
    "required": ["status", "officerId"]}},
  "required": ["csid", "name", "country", "international", "privacy", "onlineAccount", "personalisedServices"]})";

#define ACCOUNT \
  R"({"type": "object", "properties": {
    "accountId": {"type": "string"}, "status": {"type": "string", "enum": ["ACTIVE", "DEACTIVATED", "REACTIVATED", "LINKED"]},
    "statusSince": {"type": "string", "format": "date-time"},
    "linkedAt": {"type": ["string", "null"], "format": "date-time"}},
    "required": ["accountId", "status", "statusSince", "linkedAt"]})"
#define PREFERENCES \
  R"({"type": "array", "items": {"type": "object", "properties": {
    "product": {"type": "string"}, "service": {"type": "string"},
    "channel": {"type": ["string", "null"], "description": "Null where none has been chosen."},
    "updatedAt": {"type": "string", "format": "date-time"}, "updatedBy": {"type": "string"}},
    "required": ["product", "service", "channel", "updatedAt", "updatedBy"]}})"

const std::string_view account_schema = R"({"type": "object", "properties": {
  "csid": {"type": "string", "pattern": "^[0-9]{9}$"},
  "accounts": {"type": "array", "items": )" ACCOUNT R"(},
  "preferredChannels": )" PREFERENCES R"(,
  "preferencesResetDue": {"type": "boolean",
    "description": "True from the link until every product and service has been set anew."}},
  "required": ["csid", "accounts", "preferredChannels", "preferencesResetDue"]})";

const std::string_view preferences_schema = R"({"type": "object", "properties": {
  "message": {"type": "string"}, "preferredChannels": )" PREFERENCES R"(},
  "required": ["message", "preferredChannels"]})";

const std::string_view one_account_schema = ACCOUNT;

const std::string_view check_schema = R"({"type": "object", "properties": {
  "checkId": {"type": "string"}, "csid": {"type": "string", "pattern": "^[0-9]{9}$"},
  "outcome": {"type": "string", "enum": ["SAFE", "AT_RISK"]}, "comment": {"type": ["string", "null"]},
  "checkedAt": {"type": "string", "format": "date-time"}, "checkedBy": {"type": "string"}},
  "required": ["checkId", "csid", "outcome", "comment", "checkedAt", "checkedBy"]})";

namespace {

void write_account(json_writer &json, const online_account &of) {
  json.begin_object().member("accountId", of.account_id).member("status", of.status);
  json.member("statusSince", of.status_since).member("linkedAt", of.linked_at).end_object();
}

void write_preferences(json_writer &json, const account_state &of) {
  json.name("preferredChannels").begin_array();
  for (const auto &preference : of.preferences) {
    json.begin_object().member("product", preference.product).member("service", preference.service);
    json.member("channel", preference.channel).member("updatedAt", preference.updated_at);
    json.member("updatedBy", preference.updated_by).end_object();
  }
  json.end_array();
}

}  // namespace

std::string summary_json(const summary &of) {
  const auto &check = of.newest_check;
  json_writer json;
  json.begin_object().member("csid", of.who.csid).member("name", of.who.name);
  json.member("country", of.shielded ? std::nullopt : optional_text(of.who.country));
  json.member("international", of.who.international);
  json.name("privacy").begin_object();
  json.member("state", check ? optional_text(check->outcome) : std::nullopt);
  json.member("checkedAt", check ? optional_text(check->checked_at) : std::nullopt);
  json.member("checkedBy", check && !of.shielded ? optional_text(check->checked_by) : std::nullopt).end_object();
  json.name("onlineAccount");
  if (of.newest_account)
    json.begin_object().member("status", of.newest_account->status).end_object();
  else
    json.item(nullptr);
  json.name("personalisedServices");
  if (of.in_ps) {
    json.begin_object().member("status", of.in_ps->status);
    json.member("officerId", of.shielded ? std::nullopt : of.in_ps->officer_id).end_object();
  } else {
    json.item(nullptr);
  }
  return json.end_object().take();
}

std::string account_json(const account_state &of, bool reset_due) {
  json_writer json;
  json.begin_object().member("csid", of.csid);
  json.name("accounts").begin_array();
  for (const auto &account : of.accounts) write_account(json, account);
  json.end_array();
  write_preferences(json, of);
  return json.member("preferencesResetDue", reset_due).end_object().take();
}

std::string preferences_json(const account_state &of) {
  json_writer json;
  json.begin_object().member("message", "Account updated successfully");
  write_preferences(json, of);
  return json.end_object().take();
}

std::string one_account_json(const online_account &of) {
  json_writer json;
  write_account(json, of);
  return json.take();
}

std::string check_json(const privacy_check &of) {
  json_writer json;
  json.begin_object().member("checkId", of.check_id).member("csid", of.csid).member("outcome", of.outcome);
  json.member("comment", of.comment).member("checkedAt", of.checked_at).member("checkedBy", of.checked_by);
  return json.end_object().take();
}

std::string etag_of(const account_state &of) {
  causeway::sdk::digest digest;
  for (const auto &account : of.accounts) digest.add(account.account_id).add(account.version);
  for (const auto &preference : of.preferences)
    digest.add(preference.product).add(preference.service).add(preference.version);
  return digest.text();
}

}  // namespace online_accounts
