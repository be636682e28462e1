/*
 * barred.c: calls that no policy decides: always allowed (STS-1), or ending in an
 * implicit deny whatever is granted (XACC-5, STS-9, STS-12, STS-13, SSO-3, PASS-6, KMS-10).
 */
#include "decide_case.h"

#include "arn.h"

bool
iam_action_in(const IamCase *c, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(names[i]) == c->action.len && memcmp(names[i], c->action.data, c->action.len) == 0)
			return true;
	return false;
}

bool
iam_always_allowed(const IamCase *c)
{
	return c->caller->kind != IAM_CALLER_ANONYMOUS && c->caller->kind != IAM_CALLER_FEDERATED &&
	       iam_str_equal(c->service, IAM_LIT("sts")) && iam_action_is(c, IAM_LIT("getcalleridentity"));
}

bool
iam_needs_no_permission(const IamCase *c)
{
	return (c->caller->kind == IAM_CALLER_USER || c->caller->kind == IAM_CALLER_ROOT) &&
	       iam_str_equal(c->service, IAM_LIT("sts")) && iam_action_is(c, IAM_LIT("getsessiontoken"));
}

/* XACC-5.  The partition of a resource with wildcards may be open. */
static IamTerm
other_partition(const IamCase *c)
{
	IamStr         own = iam_slice(c->caller, c->caller->partition);
	char           glob[64];
	char           pattern[64];
	IamResourceSet set = {glob, pattern};

	if (c->caller->partition.off == 0 || (c->request->flags & IAM_REQ_RESOURCE_STAR) != 0)
		return iam_term_of(IAM_NO);
	if (c->request->partition.off != 0)
		return iam_term_of(iam_str_equal(own, iam_slice(c->request, c->request->partition)) ? IAM_NO
		                                                                                    : IAM_YES);
	/* no partition has a name that long */
	if (own.len > 40)
		return iam_term_of(IAM_YES);
	memcpy(glob, "arn:", 4);
	memcpy(glob + 4, own.data, own.len);
	memcpy(glob + 4 + own.len, ":\xF8", 3);
	memcpy(pattern, glob, sizeof pattern);
	pattern[5 + own.len] = '*';
	return iam_term_not(c, iam_resource_in(c, &set));
}

/*
 * STS-12, STS-13: an identity provider calls for a user it has signed in, and calls
 * nothing else; nobody else makes these calls.
 */
static const char *
provider_bars(const IamCase *c, bool sts)
{
	bool   with_saml = sts && iam_action_is(c, IAM_LIT("assumerolewithsaml"));
	bool   with_web_identity = sts && iam_action_is(c, IAM_LIT("assumerolewithwebidentity"));
	IamArn arn;
	bool   saml;

	if (c->caller->kind != IAM_CALLER_FEDERATED)
		return with_saml || with_web_identity ? "the caller of this action is an identity provider" : NULL;
	saml = iam_arn_split(iam_slice(c->caller, c->caller->arn), &arn) &&
	       iam_str_starts(arn.resource, IAM_LIT("saml-provider/"));
	if (!c->trust || (sts && iam_action_is(c, IAM_LIT("assumerole"))) ||
	    (saml ? with_web_identity : with_saml))
		return saml ? "a SAML provider can only call AssumeRoleWithSAML"
		            : "an OpenID Connect provider can only call AssumeRoleWithWebIdentity";
	if (c->caller->account.len > 0 &&
	    !iam_str_equal(iam_slice(c->caller, c->caller->account), c->resource_account))
		return "the identity provider and the role are in different accounts";
	return NULL;
}

/* STS-9 */
static const char *
sts_bars(const IamCase *c)
{
	bool sts = iam_str_equal(c->service, IAM_LIT("sts"));
	bool session = c->caller->kind == IAM_CALLER_ROLE || c->caller->kind == IAM_CALLER_ROLE_SESSION;

	if (c->caller->kind == IAM_CALLER_FEDERATED_USER &&
	    (sts || (iam_str_equal(c->service, IAM_LIT("iam")) && !iam_action_is(c, IAM_LIT("passrole")))))
		return "a federated user cannot call this action of STS or IAM";
	if (sts && session &&
	    (iam_action_is(c, IAM_LIT("getsessiontoken")) || iam_action_is(c, IAM_LIT("getfederationtoken"))))
		return "a role session cannot call this action of STS";
	if (sts && c->caller->kind == IAM_CALLER_ROOT && iam_action_is(c, IAM_LIT("assumerole")))
		return "the root user cannot assume a role";
	return provider_bars(c, sts);
}

/* SSO-3, PASS-6 */
static IamTerm
reserved_bars(const IamCase *c, const char **why)
{
	static const char *const role_actions[] = {"attachrolepolicy",
	                                           "createrole",
	                                           "createservicelinkedrole",
	                                           "deleterole",
	                                           "deleterolepermissionsboundary",
	                                           "deleterolepolicy",
	                                           "deleteservicelinkedrole",
	                                           "detachrolepolicy",
	                                           "passrole",
	                                           "putrolepermissionsboundary",
	                                           "putrolepolicy",
	                                           "tagrole",
	                                           "untagrole",
	                                           "updateassumerolepolicy",
	                                           "updaterole",
	                                           "updateroledescription"};
	static const char *const policy_actions[] = {
		"createpolicy",        "createpolicyversion",     "deletepolicy",
		"deletepolicyversion", "setdefaultpolicyversion", "tagpolicy",
		"untagpolicy"};
	static const IamResourceSet reserved_roles = {"arn:\xFA:iam::\xFA:role/aws-reserved/\xF8",
	                                              "arn:*:iam::*:role/aws-reserved/*"};
	static const IamResourceSet aws_policies = {"arn:\xFA:iam::aws:policy/\xF8", "arn:*:iam::aws:policy/*"};
	IamTerm                     barred = iam_term_of(IAM_NO);

	if (iam_action_in(c, role_actions, sizeof role_actions / sizeof role_actions[0]))
	{
		barred = iam_resource_in(c, &reserved_roles);
		*why = "the role is reserved for AWS, the account can neither change nor pass it";
	}
	else if (iam_action_in(c, policy_actions, sizeof policy_actions / sizeof policy_actions[0]))
	{
		barred = iam_resource_in(c, &aws_policies);
		*why = "the policy is managed by AWS, no account can change it";
	}
	return barred;
}

IamTerm
iam_barred(const IamCase *c, const char **why)
{
	IamTerm barred = other_partition(c);
	IamTerm more = iam_term_of(IAM_NO);

	*why = "the caller and the resource are in different partitions";
	if (barred.value == IAM_YES)
		return barred;
	if (iam_str_equal(c->service, IAM_LIT("sts")) || iam_str_equal(c->service, IAM_LIT("iam")) ||
	    c->caller->kind == IAM_CALLER_FEDERATED)
	{
		const char *rule = sts_bars(c);

		if (rule != NULL)
		{
			*why = rule;
			return iam_term_of(IAM_YES);
		}
	}
	if (iam_str_equal(c->service, IAM_LIT("iam")))
		more = reserved_bars(c, why);
	else if (iam_str_equal(c->service, IAM_LIT("kms")))
	{
		more = iam_kms_alias_barred(c);
		if (more.value != IAM_NO)
			*why = "aliases that begin with alias/aws/ are reserved for AWS";
	}
	return iam_term_or(c, barred, more);
}
