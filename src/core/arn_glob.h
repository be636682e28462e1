/*
 * arn_glob.h: from a Resource-element string to a glob; private to arn.c and
 * arn_pattern.c.
 */
#ifndef IAM_ARN_GLOB_H
#define IAM_ARN_GLOB_H

#include "arn.h"
#include "variable.h"

/*
 * A pattern holds at most IAM_MAX_PATTERN_BYTES wildcards, so a glob longer than
 * this holds more literal bytes than any resource.
 */
#define IAM_ELEMENT_GLOB_BYTES (2 * IAM_MAX_PATTERN_BYTES)

/* Colons plus one, ${...} taken as one unit where variables count. */
uint32_t iam_element_fields(IamStr text, bool variables);

/*
 * The glob of the fields before the sixth, text[0, tail), into out (tail bytes are
 * enough).  Variables there can only be ${*} and its like (VAR-2).
 */
uint32_t iam_element_head(IamStr text, uint32_t tail, bool variables, char *out);

/* The glob of the whole, not completed; the answers are those of iam_expand. */
IamTri iam_element_expand(IamStr text, const IamPattern *pattern, const IamVariables *variables, char *out,
                          size_t size, uint32_t *len);

#endif
