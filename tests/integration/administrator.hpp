#pragma once

#include "rosterd/base/task.hpp"
#include "rosterd/sandbox/sandbox.hpp"

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>

namespace rosterd::test {

/// Somebody else who works on the tenant all day, as a client of their own: puts guests into groups
/// and takes them out again, with the extension's calls, which write back a whole record that they
/// read before.
///
/// What is wanted is what was said last, by group and account; a call that was lost or refused is
/// made again by `put_right` only.
class Administrator {
 public:
  using Wanted = std::map<std::string, std::set<std::string>>;

  Administrator(sandbox::Sandbox& tenant, std::uint64_t seed) : tenant_(tenant), random_(seed) {}

  /// From now on also takes these accounts out of this group, and is not sorry for it.
  void takes_from(std::string group, std::set<std::string> accounts);
  /// From now on also puts this account into this group, and never takes it out.
  void keeps_in(std::string group, std::string account);

  /// One call after another, as long as `goes_on` says so.
  Task<void> work(const bool& goes_on);
  /// Repeats the last word about everything until the tenant has it.
  Task<void> put_right();

  const Wanted& wanted() const { return wanted_; }

 private:
  struct Answer {
    unsigned status = 0;
    std::string body;
  };
  Task<Answer> ask(std::string method, std::string target, std::string body);
  Task<void> log_in();
  Task<void> repeat(std::string method, const Wanted& accounts);
  Task<bool> change(std::string method, std::string group, std::string account);
  std::size_t pick(std::size_t below);

  sandbox::Sandbox& tenant_;
  std::mt19937_64 random_;
  std::string token_;
  std::map<std::string, std::string> groups_;  // name → id
  Wanted wanted_;
  Wanted unwanted_;
  std::map<std::string, std::set<std::string>> taken_from_;
  std::map<std::string, std::string> kept_in_;
};

}  // namespace rosterd::test
