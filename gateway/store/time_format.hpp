// How a store writes dates and times as text: `DD-MON-YYYY`, `YYYYMMDDHH24MISSFF3`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "causeway/result.hpp"
#include "store/record_kind.hpp"

namespace causeway {

// The letters: YYYY, RR (the last two digits of the years 1950 to 2049), MM, DD, MON (JAN to DEC), HH24, MI, SS, FF3
// (milliseconds); every other character stands for itself. Every part has a fixed width, so that text can be read back
// without guessing. Immutable; any thread.
class time_format {
 public:
  // For a date or a timestamp column (other types: the fault says so). An empty format is ISO 8601 (YYYY-MM-DD), or
  // RFC 3339 with milliseconds. A date names year, month and day once each and no time of day; a timestamp those and
  // HH24, MI and SS. FF3 may be left out: the column then keeps whole seconds and milliseconds are dropped.
  // The fault is `invalid`, its detail names what is missing, doubled or out of place.
  static result<time_format> compile(std::string_view format, field_type type);

  // YYYY-MM-DD or 2026-11-21T09:15:00.000Z as the column writes it; nothing for any other text, and for a year that the
  // format cannot write.
  std::optional<std::string> to_stored(std::string_view iso) const;
  // What the column holds, as YYYY-MM-DD or 2026-11-21T09:15:00.000Z; nothing for text not in this format and for
  // days that no calendar has.
  std::optional<std::string> from_stored(std::string_view stored) const;

 private:
  enum class part { literal, year, short_year, month, month_name, day, hour, minute, second, millisecond };
  struct piece {
    part what;
    char literal;
  };
  std::vector<piece> pieces_;
  bool date_ = false;
  bool iso_ = false;  // the column holds what the gateway says
};

// The years that a format can write, both included. Pure.
struct year_range {
  int first = 0, last = 9999;
};
year_range years_of(std::string_view format);

}  // namespace causeway
