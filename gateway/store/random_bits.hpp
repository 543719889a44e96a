// Numbers that do not come twice: for keys and trace ids. Not for secrets: who sees enough of them can tell the next.
#pragma once

#include <cstdint>

namespace causeway {

// 64 random bits, of a generator that each thread seeds for itself from the machine's entropy. Any thread.
std::uint64_t random_bits();

}  // namespace causeway
