// Numbers, times and sizes as a configuration writes them. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace causeway {

// "-12": decimal digits, no leading zeros (other readers take them for octal), within 64 bits.
std::optional<std::int64_t> parse_whole_number(std::string_view text);
// "200ms", "10s", "5m", "24h", "7d": a whole number and its unit.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// "1000" bytes, "64KiB", "1MiB", "1GiB".
std::optional<std::uint64_t> parse_size(std::string_view text);

// The shortest that reads back the same: 86400000 ms is "1d", 1048576 bytes are "1MiB".
std::string duration_text(std::chrono::milliseconds t);
std::string size_text(std::uint64_t bytes);

}  // namespace causeway
