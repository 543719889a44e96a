// Settings given on the command line: --set a.b=value.
#pragma once

#include <string>
#include <vector>

#include "runtime/finding.hpp"
#include "settings/document.hpp"

namespace causeway {

// Where settings from the command line stand, in findings.
inline const place set_option{"--set", 0, 0};

// Puts `a.b=value` into the document, before it is read, so that it is checked like what stands there. An item of a
// list is named by its number from 0, or by its `name:` or `library:` (plugins.communications.settings.x). The value is
// a YAML scalar: in quotes it is text, without quotes all of it is the value, also behind a `#`. A path that cannot be
// followed is a finding; a key that does not exist is put in, for the reader to refuse.
void apply_override(const std::string &given, yaml_node &root, std::vector<finding> &findings);

}  // namespace causeway
