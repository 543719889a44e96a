// From a method and a path to the operation that serves them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::http {

// What %XX stands for; nothing for a % without two hex digits, a NUL or text that is not UTF-8. With `plus`, a plus is
// a blank (query strings).
std::optional<std::string> percent_decoded(std::string_view text, bool plus = false);

struct match {
  enum class kind {
    found,
    not_found,    // no operation has this path
    not_allowed,  // some have it, with other methods: `allow`
    bad,          // the path cannot be decoded
  };
  kind what = kind::not_found;
  std::size_t route = 0;                // as given to `add`
  std::vector<std::string> parameters;  // decoded, in the order of the path
  std::string allow;                    // "GET, HEAD, POST"
};

// Built by one thread, then only read, by any.
class router {
 public:
  router();
  ~router();
  router(router &&) noexcept;
  router &operator=(router &&) noexcept;

  // Path templates are segments of literal text or one `{name}`. Returns the route that has this method and shape
  // already, nothing where it was added. Throws std::invalid_argument for what is no template.
  std::optional<std::size_t> add(std::string_view method, std::string_view path, std::size_t route);

  // `path` is the target up to the question mark, still encoded. Literal segments go before parameters. An encoded
  // slash stays inside its segment; an empty segment (also behind a last slash) matches nothing. HEAD is served by GET.
  match find(std::string_view method, std::string_view path) const;

 private:
  struct node;
  struct search;
  std::unique_ptr<node> root_;
};

// The names between braces, in the order of the path.
std::vector<std::string> parameters_of(std::string_view path);

}  // namespace causeway::http
