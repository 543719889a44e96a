// Makes keys that rise in time and are unique over all gateways.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "store/record_store.hpp"

namespace causeway {

// Any thread. Keys of one maker rise strictly, also while the clock stands or goes back.
class key_maker {
 public:
  static constexpr unsigned gateways = 1024;

  // `gateway` (0 to 1023) must be no other running gateway's on the same stores: it is part of every `id`.
  key_maker(std::function<time_point()> now, unsigned gateway);

  // The number that membership gave this gateway: before the first key is made, and whenever it is another.
  void set_gateway(unsigned gateway);

  // 12 characters of Crockford's base 32: 40 bits of milliseconds since 2020 (until 2054), 10 bits of gateway, 10 of
  // counter; more than 1,024 in a millisecond borrow from the next.
  std::string id();
  // UUID version 7 (RFC 9562): 48 bits of milliseconds since 1970, 12 of a counter that begins anywhere in its lower
  // half, 62 random bits.
  std::string uuid();
  // What `generate` asks for; empty for none.
  std::string make(key_generation generate);

 private:
  std::function<time_point()> now_;
  std::atomic<std::uint64_t> gateway_;
  std::mutex mutex_;
  std::uint64_t last_tick_ = 0;  // milliseconds since 2020, times 1024, plus the counter
  std::uint64_t last_uuid_ms_ = 0;
  std::uint32_t uuid_counter_ = 0;
};

}  // namespace causeway
