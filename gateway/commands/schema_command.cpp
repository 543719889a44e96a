// causeway schema: what may stand in the files that a site writes, as JSON Schema, from the declarations that read
// them.
#include <iostream>

#include "commands/commands.hpp"
#include "settings/mapping_file.hpp"
#include "settings/record_kinds.hpp"
#include "settings/settings.hpp"

namespace causeway {

int schema_command(const std::string &of) {
  schema_node root;
  if (of == "records") {
    describe_record_kinds(root);
    std::cout << schema_document(root, "Causeway: a file of record kinds");
  } else if (of == "mapping") {
    describe_mapping(root);
    std::cout << schema_document(root, "Causeway: a mapping file");
  } else {
    describe_settings(root);
    std::cout << schema_document(root, "Causeway: the configuration");
  }
  return 0;
}

}  // namespace causeway
