#include "store/key_maker.hpp"

#include <algorithm>
#include <stdexcept>

#include "store/random_bits.hpp"

namespace causeway {

namespace {

constexpr std::chrono::sys_days epoch_2020 = std::chrono::year{2020} / 1 / 1;

}  // namespace

key_maker::key_maker(std::function<time_point()> now, unsigned gateway) : now_(std::move(now)), gateway_(gateway) {
  if (gateway >= gateways) throw std::invalid_argument("key_maker: gateway must be below 1024");
}

void key_maker::set_gateway(unsigned gateway) {
  if (gateway >= gateways) throw std::invalid_argument("key_maker: gateway must be below 1024");
  gateway_ = gateway;
}

std::string key_maker::id() {
  constexpr char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const auto ms = std::max<std::int64_t>(0, (now_() - time_point(epoch_2020)).count());
  std::uint64_t tick = 0;
  {
    const std::lock_guard lock(mutex_);
    last_tick_ = std::max(last_tick_ + 1, std::uint64_t(ms) << 10);
    tick = last_tick_;
  }
  std::uint64_t bits = (tick >> 10 << 20) | (gateway_ << 10) | (tick & 1023);
  std::string text(12, '0');
  for (std::size_t i = text.size(); i-- > 0; bits >>= 5) text[i] = alphabet[bits & 31];
  return text;
}

std::string key_maker::uuid() {
  constexpr char hex[] = "0123456789abcdef";
  std::uint64_t ms = 0;
  std::uint32_t counter = 0;
  {
    // 12 bits of counter directly behind the milliseconds keep the keys of one maker rising within a millisecond.
    const std::lock_guard lock(mutex_);
    const auto now_ms = std::uint64_t(std::max<std::int64_t>(0, now_().time_since_epoch().count()));
    if (now_ms > last_uuid_ms_) {
      last_uuid_ms_ = now_ms;
      uuid_counter_ = std::uint32_t(random_bits() & 0x7FF);
    } else if (++uuid_counter_ > 0xFFF) {
      ++last_uuid_ms_;
      uuid_counter_ = 0;
    }
    ms = last_uuid_ms_;
    counter = uuid_counter_;
  }
  const std::uint64_t high = ms << 16 | 0x7000u | counter;
  const std::uint64_t low = (random_bits() & 0x3FFFFFFFFFFFFFFFu) | 0x8000000000000000u;
  std::string text;
  text.reserve(36);
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) text += '-';
    const std::uint64_t half = nibble < 16 ? high : low;
    text += hex[half >> (60 - 4 * (nibble % 16)) & 15];
  }
  return text;
}

std::string key_maker::make(key_generation generate) {
  switch (generate) {
    case key_generation::none:
      return {};
    case key_generation::uuid:
      return uuid();
    case key_generation::id:
      return id();
  }
  return {};
}

}  // namespace causeway
