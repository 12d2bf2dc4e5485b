#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// What libFuzzer calls with every input, and `replay.cpp` with every file of the corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace rosterd::fuzz {

/// Ends the process, so that the fuzzer keeps the input, unless the claim holds. `shown` is what
/// there was instead.
void require(bool holds, std::string_view claim, std::string_view shown = {});

/// A message for people: there is one, it fits onto one line, and nobody can make it grow without
/// bounds.
void require_sentence(std::string_view text, std::size_t bytes_max = 4096);

/// An input taken apart. Its parts stand on lines of their own, so that corpora can be read and
/// written by hand: first what the target is to do, then what with.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  /// The bytes up to the next line feed, which is taken, too.
  std::string_view line();
  /// All that is left.
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// Numbers out of a line, one for each character, and over again: 0 for `0`, 1 for `1` … .
class Choices {
 public:
  explicit Choices(std::string_view line) : line_(line) {}

  /// Below `count`, which is above zero.
  std::size_t next(std::size_t count);

 private:
  std::string_view line_;
  std::size_t at_ = 0;
};

}  // namespace rosterd::fuzz
