// The rows of Idempotency-Keys, for the two files that work with them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/idempotency.hpp"

namespace causeway {

inline constexpr std::string_view key_running = "RUNNING";
inline constexpr std::string_view key_done = "DONE";

// A row as it was read.
struct idempotency::row {
  record what;
  bool done = false;
  bool expired = false;
  bool same_request = false;
  std::string holder;

  bool answers_it() const { return done && same_request; }

  answer kept() const {
    answer a;
    const auto *status = std::get_if<std::int64_t>(&what["status"]);
    a.status = status ? int(*status) : 200;
    a.body = text_of(what["answerBody"]);
    a.content_type = text_of(what["contentType"]);
    a.etag = text_of(what["etag"]);
    a.location = text_of(what["location"]);
    return a;
  }
};

struct idempotency::seen {
  std::optional<fault> failed;
  std::optional<row> found;
  bool erased = false;  // an expired row stood in the way
};

// Erases a row only as long as it stands as it was seen.
inline void add_erasure(unit_of_work &unit, const record &what, std::int64_t version) {
  change guard;
  guard.type = change_type::require;
  guard.what = what;
  guard.version = version;
  change erase = guard;
  erase.type = change_type::erase;
  unit.changes.push_back(std::move(guard));
  unit.changes.push_back(std::move(erase));
}

}  // namespace causeway
