// Records are made in the order of the CSIDs from one random generator, and written in units of some hundred rows, a
// few units at a time for each store. Pluto holds names as people write them, Cuba what its character set can hold.
#include "commands/seed.hpp"

#include <array>
#include <condition_variable>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "runtime/clock.hpp"

namespace causeway {

namespace {

struct name_pair {
  std::string_view pluto;
  std::string_view cuba;
};

constexpr std::array<name_pair, 24> given_names{{
    {"Amelia", "Amelia"},
    {"Zoë", "Zoë"},
    {"Łukasz", "Lukasz"},
    {"Siobhán", "Siobhán"},
    {"Minh", "Minh"},
    {"Nguyệt", "Nguyet"},
    {"José", "José"},
    {"Aroha", "Aroha"},
    {"Māia", "Maia"},
    {"Søren", "Søren"},
    {"Žofie", "Žofie"},
    {"Ayşe", "Ayse"},
    {"Dmitri", "Dmitri"},
    {"Αθηνά", "Athina"},
    {"محمد", "Mohammed"},
    {"שרה", "Sarah"},
    {"伟", "Wei"},
    {"さくら", "Sakura"},
    {"Priya", "Priya"},
    {"Tāne", "Tane"},
    {"François", "François"},
    {"Björn", "Björn"},
    {"Oluwaseun", "Oluwaseun"},
    {"Ngaire", "Ngaire"},
}};

constexpr std::array<name_pair, 24> family_names{{
    {"Smith", "Smith"},
    {"O’Brien", "O’Brien"},
    {"Nguyễn", "Nguyen"},
    {"Kowalski", "Kowalski"},
    {"Müller", "Müller"},
    {"Ångström", "Ångström"},
    {"García", "García"},
    {"Wiśniewska", "Wisniewska"},
    {"Petrović", "Petrovic"},
    {"Παπαδόπουλος", "Papadopoulos"},
    {"Иванова", "Ivanova"},
    {"حسن", "Hassan"},
    {"כהן", "Cohen"},
    {"王", "Wang"},
    {"佐藤", "Sato"},
    {"Singh", "Singh"},
    {"Tamihana", "Tamihana"},
    {"Ngata", "Ngata"},
    {"van der Berg", "van der Berg"},
    {"D’Angelo", "D’Angelo"},
    {"Çelik", "Çelik"},
    {"Okafor", "Okafor"},
    {"Fa‘asavalu", "Fa‘asavalu"},
    {"Brown-Jones", "Brown-Jones"},
}};

constexpr std::array<std::string_view, 8> countries_abroad{"NZ", "GB", "DE", "PL", "JP", "US", "IN", "FJ"};
constexpr std::array<std::string_view, 8> locations{"Hobart", "Adelaide", "Perth", "Townsville",
                                                    "Albury", "Geelong",  "Dubbo", "Parramatta"};
constexpr std::array<std::string_view, 6> session_details{
    "Viewed payment history",      "Changed contact details",
    "Read letter of assessment",   "Uploaded a document: “résumé des dépenses.pdf”",
    "Signed out after inactivity", "Viewed balance — no change"};
constexpr std::array<std::string_view, 4> poi_details{"Passport sighted", "Driver licence and Medicare card",
                                                      "Security questions: 2 of 3", "Voice match"};

// Waits for the units under way; keeps the first fault.
class writer {
 public:
  explicit writer(record_store &store) : store_(store) {}
  ~writer() { wait_below(1); }

  // What is only read is the site's own to fill.
  void add(record what) {
    if (what.kind->read_only) return;
    unit_.changes.push_back({change_type::insert, std::move(what), 0});
    if (unit_.changes.size() >= 400) flush();
  }

  void flush() {
    if (unit_.changes.empty()) return;
    wait_below(4);
    {
      const std::lock_guard lock(mutex_);
      ++under_way_;
    }
    store_.commit(std::exchange(unit_, {}), system_clock().steady() + std::chrono::minutes(5),
                  [this](result<commit_outcome> committed) {
                    const std::lock_guard lock(mutex_);
                    if (!committed && !failed_) failed_ = committed.why();
                    --under_way_;
                    changed_.notify_all();
                  });
  }

  std::optional<fault> finish() {
    flush();
    wait_below(1);
    return failed_;
  }

  bool failed() {
    const std::lock_guard lock(mutex_);
    return failed_.has_value();
  }

 private:
  void wait_below(std::size_t most) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return under_way_ < most; });
  }

  record_store &store_;
  unit_of_work unit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t under_way_ = 0;
  std::optional<fault> failed_;
};

class maker {
 public:
  maker(const kind_lookup &kinds, const seed_options &options) : kinds_(kinds), random_(options.random_seed) {}

  // A record of the kind with the fields that the site's kind has; the others a site has left out.
  record make(std::string_view kind, std::initializer_list<std::pair<std::string_view, value>> fields) const {
    record made(kinds_(kind));
    for (const auto &[name, content] : fields)
      if (made.kind->find_field(name)) made[name] = content;
    return made;
  }

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  template <class T, std::size_t N>
  const T &pick(const std::array<T, N> &from) {
    return from[below(N)];
  }

  std::string id() {
    constexpr char hex[] = "0123456789abcdef";
    std::string text = "00000000-0000-4000-8000-000000000000";
    std::uint64_t bits = 0;
    unsigned left = 0;
    for (char &c : text) {
      if (c != '0') continue;
      if (left == 0) {
        bits = random_();
        left = 16;
      }
      c = hex[bits & 15];
      bits >>= 4;
      --left;
    }
    return text;
  }

  // A moment of the years before 2026, so that seeded history is older than what a user adds.
  std::string moment() {
    constexpr std::chrono::sys_days end = std::chrono::year{2026} / 1 / 1;
    return to_rfc3339(time_point(end) - std::chrono::milliseconds(std::int64_t(below(3 * 365 * 86'400'000ull))));
  }

 private:
  const kind_lookup &kinds_;
  std::mt19937_64 random_;
};

std::string padded(std::int64_t number, std::size_t digits) {
  auto text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

// The readable values of a code field, so that a site's own tables are seeded with its own codes.
std::vector<std::string> codes_of(const kind_ptr &kind, std::string_view field_name) {
  std::vector<std::string> values;
  const auto at = kind->find_field(field_name);
  if (at && kind->fields[*at].codes)
    for (const auto &[readable, stored] : kind->fields[*at].codes->stored_of) values.push_back(readable);
  return values;
}

void add_officers(maker &make, writer &cuba) {
  constexpr std::array<std::string_view, 4> streams{"International", "Complex", "Arrears", "General"};
  for (int n = 1; n <= 20; ++n) {
    const auto &given = make.pick(given_names);
    const auto &family = make.pick(family_names);
    cuba.add(make.make("cuba.psOfficer", {{"officerId", "PSO" + padded(n, 3)},
                                          {"name", std::string(given.cuba) + " " + std::string(family.cuba)},
                                          {"stream", std::string(streams[std::size_t(n) % streams.size()])},
                                          {"team", "Team " + std::to_string(1 + n % 5)}}));
  }
}

void add_customer(std::int64_t number, const std::vector<std::pair<std::string, std::string>> &services, maker &make,
                  writer &pluto, writer &cuba) {
  const std::string csid = padded(number, 9);
  const bool international = number % 4 == 0;
  const auto &given = make.pick(given_names);
  const auto &family = make.pick(family_names);
  pluto.add(make.make("pluto.customer",
                      {{"csid", csid},
                       {"name", std::string(given.pluto) + " " + std::string(family.pluto)},
                       {"country", std::string(international ? make.pick(countries_abroad) : std::string_view("AU"))},
                       {"international", international}}));
  const std::string account = make.id();
  const std::string opened = make.moment();
  pluto.add(make.make(
      "pluto.onlineAccount",
      {{"accountId", account}, {"csid", csid}, {"status", "ACTIVE"}, {"statusSince", opened}, {"linkedAt", opened}}));
  pluto.add(make.make("pluto.accountStatusChange", {{"changeId", make.id()},
                                                    {"accountId", account},
                                                    {"csid", csid},
                                                    {"status", "ACTIVE"},
                                                    {"reason", "Account opened"},
                                                    {"changedAt", opened},
                                                    {"changedBy", "SYSTEM"},
                                                    {"details", "Opened online"}}));
  for (const auto &[product, service] : services)
    pluto.add(make.make("pluto.channelPreference", {{"csid", csid},
                                                    {"product", product},
                                                    {"service", service},
                                                    {"channel", make.below(3) == 0 ? "POST" : "ONLINE"},
                                                    {"updatedAt", opened},
                                                    {"updatedBy", "SYSTEM"},
                                                    {"resetDue", false}}));
  for (std::uint64_t n = 1 + make.below(3); n > 0; --n) {
    const std::string began = make.moment();
    pluto.add(make.make("pluto.webSession",
                        {{"sessionId", make.id()},
                         {"accountId", account},
                         {"csid", csid},
                         {"startedAt", began},
                         {"endedAt", to_rfc3339(*from_rfc3339(began) + std::chrono::seconds(30 + make.below(3000)))},
                         {"channel", make.below(2) == 0 ? "WEB" : "APP"},
                         {"details", std::string(make.pick(session_details))}}));
  }
  const bool passed = make.below(10) != 0;
  pluto.add(make.make("pluto.poiAttempt", {{"attemptId", make.id()},
                                           {"accountId", account},
                                           {"csid", csid},
                                           {"attemptedAt", make.moment()},
                                           {"outcome", passed ? "PASSED" : "FAILED"},
                                           {"points", std::int64_t(passed ? 100 : 10 * make.below(10))},
                                           {"officerId", "PSO" + padded(std::int64_t(1 + make.below(20)), 3)},
                                           {"details", std::string(make.pick(poi_details))}}));

  value applicant = null();
  if (number % 50 != 0) applicant = std::string(given.cuba) + " " + std::string(family.cuba);
  cuba.add(make.make("cuba.customer",
                     {{"csid", csid}, {"applicantName", applicant}, {"location", std::string(make.pick(locations))}}));
  if (number % 10 == 8)
    cuba.add(make.make("cuba.psCustomer", {{"csid", csid},
                                           {"status", "ASSIGNED"},
                                           {"referralType", "OTHER"},
                                           {"officerId", "PSO" + padded(std::int64_t(1 + make.below(20)), 3)},
                                           {"referredAt", make.moment()},
                                           {"referredBy", "SYSTEM"}}));
}

// Whether a record stands of one of these kinds, those aside that are the site's own to fill.
result<bool> holds_any(record_store &store, const kind_lookup &kinds, std::initializer_list<std::string_view> names) {
  const auto soon = system_clock().steady() + std::chrono::seconds(30);
  for (const auto name : names) {
    const kind_ptr kind = kinds(name);
    if (kind->read_only) continue;
    find_request any{.kind = kind, .conditions = {}, .order = kind->key, .descending = false, .after = {}, .limit = 1};
    const auto standing = find_now(store, any, soon);
    if (!standing) return standing.why();
    if (!standing->empty()) return true;
  }
  return false;
}

}  // namespace

result<done> seed(record_store &pluto, record_store &cuba, const kind_lookup &kinds, const seed_options &options) {
  for (const std::string_view needed :
       {"pluto.customer", "pluto.onlineAccount", "pluto.accountStatusChange", "pluto.channelPreference",
        "pluto.webSession", "pluto.poiAttempt", "cuba.customer", "cuba.psCustomer", "cuba.psOfficer"})
    if (!kinds(needed))
      return fault{outcome::invalid, "the configuration has no record kind " + std::string(needed), {}};

  // Both before either is written to: what seeding leaves behind when it fails cannot be seeded again.
  const auto in_pluto = holds_any(pluto, kinds, {"pluto.customer", "pluto.onlineAccount"});
  if (!in_pluto) return in_pluto.why();
  if (*in_pluto) return fault{outcome::conflict, "Pluto holds customers already; seed fills empty stores only", {}};
  const auto in_cuba = holds_any(cuba, kinds, {"cuba.customer", "cuba.psOfficer", "cuba.psCustomer"});
  if (!in_cuba) return in_cuba.why();
  if (*in_cuba)
    return fault{outcome::conflict, "Cuba holds customers or officers already; seed fills empty stores only", {}};

  // Four preferences: the first products and services of the site's code tables.
  std::vector<std::pair<std::string, std::string>> services;
  for (const auto &product : codes_of(kinds("pluto.channelPreference"), "product"))
    for (const auto &service : codes_of(kinds("pluto.channelPreference"), "service"))
      if (services.size() < 4) services.emplace_back(product, service);

  maker make(kinds, options);
  writer to_pluto(pluto);
  writer to_cuba(cuba);
  add_officers(make, to_cuba);
  for (std::int64_t number = 1; number <= options.customers; ++number) {
    add_customer(number, services, make, to_pluto, to_cuba);
    if (number % 1000 == 0 && options.progress) options.progress(number);
    if (to_pluto.failed() || to_cuba.failed()) break;
  }
  if (const auto failed = to_pluto.finish()) return *failed;
  if (const auto failed = to_cuba.finish()) return *failed;
  return done{};
}

}  // namespace causeway
