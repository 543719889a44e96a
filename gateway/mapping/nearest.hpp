// Which known name was probably meant?
#pragma once

#include <string_view>
#include <vector>

namespace causeway {

// The known name with the fewest changed letters (case counts for nothing), the first of equals; empty where every
// name differs in more than a third of its letters.
std::string_view nearest(std::string_view name, const std::vector<std::string_view> &known);

}  // namespace causeway
