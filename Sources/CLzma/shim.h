#include <lzma.h>

/// `LZMA_STREAM_INIT` and the flags are macros that Swift does not see.
static inline lzma_stream martlet_lzma_stream(void) {
  lzma_stream stream = LZMA_STREAM_INIT;
  return stream;
}

static const uint32_t martlet_lzma_concatenated = LZMA_CONCATENATED;
