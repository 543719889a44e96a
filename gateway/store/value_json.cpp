#include "store/value_json.hpp"

namespace causeway {

void write_value(sdk::json_writer &out, const value &v) {
  if (const auto *text = std::get_if<std::string>(&v))
    out.item(*text);
  else if (const auto *number = std::get_if<std::int64_t>(&v))
    out.item(*number);
  else if (const auto *truth = std::get_if<bool>(&v))
    out.item(*truth);
  else
    out.item(nullptr);
}

}  // namespace causeway
