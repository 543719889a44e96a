// A kind is read field by field, then checked as a whole: key, columns, indexes. A kind with a fault is known by its
// name and its place, so that who refers to it is not told that it is unknown, but it is not given out.
#include "settings/record_kinds.hpp"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <utility>

#include "runtime/suggestion.hpp"
#include "settings/code_tables.hpp"
#include "settings/section.hpp"
#include "settings/substitution.hpp"
#include "store/field_check.hpp"
#include "store/time_format.hpp"

namespace causeway {

namespace {

using shape = yaml_node::shape;

constexpr std::size_t most_identifier_bytes = 63;  // PostgreSQL cuts longer ones

const choices<field_type> types{{"text", field_type::text},           {"csid", field_type::csid},
                                {"code", field_type::code},           {"date", field_type::date},
                                {"timestamp", field_type::timestamp}, {"integer", field_type::integer},
                                {"boolean", field_type::boolean},     {"serial", field_type::serial}};
const choices<column_form> forms{{"plain", column_form::plain},
                                 {"number", column_form::number},
                                 {"padded", column_form::padded},
                                 {"native", column_form::native}};
const choices<bool> guards{{"nothing", false}, {"contents", true}};
const choices<key_generation> generations{
    {"none", key_generation::none}, {"uuid", key_generation::uuid}, {"id", key_generation::id}};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

// Whether the order of the column's text is the order of time, for one step of each unit that carries into the next.
bool sorts_by_time(const field &f) {
  if (f.type != field_type::date && f.type != field_type::timestamp) return true;
  const auto format = time_format::compile(f.format, f.type);
  if (!format) return true;  // a finding of its own
  std::vector<std::string> rising{"1999-12-31T23:59:59.999Z", "2001-01-01T00:00:00.999Z", "2001-01-01T00:00:01.000Z",
                                  "2001-01-01T00:00:59.999Z", "2001-01-01T00:01:00.000Z", "2001-01-01T00:59:59.999Z",
                                  "2001-01-01T01:00:00.000Z", "2001-01-01T23:59:59.999Z", "2001-01-02T00:00:00.000Z"};
  for (const char *const month : {"02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"}) {
    rising.push_back(std::string("2001-") + month + "-01T00:00:00.000Z");
    rising.push_back(std::string("2001-") + month + "-28T23:59:59.999Z");
  }
  rising.emplace_back("2002-01-01T00:00:00.000Z");
  std::string last;
  for (std::string &iso : rising) {
    if (f.type == field_type::date) iso.resize(10);
    std::string stored = format->to_stored(iso).value_or("");
    if (stored < last) return false;
    last = std::move(stored);
  }
  return true;
}

// A name as the database calls it: a table or a column.
bool read_database_name(section &in, std::string_view key, std::string &out, std::string_view sentence, needed need) {
  if (!in.text(key, out, sentence, need)) return false;
  if (out.size() > most_identifier_bytes) {
    in.fault(in.at(key), in.path(key) + " is longer than 63 bytes, which a database would cut");
    return false;
  }
  if (std::any_of(out.begin(), out.end(), [](char c) { return c == '"' || static_cast<unsigned char>(c) < 0x20; })) {
    in.fault(in.at(key), in.path(key) + " must not hold a quote or a control character");
    return false;
  }
  return true;
}

// One kind while it is read.
class kind_reader {
 public:
  kind_reader(section &in, const code_tables &codes, record_kind &kind)
      : in_(in), codes_(codes), kind_(kind), faults_before_(in.findings().size()) {}

  // Whether the kind has no fault.
  bool read() {
    read_table();
    in_.each_named(
        "fields", "the fields by name", [this](const yaml_entry &entry, section &in) { read_field(entry, in); },
        needed::yes);
    if (const yaml_node *fields = in_.written("fields"); fields && fields->is == shape::map) {
      if (fields->entries.empty()) in_.fault(fields->at, in_.path("fields") + " must not be empty");
      for (const yaml_entry &entry : fields->entries)
        if (entry.content.is != shape::map && entry.content.is != shape::empty) {
          unread_ = true;
          unread_names_.push_back(entry.key);
        }
    }
    read_key();
    read_indexes();
    check_columns();
    check_serial();
    in_.finish();
    if (in_.describing()) return false;
    return in_.findings().size() == faults_before_ && !lacks_codes_;
  }

 private:
  void read_table() {
    if (read_database_name(in_, "table", kind_.table, "the table or view, as the database calls it", needed::yes) &&
        lower(kind_.table).starts_with("causeway_"))
      in_.fault(in_.at("table"), in_.path("table") + ": tables whose names begin with causeway_ are Causeway's own");
    read_database_name(in_, "version", kind_.version, "the column of the record's version, a 64-bit integer from 1",
                       needed::no);
    in_.boolean("readOnly", kind_.read_only, "whether it is only read, a view perhaps: nothing is written to it");
    in_.boolean("throughView", kind_.through_view,
                "whether the table is a view that is written through: an updatable one, or with INSTEAD OF triggers");
    if (kind_.through_view && kind_.read_only)
      in_.fault(in_.at("throughView"), in_.path("throughView") + ": nothing is written to a kind that is readOnly");
    in_.one_of("guardedBy", kind_.guarded_by_contents, guards,
               "what an update is guarded by where there is no version column: the record's old contents");
    if (kind_.guarded_by_contents && (!kind_.version.empty() || kind_.read_only))
      in_.fault(in_.at("guardedBy"),
                in_.path("guardedBy") + (kind_.read_only ? ": nothing is written to a kind that is readOnly"
                                                         : ": the kind has a version column"));
    in_.text("view", kind_.view,
             "the SELECT of a view that is created where tables are, its columns in the order of fields");
    if (!kind_.view.empty() && !kind_.read_only)
      in_.fault(in_.at("view"), in_.path("view") + " is for kinds that are readOnly: true");
  }

  void read_field(const yaml_entry &entry, section &in) {
    field f;
    f.name = entry.key;
    if (!in.describing() && !is_identifier(f.name))
      in_.fault(entry.at,
                "'" + f.name + "' is no name for a field: a letter, then letters, digits and underscores, at most 63");
    const bool named = read_database_name(in, "column", f.column, "the column, as the database calls it", needed::yes);
    const bool typed = in.one_of("type", f.type, types, "what it holds", needed::yes);
    const bool sized = in.number("length", f.length, 1, most_length, "characters at most, of text and code columns");
    in.boolean("required", f.required, "whether it is never null");
    in.boolean("unique", f.unique, "whether no two rows have the same content");
    bool indexed = false;
    in.boolean("index", indexed, "whether it is asked for by itself");
    std::string table;
    const bool coded = in.text("codes", table, "the code table, of a field of type code");
    const bool formatted = in.text("format", f.format, "how a date or a timestamp is written in the column");
    const bool formed = in.one_of("stored", f.form, forms, "how the column holds it, where that is not as text");
    const bool generated =
        in.one_of("generate", f.generate, generations, "how a new key is made where an insert gives none");
    in.finish();
    if (!named || !typed) {
      unread_ = true;
      unread_names_.push_back(f.name);
      unread_columns_.push_back(f.column);
      return;
    }

    const std::string type(to_string(f.type));
    const bool has_length = f.type == field_type::text || f.type == field_type::code || f.form == column_form::padded;
    if (sized && !has_length)
      in.fault(in.at("length"), in.path("length") + ": a field of type " + type + " has no length");
    if (coded && f.type != field_type::code)
      in.fault(in.at("codes"), in.path("codes") + ": a field of type " + type + " has no code table");
    if (f.type == field_type::code) find_codes(in, f, table, coded);
    if (formatted) check_format(in, f);
    if (formed)
      if (const auto why = fault_of_form(f); !why.empty())
        in.fault(in.at("stored"), in.path("stored") + " '" + std::string(to_string(f.form)) + "': " + why);
    if (generated) check_generation(in, f);
    if (indexed) kind_.indexes.push_back({{kind_.fields.size()}});
    kind_.fields.push_back(std::move(f));
    places_.push_back(entry.at);
    column_places_.push_back(in.at("column"));
  }

  void find_codes(section &in, field &f, const std::string &name, bool named) {
    if (!named) {
      if (!in.has("codes")) in.fault(in.at(), in.path() + " needs 'codes': the code table of a field of type code");
      return;
    }
    const auto table = codes_.find(name);
    if (table == codes_.end()) {
      std::vector<std::string> known;
      for (const auto &[known_name, unused] : codes_) known.push_back(known_name);
      in.fault(in.at("codes"), in.path("codes") + ": unknown code table '" + name + "'" + suggestion(name, known));
      return;
    }
    f.codes = table->second;
    lacks_codes_ = lacks_codes_ || !f.codes;
    if (!f.codes || f.length == 0) return;
    for (const auto &[stored, readable] : f.codes->readable_of)
      if (count_characters(stored).value_or(0) > f.length)
        in.fault(in.at("length"), in.path("length") + ": the stored value '" + stored + "' of " + name +
                                      " is longer than " + std::to_string(f.length));
  }

  void check_format(section &in, const field &f) {
    if (f.type != field_type::date && f.type != field_type::timestamp)
      return in.fault(in.at("format"),
                      in.path("format") + ": a field of type " + std::string(to_string(f.type)) + " has no format");
    const auto compiled = time_format::compile(f.format, f.type);
    if (!compiled) in.fault(in.at("format"), in.path("format") + " '" + f.format + "': " + compiled.why().detail);
  }

  void check_generation(section &in, const field &f) {
    if (f.generate == key_generation::none) return;
    const std::size_t made = f.generate == key_generation::uuid ? 36 : 12;
    if (f.type != field_type::text)
      in.fault(in.at("generate"),
               in.path("generate") + ": only text is generated, not " + std::string(to_string(f.type)));
    else if (f.length != 0 && f.length < made)
      in.fault(in.at("generate"), in.path("generate") + ": the column's length must be at least " +
                                      std::to_string(made) + ", not " + std::to_string(f.length));
  }

  void read_key() {
    const std::size_t before = in_.findings().size();
    const yaml_node *key =
        in_.node("key", "a list of columns", "the columns of the key",
                 R"("type":"array","minItems":1,"items":{"type":["string","number","boolean"]})", needed::yes);
    if (key && (key->is != shape::list || key->items.empty()))
      in_.fault(key->at, in_.path("key") + " must be a list of columns, not " +
                             (key->is == shape::list ? "an empty list" : shown(*key)));
    if (key && key->is == shape::list)
      for (const yaml_node &item : key->items) add_key_column(item);
    if (!key || unread_ || in_.findings().size() != before) return;
    for (std::size_t i = 0; i < kind_.fields.size(); ++i) {
      const bool in_key = std::find(kind_.key.begin(), kind_.key.end(), i) != kind_.key.end();
      if (in_key) kind_.fields[i].required = true;
      if (!in_key && kind_.fields[i].generate != key_generation::none)
        in_.fault(places_[i],
                  in_.path("fields") + "." + kind_.fields[i].name + ": only fields of the key are generated");
    }
  }

  void add_key_column(const yaml_node &item) {
    if (item.is != shape::scalar) return in_.fault(item.at, in_.path("key") + " must be a list of columns");
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < kind_.fields.size(); ++i) {
      const field &f = kind_.fields[i];
      if (f.column == item.text) {
        if (std::find(kind_.key.begin(), kind_.key.end(), i) != kind_.key.end())
          in_.fault(item.at, in_.path("key") + " names the column '" + item.text + "' twice");
        else
          kind_.key.push_back(i);
        return;
      }
      columns.push_back(f.column);
    }
    if (std::find(unread_columns_.begin(), unread_columns_.end(), item.text) != unread_columns_.end()) return;
    if (const auto named = kind_.find_field(item.text))
      return in_.fault(item.at, in_.path("key") + " names columns: the field '" + item.text + "' has the column '" +
                                    kind_.fields[*named].column + "'");
    in_.fault(item.at,
              in_.path("key") + ": no field has the column '" + item.text + "'" + suggestion(item.text, columns));
  }

  void read_indexes() {
    const std::string type = "a list of lists of fields, such as [[csid, createdAt]]";
    const yaml_node *all = in_.node(
        "indexes", type, "what is asked for: conditions on the first fields, order by the rest",
        R"("type":["array","null"],"items":{"type":"array","minItems":1,"items":{"type":["string","number","boolean"]}})");
    if (!all || all->is == shape::empty) return;
    if (all->is != shape::list)
      return in_.fault(all->at, in_.path("indexes") + " must be " + type + ", not " + shown(*all));
    for (const yaml_node &one : all->items) {
      if (one.is != shape::list || one.items.empty()) {
        in_.fault(one.at, in_.path("indexes") + " must be " + type);
        continue;
      }
      index made;
      for (const yaml_node &item : one.items) add_index_field(item, made);
      kind_.indexes.push_back(std::move(made));
    }
  }

  void add_index_field(const yaml_node &item, index &to) {
    if (item.is != shape::scalar) return in_.fault(item.at, in_.path("indexes") + " names fields, not " + shown(item));
    const auto found = kind_.find_field(item.text);
    if (!found) {
      if (std::find(unread_names_.begin(), unread_names_.end(), item.text) != unread_names_.end()) return;
      std::vector<std::string> names;
      names.reserve(kind_.fields.size());
      for (const field &f : kind_.fields) names.push_back(f.name);
      return in_.fault(item.at,
                       in_.path("indexes") + ": unknown field '" + item.text + "'" + suggestion(item.text, names));
    }
    if (std::find(to.fields.begin(), to.fields.end(), *found) != to.fields.end())
      return in_.fault(item.at, in_.path("indexes") + " names the field '" + item.text + "' twice");
    const field &f = kind_.fields[*found];
    if (!to.fields.empty() && !sorts_by_time(f))
      in_.fault(item.at, in_.path("indexes") + ": '" + item.text + "' cannot be ordered by: text in the format '" +
                             f.format + "' does not sort by time");
    to.fields.push_back(*found);
  }

  // Column names are one name in SQLite whatever their case.
  void check_columns() {
    std::map<std::string, std::string> first;
    if (!kind_.version.empty()) first.emplace(lower(kind_.version), "the version");
    for (std::size_t i = 0; i < kind_.fields.size(); ++i) {
      const field &f = kind_.fields[i];
      const auto [other, fresh] = first.emplace(lower(f.column), f.name);
      if (!fresh)
        in_.fault(column_places_[i], in_.path("fields") + "." + f.name + ".column: '" + f.column +
                                         "' is the column of " + other->second + " already");
    }
  }

  void check_serial() {
    for (std::size_t i = 0; i < kind_.fields.size(); ++i) {
      if (kind_.fields[i].type == field_type::serial && kind_.guarded_by_contents)
        in_.fault(places_[i], in_.path("fields") + "." + kind_.fields[i].name +
                                  ": a kind that is guarded by its contents has no serial key");
      if (kind_.fields[i].type == field_type::serial && (kind_.key.size() != 1 || kind_.key.front() != i))
        in_.fault(places_[i],
                  in_.path("fields") + "." + kind_.fields[i].name + ": a serial field is the whole key, alone");
    }
  }

  section &in_;
  const code_tables &codes_;
  record_kind &kind_;
  std::size_t faults_before_;
  std::vector<place> places_;         // by field
  std::vector<place> column_places_;  // by field
  bool lacks_codes_ = false;          // a code table has faults of its own
  bool unread_ = false;               // a field could not be read, so that not all is known
  std::vector<std::string> unread_names_;
  std::vector<std::string> unread_columns_;
};

// Two kinds may look at one table as long as at most one of them writes to it.
void check_tables(const std::vector<kind_ptr> &kinds, const std::map<std::string, place> &places,
                  std::vector<finding> &findings) {
  std::map<std::string, std::string> writer;
  for (const kind_ptr &kind : kinds) {
    if (kind->read_only) continue;
    const auto [other, fresh] = writer.emplace(lower(kind->table), kind->name);
    if (!fresh)
      findings.push_back({places.at(kind->name), severity::error,
                          kind->name + " writes to the table '" + kind->table + "' of " + other->second +
                              "; only one kind may, make the other readOnly"});
  }
}

}  // namespace

bool is_identifier(std::string_view name) {
  return !name.empty() && name.size() <= most_identifier_bytes &&
         std::isalpha(static_cast<unsigned char>(name.front())) && std::all_of(name.begin(), name.end(), [](char c) {
           return c == '_' || std::isalnum(static_cast<unsigned char>(c));
         });
}

namespace {

// What a file of record kinds says, each key once.
void read_root(section &root, const std::string &store, loaded_kinds &out) {
  const code_tables codes = read_code_tables(root);
  root.each_named(
      "records", "the record kinds by name",
      [&](const yaml_entry &entry, section &in) {
        auto kind = std::make_shared<record_kind>();
        kind->store = store;
        kind->name = store + "." + entry.key;
        if (!in.describing() && !is_identifier(entry.key))
          in.fault(entry.at,
                   "'" + entry.key +
                       "' is no name for a record kind: a letter, then letters, digits and underscores, at most 63");
        out.places[kind->name] = entry.at;
        if (kind_reader(in, codes, *kind).read() && is_identifier(entry.key)) out.kinds.push_back(std::move(kind));
      },
      needed::yes);
}

}  // namespace

loaded_kinds read_record_kinds(const yaml_node &document, const std::string &store, std::vector<finding> &findings) {
  loaded_kinds out;
  section root(&document, document.at, "", findings);
  if (document.is != shape::map && document.is != shape::empty) return out;
  read_root(root, store, out);
  root.finish();
  check_tables(out.kinds, out.places, findings);
  return out;
}

void describe_record_kinds(schema_node &into) {
  loaded_kinds unused;
  section root(nullptr, {}, "", unused.findings, &into);
  read_root(root, "", unused);
}

loaded_kinds load_record_kinds(const std::filesystem::path &file, const std::string &store) {
  std::vector<finding> findings;
  std::vector<replacement> done;
  loaded_kinds out;
  if (auto document = load_yaml(file, {}, findings)) {
    substitute(*document, done, findings);
    out = read_record_kinds(*document, store, findings);
  }
  hide_replacements(done, findings);
  sort_by_place(findings);
  out.findings = std::move(findings);
  return out;
}

}  // namespace causeway
