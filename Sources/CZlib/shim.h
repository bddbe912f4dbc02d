#include <zlib.h>

/// `inflateInit2` is a macro, which Swift does not see; windowBits 15 + 16 reads gzip members only.
static inline int martlet_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

/// Adding 32 reads members of gzip and streams of zlib, whichever comes.
static inline int martlet_inflate_init_any(z_stream *stream) { return inflateInit2(stream, 15 + 32); }
