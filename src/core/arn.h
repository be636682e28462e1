/*
 * arn.h: ARNs and the patterns of Resource elements and ARN operators (ARN-1..14).
 */
#ifndef IAM_ARN_H
#define IAM_ARN_H

#include "glob.h"
#include "policy.h"

/* Splits on the first five colons; false unless it begins with arn: and has six fields. */
typedef struct IamArn
{
	IamStr partition;
	IamStr service;
	IamStr region;
	IamStr account;
	IamStr resource;
} IamArn;

bool iam_arn_split(IamStr text, IamArn *arn);
bool iam_is_account_id(IamStr s); /* exactly 12 digits */

/*
 * What a pattern's spelling says (ARN-3, ARN-5a, ARN-7, VAR-2): class, flags and
 * tail of pattern->..., all but the text slice.  Variables count only with `variables`.
 */
void iam_pattern_classify(IamStr text, bool variables, IamPattern *pattern);

/* Where a resolved variable's text comes from; see variable.h. */
struct IamVariables;

/*
 * Resource-element matching, ARN-5 (a).  `complete_short` says whether short
 * patterns are completed (identity, boundary, session) or match nothing.
 * Unresolvable variables match nothing (VAR-5); variables whose value is not
 * known may match: UNKNOWN.  variables == NULL: a variable matches nothing.
 */
IamTri iam_pattern_match(const void *image, const IamPattern *pattern, bool complete_short,
                         const struct IamVariables *variables, IamStr resource);

/*
 * The same against a request resource with wildcards, given as a glob
 * (request.h): YES when the pattern covers it, NO when they are disjoint.
 */
IamTri
iam_pattern_match_glob(IamArena *arena, const void *image, const IamPattern *pattern, bool complete_short,
                       const struct IamVariables *variables, IamStr resource_glob);

/* The glob of a Resource-element string without variables, for the relations of arn_pattern. */
IamStr iam_pattern_glob(IamArena *arena, IamStr text, bool complete_short);

/*
 * The relations of the SQL type arn_pattern (interface.md section 1, ARN-11):
 * languages of whole ARNs; a variable on the left covers nothing but the same
 * variable, on the right it stands for anything.
 */
IamTri iam_arn_pattern_covers(IamArena *arena, IamStr a, IamStr b);
IamTri iam_arn_pattern_overlaps(IamArena *arena, IamStr a, IamStr b);
bool   iam_arn_pattern_matches(IamStr pattern, IamStr arn); /*
 * What both match, as at most `max` patterns none of which covers another; exact.
 * false where it is not written so: variables, wildcards before the sixth field,
 * too many patterns.
 */
bool   iam_arn_pattern_intersection(IamArena *arena, IamStr a, IamStr b, IamStr *results, uint32_t max,
                                    uint32_t *count);

/* the ~ operator */

/*
 * ArnLike and ArnEquals, ARN-5 (b): six components one by one, no wildcard
 * crosses the first five colons.  `pattern` is a glob whose wildcards were
 * made with IAM_ANY and IAM_ONE (variables substituted).  false when either
 * side has fewer than six components.
 */
bool iam_arn_like(IamStr pattern, IamStr value);
bool iam_is_arn_like_pattern(IamStr text); /* six components; ${...} counts as one unit */

#endif
