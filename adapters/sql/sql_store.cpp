// The store itself: translates requests on the caller's thread, queues them, and keeps the workers that answer them.
#include "sql/sql_store.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <stdexcept>
#include <thread>

#include "sql/contents_guard.hpp"
#include "sql/schema.hpp"
#include "sql/worker.hpp"
#include "store/kept_versions.hpp"

namespace causeway {

using namespace sql;

struct sql_store::parts {
  explicit parts(sql_store_options given)
      : options(std::move(given)),
        versions(kept_versions_kind(options.name), 0),
        queue(options.queue, options.dialect == sql_dialect::sqlite3),
        watch(options.dialect != sql_dialect::sqlite3 && !options.odbc ? std::make_shared<overdue_watch>() : nullptr),
        workers({options.name, connection_options(), options.readers, {options.now, options.report, &versions}},
                queue) {
    adopt(options.kinds);
  }

  void adopt(const std::vector<kind_ptr> &kinds) {
    const std::unique_lock lock(tables_mutex);
    const auto is_its = [](const table *t, const kind_ptr &kind) { return &t->kind() == kind.get(); };
    if (tables && std::equal(tables->all().begin(), tables->all().end(), kinds.begin(), kinds.end(), is_its)) return;
    tables = std::make_unique<const table_set>(kinds, tables.get(), options.dialect == sql_dialect::sqlite3);
  }

  std::vector<schema_difference> prepare_schema(connection &on) const;
  std::vector<schema_difference> differences_of(connection &on, const std::vector<const table *> &wanted) const;

  // Those of the kinds, and the one that versions are kept in where a kind needs it.
  std::vector<const table *> all_tables() const {
    const std::shared_lock lock(tables_mutex);
    auto all = tables->all();
    const bool kept = std::any_of(all.begin(), all.end(), [](const table *t) { return t->kind().guarded_by_contents; });
    if (kept) all.push_back(&versions);
    return all;
  }

  // The lock is let go before anything is answered: completions come back with the next request.
  template <class Translation>
  auto translate(Translation with) const {
    const std::shared_lock lock(tables_mutex);
    return with(*tables);
  }

  connect_options connection_options() const {
    return {options.dialect, options.connect, options.create, options.read_only, options.now, watch, options.odbc};
  }

  // Queues the job, or answers it at once.
  void submit(job_ptr j) {
    const lane into = lane_of(*j);
    if (options.read_only && into == lane::write) {
      j->fail({outcome::internal, "store " + options.name + " was opened for reading only", {}});
      return;
    }
    if (j->deadline < options.now()) {
      j->fail({outcome::deadline, "the deadline has passed", {}});
      return;
    }
    if (!workers.serves(into)) {
      j->fail(workers.away_fault());
      return;
    }
    switch (queue.push(j)) {
      case job_queue::accepted::yes:
        // The last connection may have gone in between, with nobody left to take it.
        if (!workers.serves(into)) workers.give_up(into);
        return;
      case job_queue::accepted::full:
        j->fail({outcome::overloaded, "store " + options.name + " has all the work that may wait", {}});
        return;
      case job_queue::accepted::closed:
        j->fail({outcome::unavailable, "store " + options.name + " is stopping", {}});
        return;
    }
  }

  sql_store_options options;
  // Held while a request is translated; the tables themselves stay for as long as the store.
  mutable std::shared_mutex tables_mutex;
  std::unique_ptr<const table_set> tables;
  const table versions;
  job_queue queue;
  std::shared_ptr<overdue_watch> watch;  // of servers, but for those behind ODBC
  worker_group workers;
  mutable std::mutex mutex;
  std::vector<schema_difference> differences;
};

namespace {

sql_store_options checked(sql_store_options o) {
  const auto refuse = [&](const char *why) { throw std::invalid_argument("store " + o.name + ": " + why); };
  if (o.readers < 1 || o.readers > 64) refuse("readers must be 1 to 64");
  if (o.queue < 1) refuse("queue must be at least 1");
  if (!o.keys) refuse("keys is needed");
  if (!o.now) refuse("now is needed");
  if (o.dialect == sql_dialect::sqlite3 && (o.connect.empty() || o.connect.find('"') != std::string::npos))
    refuse("the file's path must not be empty and must have no double quotes");
  if (o.odbc && o.dialect == sql_dialect::sqlite3) refuse("SQLite is not reached over ODBC");
  if (!o.report) o.report = [](std::string_view, std::string_view) {};
  return o;
}

}  // namespace

sql_store::sql_store(sql_store_options options) : parts_(std::make_unique<parts>(checked(std::move(options)))) {
  parts_->workers.start();
}

sql_store::~sql_store() { stop(); }

result<done> sql_store::prepare(time_point deadline) {
  parts &p = *parts_;
  for (;;) {
    if (auto connected = p.workers.wait_until_serving(deadline); !connected) return connected.why();
    std::unique_ptr<connection> on;
    try {
      // A session of its own: the workers' statements know nothing of tables that change.
      on = connection::open(p.connection_options());
      on->bound(deadline);
      auto differences = p.prepare_schema(*on);
      const std::lock_guard lock(p.mutex);
      p.differences = std::move(differences);
      return done();
    } catch (const database_failure &failure) {
      // A database that comes up, or a connection that is cut, is better met again than reported.
      const bool passes = !on || failure.what == failure_class::lost || failure.what == failure_class::again;
      if (!passes || p.options.now() >= deadline) {
        const bool defect = failure.what == failure_class::internal || failure.what == failure_class::unique;
        return fault{defect ? outcome::internal : outcome::unavailable,
                     "store " + p.options.name + ": the schema could not be prepared (" + failure.code + ")",
                     {}};
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

// What is missing is created, if that is asked for; what differs then is told. A schema that fits is only read: a
// gateway that takes up its configuration anew must not stand in its own writers' way.
std::vector<schema_difference> sql_store::parts::prepare_schema(connection &on) const {
  const std::vector<const table *> all = all_tables();
  auto found = differences_of(on, all);
  const bool can_mend =
      std::any_of(found.begin(), found.end(), [](const schema_difference &d) { return !d.remedy.empty(); });
  if (!options.create || options.read_only || !can_mend) return found;
  on.begin();
  // Two gateways that create at once would meet in the catalogue.
  if (on.dialect() == sql_dialect::postgresql) on.execute("SELECT pg_advisory_xact_lock(4851374912006315)");
  if (on.dialect() == sql_dialect::mysql) on.execute("SELECT GET_LOCK('causeway_schema', 30)");
  for (const table *t : all)
    for (const auto &difference : compare(on.dialect(), *t, look_at(on, *t)))
      for (const std::string &statement : difference.remedy) {
        on.execute(statement);
        options.report("schema created", statement.substr(0, statement.find(" (")));
      }
  on.commit();
  return differences_of(on, all);
}

std::vector<schema_difference> sql_store::parts::differences_of(connection &on,
                                                                const std::vector<const table *> &wanted) const {
  std::vector<schema_difference> found;
  std::set<std::string> told;
  for (const table *t : wanted) {
    const live_table live = look_at(on, *t);
    for (auto &difference : compare(on.dialect(), *t, live)) found.push_back(std::move(difference));
    // Said once: a database has one encoding, or few.
    const auto lacking = lacking_encoding(on.dialect(), *t, live, options.charset);
    if (lacking && told.insert(*lacking).second)
      found.push_back(
          {{"table " + t->kind().table + " keeps text in " + *lacking + ", which cannot hold all of " +
                options.charset + "; say by `charset:` what it can hold, and all text is checked against that",
            difference_type::other,
            t->kind().name,
            {},
            0},
           {}});
  }
  return found;
}

void sql_store::adopt(const std::vector<kind_ptr> &kinds) { parts_->adopt(kinds); }

std::vector<std::string> sql_store::differences(bool lasting) const {
  std::vector<std::string> sentences;
  for (auto &difference : live_differences(lasting)) sentences.push_back(std::move(difference.sentence));
  return sentences;
}

std::vector<live_difference> sql_store::live_differences(bool lasting) const {
  const std::lock_guard lock(parts_->mutex);
  std::vector<live_difference> all;
  for (const schema_difference &difference : parts_->differences)
    if (!lasting || difference.remedy.empty()) all.push_back(difference.what);
  return all;
}

std::string sql_store::ddl() const {
  std::string all;
  for (const table *t : parts_->all_tables())
    for (const std::string &statement : create_statements(parts_->options.dialect, *t)) all += statement + ";\n";
  return all;
}

void sql_store::stop() {
  parts_->queue.close();
  parts_->workers.stop();
}

void sql_store::get(get_request request, time_point deadline, completion<record> done) {
  auto j = std::make_unique<get_job>(verb::get, deadline, std::move(done));
  if (auto encoded = parts_->translate([&](const table_set &in) { return encode_get(in, std::move(request), *j); });
      !encoded)
    return j->fail(encoded.why());
  parts_->submit(std::move(j));
}

void sql_store::find(find_request request, time_point deadline, completion<std::vector<record>> done) {
  auto j = std::make_unique<find_job<std::vector<record>>>(verb::find, deadline, std::move(done));
  bool nothing = false;
  if (auto encoded =
          parts_->translate([&](const table_set &in) { return encode_find(in, std::move(request), *j, nothing); });
      !encoded)
    return j->fail(encoded.why());
  if (nothing) return j->answer(std::vector<record>());
  parts_->submit(std::move(j));
}

void sql_store::count(find_request request, time_point deadline, completion<std::int64_t> done) {
  auto j = std::make_unique<find_job<std::int64_t>>(verb::count, deadline, std::move(done));
  bool nothing = false;
  if (auto encoded =
          parts_->translate([&](const table_set &in) { return encode_find(in, std::move(request), *j, nothing); });
      !encoded)
    return j->fail(encoded.why());
  if (nothing) return j->answer(std::int64_t(0));
  parts_->submit(std::move(j));
}

void sql_store::commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) {
  auto j = std::make_unique<commit_job>(verb::commit, deadline, std::move(done));
  if (auto encoded = parts_->translate(
          [&](const table_set &in) { return encode_unit(in, std::move(unit), *parts_->options.keys, *j); });
      !encoded)
    return j->fail(encoded.why());
  if (j->changes.empty()) return j->answer(commit_outcome());
  parts_->submit(std::move(j));
}

store_state sql_store::state() const { return parts_->workers.serving() ? store_state::serving : store_state::away; }

store_figures sql_store::figures() const {
  store_figures out{parts_->queue.figures(lane::read), parts_->queue.figures(lane::write)};
  out.reads.connections = parts_->workers.connections(lane::read);
  out.writes.connections = parts_->workers.connections(lane::write);
  return out;
}

}  // namespace causeway
