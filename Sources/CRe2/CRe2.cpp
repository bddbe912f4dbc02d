#include "CRe2.h"

#include <cstring>
#include <new>
#include <re2/re2.h>

struct martlet_re2 {
  RE2 regex;
  martlet_re2(const re2::StringPiece &pattern, const RE2::Options &options) : regex(pattern, options) {}
};

extern "C" martlet_re2 *martlet_re2_create(const uint8_t *pattern, size_t length, int64_t memory, char *error,
                                           size_t capacity) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_never_capture(true);
  options.set_max_mem(memory);
  auto regex = new (std::nothrow)
      martlet_re2(re2::StringPiece(reinterpret_cast<const char *>(pattern), length), options);
  if (!regex) {
    if (capacity) std::strncpy(error, "no memory", capacity - 1), error[capacity - 1] = 0;
    return nullptr;
  }
  if (!regex->regex.ok()) {
    if (capacity) std::strncpy(error, regex->regex.error().c_str(), capacity - 1), error[capacity - 1] = 0;
    delete regex;
    return nullptr;
  }
  return regex;
}

extern "C" void martlet_re2_destroy(martlet_re2 *regex) { delete regex; }

extern "C" int martlet_re2_matches(const martlet_re2 *regex, const uint8_t *text, size_t length) {
  return RE2::FullMatch(re2::StringPiece(reinterpret_cast<const char *>(text), length), regex->regex);
}
