// What the plugin host is given by the program that starts it.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "causeway/value.hpp"
#include "runtime/clock.hpp"
#include "runtime/finding.hpp"
#include "store/key_maker.hpp"
#include "store/record_store.hpp"

namespace causeway {

// Maps a record; pure, any thread. Invalid with the source's fields named for what cannot be carried.
using record_map = std::function<result<record>(const record &)>;

struct plugin_host_options {
  std::filesystem::path folder;                                 // where plugins named without a slash stand
  std::map<std::string, std::shared_ptr<record_store>> stores;  // by name: "pluto"
  std::function<kind_ptr(std::string_view name)> kind;          // a configured record kind; null for an unknown one
  // Whether a kind is configured and has faults, which are told already: a plugin that uses it is not loaded, and no
  // more is said of it. May be empty.
  std::function<bool(std::string_view name)> faulty_kind;
  // The mapping declared from one kind to the other, or backwards; an empty function where there is none.
  std::function<record_map(const kind_ptr &from, const kind_ptr &to)> mapping;
  std::shared_ptr<key_maker> keys;
  std::shared_ptr<const clock> time;
  // A plugin with so many calls unanswered beyond their deadline is stuck: its operations answer 503 until it has
  // answered some.
  std::size_t overdue_most = 1000;
  std::chrono::milliseconds stop_wait{5'000};  // how long stop() waits for open calls
  std::vector<std::string> roles{"service-officer", "ps-officer", "service-manager", "partner", "operator"};
};

// A plugin as the configuration names it.
struct plugin_reference {
  struct setting {
    place at;
    value content;  // text as written, or already an integer or a boolean
  };
  place at;
  std::string library;  // a name in the plugin folder, or a path
  std::map<std::string, setting> settings;
};

}  // namespace causeway
