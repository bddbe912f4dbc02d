#ifndef MARTLET_CMAXMIND_H
#define MARTLET_CMAXMIND_H

#include <maxminddb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/// Looks up an address of four bytes (IPv4) or sixteen (IPv6), in network order.
static inline int martlet_maxmind_lookup(
    const MMDB_s *database, const uint8_t *bytes, int count, MMDB_lookup_result_s *result) {
  int status = MMDB_SUCCESS;
  if (count == 4) {
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    memcpy(&address.sin_addr, bytes, 4);
    *result = MMDB_lookup_sockaddr(database, (const struct sockaddr *)&address, &status);
  } else {
    struct sockaddr_in6 address;
    memset(&address, 0, sizeof address);
    address.sin6_family = AF_INET6;
    memcpy(&address.sin6_addr, bytes, 16);
    *result = MMDB_lookup_sockaddr(database, (const struct sockaddr *)&address, &status);
  }
  return status;
}

/// A value of an entry: what it is tells which member counts.
typedef struct martlet_maxmind_value {
  enum { martlet_maxmind_none, martlet_maxmind_text, martlet_maxmind_integer, martlet_maxmind_real } kind;
  const char *text;
  uint32_t length;
  uint64_t integer;
  double real;
} martlet_maxmind_value;

/// Reads the value at the end of up to four keys, the rest of which are null; the library's own call holds it in a union
/// with a 128-bit integer. Leaves `none` where the entry has no such value or one of another type.
static inline int martlet_maxmind_get(
    MMDB_entry_s entry, const char *first, const char *second, const char *third, const char *fourth,
    martlet_maxmind_value *value) {
  const char *const path[] = {first, second, third, fourth, NULL};
  MMDB_entry_data_s data;
  memset(value, 0, sizeof *value);
  int status = MMDB_aget_value(&entry, &data, path);
  if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR || status == MMDB_INVALID_LOOKUP_PATH_ERROR)
    return MMDB_SUCCESS;
  if (status != MMDB_SUCCESS || !data.has_data) return status;
  switch (data.type) {
  case MMDB_DATA_TYPE_UTF8_STRING:
    value->kind = martlet_maxmind_text;
    value->text = data.utf8_string;
    value->length = data.data_size;
    break;
  case MMDB_DATA_TYPE_UINT16:
    value->kind = martlet_maxmind_integer;
    value->integer = data.uint16;
    break;
  case MMDB_DATA_TYPE_UINT32:
    value->kind = martlet_maxmind_integer;
    value->integer = data.uint32;
    break;
  case MMDB_DATA_TYPE_UINT64:
    value->kind = martlet_maxmind_integer;
    value->integer = data.uint64;
    break;
  case MMDB_DATA_TYPE_DOUBLE:
    value->kind = martlet_maxmind_real;
    value->real = data.double_value;
    break;
  case MMDB_DATA_TYPE_FLOAT:
    value->kind = martlet_maxmind_real;
    value->real = data.float_value;
    break;
  default:
    break;
  }
  return status;
}

#endif
