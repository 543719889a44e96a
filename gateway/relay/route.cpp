#include "relay/route.hpp"

#include <algorithm>

namespace causeway {

std::optional<std::size_t> source_id_field(const record_kind &target) {
  std::optional<std::size_t> only;
  std::size_t unique_fields = 0;
  for (std::size_t i = 0; i < target.fields.size(); ++i) {
    if (!target.fields[i].unique) continue;
    if (target.fields[i].name == "sourceId") return i;
    only = i;
    ++unique_fields;
  }
  if (unique_fields != 1) return std::nullopt;
  return only;
}

std::vector<std::string> faults_of(const copy_route &route, const std::vector<copy_route> &all) {
  std::vector<std::string> faults;
  const std::string at = "copy route " + route.name + ": ";
  const record_kind &from = *route.map->from();
  const record_kind &to = *route.map->to();
  if (route.name.empty() || route.name.size() > 64) faults.push_back(at + "its name must have 1 to 64 characters");
  if (from.key.size() != 1 || from.fields[from.key.front()].type != field_type::text)
    faults.push_back(at + from.name + " must have one key field, of type text");
  const auto csid = from.find_field("csid");
  if (!csid || from.fields[*csid].type != field_type::csid || !from.fields[*csid].required)
    faults.push_back(at + from.name + " must have a required field csid of type csid, which orders the copies");
  if (!source_id_field(to))
    faults.push_back(at + to.name + " needs a unique field sourceId, which keeps a record from being copied twice");
  const auto shares = std::find_if(all.begin(), all.end(), [&](const copy_route &other) {
    return other.name == route.name || other.map->to()->name == to.name;
  });
  if (shares != all.end() && shares->name != route.name)
    faults.push_back(at + "the route " + shares->name + " goes to " + to.name +
                     " already; give each a kind of its own, for records of both with equal keys would be one copy");
  const copy_route *before = &route;
  for (std::size_t steps = 0; !before->after.empty(); ++steps) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const copy_route &other) { return other.name == before->after; });
    if (found == all.end()) {
      if (before == &route) faults.push_back(at + "there is no route " + route.after + " to go after");
      break;
    }
    if (found->map->from()->store != from.store) {
      faults.push_back(at + "the route " + found->name + " to go after must copy from the same store");
      break;
    }
    if (steps == all.size()) {
      faults.push_back(at + "the routes to go after lead back to themselves");
      break;
    }
    before = &*found;
  }
  return faults;
}

}  // namespace causeway
