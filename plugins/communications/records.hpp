// The record kinds that this plugin reads and writes, with the fields that it needs of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "causeway/record.hpp"

namespace communications {

using causeway::sdk::field;
using optional_text = std::optional<std::string>;

namespace pluto {

struct customer {
  static constexpr std::string_view kind = "pluto.customer";
  std::string csid;
  bool international = false;
  static constexpr auto fields =
      std::tuple(field("csid", &customer::csid), field("international", &customer::international));
};

// A communication as answers speak of it, whichever store holds it.
struct communication {
  static constexpr std::string_view kind = "pluto.communication";
  std::string communication_id, csid, type, reason, category, issue;
  optional_text case_number, with, subject, text;
  std::string created_at, created_by;
  static constexpr auto fields =
      std::tuple(field("communicationId", &communication::communication_id), field("csid", &communication::csid),
                 field("type", &communication::type), field("reason", &communication::reason),
                 field("category", &communication::category), field("issue", &communication::issue),
                 field("caseNumber", &communication::case_number), field("with", &communication::with),
                 field("subject", &communication::subject), field("text", &communication::text),
                 field("createdAt", &communication::created_at), field("createdBy", &communication::created_by));
};

struct note {
  static constexpr std::string_view kind = "pluto.note";
  std::string note_id, communication_id, csid, subject, text, created_at, created_by;
  static constexpr auto fields =
      std::tuple(field("noteId", &note::note_id), field("communicationId", &note::communication_id),
                 field("csid", &note::csid), field("subject", &note::subject), field("text", &note::text),
                 field("createdAt", &note::created_at), field("createdBy", &note::created_by));
};

// What the gateway tells of a record's crossing; there is none for a record that no route carries.
struct copy {
  static constexpr std::string_view kind = "pluto.copy";
  std::string source_id, state;
  optional_text target_id, copied_at;
  static constexpr auto fields = std::tuple(field("sourceId", &copy::source_id), field("state", &copy::state),
                                            field("targetId", &copy::target_id), field("copiedAt", &copy::copied_at));
};

}  // namespace pluto

namespace cuba {

struct communication {
  static constexpr std::string_view kind = "cuba.communication";
  std::string comm_no, csid, type, reason, category, issue;
  optional_text case_number, with, subject, text;
  std::string comm_date, status, created_at, created_by;
  optional_text source_id;  // of a copy: Pluto's communicationId
  static constexpr auto fields =
      std::tuple(field("commNo", &communication::comm_no), field("csid", &communication::csid),
                 field("type", &communication::type), field("reason", &communication::reason),
                 field("category", &communication::category), field("issue", &communication::issue),
                 field("caseNumber", &communication::case_number), field("with", &communication::with),
                 field("subject", &communication::subject), field("text", &communication::text),
                 field("commDate", &communication::comm_date), field("status", &communication::status),
                 field("createdAt", &communication::created_at), field("createdBy", &communication::created_by),
                 field("sourceId", &communication::source_id));
};

struct notepad {
  static constexpr std::string_view kind = "cuba.notepad";
  std::string note_no, comm_no, csid, subject, text, created_at, created_by;
  optional_text source_id;  // of a copy: Pluto's noteId
  static constexpr auto fields = std::tuple(
      field("noteNo", &notepad::note_no), field("commNo", &notepad::comm_no), field("csid", &notepad::csid),
      field("subject", &notepad::subject), field("text", &notepad::text), field("createdAt", &notepad::created_at),
      field("createdBy", &notepad::created_by), field("sourceId", &notepad::source_id));
};

struct ps_customer {
  static constexpr std::string_view kind = "cuba.psCustomer";
  std::string csid, status;
  static constexpr auto fields = std::tuple(field("csid", &ps_customer::csid), field("status", &ps_customer::status));
};

}  // namespace cuba

}  // namespace communications
