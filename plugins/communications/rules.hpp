// The rules of communications, pure.
#pragma once

#include <optional>
#include <string_view>

#include "causeway/result.hpp"

namespace communications {

enum class store { pluto, cuba };

std::string_view to_string(store where);

// Where a new record of this customer is created: an international customer's in Pluto, from where it is copied to
// Cuba; anyone else's in Cuba.
store home_of(bool international);

// Whether a customer with this PS status (none: no PS customer at all) has their notes stacked in Personalised
// Services: everyone who was referred and not transferred out.
bool takes_stacking_documents(std::optional<std::string_view> ps_status);

// Nothing but blanks, line breaks and tabs.
bool is_blank(std::string_view text);

// How a record's crossing is told to callers: PENDING, COPIED, DEAD or NOT_APPLICABLE.
// `crossing` is the gateway's state of the copy (none: no route carries the record). A discarded copy is DEAD too: it
// should stand in Cuba and never will.
std::string_view copy_state(std::optional<std::string_view> crossing);

// Whether a fault blames nothing but what the caller sent in the body. Of a stacking document the four codes come from
// the settings: a code that the stores do not know is the site's fault, not the caller's.
bool blames_the_body(const causeway::fault &why, bool codes_from_body);

}  // namespace communications
