// Privacy checks, and what is done to one account: deactivate, reactivate, link.
#include <algorithm>
#include <utility>

#include "account_machine.hpp"
#include "causeway/time.hpp"
#include "online_accounts.hpp"

namespace online_accounts {

namespace {

// Deactivate, reactivate and link, all by the machine's table. `rules` are the plugin's, which outlives every call.
task<reply> move_account(call c, std::int64_t valid_for, const channel_rules &rules, std::string action,
                         std::optional<std::string> reason) {
  auto beginning = begin_change(c, valid_for);
  auto start = co_await std::move(beginning);
  if (start.refused) co_return std::move(*start.refused);
  auto &state = start.state;
  const auto account = std::find_if(state.accounts.begin(), state.accounts.end(),
                                    [&](const online_account &each) { return each.account_id == c.path("accountId"); });
  if (account == state.accounts.end())
    co_return reply::not_found("Customer " + state.csid + " has no online account " + std::string(c.path("accountId")) +
                               ".");
  auto ruling =
      account_machine.decide(account->status, action, [&c](std::string_view role) { return c.has_role(role); });
  if (!ruling.taken) co_return std::move(ruling.refusal);

  account->status = ruling.taken->to;
  account->status_since = causeway::sdk::format_time(c.now());
  causeway::sdk::unit work;
  if (account->status == "LINKED") {
    account->linked_at = account->status_since;
    for (const auto i : make_due(state, rules, std::string(c.principal()), account->status_since)) {
      auto &preference = state.preferences[i];
      if (preference.version == 0)
        work.insert(preference);
      else
        work.update(preference, preference.version);
      ++preference.version;
    }
  }
  work.update(*account, account->version++);
  work.insert(history_row(c, *account, *ruling.taken, start.checked_at, std::move(reason)));
  auto answer = reply::json(200, one_account_json(*account));
  answer.etag = etag_of(state);
  auto committing = commit_change(c, std::move(work), std::move(answer));
  co_return co_await std::move(committing);
}

}  // namespace

task<reply> online_accounts_plugin::check_privacy(call c, new_privacy_check body) {
  const std::string csid(c.path("csid"));
  auto finding = find_customer(c, csid);
  const auto who = co_await std::move(finding);
  if (!who) co_return reply::from(who.why());
  privacy_check made;
  made.check_id = c.new_key<privacy_check>();
  made.csid = csid;
  made.outcome = std::move(body.outcome);
  made.comment = std::move(body.comment);
  made.checked_at = causeway::sdk::format_time(c.now());
  made.checked_by = c.principal();
  made.request_id = c.request_id();
  auto answer = reply::json(201, check_json(made));
  answer.location = "/v1/customers/" + csid;  // where its outcome is read
  causeway::sdk::unit work;
  work.insert(std::move(made));
  const auto committed = co_await c.commit(std::move(work), answer);
  if (!committed) co_return reply::from(committed.why());
  co_return answer;
}

task<reply> online_accounts_plugin::act(call c, account_action body) {
  return move_account(c, privacy_check_valid_for_, rules_, std::move(body.action), std::move(body.reason));
}

task<reply> online_accounts_plugin::link(call c) {
  return move_account(c, privacy_check_valid_for_, rules_, "LINK", std::nullopt);
}

}  // namespace online_accounts
