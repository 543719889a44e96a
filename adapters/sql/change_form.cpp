#include "sql/change_form.hpp"

#include <algorithm>
#include <utility>

#include "sql/sql_words.hpp"
#include "sql/table.hpp"

namespace causeway::sql {

namespace {

std::vector<std::size_t> places_of_key(const table &of, const std::vector<std::size_t> &parameters) {
  std::vector<std::size_t> places;
  for (const std::size_t field : of.kind().key) {
    const auto found = std::find(parameters.begin(), parameters.end(), field);
    places.push_back(found == parameters.end() ? change_form::no_place : std::size_t(found - parameters.begin()));
  }
  return places;
}

std::vector<std::size_t> places_of_unique(const table &of, const change_shape &shape,
                                          const std::vector<std::size_t> &parameters) {
  std::vector<std::size_t> places;
  if (shape.type == change_type::require || shape.type == change_type::erase || shape.type == change_type::erase_at)
    return places;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::size_t field = parameters[i];
    if (field != version_parameter && of.kind().fields[field].unique && shape.present[field]) places.push_back(i);
  }
  return places;
}

std::string signature_of(const table &of, const change_shape &shape) {
  static constexpr char letters[] = {'i', 'a', 'u', 'p', 'r', 'e', 'x'};
  std::string text(1, letters[std::size_t(shape.type)]);
  text += std::to_string(of.number());
  text += ' ';
  for (const bool present : shape.present) text += present ? '1' : '0';
  if (!shape.tells_key) text += 'x';
  return text;
}

}  // namespace

std::vector<std::size_t> change_parameters(const table &of, const change_shape &shape) {
  const std::size_t fields = of.kind().fields.size();
  std::vector<std::size_t> which;
  which.reserve(fields + of.kind().key.size() + 1);
  switch (shape.type) {
    case change_type::insert:
    case change_type::insert_absent:
    case change_type::put:
      // Absent fields are written as null; only a serial is left out, for the database to give.
      for (std::size_t i = 0; i < fields; ++i)
        if (shape.present[i] || of.serial() != i) which.push_back(i);
      return which;
    case change_type::update:
      for (std::size_t i = 0; i < fields; ++i)
        if (shape.present[i] && !of.in_key(i)) which.push_back(i);
      break;
    case change_type::require:
    case change_type::erase:
    case change_type::erase_at:
      break;
  }
  which.insert(which.end(), of.kind().key.begin(), of.kind().key.end());
  if (of.versioned() && shape.type != change_type::erase) which.push_back(version_parameter);
  return which;
}

change_form::change_form(const table &of, change_shape its)
    : shape(std::move(its)),
      parameters(change_parameters(of, shape)),
      key(places_of_key(of, parameters)),
      unique(places_of_unique(of, shape, parameters)),
      signature(signature_of(of, shape)) {}

}  // namespace causeway::sql
