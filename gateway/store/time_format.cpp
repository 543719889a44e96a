// A format is cut into pieces once; then writing and reading are one walk over them each. Both go through the same
// seven numbers, which are checked against the calendar in between.
#include "store/time_format.hpp"

#include <array>
#include <chrono>
#include <cstddef>

namespace causeway {

namespace {

constexpr std::array<std::string_view, 12> month_names{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                       "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

// Two digits are read as Oracle reads RR in the first half of a century.
constexpr year_range short_years{1950, 2049};

struct moment {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millisecond = 0;

  bool ok() const {
    return std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{unsigned(month)},
                                       std::chrono::day{unsigned(day)}}
               .ok() &&
           hour < 24 && minute < 60 && second < 60;
  }
};

// Takes `digits` digits off the front of `text`.
bool take(std::string_view &text, std::size_t digits, int &into) {
  if (text.size() < digits) return false;
  into = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    into = into * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view &text, char literal) {
  if (text.empty() || text.front() != literal) return false;
  text.remove_prefix(1);
  return true;
}

// Writes `digits` digits, 2 to 4, behind `text`.
void put(std::string &text, int number, std::size_t digits) {
  char said[4];
  for (std::size_t i = digits; i-- > 0; number /= 10) said[i] = char('0' + number % 10);
  text.append(said, digits);
}

std::optional<moment> read_iso(std::string_view text, bool date) {
  moment m;
  bool good =
      take(text, 4, m.year) && take(text, '-') && take(text, 2, m.month) && take(text, '-') && take(text, 2, m.day);
  if (!date)
    good = good && take(text, 'T') && take(text, 2, m.hour) && take(text, ':') && take(text, 2, m.minute) &&
           take(text, ':') && take(text, 2, m.second) && take(text, '.') && take(text, 3, m.millisecond) &&
           take(text, 'Z');
  if (!good || !text.empty() || !m.ok()) return std::nullopt;
  return m;
}

std::string write_iso(const moment &m, bool date) {
  char text[] = "0000-00-00T00:00:00.000Z";
  const auto put_at = [&text](std::size_t end, int number) {
    for (; number > 0; number /= 10) text[--end] = char('0' + number % 10);
  };
  put_at(4, m.year);
  put_at(7, m.month);
  put_at(10, m.day);
  if (date) return std::string(text, 10);
  put_at(13, m.hour);
  put_at(16, m.minute);
  put_at(19, m.second);
  put_at(23, m.millisecond);
  return std::string(text, 24);
}

fault wrong(std::string detail) { return {outcome::invalid, std::move(detail), {}}; }

}  // namespace

result<time_format> time_format::compile(std::string_view format, field_type type) {
  struct letter {
    std::string_view text;
    part what;
  };
  // MON stands before MM, HH24 is whole: no letters are the beginning of others.
  static constexpr letter letters[] = {{"YYYY", part::year}, {"RR", part::short_year}, {"MON", part::month_name},
                                       {"MM", part::month},  {"DD", part::day},        {"HH24", part::hour},
                                       {"MI", part::minute}, {"SS", part::second},     {"FF3", part::millisecond}};
  if (type != field_type::date && type != field_type::timestamp)
    return wrong("only a date or a timestamp has a format, not " + std::string(to_string(type)));
  time_format made;
  made.date_ = type == field_type::date;
  const std::string_view iso = made.date_ ? "YYYY-MM-DD" : "YYYY-MM-DDTHH24:MI:SS.FF3Z";
  if (format.empty()) format = iso;
  made.iso_ = format == iso;

  std::array<int, 10> seen{};
  while (!format.empty()) {
    const letter *found = nullptr;
    for (const letter &l : letters)
      if (format.starts_with(l.text)) found = &l;
    if (!found) {
      made.pieces_.push_back({part::literal, format.front()});
      format.remove_prefix(1);
      continue;
    }
    if (++seen[std::size_t(found->what)] > 1) return wrong("the format has " + std::string(found->text) + " twice");
    made.pieces_.push_back({found->what, '\0'});
    format.remove_prefix(found->text.size());
  }

  const auto has = [&](part what) { return seen[std::size_t(what)] > 0; };
  if (has(part::month) && has(part::month_name)) return wrong("the format has both MM and MON");
  if (has(part::year) && has(part::short_year)) return wrong("the format has both YYYY and RR");
  if (!has(part::year) && !has(part::short_year)) return wrong("the format lacks the year, YYYY or RR");
  if (!has(part::month) && !has(part::month_name)) return wrong("the format lacks the month, MM or MON");
  if (!has(part::day)) return wrong("the format lacks the day, DD");
  if (made.date_) {
    if (has(part::hour) || has(part::minute) || has(part::second) || has(part::millisecond))
      return wrong("a date's format has no time of day (HH24, MI, SS, FF3)");
    return made;
  }
  if (!has(part::hour)) return wrong("the format lacks the hour, HH24");
  if (!has(part::minute)) return wrong("the format lacks the minute, MI");
  if (!has(part::second)) return wrong("the format lacks the second, SS");
  return made;
}

std::optional<std::string> time_format::to_stored(std::string_view iso) const {
  const auto m = read_iso(iso, date_);
  if (!m) return std::nullopt;
  if (iso_) return std::string(iso);
  std::string text;
  text.reserve(pieces_.size() + 16);
  for (const piece &p : pieces_) switch (p.what) {
      case part::literal:
        text += p.literal;
        break;
      case part::year:
        put(text, m->year, 4);
        break;
      case part::short_year:
        if (m->year < short_years.first || m->year > short_years.last) return std::nullopt;
        put(text, m->year % 100, 2);
        break;
      case part::month:
        put(text, m->month, 2);
        break;
      case part::month_name:
        text += month_names[std::size_t(m->month - 1)];
        break;
      case part::day:
        put(text, m->day, 2);
        break;
      case part::hour:
        put(text, m->hour, 2);
        break;
      case part::minute:
        put(text, m->minute, 2);
        break;
      case part::second:
        put(text, m->second, 2);
        break;
      case part::millisecond:
        put(text, m->millisecond, 3);
        break;
    }
  return text;
}

std::optional<std::string> time_format::from_stored(std::string_view stored) const {
  if (iso_) return read_iso(stored, date_) ? std::optional(std::string(stored)) : std::nullopt;
  moment m;
  for (const piece &p : pieces_) {
    bool good = false;
    switch (p.what) {
      case part::literal:
        good = take(stored, p.literal);
        break;
      case part::year:
        good = take(stored, 4, m.year);
        break;
      case part::short_year:
        good = take(stored, 2, m.year);
        m.year += m.year < short_years.first % 100 ? 2000 : 1900;
        break;
      case part::month:
        good = take(stored, 2, m.month);
        break;
      case part::month_name:
        for (std::size_t i = 0; i < month_names.size() && !good; ++i)
          if (stored.starts_with(month_names[i])) {
            good = true;
            m.month = int(i + 1);
            stored.remove_prefix(3);
          }
        break;
      case part::day:
        good = take(stored, 2, m.day);
        break;
      case part::hour:
        good = take(stored, 2, m.hour);
        break;
      case part::minute:
        good = take(stored, 2, m.minute);
        break;
      case part::second:
        good = take(stored, 2, m.second);
        break;
      case part::millisecond:
        good = take(stored, 3, m.millisecond);
        break;
    }
    if (!good) return std::nullopt;
  }
  if (!stored.empty() || !m.ok()) return std::nullopt;
  return write_iso(m, date_);
}

year_range years_of(std::string_view format) {
  return format.find("RR") == std::string_view::npos ? year_range{} : short_years;
}

}  // namespace causeway
