// How a command gets at a store without knowing which adapter serves it; main.cpp says how.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "settings/settings.hpp"
#include "store/key_maker.hpp"
#include "store/live_difference.hpp"
#include "store/record_store.hpp"
#include "store/store_figures.hpp"

namespace causeway {

// A store with what only its owner may do.
struct opened_store {
  std::shared_ptr<record_store> store;
  // Waits for a first connection and creates what is missing, where the settings say so. invalid: the schema differs.
  std::function<result<done>(time_point deadline)> prepare;
  // After prepare: each difference of the live schema from the record kinds; `lasting`: without what creating would
  // mend.
  std::function<std::vector<live_difference>(bool lasting)> differences;
  // From here on these are its kinds; what is under way in the terms of others ends in them. Throws
  // std::invalid_argument for kinds that it cannot have, and nothing has changed then. `prepare` looks at them.
  std::function<void(const std::vector<kind_ptr> &kinds)> adopt;
  // The statements that create the kinds' tables.
  std::function<std::string()> ddl;
  // Finishes what waits and ends its threads.
  std::function<void()> stop;
  // How busy it is; any thread, cheap.
  std::function<store_figures()> figures;
};

// Of an adapter's store, which has a function for each of these.
template <typename Store>
opened_store opened(const std::shared_ptr<Store> &store) {
  return {store,
          [store](time_point deadline) { return store->prepare(deadline); },
          [store](bool lasting) { return store->live_differences(lasting); },
          [store](const std::vector<kind_ptr> &adopted) { store->adopt(adopted); },
          [store] { return store->ddl(); },
          [store] { store->stop(); },
          [store] { return store->figures(); }};
}

// `kinds`: the site's and Causeway's own. `read_only`: nothing is written or created, and a gateway that serves from
// the store is not disturbed.
using store_opener =
    std::function<opened_store(const settings &all, const store_settings &which, std::vector<kind_ptr> kinds,
                               std::shared_ptr<key_maker> keys, bool read_only)>;

}  // namespace causeway
