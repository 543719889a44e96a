// For tests: a folder of configuration files, gone with the test, and a small sound configuration to break.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/finding.hpp"

namespace causeway {

// As to_string writes it, without "error: ".
inline std::string line(const finding &f) {
  std::string text = to_string(f);
  if (const auto at = text.find(": error: "); at != std::string::npos) text.erase(at + 2, 7);
  return text;
}

class test_folder {
 public:
  test_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "causeway-settings-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  test_folder(const test_folder &) = delete;
  test_folder &operator=(const test_folder &) = delete;
  ~test_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path &path() const { return path_; }

  std::filesystem::path write(const std::string &name, std::string_view content) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }

  // The same, for its owner alone.
  std::filesystem::path write_secret(const std::string &name, std::string_view content) const {
    const auto file = write(name, content);
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return file;
  }

  // One finding a line, without this folder's path and without "error: ", which they all are.
  std::string lines(const std::vector<finding> &findings) const {
    std::string out;
    for (const finding &f : findings) out += (out.empty() ? "" : "\n") + line(f);
    return relative(std::move(out));
  }

  // Without this folder's path.
  std::string relative(std::string text) const {
    const std::string prefix = path_.string() + "/";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
      text.erase(at, prefix.size());
    return text;
  }

 private:
  std::filesystem::path path_;
};

// `text` with the one place where `from` stands replaced.
inline std::string with(std::string text, const std::string &from, const std::string &to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::logic_error("not in the text: " + from);
  return text.replace(at, from.size(), to);
}

inline const std::string sound_settings = R"(stores:
  a: {backend: sqlite3, connect: a.db, records: a.yaml}
  b: {backend: sqlite3, connect: b.db, records: b.yaml}
plugins:
  - {library: one, settings: {x: 1}}
copies:
  - {name: things, from: a.thing, to: b.copy, mapping: m.yaml}
security:
  keys:
    - {name: N1, roles: [operator], sha256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}
)";

inline const std::string sound_kinds_a = R"(codes:
  color: {R: red, G: green}
records:
  thing:
    table: THING
    key: [ID]
    version: V
    fields:
      id: {column: ID, type: text, length: 36, generate: uuid}
      color: {column: COLOR, type: code, codes: color, length: 5}
      madeAt: {column: MADE_AT, type: timestamp, format: YYYYMMDDHH24MISSFF3}
    indexes: [[color, madeAt]]
)";

inline const std::string sound_kinds_b = R"(records:
  copy:
    table: COPY
    key: [NO]
    fields:
      no: {column: NO, type: text, length: 12, generate: id}
      source: {column: SRC, type: text, length: 36, unique: true}
  view:
    table: COPY_VIEW
    key: [NO]
    readOnly: true
    fields:
      no: {column: NO, type: text}
)";

inline const std::string sound_mapping = R"(from: a.thing
to: b.copy
fields:
  source: {from: id}
)";

// Writes the sound configuration, with one file replaced; gives the file to load.
inline std::filesystem::path write_sound(const test_folder &folder, const std::string &replaced = "",
                                         const std::string &content = "") {
  std::map<std::string, std::string> files{{"causeway.yaml", sound_settings},
                                           {"a.yaml", sound_kinds_a},
                                           {"b.yaml", sound_kinds_b},
                                           {"m.yaml", sound_mapping}};
  if (!replaced.empty()) files[replaced] = content;
  for (const auto &[name, text] : files) folder.write(name, text);
  return folder.path() / "causeway.yaml";
}

}  // namespace causeway
