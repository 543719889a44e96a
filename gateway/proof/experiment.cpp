// A sample is made field by field from what the kind and the steps that read the field ask for.
#include "proof/experiment.hpp"

#include <algorithm>
#include <set>

#include "mapping/mapping_step.hpp"
#include "proof/stored.hpp"

namespace causeway {

namespace {

std::string comma(const std::string &before, const std::string &next) {
  return before.empty() ? next : before + " and " + next;
}

std::string shown_refusal(const fault &why) {
  std::string all;
  std::set<std::string> said;
  for (const auto &input : why.inputs)
    if (said.insert(input.pointer + input.code).second)
      all += (all.empty() ? "" : ", ") + input.pointer + ": " + input.code;
  return "is refused (" + (all.empty() ? why.detail : all) + ")";
}

}  // namespace

value experiment::sample_of(const field &f) {
  switch (f.type) {
    case field_type::csid:
      return "000000001";
    case field_type::code:
      if (f.codes && !f.codes->stored_of.empty()) return f.codes->stored_of.begin()->first;
      return "x";
    case field_type::date:
      return "2000-01-01";
    case field_type::timestamp:
      return "2000-01-01T00:00:00.000Z";
    case field_type::integer:
    case field_type::serial:
      return std::int64_t(1);
    case field_type::boolean:
      return true;
    case field_type::text:
      break;
  }
  return "x";
}

experiment::experiment(const mapping &map) : map_(map), smallest_(map.from()) {
  const auto &kind = *map.from();
  for (std::size_t i = 0; i < kind.fields.size(); ++i) {
    const auto &f = kind.fields[i];
    const bool in_key = std::find(kind.key.begin(), kind.key.end(), i) != kind.key.end();
    smallest_.values[i] = f.required || in_key ? sample_of(f) : value(null{});
  }
  for (const auto &step : map.steps()) {
    if (step->type == step_type::constant) continue;
    auto &v = smallest_.values[step->source];
    if (is_null(v) && step->needed) v = sample_of(kind.fields[step->source]);
    if (step->type != step_type::table || is_null(v)) continue;
    // A word that becomes something where something is needed.
    const value *becomes = step->table.find(v);
    if (becomes != nullptr && (!step->needed || has_content(*becomes))) continue;
    for (const auto &[word, ready] : step->table.forward)
      if (!step->needed || has_content(ready)) {
        if (kind.fields[step->source].type == field_type::boolean)
          v = word == "true";
        else
          v = word;
        break;
      }
  }
}

record experiment::sample(const changes &with) const {
  record r = smallest_;
  for (const auto &[field, content] : with) r.values[field] = content;
  return r;
}

witness experiment::show(const std::vector<changes> &records, const std::vector<std::size_t> &targets,
                         bool same) const {
  witness made;
  std::string given, becomes;
  for (const auto &with : records) {
    const record r = sample(with);
    const auto became = map_.apply(r);
    made.records.push_back({json_of(r), became ? stored_json_of(*became) : refusal_json_of(became.why())});
    std::vector<std::size_t> changed;
    changed.reserve(with.size());
    for (const auto &[field, content] : with) changed.push_back(field);
    std::string record_shown = shown(r, changed);
    const std::string result_shown = became ? "becomes " + shown_stored(*became, targets) : shown_refusal(became.why());
    if (same) {
      given = comma(given, record_shown);
      becomes = result_shown;
    } else {
      given = comma(given, record_shown + " " + result_shown);
    }
  }
  // "... and ... both become ..."
  if (same) {
    constexpr std::string_view one = "becomes ";
    if (becomes.starts_with(one)) becomes = "both become " + becomes.substr(one.size());
    given += " " + becomes;
  }
  made.shown = std::move(given);
  return made;
}

witness experiment::show_back(std::size_t target, const value &stored) const {
  record r(map_.to());
  r.values[target] = stored;
  const auto back = map_.reverse(r);
  witness made;
  const mapped_record there{r, {}};
  made.records.push_back({stored_json_of(there), back ? json_of(*back) : refusal_json_of(back.why())});
  made.shown = shown_stored(there, {target}) + " " +
               (back ? "is read back as " + json_of(*back) : "cannot be read back: it " + shown_refusal(back.why()));
  return made;
}

}  // namespace causeway
