#include "mapping/wrap.hpp"

#include "mapping/utf8.hpp"
#include "store/plain_text.hpp"

namespace causeway {

namespace {

// Wraps one line of the text; `last` says that no other follows.
void append_wrapped(std::string &out, std::string_view line, std::size_t width, bool last) {
  for (;;) {
    std::size_t at = 0, characters = 0;
    std::size_t behind_blank = 0;  // 0: there is none
    while (at < line.size() && characters < width) {
      const auto run = line.substr(at, count_ascii(line.substr(at, width - characters)));
      if (const auto blank = run.rfind(' '); blank != std::string_view::npos) behind_blank = at + blank + 1;
      at += run.size();
      characters += run.size();
      if (at == line.size() || characters == width) break;
      at = next_character(line, at);
      ++characters;
    }
    if (at == line.size()) {
      out += line;
      const bool would_continue = characters == width || line.ends_with(' ');
      if (would_continue && !last) out += '\n';
      return;
    }
    const std::size_t cut = behind_blank != 0 ? behind_blank : at;
    out += line.substr(0, cut);
    out += '\n';
    line.remove_prefix(cut);
  }
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t width) {
  std::string out;
  out.reserve(text.size() + text.size() / width * 2);
  for (;;) {
    const auto end = text.find('\n');
    const bool last = end == std::string_view::npos;
    append_wrapped(out, text.substr(0, end), width, last);
    if (last) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string unwrapped(std::string_view text, std::size_t width) {
  std::string out;
  out.reserve(text.size());
  for (;;) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    out += line;
    if (end == std::string_view::npos) return out;
    if (!line.ends_with(' ') && characters_of(line) != width) out += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace causeway
