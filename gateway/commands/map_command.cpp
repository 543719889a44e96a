// causeway map: one record through one mapping, by hand. The configuration gives the two kinds and the target's
// character set; the mapping need not be that of a route.
#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

#include "commands/commands.hpp"
#include "commands/configuration.hpp"
#include "proof/losses.hpp"
#include "proof/mapping_tests.hpp"
#include "proof/stored.hpp"
#include "settings/cross_checks.hpp"
#include "settings/mapping_file.hpp"

namespace causeway {

namespace {

int refuse(const std::string &why) {
  std::cerr << "causeway: map: " << why << "\n";
  return 1;
}

int refuse(const fault &why) {
  if (why.inputs.empty()) return refuse(why.detail);
  for (const auto &input : why.inputs) refuse(input.pointer + ": " + input.detail + " (" + input.code + ")");
  return 1;
}

// The members of a JSON object; what is wrong with it in `why`.
std::vector<named_value> members_of(const std::string &json, std::string &why) {
  std::vector<named_value> members;
  boost::system::error_code error;
  const auto parsed = boost::json::parse(json, error);
  if (error || !parsed.is_object()) {
    why = "--record must be a JSON object" + (error ? ": " + error.message() : std::string());
    return members;
  }
  for (const auto &member : parsed.get_object()) {
    named_value one{std::string(member.key()), {}, null{}};
    const auto &content = member.value();
    if (content.is_string())
      one.content = std::string(content.get_string());
    else if (content.is_bool())
      one.content = content.get_bool();
    else if (content.is_int64())
      one.content = content.get_int64();
    else if (!content.is_null())
      why = "--record: " + one.name + " must be text, a whole number of 64 bits, true, false or null";
    members.push_back(std::move(one));
  }
  return members;
}

int read_back(const mapping &map, const std::vector<named_value> &members) {
  std::vector<named_value> values = members;
  for (auto &one : values)
    if (const auto field = map.to()->find_field(one.name))
      one.content = value_of_stored(map.to()->fields[*field], one.content);
  auto target = record_of(map.to(), values);
  if (!target) return refuse(target.why());
  // What is not named is not told: nothing is read back of it.
  for (std::size_t i = 0; i < target->values.size(); ++i)
    if (is_null(target->values[i]) && std::none_of(values.begin(), values.end(), [&](const auto &one) {
          return one.name == map.to()->fields[i].name;
        }))
      target->values[i] = absent{};
  const auto source = map.reverse(*target);
  if (!source) return refuse(source.why());
  std::cout << json_of(*source) << "\n";
  return 0;
}

}  // namespace

int map_command(const common_options &common, const std::string &file, const std::string &record, bool reverse) {
  auto c = read_configuration(common);
  auto loaded = load_mapping(file);
  settings alone = c.content;
  alone.routes.clear();
  alone.routes.emplace_back();
  auto &route = alone.routes.front();
  route.from = loaded.content.from;
  route.to = loaded.content.to;
  route.mapping = std::move(loaded.content);
  fill_in_charsets(alone, loaded.findings);

  std::shared_ptr<const mapping> map;
  if (!has_errors(loaded.findings)) {
    std::vector<kind_ptr> kinds;
    for (const auto &store : c.content.stores) kinds.insert(kinds.end(), store.kinds.begin(), store.kinds.end());
    partial_mapping partial;
    map = mapping::compile(route.mapping, c.kind(route.from), c.kind(route.to), loaded.findings, kinds, &partial);
    add_examples(partial, loaded.findings);
  }
  if (!map) {
    // What is wrong with a kind that is missing here, the configuration's own findings say.
    if (has_errors(c.findings)) print_findings(c.findings);
    tidy(loaded.findings, c);
    print_findings(loaded.findings);
    return 1;
  }
  std::string why;
  const auto members = members_of(record, why);
  if (!why.empty()) return refuse(why);
  if (reverse) return read_back(*map, members);
  const auto source = record_of(map->from(), members);
  if (!source) return refuse(source.why());
  const auto became = map->apply(*source);
  if (!became) return refuse(became.why());
  std::cout << stored_json_of(*became) << "\n";
  return 0;
}

}  // namespace causeway
