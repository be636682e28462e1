/*
 * condition.h: one Condition entry against a request (COND-1..69).
 */
#ifndef IAM_CONDITION_H
#define IAM_CONDITION_H

#include "context.h"
#include "value.h"

/*
 * YES, NO, or UNKNOWN where the key or a variable of a value is unknown and the
 * answer depends on it.  Never fails; allocates nothing.  `arena` is polled and may
 * be NULL.
 */
IamTri iam_condition_test(const IamArena *arena, const IamPolicy *policy, const IamCondition *condition,
                          const IamRequest *request, const IamCaller *caller);

#endif
