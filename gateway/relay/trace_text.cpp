// The life of a record as it is told: to programs in JSON, to people in lines.
#include <string>
#include <utility>

#include "causeway/json.hpp"
#include "relay/trace.hpp"

namespace causeway {

namespace {

std::optional<std::string> or_null(const std::string &text) {
  return text.empty() ? std::nullopt : std::optional(text);
}
std::optional<std::string> or_null(const std::optional<time_point> &at) {
  return at ? std::optional(to_rfc3339(*at)) : std::nullopt;
}

void write(sdk::json_writer &out, const attempt &a) {
  out.begin_object()
      .member("number", a.number)
      .member("at", to_rfc3339(a.at))
      .member("outcome", to_string(a.outcome))
      .member("gateway", or_null(a.gateway))
      .member("mapping", or_null(a.mapping))
      .member("reason", or_null(a.reason))
      .member("by", or_null(a.by))
      .end_object();
}

void write_row(sdk::json_writer &out, const traced_entry &entry) {
  const copy_row &row = entry.row;
  out.member("id", std::to_string(row.id))
      .member("state", to_string(row.state))
      .member("origin", to_string(row.origin))
      .member("action", to_string(row.action))
      .member("requestedBy", or_null(row.requested_by))
      .member("attempts", row.attempts)
      .member("partition", row.partition)
      .member("createdAt", to_rfc3339(row.created))
      .member("nextAttemptAt", or_null(row.next_attempt))
      .member("copiedAt", or_null(row.copied))
      .member("reason", or_null(row.reason))
      .member("heldBy", entry.held_by ? std::optional(std::to_string(*entry.held_by)) : std::nullopt);
}

void write_attempts(sdk::json_writer &out, const traced_entry *entry) {
  out.name("attempts").begin_array();
  if (entry != nullptr)
    for (const attempt &a : entry->attempts) write(out, a);
  out.end_array().member("attemptsLeftOut", entry != nullptr ? entry->left_out : 0);
}

void write(sdk::json_writer &out, const std::optional<traced_target> &target) {
  if (!target) {
    out.item(nullptr);
    return;
  }
  out.begin_object()
      .member("store", target->store)
      .member("kind", target->kind)
      .member("key", or_null(target->key))
      .member("present", target->present)
      .end_object();
}

void write(sdk::json_writer &out, const traced_agreement &agreement) {
  out.begin_object().member("agrees", agreement.agrees).name("differingFields").begin_array();
  for (const std::string &field : agreement.fields) out.item(field);
  out.end_array()
      .member("reason", or_null(agreement.reason))
      .member("checkedAt", to_rfc3339(agreement.checked))
      .end_object();
}

std::string entry_in_words(const traced_entry &entry, const std::string &mapping_now) {
  const copy_row &row = entry.row;
  std::string text = "entry " + std::to_string(row.id) + ", " + std::string(to_string(row.state)) + ", partition " +
                     std::to_string(row.partition) + ", asked for at " + to_rfc3339(row.created) + " (" +
                     std::string(to_string(row.origin)) + " " + std::string(to_string(row.action)) +
                     (row.requested_by.empty() ? "" : " by " + row.requested_by) + ")";
  if (row.next_attempt) text += ", next attempt at " + to_rfc3339(*row.next_attempt);
  if (entry.held_by) text += ", waits behind dead letter " + std::to_string(*entry.held_by);
  text += "\n";
  std::int64_t before = 0;
  for (const attempt &a : entry.attempts) {
    if (a.number > before + 1)
      text += "               ... " + std::to_string(a.number - before - 1) + " that are not kept any more\n";
    before = a.number;
    text += "             " + std::string(a.number < 10 ? " " : "") + std::to_string(a.number) + "  " +
            to_rfc3339(a.at) + "  " + std::string(to_string(a.outcome));
    if (!a.reason.empty()) text += "  " + a.reason;
    if (!a.by.empty()) text += "  by " + a.by;
    if (!a.mapping.empty() && a.mapping != mapping_now) text += "  (mapping " + a.mapping + ")";
    if (!a.gateway.empty()) text += "  gateway " + a.gateway;
    text += "\n";
  }
  return text;
}

std::string agreement_in_words(const traced_agreement &agreement) {
  std::string text = !agreement.agrees ? "-" : *agreement.agrees ? "both agree" : "they do not agree";
  for (std::size_t i = 0; i < agreement.fields.size(); ++i) text += (i == 0 ? ": " : ", ") + agreement.fields[i];
  if (!agreement.reason.empty()) text += ": " + agreement.reason;
  return text;
}

}  // namespace

std::string to_json(const crossing &c) {
  const traced_entry *own = c.entries.empty() ? nullptr : &c.entries.front();
  sdk::json_writer out;
  out.begin_object()
      .member(c.key_name, c.key)
      .member("csid", c.csid)
      .member("route", c.route)
      .member("store", c.store)
      .member("kind", c.kind)
      .member("state", c.state)
      .member("postedBy", or_null(c.posted_by))
      .member("postedAt", or_null(c.posted_at));
  out.name("mapping")
      .begin_object()
      .member("version", own != nullptr ? or_null(own->row.mapping) : std::nullopt)
      .member("current", or_null(c.mapping_now))
      .end_object();
  out.name("outbox");
  if (own != nullptr) {
    out.begin_object();
    write_row(out, *own);
    out.end_object();
  } else {
    out.item(nullptr);
  }
  write_attempts(out, own);
  out.name("repairs").begin_array();
  for (std::size_t i = 1; i < c.entries.size(); ++i) {
    out.begin_object();
    write_row(out, c.entries[i]);
    write_attempts(out, &c.entries[i]);
    out.end_object();
  }
  out.end_array().member("moreRepairs", c.more_entries);
  out.name("target");
  write(out, c.target);
  out.name("agreement");
  write(out, c.agreement);
  out.name("followers").begin_array();
  for (const traced_follower &f : c.followers)
    out.begin_object()
        .member("route", f.route)
        .member("id", f.key)
        .member("state", f.state)
        .member("targetId", or_null(f.target_id))
        .end_object();
  out.end_array().member("moreFollowers", c.more_followers).end_object();
  return out.take();
}

std::string in_words(const crossing &c) {
  std::string text = c.kind + " " + c.key + " of customer " + c.csid + ": " + c.state + "\n";
  const auto line = [&](std::string_view name, const std::string &content) {
    text += "  " + std::string(name) + std::string(11 - name.size(), ' ') + content + "\n";
  };
  line("posted", (c.posted_at.empty() ? "at a time that is not told" : "at " + c.posted_at) +
                     (c.posted_by.empty() ? "" : " by " + c.posted_by));
  line("route", c.route);
  const std::string version = c.entries.empty() ? "" : c.entries.front().row.mapping;
  if (version.empty())
    line("mapping", c.mapping_now + " in use now");
  else if (version == c.mapping_now)
    line("mapping", version + " let it in, and is in use now");
  else
    line("mapping", version + " let it in; " + c.mapping_now + " is in use now");
  for (std::size_t i = 0; i < c.entries.size(); ++i)
    text += (i == 0 ? "  outbox     " : "  repair     ") + entry_in_words(c.entries[i], c.mapping_now);
  if (c.more_entries) line("", "... and more repairs");
  if (c.target)
    line("target", c.target->kind + " " + c.target->key + (c.target->present ? " stands" : " is not there"));
  else
    line("target", "none");
  line("agreement", agreement_in_words(c.agreement));
  for (const traced_follower &f : c.followers)
    line("follower", f.kind + " " + f.key + ": " + f.state + (f.target_id.empty() ? "" : ", " + f.target_id));
  if (c.more_followers) line("", "... and more followers");
  return text;
}

}  // namespace causeway
