// From a declaration and two record kinds to steps. Everything that can be known before the first record is known
// here: which fields, which types, every code and every constant as the target holds it.
#include <algorithm>
#include <optional>
#include <utility>

#include "mapping/mapping.hpp"
#include "mapping/mapping_step.hpp"
#include "mapping/wrap.hpp"
#include "runtime/suggestion.hpp"
#include "store/field_check.hpp"

namespace causeway {

namespace {

std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

std::string list_of(const std::vector<std::string> &names) {
  constexpr std::size_t most = 8;
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) list += (i == 0 ? "" : ", ") + quoted(names[i]);
  if (names.size() > most) list += " and " + std::to_string(names.size() - most) + " more";
  return list;
}

// A type with its article.
std::string a(field_type type) { return (type == field_type::integer ? "an " : "a ") + std::string(to_string(type)); }

std::string in_words(const value &v) {
  if (const auto *text = std::get_if<std::string>(&v)) return quoted(*text);
  if (const auto *number = std::get_if<std::int64_t>(&v)) return std::to_string(*number);
  if (const auto *flag = std::get_if<bool>(&v)) return *flag ? "true" : "false";
  return "null";
}

// A word that a source field can hold, and the value that it is there.
struct source_word {
  std::string word;
  value content;
};

// Compiles one rule; nothing of it is used when it found an error.
class rule_compiler {
 public:
  rule_compiler(const field_rule &rule, const record_kind &from, const record_kind &to,
                const std::vector<kind_ptr> &known, std::vector<finding> &findings, std::vector<mapping_gap> &gaps)
      : rule_(rule), from_(from), to_(to), known_(known), findings_(findings), gaps_(gaps) {}

  // Nothing for a rule that is not sound. One whose only fault is a value that has nowhere to go is compiled, and
  // refuses that value.
  std::optional<mapping_step> compile() {
    if (rule_.faulty || !resolve()) return std::nullopt;
    check_text_settings();
    if (rule_.constant)
      compile_constant();
    else if (rule_.lookup)
      compile_lookup();
    else
      compile_field();
    if (failed_) return std::nullopt;
    return std::move(step_);
  }

 private:
  void error(std::string message) {
    findings_.push_back({rule_.at, severity::error, std::move(message)});
    failed_ = true;
  }

  const field *find(const record_kind &kind, const std::string &name, std::size_t &position) {
    if (const auto found = kind.find_field(name)) {
      position = *found;
      return &kind.fields[*found];
    }
    std::vector<std::string_view> names;
    names.reserve(kind.fields.size());
    for (const auto &f : kind.fields) names.push_back(f.name);
    const auto meant = nearest(name, names);
    error(kind.name + " has no field " + quoted(name) +
          (meant.empty() ? std::string() : "; did you mean " + quoted(meant) + "?"));
    return nullptr;
  }

  // The two fields, and what the rule fills the one with.
  bool resolve() {
    target_ = find(to_, rule_.target, step_.target);
    if (rule_.from && rule_.constant) error(quoted(rule_.target) + " has both `from` and `value`; keep one");
    if (!rule_.from && !rule_.constant)
      error(quoted(rule_.target) + (rule_.lookup ? " has a `lookup` without `from`, the field whose record is looked up"
                                                 : " has neither `from` nor `value`; say where it comes from"));
    if (rule_.from) source_ = find(from_, *rule_.from, step_.source);
    if (failed_) return false;
    step_.where = to_.name + "." + target_->name;
    const bool in_key = std::find(to_.key.begin(), to_.key.end(), step_.target) != to_.key.end();
    step_.needed = (target_->required || in_key) && target_->generate == key_generation::none;
    if (target_->type == field_type::serial) error(step_.where + " is given by the database; leave it out");
    if ((target_->type == field_type::code && !target_->codes) ||
        (source_ != nullptr && source_->type == field_type::code && !source_->codes))
      error(quoted(rule_.target) + " needs the code tables of its fields, and one is missing");
    return !failed_;
  }

  void check_text_settings() {
    if (target_->type != field_type::text) {
      const auto refuse = [&](bool given, const char *setting) {
        if (given) error(std::string(setting) + " is for text, and " + step_.where + " is " + a(target_->type));
      };
      refuse(rule_.wrap != 0, "`wrap`");
      refuse(rule_.max_length != 0, "`maxLength`");
      refuse(rule_.unmappable != on_unmappable::reject, "`onUnmappable`");
      refuse(rule_.too_long != on_too_long::reject, "`onTooLong`");
      return;
    }
    if (rule_.wrap != 0 && rule_.wrap < least_wrap)
      error("`wrap` must be at least " + std::to_string(least_wrap) + " characters, or 0 for none");
    if (target_->length != 0 && rule_.max_length > target_->length)
      error("`maxLength` is " + std::to_string(rule_.max_length) + ", but " + step_.where + " holds " +
            std::to_string(target_->length) + " characters");
    auto &convention = step_.convention;
    convention.where = step_.where;
    convention.encoding = rule_.encoding.value_or(charset::utf8);
    convention.unmappable = rule_.unmappable;
    convention.wrap = rule_.wrap;
    convention.max_length = rule_.max_length != 0 ? rule_.max_length : target_->length;
    convention.too_long = rule_.too_long;
  }

  // The value as the target holds it, or what is wrong with it.
  result<value> finished(const value &v) const {
    if (!has_content(v)) {
      if (step_.needed) return fault{outcome::invalid, "must have a value", {}};
      return value(null{});
    }
    value ready = v;
    if (const auto *text = std::get_if<std::string>(&v); text != nullptr && target_->type == field_type::text) {
      std::vector<input_fault> faults;
      ready = step_.convention.carry(*text, rule_.target, faults);
      if (!faults.empty()) return fault{outcome::invalid, faults.front().detail, {}};
    }
    if (auto wrong = check_value(*target_, ready)) return fault{outcome::invalid, wrong->detail, {}};
    return ready;
  }

  void compile_constant() {
    step_.type = step_type::constant;
    if (rule_.lookup) error("`lookup` goes with `from`, not with `value`");
    if (!rule_.values.empty()) error("`values` goes with `from`, not with `value`");
    if (is_absent(*rule_.constant)) return error("`value` of " + quoted(rule_.target) + " is not a value");
    auto ready = finished(*rule_.constant);
    if (!ready) return error(in_words(*rule_.constant) + " cannot stand in " + step_.where + ": " + ready.why().detail);
    step_.constant = *std::move(ready);
  }

  void compile_lookup() {
    step_.type = step_type::lookup;
    step_.lookup = *rule_.lookup;
    const auto &lookup = step_.lookup;
    if (lookup.kind.empty() || lookup.by.empty() || lookup.take.empty())
      return error("`lookup` of " + quoted(rule_.target) +
                   " must name the kind, the field it is found by and the field to take");
    if (target_->type != field_type::text) error("`lookup` fills text, and " + step_.where + " is " + a(target_->type));
    if (source_->type != field_type::text && source_->type != field_type::csid)
      error("`lookup` compares text, and " + from_.name + "." + source_->name + " is " + a(source_->type));
    if (!rule_.values.empty() || rule_.wrap != 0 || rule_.max_length != 0 || rule_.too_long != on_too_long::reject ||
        rule_.unmappable != on_unmappable::reject)
      error(
          "`lookup` takes what it finds as it is: `values`, `wrap`, `maxLength`, `onTooLong` and `onUnmappable` do not "
          "go with it");
    check_lookup_kind(lookup);
  }

  void check_lookup_kind(const lookup_rule &lookup) {
    const record_kind *kind = lookup.kind == to_.name ? &to_ : nullptr;
    std::vector<std::string_view> names;
    for (const auto &one : known_) {
      if (!one || one->store != to_.store) continue;
      names.push_back(one->name);
      if (one->name == lookup.kind) kind = one.get();
    }
    if (kind == nullptr) {
      if (!known_.empty()) {
        const auto meant = nearest(lookup.kind, names);
        error("`lookup`: the store " + quoted(to_.store) + " has no record kind " + quoted(lookup.kind) +
              (meant.empty() ? std::string() : "; did you mean " + quoted(meant) + "?"));
      } else if (!lookup.kind.starts_with(to_.store + ".")) {
        error("`lookup` finds records of the target's store, and " + quoted(lookup.kind) + " is not in " +
              quoted(to_.store));
      }
      return;
    }
    std::size_t by = 0, take = 0;
    if (const auto *f = find(*kind, lookup.by, by)) {
      if (!f->unique && kind->key != std::vector<std::size_t>{by})
        error("`lookup`: " + kind->name + "." + f->name + " is not unique, so it cannot say which record is meant");
      if (f->type != field_type::text && f->type != field_type::csid)
        error("`lookup`: " + kind->name + "." + f->name + " is " + a(f->type) + "; it must be text");
    }
    if (const auto *f = find(*kind, lookup.take, take)) {
      if (f->type != field_type::text && f->type != field_type::csid)
        error("`lookup`: " + kind->name + "." + f->name + " is " + a(f->type) + "; it must be text");
      else if (target_->length != 0 && (f->length == 0 || f->length > target_->length))
        error("`lookup`: " + kind->name + "." + f->name + " may be longer than the " + std::to_string(target_->length) +
              " characters of " + step_.where);
    }
  }

  void compile_field() {
    if (const auto words = closed_words())
      compile_table(*words);
    else
      compile_open();
  }

  // Every word that may come, where that can be said: readable values of codes, both booleans, and for text that fills
  // a code the target's readable values and what `values` lists.
  std::optional<std::vector<source_word>> closed_words() {
    std::vector<source_word> words;
    const auto add_text = [&](const std::string &word) { words.push_back({word, word}); };
    if (source_->type == field_type::code) {
      for (const auto &[readable, stored] : source_->codes->stored_of) add_text(readable);
    } else if (source_->type == field_type::boolean &&
               (target_->type != field_type::boolean || !rule_.values.empty())) {
      words = {{"false", false}, {"true", true}};
    } else if (source_->type == field_type::text && target_->type == field_type::code) {
      for (const auto &[word, listed] : rule_.values) add_text(word);
      for (const auto &[readable, stored] : target_->codes->stored_of)
        if (!rule_.values.contains(readable)) add_text(readable);
    } else {
      return std::nullopt;
    }
    return words;
  }

  void compile_table(const std::vector<source_word> &words) {
    if (!closed_types_fit()) return refuse_types();
    step_.type = step_type::table;
    std::vector<std::string> word_names;
    word_names.reserve(words.size());
    for (const auto &w : words) word_names.push_back(w.word);
    step_.known = list_of(word_names);
    for (const auto &[word, listed] : rule_.values) check_listed_word(word, words);

    std::vector<std::string> cannot;
    std::string why;
    for (const auto &w : words) {
      const auto listed = rule_.values.find(w.word);
      auto ready = finished(listed != rule_.values.end() ? listed->second : w.content);
      if (ready) {
        add_pair(w, *std::move(ready));
      } else {
        cannot.push_back(w.word);
        if (why.empty()) why = ready.why().detail;
      }
    }
    if (cannot.empty()) return;
    const auto first = std::find_if(words.begin(), words.end(), [&](auto &w) { return w.word == cannot.front(); });
    gaps_.push_back({findings_.size(), target_->name, source_->name, first->content});
    findings_.push_back({rule_.at, severity::error,
                         from_.name + "." + source_->name + ": " + list_of(cannot) + " cannot stand in " + step_.where +
                             " (" + why + "); translate under `values`"});
  }

  bool closed_types_fit() const {
    if (!rule_.values.empty()) return true;  // each value is checked by itself
    if (target_->type == field_type::text || target_->type == field_type::code)
      return source_->type != field_type::boolean;
    return false;
  }

  void check_listed_word(const std::string &word, const std::vector<source_word> &words) {
    std::vector<std::string_view> names;
    for (const auto &w : words) {
      if (w.word == word) return;
      names.push_back(w.word);
    }
    const auto meant = nearest(word, names);
    error("`values`: " + quoted(word) + " is no value of " + from_.name + "." + source_->name +
          (meant.empty() ? "; it has " + step_.known : "; did you mean " + quoted(meant) + "?"));
  }

  void refuse_types() {
    error(from_.name + "." + source_->name + " is " + a(source_->type) + " and cannot fill " + step_.where +
          ", which is " + a(target_->type) +
          (source_->type == field_type::code || source_->type == field_type::boolean
               ? "; say under `values` what each of its values becomes"
               : ""));
  }

  void compile_open() {
    const auto from = source_->type, to = target_->type;
    if (!rule_.values.empty() && from != field_type::text) {
      error("`values` translates text, codes and booleans, and " + from_.name + "." + source_->name + " is " + a(from));
      return;
    }
    const bool is_time = from == field_type::timestamp;
    const bool to_text = to == field_type::text &&
                         (from == field_type::text || from == field_type::csid || from == field_type::date || is_time);
    if (to_text) {
      step_.type = step_type::text;
      check_fixed_length();
      compile_listed_text();
    } else if (is_time && to == field_type::date) {
      step_.type = step_type::day;
    } else if (from == to || (from == field_type::serial && to == field_type::integer)) {
      step_.type = step_type::plain;
    } else {
      refuse_types();
    }
  }

  // What always has the same length must always fit.
  void check_fixed_length() {
    const std::size_t length = source_->type == field_type::csid        ? 9
                               : source_->type == field_type::date      ? 10
                               : source_->type == field_type::timestamp ? 24
                                                                        : 0;
    const auto most = step_.convention.max_length;
    if (most != 0 && length > most && rule_.too_long == on_too_long::reject)
      error(from_.name + "." + source_->name + " is always " + std::to_string(length) + " characters long, and " +
            step_.where + " takes " + std::to_string(most));
  }

  void compile_listed_text() {
    for (const auto &[word, listed] : rule_.values) {
      auto ready = finished(listed);
      if (!ready)
        error("`values`: " + in_words(listed) + " cannot stand in " + step_.where + ": " + ready.why().detail);
      else
        add_pair({word, word}, *std::move(ready));
    }
  }

  void add_pair(const source_word &word, value ready) {
    const auto twin = std::find_if(step_.table.back.begin(), step_.table.back.end(),
                                   [&](const auto &pair) { return pair.first == ready; });
    if (twin == step_.table.back.end()) {
      // Null is read back as null where the source may be null.
      const bool as_null = is_null(ready) && !source_->required;
      step_.table.back.emplace_back(ready, as_null ? value(null{}) : word.content);
    } else if (word.content == ready && !is_null(twin->second)) {
      // A code that keeps its name is read back before one that was translated to it.
      twin->second = word.content;
    }
    step_.table.forward.insert_or_assign(word.word, std::move(ready));
  }

  const field_rule &rule_;
  const record_kind &from_;
  const record_kind &to_;
  const std::vector<kind_ptr> &known_;
  std::vector<finding> &findings_;
  std::vector<mapping_gap> &gaps_;
  const field *source_ = nullptr;
  const field *target_ = nullptr;
  mapping_step step_;
  bool failed_ = false;
};

// How little a step tells of its source's field when it is read back; nothing for those that tell nothing.
std::optional<int> loss_of(const mapping_step &step, const record_kind &from) {
  switch (step.type) {
    case step_type::constant:
    case step_type::day:
    case step_type::lookup:
      return std::nullopt;
    case step_type::plain:
      return 0;
    case step_type::table:
      return step.table.back.size() < step.table.forward.size() ? 1 : 0;
    case step_type::text:
      if (!step.convention.may_lose()) return step.table.back.size() < step.table.forward.size() ? 1 : 0;
      // The beginning of a date is not a date.
      if (from.fields[step.source].type != field_type::text) return std::nullopt;
      return 2;
  }
  return std::nullopt;
}

// One step for each field of the source that can be read back: the one that loses least, the first of equals.
void choose_readers(std::vector<mapping_step> &steps, const record_kind &from) {
  for (std::size_t source = 0; source < from.fields.size(); ++source) {
    mapping_step *best = nullptr;
    for (auto &step : steps) {
      const auto loss = loss_of(step, from);
      if (!loss || step.source != source) continue;
      if (best == nullptr || *loss < *loss_of(*best, from)) best = &step;
    }
    if (best != nullptr) best->reads_back = true;
  }
}

void check_filled_once(const mapping_declaration &declaration, std::vector<finding> &findings) {
  for (std::size_t i = 0; i < declaration.fields.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (declaration.fields[i].target == declaration.fields[k].target) {
        findings.push_back({declaration.fields[i].at, severity::error,
                            quoted(declaration.fields[i].target) + " is filled twice, first in line " +
                                std::to_string(declaration.fields[k].at.line)});
        break;
      }
}

void check_needed(const mapping_declaration &declaration, const record_kind &to, std::vector<finding> &findings,
                  std::vector<mapping_gap> &gaps) {
  for (std::size_t i = 0; i < to.fields.size(); ++i) {
    const auto &f = to.fields[i];
    const bool in_key = std::find(to.key.begin(), to.key.end(), i) != to.key.end();
    if ((!f.required && !in_key) || f.generate != key_generation::none || f.type == field_type::serial) continue;
    const bool filled = std::any_of(declaration.fields.begin(), declaration.fields.end(),
                                    [&](const field_rule &rule) { return rule.target == f.name; });
    if (filled) continue;
    gaps.push_back({findings.size(), f.name, {}, {}});
    findings.push_back({declaration.at, severity::error,
                        to.name + "." + f.name + " must have a value, and no rule fills it; add `from` or `value`"});
  }
}

}  // namespace

std::shared_ptr<const mapping> mapping::compile(const mapping_declaration &declaration, kind_ptr from, kind_ptr to,
                                                std::vector<finding> &findings, const std::vector<kind_ptr> &known,
                                                partial_mapping *partial) {
  const std::size_t before = findings.size();
  const auto failed = [&] {
    return std::any_of(findings.begin() + std::ptrdiff_t(before), findings.end(),
                       [](const finding &f) { return f.level == severity::error; });
  };
  const auto check_kind = [&](const kind_ptr &kind, const std::string &name) {
    if (!kind)
      findings.push_back({declaration.at, severity::error, "there is no record kind " + quoted(name)});
    else if (kind->name != name)
      findings.push_back(
          {declaration.at, severity::error, "the mapping is for " + quoted(name) + ", not " + quoted(kind->name)});
  };
  check_kind(from, declaration.from);
  check_kind(to, declaration.to);
  if (failed()) return nullptr;

  check_filled_once(declaration, findings);
  std::vector<mapping_step> steps;
  std::vector<mapping_gap> gaps;
  for (const auto &rule : declaration.fields)
    if (auto step = rule_compiler(rule, *from, *to, known, findings, gaps).compile()) steps.push_back(*std::move(step));
  check_needed(declaration, *to, findings, gaps);
  const bool sound = !failed() && std::none_of(declaration.fields.begin(), declaration.fields.end(),
                                               [](const field_rule &rule) { return rule.faulty; });
  if (!sound && partial == nullptr) return nullptr;

  choose_readers(steps, *from);
  std::shared_ptr<mapping> made(new mapping);
  for (auto &step : steps) made->steps_.push_back(std::make_shared<const mapping_step>(std::move(step)));
  made->from_ = std::move(from);
  made->to_ = std::move(to);
  if (sound) return made;
  *partial = {std::move(made), std::move(gaps)};
  return nullptr;
}

}  // namespace causeway
