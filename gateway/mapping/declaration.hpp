// A mapping as it is written down (config/mappings/*.yaml), before it is compiled against its two kinds.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "causeway/value.hpp"
#include "runtime/finding.hpp"

namespace causeway {

enum class charset { utf8, windows_1252, iso_8859_1, ascii };  // each holds all that those behind it hold

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
  bool faulty = false;  // a finding says so already: the rule is not compiled, and its target counts as filled
};

// What a mapping may lose, cut, write differently or refuse though both kinds are as declared.
enum class loss {
  characters,  // text with characters that the target lacks
  length,      // text that is longer than fits
  ambiguous,   // two values of the source that become one
  codes,       // a value that has no code on the other side
  time,        // a time of day, or its milliseconds
  dates,       // a day that the target's format or column cannot hold
  field,       // a field of the source that no rule carries
  empty,       // an empty field of the source where the target must have a value
};

// A loss that the site knows of and wants: it is not reported.
struct accepted_loss {
  loss what = loss::characters;
  place at;           // of the field's name
  std::string field;  // of the target; of the source for loss::field
  std::string reason;
};

struct named_value {
  std::string name;
  place at;
  value content;
};

// A record with what is to become of it.
struct mapping_test {
  std::string name;
  place at;
  std::vector<named_value> record;      // fields of the source; those that are not named are empty
  bool refused = false;                 // the record is refused, and `becomes` holds the codes of faults by field
  std::vector<named_value> becomes;     // fields of the target as the store holds them; others are not compared
  std::vector<named_value> reads_back;  // fields of the source, read back from what it became
};

struct mapping_declaration {
  place at;
  std::string from;  // "pluto.communication"
  std::string to;    // "cuba.communication"
  std::vector<field_rule> fields;
  std::vector<accepted_loss> accepted{};
  std::vector<mapping_test> tests{};
};

// "characters", "length", ...: as `accept` and findings call it.
std::string_view to_string(loss what);

}  // namespace causeway
