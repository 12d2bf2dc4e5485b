#include "wire.hpp"

#include "rosterd/base/text.hpp"

#include <boost/asio/co_spawn.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <exception>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace rosterd::fuzz {

namespace {

constexpr int turns_max = 20'000;

/// The client's end.
class Client {
 public:
  explicit Client(int fd) : fd_(fd) {}
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// As much as goes in now; the rest is for later. What nobody reads any more is forgotten.
  void send(std::string_view& bytes, std::size_t at_most) {
    const std::size_t wanted = std::min(bytes.size(), at_most);
    const auto sent = ::send(fd_, bytes.data(), wanted, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EWOULDBLOCK) {
      bytes = {};
    }
  }
  void half_close() { ::shutdown(fd_, SHUT_WR); }

  void hear(std::string& into) {
    std::array<char, 16384> room{};
    for (;;) {
      const auto count = ::recv(fd_, room.data(), room.size(), MSG_DONTWAIT);
      if (count <= 0) return;
      into.append(room.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  int fd_;
};

/// Whether a whole answer of that length is there at the front; takes it.
bool take_answer(std::string_view& answers, unsigned& status, bool bodiless, bool last) {
  const std::size_t end = answers.find("\r\n\r\n");
  if (end == std::string_view::npos) return false;
  const std::string_view header = answers.substr(0, end + 2);
  if (!header.starts_with("HTTP/1.1 ") || header.size() < 14) return false;
  const auto digits = header.substr(9, 3);
  if (std::from_chars(digits.data(), digits.data() + 3, status).ec != std::errc{}) return false;
  std::size_t length = 0;
  constexpr std::string_view field = "\r\nContent-Length: ";
  const std::size_t at = header.find(field);
  if (at != std::string_view::npos) {
    const std::string_view number = header.substr(at + field.size());
    std::from_chars(number.data(), number.data() + number.size(), length);
  }
  answers.remove_prefix(end + 4);
  // Nobody remembers the method of what was refused: its answer may be one to HEAD.
  if (bodiless || (last && answers.empty())) return true;
  if (answers.size() < length) return false;
  answers.remove_prefix(length);
  return true;
}

}  // namespace

Task<HttpResponse> Witness::handle(const HttpRequest& request) {
  std::string what = std::string(request.method) + " " + std::string(request.target) + "\n";
  for (const auto& [name, value] : request.headers) {
    require(name.find_first_of("\r\n \t") == std::string_view::npos, "a name is one word", name);
    require(value.find_first_of("\r\n") == std::string_view::npos, "a value is one line", value);
    what += std::string(name) + ": " + std::string(value) + "\n";
  }
  require(request.body.size() <= body_bytes_max(request.target), "a body is within its limit");
  asked_.push_back(what + std::string(request.body));
  bodiless_.push_back(request.method == "HEAD");
  try {
    co_return co_await handler_.handle(request);
  } catch (const std::exception& error) {
    require(false, "no request makes a handler throw", error.what());
    throw;
  }
}

std::string answers_to(
    asio::io_context& loop,
    const std::shared_ptr<http::Hub>& hub,
    std::string_view bytes,
    Choices piece_bytes,
    bool in_pieces
) {
  std::array<int, 2> ends{};
  require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0, "sockets");
  Client client(ends[0]);
  http::Socket socket(loop.get_executor());
  socket.assign(http::AnyStream(AF_UNIX, 0), ends[1]);

  bool over = false;
  auto connection = http::make_connection(hub, std::move(socket), nullptr, http::Welcome::serve);
  auto on_exit = [&over, held = connection](std::exception_ptr error) {
    require(!error, "a connection ends without an exception");
    over = true;
  };
  loop.restart();
  asio::co_spawn(loop, connection->serve(), std::move(on_exit));
  connection.reset();

  std::string answers;
  bool closed = false;
  int turn = 0;
  while (!over) {
    require(++turn < turns_max, "a connection comes to its end", answers);
    client.send(bytes, in_pieces ? 1 + piece_bytes.next(80) : bytes.size());
    if (bytes.empty() && !std::exchange(closed, true)) client.half_close();
    // Where the loop waits for another thread, a moment is given to it.
    if (loop.poll() == 0 && closed) loop.run_one_for(std::chrono::milliseconds(1));
    client.hear(answers);
  }
  client.hear(answers);
  constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  for (auto at = answers.find(go_on); at != answers.npos; at = answers.find(go_on, at)) {
    answers.erase(at, go_on.size());
  }
  return answers;
}

Answers answers_in(std::string_view answers, const Witness& witness) {
  Answers found;
  const std::size_t asked = witness.asked().size();
  while (!answers.empty()) {
    require(found.refusal == 0, "a refusal is the last answer", answers);
    const std::string_view before = answers;
    const std::size_t index = found.texts.size();
    const bool is_refusal = index >= asked;
    unsigned status = 0;
    const bool bodiless = !is_refusal && witness.bodiless()[index];
    require(take_answer(answers, status, bodiless, is_refusal), "an answer is HTTP", before);
    require(status >= 200 && status < 600 && status != 500, "a client is told what it may know");
    if (is_refusal) {
      found.refusal = status;
    } else {
      found.texts.emplace_back(before.substr(0, before.size() - answers.size()));
      found.statuses.push_back(status);
    }
  }
  require(found.texts.size() == asked, "every request is answered");
  return found;
}

void require_same(const Answers& in_one_piece, const Answers& in_pieces) {
  require(in_pieces.texts == in_one_piece.texts, "pieces change no answer");
  constexpr unsigned too_long = 431;
  const bool unfinished = in_pieces.refusal == 0 || in_pieces.refusal == too_long;
  const std::string refusals =
      std::to_string(in_one_piece.refusal) + " | " + std::to_string(in_pieces.refusal);
  const bool same = in_pieces.refusal == in_one_piece.refusal;
  require(same || (unfinished && in_one_piece.refusal != 0), "nor a refusal", refusals);
}

}  // namespace rosterd::fuzz
