// What the parts of a request's path cost, in nanoseconds each, with the shipped kinds, mappings and plugins.
//
//   tests/bench/run parts
#include <benchmark/benchmark.h>
#include <memory>
#include <string>
#include <vector>

#include "http/request_check.hpp"
#include "http/router.hpp"
#include "sql/batch.hpp"
#include "tests/support/plugin_harness.hpp"

namespace {

using namespace causeway;
using causeway::testing::shipped_site;

const std::string body =
    R"({"type":"Phone Out","reason":"PERS SERVICES","category":"PS CUSTOMER CONTACT","issue":"Blank","subject":"Contact","text":")" +
    std::string(270, 'x') + R"("})";

// Shared, because making it reads the configuration and loads the plugins.
testing::plugin_harness &harness_of(const std::string &library) {
  static testing::plugin_harness accounts{{.library = "online_accounts", .site = shipped_site()}};
  static testing::plugin_harness records{{.library = "communications", .site = shipped_site()}};
  static const bool filled = [] {
    for (auto *one : {&accounts, &records})
      one->put("pluto.customer", {{"csid", "000000004"}, {"name", "Zoë"}, {"country", "NZ"}, {"international", true}});
    return true;
  }();
  benchmark::DoNotOptimize(filled);
  return library == "online_accounts" ? accounts : records;
}

operation operation_of(const std::string &library, const std::string &method, const std::string &path) {
  for (auto &one : harness_of(library).host().operations())
    if (one.method == method && one.path == path) return one;
  throw std::logic_error("there is no " + method + " " + path);
}

void routing(benchmark::State &state) {
  http::router routes;
  std::size_t number = 0;
  for (const char *library : {"online_accounts", "communications"})
    for (const auto &one : harness_of(library).host().operations()) routes.add(one.method, one.path, number++);
  for (auto _ : state) benchmark::DoNotOptimize(routes.find("GET", "/v1/customers/000000004/online-account"));
}
BENCHMARK(routing);

void schema_check(benchmark::State &state) {
  const auto create = operation_of("communications", "POST", "/v1/customers/{csid}/communications");
  const std::vector<std::string> path{"4"};
  for (auto _ : state) {
    auto checked = http::check_request(create, path, {}, body);
    if (checked.refused) state.SkipWithError("the body is refused");
    benchmark::DoNotOptimize(checked);
  }
  state.SetBytesProcessed(std::int64_t(state.iterations()) * std::int64_t(body.size()));
}
BENCHMARK(schema_check);

record sample(const kind_ptr &kind) {
  record one(kind);
  one["communicationId"] = std::string("01a20223-4709-70af-9cd2-130ee98f91e8");
  one["csid"] = std::string("000000004");
  one["type"] = std::string("Phone Out");
  one["reason"] = std::string("PERS SERVICES");
  one["category"] = std::string("PS CUSTOMER CONTACT");
  one["issue"] = std::string("Blank");
  one["subject"] = std::string("Contact");
  one["text"] = std::string("Spoke with Zoë about the plan; agreed to call again. ") + std::string(200, 'x');
  one["createdAt"] = std::string("2026-11-22T07:23:16.105Z");
  one["createdBy"] = std::string("PSO001");
  for (value &v : one.values)
    if (is_absent(v)) v = null();
  return one;
}

void mapping(benchmark::State &state) {
  const auto site = shipped_site();
  const auto &records = harness_of("communications");
  const auto from = records.kind("pluto.communication");
  const auto map = site.mapping(from, records.kind("cuba.communication"));
  const record one = sample(from);
  for (auto _ : state) {
    auto mapped = map(one);
    if (!mapped) state.SkipWithError("the record cannot be mapped");
    benchmark::DoNotOptimize(mapped);
  }
}
BENCHMARK(mapping);

// From units of work to the statements' order, for each unit of a batch of 64.
void batch_assembly(benchmark::State &state) {
  constexpr std::size_t batch = 64;
  const auto kind = harness_of("communications").kind("pluto.communication");
  const sql::table_set tables({kind});
  key_maker keys([] { return time_point(); }, 0);
  for (auto _ : state) {
    std::vector<std::unique_ptr<sql::commit_job>> jobs;
    std::vector<sql::commit_job *> units;
    for (std::size_t i = 0; i < batch; ++i) {
      jobs.push_back(
          std::make_unique<sql::commit_job>(sql::verb::commit, time_point(), [](const result<commit_outcome> &) {}));
      unit_of_work unit;
      unit.changes.push_back({change_type::insert, sample(kind), 0});
      unit.changes.back().what["communicationId"] = std::to_string(i);
      if (!sql::encode_unit(tables, std::move(unit), keys, *jobs.back())) state.SkipWithError("the unit is refused");
      units.push_back(jobs.back().get());
    }
    benchmark::DoNotOptimize(sql::plan_writes(units, 1000));
  }
  state.SetItemsProcessed(std::int64_t(state.iterations()) * std::int64_t(batch));
}
BENCHMARK(batch_assembly);

// A whole call of a plugin: into it, four times to a store in memory and back, and out with the answer.
void abi_crossing(benchmark::State &state) {
  auto &accounts = harness_of("online_accounts");
  const auto who = testing::as("PSO001", {"ps-officer"});
  for (auto _ : state) {
    auto given = accounts.call("GET", "/v1/customers/4/online-account", {}, who);
    if (given.status != 200) state.SkipWithError("the call is refused");
    benchmark::DoNotOptimize(given);
  }
}
BENCHMARK(abi_crossing);

}  // namespace

BENCHMARK_MAIN();
