#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A simdjson parser and its buffers; one thread at a time.
typedef struct martlet_json martlet_json;

martlet_json *martlet_json_create(void);
void martlet_json_destroy(martlet_json *json);

/// Frees the buffers when they have grown beyond `capacity` bytes of input.
void martlet_json_trim(martlet_json *json, size_t capacity);

/// simdjson's first stage: checks UTF-8 and finds where each structural character and each scalar starts.
/// On success (0) `positions` has `count` offsets, then two that equal `length`; valid until the next call.
/// Otherwise returns simdjson's error code.
int martlet_json_index(martlet_json *json, const uint8_t *bytes, size_t length, const uint32_t **positions,
                       size_t *count);

/// A complete DOM parse (both stages). `bytes` is readable for 64 bytes beyond `length`. 0 or simdjson's error code.
int martlet_json_parse(martlet_json *json, const uint8_t *bytes, size_t length);

/// What an error code means, in simdjson's words.
const char *martlet_json_error_message(int code);

/// True when the code says that the text is no valid UTF-8.
int martlet_json_is_utf8_error(int code);

/// True when the code says that a string is not closed.
int martlet_json_is_unclosed_string(int code);

/// True when the code says that there is no memory for a text of this length.
int martlet_json_is_memory_error(int code);

/// True when the code says that a control character stands bare in a string.
int martlet_json_is_bare_control(int code);

#ifdef __cplusplus
}
#endif
#endif
