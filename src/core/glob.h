/*
 * glob.h: wildcard matching and the relations between wildcard languages.
 *
 * A glob is a byte string in which wildcards are single bytes that no UTF-8
 * text holds, so that literal and substituted text need no escaping:
 *   IAM_ANY              any run of characters, the empty one included
 *   IAM_ONE              exactly one character
 *   IAM_ANY_BUT_COLON    any run without ':'
 *   IAM_ONE_BUT_COLON    exactly one character other than ':'
 * Matching is anchored, allocates nothing, does not recurse and is never
 * exponential.  One character is one UTF-8 sequence.
 */
#ifndef IAM_GLOB_H
#define IAM_GLOB_H

#include "base.h"

#define IAM_ANY ((char) 0xF8)
#define IAM_ONE ((char) 0xF9)
#define IAM_ANY_BUT_COLON ((char) 0xFA)
#define IAM_ONE_BUT_COLON ((char) 0xFB)

static inline bool
iam_is_wildcard(char c)
{
	return ((uint8_t) c & 0xFC) == 0xF8;
}

bool iam_glob_match(IamStr glob, IamStr text);

/*
 * A Resource-element string as it stands, no variables: its wildcards are what
 * their places make them (ARN-5a).  `tail` is the offset of the sixth field,
 * pattern.len where there is none.
 */
bool iam_glob_match_element(IamStr pattern, uint32_t tail, IamStr text);

/* `*` and `?` in pattern, over text, no variables (StringLike, action names). */
bool iam_like_match(IamStr pattern, IamStr text);
bool iam_like_match_fold(IamStr pattern, IamStr text); /* ASCII case folded */

/* For condition values, which may be longer than IAM_MAX_PATTERN_BYTES: they then take |glob| * |text|. */
bool iam_glob_match_polled(const IamArena *arena, IamStr glob, IamStr text);
bool iam_like_match_polled(const IamArena *arena, IamStr pattern, IamStr text);

/*
 * Languages of two globs over all strings: does a hold everything b holds; do
 * they share a string.  Exact; a search that outgrows IAM_GLOB_MAX_STATES
 * answers UNKNOWN, never a guess.  `arena` is for the search's own use.
 */
#define IAM_GLOB_MAX_STATES 100000
IamTri iam_glob_covers(IamArena *arena, IamStr a, IamStr b);
IamTri iam_glob_overlaps(IamArena *arena, IamStr a, IamStr b);

/* The same over the strings that hold at least `colons` colons: ARNs hold five. */
IamTri iam_glob_covers_within(IamArena *arena, IamStr a, IamStr b, uint32_t colons);
IamTri iam_glob_overlaps_within(IamArena *arena, IamStr a, IamStr b, uint32_t colons);

/*
 * In the relations only: with the two bytes behind it a letter that nothing but
 * itself and IAM_ANY matches (a variable whose value is not known).
 */
#define IAM_OPAQUE ((char) 0xFC)

#endif
