#pragma once

#include <string>

namespace rosterd::cli {

/// A line on standard error that is rewritten as the work goes on, and gone with its owner; nothing
/// but on a terminal.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const std::string& text);
  /// Before something else is printed.
  void clear();

 private:
  bool on_terminal_;
  std::string shown_;
};

}  // namespace rosterd::cli
