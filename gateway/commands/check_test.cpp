// Faulty configurations, each with exactly what `check` says of it: a sound site with one thing changed. They stand in
// testing/faulty_configurations.txt, in this form:
//
//   # what is wrong
//   - FILE: a text that stands once in this file of the sound site
//   + what is put in its place; \n is a line break
//   ! a statement for Cuba's database before its other tables are created
//   > a finding, word for word
#include "commands/check.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "commands/stores.hpp"
#include "commands/testing/sound_site.hpp"
#include "runtime/clock.hpp"
#include "settings/test_folder.hpp"
#include "sql/sql_store.hpp"

namespace causeway {
namespace {

struct faulty_configuration {
  struct edit {
    std::string file, old_text, new_text;
  };
  std::string name;
  int line = 0;
  std::vector<edit> edits;
  std::vector<std::string> statements;
  std::vector<std::string> findings;
};

std::string with_line_breaks(std::string text) {
  for (auto at = text.find("\\n"); at != std::string::npos; at = text.find("\\n", at)) text.replace(at, 2, "\n");
  return text;
}

std::vector<faulty_configuration> faulty_configurations() {
  std::ifstream file("gateway/commands/testing/faulty_configurations.txt");
  std::vector<faulty_configuration> all;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.size() < 2) continue;
    const std::string rest = with_line_breaks(line.substr(2));
    if (line[0] == '#') {
      all.emplace_back();
      all.back().name = rest;
      all.back().line = number;
    } else if (line[0] == '-') {
      const auto colon = rest.find(": ");
      all.back().edits.push_back({rest.substr(0, colon), rest.substr(colon + 2), ""});
    } else if (line[0] == '+') {
      all.back().edits.back().new_text = rest;
    } else if (line[0] == '!') {
      all.back().statements.push_back(rest);
    } else if (line[0] == '>') {
      all.back().findings.push_back(line.substr(2));
    } else {
      throw std::logic_error("faulty_configurations.txt:" + std::to_string(number) + ": no such line");
    }
  }
  return all;
}

opened_store open_sqlite(const settings &all, const store_settings &which, std::vector<kind_ptr> kinds,
                         std::shared_ptr<key_maker> keys, bool read_only) {
  sql_store_options options;
  options.name = which.name;
  options.connect = (all.data_dir / which.connect).string();
  options.create = which.create;
  options.read_only = read_only;
  options.kinds = std::move(kinds);
  options.keys = std::move(keys);
  options.now = [] { return system_clock().steady(); };
  return opened(std::make_shared<sql_store>(std::move(options)));
}

void execute(const std::filesystem::path &file, const std::vector<std::string> &statements) {
  sqlite3 *database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  for (const auto &statement : statements)
    EXPECT_EQ(sqlite3_exec(database, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
  sqlite3_close(database);
}

class site {
 public:
  explicit site(const faulty_configuration &c) {
    auto files = testing::sound_site;
    for (const auto &edit : c.edits) files[edit.file] = with(files[edit.file], edit.old_text, edit.new_text);
    for (auto &[name, content] : files) {
      if (name == "site.yaml" && content.find("DATA") != std::string::npos)
        content = with(content, "DATA", (folder_.path() / "data").string());
      folder_.write(name, content);
    }
    std::filesystem::create_directories(folder_.path() / "data");
    common_.config = (folder_.path() / "site.yaml").string();
    common_.plugin_folder = CAUSEWAY_FIXTURE_PLUGINS;
    if (c.statements.empty()) return;
    execute(folder_.path() / "data" / "cuba.db", c.statements);
  }

  std::vector<std::string> check() {
    const auto c = read_configuration(common_);
    std::vector<std::string> lines;
    for (const auto &f : check_findings(c, common_, open_sqlite)) {
      std::string line = folder_.relative(to_string(f));
      const std::string plugins = CAUSEWAY_FIXTURE_PLUGINS "/";
      if (const auto at = line.find(plugins); at != std::string::npos) line.erase(at, plugins.size());
      lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  test_folder folder_;
  common_options common_;
};

TEST(check, says_nothing_of_a_sound_site) { EXPECT_EQ(site({}).check(), std::vector<std::string>()); }

TEST(check, says_of_each_faulty_configuration_just_what_is_wrong) {
  const auto all = faulty_configurations();
  EXPECT_GE(all.size(), 60u);
  for (const auto &one : all) {
    SCOPED_TRACE("faulty_configurations.txt:" + std::to_string(one.line) + ": " + one.name);
    EXPECT_FALSE(one.findings.empty());
    EXPECT_EQ(site(one).check(), one.findings);
  }
}

}  // namespace
}  // namespace causeway
