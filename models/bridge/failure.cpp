#include "failure.h"

#include <mutex>
#include <stdexcept>

#include "ggml.h"
#include "mtmd-helper.h"

namespace keeplight {

namespace {

/** Of a library that repeats itself. */
const size_t MOST_COMPLAINTS = 4000;

std::mutex lock;
std::string complaints;

void onLog(ggml_log_level level, const char * text, void *) {
    if (level != GGML_LOG_LEVEL_ERROR && level != GGML_LOG_LEVEL_WARN) return;
    std::lock_guard<std::mutex> guard(lock);
    if (complaints.size() < MOST_COMPLAINTS) complaints += text;
}

} // namespace

void fail(const std::string & kind, const std::string & what) { throw std::runtime_error(kind + ": " + what); }

void keepComplaints() { mtmd_helper_log_set(onLog, nullptr); }

std::string takeComplaints() {
    std::lock_guard<std::mutex> guard(lock);
    std::string taken;
    taken.swap(complaints);
    return taken;
}

} // namespace keeplight
