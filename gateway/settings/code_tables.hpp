// Code tables as a file of record kinds declares them: `stored: readable`, or a list where both are the same.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "settings/section.hpp"
#include "store/record_kind.hpp"

namespace causeway {

// By name. A table with a fault is null: known, and not to be used.
using code_tables = std::map<std::string, std::shared_ptr<const code_table>>;

code_tables read_code_tables(section &document);

}  // namespace causeway
