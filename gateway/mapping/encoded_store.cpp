#include "mapping/encoded_store.hpp"

#include <algorithm>

#include "mapping/charset.hpp"
#include "mapping/text_convention.hpp"

namespace causeway {

encoded_store::encoded_store(std::shared_ptr<record_store> content, charset holds)
    : content_(std::move(content)), holds_(holds) {}

void encoded_store::commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) {
  fault refused{outcome::invalid, "the store cannot hold some characters of this text", {}};
  for (const auto &c : unit.changes) {
    for (std::size_t i = 0; i < c.what.values.size(); ++i) {
      const auto &field = c.what.kind->fields[i];
      if (field.type != field_type::text || holds(c.what.values[i])) continue;
      const text_convention convention{.where = c.what.kind->name + "." + field.name, .encoding = holds_};
      (void)convention.carry(text_of(c.what.values[i]), field.name, refused.inputs);
    }
  }
  if (!refused.inputs.empty()) return done(std::move(refused));
  content_->commit(std::move(unit), deadline, std::move(done));
}

void encoded_store::get(get_request request, time_point deadline, completion<record> done) {
  for (const auto &v : request.key)
    if (!holds(v)) return done(fault{outcome::not_found, "there is no such record", {}});
  content_->get(std::move(request), deadline, std::move(done));
}

void encoded_store::find(find_request request, time_point deadline, completion<std::vector<record>> done) {
  if (!can_meet(request)) return done(std::vector<record>());
  // Where it would stand in the store's order is for nobody to say: the set has no place for it.
  for (const auto &v : request.after)
    if (!holds(v)) return done(fault{outcome::invalid, "the store cannot hold some characters of this place", {}});
  content_->find(std::move(request), deadline, std::move(done));
}

void encoded_store::count(find_request request, time_point deadline, completion<std::int64_t> done) {
  if (!can_meet(request)) return done(std::int64_t(0));
  content_->count(std::move(request), deadline, std::move(done));
}

bool encoded_store::holds(const value &v) const {
  return find_unmappable(holds_, text_of(v)) == std::string_view::npos;
}

bool encoded_store::can_meet(const find_request &request) const {
  return std::all_of(request.conditions.begin(), request.conditions.end(),
                     [&](const condition &c) { return holds(c.equals); });
}

store_state encoded_store::state() const { return content_->state(); }

}  // namespace causeway
