// The course of a request is drawn when it is sent: how long it takes there and back, and what befalls it.
#include "tests/simulation/network.hpp"

#include <algorithm>
#include <utility>

namespace causeway::simulation {

using namespace std::chrono_literals;

namespace {

constexpr const char *names[] = {"pluto", "cuba"};

fault broken() { return {outcome::unavailable, "the connection broke", {}}; }

std::string told(const fault &why) {
  switch (why.what) {
    case outcome::unavailable:
      return "unavailable";
    case outcome::deadline:
      return "deadline";
    case outcome::stale:
      return "stale";
    case outcome::conflict:
      return "conflict";
    default:
      return "refused (" + why.detail + ")";
  }
}

bool is_of_copies(const unit_of_work &unit) {
  return std::any_of(unit.changes.begin(), unit.changes.end(), [](const change &c) {
    return c.type != change_type::require &&
           (c.what.kind->name == "causeway.outbox" || c.what.kind->find_field("sourceId"));
  });
}

}  // namespace

struct link::open_call {
  open_call(link &on, fiber *asked) : of(on), by(asked) {}
  virtual ~open_call() = default;
  virtual void fail(fault why) = 0;

  void close() {
    of.open_.erase(
        std::find_if(of.open_.begin(), of.open_.end(), [this](const auto &one) { return one.get() == this; }));
  }
  void wake() {
    if (by) of.process_->go_on(*by);
  }

  link &of;
  fiber *const by;
  std::string what;  // for the trace
  bool over = false;
};

template <class T>
struct link::call final : open_call, std::enable_shared_from_this<call<T>> {
  call(link &on, fiber *asked, completion<T> tell) : open_call(on, asked), done(std::move(tell)) {}

  void answer(result<T> with) {
    if (over) return;
    const auto keep = this->shared_from_this();
    over = true;
    of.world_.story.note([&] {
      return of.process_->name + " hears from " + names[of.side_] + (with ? ": done" : ": " + told(with.why())) +
             (what.empty() ? "" : " (" + what + ")");
    });
    close();
    done(std::move(with));
    wake();
  }
  void fail(fault why) override { answer(std::move(why)); }

  completion<T> done;
};

struct link::course {
  enum class end { none, before_sending, under_way, at_the_answer };
  moment there{}, back{};
  bool lost_request = false, lost_answer = false;
  moment stall_before{0}, stall_at_answer{0};
  end crash = end::none;
};

link::link(world &in, std::shared_ptr<process> of, store_server::which side)
    : world_(in), process_(std::move(of)), server_(side == store_server::source ? in.pluto : in.cuba), side_(side) {}

link::course link::draw(bool weighty) {
  dice &chance = world_.chance;
  course c;
  const std::uint64_t pace = chance.below(1'000);
  c.there = moment(1 + std::int64_t(pace % 3)) + (pace >= 900 ? moment(pace % 40) : 0ms);
  c.back = moment(1 + std::int64_t(pace / 3 % 3));
  if (world_.calm) return c;
  const message_faults &faults = world_.what.messages;
  const auto befalls = [&](unsigned rate) { return rate > 0 && chance.happens(weighty ? 5 * rate : rate); };
  const auto long_time = [&] {
    const moment most[] = {400ms, 3s, 8s};
    return chance.between(20ms, most[chance.below(3)]);
  };
  c.lost_request = befalls(faults.lost_request);
  c.lost_answer = befalls(faults.lost_answer);
  if (befalls(faults.slow_request)) c.there += long_time();
  if (befalls(faults.slow_answer)) c.back += long_time();
  if (!process_->simulated) return c;
  if (befalls(faults.crash)) c.crash = course::end(1 + chance.below(3));
  if (befalls(faults.stall)) (chance.below(2) == 0 ? c.stall_before : c.stall_at_answer) = long_time();
  return c;
}

// A process that stands still sees nothing before it goes on.
void link::when_awake(std::function<void()> what) {
  if (!process_->dead && process_->stands_still_until > world_.events.now()) {
    world_.events.in(process_->stands_still_until - world_.events.now(),
                     [this, what = std::move(what)]() mutable { when_awake(std::move(what)); });
    return;
  }
  what();
}

template <class T, class Execute>
void link::send(time_point deadline, completion<T> done, bool weighty, Execute execute) {
  if (process_->dead) return done(broken());
  agenda &events = world_.events;
  const auto c = std::make_shared<call<T>>(*this, fiber::current(), std::move(done));
  c->what = execute.what;
  open_.push_back(c);
  course way = draw(weighty);
  const auto note = [this, c](const char *what) {
    world_.story.note([&] { return process_->name + " > " + names[side_] + ": " + c->what + "  [" + what + "]"; });
  };
  if (!c->what.empty()) note("sent");

  if (way.stall_before > 0ms) {
    note("stands still before this leaves");
    process_->stands_still_until = std::max(process_->stands_still_until, events.now() + way.stall_before);
    way.there += way.stall_before;
  }
  if (way.crash == course::end::before_sending) {
    note("dies before this leaves");
    way.lost_request = true;
    events.in(0ms, [to = process_] { to->kill(); });
  } else if (way.crash == course::end::under_way) {
    note("dies while this is under way");
    events.in(world_.chance.between(0ms, way.there + way.back), [to = process_] { to->kill(); });
  }
  const moment gives_up =
      std::clamp<moment>(deadline - (world_.wall() + process_->wall_offset), 0ms, 60s) + events.now();
  const auto give_up = [this, c, gives_up] {
    world_.events.in(std::max<moment>(gives_up - world_.events.now(), 0ms), [this, c] {
      when_awake([c] { c->answer(fault{outcome::deadline, "no answer in time", {}}); });
    });
  };
  if (way.lost_request) {
    note("lost on its way");
    give_up();
    return;
  }
  if (events.now() + way.there + way.back >= gives_up) give_up();

  const auto tell = [this, c, way, note, give_up](result<T> answer) {
    if (way.lost_answer) {
      note("answer lost");
      if (world_.chance.below(2) == 0) return give_up();
      answer = broken();
    }
    world_.events.in(way.back, [this, c, way, note, answer = std::move(answer)]() mutable {
      if (way.crash == course::end::at_the_answer && !process_->dead) {
        note("dies when the answer comes");
        process_->kill();
        return;
      }
      if (way.stall_at_answer > 0ms) {
        note("stands still when the answer comes");
        process_->stands_still_until =
            std::max(process_->stands_still_until, world_.events.now() + way.stall_at_answer);
      }
      when_awake([c, answer = std::move(answer)]() mutable { c->answer(std::move(answer)); });
    });
  };
  events.in(way.there, [this, c, note, tell, give_up, execute = std::move(execute)]() mutable {
    if (server_.away || process_->cut_from[side_]) {
      note("cannot reach the store");
      if (world_.chance.below(4) == 0) return give_up();
      return tell(broken());
    }
    execute.run(server_, tell, [&](const result<T> &r) {
      if (!c->what.empty()) note(r ? "carried out" : "refused");
    });
  });
}

namespace {

// A read: carried out where it arrives.
template <class T, class Request, void (record_store::*verb)(Request, time_point, record_store::completion<T>)>
struct reading {
  std::string what;
  Request request;
  template <class Tell, class Said>
  void run(store_server &at, const Tell &tell, Said) {
    (at.content.*verb)(std::move(request), testing::never, [&](result<T> r) { tell(std::move(r)); });
  }
};

// A client's transaction has its ids for a while before it is committed, and others are committed meanwhile.
struct committing {
  std::string what;
  unit_of_work unit;
  world &in;
  std::string by;
  bool of_client;
  template <class Tell, class Said>
  void run(store_server &at, const Tell &tell, Said said) {
    if (!of_client) {
      auto r = at.commit(std::move(unit), by, 0);
      said(r);
      return tell(std::move(r));
    }
    at.begin(unit);
    const std::uint64_t begun = in.truth.next();
    if (!in.calm && in.chance.happens(in.what.aborts)) return tell(broken());
    const bool late = !in.calm && in.chance.happens(in.what.late_commits);
    in.events.in(in.chance.between(0ms, late ? 1'500ms : 4ms),
                 [&at, begun, tell, name = by, u = std::move(unit), &w = in]() mutable {
                   w.story.note([&] { return name + "'s transaction is committed: " + simulation::told(u); });
                   tell(at.commit(std::move(u), name, begun));
                 });
  }
};
}  // namespace

void link::get(get_request request, time_point deadline, completion<record> done) {
  using kind = reading<record, get_request, &record_store::get>;
  send<record>(deadline, std::move(done), false, kind{{}, std::move(request)});
}

void link::find(find_request request, time_point deadline, completion<std::vector<record>> done) {
  using kind = reading<std::vector<record>, find_request, &record_store::find>;
  send<std::vector<record>>(deadline, std::move(done), false, kind{{}, std::move(request)});
}

void link::count(find_request request, time_point deadline, completion<std::int64_t> done) {
  using kind = reading<std::int64_t, find_request, &record_store::count>;
  send<std::int64_t>(deadline, std::move(done), false, kind{{}, std::move(request)});
}

void link::commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) {
  std::string what;
  if (world_.story.wanted()) what = simulation::told(unit);
  const bool weighty = process_->simulated && is_of_copies(unit);
  send<commit_outcome>(deadline, std::move(done), weighty,
                       committing{std::move(what), std::move(unit), world_, process_->name, !process_->simulated});
}

void link::break_off() {
  while (!open_.empty()) {
    const auto last = open_.back();
    last->fail(broken());
  }
}

}  // namespace causeway::simulation
