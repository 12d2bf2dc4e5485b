#pragma once

#include <string>

namespace rosterd::cli {

/// Whether it is to be done: somebody said so, with `--yes` or now, at the terminal. Says so where
/// nothing is done; throws a CommandError (usage) where nobody is there to be asked.
bool go_on(bool yes, const std::string& question);

}  // namespace rosterd::cli
