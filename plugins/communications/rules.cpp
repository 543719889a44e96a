// Each rule is a table or a line; handlers decide nothing that stands here.
#include "rules.hpp"

#include <algorithm>

namespace communications {

std::string_view to_string(store where) { return where == store::pluto ? "pluto" : "cuba"; }

store home_of(bool international) { return international ? store::pluto : store::cuba; }

bool takes_stacking_documents(std::optional<std::string_view> ps_status) {
  return ps_status && *ps_status != "TRANSFERRED_OUT";
}

bool is_blank(std::string_view text) {
  // Besides ASCII's: the no-break, ogham, en to hair, line, paragraph, narrow, mathematical and ideographic spaces.
  static constexpr std::string_view blanks[] = {" ",
                                                "\t",
                                                "\n",
                                                "\r",
                                                "\v",
                                                "\f",
                                                "\xc2\x85",
                                                "\xc2\xa0",
                                                "\xe1\x9a\x80",
                                                "\xe2\x80\x80",
                                                "\xe2\x80\x81",
                                                "\xe2\x80\x82",
                                                "\xe2\x80\x83",
                                                "\xe2\x80\x84",
                                                "\xe2\x80\x85",
                                                "\xe2\x80\x86",
                                                "\xe2\x80\x87",
                                                "\xe2\x80\x88",
                                                "\xe2\x80\x89",
                                                "\xe2\x80\x8a",
                                                "\xe2\x80\xa8",
                                                "\xe2\x80\xa9",
                                                "\xe2\x80\xaf",
                                                "\xe2\x81\x9f",
                                                "\xe3\x80\x80"};
  while (!text.empty()) {
    const auto *blank = std::find_if(std::begin(blanks), std::end(blanks),
                                     [text](std::string_view each) { return text.starts_with(each); });
    if (blank == std::end(blanks)) return false;
    text.remove_prefix(blank->size());
  }
  return true;
}

std::string_view copy_state(std::optional<std::string_view> crossing) {
  if (!crossing) return "NOT_APPLICABLE";
  if (*crossing == "DISCARDED") return "DEAD";
  return *crossing;
}

bool blames_the_body(const causeway::fault &why, bool codes_from_body) {
  static constexpr std::string_view codes[] = {"type", "reason", "category", "issue"};
  static constexpr std::string_view texts[] = {"caseNumber", "with", "subject", "text"};
  return std::all_of(why.inputs.begin(), why.inputs.end(), [codes_from_body](const causeway::input_fault &input) {
    const auto is = [&input](std::string_view name) { return input.pointer == name; };
    return std::any_of(std::begin(texts), std::end(texts), is) ||
           (codes_from_body && std::any_of(std::begin(codes), std::end(codes), is));
  });
}

}  // namespace communications
