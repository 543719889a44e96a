// The manual, made from what the program knows of itself: the declared commands and the declared settings. Pure.
#pragma once

#include <string>

// NOLINTBEGIN(readability-identifier-naming): the library's names
namespace CLI {
class App;
}
// NOLINTEND(readability-identifier-naming)

namespace causeway {

// The page causeway(1) as roff: every command and option with its help text.
std::string commands_page(const CLI::App &app);

// The page causeway.yaml(5) as roff: every setting with its type, its default and its sentence.
std::string settings_page();

// A script that completes commands and options in bash; where neither fits, names of files.
std::string bash_completion(const CLI::App &app);

}  // namespace causeway
