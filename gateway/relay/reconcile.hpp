// Compares both sides of a copy route, record by record and field by field, through its mapping. Reads only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "relay/route.hpp"
#include "runtime/clock.hpp"
#include "store/record_store.hpp"

namespace causeway {

enum class mismatch {
  missing,    // the target has no copy
  extra,      // the target has a copy of what the source does not have
  different,  // the copy says something else
};

struct difference {
  mismatch what = mismatch::missing;
  std::string source_key;
  std::vector<std::string> fields;  // of the target, that differ
};

struct reconciled {
  std::uint64_t compared = 0;  // records of the source
  std::uint64_t missing = 0;
  std::uint64_t extra = 0;
  std::uint64_t different = 0;
  bool agrees() const { return missing == 0 && extra == 0 && different == 0; }
};

struct reconcile_options {
  std::size_t page = 500;                      // records held at a time, 1 to 10,000
  std::chrono::milliseconds patience{30'000};  // how long to wait for a store's answer
  // Hear each difference, and the counts after each page; may be empty. On the caller's thread.
  std::function<void(const difference &)> on_difference;
  std::function<void(const reconciled &)> on_page;
};

// Waits for the stores; holds two pages. What is copied while it runs may show as missing: run it when nothing is
// pending. `target_kinds` as for the relay: where lookups find the kinds that they name. The fault is a store's.
result<reconciled> reconcile(const copy_route &route, record_store &source, record_store &target,
                             const std::vector<kind_ptr> &target_kinds, const clock &time,
                             const reconcile_options &options = {});

}  // namespace causeway
