#include "relay/route.hpp"

#include <algorithm>

#include "mapping/mapping_step.hpp"
#include "relay/outbox.hpp"

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

namespace {

// Characters of a key's text at most; nothing where it has no end.
std::optional<std::size_t> longest_text(const record_kind &kind) {
  const bool several = kind.key.size() > 1;
  std::size_t sum = kind.key.size() - 1;  // what stands between
  for (const std::size_t place : kind.key) {
    const field &f = kind.fields[place];
    switch (f.type) {
      case field_type::text:
      case field_type::code: {
        std::size_t length = f.length;
        if (f.type == field_type::code) {
          length = 0;
          for (const auto &[readable, stored] : f.codes->stored_of) length = std::max(length, readable.size());
        } else if (length == 0) {
          return std::nullopt;
        }
        sum += several ? 2 * length : length;  // where all of it is escaped
        break;
      }
      case field_type::csid:
      case field_type::date:
      case field_type::timestamp:
      case field_type::integer:
      case field_type::boolean:
      case field_type::serial:
        sum += 24;  // the longest of them
        break;
    }
  }
  return sum;
}

void check_key(const record_kind &kind, const std::string &at, std::vector<std::string> &faults) {
  const auto longest = longest_text(kind);
  if (!longest || *longest > longest_key)
    faults.push_back(at + "the key of " + kind.name + " may have " +
                     (longest ? std::to_string(*longest) : std::string("any number of")) +
                     " characters, and the outbox keeps " + std::to_string(longest_key) +
                     "; give its text fields a length that is no longer");
}

// Whether two keys of the source can never be one in this field.
bool keeps_apart(const mapping_step &step, const record_kind &from, const record_kind &to) {
  if (step.source != from.key.front() || to.fields[step.target].type != field_type::text) return false;
  if (step.type == step_type::plain) return true;
  const text_convention &as = step.convention;
  return step.type == step_type::text && step.table.forward.empty() && as.wrap == 0 &&
         as.unmappable != on_unmappable::transliterate && as.too_long != on_too_long::truncate;
}

void check_source_id(const copy_route &route, std::size_t source_id, const std::string &at,
                     std::vector<std::string> &faults) {
  const record_kind &from = *route.map->from();
  const record_kind &to = *route.map->to();
  const field &key = from.fields[from.key.front()];
  const field &takes = to.fields[source_id];
  const auto &steps = route.map->steps();
  const auto step =
      std::find_if(steps.begin(), steps.end(), [&](const auto &filling) { return filling->target == source_id; });
  if (step == steps.end() || !keeps_apart(**step, from, to)) {
    faults.push_back(
        at + to.name + "." + takes.name + " keeps a record from being copied twice and must take " + from.name + "." +
        key.name + " as it is, without a lookup, values, wrap, transliterate or truncate; else two records may be one");
    return;
  }
  const std::size_t room = (*step)->type == step_type::text && (*step)->convention.max_length > 0
                               ? (*step)->convention.max_length
                               : takes.length;
  if (room > 0 && (key.length == 0 || key.length > room))
    faults.push_back(at + to.name + "." + takes.name + " takes " + std::to_string(room) + " characters, and " +
                     from.name + "." + key.name + " may have " +
                     (key.length == 0 ? "any number of them" : std::to_string(key.length)) +
                     "; make it as long, for it holds that key");
}

}  // namespace

std::vector<std::string> faults_of(const copy_route &route, const std::vector<copy_route> &all) {
  std::vector<std::string> faults;
  const std::string at = "copy route " + route.name + ": ";
  const record_kind &from = *route.map->from();
  const record_kind &to = *route.map->to();
  if (route.name.empty() || route.name.size() > 64) faults.push_back(at + "its name must have 1 to 64 characters");
  const bool has_text_key = from.key.size() == 1 && from.fields[from.key.front()].type == field_type::text;
  if (!has_text_key) faults.push_back(at + from.name + " must have one key field, of type text");
  const auto csid = from.find_field("csid");
  if (!csid || from.fields[*csid].type != field_type::csid || !from.fields[*csid].required)
    faults.push_back(at + from.name + " must have a required field csid of type csid, which orders the copies");
  const auto source_id = source_id_field(to);
  if (!source_id)
    faults.push_back(at + to.name + " needs a unique field sourceId, which keeps a record from being copied twice");
  if (has_text_key) check_key(from, at, faults);
  check_key(to, at, faults);
  if (has_text_key && source_id) check_source_id(route, *source_id, at, faults);
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
