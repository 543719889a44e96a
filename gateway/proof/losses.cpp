// One function for each loss. Each asks the compiled steps whether it can happen, and lets the mapping itself show it.
#include "proof/losses.hpp"

#include <algorithm>
#include <set>

#include "mapping/charset.hpp"
#include "mapping/mapping_step.hpp"
#include "proof/experiment.hpp"
#include "proof/stored.hpp"
#include "proof/text_losses.hpp"
#include "store/time_format.hpp"

namespace causeway {

namespace {

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string in_words(const value &v) {
  if (const auto *text = std::get_if<std::string>(&v)) return quoted(*text);
  if (const auto *number = std::get_if<std::int64_t>(&v)) return std::to_string(*number);
  if (const auto *flag = std::get_if<bool>(&v)) return *flag ? "true" : "false";
  return "null";
}

// The word of a value table as the source holds it.
value word_of(const field &source, const std::string &word) {
  if (source.type == field_type::boolean) return word == "true";
  return word;
}

// Whether the target's column gives back what is put into it.
bool keeps(const field &f, const std::string &iso) {
  const auto format = time_format::compile(f.format, f.type);
  if (!format) return true;
  const auto stored = format->to_stored(iso);
  return stored && format->from_stored(*stored) == iso;
}

class proof_reader {
 public:
  explicit proof_reader(const loss_question &q)
      : q_(q), map_(q.map), from_(*q.map.from()), to_(*q.map.to()), lab_(q.map) {}

  std::vector<found_loss> read() {
    for (const auto &step : map_.steps()) {
      step_ = step.get();
      if (step_->type == step_type::constant) continue;
      source_ = &from_.fields[step_->source];
      target_ = &to_.fields[step_->target];
      check_empty();
      if (step_->type == step_type::text) {
        check_characters();
        check_blanks();
        check_length();
      }
      if (step_->type == step_type::table) check_codes();
      if (!step_->table.forward.empty()) check_twins();
      if (step_->type == step_type::day || step_->type == step_type::plain) check_times();
    }
    check_carried();
    return std::move(found_);
  }

 private:
  void say(loss what, const std::string &field, const place &at, const std::string &message, witness example) {
    found_.push_back(
        {what,
         field,
         {at, severity::warning, message + " [" + std::string(to_string(what)) + "]", std::move(example)}});
  }
  // About the step under examination.
  void say(loss what, const std::string &message, witness example) {
    const auto rule = std::find_if(q_.declared.fields.begin(), q_.declared.fields.end(),
                                   [&](const field_rule &r) { return r.target == target_->name; });
    say(what, target_->name, rule == q_.declared.fields.end() ? q_.declared.at : rule->at, message, std::move(example));
  }
  witness one(value v) const { return lab_.show({{{step_->source, std::move(v)}}}, {step_->target}); }
  std::string source_name() const { return from_.name + "." + source_->name; }

  void check_empty() {
    const bool in_key = std::find(from_.key.begin(), from_.key.end(), step_->source) != from_.key.end();
    if (!step_->needed || source_->required || in_key) return;
    if (lab_.run({{step_->source, null{}}})) return;
    say(loss::empty,
        step_->where + " must have a value, and " + source_name() + " may be empty; such a record is refused",
        one(null{}));
  }

  void check_characters() {
    const auto &c = step_->convention;
    // Keys that the gateway makes, dates and csids are ASCII.
    if (source_->type != field_type::text || source_->generate != key_generation::none) return;
    const auto beyond = character_beyond(q_.source_set, c.encoding);
    if (!beyond) return;
    const std::string set(to_string(c.encoding));
    switch (c.unmappable) {
      case on_unmappable::reject:
        return say(loss::characters,
                   step_->where + ": text with characters that " + set + " lacks is refused (onUnmappable: reject)",
                   one(*beyond));
      case on_unmappable::transliterate:
        return say(loss::characters,
                   step_->where + ": characters that " + set +
                       " lacks become others and cannot be read back (onUnmappable: transliterate)",
                   one(*beyond));
      case on_unmappable::escape:
        return say(loss::characters,
                   step_->where + ": characters that " + set +
                       " lacks, and backslashes, stand there as escapes (onUnmappable: escape)",
                   one(*beyond));
    }
  }

  void check_blanks() {
    if (source_->type != field_type::text || source_->generate != key_generation::none ||
        source_->form == column_form::padded || target_->form != column_form::padded)
      return;
    say(loss::characters,
        step_->where + ": text that ends in a blank is refused, since its column is filled up with blanks", one("x "));
  }

  void check_length() {
    const auto &c = step_->convention;
    const auto text = shortest_too_long(c, *source_, q_.source_set);
    if (!text) return;
    const std::string fits = std::to_string(c.max_length);
    const std::string may =
        source_->type != field_type::text ? source_name() + " is longer than the " + fits + " characters that fit"
        : source_->length == 0            ? source_name() + " has no greatest length, and " + fits + " characters fit"
        : source_->length > c.max_length
            ? source_name() + " may have " + std::to_string(source_->length) + " characters, and " + fits + " fit"
            : std::to_string(source_->length) + " characters of " + source_name() + " may become more than the " +
                  fits + " that fit";
    say(loss::length,
        step_->where + ": " + may +
            (c.too_long == on_too_long::truncate ? "; the end is cut off (onTooLong: truncate)"
                                                 : "; such text is refused (onTooLong: reject)"),
        one(*text));
  }

  void check_codes() {
    if (source_->type == field_type::text) {
      std::string other = "?";
      while (step_->table.forward.contains(other)) other += "?";
      say(loss::codes, step_->where + " is a code, and other text of " + source_name() + " is refused", one(other));
    }
    if (target_->type != field_type::code || !target_->codes || !step_->reads_back) return;
    for (const auto &[readable, stored] : target_->codes->stored_of)
      if (step_->table.find_back(readable) == nullptr)
        say(loss::codes,
            quoted(readable) + " of " + step_->where + " is what no value of " + source_name() +
                " becomes; a record with it cannot be read back",
            lab_.show_back(step_->target, readable));
  }

  // Whether another rule tells the source's values apart where this one does not.
  bool read_elsewhere() const {
    return std::any_of(map_.steps().begin(), map_.steps().end(), [&](const auto &other) {
      return other.get() != step_ && other->type != step_type::constant && other->source == step_->source &&
             other->reads_back;
    });
  }

  void check_twins() {
    if (read_elsewhere()) return;
    for (const auto &[word, ready] : step_->table.forward) {
      const value *back = step_->table.find_back(ready);
      const value mine = word_of(*source_, word);
      if (back != nullptr && *back != mine) {
        say_twins(mine, *back, ready, *back);
      } else if (step_->type == step_type::text && !is_null(ready)) {
        // Text that is not listed and already reads like what the word becomes.
        const std::string same = step_->convention.restore(text_of(ready));
        if (same != word && !step_->table.forward.contains(same)) say_twins(mine, same, ready, mine);
      }
    }
  }

  void say_twins(const value &a, const value &b, const value &ready, const value &back) {
    say(loss::ambiguous,
        in_words(a) + " and " + in_words(b) + " of " + source_name() + " both become " +
            in_words(stored_value(*target_, ready)) + " in " + step_->where + ", which is read back as " +
            in_words(back),
        lab_.show({{{step_->source, a}}, {{step_->source, b}}}, {step_->target}, true));
  }

  void check_times() {
    const bool of_day = step_->type == step_type::day || source_->type == field_type::date;
    if (source_->type != field_type::date && source_->type != field_type::timestamp) return;
    if (step_->type == step_type::day && !read_elsewhere())
      say(loss::time, step_->where + " holds the day only, and no rule carries the time of day of " + source_name(),
          one("2000-01-01T09:15:00.000Z"));
    const std::string milliseconds = "2000-01-01T00:00:00.789Z";
    if (step_->type == step_type::plain && source_->type == field_type::timestamp && keeps(*source_, milliseconds) &&
        !keeps(*target_, milliseconds))
      say(loss::time, step_->where + " holds whole seconds only; the milliseconds of " + source_name() + " are dropped",
          one(milliseconds));
    const auto [first, last] = years_of(target_->format);
    std::vector<experiment::changes> outside;
    for (const std::string &day : {std::to_string(first - 1) + "-12-31", std::to_string(last + 1) + "-01-01"}) {
      const std::string iso = source_->type == field_type::date ? day : day + "T00:00:00.000Z";
      if (keeps(*source_, iso) && !keeps(*target_, of_day ? day : iso)) outside.push_back({{step_->source, iso}});
    }
    if (!outside.empty())
      say(loss::dates,
          step_->where + " holds the years " + std::to_string(first) + " to " + std::to_string(last) + " only, and " +
              source_name() + " others too",
          lab_.show(outside, {step_->target}));
  }

  void check_carried() {
    for (std::size_t i = 0; i < from_.fields.size(); ++i) {
      const auto &f = from_.fields[i];
      const bool carried = std::any_of(map_.steps().begin(), map_.steps().end(),
                                       [&](const auto &s) { return s->type != step_type::constant && s->source == i; });
      if (carried) continue;
      say(loss::field, f.name, q_.declared.at, from_.name + "." + f.name + " is carried by no rule and does not cross",
          lab_.show({{{i, experiment::sample_of(f)}}}, {}));
    }
  }

  const loss_question &q_;
  const mapping &map_;
  const record_kind &from_;
  const record_kind &to_;
  const experiment lab_;
  const mapping_step *step_ = nullptr;
  const field *source_ = nullptr;
  const field *target_ = nullptr;
  std::vector<found_loss> found_;
};

}  // namespace

std::vector<found_loss> losses_of(const loss_question &q) { return proof_reader(q).read(); }

std::vector<finding> proof_read(const loss_question &q, bool sound) {
  std::vector<finding> findings;
  std::set<std::pair<loss, std::string>> happen;
  for (auto &one : losses_of(q)) {
    happen.emplace(one.what, one.field);
    const bool accepted = std::any_of(q.declared.accepted.begin(), q.declared.accepted.end(),
                                      [&](const auto &a) { return a.what == one.what && a.field == one.field; });
    if (!accepted) findings.push_back(std::move(one.said));
  }
  for (const auto &a : q.declared.accepted)
    if (sound && !happen.contains({a.what, a.field}))
      findings.push_back({a.at, severity::warning,
                          "accept: " + quoted(a.field) + " loses nothing by the name of " +
                              std::string(to_string(a.what)) + "; remove it"});
  return findings;
}

void add_examples(const partial_mapping &partial, std::vector<finding> &findings) {
  if (!partial.map) return;
  const experiment lab(*partial.map);
  const auto &from = *partial.map->from();
  for (const auto &gap : partial.gaps) {
    const auto target = partial.map->to()->find_field(gap.target);
    if (!target || gap.finding >= findings.size()) continue;
    experiment::changes with;
    if (const auto source = from.find_field(gap.source)) with.emplace_back(*source, gap.given);
    if (with.empty())
      for (const std::size_t key : from.key) with.emplace_back(key, lab.sample().values[key]);
    findings[gap.finding].example = lab.show({with}, {*target});
  }
}

}  // namespace causeway
