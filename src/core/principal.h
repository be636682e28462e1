/*
 * principal.h: what a principal string says by itself, in a policy or in a request.
 */
#ifndef IAM_PRINCIPAL_H
#define IAM_PRINCIPAL_H

#include "policy.h"

/* `type` is the Principal key ("AWS", "Service", ...), or empty for the bare "*". */
IamPrincipalForm iam_principal_form(IamStr type, IamStr text, IamStr *account, IamStr *partition);

/* ID-1: role, user, group, ... of a unique id such as AROA...; NULL when it is none. */
const char *iam_unique_id_kind(IamStr id);

#endif
