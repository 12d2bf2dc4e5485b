#pragma once

#include <string>
#include <vector>

namespace rosterd::cli {

/// What can follow one command on the command line.
struct CompletionLevel {
  struct Word {
    std::string text;  ///< a command's name, or an option with its dashes
    std::string what;  ///< one sentence
  };
  std::string command;  ///< the words after `rosterd`, each after a blank: ` events list`
  std::vector<Word> words;
};

/// Shells that `completion_script` knows.
const std::vector<std::string>& completion_shells();

/// A script that completes commands and options in that shell; values of options complete as file
/// names. Knows nothing of what is in the store.
std::string completion_script(const std::string& shell, const std::vector<CompletionLevel>& levels);

}  // namespace rosterd::cli
