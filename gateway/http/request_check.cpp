// A request goes in as text, its members come out as values in the declared order; what does not fit is collected, so
// that a caller learns of every fault at once. Three passes: path, query, body; one function judges a single member.
#include "http/request_check.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "http/formats.hpp"
#include "http/json_reader.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "store/field_check.hpp"

namespace causeway::http {

namespace {

constexpr std::size_t most_faults = 100;
constexpr std::size_t longest_cursor = 1024;

// A reference token of a JSON pointer (RFC 6901); a name made up by the caller is cut, not echoed without end.
std::string token(std::string_view name) {
  constexpr std::size_t longest = 100;
  std::string out;
  for (const char c : name.substr(0, longest)) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

// Where a member stands, as long as its texts do. Only a fault needs it in words.
struct place {
  const place *within;  // null: `name` is the part of the request, "body"
  std::string_view name;
  std::string pointer() const { return (within ? within->pointer() : std::string()) + "/" + token(name); }
};

constexpr place of_path{nullptr, "path"}, of_query{nullptr, "query"}, of_body{nullptr, "body"};

struct fault_list {
  std::vector<input_fault> inputs;
  void add(std::string pointer, std::string code, std::string detail) {
    if (inputs.size() < most_faults) inputs.push_back({std::move(pointer), std::move(code), std::move(detail)});
  }
  void add(const place &at, std::string code, std::string detail) {
    if (inputs.size() < most_faults) add(at.pointer(), std::move(code), std::move(detail));
  }
};

// Names that have been met. Few as a rule, and of a caller's making: a set only where they are many.
class name_set {
 public:
  // False where it is there already. The text outlives this.
  bool insert(std::string_view name) {
    if (!many_.empty()) return many_.insert(name).second;
    if (std::find(few_.begin(), few_.end(), name) != few_.end()) return false;
    few_.push_back(name);
    if (few_.size() > 16) many_.insert(few_.begin(), few_.end());
    return true;
  }

 private:
  std::vector<std::string_view> few_;
  std::set<std::string_view> many_;
};

// "a.b" -> "/body/a/b"
std::string body_pointer(std::string_view dotted) {
  std::string pointer = of_body.pointer();
  while (!dotted.empty()) {
    const auto dot = std::min(dotted.find('.'), dotted.size());
    pointer += "/" + token(dotted.substr(0, dot));
    dotted.remove_prefix(std::min(dot + 1, dotted.size()));
  }
  return pointer;
}

std::string count_of(std::size_t n) { return std::to_string(n) + (n == 1 ? " character" : " characters"); }

std::string list_of(const std::vector<std::string> &allowed) {
  std::string text;
  for (const auto &one : allowed) text.append(text.empty() ? "" : ", ").append(one);
  return text;
}

value check_text(const member &m, const place &at, std::string text, fault_list &faults) {
  const auto characters = count_characters(text);
  if (!characters) {
    faults.add(at, "bad-format", "must not hold the character U+0000");
    return absent();
  }
  if (!m.allowed.empty()) {
    if (std::find(m.allowed.begin(), m.allowed.end(), text) == m.allowed.end())
      faults.add(at, "not-allowed", "must be one of: " + list_of(m.allowed));
    return text;
  }
  if (*characters < m.min_length) {
    faults.add(at, "too-short", "must have at least " + count_of(m.min_length));
  } else if (m.max_length != 0 && *characters > m.max_length) {
    faults.add(at, "too-long", "must have at most " + count_of(m.max_length) + ", has " + std::to_string(*characters));
  } else if (m.format.empty()) {
    return text;
  } else if (auto formatted = in_format(m.format, text)) {
    return std::move(*formatted);
  } else {
    faults.add(at, "bad-format", std::string(words_for_format(m.format)));
  }
  return absent();
}

// A member that came as text: of a path or a query.
value check_plain(const member &m, const place &at, const std::string &text, fault_list &faults) {
  switch (m.type) {
    case member_type::text:
      return check_text(m, at, text, faults);
    case member_type::integer: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc() && end == text.data() + text.size()) return number;
      faults.add(at, "wrong-type", "must be an integer");
      return absent();
    }
    case member_type::boolean:
      if (text == "true") return true;
      if (text == "false") return false;
      faults.add(at, "wrong-type", "must be true or false");
      return absent();
  }
  return absent();
}

// A member that came as JSON.
value check_json(const member &m, const place &at, json_node &&node, fault_list &faults) {
  const auto wrong = [&](std::string_view wanted) {
    faults.add(at, "wrong-type", std::string("must be ").append(wanted).append(", is ").append(words_for(node.what)));
    return value(absent());
  };
  switch (m.type) {
    case member_type::text:
      return node.what == json_node::kind::text ? check_text(m, at, std::move(node.text), faults) : wrong("text");
    case member_type::integer:
      return node.what == json_node::kind::integer ? value(node.integer) : wrong("an integer");
    case member_type::boolean:
      return node.what == json_node::kind::boolean ? value(node.boolean) : wrong("true or false");
  }
  return absent();
}

const member *find_member(const std::vector<member> &members, std::string_view name, std::size_t &index) {
  for (index = 0; index < members.size(); ++index)
    if (members[index].name == name) return &members[index];
  return nullptr;
}

void check_limit(const std::string &text, std::int64_t &limit, fault_list &faults) {
  constexpr std::int64_t most = 200;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::invalid_argument || end != text.data() + text.size())
    faults.add("/query/limit", "wrong-type", "must be an integer");
  else if (error != std::errc() || number < 1 || number > most)
    faults.add("/query/limit", "out-of-range", "must be 1 to " + std::to_string(most));
  else
    limit = number;
}

// False where the query cannot be decoded.
bool check_query(const operation &op, std::string_view query, checked &out, fault_list &faults) {
  out.query.assign(op.query_members.size(), absent());
  std::set<std::string> seen;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto name = percent_decoded(pair.substr(0, equals), true);
    const auto content = percent_decoded(equals < pair.size() ? pair.substr(equals + 1) : std::string_view(), true);
    if (!name || !content) return false;
    const place at{&of_query, *name};
    if (!seen.insert(*name).second) {
      faults.add(at, "duplicate-member", "must be given once");
      continue;
    }
    std::size_t index = 0;
    if (const auto *m = find_member(op.query_members, *name, index)) {
      out.query[index] = check_plain(*m, at, *content, faults);
    } else if (op.list && *name == "limit") {
      check_limit(*content, out.limit, faults);
    } else if (op.list && *name == "cursor") {
      if (content->size() > longest_cursor)
        faults.add(at, "too-long", "must have at most " + count_of(longest_cursor));
      else
        out.cursor = *content;
    } else {
      faults.add(at, "unknown-member", "is no parameter of this operation");
    }
  }
  for (const auto &m : op.query_members)
    if (m.required && !seen.count(m.name)) faults.add(place{&of_query, m.name}, "required", "must be given");
  return true;
}

// Whether a member stands below `object` in the body: "a.b" below "a".
bool is_below(const member &m, std::string_view object) {
  return m.name.size() > object.size() && m.name[object.size()] == '.' && m.name.starts_with(object);
}

// Walks one object of the body; `dotted` is "" or, of the object a in the body, "a". `given`: which members were.
void check_object(const operation &op, json_node &&object, const std::string &dotted, const place &within, checked &out,
                  std::vector<bool> &given, fault_list &faults) {
  name_set seen;
  for (auto &[name, node] : object.members) {
    const place at{&within, name};
    if (!seen.insert(name)) {
      faults.add(at, "duplicate-member", "must be given once");
      continue;
    }
    const std::string whole = dotted.empty() ? name : dotted + "." + name;
    // A dot in a member's own name must not reach into an object that was not written.
    const bool plain = name.find('.') == name.npos;
    std::size_t index = 0;
    if (const member *m = plain ? find_member(op.body_members, whole, index) : nullptr) {
      given[index] = true;
      out.body[index] = check_json(*m, at, std::move(node), faults);
    } else if (plain && std::any_of(op.body_members.begin(), op.body_members.end(),
                                    [&](const member &one) { return is_below(one, whole); })) {
      if (node.what == json_node::kind::object) {
        check_object(op, std::move(node), whole, at, out, given, faults);
      } else {
        faults.add(at, "wrong-type", std::string("must be an object, is ").append(words_for(node.what)));
        for (std::size_t i = 0; i < op.body_members.size(); ++i)
          if (is_below(op.body_members[i], whole)) given[i] = true;
      }
    } else {
      faults.add(at, "unknown-member", "is no member of this body");
    }
  }
}

// False where the body cannot be parsed.
bool check_body(const operation &op, std::string_view body, checked &out, fault_list &faults) {
  out.body.assign(op.body_members.size(), absent());
  std::vector<bool> given(op.body_members.size());
  if (!body.empty()) {
    auto tree = read_json(body);
    if (!tree) return false;
    if (tree->what != json_node::kind::object) {
      faults.add(of_body, "wrong-type", std::string("must be an object, is ").append(words_for(tree->what)));
      return true;
    }
    check_object(op, std::move(*tree), "", of_body, out, given, faults);
  }
  for (std::size_t i = 0; i < op.body_members.size(); ++i)
    if (const auto &m = op.body_members[i]; m.required && !given[i])
      faults.add(body_pointer(m.name), "required", "must be given");
  return true;
}

void append_members(std::string &to, char part, const std::vector<member> &members, const std::vector<value> &values) {
  const auto append = [&](std::string_view text) { to.append(std::to_string(text.size())).append(":").append(text); };
  for (std::size_t i = 0; i < members.size() && i < values.size(); ++i) {
    const value &v = values[i];
    if (is_absent(v)) continue;
    to += part;
    append(members[i].name);
    if (const auto *text = std::get_if<std::string>(&v)) {
      to += 't';
      append(*text);
    } else if (const auto *number = std::get_if<std::int64_t>(&v)) {
      to += 'i';
      append(std::to_string(*number));
    } else if (const auto *boolean = std::get_if<bool>(&v)) {
      to += *boolean ? '1' : '0';
    } else {
      to += 'n';
    }
  }
}

}  // namespace

checked check_request(const operation &op, const std::vector<std::string> &path, std::string_view query,
                      std::string_view body) {
  checked out;
  fault_list faults;
  for (std::size_t i = 0; i < op.path_members.size(); ++i)
    out.path.push_back(check_plain(op.path_members[i], {&of_path, op.path_members[i].name}, path[i], faults));
  if (!check_query(op, query, out, faults)) {
    out.refused = problem(400, "malformed-query", "The query is not percent-encoded UTF-8 without U+0000.");
  } else if (!check_body(op, body, out, faults)) {
    out.refused = problem(400, "malformed-json", "The body is not one JSON value in UTF-8, nested at most 32 deep.");
  } else if (!faults.inputs.empty()) {
    out.refused = problem(422, {}, {}, std::move(faults.inputs));
  }
  return out;
}

std::string canonical(const operation &op, const call &c) {
  std::string text = op.method + " " + op.path + "\n";
  append_members(text, 'p', op.path_members, c.path);
  append_members(text, 'q', op.query_members, c.query);
  append_members(text, 'b', op.body_members, c.body);
  return text;
}

}  // namespace causeway::http
