#include "store/record_kind.hpp"

namespace causeway {

std::string_view to_string(field_type type) {
  switch (type) {
    case field_type::text:
      return "text";
    case field_type::csid:
      return "csid";
    case field_type::code:
      return "code";
    case field_type::date:
      return "date";
    case field_type::timestamp:
      return "timestamp";
    case field_type::integer:
      return "integer";
    case field_type::boolean:
      return "boolean";
    case field_type::serial:
      return "serial";
  }
  return "unknown";
}

std::string_view to_string(column_form form) {
  switch (form) {
    case column_form::plain:
      return "plain";
    case column_form::number:
      return "number";
    case column_form::padded:
      return "padded";
    case column_form::native:
      return "native";
  }
  return "unknown";
}

std::optional<std::size_t> record_kind::find_field(std::string_view field_name) const {
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].name == field_name) return i;
  return std::nullopt;
}

}  // namespace causeway
