// Settings from the command line, and those that stand for what is elsewhere.
#include "settings/overrides.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "settings/settings.hpp"
#include "settings/test_folder.hpp"

namespace causeway {
namespace {

TEST(overrides, win_over_what_is_written) {
  const test_folder folder;
  const loaded_settings loaded = load_settings(
      write_sound(folder), {"listen.port=0", "listen.port=9000", "stores.a.connect=host=x port=1 # not a comment",
                            "plugins.one.settings.x=2s", "plugins.0.settings.y=\"3\"", "copies.things.name=others",
                            "security.keys.N1.name=N2", "limits.body=64KiB", "dataDir=data", "log.level='debug'"});
  EXPECT_EQ(folder.lines(loaded.findings), "");
  const settings &s = loaded.content;
  EXPECT_EQ(s.port, 9000);
  EXPECT_EQ(s.stores[0].connect, "host=x port=1 # not a comment");
  EXPECT_EQ(s.plugins[0].settings.at("x").content, value("2s"));
  EXPECT_EQ(s.plugins[0].settings.at("x").at, set_option);
  EXPECT_EQ(s.plugins[0].settings.at("y").content, value("3"));
  EXPECT_EQ(s.routes[0].name, "others");
  EXPECT_EQ(s.keys[0].name, "N2");
  EXPECT_EQ(s.limits.body, 65536U);
  EXPECT_EQ(s.data_dir, "data");
  EXPECT_EQ(s.log.level, "debug");
}

TEST(overrides, refuse_with_exact_findings) {
  const struct {
    std::string given;
    std::string findings;
  } table[] = {
      {"listen.port", "--set:0:0: 'listen.port' has no '='; write it as a.b=value"},
      {"=1", "--set:0:0: '' is not the name of a setting; write it as a.b=value"},
      {"listen..port=1", "--set:0:0: 'listen..port' is not the name of a setting; write it as a.b=value"},
      {"listen.prot=1", "--set:0:0: unknown key 'prot' in listen; did you mean 'port'?"},
      {"lisen.port=1", "--set:0:0: unknown key 'lisen'; did you mean 'listen'?"},
      {"listen.port=x", "--set:0:0: listen.port must be a whole number from 0 to 65535, not 'x'"},
      {"listen.port=", "--set:0:0: listen.port must be a whole number from 0 to 65535, not empty"},
      {"listen=1", "--set:0:0: listen must be a map, not '1'"},
      {"stores.a.connect.x=1", "--set:0:0: stores.a.connect is one value, so nothing stands below it"},
      {"stores.a.recrods=1", "--set:0:0: unknown key 'recrods' in stores.a; did you mean 'records'?"},
      {"plugins.7.library=x",
       "--set:0:0: plugins has no item '7'; its 1 items are named by their number from 0, or by their name"},
      {"plugins.two.library=x",
       "--set:0:0: plugins has no item 'two'; its 1 items are named by their number from 0, or by their name"},
      {"log.level='debug", "--set:0:0: the value of a --set begins with a quote but is not quoted text"},
      {"log.level='a': b", "--set:0:0: the value of a --set begins with a quote but is not quoted text"},
      {"stores.c.backend=sqlite3",
       "--set:0:0: stores.c needs 'connect': a file under dataDir, or a connection string of the database's\n"
       "--set:0:0: stores.c needs 'records': the file of its record kinds"},
      {"copies.0.mapping=x.yaml", "--set:0:0: cannot read 'x.yaml': there is no such file"},
      {"stores.a.connect=${CAUSEWAY_TEST_UNSET}", "--set:0:0: the environment variable CAUSEWAY_TEST_UNSET is not set"},
  };
  for (const auto &row : table) {
    const test_folder folder;
    EXPECT_EQ(folder.lines(load_settings(write_sound(folder), {row.given}).findings), row.findings) << row.given;
  }
}

TEST(substitution, takes_the_environment_and_files) {
  ::setenv("CAUSEWAY_TEST_PART", "part ${NOT_AGAIN}", 1);
  ::setenv("CAUSEWAY_TEST_PORT", "81", 1);
  const test_folder folder;
  folder.write_secret("secrets/word", "open: sesame\r\n");
  const std::string text =
      with(sound_settings, "connect: a.db",
           "connect: \"x ${CAUSEWAY_TEST_PART} ${file:secrets/word} $${literal} ${CAUSEWAY_TEST_PORT}$\"") +
      "listen: {port: \"x\"}\n";
  const loaded_settings loaded =
      load_settings(write_sound(folder, "causeway.yaml", text), {"listen.port=${CAUSEWAY_TEST_PORT}"});
  EXPECT_EQ(folder.lines(loaded.findings), "");
  EXPECT_EQ(loaded.content.stores[0].connect, "x part ${NOT_AGAIN} open: sesame ${literal} 81$");
  EXPECT_EQ(loaded.content.port, 81);
}

TEST(substitution, refuses_with_exact_findings) {
  ::unsetenv("CAUSEWAY_TEST_UNSET");
  ::setenv("CAUSEWAY_TEST_EMPTY", "", 1);
  ::setenv("CAUSEWAY_TEST_BYTES", "\xFF", 1);
  const struct {
    std::string connect;
    std::string findings;
  } table[] = {
      {"'${CAUSEWAY_TEST_UNSET}'", "causeway.yaml:2:34: the environment variable CAUSEWAY_TEST_UNSET is not set"},
      {"'${file:none}'", "causeway.yaml:2:34: cannot read 'none': there is no such file"},
      {"'${file:a.yaml/}'", "causeway.yaml:2:34: cannot read 'a.yaml/': there is no such file"},
      {"'${file:}'", "causeway.yaml:2:34: cannot read '': it is a directory"},
      {"'${a b}'", "causeway.yaml:2:34: '${a b}' is neither ${NAME} nor ${file:PATH}; $${ stands for ${ itself"},
      {"'${}'", "causeway.yaml:2:34: '${}' is neither ${NAME} nor ${file:PATH}; $${ stands for ${ itself"},
      {"'x${A'", "causeway.yaml:2:34: a '${' is not closed by '}'; $${ stands for ${ itself"},
      {"'${CAUSEWAY_TEST_EMPTY}'", "causeway.yaml:2:34: stores.a.connect must not be empty"},
      {"'${CAUSEWAY_TEST_BYTES}'", "causeway.yaml:2:34: what '${CAUSEWAY_TEST_BYTES}' stands for is not UTF-8 text"},
  };
  for (const auto &row : table) {
    const test_folder folder;
    const auto main = write_sound(folder, "causeway.yaml", with(sound_settings, "a.db", row.connect));
    EXPECT_EQ(folder.lines(load_settings(main).findings), row.findings) << row.connect;
  }
}

TEST(substitution, takes_a_secret_only_from_a_file_of_its_owner_alone) {
  const test_folder folder;
  const auto word = folder.write("word", "s3cr3t-Hunter2");
  const auto main = write_sound(folder, "causeway.yaml", with(sound_settings, "a.db", "'${file:word}'"));
  const auto findings = [&](mode_t mode) {
    EXPECT_EQ(::chmod(word.c_str(), mode), 0);
    return folder.lines(load_settings(main).findings);
  };
  for (const mode_t sound : {0600, 0400, 0700}) EXPECT_EQ(findings(sound), "") << sound;
  const struct {
    mode_t mode;
    std::string written;
  } table[] = {{0644, "644"}, {0640, "640"}, {0604, "604"}, {0620, "620"}, {0602, "602"}, {0601, "601"}, {0444, "444"}};
  for (const auto &row : table)
    EXPECT_EQ(findings(row.mode),
              "causeway.yaml:2:34: cannot take 'word': others than its owner have rights on it (mode " + row.written +
                  "); a secret is its owner's alone: chmod 600 word");
  EXPECT_EQ(load_settings(main).content.stores[0].connect, "${file:word}");

  // What systemd gives by an access list shows as rights of the group.
  ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
  EXPECT_EQ(findings(0440), "");
  EXPECT_NE(findings(0444), "");
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST(substitution, takes_no_secret_from_a_file_of_another_user) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  const test_folder folder;
  const auto word = folder.write_secret("word", "s3cr3t-Hunter2");
  ASSERT_EQ(::chown(word.c_str(), 4711, 4711), 0);
  const auto main = write_sound(folder, "causeway.yaml", with(sound_settings, "a.db", "'${file:word}'"));
  EXPECT_EQ(
      folder.lines(load_settings(main).findings),
      "causeway.yaml:2:34: cannot take 'word': it belongs to another user (4711), who may change it; chown it to the "
      "user 0, whom Causeway runs as, then chmod 600");
}

// Put the secret in the place of every value there is, in every file: whatever is said of it, the secret is not.
TEST(substitution, a_secret_is_in_no_finding) {
  const std::string secret = "s3cr3t-Hunter2";
  ::setenv("CAUSEWAY_TEST_SECRET", secret.c_str(), 1);
  std::size_t said = 0;
  for (const auto &[file, sound] : {std::pair<std::string, std::string>{"causeway.yaml", sound_settings},
                                    {"a.yaml", sound_kinds_a},
                                    {"b.yaml", sound_kinds_b},
                                    {"m.yaml", sound_mapping}}) {
    for (std::size_t i = 0; i + 2 < sound.size(); ++i) {
      if (sound.compare(i, 2, ": ") != 0 && sound.compare(i, 2, ", ") != 0 && sound[i] != '[') continue;
      const std::size_t begin = sound[i] == '[' ? i + 1 : i + 2;
      const std::size_t end = sound.find_first_of(",}]\n:", begin);
      if (begin == end || sound[end] == ':' || sound.find_first_of("[{\"", begin) < end) continue;
      for (const char *const put : {"\"${CAUSEWAY_TEST_SECRET}\"", "\"x${CAUSEWAY_TEST_SECRET}x\""}) {
        const test_folder folder;
        const std::string text = sound.substr(0, begin) + put + sound.substr(end);
        const std::string findings = folder.lines(load_settings(write_sound(folder, file, text)).findings);
        EXPECT_EQ(findings.find(secret), std::string::npos) << text << findings;
        said += !findings.empty();
      }
    }
  }
  EXPECT_GT(said, 40U);
}

// Who compiles a mapping or makes a plugin quotes what it was given.
TEST(substitution, later_findings_are_cleaned_too) {
  ::setenv("CAUSEWAY_TEST_SECRET", "s3cr3t-Hunter2", 1);
  const test_folder folder;
  const std::string text = with(sound_settings, "{x: 1}", "{x: \"${CAUSEWAY_TEST_SECRET}\"}");
  const loaded_settings loaded = load_settings(write_sound(folder, "causeway.yaml", text));
  std::vector<finding> later{{{"m.yaml", 1, 2}, severity::error, "'s3cr3t-Hunter2' is no colour"}};
  hide_secrets(loaded, later);
  EXPECT_EQ(folder.lines(later), "m.yaml:1:2: '${CAUSEWAY_TEST_SECRET}' is no colour");
}

TEST(substitution, a_secret_is_in_no_finding_about_overrides_and_yaml) {
  const test_folder folder;
  for (const char *const path : {"stores.a.connect", "listen.port", "security.keys.0.sha256", "copies.0.from", "x.y"}) {
    const auto loaded = load_settings(write_sound(folder), {std::string(path) + "=${CAUSEWAY_TEST_SECRET}"});
    EXPECT_EQ(folder.lines(loaded.findings).find("s3cr3t-Hunter2"), std::string::npos) << path;
  }
  const std::string text = with(sound_settings, "connect: a.db", "connect: *Hunter2");
  EXPECT_EQ(folder.lines(load_settings(write_sound(folder, "causeway.yaml", text)).findings),
            "causeway.yaml:2:34: is not YAML: the referenced anchor is not defined");
}

}  // namespace
}  // namespace causeway
