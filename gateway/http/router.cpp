// A tree of segments: each node has its literal children and at most one parameter child. A search tries the literal
// first and comes back for the parameter, so `/customers/new` and `/customers/{csid}/notes` can stand side by side.
#include "http/router.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "store/field_check.hpp"

namespace causeway::http {

struct router::node {
  // Few each, so that looking at all of them is quicker than a tree.
  std::vector<std::pair<std::string, std::unique_ptr<node>>> literals;
  std::unique_ptr<node> parameter;
  std::vector<std::pair<std::string, std::size_t>> methods;
};

router::router() : root_(std::make_unique<node>()) {}
router::~router() = default;
router::router(router &&) noexcept = default;
router &router::operator=(router &&) noexcept = default;

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

template <class T>
const T *find_named(const std::vector<std::pair<std::string, T>> &all, std::string_view name) {
  for (const auto &[known, content] : all)
    if (known == name) return &content;
  return nullptr;
}

// "/a/b" -> "a", "b"; a path that does not begin with a slash gives none.
std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  segments.reserve(8);
  while (!path.empty() && path.front() == '/') {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, bool plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += char(high << 4 | low);
      i += 2;
    }
  }
  if (!count_characters(out)) return std::nullopt;
  return out;
}

std::vector<std::string> parameters_of(std::string_view path) {
  std::vector<std::string> names;
  for (const auto segment : segments_of(path))
    if (is_parameter(segment)) names.emplace_back(segment.substr(1, segment.size() - 2));
  return names;
}

std::optional<std::size_t> router::add(std::string_view method, std::string_view path, std::size_t route) {
  const auto segments = segments_of(path);
  if (segments.empty()) throw std::invalid_argument("the path \"" + std::string(path) + "\" does not begin with /");
  node *at = root_.get();
  for (const auto segment : segments) {
    const bool parameter = is_parameter(segment);
    if (segment.empty() || (!parameter && segment.find_first_of("{}%?#") != segment.npos))
      throw std::invalid_argument("the path \"" + std::string(path) + "\" has a segment \"" + std::string(segment) +
                                  "\" that is neither plain text nor {name}");
    const std::unique_ptr<node> *next = parameter ? &at->parameter : find_named(at->literals, segment);
    if (!parameter && !next) next = &at->literals.emplace_back(segment, std::make_unique<node>()).second;
    if (parameter && !at->parameter) at->parameter = std::make_unique<node>();
    at = next->get();
  }
  if (const auto *other = find_named(at->methods, method)) return *other;
  at->methods.emplace_back(method, route);
  return std::nullopt;
}

struct router::search {
  std::string_view method;
  std::vector<std::string_view> segments;  // decoded
  match found;
  std::vector<const node *> other_methods;  // have the path, not the method

  bool below(const node &at, std::size_t i) {
    if (i == segments.size()) return serves(at);
    const auto segment = segments[i];
    if (segment.empty()) return false;
    const auto *literal = find_named(at.literals, segment);
    if (literal && below(**literal, i + 1)) return true;
    if (!at.parameter) return false;
    found.parameters.emplace_back(segment);
    if (below(*at.parameter, i + 1)) return true;
    found.parameters.pop_back();
    return false;
  }

  bool serves(const node &at) {
    const auto *route = find_named(at.methods, method);
    if (!route && method == "HEAD") route = find_named(at.methods, "GET");
    if (!route) {
      if (!at.methods.empty()) other_methods.push_back(&at);
      return false;
    }
    found.route = *route;
    return true;
  }
};

match router::find(std::string_view method, std::string_view path) const {
  search all{method, segments_of(path), {}, {}};
  std::vector<std::string> decoded;  // where that is another text
  decoded.reserve(all.segments.size());
  for (auto &segment : all.segments) {
    if (segment.find('%') == segment.npos && count_characters(segment)) continue;
    auto plain = percent_decoded(segment);
    if (!plain) {
      all.found.what = match::kind::bad;
      return std::move(all.found);
    }
    segment = decoded.emplace_back(*std::move(plain));
  }
  match &found = all.found;
  if (!all.segments.empty() && all.below(*root_, 0)) {
    found.what = match::kind::found;
  } else if (!all.other_methods.empty()) {
    found.what = match::kind::not_allowed;
    std::set<std::string_view> allowed;
    for (const auto *at : all.other_methods)
      for (const auto &[name, route] : at->methods) {
        allowed.insert(name);
        if (name == "GET") allowed.insert("HEAD");
      }
    for (const auto name : allowed) found.allow.append(found.allow.empty() ? "" : ", ").append(name);
  }
  return std::move(found);
}

}  // namespace causeway::http
