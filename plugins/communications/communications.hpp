// The plugin's class: one handler per operation. What they decide is in rules.hpp and listing.hpp.
#pragma once

#include <string>
#include <vector>

#include "causeway/plugin.hpp"
#include "listing.hpp"
#include "records.hpp"
#include "requests.hpp"
#include "rules.hpp"

namespace communications {

using causeway::result;
using causeway::task;
using causeway::sdk::call;
using causeway::sdk::reply;

// The four codes of a stacking document.
struct stacking_codes {
  std::string type, reason, category, issue;
};

class communications_plugin {
 public:
  static causeway::sdk::declaration declare();
  explicit communications_plugin(const causeway::sdk::settings &given);

  task<reply> create(call c, new_communication body);
  task<reply> stack(call c, new_stacking_document body);
  task<reply> add_note(call c, new_note body);
  task<reply> list(call c);
  task<reply> show(call c);

 private:
  stacking_codes stacking_;
};

// ---- shared by the handlers -----------------------------------------------------------------------------------------

// A communication of this customer by the id that answers give it; not_found, with a reason for people, where there is
// none.
task<result<entry>> locate(call c, std::string csid, std::string id);

// All notes of a communication, oldest first.
task<result<std::vector<pluto::note>>> notes_of(call c, store where, std::string id);

// A record of Cuba as answers speak of it. `internal` where the declared mapping cannot tell it: nothing that the
// caller could do better.
result<entry> in_plutos_terms(const call &c, const cuba::communication &what);

}  // namespace communications
