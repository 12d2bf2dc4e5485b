#include "rosterd/base/supervisor.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <iterator>
#include <utility>

namespace rosterd {

namespace {

constexpr std::chrono::seconds grace_on_failure{5};

}  // namespace

void Supervisor::spawn(std::string name, Task<void> task) {
  children_.emplace_back();
  const auto child = std::prev(children_.end());
  child->name = std::move(name);
  auto on_exit = [this, child](std::exception_ptr error) { finished(child, error); };
  asio::co_spawn(
      loop_, std::move(task), asio::bind_cancellation_slot(child->cancel.slot(), std::move(on_exit))
  );
}

void Supervisor::request_stop(std::chrono::milliseconds grace) {
  if (!stop_.request_stop()) return;
  if (children_.empty()) return;
  grace_timer_.expires_after(grace);
  grace_timer_.async_wait([this](boost::system::error_code aborted) {
    if (!aborted) insist();
  });
}

void Supervisor::insist() {
  // A task that ends at once removes itself from the list, so step past it before emitting.
  for (auto child = children_.begin(); child != children_.end();) {
    const auto next = std::next(child);
    child->cancel.emit(asio::cancellation_type::terminal);
    child = next;
  }
}

void Supervisor::finished(std::list<Child>::iterator child, std::exception_ptr error) {
  if (error && !failure_ && !stop_.stop_requested()) {
    failure_ = error;
    failed_task_ = child->name;
  }
  children_.erase(child);
  if (error) request_stop(grace_on_failure);
  if (children_.empty()) grace_timer_.cancel();
}

}  // namespace rosterd
