// A mapping as it is written down (config/mappings/*.yaml), before it is compiled against its two kinds.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "causeway/value.hpp"
#include "runtime/finding.hpp"

namespace causeway {

enum class charset { utf8, windows_1252, iso_8859_1, ascii };

// What becomes of a character that the target's character set lacks.
enum class on_unmappable {
  reject,         // the record is invalid
  transliterate,  // the nearest characters of the set ("ł" -> "l", "Ж" -> "Ž" in windows-1252, "Z" in ASCII), a
                  // character's name in braces where there are none ("{GRINNING FACE}"); a declared loss
  escape,         // \u{1F600}, and \ as \\, so that it can be read back
};

// What becomes of text that is longer than it may be.
enum class on_too_long {
  reject,    // the record is invalid
  truncate,  // the end is dropped; a declared loss
};

// Takes the value from a record of the target store that is found by a unique field: a copied note finds the number
// of the record it belongs to. Resolved by the relay when it applies the copy.
struct lookup_rule {
  std::string kind;  // "cuba.communication"
  std::string by;    // "sourceId": the unique field that equals the source's value
  std::string take;  // "commNo"
};

// How one field of the target is filled: from a field, or with a constant.
struct field_rule {
  std::string target;
  place at;
  std::optional<std::string> from;      // a field of the source
  std::optional<value> constant;        // text, integer, boolean or null
  std::optional<lookup_rule> lookup;    // with `from`
  std::map<std::string, value> values;  // with `from`: readable source value -> target value (null: empty);
                                        // what is not listed is taken as it is
  std::optional<charset> encoding;      // of text targets; none: utf8. What reads the configuration puts the target
                                        // store's here
  on_unmappable unmappable = on_unmappable::reject;
  std::size_t wrap = 0;        // characters a line, at least 8; 0: lines stay as they are
  std::size_t max_length = 0;  // characters, after everything else; 0: the target field's length
  on_too_long too_long = on_too_long::reject;
};

struct mapping_declaration {
  place at;
  std::string from;  // "pluto.communication"
  std::string to;    // "cuba.communication"
  std::vector<field_rule> fields;
};

}  // namespace causeway
