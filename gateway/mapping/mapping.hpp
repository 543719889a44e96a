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

struct mapping_step;
class mapping;

// What a mapping would do that is refused for a value that has nowhere to go: for examples of it.
struct mapping_gap {
  std::size_t finding;  // index in `findings`: this gap's
  std::string target;   // the field that lacks a value
  std::string source;   // the field with the value; empty where no rule fills the target
  value given;
};
struct partial_mapping {
  std::shared_ptr<const mapping> map;  // of the rules that are sound; refuses the values that have nowhere to go
  std::vector<mapping_gap> gaps;
};

class mapping {
 public:
  // Checks the declaration against the kinds and compiles it. Null with at least one error in `findings` where it
  // cannot work: unknown fields, types that do not fit, code tables that do not meet, a required target field without
  // a source, a declared length that the target cannot hold, a loss that is not declared by a policy. Everything that
  // is wrong is found at once, at the place of its rule. What a sound mapping loses is gateway/proof's to find.
  //
  // `known` are the kinds that lookups may go to; where it is empty, a lookup in another kind than `to` is taken at
  // its word. Any thread.
  //
  // `partial`, where given, gets what can be made of a declaration with faults, if anything: nothing to copy with, but
  // to show by example what is wrong.
  static std::shared_ptr<const mapping> compile(const mapping_declaration &declaration, kind_ptr from, kind_ptr to,
                                                std::vector<finding> &findings, const std::vector<kind_ptr> &known = {},
                                                partial_mapping *partial = nullptr);

  // The record of the target kind, without a version. `source` is a whole record: an absent field counts as null, and
  // null becomes null.
  //
  // Faults: invalid, with everything that cannot cross under the source's field names: "unmappable-character" (names
  // the character as U+XXXX), "too-long", "required" (the target's field must have a value), "unknown-code", and, for
  // values that are not what the source's kind declares, the codes of check_value (store/field_check.hpp). internal:
  // `source` is of another kind.
  result<mapped_record> apply(const record &source) const;

  // The record of the source kind as far as the target tells it, without a version: fields that the mapping does not
  // carry are absent (those that only fill constants, lookups and days of times too); what was lost by a declared
  // policy stays lost (transliterated, truncated). An absent field of the target counts as not told. Where two fields
  // of the target were filled from one of the source, the one that loses less is read, else the first.
  //
  // Faults: invalid, with the target's field names, for what the mapping never writes ("unknown-code", "not-a-csid",
  // ...). internal: `target` is of another kind.
  result<record> reverse(const record &target) const;

  // All that decides what becomes of a record, as text: what fills each field, with its constants, tables, conventions
  // and lookups, and of both kinds what it goes through: types, lengths, formats, code tables. The same for two
  // mappings that do the same, whatever file, order or comment they come from; where records stand (tables, columns)
  // is no part of it. A hash of it is the mapping's version.
  std::string meaning() const;

  // The fields of the source that are filled through a lookup, with where they lead.
  struct reference {
    std::size_t source_field;
    std::string kind;  // of the target store
    std::string by;
  };
  std::vector<reference> references() const;

  const kind_ptr &from() const { return from_; }
  const kind_ptr &to() const { return to_; }
  // How it fills each field; see mapping_step.hpp.
  const std::vector<std::shared_ptr<const mapping_step>> &steps() const { return steps_; }

 private:
  mapping() = default;
  kind_ptr from_;
  kind_ptr to_;
  std::vector<std::shared_ptr<const mapping_step>> steps_;  // shared: complete in the .cpp files only
};

}  // namespace causeway
