#pragma once

#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "rosterd/base/instant.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace rosterd::test {

/// A folder of its own, gone with its owner.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rosterd-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A real store in a folder of its own, with the loop it delivers on.
class TempStore {
 public:
  TempStore() : TempStore(sqlite::StoreOptions{}) {}
  explicit TempStore(sqlite::StoreOptions options) : options_(std::move(options)) {
    options_.path = folder_.path() / "rosterd.db";
    if (options_.now == Instant{}) options_.now = *parse_rfc3339("2026-03-02T09:00:00Z");
    open();
  }

  asio::io_context& loop() { return loop_; }
  const Crypto& crypto() const { return *crypto_; }
  const std::filesystem::path& path() const { return options_.path; }
  sqlite::StoreOptions& options() { return options_; }

  sqlite::Store& store() { return *store_; }
  EventLog& event_log() { return store_->event_log(); }
  WorkStore& work() { return store_->work(); }
  IntakeStore& intake() { return store_->intake(); }
  OutboxControl& control() { return store_->control(); }
  std::unique_ptr<Views> views() const { return sqlite::open_views(options_.path); }

  /// Awaits a call of the store.
  template <class T>
  T run(Task<T> task) {
    return test::run(loop_, std::move(task));
  }

  void open() {
    store_ = std::make_unique<sqlite::Store>(options_, *crypto_, loop_.get_executor());
  }
  void close() { store_.reset(); }
  void reopen() {
    close();
    open();
  }

  /// What a `kill -9` would leave at this moment: the files as they are on the disk, opened again.
  void crash_and_reopen() {
    const auto elsewhere = folder_.path() / ("crash-" + std::to_string(++crashes_));
    std::filesystem::create_directory(elsewhere);
    const auto copy = elsewhere / "rosterd.db";
    std::filesystem::copy_file(options_.path, copy);
    const std::filesystem::path log = options_.path.string() + "-wal";
    if (std::filesystem::exists(log)) std::filesystem::copy_file(log, copy.string() + "-wal");
    close();
    options_.path = copy;
    open();
  }

 private:
  TempFolder folder_;
  std::unique_ptr<Crypto> crypto_ = openssl::make_crypto();
  asio::io_context loop_{1};
  sqlite::StoreOptions options_;
  std::unique_ptr<sqlite::Store> store_;
  int crashes_ = 0;
};

}  // namespace rosterd::test
