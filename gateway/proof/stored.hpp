// Records as their stores hold them, in JSON: what `causeway map` prints, what examples show, what tests expect.
#pragma once

#include <string>
#include <vector>

#include "mapping/mapping.hpp"
#include "store/record_store.hpp"

namespace causeway {

// What stands in the field's column: codes as stored, dates and times in the column's format, booleans as 1 and 0. A
// value that the field cannot hold comes back as it is. Any thread.
value stored_value(const field &f, const value &v);
// The other way: what a column that holds this says; what the field never writes comes back as it is. Any thread.
value value_of_stored(const field &f, const value &stored);

// JSON objects by the names of fields; absent ones are left out. Text that is not UTF-8 is shown as far as it is.
// `fields`, where not empty: those only. Any thread.
std::string json_of(const record &r, const std::vector<std::size_t> &fields = {});
// As stored; a field that waits for a lookup says for which.
std::string stored_json_of(const mapped_record &mapped, const std::vector<std::size_t> &fields = {});

// {"refused": [{"field": ..., "code": ..., "detail": ...}]}
std::string refusal_json_of(const fault &why);

// For people: as json_of and stored_json_of, with long text cut to its beginning and its number of characters told.
std::string shown(const record &r, const std::vector<std::size_t> &fields);
std::string shown_stored(const mapped_record &mapped, const std::vector<std::size_t> &fields);

}  // namespace causeway
