// Pages in roff with the macros of man(7), and a script for bash, from CLI11's tree of commands and the list of
// settings. Commands and options in the group "" are not for people and left out, as they are in --help.
#include "commands/manual.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

#include "settings/settings.hpp"

namespace causeway {

namespace {

// Text as roff shows it: no escape, no request, and hyphens that can be copied as such.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '\n')
      out += "\n.br\n";
    else
      out += c;
  }
  if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string title(std::string_view name, char section) {
  return ".TH \"" + std::string(name) + "\" " + section + " \"\" \"Causeway " CAUSEWAY_VERSION "\" \"Causeway\"\n";
}

// "INT", of "INT:INT in [1 - 9]": the sentence says what may be given.
std::string type_word(const CLI::Option &option) {
  const std::string type = option.get_type_name();
  return type.substr(0, type.find_first_of(":{ "));
}

bool takes_value(const CLI::Option &option) { return option.get_items_expected_max() > 0; }

std::vector<const CLI::Option *> options_of(const CLI::App &app, bool positional) {
  std::vector<const CLI::Option *> all;
  for (const CLI::Option *option : app.get_options())
    if (option->get_positional() == positional && !option->get_group().empty()) all.push_back(option);
  return all;
}

// "one HTTP API ...", of "Causeway: one HTTP API ...".
std::string what_for(const CLI::App &app) {
  const std::string text = app.get_description();
  const auto at = text.find(": ");
  return at == std::string::npos ? text : text.substr(at + 2);
}

// Those that lead somewhere: of `key` and `key new` only the second is a command.
void each_command(const CLI::App &app, const std::string &before,
                  const std::function<void(const std::string &name, const CLI::App &)> &say) {
  for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; })) {
    if (command->get_group().empty()) continue;
    const std::string name = before + (before.empty() ? "" : " ") + command->get_name();
    if (command->get_require_subcommand_min() == 0) say(name, *command);
    each_command(*command, name, say);
  }
}

std::string option_paragraph(const CLI::Option &option) {
  std::string names;
  const auto add = [&](const std::string &name) { names += (names.empty() ? "" : ", ") + bold(name); };
  for (const auto &name : option.get_snames()) add("-" + name);
  for (const auto &name : option.get_lnames()) add("--" + name);
  if (takes_value(option)) names += " " + italic(type_word(option));
  std::string text = option.get_description();
  if (!option.get_default_str().empty()) text += " (default: " + option.get_default_str() + ")";
  return ".TP\n" + names + "\n" + roff(text) + "\n";
}

std::string command_section(const std::string &name, const CLI::App &command) {
  std::string text = name;
  const auto options = options_of(command, false);
  for (const CLI::Option *option : options)
    if (option->get_required()) text += " --" + option->get_lnames().front() + " " + type_word(*option);
  if (options.size() > 1) text += " [OPTIONS]";  // besides --help
  const auto positionals = options_of(command, true);
  for (const CLI::Option *option : positionals) text += " " + option->get_name(true);
  text = ".SS \"" + roff(text) + "\"\n" + roff(command.get_description()) + "\n";
  for (const CLI::Option *option : positionals)
    text += ".TP\n" + italic(option->get_name(true)) + "\n" + roff(option->get_description()) + "\n";
  for (const CLI::Option *option : options)
    if (option != command.get_help_ptr()) text += option_paragraph(*option);
  return text;
}

// "a|b|c", each after `before`; what bash takes for a pattern of these words.
std::string pattern(const std::vector<std::string> &words) {
  std::string all;
  for (const auto &word : words) all += (all.empty() ? "" : " | ") + word;
  return all;
}

// What may stand behind any command: not --version, and --help is each command's own.
std::string common_words(const CLI::App &app) {
  std::string words;
  for (const CLI::Option *option : options_of(app, false))
    if (takes_value(*option))
      for (const auto &name : option->get_lnames()) words += " --" + name;
  return words;
}

std::string option_words(const CLI::App &app) {
  std::string words;
  for (const CLI::Option *option : options_of(app, false))
    for (const auto &name : option->get_lnames()) words += " --" + name;
  return words;
}

void collect_value_options(const CLI::App &app, std::vector<std::string> &names) {
  for (const CLI::Option *option : options_of(app, false))
    if (takes_value(*option))
      for (const auto &name : option->get_lnames()) {
        const std::string word = "--" + name;
        if (std::find(names.begin(), names.end(), word) == names.end()) names.push_back(word);
      }
  for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; }))
    collect_value_options(*command, names);
}

// One line a command: what may stand behind it, and how the walk reaches it.
void complete_command(const CLI::App &app, const std::string &name, const std::string &common, std::string &steps,
                      std::string &offers) {
  std::string words;
  for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; })) {
    if (command->get_group().empty()) continue;
    const std::string inner = name + "/" + command->get_name();
    words += " " + command->get_name();
    steps += "      " + inner + ") command=" + inner + " ;;\n";
    complete_command(*command, inner, common, steps, offers);
  }
  words += option_words(app);
  if (!name.empty()) words += common;
  offers += "    '" + name + "') words='" + words.substr(words.empty() ? 0 : 1) + "' ;;\n";
}

}  // namespace

std::string commands_page(const CLI::App &app) {
  std::string text = title("CAUSEWAY", '1');
  text += ".SH NAME\ncauseway \\- " + roff(what_for(app)) + "\n";
  text += ".SH SYNOPSIS\n" + bold("causeway") + " [OPTIONS] " + italic("COMMAND") + "\n.SH OPTIONS\n";
  for (const CLI::Option *option : options_of(app, false)) text += option_paragraph(*option);
  text += ".SH COMMANDS\n";
  each_command(app, "",
               [&](const std::string &name, const CLI::App &command) { text += command_section(name, command); });
  return text + ".SH SEE ALSO\n" + bold("causeway.yaml") + "(5)\n";
}

std::string settings_page() {
  std::string text = title("CAUSEWAY.YAML", '5');
  text += ".SH NAME\ncauseway.yaml \\- the configuration of " + bold("causeway") + "(1)\n.SH SETTINGS\n";
  for (const auto &setting : describe_settings()) {
    text += ".TP\n" + bold(setting.path) + "\n" + roff(setting.sentence);
    if (!text.ends_with('.')) text += ".";
    text += "\n.br\n" + roff(setting.type);
    if (!setting.standard.empty())
      text += "; " + roff(setting.standard == "needed" ? "needed" : "default " + setting.standard);
    text += "\n";
  }
  return text + ".SH SEE ALSO\n" + bold("causeway") + "(1)\n";
}

std::string bash_completion(const CLI::App &app) {
  std::vector<std::string> valued;
  collect_value_options(app, valued);
  std::string steps, offers;
  complete_command(app, "", common_words(app), steps, offers);
  return "# bash completion for causeway, made by `causeway manual bash-completion`\n"
         "_causeway() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} command= words= i\n"
         "  COMPREPLY=()\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case ${COMP_WORDS[i]} in\n"
         "      " +
         pattern(valued) +
         ")\n"
         "        ((++i))\n"
         "        ((i < COMP_CWORD)) || return 0  # its value: names of files\n"
         "        continue\n"
         "        ;;\n"
         "    esac\n"
         "    case $command/${COMP_WORDS[i]} in\n" +
         steps +
         "    esac\n"
         "  done\n"
         "  case $command in\n" +
         offers +
         "  esac\n"
         "  while read -r i; do COMPREPLY+=(\"$i\"); done < <(compgen -W \"$words\" -- \"$word\")\n"
         "}\n"
         "complete -o default -F _causeway causeway\n";
}

}  // namespace causeway
