// The composition root: which adapter serves which backend. Everything else knows the record store port only.
#include <filesystem>

#include "commands/commands.hpp"
#include "mapping/charset.hpp"
#include "runtime/clock.hpp"
#include "runtime/log.hpp"
#include "sql/sql_store.hpp"

namespace causeway {

namespace {

opened_store open_sql_store(const settings &all, const store_settings &which, std::vector<kind_ptr> kinds,
                            std::shared_ptr<key_maker> keys, bool read_only) {
  sql_store_options options;
  options.name = which.name;
  options.connect = which.connect;
  options.odbc = which.kind == backend::odbc;
  switch (which.dialect) {
    case backend::sqlite3: {
      options.dialect = sql_dialect::sqlite3;
      const auto file = all.data_dir / which.connect;
      if (which.create && !read_only) std::filesystem::create_directories(file.parent_path());
      options.connect = file.string();
      break;
    }
    case backend::postgresql:
      options.dialect = sql_dialect::postgresql;
      break;
    case backend::mysql:
    case backend::odbc:
      options.dialect = sql_dialect::mysql;
      break;
  }
  options.charset = to_string(which.encoding);
  options.create = which.create;
  options.read_only = read_only;
  options.readers = which.readers;
  options.queue = which.queue;
  options.kinds = std::move(kinds);
  options.keys = std::move(keys);
  options.now = [] { return system_clock().steady(); };
  options.report = [name = which.name](std::string_view event, std::string_view detail) {
    // What the store does by itself in good order is no cause for alarm.
    const bool good = event == "store connected" || event == "schema created";
    log(good ? log_level::info : log_level::warning, event, {{"store", name}, {"detail", std::string(detail)}});
  };
  return opened(std::make_shared<sql_store>(std::move(options)));
}

}  // namespace

}  // namespace causeway

int main(int argc, char **argv) { return causeway::run(argc, argv, causeway::open_sql_store); }
