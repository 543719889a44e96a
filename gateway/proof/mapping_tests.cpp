#include "proof/mapping_tests.hpp"

#include <algorithm>

#include "proof/stored.hpp"
#include "runtime/suggestion.hpp"
#include "store/field_check.hpp"
#include "store/value_json.hpp"

namespace causeway {

namespace {

std::string in_json(const value &v) {
  sdk::json_writer out;
  write_value(out, v);
  return out.take();
}

std::string nearest_field(const record_kind &kind, const std::string &name) {
  std::vector<std::string> names;
  names.reserve(kind.fields.size());
  for (const auto &f : kind.fields) names.push_back(f.name);
  return suggestion(name, names);
}

class test_run {
 public:
  test_run(const mapping &map, const mapping_test &test, std::vector<finding> &findings)
      : map_(map), test_(test), findings_(findings) {}

  void run() {
    const auto source = record_of(map_.from(), test_.record);
    if (!source) {
      for (const auto &input : source.why().inputs)
        fail(place_of(test_.record, input.pointer), input.pointer + " " + input.detail);
      return;
    }
    record_ = *source;
    const auto became = map_.apply(*source);
    result_ = became ? stored_json_of(*became) : refusal_json_of(became.why());
    if (test_.refused) return compare_refusal(became);
    if (!became) {
      std::string why;
      for (const auto &input : became.why().inputs)
        why += (why.empty() ? "" : "; ") + input.pointer + " " + input.detail + " (" + input.code + ")";
      return fail(test_.at, "the record is refused: " + why);
    }
    for (const auto &expected : test_.becomes) compare(expected, *became);
    if (!test_.reads_back.empty()) read_back(became->target);
  }

 private:
  void fail(const place &at, const std::string &what) {
    finding f{at, severity::error, "test '" + test_.name + "': " + what};
    if (record_.kind) f.example.records.push_back({json_of(record_), result_});
    findings_.push_back(std::move(f));
  }

  static place place_of(const std::vector<named_value> &values, const std::string &name) {
    const auto found = std::find_if(values.begin(), values.end(), [&](const auto &v) { return v.name == name; });
    return found == values.end() ? place{} : found->at;
  }

  void differ(const named_value &expected, const std::string &got) {
    fail(expected.at, expected.name + " should be " + in_json(expected.content) + " and is " + got);
  }

  void compare(const named_value &expected, const mapped_record &became) {
    const auto field = map_.to()->find_field(expected.name);
    if (!field)
      return fail(expected.at,
                  map_.to()->name + " has no field '" + expected.name + "'" + nearest_field(*map_.to(), expected.name));
    for (const auto &lookup : became.lookups)
      if (lookup.target_field == *field) {
        // What is looked up stands for what the target's store would find.
        if (lookup.equals != expected.content)
          differ(expected,
                 "looked up by " + lookup.by + " " + in_json(lookup.equals) + ", which is what a test expects");
        return;
      }
    const value got = stored_value(map_.to()->fields[*field], became.target.values[*field]);
    const bool same = has_content(got) || has_content(expected.content) ? got == expected.content : true;
    if (!same) differ(expected, is_absent(got) ? "not filled" : in_json(got));
  }

  void compare_refusal(const result<mapped_record> &became) {
    if (became) return fail(test_.at, "the record should be refused and becomes " + result_);
    const auto &faults = became.why().inputs;
    for (const auto &expected : test_.becomes) {
      std::string got;
      bool met = false;
      for (const auto &input : faults) {
        if (input.pointer != expected.name) continue;
        met = met || value(input.code) == expected.content;
        got = input.code;
      }
      if (!met) differ(expected, got.empty() ? "not refused" : "refused as " + in_json(got));
    }
    for (const auto &input : faults)
      if (std::none_of(test_.becomes.begin(), test_.becomes.end(),
                       [&](const auto &e) { return e.name == input.pointer; }))
        fail(test_.at, input.pointer + " is refused too: " + input.detail + " (" + input.code + ")");
  }

  void read_back(const record &target) {
    const auto back = map_.reverse(target);
    if (!back) return fail(test_.at, "what it becomes cannot be read back");
    for (const auto &expected : test_.reads_back) {
      const auto field = map_.from()->find_field(expected.name);
      if (!field) {
        fail(expected.at,
             map_.from()->name + " has no field '" + expected.name + "'" + nearest_field(*map_.from(), expected.name));
      } else if (const value &got = back->values[*field]; got != expected.content) {
        if (!has_content(got) && !has_content(expected.content)) continue;
        fail(expected.at, expected.name + " should be read back as " + in_json(expected.content) + " and is " +
                              (is_absent(got) ? "not read back" : in_json(got)));
      }
    }
  }

  const mapping &map_;
  const mapping_test &test_;
  std::vector<finding> &findings_;
  record record_;
  std::string result_;
};

}  // namespace

result<record> record_of(const kind_ptr &kind, const std::vector<named_value> &values) {
  record made(kind);
  for (auto &v : made.values) v = null{};
  fault wrong{outcome::invalid, "this is no record of " + kind->name, {}};
  for (const auto &given : values) {
    const auto field = kind->find_field(given.name);
    if (!field) {
      wrong.inputs.push_back(
          {given.name, "unknown-field", "is no field of " + kind->name + nearest_field(*kind, given.name)});
      continue;
    }
    causeway::field declared = kind->fields[*field];
    declared.required = false;
    if (auto misfit = check_value(declared, given.content);
        misfit && misfit->code != "too-long" && misfit->code != "unknown-code")
      wrong.inputs.push_back(*std::move(misfit));
    made.values[*field] = given.content;
  }
  if (!wrong.inputs.empty()) return wrong;
  return made;
}

std::vector<finding> run_mapping_tests(const mapping &map, const mapping_declaration &declared) {
  std::vector<finding> findings;
  for (const auto &test : declared.tests) test_run(map, test, findings).run();
  return findings;
}

}  // namespace causeway
