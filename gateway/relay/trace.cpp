// Looks, in the order of a record's life: outbox, attempts, source, target, then the same comparison that reconcile
// makes, then what followed it. Nothing is locked: a copy that is settled while this looks may show half of it.
#include "relay/trace.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "relay/agreement.hpp"
#include "relay/awaiting.hpp"
#include "relay/entries.hpp"

namespace causeway {

namespace {

constexpr std::string_view not_applicable = "NOT_APPLICABLE";

std::string text_in(const record &r, std::string_view field) {
  const auto place = r.kind->find_field(field);
  return place ? std::string(text_of(r.values[*place])) : std::string();
}

// A key as its field takes it; nothing for what can be none.
std::optional<value> as_key(const record_kind &kind, const std::string &text) {
  if (kind.key.size() != 1) return std::nullopt;
  const field_type type = kind.fields[kind.key.front()].type;
  if (type == field_type::text) return value(text);
  if (type != field_type::integer && type != field_type::serial) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value(number);
}

bool begins_an_index(const record_kind &kind, std::size_t field) {
  return kind.fields[field].unique || kind.key.front() == field ||
         std::any_of(kind.indexes.begin(), kind.indexes.end(),
                     [&](const index &i) { return !i.fields.empty() && i.fields.front() == field; });
}

find_request dead_of_customer(const kind_ptr &outbox, const copy_row &row) {
  find_request request = copies_in_state(outbox, row.route, copy_state::dead, 0, 1);
  request.conditions.push_back({*outbox->find_field("csid"), row.csid});
  return request;
}

// One route's two sides.
struct way {
  trace_site_ptr site;
  const copy_route *route;
  time_point deadline;

  const kind_ptr &from() const { return route->map->from(); }
  const kind_ptr &to() const { return route->map->to(); }
  record_store &source() const { return *site->stores.at(from()->store).content; }
  record_store &target() const { return *site->stores.at(to()->store).content; }
};

// Fails for a fault of the store; that there is nothing is no fault.
task<result<std::optional<record>>> perhaps(record_store &store, get_request request, time_point deadline) {
  auto getting = get_from(store, std::move(request), deadline);
  auto got = co_await getting;
  if (got) co_return std::optional<record>(std::move(*got));
  if (got.why().what == outcome::not_found) co_return std::optional<record>();
  co_return got.why();
}

// The oldest, one more than is told of.
task<result<std::vector<copy_row>>> entries(way on, std::string key) {
  const std::string &store = on.from()->store;
  auto finding = find_in(on.source(), entries_of(outbox_kind(store), key, most_entries + 1, false), on.deadline);
  const auto open = co_await finding;
  if (!open) co_return open.why();
  auto looking = find_in(on.source(), entries_of(copied_kind(store), key, most_entries + 1, false), on.deadline);
  const auto made = co_await looking;
  if (!made) co_return made.why();
  auto all = joined_entries(*open, *made, false);
  if (all.size() > most_entries + 1) all.resize(most_entries + 1);
  co_return all;
}

task<result<done>> read_entries(way on, crossing &into) {
  const kind_ptr outbox = outbox_kind(on.from()->store), attempts = attempt_kind(on.from()->store);
  auto finding = entries(on, into.key);
  auto rows = co_await std::move(finding);
  if (!rows) co_return rows.why();
  into.more_entries = rows->size() > most_entries;
  for (copy_row &row : *rows) {
    traced_entry entry;
    entry.row = std::move(row);
    if (entry.row.route != on.route->name || into.entries.size() == most_entries) continue;
    if (entry.row.last_entry > 0) {
      auto reading = find_in(on.source(), attempts_of(attempts, entry.row.id), on.deadline);
      const auto told = co_await reading;
      if (!told) co_return told.why();
      entry.attempts = read_attempts(entry.row, *told);
      entry.left_out = entry.row.last_entry - std::int64_t(entry.attempts.size());
    } else {
      entry.attempts = read_attempts(entry.row, {});
    }
    if (entry.row.state == copy_state::pending) {
      auto looking = find_in(on.source(), dead_of_customer(outbox, entry.row), on.deadline);
      const auto dead = co_await looking;
      if (!dead) co_return dead.why();
      if (!dead->empty()) entry.held_by = read_copy(dead->front()).id;
    }
    into.entries.push_back(std::move(entry));
  }
  co_return done{};
}

// What the source is to look like in the target, compared with what stands there.
task<result<done>> compare(way on, record source, record standing, crossing &into) {
  auto mapped = on.route->map->apply(source);
  if (!mapped) {
    into.agreement.agrees = false;
    into.agreement.reason = "the record cannot cross as it is: " + reason_of(mapped.why());
    co_return done{};
  }
  auto questions = questions_of(*mapped, on.site->stores.at(on.to()->store).kinds);
  if (!questions) co_return questions.why();
  for (std::size_t i = 0; i < questions->size(); ++i) {
    auto asking = find_in(on.target(), std::move((*questions)[i]), on.deadline);
    const auto found = co_await asking;
    if (!found) co_return found.why();
    fill_in(*mapped, i, *found);
  }
  into.agreement.fields = differing_fields(mapped->target, standing);
  into.agreement.agrees = into.agreement.fields.empty();
  co_return done{};
}

task<result<done>> read_both_sides(way on, crossing &into) {
  auto getting = perhaps(on.source(), {on.from(), {into.key}}, on.deadline);
  const auto source = co_await std::move(getting);
  if (!source) co_return source.why();
  auto finding = find_in(on.target(), by_unique_field(on.to(), *source_id_field(*on.to()), into.key), on.deadline);
  const auto found = co_await finding;
  if (!found) co_return found.why();

  const copy_row *own = into.entries.empty() ? nullptr : &into.entries.front().row;
  into.agreement.checked = on.site->time.now();
  if (*source) {
    into.csid = text_in(**source, "csid");
    into.posted_by = text_in(**source, "createdBy");
    into.posted_at = text_in(**source, "createdAt");
  } else if (own != nullptr) {
    into.csid = own->csid;
  } else if (!found->empty()) {
    into.csid = text_in(found->front(), "csid");
  }
  if (into.posted_at.empty() && own != nullptr && own->origin == copy_origin::post)
    into.posted_at = to_rfc3339(own->created);

  const bool told = own != nullptr && !own->target_id.empty();
  if (!found->empty())
    into.target = traced_target{on.to()->store, on.to()->name, key_text(key_of(found->front())), true};
  else if (told)
    into.target = traced_target{on.to()->store, on.to()->name, own->target_id, false};

  if (*source && !found->empty()) {
    auto comparing = compare(on, **source, found->front(), into);
    auto compared = co_await std::move(comparing);
    co_return compared;
  }
  if (*source && own != nullptr && own->state == copy_state::copied) {
    into.agreement.agrees = false;
    into.agreement.reason = "the copy is not in the target any more";
  } else if (!*source && !found->empty()) {
    into.agreement.agrees = false;
    into.agreement.reason = "the record is not in the source any more";
  } else if (*source) {
    into.agreement.reason = "there is no copy in the target yet";
  } else {
    into.agreement.reason = "the record is in neither store any more";
  }
  co_return done{};
}

task<result<done>> read_followers(way on, crossing &into) {
  for (const copy_route &later : on.site->routes) {
    if (later.after != on.route->name || later.map->from()->store != on.from()->store) continue;
    for (const auto &reference : later.map->references()) {
      const kind_ptr &kind = later.map->from();
      if (reference.kind != on.to()->name || !begins_an_index(*kind, reference.source_field)) continue;
      if (on.to()->find_field(reference.by) != source_id_field(*on.to())) continue;
      find_request request = by_unique_field(kind, reference.source_field, into.key);
      request.limit = most_followers + 1 - into.followers.size();
      auto finding = find_in(on.source(), std::move(request), on.deadline);
      const auto rows = co_await finding;
      if (!rows) co_return rows.why();
      for (const record &row : *rows) {
        if (into.followers.size() == most_followers) {
          into.more_followers = true;
          break;
        }
        traced_follower one{later.name, kind->name, key_text(key_of(row)), std::string(not_applicable), {}};
        auto looking = entries(on, one.key);
        const auto asked = co_await std::move(looking);
        if (!asked) co_return asked.why();
        for (const copy_row &copy : *asked) {
          if (copy.route != later.name) continue;
          one.state = to_string(copy.state);
          one.target_id = copy.target_id;
          break;
        }
        into.followers.push_back(std::move(one));
      }
    }
  }
  co_return done{};
}

// The crossing of the record with this key in the source; nothing where neither outbox nor source knows it.
task<result<std::optional<crossing>>> follow(way on, std::string key) {
  crossing c;
  c.route = on.route->name;
  c.store = on.from()->store;
  c.kind = on.from()->name;
  c.key_name = on.from()->fields[on.from()->key.front()].name;
  c.key = std::move(key);
  c.mapping_now = on.route->mapping_version;
  auto reading = read_entries(on, c);
  const auto entered = co_await std::move(reading);
  if (!entered) co_return entered.why();
  auto sides = read_both_sides(on, c);
  const auto seen = co_await std::move(sides);
  if (!seen) co_return seen.why();
  if (c.csid.empty()) co_return std::optional<crossing>();
  c.state = c.entries.empty() ? not_applicable : to_string(c.entries.front().row.state);
  auto followers = read_followers(on, c);
  const auto followed = co_await std::move(followers);
  if (!followed) co_return followed.why();
  co_return std::optional<crossing>(std::move(c));
}

// A record that was created in the target, and stays there.
crossing born_there(const way &on, const record &standing) {
  crossing c;
  c.route = on.route->name;
  c.csid = text_in(standing, "csid");
  c.store = on.to()->store;
  c.kind = on.to()->name;
  c.key_name = on.to()->fields[on.to()->key.front()].name;
  c.key = key_text(key_of(standing));
  c.posted_by = text_in(standing, "createdBy");
  c.posted_at = text_in(standing, "createdAt");
  c.state = not_applicable;
  c.mapping_now = on.route->mapping_version;
  c.agreement.reason = "the record was created in " + c.store + ", and is not copied";
  c.agreement.checked = on.site->time.now();
  return c;
}

}  // namespace

task<result<std::vector<crossing>>> trace(trace_site_ptr site, std::string id, std::string only, time_point deadline) {
  std::vector<crossing> all;
  for (const copy_route &route : site->routes) {
    const way on{site, &route, deadline};
    if (!only.empty() && on.from()->name != on.from()->store + "." + only) continue;
    auto following = follow(on, id);
    auto followed = co_await std::move(following);
    if (!followed) co_return followed.why();
    if (*followed) {
      all.push_back(std::move(**followed));
      continue;
    }
    const auto key = as_key(*on.to(), id);
    if (!key) continue;
    auto getting = perhaps(on.target(), {on.to(), {*key}}, deadline);
    const auto standing = co_await std::move(getting);
    if (!standing) co_return standing.why();
    if (!*standing) continue;
    const value source_key = (*standing)->values[*source_id_field(*on.to())];
    if (!has_content(source_key)) {
      all.push_back(born_there(on, **standing));
      continue;
    }
    auto tracing_back = follow(on, std::string(text_of(source_key)));
    auto traced_back = co_await std::move(tracing_back);
    if (!traced_back) co_return traced_back.why();
    if (*traced_back) {
      all.push_back(std::move(**traced_back));
      continue;
    }
  }
  co_return all;
}

}  // namespace causeway
