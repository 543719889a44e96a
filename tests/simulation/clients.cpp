#include "tests/simulation/clients.hpp"

#include <utility>

namespace causeway::simulation {

using namespace std::chrono_literals;

namespace {

std::shared_ptr<process> a_client() {
  auto made = std::make_shared<process>();
  made->name = "client";
  made->kill = [] {};
  return made;
}

}  // namespace

clients::clients(world &in, std::function<void(const std::string &)> told)
    : world_(in),
      time_(in),
      to_pluto_(in, a_client(), store_server::source),
      front_(to_pluto_, world::site().routes, in.keys, time_) {
  front_.on_copy(std::move(told));
  for (const std::string &csid : in.what.customers)
    for (std::uint64_t n = 1 + in.chance.below(2); n > 0; --n) {
      all_.push_back(std::make_unique<client>());
      all_.back()->csid = csid;
      think(*all_.back());
    }
}

void clients::think(client &c) {
  const moment most = world_.chance.below(3) == 0 ? 3s : 300ms;
  world_.events.in(world_.chance.between(1ms, most), [this, &c] { post(c); });
}

void clients::post(client &c) {
  if (posted_ == world_.what.records) return;
  const testing::two_stores &site = world::site();
  const std::string number = std::to_string(++posted_);
  change what{change_type::insert, record(site.communication), 0};
  std::string key = "c" + number;
  if (!c.communications.empty() && world_.chance.below(2) == 0) {
    key = "n" + number;
    what.what = record(site.note);
    what.what["noteId"] = key;
    what.what["communicationId"] = c.communications[world_.chance.below(c.communications.size())];
    what.what["text"] = "text " + number;
  } else {
    what.what["communicationId"] = key;
    what.what["subject"] = "subject " + number;
  }
  what.what["csid"] = c.csid;
  const plan &p = world_.what;
  // The poison is one of the first customer's, so that the others' are there to be held up.
  if (p.poison && posted_ > 1 && c.csid == p.customers.front() && !poisoned_) {
    poisoned_ = true;
    world_.cuba.refuse_for_ever(key);
  } else if (world_.chance.happens(p.refusals)) {
    world_.cuba.refuse_for_now(key, 1 + unsigned(world_.chance.below(3)));
  }
  attempt(c, std::move(what), 1);
}

void clients::attempt(client &c, change what, unsigned times) {
  unit_of_work unit;
  unit.changes.push_back(what);
  front_.commit(std::move(unit), world_.wall() + 2s, [this, &c, what, times](result<commit_outcome> done) {
    // On a second attempt a conflict says that the first was committed after all.
    if (done || (done.why().what == outcome::conflict && times > 1)) {
      if (what.what.kind == world::site().communication)
        c.communications.emplace_back(text_of(what.what["communicationId"]));
      return think(c);
    }
    if (times == 4) return think(c);  // whether it was committed, it will never know
    world_.events.in(world_.chance.between(1ms, 500ms), [this, &c, what, times] { attempt(c, what, times + 1); });
  });
}

}  // namespace causeway::simulation
