// The plugins of a gateway: loaded, checked, served, stopped.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/host_options.hpp"
#include "runtime/operation.hpp"

namespace causeway {

struct plugin_info {
  struct route {
    std::string method;
    std::string path;
    std::vector<std::string> roles;
  };
  std::string name;
  std::string version;
  std::string build;  // the same for the same build of its library
  std::uint32_t abi = 0;
  std::string state;           // "serving", "stuck", "stopped"
  std::size_t open_calls = 0;  // not answered yet
  std::vector<route> operations;
  std::vector<std::pair<std::string, std::uint32_t>> kinds;  // by name, with what it does to them (cw_use)
};

// load() on one thread, before anything is served; the rest from any thread. The executors of calls must outlive the
// stores' last completion, the stores and this.
class plugin_host {
 public:
  explicit plugin_host(plugin_host_options options);
  ~plugin_host();  // stops

  // Opens, checks and creates one plugin, or does nothing but say in `findings` everything that stands in its way.
  // False with at least one error there.
  bool load(const plugin_reference &reference, std::vector<finding> &findings);

  // What the loaded plugins declare, in the order of loading, then GET /v1/admin/plugins. They may be called after
  // this host is gone: a stopped plugin's answer 503.
  std::vector<operation> operations() const;

  std::vector<plugin_info> plugins() const;

  // No plugin has a call, or anything else that it is still to hear of.
  bool is_idle() const;

  // Refuses new calls, waits for open ones as long as the options say, and ends the instances. One that still has open
  // calls then is left as it is for the rest of the process (its calls are answered 503), and the log says so. Twice
  // does nothing.
  void stop();

 private:
  struct shared;
  std::shared_ptr<shared> shared_;
};

}  // namespace causeway
