// ICU knows the scripts; this file keeps what the set holds out of ICU's hands and finds something readable for what
// ICU leaves over. The only file that includes ICU.
//
// The text is composed (NFC), then taken apart into characters of the set and stretches of others. Of a stretch,
// Chinese characters are looked up one by one (ICU takes 7 us for each, so they are remembered), pairs of regional
// indicators are flags, and everything else goes through Any-Latin as a whole, because Thai vowels, Hangul, kana and
// Devanagari depend on their neighbours. What the set still lacks then is replaced character by character, remembered
// too.
#include "mapping/transliterate.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unordered_map>

#include "mapping/charset.hpp"
#include "mapping/utf8.hpp"

namespace causeway {

namespace {

void check(UErrorCode error, const char *what) {
  if (U_FAILURE(error)) throw std::runtime_error(std::string("ICU cannot give ") + what + ": " + u_errorName(error));
}

std::unique_ptr<icu::Transliterator> make_transliterator(const char *id) {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::Transliterator> made(
      icu::Transliterator::createInstance(icu::UnicodeString(id, -1, US_INV), UTRANS_FORWARD, error));
  check(error, id);
  return made;
}

// One thread's own: ICU does not promise that a transliterator can be used by two.
struct tables {
  std::unique_ptr<icu::Transliterator> any_latin = make_transliterator("Any-Latin");
  std::unique_ptr<icu::Transliterator> latin_ascii = make_transliterator("Latin-ASCII");
  std::unordered_map<char32_t, icu::UnicodeString> chinese;  // at most as many as there are Chinese characters
  std::array<std::unordered_map<char32_t, std::string>, 4> replacements;  // by set
};

constexpr std::size_t most_replacements = 16'384;

tables &own_tables() {
  thread_local tables own;
  return own;
}

const icu::Normalizer2 &composition() {
  UErrorCode error = U_ZERO_ERROR;
  const auto *instance = icu::Normalizer2::getNFCInstance(error);
  check(error, "NFC");
  return *instance;
}

icu::UnicodeString compatible_form(const icu::UnicodeString &text) {
  UErrorCode error = U_ZERO_ERROR;
  const auto *instance = icu::Normalizer2::getNFKDInstance(error);
  check(error, "NFKD");
  auto form = instance->normalize(text, error);
  check(error, "NFKD");
  return form;
}

icu::UnicodeString composed(const icu::UnicodeString &text) {
  UErrorCode error = U_ZERO_ERROR;
  auto form = composition().normalize(text, error);
  check(error, "NFC");
  return form;
}

std::string hex(char32_t code) {
  std::array<char, 16> text{};
  return {text.data(), std::size_t(std::snprintf(text.data(), text.size(), "U+%04X", unsigned(code)))};
}

// Empty for what has no name: control characters, private use, surrogates, unassigned.
std::string unicode_name(char32_t code) {
  std::array<char, 128> name{};
  UErrorCode error = U_ZERO_ERROR;
  const auto length = u_charName(UChar32(code), U_UNICODE_CHAR_NAME, name.data(), int32_t(name.size()), &error);
  return U_SUCCESS(error) ? std::string(name.data(), std::size_t(length)) : std::string();
}

std::string name_in_braces(char32_t code) {
  const std::string name = unicode_name(code);
  return "{" + (name.empty() ? hex(code) : name) + "}";
}

bool is_mark(char32_t code) { return (U_GET_GC_MASK(UChar32(code)) & (U_GC_MN_MASK | U_GC_ME_MASK)) != 0; }

bool has_no_appearance(char32_t code) { return u_hasBinaryProperty(UChar32(code), UCHAR_DEFAULT_IGNORABLE_CODE_POINT); }

bool is_flag_letter(char32_t code) { return code >= 0x1F1E6 && code <= 0x1F1FF; }

std::string flag(char32_t first, char32_t second) {
  return std::string("{FLAG ") + char('A' + (first - 0x1F1E6)) + char('A' + (second - 0x1F1E6)) + '}';
}

bool is_chinese(char32_t code) {
  UErrorCode error = U_ZERO_ERROR;
  return uscript_getScript(UChar32(code), &error) == USCRIPT_HAN && U_GET_GC_MASK(UChar32(code)) == U_GC_LO_MASK;
}

bool is_letter_or_digit(char32_t code) { return u_isalnum(UChar32(code)); }

// Builds the text of one call.
class text_builder {
 public:
  explicit text_builder(charset set) : set_(set), tables_(own_tables()) {}

  std::string build(const icu::UnicodeString &text) {
    out_.reserve(std::size_t(text.length()) + 32);
    for (int32_t at = 0; at < text.length();) {
      const int32_t begin = at;
      while (at < text.length() && !is_in(set_, char32_t(text.char32At(at)))) at = text.moveIndex32(at, 1);
      if (at > begin) append_stretch(text.tempSubStringBetween(begin, at));
      if (at == text.length()) break;
      append_held(char32_t(text.char32At(at)));
      at = text.moveIndex32(at, 1);
    }
    if (out_.empty())
      for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1))
        out_ += name_in_braces(char32_t(text.char32At(at)));
    return std::move(out_);
  }

 private:
  void append_held(char32_t code) {
    if (after_chinese_ && is_letter_or_digit(code)) out_ += ' ';
    after_chinese_ = false;
    append_utf8(out_, code);
    last_ = code;
  }

  // Nothing that `stretch` holds is in the set.
  void append_stretch(const icu::UnicodeString &stretch) {
    int32_t waiting = 0;  // from here on not yet appended
    const auto append_waiting = [&](int32_t until) {
      if (until > waiting) append_other(icu::UnicodeString(stretch, waiting, until - waiting));
    };
    for (int32_t at = 0; at < stretch.length();) {
      const auto code = char32_t(stretch.char32At(at));
      const int32_t next = stretch.moveIndex32(at, 1);
      const auto following = next < stretch.length() ? char32_t(stretch.char32At(next)) : 0;
      if (is_chinese(code)) {
        append_waiting(at);
        append_chinese(code);
        at = waiting = next;
      } else if (is_flag_letter(code) && is_flag_letter(following)) {
        append_waiting(at);
        append_replacement(flag(code, following));
        at = waiting = stretch.moveIndex32(next, 1);
      } else {
        at = next;
      }
    }
    append_waiting(stretch.length());
  }

  // Syllables are words of their own, as ICU has them.
  void append_chinese(char32_t code) {
    auto [entry, fresh] = tables_.chinese.try_emplace(code);
    if (fresh) {
      entry->second = icu::UnicodeString(UChar32(code));
      tables_.any_latin->transliterate(entry->second);
      entry->second.trim();
    }
    if (last_ != 0 && !after_chinese_ && is_letter_or_digit(last_)) out_ += ' ';
    append_characters(entry->second);
    after_chinese_ = true;
  }

  void append_other(icu::UnicodeString text) {
    tables_.any_latin->transliterate(text);
    append_characters(composed(text));
  }

  void append_characters(const icu::UnicodeString &text) {
    for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
      const auto code = char32_t(text.char32At(at));
      if (is_in(set_, code))
        append_held(code);
      else if (has_no_appearance(code) || (is_mark(code) && combines()))
        continue;
      else
        append_replacement(replacement(code));
    }
  }

  void append_replacement(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const auto character = decode_utf8(text, at);
      append_held(character.code);
      at += character.length;
    }
  }

  // Whether a mark here has something to combine with.
  bool combines() const { return last_ > ' ' && last_ != 0xA0; }

  const std::string &replacement(char32_t code) {
    auto &known = tables_.replacements[std::size_t(set_)];
    if (const auto found = known.find(code); found != known.end()) return found->second;
    if (known.size() >= most_replacements) known.clear();
    return known.emplace(code, find_replacement(code)).first->second;
  }

  std::string find_replacement(char32_t code) const {
    switch (u_charType(UChar32(code))) {
      case U_SPACE_SEPARATOR:
        return " ";
      case U_LINE_SEPARATOR:
      case U_PARAGRAPH_SEPARATOR:
        return "\n";
      default:
        break;
    }
    if (code == 0x02BF || code == 0x02BB) return "'";  // ayin, which Latin-ASCII does not know
    const icu::UnicodeString character{UChar32(code)};
    icu::UnicodeString ascii = character;
    tables_.latin_ascii->transliterate(ascii);
    if (std::string text = held(ascii); !text.empty()) return text;
    // The plain characters that it is a form of, without their marks.
    const auto form = compatible_form(character);
    icu::UnicodeString plain;
    for (int32_t at = 0; at < form.length(); at = form.moveIndex32(at, 1))
      if (!is_mark(char32_t(form.char32At(at)))) plain.append(form.char32At(at));
    if (std::string text = held(plain); !text.empty()) return text;
    tables_.latin_ascii->transliterate(plain);
    if (std::string text = held(plain); !text.empty()) return text;
    return name_in_braces(code);
  }

  // As UTF-8 where the set holds all of it, else empty.
  std::string held(const icu::UnicodeString &text) const {
    std::string as_utf8;
    text.toUTF8String(as_utf8);
    if (find_unmappable(set_, as_utf8) != std::string_view::npos) as_utf8.clear();
    return as_utf8;
  }

  charset set_;
  tables &tables_;
  std::string out_;
  char32_t last_ = 0;           // the last character of out_
  bool after_chinese_ = false;  // out_ ends with a Chinese syllable
};

}  // namespace

std::string transliterated(std::string_view text, charset set) {
  if (find_unmappable(set, text) == std::string_view::npos) return std::string(text);
  auto unicode = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), int32_t(text.size())));
  // UTF-8 lacks control characters only: what it holds stays as it is, composed or not.
  if (set != charset::utf8) unicode = composed(unicode);
  return text_builder(set).build(unicode);
}

std::string describe_character(char32_t character) {
  if (std::string name = unicode_name(character); !name.empty()) return name;
  switch (u_charType(UChar32(character))) {
    case U_CONTROL_CHAR:
      return "a control character";
    case U_PRIVATE_USE_CHAR:
      return "a character of private use";
    default:
      return "not a character";
  }
}

}  // namespace causeway
