// What callers are answered, and the schemas that /openapi.json publishes of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "listing.hpp"
#include "records.hpp"

namespace communications {

extern const std::string_view communication_schema;
extern const std::string_view list_schema;
extern const std::string_view note_schema;

// The path of a communication.
std::string location_of(std::string_view csid, std::string_view id);

// One communication with its crossing (none: no route carries it) and its notes, oldest first.
std::string communication_json(const entry &one, const std::optional<pluto::copy> &crossing,
                               const std::vector<pluto::note> &notes);
std::string list_json(const page &of);
std::string note_json(const pluto::note &one);

}  // namespace communications
