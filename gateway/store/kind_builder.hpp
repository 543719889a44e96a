// Builds in code the record kinds of Causeway's own tables; a deployment's kinds come from YAML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/record_kind.hpp"

namespace causeway {

// The kind "causeway.NAME" of one store, in the table "causeway_NAME" with columns in snake_case. One thread.
//
//   kind_builder(store, "lease").needs("part", field_type::integer).maybe("holder", field_type::text, 36)
//       .key({"part"}).versioned().build();
class kind_builder {
 public:
  kind_builder(std::string store, std::string_view name);

  // A field that is never null, and one that may be. `length` in characters, of text; 0: unbounded.
  kind_builder &needs(std::string name, field_type type, std::size_t length = 0);
  kind_builder &maybe(std::string name, field_type type, std::size_t length = 0);
  // The field added last has no two equal contents; its keys are made when an insert gives none.
  kind_builder &unique();
  kind_builder &generated(key_generation how);
  // Names of fields added before; throws std::invalid_argument for others.
  kind_builder &key(const std::vector<std::string_view> &fields);
  kind_builder &indexed(const std::vector<std::string_view> &fields);
  // With a version column, "version".
  kind_builder &versioned();
  // In another table than the one of its name.
  kind_builder &in_table(std::string table);
  kind_builder &read_only();

  kind_ptr build() const;

 private:
  std::vector<std::size_t> positions(const std::vector<std::string_view> &fields) const;
  record_kind kind_;
};

}  // namespace causeway
