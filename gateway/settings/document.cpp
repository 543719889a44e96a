// yaml-cpp parses, and this builds the tree from its events: yaml-cpp's own nodes take duplicate keys silently and
// expand aliases without bound. Text is checked before it is parsed, since yaml-cpp takes a U+0004 for the end of its
// input and guesses at encodings. yaml-cpp counts lines and columns from 0, and columns in bytes; a place counts
// characters from 1.
#include "settings/document.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>
#include <tuple>
#include <utility>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace causeway {

namespace {

// Ends the parsing of a document that cannot be used.
struct unusable {
  place at;
  std::string why;
};

// Length of the UTF-8 character at the start of `text`; 0 if there is none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!follows(1) || !follows(2)) return 0;
    if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F)) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) return 0;
    return 4;
  }
  return 0;
}

void check_text(std::string_view text, const std::string &file) {
  place at{file, 1, 1};
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_length(text.substr(i));
    if (length == 0) throw unusable{at, "is not UTF-8 text"};
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
      throw unusable{at, "a control character cannot stand here; write it as an escape in double quotes"};
    if (c == '\n') {
      ++at.line;
      at.column = 1;
    } else {
      ++at.column;
    }
    i += length;
  }
}

class tree_builder final : public YAML::EventHandler {
 public:
  tree_builder(std::string_view text, std::string file, std::vector<finding> &findings)
      : text_(text), file_(std::move(file)), findings_(findings) {
    root_.at = {file_, 1, 1};
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      lines_.push_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  yaml_node take_root() { return std::move(root_); }

  place at(const YAML::Mark &mark) const {
    if (mark.line < 0 || mark.column < 0) return {file_, 1, 1};
    const auto line = static_cast<std::size_t>(mark.line);
    const auto bytes = static_cast<std::size_t>(mark.column);
    std::size_t column = bytes;
    if (line < lines_.size()) {
      const std::string_view before = lines_[line].substr(0, bytes);
      column -= static_cast<std::size_t>(
          std::count_if(before.begin(), before.end(), [](char c) { return (c & 0xC0) == 0x80; }));
    }
    return {file_, mark.line + 1, static_cast<int>(column) + 1};
  }

  void OnDocumentStart(const YAML::Mark &mark) override {
    if (++documents_ > 1) throw unusable{at(mark), "a second document begins here; a file holds one"};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override {
    yaml_node node;
    node.at = at(mark);
    finish(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override {
    const auto named = anchors_.find(anchor);
    if (named == anchors_.end()) throw unusable{at(mark), "an alias stands inside what it names"};
    count(at(mark), named->second.nodes);
    emit(named->second.node);
  }

  void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                const std::string &content) override {
    check_tag(mark, tag);
    check_closed(mark, tag);
    yaml_node node;
    node.is = yaml_node::shape::scalar;
    node.at = at(mark);
    node.plain = tag == "?";
    node.text = content;
    node.written = content;
    finish(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, yaml_node::shape::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, yaml_node::shape::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct pending_key {
    std::string text;
    place at;
    bool sound = true;
  };
  struct frame {
    yaml_node node;
    YAML::anchor_t anchor;
    std::size_t nodes_before;
    std::optional<pending_key> key;
  };
  struct anchored {
    yaml_node node;
    std::size_t nodes;
  };

  void check_tag(const YAML::Mark &mark, const std::string &tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    findings_.push_back({at(mark), severity::error, "tags are not supported; quotes make a value text"});
  }

  // yaml-cpp takes the end of the text for the end of a quote.
  void check_closed(const YAML::Mark &mark, const std::string &tag) const {
    if (tag == "?" || mark.line < 0 || static_cast<std::size_t>(mark.line) >= lines_.size()) return;
    std::string_view rest(lines_[static_cast<std::size_t>(mark.line)].data() + mark.column, text_.end());
    while (rest.starts_with('&') || rest.starts_with('!')) {
      rest.remove_prefix(std::min(rest.find_first_of(" \t\r\n"), rest.size()));
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    }
    if (!rest.starts_with('\'') && !rest.starts_with('"')) return;
    for (std::size_t i = 1; i < rest.size(); ++i) {
      const bool doubled = rest.front() == '\'' && rest.substr(i, 2) == "''";
      if (doubled || (rest.front() == '"' && rest[i] == '\\'))
        ++i;
      else if (rest[i] == rest.front())
        return;
    }
    throw unusable{at(mark), "the quote that begins here is not closed"};
  }

  void count(const place &where, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > most_document_nodes)
      throw unusable{where,
                     "more than " + std::to_string(most_document_nodes) + " values, aliases counted as what they name"};
  }

  void open(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, yaml_node::shape is) {
    check_tag(mark, tag);
    if (open_.size() >= most_document_depth)
      throw unusable{at(mark), "nested more than " + std::to_string(most_document_depth) + " deep"};
    frame next{{}, anchor, nodes_, {}};
    next.node.is = is;
    next.node.at = at(mark);
    open_.push_back(std::move(next));
  }

  void close() {
    frame closed = std::move(open_.back());
    open_.pop_back();
    count(closed.node.at, 1);
    if (closed.anchor != YAML::NullAnchor) anchors_[closed.anchor] = {closed.node, nodes_ - closed.nodes_before};
    emit(std::move(closed.node));
  }

  void finish(yaml_node node, YAML::anchor_t anchor) {
    count(node.at, 1);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = {node, 1};
    emit(std::move(node));
  }

  void emit(yaml_node node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().node.is == yaml_node::shape::list) {
      if (node.is == yaml_node::shape::empty && !is_written_empty(node.at)) node.at = open_.back().node.at;
      open_.back().node.items.push_back(std::move(node));
    } else if (!open_.back().key) {
      open_.back().key = read_key(node);
    } else {
      add_entry(open_.back(), std::move(node));
    }
  }

  // Whether the nothing there is a word, and not just what is left out.
  bool is_written_empty(const place &where) const {
    const auto line = static_cast<std::size_t>(where.line - 1);
    const auto column = static_cast<std::size_t>(where.column - 1);
    if (line >= lines_.size() || column >= lines_[line].size()) return false;
    return std::string_view("~nN").find(lines_[line][column]) != std::string_view::npos;
  }

  pending_key read_key(const yaml_node &node) {
    pending_key key{node.text, node.at, true};
    if (node.is != yaml_node::shape::scalar) {
      findings_.push_back({node.at, severity::error, "a key must be text; put it in quotes"});
      key.sound = false;
    } else if (node.plain && node.text == "<<") {
      findings_.push_back({node.at, severity::error, "'<<' is not supported; write the keys out"});
      key.sound = false;
    }
    return key;
  }

  void add_entry(frame &in, yaml_node content) {
    const pending_key key = std::move(*in.key);
    in.key.reset();
    if (!key.sound) return;
    // yaml-cpp places what is not written at whatever comes next.
    if (content.is == yaml_node::shape::empty && content.at.line != key.at.line) content.at = key.at;
    const auto first = std::find_if(in.node.entries.begin(), in.node.entries.end(),
                                    [&](const yaml_entry &e) { return e.key == key.text; });
    if (first == in.node.entries.end()) {
      in.node.entries.push_back({key.text, key.at, std::move(content)});
    } else {
      findings_.push_back({key.at, severity::error,
                           "duplicate key '" + key.text + "'; the first is in line " + std::to_string(first->at.line)});
    }
  }

  std::string_view text_;
  std::string file_;
  std::vector<finding> &findings_;
  std::vector<std::string_view> lines_;  // of text_
  std::vector<frame> open_;
  std::map<YAML::anchor_t, anchored> anchors_;
  yaml_node root_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

// yaml-cpp puts what it met into some of its messages; that may be a password, so only what comes before it is told.
std::string without_content(const std::string &message) {
  for (const char *const constant : {YAML::ErrorMsg::UNKNOWN_ANCHOR, YAML::ErrorMsg::INVALID_UNICODE,
                                     YAML::ErrorMsg::INVALID_ESCAPE, YAML::ErrorMsg::KEY_NOT_FOUND})
    if (message.rfind(constant, 0) == 0) {
      std::string told = constant;
      while (!told.empty() && (told.back() == ' ' || told.back() == ':')) told.pop_back();
      return told;
    }
  return message;
}

}  // namespace

const yaml_node *yaml_node::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const yaml_entry &e) { return e.key == key; });
  return found == entries.end() ? nullptr : &found->content;
}

yaml_node *yaml_node::find(std::string_view key) { return const_cast<yaml_node *>(std::as_const(*this).find(key)); }

std::optional<yaml_node> parse_yaml(std::string_view text, const std::string &file, std::vector<finding> &findings) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  tree_builder builder(text, file, findings);
  try {
    check_text(text, file);
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take_root();
  } catch (const unusable &u) {
    findings.push_back({u.at, severity::error, u.why});
  } catch (const YAML::Exception &e) {
    findings.push_back({builder.at(e.mark), severity::error, "is not YAML: " + without_content(e.msg)});
  }
  return std::nullopt;
}

void sort_by_place(std::vector<finding> &findings) {
  std::vector<std::string> files;
  std::vector<std::tuple<std::ptrdiff_t, int, int, std::size_t>> order;
  for (const finding &f : findings) {
    const auto known = std::find(files.begin(), files.end(), f.at.file);
    order.emplace_back(known - files.begin(), f.at.line, f.at.column, order.size());
    if (known == files.end()) files.push_back(f.at.file);
  }
  std::sort(order.begin(), order.end());
  std::vector<finding> sorted;
  sorted.reserve(order.size());
  for (const auto &place_of : order) sorted.push_back(std::move(findings[std::get<3>(place_of)]));
  findings = std::move(sorted);
}

std::optional<std::string> read_file(const std::filesystem::path &file, std::size_t most, std::string &why) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!error && !std::filesystem::is_regular_file(status))
    error = std::make_error_code(std::errc::no_such_file_or_directory);
  if (std::filesystem::is_directory(status)) {
    why = "it is a directory";
    return std::nullopt;
  }
  if (error) {
    why = "there is no such file";
    if (error == std::errc::permission_denied) why = "it may not be read";
    return std::nullopt;
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    why = errno == EACCES ? "it may not be read" : std::strerror(errno);
    return std::nullopt;
  }
  std::string content(most + 1, '\0');
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(in.gcount()));
  if (content.size() > most) {
    why = "it is larger than " + std::to_string(most) + " bytes";
    return std::nullopt;
  }
  return content;
}

std::optional<yaml_node> load_yaml(const std::filesystem::path &file, const place &named_at,
                                   std::vector<finding> &findings) {
  std::string why;
  const auto text = read_file(file, most_document_bytes, why);
  if (!text) {
    const place at = named_at.file.empty() ? place{file.string(), 0, 0} : named_at;
    findings.push_back({at, severity::error, "cannot read '" + file.string() + "': " + why});
    return std::nullopt;
  }
  return parse_yaml(*text, file.string(), findings);
}

}  // namespace causeway
