// What would a mapping lose, cut, write differently, make ambiguous or refuse, though it is sound?
#pragma once

#include <string>
#include <vector>

#include "mapping/mapping.hpp"
#include "runtime/finding.hpp"

namespace causeway {

struct loss_question {
  const mapping &map;
  const mapping_declaration &declared;  // what `map` was compiled from
  charset source_set = charset::utf8;   // what text of the source's store can hold
};

// One loss, with its example.
struct found_loss {
  loss what;
  std::string field;  // by which `accept` names it: of the target; of the source for loss::field
  finding said;
};

// Every loss, accepted or not, each at its rule. Pure but for the tables of ICU; any thread; some milliseconds.
std::vector<found_loss> losses_of(const loss_question &q);

// What `check` reports: the losses that are not accepted, as warnings, and the accepted ones that are none, unless the
// site has errors that may be why (`sound`).
std::vector<finding> proof_read(const loss_question &q, bool sound = true);

// Adds examples to what compiling a faulty mapping found: a code that has nowhere to go, a field that nothing fills.
void add_examples(const partial_mapping &partial, std::vector<finding> &findings);

}  // namespace causeway
