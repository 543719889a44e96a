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

struct fault_list {
  std::vector<input_fault> inputs;
  void add(std::string pointer, std::string code, std::string detail) {
    if (inputs.size() < most_faults) inputs.push_back({std::move(pointer), std::move(code), std::move(detail)});
  }
};

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

std::string pointer_to(const std::string &base, std::string_view name) { return base + "/" + token(name); }

// "a.b" -> "/body/a/b"
std::string body_pointer(std::string_view dotted) {
  std::string pointer = "/body";
  while (!dotted.empty()) {
    const auto dot = std::min(dotted.find('.'), dotted.size());
    pointer = pointer_to(pointer, dotted.substr(0, dot));
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

value check_text(const member &m, const std::string &pointer, std::string_view text, fault_list &faults) {
  const auto characters = count_characters(text);
  if (!characters) {
    faults.add(pointer, "bad-format", "must not hold the character U+0000");
    return absent();
  }
  if (!m.allowed.empty()) {
    if (std::find(m.allowed.begin(), m.allowed.end(), text) == m.allowed.end())
      faults.add(pointer, "not-allowed", "must be one of: " + list_of(m.allowed));
    return std::string(text);
  }
  if (*characters < m.min_length) {
    faults.add(pointer, "too-short", "must have at least " + count_of(m.min_length));
  } else if (m.max_length != 0 && *characters > m.max_length) {
    faults.add(pointer, "too-long",
               "must have at most " + count_of(m.max_length) + ", has " + std::to_string(*characters));
  } else if (auto formatted = in_format(m.format, text)) {
    return std::move(*formatted);
  } else {
    faults.add(pointer, "bad-format", std::string(words_for_format(m.format)));
  }
  return absent();
}

// A member that came as text: of a path or a query.
value check_plain(const member &m, const std::string &pointer, const std::string &text, fault_list &faults) {
  switch (m.type) {
    case member_type::text:
      return check_text(m, pointer, text, faults);
    case member_type::integer: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc() && end == text.data() + text.size()) return number;
      faults.add(pointer, "wrong-type", "must be an integer");
      return absent();
    }
    case member_type::boolean:
      if (text == "true") return true;
      if (text == "false") return false;
      faults.add(pointer, "wrong-type", "must be true or false");
      return absent();
  }
  return absent();
}

// A member that came as JSON.
value check_json(const member &m, const std::string &pointer, const json_node &node, fault_list &faults) {
  const auto wrong = [&](std::string_view wanted) {
    faults.add(pointer, "wrong-type",
               std::string("must be ").append(wanted).append(", is ").append(words_for(node.what)));
    return value(absent());
  };
  switch (m.type) {
    case member_type::text:
      return node.what == json_node::kind::text ? check_text(m, pointer, node.text, faults) : wrong("text");
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
    const std::string pointer = pointer_to("/query", *name);
    if (!seen.insert(*name).second) {
      faults.add(pointer, "duplicate-member", "must be given once");
      continue;
    }
    std::size_t index = 0;
    if (const auto *m = find_member(op.query_members, *name, index)) {
      out.query[index] = check_plain(*m, pointer, *content, faults);
    } else if (op.list && *name == "limit") {
      check_limit(*content, out.limit, faults);
    } else if (op.list && *name == "cursor") {
      if (content->size() > longest_cursor)
        faults.add(pointer, "too-long", "must have at most " + count_of(longest_cursor));
      else
        out.cursor = *content;
    } else {
      faults.add(pointer, "unknown-member", "is no parameter of this operation");
    }
  }
  for (const auto &m : op.query_members)
    if (m.required && !seen.count(m.name)) faults.add(pointer_to("/query", m.name), "required", "must be given");
  return true;
}

// Walks one object of the body; `prefix` is "" or "a." for the object a.
void check_object(const operation &op, const json_node &object, const std::string &prefix, const std::string &base,
                  checked &out, std::set<std::string> &given, fault_list &faults) {
  std::set<std::string_view> seen;
  for (const auto &[name, node] : object.members) {
    const std::string pointer = pointer_to(base, name);
    if (!seen.insert(name).second) {
      faults.add(pointer, "duplicate-member", "must be given once");
      continue;
    }
    const std::string dotted = prefix + name;
    // A dot in a member's own name must not reach into an object that was not written.
    const bool plain = name.find('.') == name.npos;
    std::size_t index = 0;
    const member *m = plain ? find_member(op.body_members, dotted, index) : nullptr;
    const std::string below = dotted + ".";
    const bool has_below = plain && std::any_of(op.body_members.begin(), op.body_members.end(),
                                                [&](const member &one) { return one.name.rfind(below, 0) == 0; });
    if (m) {
      given.insert(dotted);
      out.body[index] = check_json(*m, pointer, node, faults);
    } else if (has_below) {
      if (node.what == json_node::kind::object) {
        check_object(op, node, below, pointer, out, given, faults);
      } else {
        faults.add(pointer, "wrong-type", std::string("must be an object, is ").append(words_for(node.what)));
        for (const auto &one : op.body_members)
          if (one.name.rfind(below, 0) == 0) given.insert(one.name);
      }
    } else {
      faults.add(pointer, "unknown-member", "is no member of this body");
    }
  }
}

// False where the body cannot be parsed.
bool check_body(const operation &op, std::string_view body, checked &out, fault_list &faults) {
  out.body.assign(op.body_members.size(), absent());
  std::set<std::string> given;
  if (!body.empty()) {
    const auto tree = read_json(body);
    if (!tree) return false;
    if (tree->what != json_node::kind::object) {
      faults.add("/body", "wrong-type", std::string("must be an object, is ").append(words_for(tree->what)));
      return true;
    }
    check_object(op, *tree, "", "/body", out, given, faults);
  }
  for (const auto &m : op.body_members)
    if (m.required && !given.count(m.name)) faults.add(body_pointer(m.name), "required", "must be given");
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
    out.path.push_back(check_plain(op.path_members[i], pointer_to("/path", op.path_members[i].name), path[i], faults));
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
