// Takes the compiled steps, there and back. What a step needs was made ready by compile.cpp: here are no names to look
// up and, for text that its target can hold as it is, nothing but a copy.
#include "mapping/mapping.hpp"

#include <algorithm>

#include "mapping/mapping_step.hpp"
#include "store/field_check.hpp"

namespace causeway {

std::string_view to_string(loss what) {
  switch (what) {
    case loss::characters:
      return "characters";
    case loss::length:
      return "length";
    case loss::ambiguous:
      return "ambiguous";
    case loss::codes:
      return "codes";
    case loss::time:
      return "time";
    case loss::dates:
      return "dates";
    case loss::field:
      return "field";
    case loss::empty:
      return "empty";
  }
  return "unknown";
}

namespace {

constexpr std::size_t day_length = 10;  // of YYYY-MM-DD, with which every time begins

fault wrong_kind(const record &given, const kind_ptr &wanted) {
  return {outcome::internal,
          "a record of " + (given.kind ? given.kind->name : "no kind") + " was given to a mapping of " + wanted->name,
          {}};
}

bool is_of(const record &r, const kind_ptr &kind) {
  return r.kind == kind || (r.kind && r.kind->name == kind->name && r.values.size() == kind->fields.size());
}

class forward_pass {
 public:
  forward_pass(const record &source, const record_kind &from, mapped_record &out)
      : source_(source), from_(from), out_(out) {}

  void take(const mapping_step &step) {
    if (step.type == step_type::constant) {
      out_.target.values[step.target] = step.constant;
      return;
    }
    const value &given = source_.values[step.source];
    const field &declared = from_.fields[step.source];
    if (!has_content(given)) {
      fill(step, null{}, declared);
      return;
    }
    // Codes are looked up; of anything else, a value that its own kind does not allow goes no further.
    if (declared.type != field_type::code && declared.type != field_type::text) {
      if (auto wrong = check_value(declared, given)) return refuse(std::move(*wrong));
    } else if (!std::holds_alternative<std::string>(given)) {
      return refuse({declared.name, "wrong-type", "must be text"});
    }
    switch (step.type) {
      case step_type::constant:
        return;
      case step_type::plain:
        return fill(step, given, declared);
      case step_type::day:
        return fill(step, std::string(text_of(given).substr(0, day_length)), declared);
      case step_type::table:
        if (const value *listed = step.table.find(given)) return fill(step, *listed, declared);
        return refuse({declared.name, "unknown-code", step.where + " takes only " + step.known});
      case step_type::text:
        if (!step.table.forward.empty())
          if (const value *listed = step.table.find(given)) return fill(step, *listed, declared);
        return carry(step, text_of(given), declared);
      case step_type::lookup:
        out_.lookups.push_back({step.target, step.lookup.kind, step.lookup.by, given, step.lookup.take});
        return;
    }
  }

  std::vector<input_fault> faults() && { return std::move(faults_); }

 private:
  void fill(const mapping_step &step, value v, const field &declared) {
    const field &target = out_.target.kind->fields[step.target];
    if (!target.format.empty() && has_content(v))
      if (auto wrong = check_value(target, v))
        return refuse({declared.name, std::move(wrong->code), "as " + step.where + " " + wrong->detail});
    if (step.needed && !has_content(v)) return refuse({declared.name, "required", step.where + " must have a value"});
    out_.target.values[step.target] = std::move(v);
  }

  void carry(const mapping_step &step, std::string_view given, const field &declared) {
    std::string carried = step.convention.carry(given, declared.name, faults_);
    if (out_.target.kind->fields[step.target].form == column_form::padded && carried.ends_with(' ')) {
      if (!is_cut(step.convention, given))
        return refuse({declared.name, "trailing-blanks",
                       step.where + " is filled up with blanks, so the text must not end in one"});
      carried.erase(carried.find_last_not_of(' ') + 1);
    }
    out_.target.values[step.target] = std::move(carried);
  }

  // How long either text is tells nothing: characters become more and fewer on the way.
  static bool is_cut(const text_convention &convention, std::string_view given) {
    if (convention.too_long != on_too_long::truncate) return false;
    text_convention strict = convention;
    strict.too_long = on_too_long::reject;
    std::vector<input_fault> faults;
    (void)strict.carry(given, "", faults);
    return std::any_of(faults.begin(), faults.end(), [](const input_fault &f) { return f.code == "too-long"; });
  }

  // A field that fills two of the target can be wrong for both in the same words.
  void refuse(input_fault what) {
    for (const auto &known : faults_)
      if (known == what) return;
    faults_.push_back(std::move(what));
  }

  const record &source_;
  const record_kind &from_;
  mapped_record &out_;
  std::vector<input_fault> faults_;
};

// The source's value that a step made `stored` of; or the fault of a value that it never makes.
result<value> read_back(const mapping_step &step, const value &stored, const field &source, const field &target) {
  const auto wrong = [&](std::string code, std::string detail) {
    return fault{outcome::invalid, {}, {{target.name, std::move(code), std::move(detail)}}};
  };
  if (const value *listed = step.table.find_back(stored)) return *listed;
  if (is_null(stored)) return value(null{});
  if (step.type == step_type::table) return wrong("unknown-code", "is no value that " + source.name + " is mapped to");
  if (step.type != step_type::text) {
    if (auto misfit = check_value(source, stored)) return wrong(misfit->code, misfit->detail);
    return stored;
  }
  if (!std::holds_alternative<std::string>(stored)) return wrong("wrong-type", "must be text");
  value restored = step.convention.restore(text_of(stored));
  // Transliterated text may be longer than the source's field is; other types must be what they were.
  if (source.type != field_type::text)
    if (auto misfit = check_value(source, restored)) return wrong(misfit->code, misfit->detail);
  return restored;
}

}  // namespace

result<mapped_record> mapping::apply(const record &source) const {
  if (!is_of(source, from_)) return wrong_kind(source, from_);
  mapped_record out{record(to_), {}};
  forward_pass pass(source, *from_, out);
  for (const auto &step : steps_) pass.take(*step);
  auto faults = std::move(pass).faults();
  if (!faults.empty())
    return fault{outcome::invalid, "the record cannot cross from " + from_->name + " to " + to_->name,
                 std::move(faults)};
  return out;
}

result<record> mapping::reverse(const record &target) const {
  if (!is_of(target, to_)) return wrong_kind(target, to_);
  record out(from_);
  fault wrong{
      outcome::invalid, "the record of " + to_->name + " is none that the mapping from " + from_->name + " writes", {}};
  for (const auto &step : steps_) {
    const value &stored = target.values[step->target];
    if (!step->reads_back || is_absent(stored)) continue;
    auto value = read_back(*step, stored, from_->fields[step->source], to_->fields[step->target]);
    if (value)
      out.values[step->source] = *std::move(value);
    else
      wrong.inputs.insert(wrong.inputs.end(), value.why().inputs.begin(), value.why().inputs.end());
  }
  if (!wrong.inputs.empty()) return wrong;
  return out;
}

}  // namespace causeway
