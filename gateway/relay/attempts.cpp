// The number of a copy's newest row stands in its own row, of the outbox or of what was copied: so the next number, and
// the row that is to go when there are too many, are known without a look at the others.
#include "relay/attempts.hpp"

#include <array>
#include <utility>

#include "runtime/clock.hpp"
#include "store/kind_builder.hpp"

namespace causeway {

namespace {

constexpr std::array<std::pair<attempt_outcome, std::string_view>, 5> outcome_names{{
    {attempt_outcome::copied, "COPIED"},
    {attempt_outcome::waiting, "WAITING"},
    {attempt_outcome::dead, "DEAD"},
    {attempt_outcome::replayed, "REPLAYED"},
    {attempt_outcome::discarded, "DISCARDED"},
}};

attempt_outcome outcome_named(std::string_view name) {
  for (const auto &[outcome, known] : outcome_names)
    if (known == name) return outcome;
  return attempt_outcome::waiting;
}

record row_of(const kind_ptr &attempts, std::int64_t outbox_id, std::int64_t number) {
  record row(attempts);
  row["outboxId"] = outbox_id;
  row["number"] = number;
  return row;
}

}  // namespace

std::string_view to_string(attempt_outcome outcome) {
  for (const auto &[known, name] : outcome_names)
    if (known == outcome) return name;
  return {};
}

kind_ptr attempt_kind(const std::string &store) {
  return kind_builder(store, "attempt")
      .needs("outboxId", field_type::integer)
      .needs("number", field_type::integer)
      .needs("at", field_type::timestamp)
      .needs("outcome", field_type::text, 10)
      .maybe("gateway", field_type::text, 64)
      .maybe("mapping", field_type::text, 64)
      .maybe("reason", field_type::text, 1000)
      .maybe("doneBy", field_type::text, 64)
      .key({"outboxId", "number"})
      .build();
}

std::vector<change> tell_of(const kind_ptr &attempts, const copy_row &row, change &settlement, const attempt &what) {
  if (!what.gateway.empty()) {
    settlement.what["triedBy"] = what.gateway;
    settlement.what["triedWith"] = text_or_null(what.mapping);
  }
  if (what.outcome == attempt_outcome::copied && row.last_entry == 0) return {};
  const std::int64_t number = row.last_entry + 1;
  settlement.what["lastEntry"] = number;
  record told = row_of(attempts, row.id, number);
  told["at"] = to_rfc3339(what.at);
  told["outcome"] = std::string(to_string(what.outcome));
  told["gateway"] = text_or_null(what.gateway);
  told["mapping"] = text_or_null(what.mapping);
  told["reason"] = text_or_null(what.reason);
  told["doneBy"] = text_or_null(what.by);
  // The settlement's version guards it. What stands there is of a table that was kept when its outbox began anew.
  std::vector<change> changes{{change_type::put, std::move(told), 0}};
  if (const auto oldest = number - last_attempts_kept; oldest > first_attempts_kept)
    changes.push_back({change_type::erase, row_of(attempts, row.id, oldest), 0});
  return changes;
}

find_request attempts_of(const kind_ptr &attempts, std::int64_t outbox_id) {
  find_request request;
  request.kind = attempts;
  request.conditions = {{*attempts->find_field("outboxId"), outbox_id}};
  request.order = attempts->key;
  request.limit = std::size_t(first_attempts_kept + last_attempts_kept);
  return request;
}

std::vector<attempt> read_attempts(const copy_row &of, const std::vector<record> &rows) {
  if (of.last_entry == 0) {
    if (of.state != copy_state::copied) return {};
    return {{1, of.copied.value_or(of.created), attempt_outcome::copied, of.tried_by, of.tried_with, {}, {}}};
  }
  std::vector<attempt> all;
  for (const record &row : rows) {
    const auto *number = std::get_if<std::int64_t>(&row["number"]);
    if (number == nullptr || *number > of.last_entry) continue;
    attempt one;
    one.number = *number;
    one.at = from_rfc3339(text_of(row["at"])).value_or(time_point());
    one.outcome = outcome_named(text_of(row["outcome"]));
    one.gateway = text_of(row["gateway"]);
    one.mapping = text_of(row["mapping"]);
    one.reason = text_of(row["reason"]);
    one.by = text_of(row["doneBy"]);
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace causeway
