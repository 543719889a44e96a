#include "store/kept_versions.hpp"

#include "store/kind_builder.hpp"

namespace causeway {

kind_ptr kept_versions_kind(const std::string &store) {
  return kind_builder(store, "version")
      .needs("kind", field_type::text, 127)
      .needs("recordKey", field_type::text, longest_kept_key)
      .needs("contents", field_type::integer)
      .needs("version", field_type::integer)
      .key({"recordKey", "kind"})
      .build();
}

}  // namespace causeway
