#pragma once

#include "rosterd/domain/attributes.hpp"

#include <string>

namespace rosterd {

/// Appends attributes as one JSON object (RFC 8259), in the order of their names: a list of texts
/// is an array, null says that a patch clears. What is no integer has a point or an exponent, so
/// that it is read back as what it was. Pure, any thread.
void append_json(std::string& out, const Attributes& attributes);
void append_json(std::string& out, const AttributePatch& patch);

}  // namespace rosterd
