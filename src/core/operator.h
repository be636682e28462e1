/*
 * operator.h: the condition operators by name (GRAM-9) and what each compares.
 */
#ifndef IAM_OPERATOR_H
#define IAM_OPERATOR_H

#include "policy.h"

/*
 * Parses "ForAnyValue:StringLikeIfExists": base operator and IAM_COND_* flags.
 * Case is ignored.  false: unknown name, or NullIfExists.
 */
bool iam_operator_parse(IamStr text, IamOperator *op, uint8_t *flags);

bool        iam_operator_negated(IamOperator op);
const char *iam_operator_name(IamOperator op); /* AWS's spelling */

/*
 * Classifies and parses one policy value for an operator: fills type, flags of
 * *value and returns its parsed form (empty when there is none), to be stored as
 * value->data.  `variables` says whether ${...} means anything (VAR-9).  A decimal's
 * digits are stored inside its data: digits.off then counts from the data's start.
 */
IamStr iam_operator_value(IamArena *arena, IamOperator op, IamStr text, bool variables, IamValue *value);

#endif
