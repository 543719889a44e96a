// A record kind as the adapter works with it: numbered, its formats compiled, its values translated to what the columns
// hold and back.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "sql/change_form.hpp"
#include "store/record_kind.hpp"
#include "store/record_store.hpp"
#include "store/time_format.hpp"

namespace causeway::sql {

// What a column holds: nothing, an integer (also of booleans) or text.
using cell = std::variant<std::monostate, std::int64_t, std::string>;

enum class column_family { text, integer };
column_family family_of(const field &f);

// Any thread; nothing of it is seen to change.
class table {
 public:
  // Throws std::invalid_argument, naming kind and field, for a kind that no SQL can be made of: no key, a format that
  // cannot be compiled, a name with quotes, colons or control characters, a form that its type does not have. `pads`:
  // the database does not fill up padded columns, so that it is done here.
  table(kind_ptr kind, std::size_t number, bool pads = false);

  const record_kind &kind() const { return *kind_; }
  std::size_t number() const { return number_; }              // among all tables that the store has had
  bool versioned() const { return !kind_->version.empty(); }  // in a column of its own
  bool in_key(std::size_t field) const { return in_key_[field]; }
  // The sole key field of type serial, if the kind has one.
  std::optional<std::size_t> serial() const { return serial_; }

  // Characters of the longest text that the field writes into its column; 0: there is no longest.
  std::size_t longest(std::size_t field) const;
  // Of a date or a timestamp: whether its format writes milliseconds.
  bool has_milliseconds(std::size_t field) const;

  // What changes of this shape have in common.
  const change_form &form(const change_shape &shape) const;

  // As the column holds it; nothing for a value that the column cannot hold. Null and absent: the empty cell.
  std::optional<cell> to_cell(std::size_t field, const value &v) const;
  // The same of a value that check_value has nothing against.
  std::optional<cell> take_cell(std::size_t field, value &&v) const;
  // From the column's text form; nothing where the column holds what the kind does not allow (an unknown code, an
  // empty required field, a date that is none).
  std::optional<value> from_text(std::size_t field, bool is_null, std::string_view text) const;

 private:
  cell formed(std::size_t field, std::string text) const;
  // Of a form that is not plain.
  std::optional<std::string> unformed(std::size_t field, std::string_view text) const;

  kind_ptr kind_;
  std::size_t number_;
  bool pads_;
  std::vector<std::optional<time_format>> formats_;
  std::vector<bool> in_key_;
  std::optional<std::size_t> serial_;
  mutable std::shared_mutex forms_mutex_;
  mutable std::unordered_map<change_shape, change_form> forms_;  // as many as there are statements
};

// The store's tables. Immutable; any thread.
class table_set {
 public:
  // The tables of these kinds. Requests made for the kinds of `before` are understood as well, and a kind that it has
  // keeps its table; so does one that was given up and comes back. Throws std::invalid_argument where a table does, or
  // where a kind is there twice.
  explicit table_set(const std::vector<kind_ptr> &kinds, const table_set *before = nullptr, bool pads = false);
  // The table of this kind; null for a kind that is not this store's (or has other fields under the same name).
  const table *find(const kind_ptr &kind) const;
  // Those of the kinds that it was made of.
  const std::vector<const table *> &all() const { return tables_; }

 private:
  std::vector<const table *> tables_;
  std::vector<std::shared_ptr<const table>> known_;  // with all before
  std::unordered_map<const record_kind *, const table *> by_kind_;
  std::unordered_map<std::string, const table *> by_name_;
};

}  // namespace causeway::sql
