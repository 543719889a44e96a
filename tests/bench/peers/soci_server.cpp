// A peer, not part of the gateway: what one gets by writing the two operations by hand over Beast and SOCI, one query
// after the other on a thread pool, each thread with a session and its prepared statements. The same checks, tables and
// answers as the gateway's; nothing is batched.
//
//   soci_server CONNECT THREADS       KEY_SHA256 and CODES (a JSON file of code tables) from the environment
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <ctime>
#include <fstream>
#include <iostream>
#include <memory>
#include <openssl/sha.h>
#include <random>
#include <set>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <string>
#include <unordered_map>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;

namespace {

struct caller {
  std::string name;
  std::set<std::string, std::less<>> roles;
};

std::unordered_map<std::string, caller> callers;
std::unordered_map<std::string, std::set<std::string, std::less<>>> codes;  // by member of the body

std::string hex(const unsigned char *bytes, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i)
    for (const int shift : {4, 0}) text += "0123456789abcdef"[bytes[i] >> shift & 15];
  return text;
}

std::string sha256(std::string_view of) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char *>(of.data()), of.size(), digest);
  return hex(digest, sizeof digest);
}

std::string random_hex(std::size_t bytes) {
  thread_local std::mt19937_64 random{std::random_device()()};
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) {
    const auto byte = static_cast<unsigned char>(random());
    text += hex(&byte, 1);
  }
  return text;
}

std::string time_ordered_key() {
  using namespace std::chrono;
  const auto ms = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  char time[13];
  std::snprintf(time, sizeof time, "%012llx", static_cast<unsigned long long>(ms));
  const std::string t = time, r = random_hex(10);
  return t.substr(0, 8) + "-" + t.substr(8) + "-7" + r.substr(0, 3) + "-8" + r.substr(3, 3) + "-" + r.substr(6, 12);
}

std::string now_text() {
  using namespace std::chrono;
  const auto now = system_clock::now();
  const std::time_t seconds = system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const auto ms = int(duration_cast<milliseconds>(now.time_since_epoch()).count() % 1000);
  const auto n = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + n, sizeof text - n, ".%03dZ", ms);
  return text;
}

long long partition_of(std::string_view csid) {
  std::uint64_t value = 14695981039346656037u;
  for (const char c : csid) value = (value ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return static_cast<long long>((value ^ value >> 32) % 16);
}

struct text_or_null {
  std::string text;
  soci::indicator is = soci::i_null;
};

struct reply {
  unsigned status = 200;
  std::string body, etag, location;
};

// One thread's session, with its statements.
class store {
 public:
  explicit store(const std::string &connect)
      : sql_(soci::postgresql, connect),
        customer_((sql_.prepare << "SELECT csid, international FROM customer WHERE csid = :c", soci::use(id_),
                   soci::into(found_), soci::into(international_))),
        check_((sql_.prepare << "SELECT outcome FROM privacy_check WHERE csid = :c ORDER BY csid DESC, checked_at "
                                "DESC, check_id DESC LIMIT 1",
                soci::use(id_), soci::into(outcome_))),
        accounts_(
            (sql_.prepare
                 << "SELECT account_id, status, status_since, linked_at, version FROM online_account WHERE csid = :c "
                    "ORDER BY csid, account_id LIMIT 1000",
             soci::use(id_), soci::into(a_), soci::into(b_), soci::into(c_), soci::into(d_.text, d_.is),
             soci::into(version_))),
        preferences_((sql_.prepare << "SELECT product, service, channel, updated_at, updated_by, reset_due, version "
                                      "FROM channel_preference "
                                      "WHERE csid = :c ORDER BY csid, product, service LIMIT 1000",
                      soci::use(id_), soci::into(a_), soci::into(b_), soci::into(d_.text, d_.is), soci::into(c_),
                      soci::into(e_), soci::into(due_), soci::into(version_))),
        read_((sql_.prepare << "INSERT INTO customer_read (read_id, csid, what_was_read, read_at, read_by, request_id) "
                               "VALUES (:a, :b, 'online-account', :c, :d, :e)",
               soci::use(key_), soci::use(id_), soci::use(at_), soci::use(by_), soci::use(request_))),
        record_((sql_.prepare << "INSERT INTO communication (communication_id, csid, comm_type, reason, category, "
                                 "issue, case_number, "
                                 "contact_with, subject, body, created_at, created_by) VALUES (:a, :b, :c, :d, :e, :f, "
                                 ":g, :h, :i, :j, :k, :l)",
                 soci::use(key_), soci::use(id_), soci::use(in_[0].text), soci::use(in_[1].text),
                 soci::use(in_[2].text), soci::use(in_[3].text), soci::use(in_[4].text, in_[4].is),
                 soci::use(in_[5].text, in_[5].is), soci::use(in_[6].text, in_[6].is),
                 soci::use(in_[7].text, in_[7].is), soci::use(at_), soci::use(by_))),
        order_((sql_.prepare << "INSERT INTO causeway_outbox (route, partition, csid, source_key, origin, action, "
                                "mapping, state, created_at, "
                                "attempts, last_entry, version) VALUES ('communications', :a, :b, :c, 'POST', 'COPY', "
                                "'9b6c198f1308', 'PENDING', "
                                ":d, 0, 0, 1)",
                soci::use(partition_), soci::use(id_), soci::use(key_), soci::use(at_))) {}

  reply read(const std::string &id, const caller &who, const std::string &request) {
    id_ = id;
    if (!customer_.execute(true)) return {404, R"({"title":"Not Found","status":404})", {}, {}};
    if (check_.execute(true) && outcome_ == "AT_RISK") {
      key_ = time_ordered_key(), at_ = now_text(), by_ = who.name, request_ = request;
      read_.execute(true);
    }
    std::string versions;
    json::array accounts, preferences;
    for (bool there = accounts_.execute(true); there; there = accounts_.fetch()) {
      accounts.push_back({{"accountId", a_},
                          {"status", b_},
                          {"statusSince", c_},
                          {"linkedAt", d_.is == soci::i_ok ? json::value(d_.text) : json::value()}});
      versions += a_ + std::to_string(version_);
    }
    bool due = false;
    for (bool there = preferences_.execute(true); there; there = preferences_.fetch()) {
      preferences.push_back({{"product", a_},
                             {"service", b_},
                             {"channel", d_.is == soci::i_ok ? json::value(d_.text) : json::value()},
                             {"updatedAt", c_},
                             {"updatedBy", e_}});
      due = due || due_ != 0;
      versions += b_ + std::to_string(version_);
    }
    const json::value all = {{"csid", id},
                             {"accounts", std::move(accounts)},
                             {"preferredChannels", std::move(preferences)},
                             {"preferencesResetDue", due}};
    return {200, json::serialize(all), '"' + sha256(versions).substr(0, 16) + '"', {}};
  }

  reply write(const std::string &id, const caller &who, const std::string &body) {
    static const std::pair<const char *, std::size_t> members[] = {
        {"type", 0},        {"reason", 0}, {"category", 0},  {"issue", 0},
        {"caseNumber", 20}, {"with", 100}, {"subject", 100}, {"text", 4000}};
    boost::system::error_code error;
    auto parsed = json::parse(body, error);
    if (error || !parsed.is_object()) return {400, R"({"title":"Bad Request","status":400})", {}, {}};
    auto &given = parsed.as_object();
    const reply invalid{422, R"({"title":"Unprocessable Content","status":422})", {}, {}};
    std::size_t known = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      const auto *one = given.if_contains(members[i].first);
      in_[i].is = one ? soci::i_ok : soci::i_null;
      if (!one && i < 4) return invalid;
      if (!one) continue;
      ++known;
      if (!one->is_string()) return invalid;
      in_[i].text.assign(one->as_string().data(), one->as_string().size());
      if (i < 4 ? !codes[members[i].first].contains(in_[i].text) : in_[i].text.size() > members[i].second)
        return invalid;
    }
    if (known != given.size()) return invalid;
    id_ = id;
    if (!customer_.execute(true)) return {404, R"({"title":"Not Found","status":404})", {}, {}};
    key_ = time_ordered_key(), at_ = now_text(), by_ = who.name, partition_ = partition_of(id);
    soci::transaction transaction(sql_);
    record_.execute(true);
    order_.execute(true);
    transaction.commit();
    json::object answer{{"communicationId", key_}, {"csid", id}, {"store", "pluto"}};
    for (std::size_t i = 0; i < 8; ++i)
      answer[members[i].first] = in_[i].is == soci::i_ok ? json::value(in_[i].text) : json::value();
    answer["createdAt"] = at_, answer["createdBy"] = by_;
    answer["copy"] = {{"state", "PENDING"}, {"targetId", nullptr}, {"copiedAt", nullptr}};
    answer["notes"] = json::array();
    return {201, json::serialize(answer), {}, "/v1/customers/" + id + "/communications/" + key_};
  }

 private:
  soci::session sql_;
  std::string id_, found_, outcome_, a_, b_, c_, e_, key_, at_, by_, request_;
  text_or_null d_, in_[8];
  long long version_ = 0, partition_ = 0;
  int international_ = 0, due_ = 0;
  soci::statement customer_, check_, accounts_, preferences_, read_, record_, order_;
};

std::string connect_string;
asio::thread_pool *workers = nullptr;

reply answer(const http::request<http::string_body> &request, const std::string &request_id) {
  const std::string_view given(request[http::field::authorization].data(), request[http::field::authorization].size());
  const auto who = given.starts_with("Bearer ") ? callers.find(sha256(given.substr(7))) : callers.end();
  if (who == callers.end()) return {401, R"({"title":"Unauthorized","status":401})", {}, {}};
  if (!who->second.roles.contains("ps-officer")) return {403, R"({"title":"Forbidden","status":403})", {}, {}};
  std::string_view path(request.target().data(), request.target().size());
  constexpr std::string_view head = "/v1/customers/";
  const reply unknown{404, R"({"title":"Not Found","status":404})", {}, {}};
  if (!path.starts_with(head)) return unknown;
  path.remove_prefix(head.size());
  const auto end = path.find('/');
  std::string id(path.substr(0, end));
  if (end == path.npos || id.empty() || id.size() > 9 || id.find_first_not_of("0123456789") != id.npos) return unknown;
  id.insert(0, 9 - id.size(), '0');
  path.remove_prefix(end);
  thread_local store mine(connect_string);
  try {
    if (path == "/online-account" && request.method() == http::verb::get) return mine.read(id, who->second, request_id);
    if (path == "/communications" && request.method() == http::verb::post)
      return mine.write(id, who->second, request.body());
  } catch (const soci::soci_error &) {
    return {503, R"({"title":"Service Unavailable","status":503})", {}, {}};
  }
  return unknown;
}

class session : public std::enable_shared_from_this<session> {
 public:
  explicit session(asio::ip::tcp::socket socket) : stream_(std::move(socket)) {
    stream_.socket().set_option(asio::ip::tcp::no_delay(true));
  }

  void read() {
    request_ = {};
    stream_.expires_after(std::chrono::seconds(60));
    http::async_read(stream_, buffer_, request_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) asio::post(*workers, [self] { self->work(); });
    });
  }

 private:
  void work() {
    const std::string request_id = random_hex(16);
    auto made = answer(request_, request_id);
    response_ = {};
    response_.version(11);
    response_.result(made.status);
    response_.set("X-Request-Id", request_id);
    response_.set(http::field::cache_control, "no-store");
    response_.set(http::field::content_type, made.status < 400 ? "application/json" : "application/problem+json");
    if (!made.etag.empty()) response_.set(http::field::etag, made.etag);
    if (!made.location.empty()) response_.set(http::field::location, made.location);
    response_.body() = std::move(made.body);
    response_.prepare_payload();
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      http::async_write(self->stream_, self->response_, [self](beast::error_code error, std::size_t) {
        if (!error) self->read();
      });
    });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

void accept(asio::ip::tcp::acceptor &at) {
  at.async_accept([&at](beast::error_code error, asio::ip::tcp::socket socket) {
    if (!error) std::make_shared<session>(std::move(socket))->read();
    accept(at);
  });
}

}  // namespace

int main(int count, char **words) {
  if (count != 3) return std::cerr << "usage: soci_server CONNECT THREADS\n", 2;
  connect_string = words[1];
  callers[std::getenv("KEY_SHA256")] = {"PSO001", {"ps-officer"}};
  std::ifstream file(std::getenv("CODES"));
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto tables = json::parse(text);
  const std::pair<const char *, const char *> which[] = {
      {"type", "commType"}, {"reason", "commReason"}, {"category", "commCategory"}, {"issue", "commIssue"}};
  for (const auto &[member, table] : which)
    for (const auto &code : tables.at(table).as_array()) codes[member].emplace(code.as_string());
  asio::thread_pool pool(std::stoul(words[2]));
  workers = &pool;
  asio::io_context context(1);
  asio::ip::tcp::acceptor at(context, {asio::ip::make_address("127.0.0.1"), 0});
  std::cout << "listening on http://127.0.0.1:" << at.local_endpoint().port() << std::endl;
  accept(at);
  context.run();
}
