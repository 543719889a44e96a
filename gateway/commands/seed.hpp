// Made-up customers, officers and histories for trying Causeway out: the same for the same random seed.
#pragma once

#include <cstdint>
#include <functional>

#include "causeway/result.hpp"
#include "store/record_store.hpp"

namespace causeway {

struct seed_options {
  std::int64_t customers = 10'000;  // CSIDs 1 to this; 1 to 999,999,999
  std::uint64_t random_seed = 1;
  std::function<void(std::int64_t done)> progress;  // called now and then, on the calling thread; may be empty
};

// A record kind by its full name; null where the configuration has none.
using kind_lookup = std::function<kind_ptr(std::string_view name)>;

// Fills both stores, which must be empty of customers and officers (outcome::conflict else, and nothing is written).
// CSIDs divisible by 4 are international; those divisible by 50 have no applicant name in Cuba; those ending in 8 are
// Personalised Services customers, assigned; everyone has an online account, four channel preferences, some history and
// no privacy check. Officers PSO001 to PSO020 in streams and teams. Waits for the stores: not on a thread of theirs. A
// fault leaves a part behind, which a second try refuses: begin with empty stores again.
result<done> seed(record_store &pluto, record_store &cuba, const kind_lookup &kinds, const seed_options &options);

}  // namespace causeway
