#include "settings/substitution.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "store/field_check.hpp"

namespace causeway {

namespace {

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// systemd hands a unit its credentials in a folder that nobody else enters; where it grants them by an access list, the
// list shows as rights of the group.
bool is_credential(const std::filesystem::path &file) {
  const char *const folder = std::getenv("CREDENTIALS_DIRECTORY");
  return folder && *folder && file.parent_path() == std::filesystem::path(folder);
}

// What is wrong with who may read or change this file; empty: nothing.
std::string fault_of_rights(const std::filesystem::path &file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return {};  // reading it says why
  if (found.st_uid != ::geteuid() && found.st_uid != 0)
    return "it belongs to another user (" + std::to_string(found.st_uid) +
           "), who may change it; chown it to the user " + std::to_string(::geteuid()) +
           ", whom Causeway runs as, then chmod 600";
  const mode_t others = found.st_mode & (is_credential(file) ? mode_t(S_IRWXO) : mode_t(S_IRWXG | S_IRWXO));
  if (others == 0) return {};
  std::string octal;
  for (const int shift : {6, 3, 0}) octal += char('0' + ((found.st_mode >> shift) & 7));
  return "others than its owner have rights on it (mode " + octal + "); a secret is its owner's alone: chmod 600 " +
         file.string();
}

std::optional<std::string> content_of_file(const std::string &path, const place &at, std::string &why) {
  const std::filesystem::path file = folder_of(at) / path;
  if (auto fault = fault_of_rights(file); !fault.empty() && std::filesystem::is_regular_file(file)) {
    why = "cannot take '" + path + "': " + fault;
    return std::nullopt;
  }
  auto content = read_file(file, most_secret_bytes, why);
  if (!content) {
    why = "cannot read '" + path + "': " + why;
    return std::nullopt;
  }
  if (content->ends_with('\n')) content->pop_back();
  if (content->ends_with('\r')) content->pop_back();
  return content;
}

// What "${inside}" stands for; nothing, and why not.
std::optional<std::string> content_of(const std::string &inside, const place &at, std::string &why) {
  std::optional<std::string> content;
  if (inside.starts_with("file:")) {
    content = content_of_file(inside.substr(5), at, why);
  } else if (!is_name(inside)) {
    why = "'${" + inside + "}' is neither ${NAME} nor ${file:PATH}; $${ stands for ${ itself";
  } else if (const char *const set = std::getenv(inside.c_str())) {
    content = set;
  } else {
    why = "the environment variable " + inside + " is not set";
  }
  if (content && !count_characters(*content)) {
    why = "what '${" + inside + "}' stands for is not UTF-8 text";
    return std::nullopt;
  }
  return content;
}

void substitute_scalar(yaml_node &node, std::vector<replacement> &done, std::vector<finding> &findings) {
  const std::string &written = node.written;
  std::string text;
  for (std::size_t i = 0; i < written.size();) {
    if (written.compare(i, 3, "$${") == 0) {
      text += "${";
      i += 3;
      continue;
    }
    if (written.compare(i, 2, "${") != 0) {
      text += written[i++];
      continue;
    }
    const std::size_t end = written.find('}', i);
    if (end == std::string::npos) {
      findings.push_back({node.at, severity::error, "a '${' is not closed by '}'; $${ stands for ${ itself"});
      return;
    }
    std::string why;
    const auto content = content_of(written.substr(i + 2, end - i - 2), node.at, why);
    if (!content) {
      findings.push_back({node.at, severity::error, why});
      return;
    }
    done.emplace_back(*content, written.substr(i, end + 1 - i));
    text += *content;
    i = end + 1;
  }
  node.text = std::move(text);
}

void hide_in(std::string &text, const replacement &r) {
  const auto &[content, written] = r;
  for (std::size_t at = text.find(content); at != std::string::npos; at = text.find(content, at + written.size()))
    text.replace(at, content.size(), written);
}

}  // namespace

void substitute(yaml_node &node, std::vector<replacement> &done, std::vector<finding> &findings) {
  if (node.is == yaml_node::shape::scalar && node.written.find("${") != std::string::npos)
    substitute_scalar(node, done, findings);
  for (yaml_node &item : node.items) substitute(item, done, findings);
  for (yaml_entry &entry : node.entries) substitute(entry.content, done, findings);
}

void hide_replacements(const std::vector<replacement> &done, std::vector<finding> &findings) {
  std::vector<replacement> longest_first = done;
  std::erase_if(longest_first, [](const replacement &r) { return r.first.size() < 4; });
  std::sort(longest_first.begin(), longest_first.end(), [](const replacement &a, const replacement &b) {
    return std::pair(b.first.size(), a.first) < std::pair(a.first.size(), b.first);
  });
  for (finding &f : findings)
    for (const replacement &r : longest_first) {
      hide_in(f.message, r);
      hide_in(f.at.file, r);
      hide_in(f.example.shown, r);
      for (auto &record : f.example.records) {
        hide_in(record.given, r);
        hide_in(record.became, r);
      }
    }
}

std::filesystem::path folder_of(const place &at) {
  return at.file == "--set" ? std::filesystem::path() : std::filesystem::path(at.file).parent_path();
}

}  // namespace causeway
