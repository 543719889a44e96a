// What callers send. Lengths are those of Pluto's shipped record kinds, code tables are the site's.
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "causeway/plugin.hpp"

namespace communications {

using causeway::sdk::member;

struct new_communication {
  std::string type, reason, category, issue;
  std::optional<std::string> case_number, with, subject, text;
  static constexpr auto members = std::tuple(
      member("type", &new_communication::type).codes("pluto.communication.type").description("How it came about."),
      member("reason", &new_communication::reason).codes("pluto.communication.reason"),
      member("category", &new_communication::category).codes("pluto.communication.category"),
      member("issue", &new_communication::issue).codes("pluto.communication.issue"),
      member("caseNumber", &new_communication::case_number).length(1, 20),
      member("with", &new_communication::with).length(0, 100).description("Who was spoken or written to."),
      member("subject", &new_communication::subject).length(0, 100),
      member("text", &new_communication::text).length(0, 4000).description("May hold line breaks."));
};

struct new_stacking_document {
  std::optional<std::string> subject, text;
  static constexpr auto members =
      std::tuple(member("subject", &new_stacking_document::subject).length(0, 100),
                 member("text", &new_stacking_document::text).length(0, 4000).description("May hold line breaks."));
};

struct new_note {
  std::string subject, text;
  static constexpr auto members =
      std::tuple(member("subject", &new_note::subject).length(1, 100).description("Not only blanks."),
                 member("text", &new_note::text).length(1, 4000).description("Not only blanks; may hold line breaks."));
};

}  // namespace communications
