// A tree of segments: each node has its literal children and at most one parameter child. A search tries the literal
// first and comes back for the parameter, so `/customers/new` and `/customers/{csid}/notes` can stand side by side.
#include "http/router.hpp"

#include <functional>
#include <stdexcept>

#include "store/field_check.hpp"

namespace causeway::http {

struct router::node {
  std::map<std::string, std::unique_ptr<node>, std::less<>> literals;
  std::unique_ptr<node> parameter;
  std::map<std::string, std::size_t, std::less<>> methods;
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

// "/a/b" -> "a", "b"; a path that does not begin with a slash gives none.
std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
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
    auto &next = parameter ? at->parameter : at->literals[std::string(segment)];
    if (!next) next = std::make_unique<node>();
    at = next.get();
  }
  const auto [place, added] = at->methods.emplace(method, route);
  if (!added) return place->second;
  return std::nullopt;
}

match router::find(std::string_view method, std::string_view path) const {
  match found;
  const auto raw = segments_of(path);
  std::vector<std::string> segments;
  segments.reserve(raw.size());
  for (const auto segment : raw) {
    auto decoded = percent_decoded(segment);
    if (!decoded) {
      found.what = match::kind::bad;
      return found;
    }
    segments.push_back(std::move(*decoded));
  }
  std::vector<std::size_t> taken;           // which segments are parameters
  std::vector<const node *> other_methods;  // have the path, not the method
  const std::function<bool(const node &, std::size_t)> search = [&](const node &at, std::size_t i) {
    if (i == segments.size()) {
      auto served = at.methods.find(method);
      if (served == at.methods.end() && method == "HEAD") served = at.methods.find("GET");
      if (served == at.methods.end()) {
        if (!at.methods.empty()) other_methods.push_back(&at);
        return false;
      }
      found.route = served->second;
      return true;
    }
    if (segments[i].empty()) return false;
    const auto literal = at.literals.find(segments[i]);
    if (literal != at.literals.end() && search(*literal->second, i + 1)) return true;
    if (!at.parameter) return false;
    taken.push_back(i);
    if (search(*at.parameter, i + 1)) return true;
    taken.pop_back();
    return false;
  };
  if (!segments.empty() && search(*root_, 0)) {
    found.what = match::kind::found;
    for (const auto i : taken) found.parameters.push_back(std::move(segments[i]));
  } else if (!other_methods.empty()) {
    found.what = match::kind::not_allowed;
    std::map<std::string_view, bool> allowed;
    for (const auto *at : other_methods)
      for (const auto &[name, route] : at->methods) {
        allowed[name] = true;
        if (name == "GET") allowed["HEAD"] = true;
      }
    for (const auto &[name, unused] : allowed) found.allow.append(found.allow.empty() ? "" : ", ").append(name);
  }
  return found;
}

}  // namespace causeway::http
