#ifndef MARTLET_CMEMORY_H
#define MARTLET_CMEMORY_H

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

/// Asks for the memory at an address to be brought near, to be written where the processor knows the difference; harmless
/// for any address.
static inline void martlet_prefetch_to_write(const void *address) { __builtin_prefetch(address, 1); }

/// Tells the allocator to keep freed blocks of up to a gigabyte for the next request rather than give them back.
static inline void martlet_keep_freed_memory(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 29);
#endif
}

#endif
