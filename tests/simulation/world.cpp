#include "tests/simulation/world.hpp"

#include <algorithm>

namespace causeway::simulation {

using testing::never;

void process::go_on(fiber &with) {
  with.resume();
  for (bool moved = true; moved;) {
    moved = false;
    for (fiber *other : fibers) {
      if (!other->wants_mutex()) continue;
      other->resume();
      moved = moved || !other->wants_mutex();
    }
  }
}

store_server::store_server(world &in, which side, std::vector<kind_ptr> kinds)
    : content(std::move(kinds), in.keys), world_(in), side_(side) {}

void store_server::begin(unit_of_work &unit) {
  for (change &c : unit.changes)
    if (c.what.kind->name == "causeway.outbox") c.what["id"] = ++last_id_;
}

std::optional<fault> store_server::refusal_of(const unit_of_work &unit) {
  if (poison_.empty() && refusals_.empty()) return std::nullopt;
  for (const change &c : unit.changes) {
    const auto field = c.what.kind->find_field("sourceId");
    if (!field) continue;
    const std::string key(text_of(c.what.values[*field]));
    if (key == poison_) {
      world_.truth.refused(key, true);
      return fault{outcome::invalid, "refused for ever", {}};
    }
    const auto found = refusals_.find(key);
    if (found == refusals_.end()) continue;
    if (--found->second == 0) refusals_.erase(found);
    world_.truth.refused(key, false);
    return fault{world_.chance.below(3) == 0 ? outcome::overloaded : outcome::internal, "refused for now", {}};
  }
  return std::nullopt;
}

void store_server::refuse_nothing() {
  poison_.clear();
  refusals_.clear();
}

result<commit_outcome> store_server::commit(unit_of_work unit, const std::string &by, std::uint64_t begun) {
  if (side_ == target)
    if (auto why = refusal_of(unit)) return std::move(*why);
  auto done = commit_now(content, unit, never);
  if (done) {
    if (side_ == source)
      world_.truth.source_committed(unit, *done, begun);
    else
      world_.truth.target_committed(unit, *done, by);
  }
  return done;
}

const testing::two_stores &world::site() {
  static const testing::two_stores shape;
  return shape;
}

namespace {

// The records of a store, and what the relay needs there.
std::vector<kind_ptr> kinds_of(const std::string &store, std::vector<kind_ptr> records) {
  for (kind_ptr &kind : relay_kinds(store, world::site().routes)) records.push_back(std::move(kind));
  return records;
}

const std::vector<kind_ptr> &kinds_of_pluto() {
  static const auto kinds = kinds_of("pluto", {world::site().communication, world::site().note, gateway_kind("pluto")});
  return kinds;
}

const std::vector<kind_ptr> &kinds_of_cuba() {
  static const auto kinds = kinds_of("cuba", {world::site().cuba_communication, world::site().notepad});
  return kinds;
}

}  // namespace

world::world(std::uint64_t seed, bool traced)
    : chance(seed),
      what(chance),
      story(events, traced),
      keys(std::make_shared<key_maker>([this] { return wall(); }, 7u)),
      truth(what.relay.retry.attempts),
      pluto(*this, store_server::source, kinds_of_pluto()),
      cuba(*this, store_server::target, kinds_of_cuba()) {}

std::vector<record> world::all(store_server &of, const kind_ptr &kind) {
  find_request request;
  request.kind = kind;
  request.order = kind->key;
  request.limit = 10'000;
  return *find_now(of.content, std::move(request), never);
}

std::string told(const unit_of_work &unit) {
  std::string out;
  for (const change &c : unit.changes) {
    if (!out.empty()) out += ", ";
    const record_kind &kind = *c.what.kind;
    const bool required = c.type == change_type::require;
    const auto number = [&](const char *field) {
      const auto *n = std::get_if<std::int64_t>(&c.what[field]);
      return n ? std::to_string(*n) : std::string("?");
    };
    if (kind.name == "causeway.copied") {
      out += "outbox " + number("id") + " COPIED";
    } else if (kind.name == "causeway.outbox" && c.type == change_type::erase_at) {
      out += "away with it";
    } else if (kind.name == "causeway.outbox") {
      out += c.type == change_type::insert ? "order copy of " + std::string(text_of(c.what["sourceKey"]))
                                           : "outbox " + number("id") + " " + std::string(text_of(c.what["state"]));
      if (c.type == change_type::update && text_of(c.what["state"]).empty()) out += "waits";
    } else if (kind.name == "causeway.lease" || kind.name == "causeway.fence") {
      out += (required                    ? "require "
              : is_null(c.what.values[2]) ? "free "
                                          : "take ") +
             kind.name.substr(9) + " " + number("partition") + " at version " + std::to_string(c.version);
      if (!required && !is_absent(c.what["fence"])) out += " with fence " + number("fence");
    } else if (kind.name == "causeway.gateway") {
      out += "slot " + number("slot") + " beat " + number("beat");
    } else if (kind.find_field("sourceId")) {
      out += "copy " + std::string(text_of(c.what["sourceId"]));
    } else {
      out += "record " + key_text({c.what.values[kind.key.front()]});
    }
  }
  return out;
}

}  // namespace causeway::simulation
