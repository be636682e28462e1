/*
 * validate.h: iam_policy_validate: every finding of a policy text for one kind
 * (spec section 1, quotas of section 17).
 */
#ifndef IAM_VALIDATE_H
#define IAM_VALIDATE_H

#include "policy.h"

/* What a text is validated as. SQL names: identity, managed, boundary, session, trust, resource, scp, rcp, endpoint. */
typedef enum IamValidateKind
{
	IAM_VALIDATE_IDENTITY,
	IAM_VALIDATE_MANAGED,
	IAM_VALIDATE_BOUNDARY,
	IAM_VALIDATE_SESSION,
	IAM_VALIDATE_TRUST,
	IAM_VALIDATE_RESOURCE,
	IAM_VALIDATE_SCP,
	IAM_VALIDATE_RCP,
	IAM_VALIDATE_ENDPOINT
} IamValidateKind;

bool iam_validate_kind_parse(IamStr name, IamValidateKind *kind);

typedef enum IamSeverity
{
	IAM_SEVERITY_ERROR, /* AWS refuses the policy */
	IAM_SEVERITY_WARNING
} IamSeverity;

typedef struct IamFinding
{
	IamSeverity severity;
	const char *code;    /* the rule it comes from, in the field's words: MALFORMED_POLICY_DOCUMENT ... */
	const char *rule;    /* spec rule id */
	IamStr      path;    /* JSON path, or empty */
	IamStr      message; /* AWS's text where the spec records one */
} IamFinding;

typedef struct IamFindings
{
	uint32_t    count;
	IamFinding *items;
} IamFindings;

/* max_bytes: the size quota in characters, 0 for the shipped one. Only memory can fail. */
bool
iam_policy_validate(IamArena *arena, IamStr text, IamValidateKind kind, uint32_t max_bytes, IamFindings *out);

#endif
