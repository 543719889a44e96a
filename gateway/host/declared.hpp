// What a plugin declares, copied out of its library into memory of the gateway's own. Types are those of cw_value_type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "causeway/abi.h"
#include "causeway/value.hpp"

namespace causeway {

struct declared_field {
  std::string name;
  std::uint32_t type = CW_TEXT;
  bool required = false;
};

struct declared_kind {
  std::string name;
  std::vector<declared_field> fields;
  std::uint32_t uses = CW_READS | CW_INSERTS | CW_UPDATES;  // cw_use
};

struct declared_mapping {
  std::string from;
  std::string to;
};

struct declared_setting {
  std::string name;
  std::uint32_t type = CW_TEXT;
  bool required = false;
  value default_value;  // absent where it is required
  std::string description;
};

struct declared_member {
  std::string name;
  std::uint32_t type = CW_TEXT;
  bool required = false;
  std::size_t min_length = 0;
  std::size_t max_length = 0;
  std::string format;
  std::string codes;
  std::string description;
};

struct declared_operation {
  std::string method;
  std::string path;
  std::string summary;
  std::string roles;
  std::vector<declared_member> path_members;
  std::vector<declared_member> query_members;
  std::vector<declared_member> body_members;
  std::string answer_schema;
  std::uint32_t success_status = 0;
  std::uint32_t flags = 0;
  std::string home_store;
};

struct declared_plugin {
  std::shared_ptr<const void> library;  // nobody else's until the last one who has this lets go of it
  std::string build;                    // tells one build of a library from another; empty: not from a file
  std::string name;
  std::string version;
  std::uint32_t abi_version = 0;
  std::vector<declared_kind> kinds;
  std::vector<declared_mapping> mappings;
  std::vector<declared_setting> settings;
  std::vector<declared_operation> operations;
  // The library's code; stays, for a library is never unloaded.
  decltype(cw_plugin::create) create = nullptr;
  decltype(cw_plugin::destroy) destroy = nullptr;
  decltype(cw_plugin::handle) handle = nullptr;
};

}  // namespace causeway
