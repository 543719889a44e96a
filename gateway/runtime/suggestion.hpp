// The known name that someone probably meant. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace causeway {

// How many characters must be put in, taken out, replaced or swapped with their neighbour; case does not count.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known name that is nearest, the first of equals; empty where none is near enough to be of help. What it gives
// refers to `known`.
std::string_view nearest(std::string_view given, const std::vector<std::string_view> &known);

// What to say after "unknown key 'prot'": "; did you mean 'port'?", or where none is near, "; known are a, b and c".
// Empty where nothing is known.
std::string suggestion(std::string_view given, const std::vector<std::string> &known);

}  // namespace causeway
