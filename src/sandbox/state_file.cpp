#include "sandbox/state_file.hpp"

#include "sandbox/payload.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace rosterd::sandbox {

namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const char* doing) {
  throw std::system_error(errno, std::generic_category(), std::string(doing) + " " + file.string());
}

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& file, int flags)
      : file_(file), value_(::open(file.c_str(), flags | O_CLOEXEC, 0600)) {
    if (value_ < 0) fail(file_, "cannot open");
  }
  ~Descriptor() { ::close(value_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(value_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail(file_, "cannot write");
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void sync() const {
    if (::fsync(value_) != 0) fail(file_, "cannot sync");
  }

 private:
  std::filesystem::path file_;
  int value_;
};

/// A user in full, as this sandbox saved it, or in the short form of a state written by hand.
void put_user(Tenant& tenant, const Json& entry) {
  const std::string* id = text_of(entry, "user_id");
  if (!id) throw std::invalid_argument("a user without a user_id");
  if (member(entry, "identities")) {
    tenant.users.put(entry);
    return;
  }
  User user;
  user.user_id = *id;
  user.email = entry.value("email", "");
  user.name = entry.value("name", "");
  user.nickname = entry.value("nickname", "");
  user.connection = entry.value("connection", "");
  tenant.users.put(user, tenant.clock.now());
}

}  // namespace

void read_state_file(Tenant& tenant, const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error("cannot read " + file.string());
  try {
    load_state(tenant, text.str());
  } catch (const std::invalid_argument& problem) {
    throw std::runtime_error(file.string() + ": " + problem.what());
  }
}

void load_state(Tenant& tenant, std::string_view text) {
  auto state = parse_json(text);
  if (!state || !state->is_object()) throw std::invalid_argument("the state is not a JSON object");
  if (const Json* users = member(*state, "users")) {
    for (const Json& user : *users) put_user(tenant, user);
    state->erase("users");
  }
  for (const auto& [collection, records] : state->items()) {
    if (!records.is_array()) {
      throw std::invalid_argument("\"" + collection + "\" is not a list of records");
    }
  }
  if (!tenant.storage.replace(std::move(*state))) {
    throw std::invalid_argument("the state is larger than the storage");
  }
}

void write_state_file(const Tenant& tenant, const std::filesystem::path& file) {
  Json state = tenant.storage.document();
  state["users"] = tenant.users.all();
  std::filesystem::path fresh = file;
  fresh += ".new";
  {
    const Descriptor out(fresh, O_WRONLY | O_CREAT | O_TRUNC);
    out.write(state.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    out.sync();
  }
  std::filesystem::rename(fresh, file);
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const Descriptor directory(folder, O_RDONLY | O_DIRECTORY);
  directory.sync();
}

}  // namespace rosterd::sandbox
