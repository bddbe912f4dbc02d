#ifndef MARTLET_CCURL_H
#define MARTLET_CCURL_H

// The functions of libcurl that set and ask take arguments of any type, which Swift cannot call; these have one type each.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

typedef size_t (*martlet_curl_function)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode martlet_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode martlet_curl_set_size(CURL *handle, CURLoption option, long long value) {
  return curl_easy_setopt(handle, option, (curl_off_t)value);
}

static inline CURLcode martlet_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode martlet_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode martlet_curl_set_function(CURL *handle, CURLoption option, martlet_curl_function value) {
  return curl_easy_setopt(handle, option, value);
}

/// Has a message go to those recipients whom the server takes where it does not take all; done by 7.69 and later, earlier ones refuse the
/// whole message. Before 8.2 the option's name was spelled otherwise.
static inline CURLcode martlet_curl_allow_refused_recipients(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x080200
  return curl_easy_setopt(handle, CURLOPT_MAIL_RCPT_ALLOWFAILS, 1L);
#elif LIBCURL_VERSION_NUM >= 0x074500
  return curl_easy_setopt(handle, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
#else
  (void)handle;
  return CURLE_OK;
#endif
}

/// Has a function see all lines of the protocol that go out and come in.
static inline CURLcode martlet_curl_watch(CURL *handle, curl_debug_callback function, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, function);
  if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_DEBUGDATA, context);
  return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
}

/// Allows no protocol but one of those named, also not where a redirect leads.
static inline CURLcode martlet_curl_allow(CURL *handle, const char *names, long bits) {
#if LIBCURL_VERSION_NUM >= 0x075500
  (void)bits;
  CURLcode code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, names);
  return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, names);
#else
  (void)names;
  CURLcode code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS, bits);
  return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS, bits);
#endif
}

static inline CURLcode martlet_curl_allow_http(CURL *handle) {
  return martlet_curl_allow(handle, "http,https", CURLPROTO_HTTP | CURLPROTO_HTTPS);
}

static inline CURLcode martlet_curl_allow_mail(CURL *handle) {
  return martlet_curl_allow(handle, "smtp,smtps", CURLPROTO_SMTP | CURLPROTO_SMTPS);
}

static inline CURLcode martlet_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode martlet_curl_get_double(CURL *handle, CURLINFO info, double *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode martlet_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

static inline CURLcode martlet_curl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

#endif
