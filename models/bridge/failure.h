/* What goes wrong, and what the libraries said about it. */
#pragma once

#include <string>

namespace keeplight {

/** An error of which JavaScript sees `kind: what`; models/bridge/eyes.ts knows the kinds. */
[[noreturn]] void fail(const std::string & kind, const std::string & what);

/** From now on what the libraries complain about is kept instead of printed. */
void keepComplaints();

/** What they complained about since the last call: for the sentence that a person gets. */
std::string takeComplaints();

} // namespace keeplight
