#include "relay/outbox.hpp"

#include <array>
#include <utility>

#include "runtime/clock.hpp"
#include "store/kind_builder.hpp"

namespace causeway {

namespace {

constexpr std::array<std::pair<copy_state, std::string_view>, 4> state_names{{
    {copy_state::pending, "PENDING"},
    {copy_state::copied, "COPIED"},
    {copy_state::dead, "DEAD"},
    {copy_state::discarded, "DISCARDED"},
}};

constexpr std::array<std::pair<copy_origin, std::string_view>, 3> origin_names{{
    {copy_origin::post, "POST"},
    {copy_origin::backfill, "BACKFILL"},
    {copy_origin::repair, "REPAIR"},
}};

constexpr std::array<std::pair<copy_action, std::string_view>, 3> action_names{{
    {copy_action::copy, "COPY"},
    {copy_action::replace, "REPLACE"},
    {copy_action::remove, "REMOVE"},
}};

constexpr std::size_t longest_name = 64, longest_fields = 1000;

template <class Names>
std::string_view name_of(const Names &names, decltype(names.front().first) one) {
  for (const auto &[known, name] : names)
    if (known == one) return name;
  return {};
}

template <class Names>
auto named(const Names &names, std::string_view name) -> std::optional<decltype(names.front().first)> {
  for (const auto &[one, known] : names)
    if (known == name) return one;
  return std::nullopt;
}

// Text of at most so many bytes; no character of UTF-8 is cut in two.
std::string cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0u) == 0x80u) --most;
  return std::string(text.substr(0, most));
}

constexpr std::uint64_t fnv_basis = 14695981039346656037u;
// FNV-1a: one line, and no library that might change it.
std::uint64_t fnv(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

std::optional<time_point> time_of(const value &v) { return from_rfc3339(text_of(v)); }

std::int64_t number_of(const value &v) {
  const auto *number = std::get_if<std::int64_t>(&v);
  return number ? *number : 0;
}

// An update of the row with nothing changed yet.
change update_of(const kind_ptr &outbox, const copy_row &row) {
  change c{change_type::update, record(outbox), row.version};
  c.what.values[c.what.kind->key.front()] = row.id;
  return c;
}

// Where the fields stand in a row; looked up by name once, for a backlog has many rows.
struct places {
  static constexpr std::size_t none = ~std::size_t(0);
  std::size_t id, route, partition, csid, source_key, origin, action, requested_by, seen, fields, mapping, state,
      attempts, next_attempt, reason, target_id, created, first_failed, last_failed, copied, tried_by, tried_with,
      last_entry;

  explicit places(const record_kind &kind) {
    const auto at = [&](std::string_view name) { return kind.find_field(name).value_or(none); };
    id = at("id");
    route = at("route");
    partition = at("partition");
    csid = at("csid");
    source_key = at("sourceKey");
    origin = at("origin");
    action = at("action");
    requested_by = at("requestedBy");
    seen = at("seen");
    fields = at("fields");
    mapping = at("mapping");
    state = at("state");
    attempts = at("attempts");
    next_attempt = at("nextAttemptAt");
    reason = at("reason");
    target_id = at("targetId");
    created = at("createdAt");
    first_failed = at("firstFailedAt");
    last_failed = at("lastFailedAt");
    copied = at("copiedAt");
    tried_by = at("triedBy");
    tried_with = at("triedWith");
    last_entry = at("lastEntry");
  }
};

constexpr std::string_view copied_name = "causeway.copied";

const places &places_of_outbox() {
  static const places all(*outbox_kind({}));
  return all;
}
const places &places_of_copied() {
  static const places all(*copied_kind({}));
  return all;
}

value time_or_null(const std::optional<time_point> &at) { return at ? value(to_rfc3339(*at)) : value(null()); }

// What a row says from the moment that a copy is asked for, and keeps wherever it stands.
kind_builder &what_was_asked(kind_builder &of) {
  return of.needs("route", field_type::text, 64)
      .needs("partition", field_type::integer)
      .needs("csid", field_type::csid)
      .needs("sourceKey", field_type::text, longest_key)
      .needs("origin", field_type::text, 10)
      .needs("action", field_type::text, 10)
      .maybe("requestedBy", field_type::text, longest_name)
      .maybe("seen", field_type::integer)
      .maybe("fields", field_type::text, longest_fields)
      .maybe("mapping", field_type::text, longest_name);
}

change failed(const kind_ptr &outbox, const copy_row &row, const std::string &reason, time_point now) {
  change c = update_of(outbox, row);
  c.what["attempts"] = row.attempts + 1;
  c.what["reason"] = reason;
  c.what["firstFailedAt"] = to_rfc3339(row.first_failed.value_or(now));
  c.what["lastFailedAt"] = to_rfc3339(now);
  return c;
}

}  // namespace

unsigned partition_of(std::string_view csid) {
  const std::uint64_t hash = fnv(fnv_basis, csid);
  return unsigned((hash ^ hash >> 32) % partitions);
}

std::string_view to_string(copy_state state) { return name_of(state_names, state); }
std::string_view to_string(copy_origin origin) { return name_of(origin_names, origin); }
std::string_view to_string(copy_action action) { return name_of(action_names, action); }

kind_ptr outbox_kind(const std::string &store) {
  kind_builder kind(store, "outbox");
  kind.needs("id", field_type::serial);
  return what_was_asked(kind)
      .needs("state", field_type::text, 10)
      .needs("attempts", field_type::integer)
      .maybe("nextAttemptAt", field_type::timestamp)
      .maybe("reason", field_type::text, 1000)
      .maybe("targetId", field_type::text, longest_key)
      .needs("createdAt", field_type::timestamp)
      .maybe("firstFailedAt", field_type::timestamp)
      .maybe("lastFailedAt", field_type::timestamp)
      .maybe("copiedAt", field_type::timestamp)
      .maybe("discardReason", field_type::text, 500)
      .maybe("discardedBy", field_type::text, 64)
      .maybe("triedBy", field_type::text, longest_name)
      .maybe("triedWith", field_type::text, longest_name)
      .needs("lastEntry", field_type::integer)
      .key({"id"})
      .versioned()
      .indexed({"route", "state", "id"})
      .indexed({"sourceKey", "id"})
      .build();
}

kind_ptr copied_kind(const std::string &store) {
  kind_builder kind(store, "copied");
  kind.needs("id", field_type::integer);
  return what_was_asked(kind)
      .needs("attempts", field_type::integer)
      .maybe("targetId", field_type::text, longest_key)
      .needs("createdAt", field_type::timestamp)
      .maybe("firstFailedAt", field_type::timestamp)
      .maybe("lastFailedAt", field_type::timestamp)
      .needs("copiedAt", field_type::timestamp)
      .maybe("triedBy", field_type::text, longest_name)
      .maybe("triedWith", field_type::text, longest_name)
      .needs("lastEntry", field_type::integer)
      .key({"sourceKey", "id"})
      .indexed({"route", "id"})
      .build();
}

kind_ptr copy_kind(const std::string &store) {
  record_kind kind = *kind_builder(store, "outbox")
                          .needs("sourceId", field_type::text, longest_key)
                          .needs("route", field_type::text, 64)
                          .needs("state", field_type::text, 10)
                          .maybe("targetId", field_type::text, longest_key)
                          .maybe("copiedAt", field_type::timestamp)
                          .key({"sourceId"})
                          .read_only()
                          .build();
  kind.name = store + ".copy";
  return std::make_shared<const record_kind>(std::move(kind));
}

copy_row read_copy(const record &row) {
  static const value nothing = null();
  const bool settled = row.kind->name == copied_name;
  const places &at = settled ? places_of_copied() : places_of_outbox();
  const auto of = [&](std::size_t place) -> const value & {
    return place == places::none ? nothing : row.values[place];
  };
  copy_row out;
  out.id = number_of(of(at.id));
  out.route = text_of(of(at.route));
  out.partition = unsigned(number_of(of(at.partition)));
  out.csid = text_of(of(at.csid));
  out.source_key = text_of(of(at.source_key));
  const auto state = settled ? copy_state::copied : named(state_names, text_of(of(at.state)));
  const auto origin = named(origin_names, text_of(of(at.origin)));
  const auto action = named(action_names, text_of(of(at.action)));
  // What a later version wrote is for an operator to look at, never for this one to copy.
  out.state = state && action ? *state : copy_state::dead;
  out.origin = origin.value_or(copy_origin::post);
  out.action = action.value_or(copy_action::copy);
  out.requested_by = text_of(of(at.requested_by));
  if (const auto *seen = std::get_if<std::int64_t>(&of(at.seen))) out.seen = *seen;
  out.fields = text_of(of(at.fields));
  out.mapping = text_of(of(at.mapping));
  out.attempts = number_of(of(at.attempts));
  out.next_attempt = time_of(of(at.next_attempt));
  out.reason = text_of(of(at.reason));
  out.target_id = text_of(of(at.target_id));
  out.created = time_of(of(at.created)).value_or(time_point());
  out.first_failed = time_of(of(at.first_failed));
  out.last_failed = time_of(of(at.last_failed));
  out.copied = time_of(of(at.copied));
  out.tried_by = text_of(of(at.tried_by));
  out.tried_with = text_of(of(at.tried_with));
  out.last_entry = number_of(of(at.last_entry));
  out.version = row.version;
  return out;
}

record seen_by_plugins(const copy_row &row, const kind_ptr &copy) {
  record out(copy);
  out["sourceId"] = row.source_key;
  out["route"] = row.route;
  // Given up is dead to whoever reads the record: it does not stand in the target and will not by itself.
  out["state"] = std::string(to_string(row.state == copy_state::discarded ? copy_state::dead : row.state));
  out["targetId"] = row.target_id.empty() ? value(null()) : value(row.target_id);
  out["copiedAt"] = row.copied ? value(to_rfc3339(*row.copied)) : value(null());
  return out;
}

find_request copies_in_state(const kind_ptr &outbox, const std::string &route, copy_state state, std::int64_t after,
                             std::size_t limit) {
  find_request request;
  request.kind = outbox;
  request.conditions = {{*outbox->find_field("route"), route},
                        {*outbox->find_field("state"), std::string(to_string(state))}};
  request.order = {*outbox->find_field("id")};
  if (after > 0) request.after = {after};
  request.limit = limit;
  return request;
}

std::int64_t seen_as(const record &copy) {
  if (!copy.kind->version.empty()) return copy.version;
  std::uint64_t hash = fnv_basis;
  for (const value &v : copy.values) {
    const std::string text = is_null(v) || is_absent(v) ? std::string() : key_text({v});
    // The kind of value and the length keep neighbours apart.
    hash = fnv(hash, std::to_string(v.index()) + ":" + std::to_string(text.size()) + ":");
    hash = fnv(hash, text);
  }
  return std::int64_t(hash >> 1);
}

change ask_for_copy(const kind_ptr &outbox, const std::string &route, const std::string &csid,
                    const std::string &source_key, time_point now, const copy_order &order) {
  change c{change_type::insert, record(outbox), 0};
  c.tells_key = false;
  c.what["route"] = route;
  c.what["partition"] = std::int64_t(partition_of(csid));
  c.what["csid"] = csid;
  c.what["sourceKey"] = source_key;
  c.what["origin"] = std::string(to_string(order.origin));
  c.what["action"] = std::string(to_string(order.action));
  c.what["requestedBy"] = text_or_null(cut(order.requested_by, longest_name));
  c.what["seen"] = order.seen ? value(*order.seen) : value(null());
  c.what["fields"] = text_or_null(cut(order.fields, longest_fields));
  c.what["mapping"] = text_or_null(cut(order.mapping, longest_name));
  c.what["state"] = std::string(to_string(copy_state::pending));
  c.what["attempts"] = std::int64_t(0);
  c.what["lastEntry"] = std::int64_t(0);
  c.what["createdAt"] = to_rfc3339(now);
  return c;
}

// Absent where it stands already: a settlement whose answer was lost, of an outbox that was brought back from a backup.
change settle_copied(const kind_ptr &copied, const copy_row &row, const std::string &target_id, time_point now) {
  change c{change_type::insert_absent, record(copied), 0};
  const places &at = places_of_copied();
  auto &values = c.what.values;
  values[at.source_key] = row.source_key;
  values[at.id] = row.id;
  values[at.route] = row.route;
  values[at.partition] = std::int64_t(row.partition);
  values[at.csid] = row.csid;
  values[at.origin] = std::string(to_string(row.origin));
  values[at.action] = std::string(to_string(row.action));
  values[at.requested_by] = text_or_null(row.requested_by);
  values[at.seen] = row.seen ? value(*row.seen) : value(null());
  values[at.fields] = text_or_null(row.fields);
  values[at.mapping] = text_or_null(row.mapping);
  values[at.attempts] = row.attempts + 1;
  values[at.target_id] = text_or_null(target_id);
  values[at.created] = to_rfc3339(row.created);
  values[at.first_failed] = time_or_null(row.first_failed);
  values[at.last_failed] = time_or_null(row.last_failed);
  values[at.copied] = to_rfc3339(now);
  values[at.last_entry] = row.last_entry;
  return c;
}

change leave_outbox(const kind_ptr &outbox, const copy_row &row) {
  change c = update_of(outbox, row);
  c.type = change_type::erase_at;
  return c;
}

change settle_waiting(const kind_ptr &outbox, const copy_row &row, const std::string &reason, time_point next,
                      time_point now) {
  change c = failed(outbox, row, reason, now);
  c.what["nextAttemptAt"] = to_rfc3339(next);
  return c;
}

change settle_moot(const kind_ptr &outbox, const copy_row &row, const std::string &reason, time_point now) {
  change c = failed(outbox, row, reason, now);
  c.what["state"] = std::string(to_string(copy_state::discarded));
  c.what["nextAttemptAt"] = null();
  c.what["discardReason"] = cut(reason, 500);
  c.what["discardedBy"] = "causeway";
  return c;
}

change settle_dead(const kind_ptr &outbox, const copy_row &row, const std::string &reason, time_point now) {
  change c = failed(outbox, row, reason, now);
  c.what["state"] = std::string(to_string(copy_state::dead));
  c.what["nextAttemptAt"] = null();
  return c;
}

change replay_dead(const kind_ptr &outbox, const copy_row &row) {
  change c = update_of(outbox, row);
  c.what["state"] = std::string(to_string(copy_state::pending));
  c.what["attempts"] = std::int64_t(0);
  c.what["nextAttemptAt"] = null();
  return c;
}

change discard_dead(const kind_ptr &outbox, const copy_row &row, const std::string &reason, const std::string &by) {
  change c = update_of(outbox, row);
  c.what["state"] = std::string(to_string(copy_state::discarded));
  c.what["discardReason"] = reason;
  c.what["discardedBy"] = by;
  return c;
}

value text_or_null(const std::string &text) { return text.empty() ? value(null()) : value(text); }

std::vector<value> key_of(const record &of) {
  std::vector<value> key;
  for (const std::size_t field : of.kind->key) key.push_back(of.values[field]);
  return key;
}

std::string key_text(const std::vector<value> &key) {
  if (key.size() == 1 && std::holds_alternative<std::string>(key.front())) return std::string(text_of(key.front()));
  std::string out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (i > 0) out += '/';
    if (const auto *number = std::get_if<std::int64_t>(&key[i]))
      out += std::to_string(*number);
    else if (const auto *truth = std::get_if<bool>(&key[i]))
      out += *truth ? "true" : "false";
    else
      for (const char c : text_of(key[i])) {
        if (c == '~')
          out += "~0";
        else if (c == '/')
          out += "~1";
        else
          out += c;
      }
  }
  return out;
}

}  // namespace causeway
