// Every member is always there, null where it is empty, so that a caller's types stay simple. A schema stands beside
// the code that writes what it describes.
#include "answers.hpp"

#include <algorithm>

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

const std::string_view account_schema = R"({"type": "object", "properties": {
  "csid": {"type": "string", "pattern": "^[0-9]{9}$"},
  "accounts": {"type": "array", "items": {"type": "object", "properties": {
    "accountId": {"type": "string"}, "status": {"type": "string"},
    "statusSince": {"type": "string", "format": "date-time"},
    "linkedAt": {"type": ["string", "null"], "format": "date-time"}},
    "required": ["accountId", "status", "statusSince", "linkedAt"]}},
  "preferredChannels": {"type": "array", "items": {"type": "object", "properties": {
    "product": {"type": "string"}, "service": {"type": "string"},
    "channel": {"type": ["string", "null"], "description": "Null where none has been chosen."},
    "updatedAt": {"type": "string", "format": "date-time"}, "updatedBy": {"type": "string"}},
    "required": ["product", "service", "channel", "updatedAt", "updatedBy"]}},
  "preferencesResetDue": {"type": "boolean"}},
  "required": ["csid", "accounts", "preferredChannels", "preferencesResetDue"]})";

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

bool preferences_reset_due(const account_state &of) {
  return std::any_of(of.preferences.begin(), of.preferences.end(), [](const auto &each) { return each.reset_due; });
}

std::string account_json(const account_state &of) {
  json_writer json;
  json.begin_object().member("csid", of.csid);
  json.name("accounts").begin_array();
  for (const auto &account : of.accounts) {
    json.begin_object().member("accountId", account.account_id).member("status", account.status);
    json.member("statusSince", account.status_since).member("linkedAt", account.linked_at).end_object();
  }
  json.end_array();
  json.name("preferredChannels").begin_array();
  for (const auto &preference : of.preferences) {
    json.begin_object().member("product", preference.product).member("service", preference.service);
    json.member("channel", preference.channel).member("updatedAt", preference.updated_at);
    json.member("updatedBy", preference.updated_by).end_object();
  }
  json.end_array();
  return json.member("preferencesResetDue", preferences_reset_due(of)).end_object().take();
}

std::string etag_of(const account_state &of) {
  causeway::sdk::digest digest;
  for (const auto &account : of.accounts) digest.add(account.account_id).add(account.version);
  for (const auto &preference : of.preferences)
    digest.add(preference.product).add(preference.service).add(preference.version);
  return digest.text();
}

}  // namespace online_accounts
