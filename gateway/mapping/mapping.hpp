// A mapping compiled against its two record kinds: a pure function from a record of the one to a record of the other,
// and back. Immutable, any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "causeway/result.hpp"
#include "mapping/declaration.hpp"
#include "store/record_store.hpp"

namespace causeway {

// A field of the mapped record that takes its value from the target store: find the one record of `kind` whose field
// `by` equals `equals`, take its field `take`.
struct pending_lookup {
  std::size_t target_field;
  std::string kind;
  std::string by;
  value equals;
  std::string take;
};

struct mapped_record {
  record target;  // fields that the mapping does not fill, and those that wait for a lookup, are absent
  std::vector<pending_lookup> lookups;
};

class mapping {
 public:
  // Checks the declaration against the kinds and compiles it. Null with at least one error in `findings` where it
  // cannot work: unknown fields, types that do not fit, code tables that do not meet, a required target field without
  // a source, a declared length that the target cannot hold, a loss that is not declared by a policy.
  static std::shared_ptr<const mapping> compile(const mapping_declaration &declaration, kind_ptr from, kind_ptr to,
                                                std::vector<finding> &findings);

  // The record of the target kind; invalid, with the source's fields named, for what cannot cross.
  result<mapped_record> apply(const record &source) const;

  // The record of the source kind as far as the target tells it: fields that the mapping does not carry are absent;
  // what was lost by a declared policy stays lost (transliterated, truncated).
  result<record> reverse(const record &target) const;

  const kind_ptr &from() const { return from_; }
  const kind_ptr &to() const { return to_; }

 private:
  struct step;
  mapping() = default;
  kind_ptr from_;
  kind_ptr to_;
  std::vector<std::shared_ptr<const step>> steps_;
};

}  // namespace causeway
