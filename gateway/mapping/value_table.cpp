#include "mapping/value_table.hpp"

#include <string_view>

namespace causeway {

const value *value_table::find(const value &source) const {
  const auto *flag = std::get_if<bool>(&source);
  const auto found = forward.find(flag ? std::string_view(*flag ? "true" : "false") : text_of(source));
  return found == forward.end() ? nullptr : &found->second;
}

const value *value_table::find_back(const value &target) const {
  for (const auto &[stored, source] : back)
    if (stored == target) return &source;
  return nullptr;
}

}  // namespace causeway
