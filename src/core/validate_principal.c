/*
 * validate_principal.c: principals of a statement (GRAM-22, GRAM-23, GRAM-25,
 * GRAM-39h, ID-2, PRIN-11, PRIN-12, RCP-9).
 */
#include "validate_rules.h"

#include "arn.h"
#include "principal.h"

#define MAX_NAME_BYTES 64 /* users and roles (ID-2) */
#define MAX_PATH_BYTES 512

/*
 * GRAM-25: OIDC issuers that many customers share, and the claim that tells
 * tenants apart.  IAM refuses to save a new trust policy that does not look at it.
 */
typedef struct SharedIssuer
{
	const char *issuer;
	const char *claim;
} SharedIssuer;

static const SharedIssuer shared_issuers[] = {
	{"agent.buildkite.com", "sub"},
	{"api.pulumi.com/oidc", "aud"},
	{"app.terraform.io", "sub"},
	{"cognito-identity.amazonaws.com", "aud"},
	{"gitlab.com", "sub"},
	{"oidc-configuration.audit-log.githubusercontent.com", "sub"},
	{"oidc.codefresh.io", "sub"},
	{"oidc.vercel.com", "aud"},
	{"proidc.upbound.io", "sub"},
	{"sandboxes.cloud", "aud"},
	{"scalr.io", "sub"},
	{"studio.datachain.ai/api", "sub"},
	{"token.actions.githubusercontent.com", "sub"},
	{"tokens.cloud.shisho.dev", "sub"},
	{"vstoken.actions.githubusercontent.com", "sub"},
};

static void
invalid_principal(IamValidator *v, const char *rule, IamStr type, IamStr text)
{
	IamStr args[2] = {type, text};

	iam_find(v, IAM_STAGE_KIND, IAM_MALFORMED, rule,
	         iam_fill(v->arena, "Invalid principal in policy: \"%\":\"%\"", args));
}

/* An origin access identity of CloudFront: valid in bucket policies, no principal of an account. */
static bool
is_origin_access_identity(IamStr text)
{
	IamArn arn;

	return iam_arn_split(text, &arn) && iam_str_equal(arn.service, IAM_LIT("iam")) &&
	       iam_str_equal(arn.account, IAM_LIT("cloudfront")) &&
	       iam_str_starts(arn.resource, IAM_LIT("user/"));
}

static bool
is_group(IamStr text)
{
	IamArn arn;

	return iam_arn_split(text, &arn) && iam_str_starts(arn.resource, IAM_LIT("group/"));
}

/* ID-2: can a user or role have this name and path? */
static void
check_name(IamValidator *v, IamStr text)
{
	IamArn   arn;
	uint32_t start;
	uint32_t name;

	if (!iam_arn_split(text, &arn))
		return;
	for (start = 0; arn.resource.data[start] != '/'; start++)
		;
	for (name = arn.resource.len; arn.resource.data[name - 1] != '/'; name--)
		;
	if (arn.resource.len - name <= MAX_NAME_BYTES && name - start <= MAX_PATH_BYTES)
	{
		while (name < arn.resource.len)
		{
			char c = iam_fold_char(arn.resource.data[name]);

			if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && strchr("+=,.@_-", c) == NULL)
				break;
			name++;
		}
		if (name == arn.resource.len)
			return;
	}
	iam_find_text(v, IAM_STAGE_WARNING, "INVALID_NAME", "ID-2",
	              "No user or role can have this name: at most 64 of A-Z a-z 0-9 + = , . @ _ -, "
	              "with a path of at most 512 characters.");
}

static void
check_entry(IamValidator *v, IamStr type, IamStr text)
{
	IamStr           account;
	IamStr           partition;
	IamPrincipalForm form = iam_principal_form(type, text, &account, &partition);
	bool             trust = v->kind == IAM_VALIDATE_TRUST;

	if (form == IAM_PRINCIPAL_UNUSABLE)
	{
		if (!is_origin_access_identity(text))
			invalid_principal(v, is_group(text) ? "GRAM-23" : "GRAM-39h", type, text);
	}
	else if (form == IAM_PRINCIPAL_FEDERATED && !trust)
		invalid_principal(v, "PRIN-11", type, text);
	else if (form == IAM_PRINCIPAL_CANONICAL_USER && trust)
		invalid_principal(v, "PRIN-12", type, text);
	else if (form == IAM_PRINCIPAL_USER || form == IAM_PRINCIPAL_ROLE)
		check_name(v, text);
}

/* Does some condition of the statement look at the key? */
static bool
has_condition_key(const IamPartStatement *statement, IamStr issuer, const char *claim)
{
	uint32_t claim_len = (uint32_t) strlen(claim);

	for (uint32_t i = 0; i < statement->operator_count; i++)
	{
		const IamPartOperator *operator= & statement->operators[i];

		for (uint32_t k = 0; k < operator->key_count; k++)
		{
			IamStr key = operator->keys[k].key.text;

			if (operator->op != IAM_OP_NULL && key.len == issuer.len + 1 + claim_len &&
			    iam_str_equal_fold((IamStr){key.data, issuer.len}, issuer) &&
			    key.data[issuer.len] == ':' &&
			    iam_str_equal_fold((IamStr){key.data + issuer.len + 1, claim_len},
			                       (IamStr){claim, claim_len}))
				return true;
		}
	}
	return false;
}

/* GRAM-25 */
static void
check_shared_issuer(IamValidator *v, const IamPartStatement *statement, IamStr provider)
{
	IamStr prefix = IAM_LIT("oidc-provider/");
	IamStr issuer = provider;
	IamArn arn;

	if (iam_arn_split(provider, &arn))
	{
		if (!iam_str_starts(arn.resource, prefix))
			return;
		issuer = (IamStr){arn.resource.data + prefix.len, arn.resource.len - prefix.len};
	}
	for (size_t i = 0; i < sizeof shared_issuers / sizeof shared_issuers[0]; i++)
	{
		IamStr shared = {shared_issuers[i].issuer, (uint32_t) strlen(shared_issuers[i].issuer)};
		IamStr args[3] = {issuer, issuer, IAM_NO_STR};

		/* an issuer may have a path of its own below the shared host */
		if (!iam_str_starts(issuer, shared) || (issuer.len > shared.len && issuer.data[shared.len] != '/') ||
		    has_condition_key(statement, issuer, shared_issuers[i].claim))
			continue;
		args[2] = (IamStr){shared_issuers[i].claim, (uint32_t) strlen(shared_issuers[i].claim)};
		iam_find(v, IAM_STAGE_WARNING, "SHARED_OIDC_ISSUER", "GRAM-25",
		         iam_fill(v->arena,
		                  "% is shared by many customers: without a condition on %:% "
		                  "everyone who uses it can assume the role.",
		                  args));
	}
}

static bool
is_star(const IamPartStatement *statement)
{
	return statement->principal_count == 1 && statement->principals[0].type.len == 0;
}

void
iam_validate_principals(IamValidator *v, const IamPartStatement *statement)
{
	bool plain = statement->has[IAM_ELEMENT_PRINCIPAL];
	bool grants = v->kind == IAM_VALIDATE_TRUST && (statement->flags & IAM_STMT_DENY) == 0;

	iam_place_member(&v->place, iam_element_names[plain ? IAM_ELEMENT_PRINCIPAL : IAM_ELEMENT_NOT_PRINCIPAL]);
	if (v->rules->star_principal && plain && !is_star(statement))
		iam_find_text(v, IAM_STAGE_KIND, IAM_MALFORMED, "RCP-9",
		              "\"Principal\" of a resource control policy must be \"*\".");
	for (uint32_t i = 0; i < statement->principal_count && !is_star(statement); i++)
	{
		const IamPartPrincipals *group = &statement->principals[i];

		iam_place_member(&v->place, group->type);
		if (group->list.array && group->list.count == 0)
			iam_find_text(v, IAM_STAGE_WARNING, "EMPTY_ARRAY_PRINCIPAL", "GRAM-7",
			              "An empty array names no principal.");
		for (uint32_t j = 0; j < group->list.count; j++)
		{
			const IamPartString *entry = &group->list.items[j];

			iam_poll(v->arena);
			iam_place_entry(&v->place, &group->list, entry);
			check_entry(v, group->type, entry->text);
			if (grants && plain && iam_str_equal(group->type, IAM_LIT("Federated")))
				check_shared_issuer(v, statement, entry->text);
			iam_place_leave_entry(&v->place, &group->list);
		}
		iam_place_leave(&v->place, 1);
	}
	iam_place_leave(&v->place, 1);
}
