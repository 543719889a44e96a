// Each such setting is a line of a table of its path and its value in words; two configurations are held against each
// other line by line.
#include "commands/restart_needed.hpp"

#include <map>
#include <string>

#include "commands/stores.hpp"
#include "mapping/charset.hpp"
#include "settings/quantity.hpp"

namespace causeway {

namespace {

constexpr const char *what_to_do = ", which takes a restart: restart the gateway, or change it back";

using table = std::map<std::string, std::string>;  // values in words, by the settings' paths

table listening(const settings &content) {
  table all{{"dataDir", content.data_dir.string()},
            {"listen.address", content.address},
            {"listen.port", std::to_string(content.port)},
            {"listen.threads", std::to_string(content.threads)},
            {"gateways.takeover", duration_text(content.takeover)}};
  if (content.metrics) {
    all["metrics.listen.address"] = content.metrics->address;
    all["metrics.listen.port"] = std::to_string(content.metrics->port);
  }
  return all;
}

table of_store(const store_settings &store) {
  const std::string at = "stores." + store.name + ".";
  return {
      {at + "backend", std::string(to_string(store.kind))}, {at + "dialect", std::string(to_string(store.dialect))},
      {at + "create", store.create ? "true" : "false"},     {at + "readers", std::to_string(store.readers)},
      {at + "queue", std::to_string(store.queue)},          {at + "charset", std::string(to_string(store.encoding))}};
}

class restart_check {
 public:
  restart_check(const configuration &serving, const configuration &asked) : serving_(serving), asked_(asked) {}

  std::vector<finding> run() {
    compare(listening(serving_.content), listening(asked_.content));
    for (const auto &store : asked_.content.stores) {
      const auto *had = serving_.content.find_store(store.name);
      if (had == nullptr) {
        say(store.at, "stores." + store.name + " is new");
        continue;
      }
      compare(of_store(*had), of_store(store));
      if (had->connect != store.connect) {
        const std::string path = "stores." + store.name + ".connect";
        say(place_of(path), path + " changes");
      }
    }
    for (const auto &store : serving_.content.stores)
      if (asked_.content.find_store(store.name) == nullptr)
        say(place_of("stores"), "stores." + store.name + " is gone");
    const auto home = home_store(serving_), next = home_store(asked_);
    if (home != next && findings_.empty())
      say(asked_.content.find_store(next)->at,
          "the store where gateways find each other, the first that is copied "
          "from, changes from " +
              home + " to " + next);
    return std::move(findings_);
  }

 private:
  place place_of(const std::string &path) const {
    const auto found = asked_.content.places.find(path);
    return found == asked_.content.places.end() ? asked_.content.top : found->second;
  }

  void compare(const table &had, const table &has) {
    for (const auto &[path, value] : has) {
      const auto was = had.find(path);
      if (was == had.end())
        say(place_of(path), path + " is new");
      else if (was->second != value)
        say(place_of(path), path + " changes from " + was->second + " to " + value);
    }
    for (const auto &[path, value] : had)
      if (!has.contains(path)) say(place_of(path), path + " is gone");
  }

  void say(const place &at, const std::string &what) { findings_.push_back({at, severity::error, what + what_to_do}); }

  const configuration &serving_;
  const configuration &asked_;
  std::vector<finding> findings_;
};

}  // namespace

std::vector<finding> restart_needed(const configuration &serving, const configuration &asked) {
  return restart_check(serving, asked).run();
}

}  // namespace causeway
