// Reads a customer's summary and online account. The summary joins both stores: the customer, the checks and the
// accounts are Pluto's, Personalised Services are Cuba's. That somebody reads of a customer at risk is recorded first.
#include <algorithm>
#include <tuple>
#include <utility>

#include "online_accounts.hpp"
#include "plugins/shared/at_risk.hpp"
#include "privacy.hpp"

namespace online_accounts {

task<result<customer>> find_customer(call c, std::string csid) {
  auto found = co_await c.get<customer>(csid);
  if (!found && found.why().what == causeway::outcome::not_found)
    co_return causeway::fault{causeway::outcome::not_found, "There is no customer " + csid + ".", {}};
  co_return found;
}

task<result<std::optional<privacy_check>>> newest_check(call c, std::string csid) {
  causeway::sdk::query<privacy_check> query;
  query.where(&privacy_check::csid, csid).newest_first(&privacy_check::checked_at, &privacy_check::check_id).limit(1);
  auto rows = co_await c.find(std::move(query));
  if (!rows) co_return rows.why();
  std::optional<privacy_check> newest;
  if (!rows->empty()) newest = std::move(rows->front());
  co_return newest;
}

task<result<std::vector<online_account>>> find_accounts(call c, std::string csid) {
  causeway::sdk::query<online_account> query;
  query.where(&online_account::csid, csid).ascending(&online_account::account_id).limit(1000);
  co_return co_await c.find(std::move(query));
}

task<result<std::vector<channel_preference>>> find_preferences(call c, std::string csid) {
  causeway::sdk::query<channel_preference> query;
  query.where(&channel_preference::csid, csid)
      .ascending(&channel_preference::product, &channel_preference::service)
      .limit(1000);
  co_return co_await c.find(std::move(query));
}

task<result<account_state>> read_account_state(call c, std::string csid) {
  auto reading = causeway::when_all(find_accounts(c, csid), find_preferences(c, csid));
  auto found = co_await std::move(reading);
  auto &accounts = std::get<0>(found);
  auto &preferences = std::get<1>(found);
  if (!accounts) co_return accounts.why();
  if (!preferences) co_return preferences.why();
  account_state state;
  state.csid = std::move(csid);
  state.accounts = std::move(*accounts);
  state.preferences = std::move(*preferences);
  // The store orders codes as it stores them, as numbers perhaps; the rules, and callers, by what they are called.
  const auto stands_before = [](const auto &one, const auto &other) {
    return std::tie(one.product, one.service) < std::tie(other.product, other.service);
  };
  if (!std::is_sorted(state.preferences.begin(), state.preferences.end(), stands_before))
    std::sort(state.preferences.begin(), state.preferences.end(), stands_before);
  co_return state;
}

task<result<causeway::done>> record_read_at_risk(call c, std::string csid, std::optional<privacy_check> newest,
                                                 std::string what) {
  if (!is_at_risk(newest)) co_return causeway::done{};
  auto recording = shared::record_read(c, std::move(csid), std::move(what));
  co_return co_await std::move(recording);
}

task<reply> online_accounts_plugin::show_customer(call c) {
  const std::string csid(c.path("csid"));
  auto finding = find_customer(c, csid);
  auto who = co_await std::move(finding);
  if (!who) co_return reply::from(who.why());
  auto checking = newest_check(c, csid);
  auto check = co_await std::move(checking);
  if (!check) co_return reply::from(check.why());
  auto recording = record_read_at_risk(c, csid, *check, "summary");
  const auto recorded = co_await std::move(recording);
  if (!recorded) co_return reply::from(recorded.why());

  // Account ids rise in time.
  causeway::sdk::query<online_account> query;
  query.where(&online_account::csid, csid).newest_first(&online_account::account_id).limit(1);
  auto accounts = co_await c.find(std::move(query));
  if (!accounts) co_return reply::from(accounts.why());
  auto in_ps = co_await c.get<ps_customer>(csid);
  if (!in_ps && in_ps.why().what != causeway::outcome::not_found) co_return reply::from(in_ps.why());

  const bool officer = c.has_role("service-officer") || c.has_role("ps-officer") || c.has_role("service-manager");
  summary all;
  all.shielded = is_shielded(!officer, *check);
  all.who = std::move(*who);
  all.newest_check = std::move(*check);
  if (!accounts->empty()) all.newest_account = std::move(accounts->front());
  if (in_ps) all.in_ps = std::move(*in_ps);
  auto answer = reply::json(200, summary_json(all));
  answer.etag = causeway::sdk::digest().add(answer.body).text();
  co_return answer;
}

// Read all at once; shown only when it is recorded that somebody read it.
task<reply> online_accounts_plugin::show_account(call c) {
  const std::string csid(c.path("csid"));
  auto reading = causeway::when_all(find_customer(c, csid), newest_check(c, csid), read_account_state(c, csid));
  const auto found = co_await std::move(reading);
  const auto &who = std::get<0>(found);
  const auto &check = std::get<1>(found);
  const auto &state = std::get<2>(found);
  if (!who) co_return reply::from(who.why());
  if (!check) co_return reply::from(check.why());
  auto recording = record_read_at_risk(c, csid, *check, "online-account");
  const auto recorded = co_await std::move(recording);
  if (!recorded) co_return reply::from(recorded.why());
  if (!state) co_return reply::from(state.why());
  auto answer = reply::json(200, account_json(*state, preferences_reset_due(*state, rules_)));
  answer.etag = etag_of(*state);
  co_return answer;
}

}  // namespace online_accounts
