// How every change of an account or of preferences begins and ends. Nothing is held between the two: the versions that
// were read are expected when it is committed.
#include <utility>

#include "online_accounts.hpp"
#include "privacy.hpp"

namespace online_accounts {

namespace {

reply overtaken() {
  return reply::problem(412, "precondition-failed", "The online account has changed since you read it; read it again.");
}

task<result<std::optional<privacy_check>>> own_check(call c, std::string csid) {
  causeway::sdk::query<privacy_check> query;
  query.where(&privacy_check::csid, csid)
      .where(&privacy_check::checked_by, std::string(c.principal()))
      .newest_first(&privacy_check::checked_at, &privacy_check::check_id)
      .limit(1);
  auto rows = co_await c.find(std::move(query));
  if (!rows) co_return rows.why();
  std::optional<privacy_check> newest;
  if (!rows->empty()) newest = std::move(rows->front());
  co_return newest;
}

change_start refuse(reply why) { return {std::move(why), {}, {}}; }

}  // namespace

task<change_start> begin_change(call c, std::int64_t privacy_check_valid_for) {
  const std::string csid(c.path("csid"));
  auto finding = find_customer(c, csid);
  const auto who = co_await std::move(finding);
  if (!who) co_return refuse(reply::from(who.why()));
  auto reading = read_account_state(c, csid);
  auto state = co_await std::move(reading);
  if (!state) co_return refuse(reply::from(state.why()));
  // Checked after the state was read: a check that is made from now on comes after this change.
  auto checking = newest_check(c, csid);
  const auto newest = co_await std::move(checking);
  if (!newest) co_return refuse(reply::from(newest.why()));
  auto checking_own = own_check(c, csid);
  const auto own = co_await std::move(checking_own);
  if (!own) co_return refuse(reply::from(own.why()));
  auto refused = refuse_change(*newest, *own, c.now(), privacy_check_valid_for);
  if (refused) co_return refuse(std::move(*refused));
  if (!c.if_match().empty() && c.if_match() != "*" && c.if_match() != etag_of(*state)) co_return refuse(overtaken());
  co_return change_start{std::nullopt, std::move(*state), (*own)->checked_at};
}

task<reply> commit_change(call c, causeway::sdk::unit work, reply answer) {
  const auto committed = co_await c.commit(std::move(work), answer);
  if (committed) co_return answer;
  const auto what = committed.why().what;
  if (what == causeway::outcome::conflict)  // another has just set what was never set before
    co_return c.if_match().empty() ? reply::from({causeway::outcome::stale, {}, {}}) : overtaken();
  if (what == causeway::outcome::stale && !c.if_match().empty()) co_return overtaken();
  co_return reply::from(committed.why());
}

status_change history_row(const call &c, const online_account &after, const causeway::sdk::move &taken,
                          std::string_view checked_at, std::optional<std::string> reason) {
  status_change row;
  row.change_id = c.new_key<status_change>();
  row.account_id = after.account_id;
  row.csid = after.csid;
  row.status = after.status;
  row.reason = std::move(reason);
  row.changed_at = after.status_since;
  row.changed_by = c.principal();
  row.details =
      std::string(taken.action) + " from " + std::string(taken.from) + "; privacy check of " + std::string(checked_at);
  row.request_id = c.request_id();
  return row;
}

}  // namespace online_accounts
