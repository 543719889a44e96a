// Opens the shared object of a plugin and reads what it declares.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/declared.hpp"

namespace causeway {

class plugin_library {
 public:
  // The file that a reference in the configuration means: with a slash the path as it is, else <folder>/<name>.so.
  static std::filesystem::path locate(std::string_view reference, const std::filesystem::path &folder);

  // Opens a private copy of the file, so that replacing the file harms nobody and a new version can be opened beside an
  // old one, and copies the declaration out of it. The library stays loaded for the life of the process, and a file
  // that is unchanged since it was opened is not opened again: its instances share it. Nothing, and one sentence or
  // more in `faults` that name the library and what does not fit, where it cannot be used. The library finds others by
  // the loader's path only: the copy does not stand beside the file ($ORIGIN is elsewhere). One thread at a time.
  static std::optional<declared_plugin> open(const std::filesystem::path &file, std::vector<std::string> &faults);

  // Copies a declaration that stands somewhere in memory, without believing it: sizes, counts, pointers and text are
  // checked, what is missing because its maker knew a smaller struct is empty. `name` begins every fault.
  static std::optional<declared_plugin> read(std::string_view name, const cw_plugin *plugin,
                                             std::vector<std::string> &faults);
};

}  // namespace causeway
