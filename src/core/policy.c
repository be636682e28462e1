/*
 * policy.c: names of policy kinds (SQL enum iam_policy_kind).
 */
#include "policy.h"

const char *
iam_kind_name(IamPolicyKind kind)
{
	static const char *const names[IAM_KIND_COUNT] = {"identity", "boundary", "session", "resource",
	                                                  "trust",    "scp",      "rcp",     "endpoint"};

	return (unsigned) kind < IAM_KIND_COUNT ? names[kind] : "unknown";
}
