#include "store/kind_builder.hpp"

#include <stdexcept>
#include <utility>

namespace causeway {

namespace {

std::string snake_case(std::string_view camel) {
  std::string out;
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      out += '_';
      out += char(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

kind_builder::kind_builder(std::string store, std::string_view name) {
  kind_.store = std::move(store);
  kind_.name = "causeway." + std::string(name);
  kind_.table = "causeway_" + snake_case(name);
}

kind_builder &kind_builder::maybe(std::string name, field_type type, std::size_t length) {
  field f;
  f.column = snake_case(name);
  f.name = std::move(name);
  f.type = type;
  f.length = length;
  kind_.fields.push_back(std::move(f));
  return *this;
}

kind_builder &kind_builder::needs(std::string name, field_type type, std::size_t length) {
  maybe(std::move(name), type, length);
  kind_.fields.back().required = true;
  return *this;
}

kind_builder &kind_builder::unique() {
  kind_.fields.back().unique = true;
  return *this;
}

kind_builder &kind_builder::generated(key_generation how) {
  kind_.fields.back().generate = how;
  return *this;
}

kind_builder &kind_builder::key(const std::vector<std::string_view> &fields) {
  kind_.key = positions(fields);
  return *this;
}

kind_builder &kind_builder::indexed(const std::vector<std::string_view> &fields) {
  kind_.indexes.push_back({positions(fields)});
  return *this;
}

kind_builder &kind_builder::versioned() {
  kind_.version = "version";
  return *this;
}

kind_builder &kind_builder::in_table(std::string table) {
  kind_.table = std::move(table);
  return *this;
}

kind_builder &kind_builder::read_only() {
  kind_.read_only = true;
  return *this;
}

kind_ptr kind_builder::build() const { return std::make_shared<const record_kind>(kind_); }

std::vector<std::size_t> kind_builder::positions(const std::vector<std::string_view> &fields) const {
  std::vector<std::size_t> out;
  for (const std::string_view name : fields) {
    const auto at = kind_.find_field(name);
    if (!at) throw std::invalid_argument(kind_.name + " has no field " + std::string(name));
    out.push_back(*at);
  }
  return out;
}

}  // namespace causeway
