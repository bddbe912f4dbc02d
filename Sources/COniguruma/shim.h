#ifndef MARTLET_CONIGURUMA_H
#define MARTLET_CONIGURUMA_H

#include <oniguruma.h>

// The macros below stand for addresses, which Swift does not see.
static inline OnigEncoding martlet_onig_utf8(void) { return ONIG_ENCODING_UTF8; }
static inline OnigSyntaxType *martlet_onig_ruby(void) { return (OnigSyntaxType *)ONIG_SYNTAX_RUBY; }
static inline OnigSyntaxType *martlet_onig_java(void) { return (OnigSyntaxType *)ONIG_SYNTAX_JAVA; }

// The message of an error. What it names of the pattern is in info, whose text has to be there still.
static inline int martlet_onig_message(OnigUChar *buffer, int code, OnigErrorInfo *info) {
  static OnigUChar nothing[1] = {0};
  // Messages with a name read it without a look whether there is one.
  info->enc = ONIG_ENCODING_UTF8;
  if (!info->par || !info->par_end) info->par = info->par_end = nothing;
  return onig_error_code_to_str(buffer, code, info);
}

#endif
