// What a store tells of how busy it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace causeway {

// Of a store's reads, or of its writes.
struct lane_figures {
  // The sizes of batches are counted up to 1, 2, 4, ... 512 requests.
  static constexpr std::size_t sizes = 10;

  std::size_t waiting = 0;      // requests in the queue
  std::size_t connections = 0;  // that serve it; 0: the store is away
  std::array<std::uint64_t, sizes>
      batches{};               // taken so far, by size: batches[i] had at most 2^i, and more than 2^(i-1)
  std::uint64_t requests = 0;  // taken so far, over all batches
};

struct store_figures {
  lane_figures reads;
  lane_figures writes;
};

}  // namespace causeway
