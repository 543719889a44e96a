// causeway seed: the stores' missing tables are made, then filled.
#include <iostream>
#include <unistd.h>

#include "commands/commands.hpp"
#include "commands/seed.hpp"
#include "commands/stores.hpp"
#include "runtime/clock.hpp"

namespace causeway {

int seed_command(const common_options &common, std::int64_t customers, std::uint64_t random_seed,
                 const store_opener &open) {
  auto c = read_configuration(common);
  print_findings(c.findings);
  if (has_errors(c.findings)) return 1;
  if (!c.content.find_store("pluto") || !c.content.find_store("cuba")) {
    std::cerr << common.config << ": seed needs the stores pluto and cuba\n";
    return 1;
  }
  stores opened(c, open, std::make_shared<key_maker>([] { return system_clock().now(); }, 0), store_use::create);
  std::vector<finding> findings;
  const bool prepared = opened.prepare(std::chrono::seconds(30), findings);
  print_findings(findings);
  if (!prepared) return 1;

  const bool terminal = isatty(STDERR_FILENO) == 1;
  seed_options options;
  options.customers = customers;
  options.random_seed = random_seed;
  if (terminal)
    options.progress = [&](std::int64_t made) {
      std::cerr << "\r" << made << " of " << customers << " customers" << std::flush;
    };
  const auto seeded = seed(
      *opened.find("pluto"), *opened.find("cuba"), [&](std::string_view name) { return c.kind(name); }, options);
  if (terminal) std::cerr << "\r\033[K";
  if (!seeded) {
    std::cerr << "causeway: seed: " << seeded.why().detail << "\n";
    for (const auto &input : seeded.why().inputs) std::cerr << "  " << input.pointer << ": " << input.detail << "\n";
    return 1;
  }
  std::cout << "seeded " << customers << " customers and 20 officers\n";
  return 0;
}

}  // namespace causeway
