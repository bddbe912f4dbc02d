#include "CSimdjson.h"
#include "CMemory.h"

#include <new>
#include <simdjson.h>

struct martlet_json {
  simdjson::dom::parser parser;
};

martlet_json *martlet_json_create(void) { return new (std::nothrow) martlet_json(); }

void martlet_json_destroy(martlet_json *json) { delete json; }

static int reserve(martlet_json *json, size_t length) {
  // Room grows by half, or by a megabyte, so that files of slowly growing size do not each allocate anew.
  size_t capacity = json->parser.capacity();
  if (json->parser.implementation && length < capacity) { return simdjson::SUCCESS; }
  size_t more = length / 2;
  if (more > 1 << 20) { more = 1 << 20; }
  martlet_memory_may_be_refused();
  int error = json->parser.allocate(length + more + 1024);
  martlet_memory_must_suffice();
  return error;
}

void martlet_json_trim(martlet_json *json, size_t capacity) {
  if (json->parser.capacity() > capacity) { json->parser = simdjson::dom::parser(); }
}

int martlet_json_index(martlet_json *json, const uint8_t *bytes, size_t length, const uint32_t **positions,
                       size_t *count) {
  int error = reserve(json, length);
  if (error) { return error; }
  auto &implementation = *json->parser.implementation;
  error = implementation.stage1(bytes, length, simdjson::stage1_mode::regular);
  if (error) { return error; }
  *positions = implementation.structural_indexes.get();
  *count = implementation.n_structural_indexes;
  return simdjson::SUCCESS;
}

int martlet_json_parse(martlet_json *json, const uint8_t *bytes, size_t length) {
  int error = reserve(json, length);
  if (error) { return error; }
  simdjson::dom::element element;
  return json->parser.parse(bytes, length, false).get(element);
}

const char *martlet_json_error_message(int code) {
  return simdjson::error_message(static_cast<simdjson::error_code>(code));
}

int martlet_json_is_utf8_error(int code) { return code == simdjson::UTF8_ERROR; }

int martlet_json_is_unclosed_string(int code) { return code == simdjson::UNCLOSED_STRING; }

int martlet_json_is_memory_error(int code) { return code == simdjson::MEMALLOC || code == simdjson::CAPACITY; }

int martlet_json_is_bare_control(int code) { return code == simdjson::UNESCAPED_CHARS; }
