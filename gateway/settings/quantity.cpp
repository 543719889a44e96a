#include "settings/quantity.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace causeway {

namespace {

using unit = std::pair<std::string_view, std::int64_t>;

// Largest first, for writing.
constexpr std::array<unit, 5> time_units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<unit, 4> size_units{{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}};

template <std::size_t N>
std::optional<std::int64_t> parse_quantity(std::string_view text, const std::array<unit, N> &units) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto amount = parse_whole_number(text.substr(0, digits));
  if (!amount) return std::nullopt;
  for (const auto &[name, factor] : units)
    if (text.substr(digits) == name) {
      if (*amount > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
      return *amount * factor;
    }
  return std::nullopt;
}

template <std::size_t N>
std::string quantity_text(std::int64_t amount, const std::array<unit, N> &units) {
  for (const auto &[name, factor] : units)
    if (amount != 0 && amount % factor == 0) return std::to_string(amount / factor) + std::string(name);
  return "0" + std::string(units.back().first);
}

}  // namespace

std::optional<std::int64_t> parse_whole_number(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0') || text == "-0") return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto ms = parse_quantity(text, time_units);
  if (!ms) return std::nullopt;
  return std::chrono::milliseconds(*ms);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto bytes = parse_quantity(text, size_units);
  if (!bytes) return std::nullopt;
  return static_cast<std::uint64_t>(*bytes);
}

std::string duration_text(std::chrono::milliseconds t) { return quantity_text(t.count(), time_units); }

std::string size_text(std::uint64_t bytes) { return quantity_text(static_cast<std::int64_t>(bytes), size_units); }

}  // namespace causeway
