// The record stores of a configuration, open: each with the site's kinds and Causeway's own.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "commands/configuration.hpp"
#include "commands/store_opener.hpp"
#include "relay/trace.hpp"

namespace causeway {

// The store where gateways find each other: the first that is copied from, else the first. Empty without stores.
std::string home_store(const configuration &c);

// Causeway's own record kinds in this store.
std::vector<kind_ptr> own_kinds(const configuration &c, const std::string &store);

// What a command wants of the stores.
enum class store_use {
  serve,    // reads and writes; creates missing tables where the settings of their store say so
  create,   // reads and writes; creates missing tables
  write,    // reads and writes what stands; every difference is a fault
  read,     // only reads, also beside a gateway that serves
  inspect,  // only reads; a missing table is no fault where the settings say that serving would create it
};

// How long a command waits for a store.
constexpr std::chrono::seconds command_patience{30};

class stores {
 public:
  // Opens every configured store. `c` outlives this, or stays until another is adopted.
  stores(const configuration &c, const store_opener &open, std::shared_ptr<key_maker> keys,
         store_use use = store_use::serve);
  // Stops them.
  ~stores();
  stores(const stores &) = delete;
  stores &operator=(const stores &) = delete;

  // Waits for each store and compares its schema with the kinds; what is wrong goes to `findings`, at the place of the
  // store in the configuration. False where anything is.
  bool prepare(std::chrono::milliseconds patience, std::vector<finding> &findings);
  // Takes up the kinds of another configuration with the same stores while requests flow, as `prepare` does. False,
  // with the reasons, where they do not fit; they have the kinds of the configuration before then. A store that cannot
  // serve is only warned of where its kinds stay: that one is away must not keep a key from being revoked. `next`
  // outlives this, or stays until another is adopted. One thread at a time.
  bool adopt(const configuration &next, std::chrono::milliseconds patience, std::vector<finding> &findings);
  void stop();

  // Null where there is none of this name.
  std::shared_ptr<record_store> find(const std::string &name) const;
  std::map<std::string, std::shared_ptr<record_store>> by_name() const;
  std::string ddl() const;
  // By name. Any thread.
  std::map<std::string, store_figures> figures() const;

 private:
  std::vector<kind_ptr> kinds_of(const configuration &c, const std::string &store);
  bool give_kinds(const configuration &of, std::vector<finding> &findings);
  // `unchanged`: those whose kinds stay, so that they need not be asked.
  bool prepare(std::chrono::milliseconds patience, std::vector<finding> &findings,
               const std::set<std::string> &unchanged);

  const configuration *configuration_;
  const store_use use_;
  kind_pool own_;  // Causeway's own kinds
  std::map<std::string, opened_store> opened_;
};

// What tracing looks at; the stores, by name, and the clock outlive it.
trace_site_ptr trace_site_of(const configuration &c, const std::map<std::string, record_store *> &opened,
                             const clock &time);

}  // namespace causeway
