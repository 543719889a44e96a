// The three histories of an account, newest first, in pages. They differ in their rows only.
#include "histories.hpp"

#include <algorithm>
#include <utility>

#include "causeway/json.hpp"
#include "online_accounts.hpp"

namespace online_accounts {

namespace {

using causeway::sdk::json_writer;

void write(json_writer &json, const web_session &row) {
  json.member("sessionId", row.session_id).member("startedAt", row.started_at).member("endedAt", row.ended_at);
  json.member("channel", row.channel).member("details", row.details);
}

void write(json_writer &json, const status_change &row) {
  json.member("status", row.status).member("reason", row.reason).member("changedAt", row.changed_at);
  json.member("changedBy", row.changed_by).member("details", row.details);
}

void write(json_writer &json, const poi_attempt &row) {
  json.member("attemptedAt", row.attempted_at).member("outcome", row.outcome).member("points", row.points);
  json.member("officerId", row.officer_id).member("details", row.details);
}

// The rows of one account: `when` and `id` are the order and the place that a cursor names.
template <class Row>
task<reply> list_history(call c, std::string Row::*when, std::string Row::*id, std::string what) {
  std::vector<causeway::value> after;
  if (!c.cursor().empty()) {
    const auto place = causeway::sdk::read_cursor(c.cursor(), 2);
    if (!place || !causeway::sdk::parse_time((*place)[0])) co_return reply::bad_cursor();
    after = {(*place)[0], (*place)[1]};
  }
  const std::string csid(c.path("csid")), account_id(c.path("accountId"));
  auto finding = find_customer(c, csid);
  const auto who = co_await std::move(finding);
  if (!who) co_return reply::from(who.why());
  const auto account = co_await c.get<online_account>(account_id);
  if (!account && account.why().what != causeway::outcome::not_found) co_return reply::from(account.why());
  if (!account || account->csid != csid)
    co_return reply::not_found("Customer " + csid + " has no online account " + account_id + ".");
  auto checking = newest_check(c, csid);
  const auto newest = co_await std::move(checking);
  if (!newest) co_return reply::from(newest.why());
  auto recording = record_read_at_risk(c, csid, *newest, std::move(what));
  const auto recorded = co_await std::move(recording);
  if (!recorded) co_return reply::from(recorded.why());

  const auto limit = static_cast<std::size_t>(c.limit());
  causeway::sdk::query<Row> query;
  query.where(&Row::account_id, account_id).newest_first(when, id).limit(static_cast<std::uint32_t>(limit + 1));
  if (!after.empty()) query.after(std::move(after));
  const auto rows = co_await c.find(std::move(query));
  if (!rows) co_return reply::from(rows.why());
  json_writer json;
  json.begin_object().name("items").begin_array();
  for (std::size_t i = 0; i < std::min(limit, rows->size()); ++i) {
    json.begin_object();
    write(json, (*rows)[i]);
    json.end_object();
  }
  json.end_array();
  if (rows->size() > limit)
    json.member("next", causeway::sdk::make_cursor({(*rows)[limit - 1].*when, (*rows)[limit - 1].*id}));
  else
    json.member("next", nullptr);
  co_return reply::json(200, json.end_object().take());
}

#define LIST_OF(PROPERTIES, REQUIRED)                                                                                      \
  R"({"type": "object", "properties": {"items": {"type": "array", "items": {"type": "object", "properties": {)" PROPERTIES \
  R"(}, "required": [)" REQUIRED R"(]}}, "next": {"type": ["string", "null"]}}, "required": ["items", "next"]})"

}  // namespace

const std::string_view web_sessions_schema = LIST_OF(
    R"("sessionId": {"type": "string"}, "startedAt": {"type": "string", "format": "date-time"},
  "endedAt": {"type": ["string", "null"], "format": "date-time"}, "channel": {"type": "string"},
  "details": {"type": ["string", "null"]})",
    R"("sessionId", "startedAt", "endedAt", "channel", "details")");
const std::string_view status_changes_schema = LIST_OF(
    R"("status": {"type": "string"}, "reason": {"type": ["string", "null"]},
  "changedAt": {"type": "string", "format": "date-time"}, "changedBy": {"type": "string"},
  "details": {"type": ["string", "null"]})",
    R"("status", "reason", "changedAt", "changedBy", "details")");
const std::string_view poi_attempts_schema = LIST_OF(
    R"("attemptedAt": {"type": "string", "format": "date-time"}, "outcome": {"type": "string"},
  "points": {"type": "integer"}, "officerId": {"type": ["string", "null"]}, "details": {"type": ["string", "null"]})",
    R"("attemptedAt", "outcome", "points", "officerId", "details")");

task<reply> online_accounts_plugin::list_web_sessions(call c) {
  return list_history(c, &web_session::started_at, &web_session::session_id, "web-sessions");
}

task<reply> online_accounts_plugin::list_status_changes(call c) {
  return list_history(c, &status_change::changed_at, &status_change::change_id, "account-status");
}

task<reply> online_accounts_plugin::list_poi_attempts(call c) {
  return list_history(c, &poi_attempt::attempted_at, &poi_attempt::attempt_id, "poi");
}

}  // namespace online_accounts
