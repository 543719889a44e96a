// Setting preferred channels: one, or all at once, in one unit of work with the versions that were read.
#include <utility>

#include "causeway/time.hpp"
#include "online_accounts.hpp"

namespace online_accounts {

namespace {

preference_change history_row(const call &c, const channel_preference &after, const std::string &channel) {
  preference_change row;
  row.change_id = c.new_key<preference_change>();
  row.csid = after.csid;
  row.product = after.product;
  row.service = after.service;
  row.channel = channel;
  row.changed_at = after.updated_at;
  row.changed_by = after.updated_by;
  row.request_id = c.request_id();
  return row;
}

}  // namespace

task<reply> online_accounts_plugin::set_channel(call c, new_channel body) {
  auto beginning = begin_change(c, privacy_check_valid_for_);
  auto start = co_await std::move(beginning);
  if (start.refused) co_return std::move(*start.refused);

  const wanted_channel wanted{body.product, body.service, body.channel, body.apply_to_all.value_or(false)};
  auto change = change_channels(std::move(start.state), wanted, rules_, std::string(c.principal()),
                                causeway::sdk::format_time(c.now()));
  if (change.not_allowed) co_return reply::invalid_input("/body/channel", "not-possible", *change.not_allowed);

  causeway::sdk::unit work;
  for (const auto i : change.set) {
    auto &preference = change.after.preferences[i];
    if (preference.version == 0)
      work.insert(preference);
    else
      work.update(preference, preference.version);
    ++preference.version;
    work.insert(history_row(c, preference, wanted.channel));
  }
  // Who sets the last that is due must know that it is the last: two at once must not each leave it to the other.
  for (const auto i : change.still_due) {
    auto &preference = change.after.preferences[i];
    if (preference.version == 0)
      work.insert(preference);
    else
      work.require(preference, preference.version);
    if (preference.version == 0) ++preference.version;
  }
  for (const auto &[i, move] : change.activated) {
    auto &account = change.after.accounts[i];
    work.update(account, account.version++);
    work.insert(history_row(c, account, *move, start.checked_at, "Preferences set"));
  }
  auto answer = reply::json(200, preferences_json(change.after));
  answer.etag = etag_of(change.after);
  auto committing = commit_change(c, std::move(work), std::move(answer));
  co_return co_await std::move(committing);
}

}  // namespace online_accounts
