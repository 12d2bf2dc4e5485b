#pragma once

#include <stdexcept>
#include <string>

namespace rosterd::sqlite {

/// There was no room for a transaction: nothing of it is there, and it may be tried again.
class DiskFull : public std::runtime_error {
 public:
  explicit DiskFull(const std::string& store)
      : std::runtime_error("the disk is full, and the store " + store + " cannot be written") {}
};

}  // namespace rosterd::sqlite
