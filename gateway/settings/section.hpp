// Reads one map of a document into typed values. Each setting is said once, by the call that reads it: its key, its
// type, its default (what `out` holds), its range and a sentence for people; from these calls come the findings, the
// nearest known key, and the list of all settings.
//
// A section lives while its document does; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "causeway/value.hpp"
#include "runtime/finding.hpp"
#include "settings/document.hpp"
#include "settings/schema_node.hpp"

namespace causeway {

enum class needed { no, yes };

template <class E>
using choices = std::vector<std::pair<std::string_view, E>>;

class section {
 public:
  using finding_list = std::vector<finding>;

  // `path` is how --set names it ("listen", "copies.0"), empty for the whole file. A null node stands for a map that is
  // not written. With `describing`, nothing is read and each setting is added to that node.
  section(const yaml_node *node, place at, std::string path, finding_list &findings, schema_node *describing = nullptr);

  const place &at() const { return at_; }
  // Where the key's content stands; where the section does, if it is not written.
  place at(std::string_view key) const;
  const std::string &path() const { return path_; }
  std::string path(std::string_view key) const;
  bool has(std::string_view key) const;
  // What stands under the key; null where nothing does. It does not count as read.
  const yaml_node *written(std::string_view key) const { return node_ ? node_->find(key) : nullptr; }
  finding_list &findings() const { return findings_; }
  bool describing() const { return describing_ != nullptr; }

  // Each gives true where something sound was read, and leaves `out` as it is otherwise. What is missing though needed,
  // of another type or out of range is a finding. Text is never empty.
  bool text(std::string_view key, std::string &out, std::string_view sentence, needed need = needed::no);
  bool boolean(std::string_view key, bool &out, std::string_view sentence);
  bool size(std::string_view key, std::size_t &out, std::size_t least, std::size_t most, std::string_view sentence);
  bool duration(std::string_view key, std::chrono::milliseconds &out, std::chrono::milliseconds least,
                std::chrono::milliseconds most, std::string_view sentence);
  // The scalars of a list, none of them empty; a list that is written has at least one.
  std::vector<const yaml_node *> texts(std::string_view key, std::string_view sentence, needed need = needed::no);
  // Text, a whole number, true, false or null, as YAML writes them.
  bool any(std::string_view key, value &out, std::string_view sentence);

  template <class T>
  bool number(std::string_view key, T &out, std::int64_t least, std::int64_t most, std::string_view sentence) {
    auto wide = static_cast<std::int64_t>(out);
    const bool read = whole_number(key, wide, least, most, sentence);
    out = static_cast<T>(wide);
    return read;
  }

  template <class E>
  bool one_of(std::string_view key, E &out, const choices<E> &all, std::string_view sentence,
              needed need = needed::no) {
    std::vector<std::string> names;
    std::size_t chosen = 0;
    for (const auto &[name, meaning] : all) {
      if (meaning == out) chosen = names.size();
      names.emplace_back(name);
    }
    if (!choice(key, names, chosen, sentence, need)) return false;
    out = all[chosen].second;
    return true;
  }

  // A map inside this one.
  section inner(std::string_view key, std::string_view sentence);
  // The maps of a list, and those of a map by their names.
  void each(std::string_view key, std::string_view sentence, const std::function<void(section &)> &read);
  void each_named(std::string_view key, std::string_view sentence,
                  const std::function<void(const yaml_entry &, section &)> &read, needed need = needed::no);
  // The entries of a map whose contents are not settings; null where it is not written or no map. `schema`: what the
  // contents are, as JSON Schema.
  const yaml_node *map(std::string_view key, std::string_view sentence, std::string_view schema,
                       needed need = needed::no);
  // Any node; null where it is not written. `schema`: members of a JSON Schema.
  const yaml_node *node(std::string_view key, std::string_view type, std::string_view sentence, std::string_view schema,
                        needed need = needed::no);

  // Of these two there must be just one; each with a word for what it is. Ask it when all calls were made.
  void either(std::string_view first, std::string_view a, std::string_view second, std::string_view b);
  // These have a meaning only with `other`.
  void only_with(std::string_view other, const std::vector<std::string_view> &keys);

  // Reports what is missing though needed, but for what seems to be misspelt, and the keys that no call has read, once.
  // Call it last.
  void finish();
  // Whether a key that no call has read is probably this one. Ask it when all calls were made.
  bool misspelt(std::string_view key) const;

  void fault(const place &where, std::string message) const;

 private:
  const yaml_node *take(std::string_view key, std::string_view type, std::string standard, std::string_view sentence,
                        needed need, std::string_view schema);
  // The scalar under the key, or a finding that it must be `type`.
  const yaml_node *scalar(std::string_view key, const std::string &type, std::string standard,
                          std::string_view sentence, needed need, std::string_view schema);
  // What `take` has just described.
  schema_node &described() const { return *describing_->members.back().second; }
  bool whole_number(std::string_view key, std::int64_t &out, std::int64_t least, std::int64_t most,
                    std::string_view sentence);
  bool choice(std::string_view key, const std::vector<std::string> &names, std::size_t &chosen,
              std::string_view sentence, needed need);
  void add_rule(const std::string &rule);
  void wrong(std::string_view key, const yaml_node &node, const std::string &type) const;

  const yaml_node *node_;
  place at_;
  std::string path_;
  finding_list &findings_;
  schema_node *describing_;
  std::vector<std::string> known_;
  std::vector<std::pair<std::string, std::string>> missing_;  // keys, and what is said of them
  bool finished_ = false;
};

// A scalar or nothing as a value, as YAML writes it; a finding about `what` for lists, maps, and plain text that
// readers of YAML take differently (leading zeros, fractions).
bool read_value(const yaml_node &node, const std::string &what, value &out, std::vector<finding> &findings);

// What a finding may say of a node: "'abc'", "a map", "what '${NAME}' stands for". Never the content of a secret.
std::string shown(const yaml_node &node);

}  // namespace causeway
