// Whatever is left of a file, reading it ends, and with findings rather than a crash. The same damage in every run.
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <sstream>

#include "settings/settings.hpp"
#include "settings/test_folder.hpp"

namespace causeway {
namespace {

const std::vector<std::string> shipped{"causeway.yaml",     "causeway.postgresql.yaml",    "records/pluto.yaml",
                                       "records/cuba.yaml", "mappings/communication.yaml", "mappings/note.yaml"};

std::string content_of(const std::string &file) {
  std::ostringstream out;
  out << std::ifstream("config/" + file, std::ios::binary).rdbuf();
  return out.str();
}

class broken_files : public ::testing::Test {
 protected:
  broken_files() {
    ::setenv("CAUSEWAY_PLUTO", "host=/tmp dbname=pluto", 1);
    ::setenv("CAUSEWAY_CUBA", "host=/tmp dbname=cuba", 1);
    for (const std::string &file : shipped) folder.write(file, content_of(file));
  }

  // Loads both configurations with one file damaged.
  void load_with(const std::string &file, const std::string &content) {
    folder.write(file, content);
    for (const char *const main : {"causeway.yaml", "causeway.postgresql.yaml"}) {
      const loaded_settings loaded = load_settings(folder.path() / main);
      findings += loaded.findings.size();
      for (const finding &f : loaded.findings) {
        EXPECT_FALSE(f.message.empty());
        EXPECT_EQ(f.message.find('\n'), std::string::npos) << f.message;
      }
    }
    folder.write(file, content_of(file));
  }

  test_folder folder;
  std::mt19937 random{20261121};
  std::size_t findings = 0;
};

TEST_F(broken_files, truncated_anywhere) {
  for (const std::string &file : shipped) {
    const std::string whole = content_of(file);
    ASSERT_GT(whole.size(), 500U) << file;
    for (int i = 0; i < 30; ++i)
      load_with(file, whole.substr(0, std::uniform_int_distribution<std::size_t>(0, whole.size() - 1)(random)));
  }
  EXPECT_GT(findings, 100U);
}

TEST_F(broken_files, a_few_bytes_changed) {
  const std::string bytes = "{}[]:,&*!?|>'\"#-%@` \n\t\r\\${}01xé\x01\x04\xFF";
  for (const std::string &file : shipped)
    for (int i = 0; i < 40; ++i) {
      std::string damaged = content_of(file);
      for (int n = std::uniform_int_distribution<int>(1, 4)(random); n > 0; --n)
        damaged[std::uniform_int_distribution<std::size_t>(0, damaged.size() - 1)(random)] =
            bytes[std::uniform_int_distribution<std::size_t>(0, bytes.size() - 1)(random)];
      load_with(file, damaged);
    }
  EXPECT_GT(findings, 100U);
}

TEST_F(broken_files, pieces_put_together) {
  for (const std::string &file : shipped)
    for (int i = 0; i < 15; ++i) {
      const std::string whole = content_of(file);
      std::uniform_int_distribution<std::size_t> anywhere(0, whole.size() - 1);
      std::string pieces;
      for (int n = 0; n < 4; ++n) pieces += whole.substr(anywhere(random), 200);
      load_with(file, pieces);
    }
  EXPECT_GT(findings, 100U);
}

// What made readers of YAML slow or fall over elsewhere.
TEST_F(broken_files, nests_and_repeats_end) {
  const std::size_t many = 20'000;
  for (const char *const piece :
       {"[", "{", "- ", "? ", "a: ", "[a: ", "{a: ", "&a ", "!a ", "*a ", "\"", "'", "|\n", "%", "---\n"}) {
    std::string text;
    for (std::size_t i = 0; i < many; ++i) text += piece;
    load_with("causeway.yaml", text);
  }
  EXPECT_GT(findings, 10U);
}

}  // namespace
}  // namespace causeway
