/*
 * kms.c: what is particular to KMS: which resources are keys (KMS-4, KMS-7),
 * actions that work across accounts (KMS-6), grants (KMS-8, KMS-9), reserved
 * aliases (KMS-10).  Q-17: what limits a grant is decide.c's business.
 */
#include "decide_case.h"
#include "principal_match.h"

IamTerm
iam_is_kms_key(const IamCase *c)
{
	static const IamResourceSet keys = {"arn:\xFA:kms:\xFA:\xFA:key/\xF8", "arn:*:kms:*:*:key/*"};

	if (!iam_str_equal(c->service, IAM_LIT("kms")))
		return iam_term_of(IAM_NO);
	return iam_resource_in(c, &keys);
}

bool
iam_kms_crosses_accounts(const IamCase *c)
{
	static const char *const actions[] = {/* cryptographic operations */
	                                      "decrypt",
	                                      "encrypt",
	                                      "generatedatakey",
	                                      "generatedatakeypair",
	                                      "generatedatakeypairwithoutplaintext",
	                                      "generatedatakeywithoutplaintext",
	                                      "generatemac",
	                                      "reencryptfrom",
	                                      "reencryptto",
	                                      "sign",
	                                      "verify",
	                                      "verifymac",
	                                      "derivesharedsecret",
	                                      "creategrant",
	                                      "describekey",
	                                      "getkeyrotationstatus",
	                                      "getpublickey",
	                                      "listgrants",
	                                      "retiregrant",
	                                      "revokegrant"};

	return iam_action_in(c, actions, sizeof actions / sizeof actions[0]);
}

IamTerm
iam_kms_alias_barred(const IamCase *c)
{
	static const char *const    actions[] = {"createalias", "deletealias", "updatealias"};
	static const IamResourceSet reserved = {"arn:\xFA:kms:\xFA:\xFA:alias/aws/\xF8",
	                                        "arn:*:kms:*:*:alias/aws/*"};

	if (!iam_action_in(c, actions, sizeof actions / sizeof actions[0]))
		return iam_term_of(IAM_NO);
	return iam_resource_in(c, &reserved);
}

/* Operations that carry an encryption context; a grant's constraint is about it. */
static bool
has_encryption_context(const IamCase *c)
{
	static const char *const actions[] = {"decrypt",
	                                      "encrypt",
	                                      "generatedatakey",
	                                      "generatedatakeypair",
	                                      "generatedatakeypairwithoutplaintext",
	                                      "generatedatakeywithoutplaintext",
	                                      "reencryptfrom",
	                                      "reencryptto"};

	return iam_action_in(c, actions, sizeof actions / sizeof actions[0]);
}

static bool
operation_listed(const IamCase *c, const IamKmsGrant *grant)
{
	const IamSlice *operations = iam_at(c->request, grant->operation_off);

	for (uint32_t i = 0; i < grant->operation_count; i++)
		if (iam_str_equal_fold(iam_slice(c->request, operations[i]), c->action))
			return true;
	return false;
}

#define CONTEXT_PREFIX "kms:EncryptionContext:"
#define CONTEXT_KEYS "kms:EncryptionContextKeys"

/* The pair's key of the encryption context has the pair's value in the request. */
static IamTerm
pair_given(const IamCase *c, const IamEntry *pair)
{
	const IamRequest *request = c->request;
	const IamEntry   *context = iam_at(request, request->context_off);
	IamStr            name = iam_slice(request, pair->key);
	IamStr            value = IAM_NO_STR;
	IamStr            prefix = IAM_LIT(CONTEXT_PREFIX);
	IamTerm           unknown;
	IamBuf            key;

	if (pair->value_count > 0)
		value = iam_slice(request, ((const IamSlice *) iam_at(request, pair->value_off))[0]);
	for (uint32_t i = 0; i < request->context_count; i++)
	{
		IamStr given = iam_slice(request, context[i].key);

		/* the name after the prefix is the application's own: letter case counts */
		if (given.len != prefix.len + name.len ||
		    !iam_str_equal_fold((IamStr){given.data, prefix.len}, prefix) ||
		    !iam_str_equal((IamStr){given.data + prefix.len, name.len}, name))
			continue;
		return iam_term_of(context[i].value_count == 1 &&
		                           iam_str_equal(iam_slice(request, ((const IamSlice *) iam_at(
																		request, context[i].value_off))[0]),
		                                         value)
		                       ? IAM_YES
		                       : IAM_NO);
	}
	if ((request->flags & IAM_REQ_UNKNOWN_CONTEXT) == 0)
		return iam_term_of(IAM_NO);
	unknown = (IamTerm){IAM_UNKNOWN, NULL};
	if (c->ev->want_formulas)
	{
		iam_buf_init(&key, c->ev->arena);
		iam_buf_str(&key, prefix);
		iam_buf_str(&key, name);
		unknown.formula = iam_formula_atom(c->ev->arena, IAM_ATOM_CONDITION, IAM_LIT("StringEquals"),
		                                   iam_buf_result(&key), 1, &value);
	}
	return unknown;
}

static bool
name_listed(const IamCase *c, const IamEntry *pairs, uint32_t count, IamStr name)
{
	for (uint32_t i = 0; i < count; i++)
		if (iam_str_equal(iam_slice(c->request, pairs[i].key), name))
			return true;
	return false;
}

/* The request's encryption context has no key beyond the listed ones. */
static IamTerm
nothing_else_given(const IamCase *c, const IamEntry *pairs, uint32_t count)
{
	const IamRequest *request = c->request;
	const IamEntry   *context = iam_at(request, request->context_off);
	IamStr            prefix = IAM_LIT(CONTEXT_PREFIX);
	IamTerm           unknown = {IAM_UNKNOWN, NULL};
	IamContextValue   keys;
	IamStr           *names;

	for (uint32_t i = 0; i < request->context_count; i++)
	{
		IamStr given = iam_slice(request, context[i].key);

		if (context[i].value_count > 0 && given.len > prefix.len &&
		    iam_str_equal_fold((IamStr){given.data, prefix.len}, prefix) &&
		    !name_listed(c, pairs, count, (IamStr){given.data + prefix.len, given.len - prefix.len}))
			return iam_term_of(IAM_NO);
	}
	iam_context_lookup(request, c->caller, IAM_LIT(CONTEXT_KEYS), iam_hash32_fold(IAM_LIT(CONTEXT_KEYS)),
	                   &keys);
	for (uint32_t i = 0; keys.present == IAM_YES && i < keys.count; i++)
		if (!name_listed(c, pairs, count, iam_context_value(&keys, i)))
			return iam_term_of(IAM_NO);
	if (keys.present != IAM_UNKNOWN)
		return iam_term_of(IAM_YES);
	if (c->ev->want_formulas)
	{
		names = iam_alloc_array(c->ev->arena, count, sizeof *names);
		for (uint32_t i = 0; names != NULL && i < count; i++)
			names[i] = iam_slice(request, pairs[i].key);
		unknown.formula = iam_formula_atom(c->ev->arena, IAM_ATOM_CONDITION,
		                                   IAM_LIT("ForAllValues:StringEquals"), IAM_LIT(CONTEXT_KEYS),
		                                   names == NULL ? 0 : count, names);
	}
	return unknown;
}

/* EncryptionContextEquals and EncryptionContextSubset */
static IamTerm
constraint_holds(const IamCase *c, const IamKmsGrant *grant)
{
	const IamEntry *equals = iam_at(c->request, grant->equals_off);
	const IamEntry *subset = iam_at(c->request, grant->subset_off);
	IamTerm         holds = iam_term_of(IAM_YES);

	if (!has_encryption_context(c))
		return holds;
	for (uint32_t i = 0; grant->has_equals && i < grant->equals_count; i++)
		holds = iam_term_and(c, holds, pair_given(c, &equals[i]));
	if (grant->has_equals)
		holds = iam_term_and(c, holds, nothing_else_given(c, equals, grant->equals_count));
	for (uint32_t i = 0; grant->has_subset && i < grant->subset_count; i++)
		holds = iam_term_and(c, holds, pair_given(c, &subset[i]));
	return holds;
}

/* Adds what the grant gives when `principal` is who may use it. */
static void
add_principal(const IamCase *c, const IamPrincipal *principal, IamTerm holds, IamTerm grants[IAM_GRADE_COUNT])
{
	IamTri grades[IAM_GRADE_COUNT];

	/* a grantee is a principal of an account, never a service, a group or everybody */
	if (principal->form < IAM_PRINCIPAL_ACCOUNT || principal->form > IAM_PRINCIPAL_UNIQUE_ID)
		return;
	iam_principal_grades(c->request, principal, c->caller, (c->request->flags & IAM_REQ_UNKNOWN_CONTEXT) != 0,
	                     grades);
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
	{
		IamTerm grade = iam_term_of(grades[g]);

		if (grades[g] == IAM_NO)
			continue;
		if (grades[g] == IAM_UNKNOWN && c->ev->want_formulas)
			grade.formula = iam_principal_atom(c->ev->arena, c->request, principal);
		iam_add_grade(c, grants, (IamGrade) g, iam_term_and(c, grade, holds));
	}
}

/* KMS-9: the account that made the grant may retire it. */
static void
add_issuer(const IamCase *c, const IamKmsGrant *grant, IamTerm grants[IAM_GRADE_COUNT])
{
	IamStr account = iam_slice(c->request, grant->issuing_account);
	IamArn arn;

	if (iam_arn_split(account, &arn))
		account = arn.account;
	if (c->of_account && account.len > 0 && iam_str_equal(account, iam_slice(c->caller, c->caller->account)))
		iam_add_grade(c, grants, c->caller->kind == IAM_CALLER_ROOT ? IAM_GRADE_DIRECT : IAM_GRADE_ACCOUNT,
		              iam_term_of(IAM_YES));
}

void
iam_kms_grants(const IamCase *c, IamTerm grants[IAM_GRADE_COUNT])
{
	const IamKmsGrant *list = iam_at(c->request, c->request->grant_off);
	bool               retire = iam_action_is(c, IAM_LIT("retiregrant"));

	for (uint32_t i = 0; i < c->request->grant_count; i++)
	{
		if (operation_listed(c, &list[i]))
			add_principal(c, &list[i].grantee, constraint_holds(c, &list[i]), grants);
		if (retire)
		{
			if (list[i].retiring.text.off != 0)
				add_principal(c, &list[i].retiring, iam_term_of(IAM_YES), grants);
			add_issuer(c, &list[i], grants);
		}
	}
}
