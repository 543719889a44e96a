// The life of one record that crosses: who posted it, which mapping let it in, its outbox entry, each attempt, what
// stands in the target, and whether both sides agree now. Tells keys, names of fields, codes and times, and nothing
// else of what a record says.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "causeway/task.hpp"
#include "relay/attempts.hpp"
#include "relay/relay.hpp"
#include "relay/route.hpp"
#include "runtime/clock.hpp"

namespace causeway {

// What is looked at. The stores (as for the relay) and the clock outlive every task.
struct trace_site {
  std::vector<copy_route> routes;
  std::map<std::string, relay_store> stores;
  const clock &time;
};
using trace_site_ptr = std::shared_ptr<const trace_site>;

// Of so many at most is told; that there are more is told, too.
constexpr std::size_t most_entries = 50, most_followers = 100;

// An entry of the outbox, with what was tried.
struct traced_entry {
  copy_row row;
  std::vector<attempt> attempts;        // the oldest first
  std::int64_t left_out = 0;            // attempts that are not kept any more
  std::optional<std::int64_t> held_by;  // of a pending one: the dead letter of the same customer that it waits behind
};

struct traced_target {
  std::string store;
  std::string kind;
  std::string key;       // empty: the target has none, and none was told
  bool present = false;  // it stands there now
};

struct traced_agreement {
  std::optional<bool> agrees;       // nothing: there is nothing to compare yet, or any more
  std::vector<std::string> fields;  // of the target, that differ
  std::string reason;               // why not, where fields do not tell; codes and names of fields
  time_point checked{};
};

// A record that refers to the traced one and crosses after it: a note.
struct traced_follower {
  std::string route;
  std::string kind;
  std::string key;
  std::string state;      // as crossing::state
  std::string target_id;  // empty: none yet
};

struct crossing {
  std::string route;
  std::string csid;
  std::string store;      // where it was created
  std::string kind;       // "pluto.communication"
  std::string key_name;   // "communicationId"
  std::string key;        // there
  std::string posted_by;  // empty: not told
  std::string posted_at;  // RFC 3339; empty: not told
  std::string state;  // of its outbox entry, or NOT_APPLICABLE: created in the target, or before there was the route
  std::string mapping_now;            // the version in use
  std::vector<traced_entry> entries;  // the first is the record's own, later ones are repairs; empty: none
  bool more_entries = false;
  std::optional<traced_target> target;
  traced_agreement agreement;
  std::vector<traced_follower> followers;
  bool more_followers = false;
};

// Every crossing of a record with this key, in its source or in its target; none where no store knows it. `only` is the
// last part of a source kind's name ("communication") and leaves other kinds out; empty: all. The fault is a store's.
task<result<std::vector<crossing>>> trace(trace_site_ptr site, std::string id, std::string only, time_point deadline);

// As JSON, with camelCase members; the key under its field's name.
std::string to_json(const crossing &c);
// For people, in lines.
std::string in_words(const crossing &c);

}  // namespace causeway
