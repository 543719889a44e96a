// One object for each record kind, however often a configuration is read: what compares kinds by their address (a
// store's tables, a plugin's binding, a mapping) then knows an unchanged kind again after a reload.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "store/record_kind.hpp"

namespace causeway {

// Keeps what it has been given. One thread at a time.
class kind_pool {
 public:
  // The kind that was the first to be like this one in every respect; perhaps this one.
  kind_ptr one_for(const kind_ptr &kind);

 private:
  std::shared_ptr<const code_table> one_for(const std::shared_ptr<const code_table> &codes);

  std::multimap<std::string, kind_ptr> kinds_;  // by name
  std::multimap<std::string, std::shared_ptr<const code_table>> codes_;
};

}  // namespace causeway
