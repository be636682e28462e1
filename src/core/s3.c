/*
 * s3.c: what is particular to S3: ACLs (S3-1, S3-2), Block Public Access (S3-3),
 * which bucket policies are public (S3-4), the bucket owner's way back into its
 * own bucket policy (S3-5).
 *
 * A request's ACL is the requested resource's: the object's for actions on
 * an object, the bucket's for actions on a bucket and for PutObject.
 */
#include "decide_case.h"
#include "value.h"

/* ---- ACLs ---- */

/* Permissions by action; FULL_CONTROL is all of them. */
static const struct
{
	const char *action;
	const char *permission;
} acl_actions[] = {
	{"listbucket", "READ"},        {"listbucketversions", "READ"}, {"listbucketmultipartuploads", "READ"},
	{"getobject", "READ"},         {"getobjectversion", "READ"},   {"putobject", "WRITE"},
	{"getbucketacl", "READ_ACP"},  {"getobjectacl", "READ_ACP"},   {"getobjectversionacl", "READ_ACP"},
	{"putbucketacl", "WRITE_ACP"}, {"putobjectacl", "WRITE_ACP"},  {"putobjectversionacl", "WRITE_ACP"}};

static bool
equals_cstr(IamStr s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.data, text, s.len) == 0;
}

static const char *
permission_needed(const IamCase *c)
{
	for (size_t i = 0; i < sizeof acl_actions / sizeof acl_actions[0]; i++)
		if (equals_cstr(c->action, acl_actions[i].action))
			return acl_actions[i].permission;
	return NULL;
}

/* Whether a public grant counts: not where Block Public Access ignores it. */
static IamTerm
public_acls_count(const IamCase *c)
{
	if ((c->request->flags & IAM_REQ_BPA_IGNORE_ACLS) != 0)
		return iam_term_of(IAM_NO);
	if ((c->request->flags & IAM_REQ_BPA_UNKNOWN) != 0)
		return iam_term_unknown(c, IAM_LIT("Bool"), IAM_LIT("IgnorePublicAcls"), IAM_LIT("false"));
	return iam_term_of(IAM_YES);
}

void
iam_acl_grants(const IamCase *c, IamTerm grants[IAM_GRADE_COUNT])
{
	const IamAclGrant *list = iam_at(c->request, c->request->acl_off);
	const char        *needed;

	/* inside the owner's account an ACL adds nothing to ownership */
	if (c->request->acl_count == 0 || c->same_account || !iam_str_equal(c->service, IAM_LIT("s3")) ||
	    (needed = permission_needed(c)) == NULL)
		return;
	for (uint32_t i = 0; i < c->request->acl_count; i++)
	{
		IamStr permission = iam_slice(c->request, list[i].permission);

		if (!equals_cstr(permission, needed) && !equals_cstr(permission, "FULL_CONTROL"))
			continue;
		switch ((IamAclGrantee) list[i].grantee)
		{
			case IAM_ACL_ALL_USERS:
				iam_add_grade(c, grants, IAM_GRADE_DIRECT, public_acls_count(c));
				break;
			case IAM_ACL_AUTHENTICATED_USERS:
				if (c->of_account || c->caller->kind == IAM_CALLER_SERVICE)
					iam_add_grade(c, grants, IAM_GRADE_DIRECT, public_acls_count(c));
				break;
			case IAM_ACL_CANONICAL_USER:
				if (c->of_account && list[i].canonical_id.off != 0 && c->caller->canonical_id.off != 0 &&
				    iam_str_equal(iam_slice(c->request, list[i].canonical_id),
				                  iam_slice(c->caller, c->caller->canonical_id)))
					iam_add_grade(c, grants, IAM_GRADE_ACCOUNT, iam_term_of(IAM_YES));
				break;
			case IAM_ACL_OTHER:
				break;
		}
	}
}

/* ---- Block Public Access ---- */

IamTerm
iam_public_access_restricted(const IamCase *c)
{
	const IamEffect *policy;

	if ((c->request->flags & (IAM_REQ_BPA_RESTRICT | IAM_REQ_BPA_UNKNOWN)) == 0 || c->same_account ||
	    c->caller->kind == IAM_CALLER_SERVICE || !iam_str_equal(c->service, IAM_LIT("s3")))
		return iam_term_of(IAM_NO);
	policy = iam_gates_effect(c->gates, IAM_KIND_RESOURCE, 0);
	if (policy == NULL || !policy->public)
		return iam_term_of(IAM_NO);
	if ((c->request->flags & IAM_REQ_BPA_RESTRICT) != 0)
		return iam_term_of(IAM_YES);
	return iam_term_unknown(c, IAM_LIT("Bool"), IAM_LIT("RestrictPublicBuckets"), IAM_LIT("true"));
}

bool
iam_bucket_policy_rescue(const IamCase *c)
{
	static const char *const actions[] = {"putbucketpolicy", "deletebucketpolicy", "getbucketpolicy"};

	return c->caller->kind == IAM_CALLER_ROOT && c->same_account &&
	       iam_str_equal(c->service, IAM_LIT("s3")) &&
	       iam_action_in(c, actions, sizeof actions / sizeof actions[0]);
}

/* ---- public policies (S3-4) ---- */

/* No wildcard, no variable. */
static bool
is_fixed_text(IamStr s)
{
	for (uint32_t i = 0; i < s.len; i++)
		if (s.data[i] == '*' || s.data[i] == '?' ||
		    (s.data[i] == '$' && i + 1 < s.len && s.data[i + 1] == '{'))
			return false;
	return s.len > 0;
}

/* Wider blocks than these are as good as everywhere: /8, and /32 of IPv6. */
static bool
is_narrow_network(IamStr s)
{
	IamNetwork network;

	return iam_network_parse(s, &network) && network.prefix >= (network.family == 4 ? 8 : 32);
}

static bool
is_limiting_key(IamStr key, bool *network)
{
	static const char *const keys[] = {"aws:sourceip",
	                                   "aws:sourcearn",
	                                   "aws:sourcevpc",
	                                   "aws:sourcevpce",
	                                   "aws:sourceaccount",
	                                   "aws:sourceowner",
	                                   "aws:principalorgid",
	                                   "aws:principalarn",
	                                   "aws:principalaccount",
	                                   "aws:userid",
	                                   "s3:x-amz-server-side-encryption-aws-kms-key-id",
	                                   "s3:dataaccesspointarn",
	                                   "s3:dataaccesspointaccount"};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (iam_str_equal_fold(key, (IamStr){keys[i], (uint32_t) strlen(keys[i])}))
		{
			*network = i == 0;
			return true;
		}
	return false;
}

/* Does this entry hold a request to fixed values of a key that says where or who it is from? */
static bool
limits(const IamPolicy *policy, const IamCondition *condition)
{
	const IamValue *values = IAM_VALUES(policy, condition);
	bool            network;

	/* what holds for an absent key limits nothing */
	if ((condition->flags & (IAM_COND_IF_EXISTS | IAM_COND_FOR_ALL)) != 0 ||
	    !is_limiting_key(iam_slice(policy, condition->key), &network))
		return false;
	switch ((IamOperator) condition->op)
	{
		case IAM_OP_STRING_EQUALS:
		case IAM_OP_STRING_EQUALS_IGNORE_CASE:
		case IAM_OP_STRING_LIKE:
		case IAM_OP_ARN_EQUALS:
		case IAM_OP_ARN_LIKE:
		case IAM_OP_IP_ADDRESS:
			break;
		default:
			return false;
	}
	for (uint32_t i = 0; i < condition->value_count; i++)
	{
		IamStr text = iam_slice(policy, values[i].text);

		if (!is_fixed_text(text) || (network && !is_narrow_network(text)))
			return false;
	}
	return true;
}

static bool
names_everyone(const IamPolicy *policy, const IamStatement *stmt)
{
	const IamPrincipal *entries = IAM_PRINCIPALS(policy, stmt);

	if ((stmt->flags & IAM_STMT_NOT_PRINCIPAL) != 0)
		return true;
	for (uint32_t i = 0; i < stmt->principal_count; i++)
		if (entries[i].form == IAM_PRINCIPAL_EVERYONE || entries[i].form == IAM_PRINCIPAL_AWS_EVERYONE)
			return true;
	return false;
}

bool
iam_policy_is_public(const IamPolicy *policy)
{
	for (uint32_t i = 0; i < policy->statement_count; i++)
	{
		const IamStatement *stmt = iam_policy_statement(policy, i);
		const IamCondition *conditions = IAM_CONDITIONS(policy, stmt);
		bool                limited = false;

		if ((stmt->flags & IAM_STMT_DENY) != 0 || !names_everyone(policy, stmt))
			continue;
		for (uint32_t j = 0; j < stmt->condition_count && !limited; j++)
			limited = limits(policy, &conditions[j]);
		if (!limited)
			return true;
	}
	return false;
}
