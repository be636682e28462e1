/*
 * derived_keys.h: condition keys whose value follows from who asks and what is
 * asked (spec section 11). For context.c only.
 */
#ifndef IAM_DERIVED_KEYS_H
#define IAM_DERIVED_KEYS_H

#include "context.h"

/*
 * The entry of a context or of tags with this key, compared without regard to
 * case (COND-2); of several that differ by case the one spelled exactly so, else
 * the first in byte order.  NULL: none.
 */
const IamEntry *iam_entry_find(const void *image, uint32_t off, uint32_t count, IamStr key, uint32_t hash);

void iam_context_take_entry(const void *image, const IamEntry *entry, IamContextValue *out);

/*
 * true: *out is the key's value, or its known absence, or UNKNOWN where it depends
 * on a caller that is not given.  false: the engine cannot tell, only the caller of
 * the evaluation can.
 */
bool iam_derive_key(const IamRequest *request, const IamCaller *caller, IamStr key, uint32_t hash,
                    IamContextValue *out);

#endif
