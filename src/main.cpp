#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/exit_code.hpp"

#include <exception>
#include <iostream>
#include <variant>

int main(int argc, char** argv) try {
  using namespace rosterd;
  const cli::Command command = cli::parse({argv + 1, argv + argc});
  return std::visit([](const auto& named) { return cli::run(named); }, command);
} catch (const rosterd::cli::CommandError& error) {
  std::cerr << "rosterd: " << error.what() << '\n';
  return error.exit_code();
} catch (const std::exception& error) {
  std::cerr << "rosterd: " << error.what() << '\n';
  return rosterd::cli::exit_code::failed;
}
