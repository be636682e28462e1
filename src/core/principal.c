/*
 * principal.c: what a principal string says by itself (PRIN-2..12, GRAM-22,
 * GRAM-23) and the prefixes of unique ids (ID-1).
 */
#include "principal.h"

#include "arn.h"

#define MIN_ID_BYTES 16
#define MAX_ID_BYTES 128
#define CANONICAL_BYTES 64

static bool
is_id_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* ID-1: a prefix of four, then letters and digits, 16 to 128 in all */
const char *
iam_unique_id_kind(IamStr id)
{
	static const struct
	{
		char        prefix[5];
		const char *kind;
	} kinds[] = {
		{"ABIA", "sts_bearer_token"},
		{"ACCA", "context_specific_credential"},
		{"AGPA", "group"},
		{"AIDA", "user"},
		{"AIPA", "instance_profile"},
		{"AKIA", "access_key"},
		{"ANPA", "managed_policy"},
		{"ANVA", "managed_policy_version"},
		{"APKA", "public_key"},
		{"AROA", "role"},
		{"ASCA", "certificate"},
		{"ASIA", "temporary_access_key"},
	};

	if (id.len < MIN_ID_BYTES || id.len > MAX_ID_BYTES)
		return NULL;
	for (uint32_t i = 0; i < id.len; i++)
		if (!is_id_char(id.data[i]))
			return NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (memcmp(id.data, kinds[i].prefix, 4) == 0)
			return kinds[i].kind;
	return NULL;
}

/* The part of s behind a prefix; len 0 when s does not begin with it. */
static IamStr
behind(IamStr s, IamStr prefix)
{
	if (!iam_str_starts(s, prefix))
		return IAM_NO_STR;
	return (IamStr){s.data + prefix.len, s.len - prefix.len};
}

static bool
has_char(IamStr s, char c)
{
	return s.len > 0 && memchr(s.data, c, s.len) != NULL;
}

/* A name, with or without a path before it. */
static bool
is_pathed_name(IamStr s)
{
	return s.len > 0 && s.data[0] != '/' && s.data[s.len - 1] != '/';
}

/* AIDA... names a user, AROA... a role, AROA...:name one session of it (PRIN-10) */
static bool
is_unique_id(IamStr text)
{
	const char *colon = memchr(text.data, ':', text.len);
	IamStr      id = {text.data, colon == NULL ? text.len : (uint32_t) (colon - text.data)};
	const char *kind = iam_unique_id_kind(id);

	if (kind == NULL)
		return false;
	if (strcmp(kind, "user") == 0)
		return colon == NULL;
	return strcmp(kind, "role") == 0 && (colon == NULL || text.len - id.len > 1);
}

static IamPrincipalForm
arn_form(const IamArn *arn)
{
	IamStr rest;

	if (arn->partition.len == 0 || arn->region.len != 0 || !iam_is_account_id(arn->account))
		return IAM_PRINCIPAL_UNUSABLE;
	if (iam_str_equal(arn->service, IAM_LIT("iam")))
	{
		if (iam_str_equal(arn->resource, IAM_LIT("root")))
			return IAM_PRINCIPAL_ACCOUNT;
		if (is_pathed_name(behind(arn->resource, IAM_LIT("user/"))))
			return IAM_PRINCIPAL_USER;
		if (is_pathed_name(behind(arn->resource, IAM_LIT("role/"))))
			return IAM_PRINCIPAL_ROLE;
	}
	else if (iam_str_equal(arn->service, IAM_LIT("sts")))
	{
		rest = behind(arn->resource, IAM_LIT("federated-user/"));
		if (rest.len > 0 && !has_char(rest, '/'))
			return IAM_PRINCIPAL_FEDERATED_USER;
		rest = behind(arn->resource, IAM_LIT("assumed-role/"));
		if (is_pathed_name(rest))
		{
			const char *slash = memchr(rest.data, '/', rest.len);

			/* role and session, no path (ARN-12) */
			if (slash != NULL && memchr(slash + 1, '/', (size_t) (rest.data + rest.len - slash - 1)) == NULL)
				return IAM_PRINCIPAL_SESSION;
		}
	}
	return IAM_PRINCIPAL_UNUSABLE;
}

static IamPrincipalForm
aws_form(IamStr text, IamStr *account, IamStr *partition)
{
	IamPrincipalForm form;
	IamArn           arn;

	if (iam_is_account_id(text))
	{
		*account = text;
		return IAM_PRINCIPAL_ACCOUNT;
	}
	if (iam_arn_split(text, &arn))
	{
		form = arn_form(&arn);
		*partition = arn.partition;
		if (form != IAM_PRINCIPAL_UNUSABLE)
			*account = arn.account;
		return form;
	}
	return is_unique_id(text) ? IAM_PRINCIPAL_UNIQUE_ID : IAM_PRINCIPAL_UNUSABLE;
}

/* PRIN-11 */
static IamPrincipalForm
federated_form(IamStr text, IamStr *partition)
{
	static const IamStr hosts[] = {
		{"cognito-identity.amazonaws.com", 30},
		{"www.amazon.com", 14},
		{"graph.facebook.com", 18},
		{"accounts.google.com", 19},
	};
	IamArn arn;

	for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
		if (iam_str_equal(text, hosts[i]))
			return IAM_PRINCIPAL_FEDERATED;
	if (!iam_arn_split(text, &arn))
		return IAM_PRINCIPAL_UNUSABLE;
	*partition = arn.partition;
	if (arn.partition.len > 0 && iam_str_equal(arn.service, IAM_LIT("iam")) && arn.region.len == 0 &&
	    iam_is_account_id(arn.account) &&
	    (behind(arn.resource, IAM_LIT("saml-provider/")).len > 0 ||
	     behind(arn.resource, IAM_LIT("oidc-provider/")).len > 0))
		return IAM_PRINCIPAL_FEDERATED;
	return IAM_PRINCIPAL_UNUSABLE;
}

static bool
is_canonical_id(IamStr text)
{
	if (text.len != CANONICAL_BYTES)
		return false;
	for (uint32_t i = 0; i < text.len; i++)
	{
		char c = iam_fold_char(text.data[i]);

		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return false;
	}
	return true;
}

IamPrincipalForm
iam_principal_form(IamStr type, IamStr text, IamStr *account, IamStr *partition)
{
	*account = *partition = IAM_NO_STR;
	if (iam_str_equal(text, IAM_LIT("*")))
	{
		if (type.len == 0)
			return IAM_PRINCIPAL_EVERYONE;
		return iam_str_equal(type, IAM_LIT("AWS")) ? IAM_PRINCIPAL_AWS_EVERYONE : IAM_PRINCIPAL_UNUSABLE;
	}
	/* no other wildcard means anything (GRAM-22) */
	if (text.len == 0 || has_char(text, '*') || has_char(text, '?'))
		return IAM_PRINCIPAL_UNUSABLE;
	if (iam_str_equal(type, IAM_LIT("AWS")))
		return aws_form(text, account, partition);
	if (iam_str_equal(type, IAM_LIT("Service")))
		return IAM_PRINCIPAL_SERVICE;
	if (iam_str_equal(type, IAM_LIT("Federated")))
		return federated_form(text, partition);
	if (iam_str_equal(type, IAM_LIT("CanonicalUser")) && is_canonical_id(text))
		return IAM_PRINCIPAL_CANONICAL_USER;
	return IAM_PRINCIPAL_UNUSABLE;
}
