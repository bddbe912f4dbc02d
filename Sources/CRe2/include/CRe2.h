#ifndef CRE2_H
#define CRE2_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled regular expression; any number of threads may match with it.
typedef struct martlet_re2 martlet_re2;

/// Compiles a pattern of RE2's syntax in UTF-8, in which `.` is any character and nothing is captured.
/// On failure returns NULL and fills `error` with a text of at most `capacity` bytes, its end marked by a zero.
martlet_re2 *martlet_re2_create(const uint8_t *pattern, size_t length, int64_t memory, char *error, size_t capacity);
void martlet_re2_destroy(martlet_re2 *regex);

/// 1 when the whole text matches, 0 when it does not.
int martlet_re2_matches(const martlet_re2 *regex, const uint8_t *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
