#include "relay/agreement.hpp"

#include <algorithm>
#include <utility>

namespace causeway {

find_request by_unique_field(const kind_ptr &kind, std::size_t field, value equals) {
  find_request request;
  request.kind = kind;
  request.conditions = {{field, std::move(equals)}};
  request.order = kind->key;
  request.limit = 1;
  return request;
}

result<std::vector<find_request>> questions_of(const mapped_record &mapped, const std::vector<kind_ptr> &target_kinds) {
  std::vector<find_request> questions;
  for (const pending_lookup &lookup : mapped.lookups) {
    const auto kind = std::find_if(target_kinds.begin(), target_kinds.end(),
                                   [&](const kind_ptr &known) { return known->name == lookup.kind; });
    if (kind == target_kinds.end()) return fault{outcome::internal, "a lookup names an unknown record kind", {}};
    const auto field = (*kind)->find_field(lookup.by);
    if (!field) return fault{outcome::internal, "a lookup names an unknown field", {}};
    questions.push_back(by_unique_field(*kind, *field, lookup.equals));
  }
  return questions;
}

void fill_in(mapped_record &mapped, std::size_t lookup, const std::vector<record> &found) {
  const pending_lookup &of = mapped.lookups[lookup];
  mapped.target.values[of.target_field] = found.empty() ? value(null()) : found.front()[of.take];
}

std::vector<std::string> differing_fields(const record &expected, const record &standing) {
  std::vector<std::string> fields;
  for (std::size_t f = 0; f < expected.values.size(); ++f)
    if (!is_absent(expected.values[f]) && expected.values[f] != standing.values[f])
      fields.push_back(expected.kind->fields[f].name);
  return fields;
}

}  // namespace causeway
