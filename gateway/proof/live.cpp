#include "proof/live.hpp"

#include "mapping/mapping_step.hpp"
#include "mapping/utf8.hpp"
#include "proof/experiment.hpp"
#include "proof/stored.hpp"
#include "proof/text_losses.hpp"

namespace causeway {

namespace {

// A value of the source that fills more characters of the target than the column holds; absent where there is none.
value too_wide(const mapping &map, const mapping_step &step, std::size_t holds) {
  const auto &source = map.from()->fields[step.source];
  const auto &target = map.to()->fields[step.target];
  if (step.type == step_type::text) {
    text_convention convention = step.convention;
    convention.max_length = holds;
    if (auto text = shortest_too_long(convention, source, charset::utf8)) return *std::move(text);
    return absent{};
  }
  for (const auto &[word, ready] : step.table.forward)
    if (characters_of(text_of(stored_value(target, ready))) > holds)
      return source.type == field_type::boolean ? value(word == "true") : value(word);
  if (step.type == step_type::plain || step.type == step_type::day) {
    value sample = experiment::sample_of(source);
    const auto mapped = experiment(map).run({{step.source, sample}});
    if (mapped && characters_of(text_of(stored_value(target, mapped->target.values[step.target]))) > holds)
      return sample;
  }
  return absent{};
}

}  // namespace

witness example_of(const mapping &map, const live_difference &difference) {
  const experiment lab(map);
  if (difference.type == difference_type::unfilled) {
    experiment::changes key;
    for (const std::size_t i : map.from()->key) key.emplace_back(i, lab.sample().values[i]);
    std::vector<std::size_t> filled;
    for (const auto &step : map.steps())
      for (const auto &[i, v] : key)
        if (step->type != step_type::constant && step->source == i) filled.push_back(step->target);
    auto example = lab.show({key}, filled);
    example.shown += ", with nothing for " + difference.field;
    return example;
  }
  const auto target = map.to()->find_field(difference.field);
  if (!target) return {};
  for (const auto &step : map.steps()) {
    if (step->target != *target || step->type == step_type::constant) continue;
    if (difference.type == difference_type::never_null) {
      const auto &source = map.from()->fields[step->source];
      if (source.required || !lab.run({{step->source, null{}}})) return {};
      return lab.show({{{step->source, null{}}}}, {*target});
    }
    if (difference.type != difference_type::narrow) return {};
    const value wide = too_wide(map, *step, difference.holds);
    return is_absent(wide) ? witness() : lab.show({{{step->source, wide}}}, {*target});
  }
  return {};
}

}  // namespace causeway
