// A copy route: one record kind that crosses to another through a compiled mapping.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mapping/mapping.hpp"
#include "store/record_store.hpp"

namespace causeway {

struct copy_route {
  std::string name;
  std::shared_ptr<const mapping> map;
  std::string after;  // the route whose copies go first, per customer; empty: none. Of the same source store
  std::string mapping_version = {};  // a short hash of map->meaning(), at most 64 characters; empty: not told
};

// The target's field that holds the source's key: named sourceId, or else the target's only unique field.
std::optional<std::size_t> source_id_field(const record_kind &target);

// What keeps a route from working, each as a sentence; empty where nothing does. A source needs one key field of text
// and a required field `csid`; a target a unique field that takes the source's key just as it is, and to itself: none
// before it among `all` goes there. Keys must be as short as the outbox keeps them. `after` must name a route among
// `all` from the same store, and must not lead back.
std::vector<std::string> faults_of(const copy_route &route, const std::vector<copy_route> &all);

}  // namespace causeway
