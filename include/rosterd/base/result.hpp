#pragma once

#include <boost/system/result.hpp>

namespace rosterd {

/// A value, or why the input or the peer did not allow one.
///
/// `E` must be default-constructible and must not be an aggregate: give error types constructors
/// (Boost 1.81 returns `E()` from `error()` on success, and parenthesised aggregate
/// initialisation makes plain values ambiguous with `E`).
template <class T, class E>
using Result = boost::system::result<T, E>;

}  // namespace rosterd
