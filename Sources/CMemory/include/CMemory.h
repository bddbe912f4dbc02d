#ifndef MARTLET_CMEMORY_H
#define MARTLET_CMEMORY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Asks for the memory at an address to be brought near, to be written where the processor knows the difference; harmless
/// for any address.
static inline void martlet_prefetch_to_write(const void *address) { __builtin_prefetch(address, 1); }

/// Asks for some bytes to be brought near, to be read; harmless for any address.
static inline void martlet_prefetch_to_read(const void *address, size_t bytes) {
  for (size_t at = 0; at < bytes; at += 64) __builtin_prefetch((const char *)address + at, 0);
}

/// Tells the allocator to keep freed blocks of up to a gigabyte for the next request rather than give them back.
void martlet_keep_freed_memory(void);

/// Tells the allocator to give blocks of 4 MB and more, and as much at the end of its heap, back as soon as they are freed,
/// and to let all threads share two arenas, so that what stays does not lie scattered over one for each.
void martlet_return_freed_memory(void);

/// Tells the allocator to reserve no address space for each thread, and to give back what is freed.
void martlet_spare_memory(void);

/// Gives back to the system whatever whole pages are free among those that the allocator keeps.
void martlet_give_back_memory(void);

/// From now on memory that the system refuses ends the process with a status and a sentence on standard error, since
/// neither Swift nor most libraries could go on; so does a thread for whose stack there is no room.
void martlet_end_without_memory(int status);

/// What is refused on this thread between these calls is the caller's to deal with. They may be within one another.
void martlet_memory_may_be_refused(void);
void martlet_memory_must_suffice(void);

/// True where so many bytes of address space can be had at this moment.
int martlet_has_address_space(size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
