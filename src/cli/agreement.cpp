#include "agreement.hpp"

#include "context.hpp"
#include "exit_code.hpp"

#include <iostream>
#include <unistd.h>

namespace rosterd::cli {

namespace {

bool agreed(const std::string& question) {
  if (isatty(STDIN_FILENO) != 1) {
    throw CommandError(exit_code::usage, question + " Nobody is there to say; --yes does it.");
  }
  std::cerr << question << " [y/N] ";
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

}  // namespace

bool go_on(bool yes, const std::string& question) {
  if (yes || agreed(question)) return true;
  std::cerr << "Nothing was done.\n";
  return false;
}

}  // namespace rosterd::cli
