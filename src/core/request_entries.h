/*
 * request_entries.h: the parts of a request that come as JSON: context, tags,
 * grants, access control list, Block Public Access.  For request.c, caller.c
 * and the check of their images only.
 */
#ifndef IAM_REQUEST_ENTRIES_H
#define IAM_REQUEST_ENTRIES_H

#include "image.h"
#include "request.h"

/* An array in the image under construction; off is 0 where count is. */
typedef struct IamArray
{
	uint32_t off;
	uint32_t count;
} IamArray;

/* Total order of entries: hash, folded key, key (Q-8: the exact spelling is found next to the others). */
int iam_entry_compare(uint32_t hash_a, IamStr a, uint32_t hash_b, IamStr b);

/* One member appended to a JSON path: base.key, or base["key"] where key is no plain name. Returns path. */
#define IAM_PATH_BYTES 256
const char *iam_path_member(char path[IAM_PATH_BYTES], const char *base, IamStr key);

/* `json` may be NULL or null (nothing). `path` names the member in errors. */
bool iam_context_write(IamBuf *image, const IamJson *json, const char *path, IamArray *out, IamError *err);
bool iam_tags_write(IamBuf *image, const IamJson *json, const char *path, IamArray *out, IamError *err);
bool iam_services_write(IamBuf *image, const IamJson *json, const char *path, IamArray *out, IamError *err);
bool iam_grants_write(IamBuf *image, const IamJson *json, const char *path, IamArray *out, IamError *err);
bool iam_acl_write(IamBuf *image, const IamJson *json, const char *path, IamArray *out, IamError *err);

/* Sets the IAM_REQ_BPA_* flags that are in force. */
bool iam_block_public_access_read(const IamJson *json, const char *path, uint32_t *flags, IamError *err);

#endif
