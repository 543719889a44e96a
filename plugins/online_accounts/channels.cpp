// A change is worked out whole before anything is written: all of it is allowed, or none of it is done. Setting the
// last preference that was due makes the linked account active again.
#include "channels.hpp"

#include <algorithm>
#include <stdexcept>

#include "account_machine.hpp"

namespace online_accounts {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// The parts between separators, trimmed; none for blank text.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!trimmed(text).empty()) {
    const auto end = std::min(text.find(separator), text.size());
    parts.push_back(trimmed(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool waits_for_preferences(const online_account &account) {
  return account_machine.find(account.status, "PREFERENCES_SET") != nullptr;
}

bool is_any_waiting(const account_state &of) {
  return std::any_of(of.accounts.begin(), of.accounts.end(), waits_for_preferences);
}

// Makes the preference, in the order of the keys, where there is none.
void add_if_missing(account_state &to, const std::string &product, const std::string &service,
                    const std::string &officer, const std::string &now) {
  const auto place = std::find_if(to.preferences.begin(), to.preferences.end(), [&](const channel_preference &each) {
    return std::tie(each.product, each.service) >= std::tie(product, service);
  });
  if (place != to.preferences.end() && place->product == product && place->service == service) return;
  channel_preference made;
  made.csid = to.csid;
  made.product = product;
  made.service = service;
  made.updated_at = now;
  made.updated_by = officer;
  to.preferences.insert(place, std::move(made));
}

}  // namespace

channel_rules::channel_rules(std::string_view written) {
  for (const auto rule : split(written, ';')) {
    const auto sides = split(rule, '=');
    const auto key = sides.size() == 2 ? split(sides[0], '.') : std::vector<std::string_view>();
    const auto channels = sides.size() == 2 ? split(sides[1], ',') : std::vector<std::string_view>();
    const auto blank = [](std::string_view part) { return part.empty(); };
    if (key.size() != 2 || channels.empty() || std::any_of(key.begin(), key.end(), blank) ||
        std::any_of(channels.begin(), channels.end(), blank))
      throw std::invalid_argument("allowedChannels: \"" + std::string(rule) +
                                  "\" is not of the form PRODUCT.SERVICE = CHANNEL, CHANNEL");
    auto &of = allowed_[{std::string(key[0]), std::string(key[1])}];
    for (const auto channel : channels) of.emplace(channel);
  }
}

bool channel_rules::allow(std::string_view product, std::string_view service, std::string_view channel) const {
  if (allowed_.empty()) return true;
  const auto found = allowed_.find({std::string(product), std::string(service)});
  return found != allowed_.end() && found->second.contains(channel);
}

bool channel_rules::cover(std::string_view product, std::string_view service) const {
  return allowed_.empty() || allowed_.contains({std::string(product), std::string(service)});
}

void channel_rules::complete(account_state &of, const std::string &officer, const std::string &now) const {
  for (const auto &[key, channels] : allowed_) add_if_missing(of, key.first, key.second, officer, now);
}

bool preferences_reset_due(const account_state &of, const channel_rules &rules) {
  return is_any_waiting(of) || std::any_of(of.preferences.begin(), of.preferences.end(), [&](const auto &each) {
           return each.reset_due && rules.cover(each.product, each.service);
         });
}

std::vector<std::size_t> make_due(account_state &of, const channel_rules &rules, const std::string &officer,
                                  const std::string &now) {
  rules.complete(of, officer, now);
  std::vector<std::size_t> made;
  for (std::size_t i = 0; i < of.preferences.size(); ++i) {
    auto &each = of.preferences[i];
    if (!rules.cover(each.product, each.service)) continue;
    each.reset_due = true;
    made.push_back(i);
  }
  return made;
}

channel_change change_channels(account_state before, const wanted_channel &wanted, const channel_rules &rules,
                               const std::string &officer, const std::string &now) {
  channel_change change;
  change.after = std::move(before);
  auto &preferences = change.after.preferences;
  const auto is_named = [&wanted](const channel_preference &each) {
    return each.product == wanted.product && each.service == wanted.service;
  };
  const bool waiting = is_any_waiting(change.after);
  add_if_missing(change.after, wanted.product, wanted.service, officer, now);
  if (wanted.to_all || waiting) rules.complete(change.after, officer, now);
  for (std::size_t i = 0; i < preferences.size(); ++i) {
    auto &each = preferences[i];
    if (!is_named(each) && !rules.cover(each.product, each.service)) continue;  // nobody could set it
    if (!wanted.to_all && !is_named(each)) {
      each.reset_due |= waiting && each.version == 0;  // a product or service that is newer than the link
      if (each.reset_due) change.still_due.push_back(i);
      continue;
    }
    if (!rules.allow(each.product, each.service, wanted.channel)) {
      change.not_allowed = wanted.channel + " is not possible for " + each.product + " " + each.service + ".";
      return change;
    }
    each.channel = wanted.channel;
    each.updated_at = now;
    each.updated_by = officer;
    each.reset_due = false;
    change.set.push_back(i);
  }
  auto &accounts = change.after.accounts;
  for (std::size_t i = 0; i < accounts.size() && change.still_due.empty(); ++i) {
    const auto *move = account_machine.find(accounts[i].status, "PREFERENCES_SET");
    if (!move) continue;
    accounts[i].status = move->to;
    accounts[i].status_since = now;
    change.activated.push_back({i, move});
  }
  return change;
}

}  // namespace online_accounts
