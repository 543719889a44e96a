// Typed records: a struct says once which kind it is and which fields it has, and is read, written and found by that.
//
//   struct customer {
//     static constexpr std::string_view kind = "pluto.customer";
//     std::string csid;
//     std::optional<std::string> country;
//     bool international = false;
//     std::int64_t version = 0;  // where the kind has one: filled in when read
//     static constexpr auto fields = std::tuple(field("csid", &customer::csid), field("country", &customer::country),
//                                               field("international", &customer::international));
//   };
//
// A field is std::string, std::int64_t or bool (the kind must hold it required), or std::optional of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "causeway/abi.h"
#include "causeway/value.hpp"

namespace causeway::sdk {

template <class Record, class T>
struct field_of {
  std::string_view name;
  T Record::*member;
};

template <class Record, class T>
constexpr field_of<Record, T> field(std::string_view name, T Record::*member) {
  return {name, member};
}

template <class T>
concept typed_record = requires {
  { T::kind } -> std::convertible_to<std::string_view>;
  T::fields;
};

namespace detail {

template <class T>
struct field_traits;
template <>
struct field_traits<std::string> {
  static constexpr std::uint32_t type = CW_TEXT;
  static constexpr bool required = true;
};
template <>
struct field_traits<std::int64_t> {
  static constexpr std::uint32_t type = CW_INTEGER;
  static constexpr bool required = true;
};
template <>
struct field_traits<bool> {
  static constexpr std::uint32_t type = CW_BOOLEAN;
  static constexpr bool required = true;
};
template <class T>
struct field_traits<std::optional<T>> {
  static constexpr std::uint32_t type = field_traits<T>::type;
  static constexpr bool required = false;
};

inline cw_text text(std::string_view view) { return {view.data(), view.size()}; }
inline std::string_view view(cw_text text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

inline void decode(const cw_value &from, std::string &to) {
  if (from.type == CW_TEXT) to = std::string(view(from.as.text));
}
inline void decode(const cw_value &from, std::int64_t &to) {
  if (from.type == CW_INTEGER) to = from.as.integer;
}
inline void decode(const cw_value &from, bool &to) {
  if (from.type == CW_BOOLEAN) to = from.as.integer != 0;
}
template <class T>
void decode(const cw_value &from, std::optional<T> &to) {
  to.reset();
  if (from.type == CW_ABSENT || from.type == CW_NULL) return;
  decode(from, to.emplace());
}

inline value encode(std::string text) { return value(std::move(text)); }
inline value encode(std::int64_t number) { return value(number); }
inline value encode(bool truth) { return value(truth); }
template <class T>
value encode(std::optional<T> perhaps) {
  return perhaps ? encode(std::move(*perhaps)) : value(null());
}

// The value as the border carries it; valid for as long as `from` is.
inline cw_value border_value(const value &from) {
  cw_value to{};
  switch (from.index()) {
    case 0:
      to.type = CW_ABSENT;
      break;
    case 1:
      to.type = CW_NULL;
      break;
    case 2:
      to.type = CW_BOOLEAN;
      to.as.integer = std::get<bool>(from) ? 1 : 0;
      break;
    case 3:
      to.type = CW_INTEGER;
      to.as.integer = std::get<std::int64_t>(from);
      break;
    default:
      to.type = CW_TEXT;
      to.as.text = text(std::get<std::string>(from));
      break;
  }
  return to;
}

inline std::vector<cw_value> border_values(const std::vector<value> &from) {
  std::vector<cw_value> to;
  to.reserve(from.size());
  for (const auto &v : from) to.push_back(border_value(v));
  return to;
}

// Of what an author's record or body says in statics, copies are read that the compiler makes: unless a library is
// built with its symbols hidden, g++ makes one of all statics of a name in a process, those of the library loaded
// first.
template <class Record>
constexpr std::string_view kind_of() {
  constexpr std::string_view kind = Record::kind;
  return kind;
}

template <class Record>
void decode_row(const cw_row &row, Record &record) {
  constexpr auto fields = Record::fields;
  const cw_value *next = row.values;
  std::apply([&](const auto &...each) { (decode(*next++, record.*(each.member)), ...); }, fields);
  if constexpr (requires { record.version; }) record.version = row.version;
}

template <class Record>
Record decode_row(const cw_row &row) {
  Record record;
  decode_row(row, record);
  return record;
}

template <class Record>
std::vector<value> encode_record(Record record) {
  constexpr auto fields = Record::fields;
  std::vector<value> values;
  values.reserve(std::tuple_size_v<decltype(Record::fields)>);
  std::apply([&](const auto &...each) { (values.push_back(encode(std::move(record.*(each.member)))), ...); }, fields);
  return values;
}

// Index of a member among the record's fields.
template <class Record, class T>
std::uint32_t field_index(T Record::*member) {
  constexpr auto fields = Record::fields;
  std::uint32_t index = 0, found = UINT32_MAX;
  std::apply(
      [&](const auto &...each) {
        (
            [&] {
              if constexpr (std::is_same_v<decltype(each.member), T Record::*const> ||
                            std::is_same_v<decltype(each.member), T Record::*>)
                if (each.member == member) found = index;
              ++index;
            }(),
            ...);
      },
      fields);
  return found;
}

}  // namespace detail

// What to find: records that meet every condition, in an order that the kind has an index for.
//   query<note>().where(&note::communication_id, id).ascending(&note::created_at, &note::note_id).limit(100)
template <typed_record Record>
class query {
 public:
  template <class T>
  query &where(T Record::*member, std::type_identity_t<T> equals) {
    conditions_.push_back({detail::field_index(member), detail::encode(std::move(equals))});
    return *this;
  }
  template <class T>
  query &where_null(std::optional<T> Record::*member) {
    conditions_.push_back({detail::field_index(member), value(null())});
    return *this;
  }
  // The last member must make the order total.
  template <class... T>
  query &ascending(T Record::*...members) {
    order_ = {detail::field_index(members)...};
    descending_ = false;
    return *this;
  }
  template <class... T>
  query &newest_first(T Record::*...members) {
    order_ = {detail::field_index(members)...};
    descending_ = true;
    return *this;
  }
  // Begin behind the record with these values of the order's members.
  query &after(std::vector<value> values) {
    after_ = std::move(values);
    return *this;
  }
  // 1 to 1000 records.
  query &limit(std::uint32_t rows) {
    limit_ = rows;
    return *this;
  }

  struct condition {
    std::uint32_t field;
    value equals;
  };
  const std::vector<condition> &conditions() const { return conditions_; }
  const std::vector<std::uint32_t> &order() const { return order_; }
  const std::vector<value> &after() const { return after_; }
  bool is_descending() const { return descending_; }
  std::uint32_t limit() const { return limit_; }

 private:
  std::vector<condition> conditions_;
  std::vector<std::uint32_t> order_;
  std::vector<value> after_;
  bool descending_ = false;
  std::uint32_t limit_ = 50;
};

// Changes to one store that happen whole or not at all.
class unit {
 public:
  // Conflict if its key or a unique field stands already.
  template <typed_record Record>
  unit &insert(Record what) {
    return add(CW_INSERT, std::move(what), 0);
  }
  // Of the record with this key, every field; stale unless it stands at `version`.
  template <typed_record Record>
  unit &update(Record what, std::int64_t version) {
    return add(CW_UPDATE, std::move(what), version);
  }
  // Insert, or update of what stands, whatever its version.
  template <typed_record Record>
  unit &put(Record what) {
    return add(CW_PUT, std::move(what), 0);
  }
  // Writes nothing; stale unless the record stands at `version` until the commit.
  template <typed_record Record>
  unit &require(Record what, std::int64_t version) {
    return add(CW_REQUIRE, std::move(what), version);
  }

  struct change {
    std::uint32_t type;
    std::string_view kind;
    std::vector<value> values;
    std::int64_t version;
  };
  const std::vector<change> &changes() const { return changes_; }

 private:
  template <typed_record Record>
  unit &add(std::uint32_t type, Record what, std::int64_t version) {
    changes_.push_back({type, detail::kind_of<Record>(), detail::encode_record(std::move(what)), version});
    return *this;
  }
  std::vector<change> changes_;
};

}  // namespace causeway::sdk
