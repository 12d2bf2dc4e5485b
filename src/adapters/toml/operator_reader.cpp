#include "adapters/toml/operator_reader.hpp"

#include "adapters/toml/webhook_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace rosterd::config_files {

namespace {

/// `0o660`, or `"0660"` as chmod has it.
void read_socket_mode(TableReader& table, unsigned& mode) {
  const auto* node = table.node("socket_mode");
  if (node == nullptr) return;
  const auto* number = node->as_integer();
  const auto* text = node->as_string();
  std::optional<std::int64_t> value;
  if (number != nullptr) value = number->get();
  if (text != nullptr && !text->get().empty() &&
      text->get().find_first_not_of("01234567") == std::string::npos && text->get().size() <= 5) {
    value = std::stoll(text->get(), nullptr, 8);
  }
  if (!value || *value < 0 || *value > 0777) {
    table.problem("socket_mode", "socket_mode should be a file mode: \"0660\" or 0o660");
    return;
  }
  mode = static_cast<unsigned>(*value);
}

void read_listener(TableReader& table, OperatorConfig& operator_, const SecretReader& secrets) {
  table.text("listen", operator_.listen);
  secrets.read(table, "token", operator_.token);
  if (operator_.listen.empty()) return;
  if (!is_address(operator_.listen)) {
    table.problem(
        "listen",
        "listen is " + in_quotes(operator_.listen) +
            ", should be HOST:PORT as in \"127.0.0.1:8086\", \"[::1]:8086\", or \"\" for none"
    );
  }
  if (!table.has("token")) {
    table.problem(
        "listen",
        "listen has no token, which keeps others out, as in "
        "token = { credential = \"operator_token\" }"
    );
  }
}

}  // namespace

void read_operator(
    TableReader& table,
    OperatorConfig& operator_,
    const std::filesystem::path& base,
    const SecretReader& secrets
) {
  constexpr std::size_t unix_path_bytes_max = 107;
  table.path("socket", operator_.socket, base);
  read_socket_mode(table, operator_.socket_mode);
  if (operator_.socket.string().size() > unix_path_bytes_max) {
    table.problem("socket", "socket is a path of over 107 bytes, which Unix sockets cannot have");
  }
  read_listener(table, operator_, secrets);
  table.path("tls_certificate", operator_.tls_certificate, base);
  table.path("tls_key", operator_.tls_key, base);
  check_tls_files(table, operator_.tls_certificate, operator_.tls_key);
}

}  // namespace rosterd::config_files
