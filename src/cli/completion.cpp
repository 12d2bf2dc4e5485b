#include "completion.hpp"

namespace rosterd::cli {

namespace {

std::string quoted(const std::string& text) {
  std::string safe;
  for (const char c : text) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return "'" + safe + "'";
}

/// fish has no way out of single quotes but a backslash.
std::string quoted_for_fish(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\'' || c == '\\') safe += '\\';
    safe += c;
  }
  return "'" + safe + "'";
}

/// The commands below the top, between `separator`s: what a word can make longer.
std::string commands(const std::vector<CompletionLevel>& levels, const std::string& separator) {
  std::string text;
  for (const CompletionLevel& level : levels) {
    if (level.command.empty()) continue;
    text += (text.empty() ? "" : separator) + quoted(level.command);
  }
  return text;
}

std::string words_of(const CompletionLevel& level) {
  std::string text;
  for (const auto& word : level.words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

std::string for_bash(const std::vector<CompletionLevel>& levels) {
  std::string script =
      "# bash completion; load it with: source <(rosterd completion bash)\n"
      "_rosterd() {\n"
      "  local at= word\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$at $word\" in\n"
      "      " +
      commands(levels, "|") +
      ") at=\"$at $word\" ;;\n"
      "    esac\n"
      "  done\n"
      "  local words=\n"
      "  case \"$at\" in\n";
  for (const CompletionLevel& level : levels) {
    script += "    " + quoted(level.command) + ") words=" + quoted(words_of(level)) + " ;;\n";
  }
  script +=
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
      "}\n"
      "complete -o default -F _rosterd rosterd\n";
  return script;
}

std::string for_zsh(const std::vector<CompletionLevel>& levels) {
  std::string script =
      "#compdef rosterd\n"
      "# zsh completion; load it with: source <(rosterd completion zsh)\n"
      "_rosterd() {\n"
      "  local at= word\n"
      "  for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
      "    case \"$at $word\" in\n"
      "      (" +
      commands(levels, "|") +
      ") at=\"$at $word\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$at\" in\n";
  for (const CompletionLevel& level : levels) {
    script += "    (" + quoted(level.command) + ") compadd -- " + words_of(level) + " ;;\n";
  }
  script +=
      "  esac\n"
      "  (( compstate[nmatches] )) || _files\n"
      "}\n"
      "if [ \"$funcstack[1]\" = _rosterd ]; then _rosterd \"$@\"; else compdef _rosterd rosterd; "
      "fi\n";
  return script;
}

std::string for_fish(const std::vector<CompletionLevel>& levels) {
  std::string script =
      "# fish completion; load it with: rosterd completion fish | source\n"
      "function __rosterd_at\n"
      "  set -l at ''\n"
      "  for word in (commandline -opc)\n"
      "    switch \"$at $word\"\n"
      "      case " +
      commands(levels, " ") +
      "\n"
      "        set at \"$at $word\"\n"
      "    end\n"
      "  end\n"
      "  test \"$at\" = \"$argv[1]\"\n"
      "end\n";
  for (const CompletionLevel& level : levels) {
    for (const auto& word : level.words) {
      script += "complete -c rosterd -n \"__rosterd_at '" + level.command + "'\" -a " +
                quoted_for_fish(word.text) + " -d " + quoted_for_fish(word.what) + "\n";
    }
  }
  return script;
}

}  // namespace

const std::vector<std::string>& completion_shells() {
  static const std::vector<std::string> shells = {"bash", "zsh", "fish"};
  return shells;
}

std::string completion_script(
    const std::string& shell, const std::vector<CompletionLevel>& levels
) {
  if (shell == "zsh") return for_zsh(levels);
  if (shell == "fish") return for_fish(levels);
  return for_bash(levels);
}

}  // namespace rosterd::cli
