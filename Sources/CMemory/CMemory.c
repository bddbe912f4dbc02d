#define _GNU_SOURCE
#include "CMemory.h"

#include <sys/mman.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MARTLET_SANITIZED 1
#endif
#endif

int martlet_has_address_space(size_t bytes) {
  void *room = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) { return 0; }
  munmap(room, bytes);
  return 1;
}

#if defined(__linux__)
#include <features.h>
#endif

#ifdef __GLIBC__
#include <malloc.h>

void martlet_keep_freed_memory(void) {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 29);
}

// Left alone, the allocator raises the first of these to the largest block that was freed, up to 32 MB, whose like then come
// from the heap, where what lies behind them keeps them. With 1 MB a service that takes in events spends a fifth more of its
// time, in page faults.
void martlet_return_freed_memory(void) {
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 4 << 20);
  mallopt(M_ARENA_MAX, 2);
}

// By default each thread gets an arena of its own, for which 64 MB of address space are reserved at a time.
void martlet_spare_memory(void) {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

void martlet_give_back_memory(void) { malloc_trim(0); }
#else
void martlet_keep_freed_memory(void) {}
void martlet_return_freed_memory(void) {}
void martlet_spare_memory(void) {}
void martlet_give_back_memory(void) {}
#endif

#if defined(__GLIBC__) && !defined(MARTLET_SANITIZED)
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

// The allocator is the C library's own; only its refusals are seen. A sanitizer has its own allocator and stays alone.

static int ending_status;
static __thread int tolerance;

void martlet_end_without_memory(int status) { ending_status = status; }
void martlet_memory_may_be_refused(void) { tolerance += 1; }
void martlet_memory_must_suffice(void) { tolerance -= 1; }

/// Ends the process. Nothing is allocated, and no lock is taken.
static void end(const char *what, unsigned long long bytes) {
  char text[512];
  struct rlimit limit;
  int length = snprintf(text, sizeof text, "martlet: out of memory: %llu bytes for %s were refused", bytes, what);
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    length += snprintf(text + length, sizeof text - (size_t)length, " under a limit of %llu MB (ulimit -v)",
                       (unsigned long long)limit.rlim_cur >> 20);
  }
  length += snprintf(text + length, sizeof text - (size_t)length,
                     "; what was printed is not complete. Give it more memory, fewer threads (--threads 1), or less "
                     "input at a time\n");
  ssize_t written = write(STDERR_FILENO, text, (size_t)length);
  (void)written;
  _exit(ending_status);
}

static void *checked(void *memory, size_t bytes) {
  if (__builtin_expect(memory == NULL, 0) && bytes > 0 && ending_status != 0 && tolerance == 0) {
    end("data", bytes);
  }
  return memory;
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

void *malloc(size_t bytes) { return checked(__libc_malloc(bytes), bytes); }

void *calloc(size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) { bytes = (size_t)-1; }
  return checked(__libc_calloc(count, size), bytes);
}

void *realloc(void *memory, size_t bytes) { return checked(__libc_realloc(memory, bytes), bytes); }

void *memalign(size_t alignment, size_t bytes) { return checked(__libc_memalign(alignment, bytes), bytes); }

void *aligned_alloc(size_t alignment, size_t bytes) { return checked(__libc_memalign(alignment, bytes), bytes); }

int posix_memalign(void **memory, size_t alignment, size_t bytes) {
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) { return EINVAL; }
  void *room = checked(__libc_memalign(alignment, bytes), bytes);
  if (room == NULL) { return ENOMEM; }
  *memory = room;
  return 0;
}

// Dispatch asks again and again for a thread that it does not get, for ever.
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
  typedef int (*Create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  static _Atomic(Create) known;
  Create create = known;
  if (create == NULL) {
    create = (Create)dlsym(RTLD_NEXT, "pthread_create");
    known = create;
  }
  int code = create(thread, attributes, body, argument);
  if (code != 0 && ending_status != 0) {
    size_t stack = 0;
    pthread_attr_t standard;
    if (attributes == NULL || pthread_attr_getstacksize(attributes, &stack) != 0 || stack == 0) {
      stack = 8 << 20;
      if (pthread_getattr_default_np(&standard) == 0) {
        pthread_attr_getstacksize(&standard, &stack);
        pthread_attr_destroy(&standard);
      }
    }
    if (!martlet_has_address_space(stack)) { end("a thread", stack); }
  }
  return code;
}
#else
void martlet_end_without_memory(int status) { (void)status; }
void martlet_memory_may_be_refused(void) {}
void martlet_memory_must_suffice(void) {}
#endif
