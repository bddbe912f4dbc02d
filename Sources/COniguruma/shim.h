#ifndef MARTLET_CONIGURUMA_H
#define MARTLET_CONIGURUMA_H

#include <oniguruma.h>

// The macros below stand for addresses, which Swift does not see.
static inline OnigEncoding martlet_onig_utf8(void) { return ONIG_ENCODING_UTF8; }
static inline OnigSyntaxType *martlet_onig_ruby(void) { return (OnigSyntaxType *)ONIG_SYNTAX_RUBY; }
static inline OnigSyntaxType *martlet_onig_java(void) { return (OnigSyntaxType *)ONIG_SYNTAX_JAVA; }

// The message of an error that names nothing of the pattern.
static inline int martlet_onig_message(OnigUChar *buffer, int code, OnigErrorInfo *info) {
  return onig_error_code_to_str(buffer, code, info);
}

#endif
