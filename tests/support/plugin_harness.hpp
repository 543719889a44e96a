// A built plugin, loaded by the real host over memory stores: a test calls an operation and looks at the answer and at
// what stands in the stores.
//
//   plugin_harness harness({.library = "communications", .site = shipped_site()});
//   harness.put("pluto.customer", {{"csid", "000000004"}, {"name", "Ann"}, ...});
//   const answer a = harness.call("POST", "/v1/customers/4/communications", {{"type", "Phone Out"}, ...},
//                                 as("PSO001", {"ps-officer"}));
//
// A test program that uses it must depend on its plugin: add_dependencies(TEST communications).
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/plugin_host.hpp"
#include "runtime/clock.hpp"
#include "runtime/operation.hpp"
#include "store/memory_store.hpp"
#include "tests/support/test_executors.hpp"

namespace causeway::testing {

// Stands until it is moved. Any thread.
class test_clock final : public clock {
 public:
  explicit test_clock(time_point at) : now_(at.time_since_epoch().count()) {}
  time_point now() const override { return time_point(std::chrono::milliseconds(now_.load())); }
  std::chrono::milliseconds elapsed() const override { return std::chrono::milliseconds(now_.load()); }
  void advance(std::chrono::milliseconds by) { now_.fetch_add(by.count()); }

 private:
  std::atomic<std::int64_t> now_;
};

// The part of a configuration that plugins see.
struct test_site {
  std::vector<kind_ptr> kinds;  // a memory store is made for each store that they name
  std::function<record_map(const kind_ptr &from, const kind_ptr &to)> mapping;
  // Puts something before a memory store, an outbox for one; null: nothing.
  std::function<std::shared_ptr<record_store>(const std::string &name, std::shared_ptr<memory_store> store,
                                              std::shared_ptr<key_maker> keys, std::shared_ptr<const clock> time)>
      wrap;
};

// The shipped configuration's kinds and mappings (config/causeway.yaml), and `STORE.copy`, the kind that tells of a
// record's crossing, as a table like any other: a test puts what the relay would tell. Link causeway_shipped_site.
test_site shipped_site();
// The same, whose stores refuse what their character sets in that configuration lack, as the gateway's do.
test_site shipped_site_of_its_charsets();

// Where the build put the fixtures (tests/fixtures/plugins).
std::filesystem::path fixture(std::string_view name);

principal as(std::string name, std::vector<std::string> roles);

using members = std::vector<std::pair<std::string, value>>;

// What a call may carry besides its path and its body.
struct extras {
  std::string if_match = {};
  std::string cursor = {};
  std::int64_t limit = 50;
  std::shared_ptr<answer_keeper> keeper = {};
};

class plugin_harness {
 public:
  struct options {
    std::string library;  // a shipped plugin's name, or a path
    test_site site;
    std::map<std::string, value> settings = {};
    bool threaded = false;  // calls run on a thread of their own instead of the test's
    std::size_t overdue_most = 1000;
  };

  // Throws std::runtime_error with the host's words where the plugin cannot be loaded.
  explicit plugin_harness(options with);
  ~plugin_harness();

  // Calls an operation by its real path ("/v1/customers/4/communications?status=X") and waits for its answer. Members
  // that the operation does not declare are a mistake of the test (std::invalid_argument); one that is missing, of
  // another type, too long or none of its codes is answered 422 as the gateway would. What is never answered gives 504.
  answer call(std::string_view method, std::string_view path, const members &body, const principal &who,
              const extras &with = {});

  // The same, without waiting: `answered` is filled in when the answer comes.
  struct pending {
    std::shared_ptr<std::optional<answer>> answered;
  };
  pending begin(std::string_view method, std::string_view path, const members &body, const principal &who,
                const extras &with = {});
  // Lets what is under way go on. Of a threaded harness: until `p` is answered, at most 5 s.
  void run(const pending &p);

  plugin_host &host() { return *host_; }
  memory_store &store(std::string_view name);
  test_clock &time() { return *time_; }
  kind_ptr kind(std::string_view name) const;

  // Puts a record straight into its memory store; csids as nine digits. Throws where the store refuses it.
  void put(std::string_view kind, const members &fields);
  // Every record of a kind, by its key.
  std::vector<record> all(std::string_view kind);

 private:
  std::shared_ptr<test_clock> time_;
  std::map<std::string, std::shared_ptr<memory_store>, std::less<>> stores_;
  test_site site_;
  // Of a threaded harness, guards every `answered`.
  struct signal;
  std::shared_ptr<signal> signal_;
  std::unique_ptr<pumped_executor> pumped_;
  std::unique_ptr<threaded_executor> threaded_;
  std::unique_ptr<plugin_host> host_;
  std::vector<operation> operations_;
  int requests_ = 0;
};

}  // namespace causeway::testing
