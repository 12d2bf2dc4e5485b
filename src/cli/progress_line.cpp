#include "progress_line.hpp"

#include <iostream>
#include <unistd.h>

namespace rosterd::cli {

namespace {

constexpr const char* erase = "\r\x1b[K";

}  // namespace

ProgressLine::ProgressLine() : on_terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(const std::string& text) {
  if (!on_terminal_ || text == shown_) return;
  shown_ = text;
  std::cerr << erase << text << std::flush;
}

void ProgressLine::clear() {
  show("");
}

}  // namespace rosterd::cli
