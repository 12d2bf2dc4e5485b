#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rosterd {

namespace asio = boost::asio;

/// A coroutine that runs on the loop. Lazy: nothing happens until it is awaited or spawned.
///
/// House rule: nothing is born on a line with `co_await`. g++ 12 copies aggregate temporaries
/// bitwise into the coroutine frame and destroys both copies (tools/lint_coroutines.py).
template <class T>
using Task = asio::awaitable<T>;

}  // namespace rosterd
