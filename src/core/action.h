/*
 * action.h: Action and NotAction (ACT-1..6).
 */
#ifndef IAM_ACTION_H
#define IAM_ACTION_H

#include "policy.h"

/* What one action string's spelling says; service and name are slices of text. */
IamActionClass iam_action_classify(IamStr text, IamStr *service, IamStr *name);

/* A request's action, split and folded once. */
typedef struct IamActionKey
{
	IamStr   service; /* folded */
	IamStr   name;    /* folded */
	uint32_t service_hash;
	uint32_t name_hash;
} IamActionKey;

/*
 * Whether some entry of the statement's Action/NotAction list matches; the
 * NotAction inversion is the caller's.  *matched (may be NULL) is the index of a
 * matching entry in the statement's action array.
 */
bool iam_action_listed(const IamPolicy *policy, const IamStatement *stmt, const IamActionKey *action,
                       uint32_t *matched);

/* One pattern against one action, from text: SQL iam_action_matches. */
bool iam_action_matches(IamStr pattern, IamStr action);

#endif
