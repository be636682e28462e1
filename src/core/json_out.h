/*
 * json_out.h: writing JSON text into a buffer.
 */
#ifndef IAM_JSON_OUT_H
#define IAM_JSON_OUT_H

#include "base.h"

/* A quoted, minimally escaped string: only ", \ and U+0000..U+001F are escaped. */
void iam_json_string(IamBuf *buf, IamStr s);

/* `"name":`, preceded by a comma unless the last byte written opens an object or array. */
void iam_json_key(IamBuf *buf, const char *name);
/* A comma unless the last byte written opens an object or array, or ends a key. */
void iam_json_next(IamBuf *buf);
/* "name":"value" / "name":true / "name":12 */
void iam_json_key_string(IamBuf *buf, const char *name, IamStr value);
void iam_json_key_cstr(IamBuf *buf, const char *name, const char *value);
void iam_json_key_bool(IamBuf *buf, const char *name, bool value);
void iam_json_key_int(IamBuf *buf, const char *name, long value);

#endif
