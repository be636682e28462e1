/*
 * assume.c: what the assume questions ask of a trust policy and of a role, to do
 * for many what needs no looking at each: the principals that a policy names,
 * whether it can tell the principals of one account apart, whether a role's request
 * follows from its account.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "core/arn.h"
#include "core/context.h"
#include "core/variable.h"
#include "pg/iam_pg.h"

/* ---- whom a policy names ---- */

typedef struct Entry
{
	IamStr type;
	IamStr text;
} Entry;

typedef struct Entries
{
	Entry *items;
	uint32 count;
	uint32 size;
	uint32 next; /* row to return */
} Entries;

static void
add_entry(Entries *entries, IamStr type, IamStr text)
{
	if (entries->count == entries->size)
	{
		uint32 size = entries->size == 0 ? 4 : entries->size * 2;
		Size   bytes = mul_size(size, sizeof(Entry));

		entries->items = entries->items == NULL ? palloc(bytes) : repalloc_huge(entries->items, bytes);
		entries->size = size;
	}
	entries->items[entries->count++] = (Entry){type, text};
}

static int
compare_entries(const void *a, const void *b)
{
	const Entry *x = a;
	const Entry *y = b;
	int          c = iam_pg_bytes_compare(x->type, y->type);

	return c != 0 ? c : iam_pg_bytes_compare(x->text, y->text);
}

/* The key of the Principal element that entries of this form stand under. */
static IamStr
type_of(IamPrincipalForm form)
{
	switch (form)
	{
		case IAM_PRINCIPAL_EVERYONE:
		case IAM_PRINCIPAL_AWS_EVERYONE:
		case IAM_PRINCIPAL_ACCOUNT:
		case IAM_PRINCIPAL_USER:
		case IAM_PRINCIPAL_ROLE:
		case IAM_PRINCIPAL_SESSION:
		case IAM_PRINCIPAL_FEDERATED_USER:
		case IAM_PRINCIPAL_UNIQUE_ID:
			return IAM_LIT("AWS");
		case IAM_PRINCIPAL_SERVICE:
			return IAM_LIT("Service");
		case IAM_PRINCIPAL_FEDERATED:
			return IAM_LIT("Federated");
		case IAM_PRINCIPAL_CANONICAL_USER:
			return IAM_LIT("CanonicalUser");
		case IAM_PRINCIPAL_UNUSABLE:
			break;
	}
	return IAM_NO_STR;
}

/* The whole element, read again: entries that mean nothing do not tell where they stand. */
static void
add_element(Entries *entries, IamStr element)
{
	IamPgArena    *a = palloc(sizeof *a); /* its strings live as long as the entries */
	const IamJson *json;
	IamError       err;

	iam_pg_arena_init(a);
	if (!iam_json_parse(&a->arena, element, IAM_MAX_POLICY_BYTES, &json, &err))
	{
		iam_pg_arena_verify(a);
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
		        errmsg_internal("stored value of type iam_policy does not hold together"));
	}
	for (uint32_t i = 0; json->type == IAM_JSON_OBJECT && i < json->count; i++)
	{
		const IamJson *value = &json->items[i];

		if (value->type == IAM_JSON_STRING)
			add_entry(entries, json->keys[i], value->text);
		for (uint32_t j = 0; value->type == IAM_JSON_ARRAY && j < value->count; j++)
			add_entry(entries, json->keys[i], value->items[j].text);
	}
}

static void
add_statement(Entries *entries, const IamPolicy *policy, const IamStatement *stmt)
{
	const IamPrincipal *principal = IAM_PRINCIPALS(policy, stmt);
	uint32              start = entries->count;

	if (stmt->flags & IAM_STMT_NOT_PRINCIPAL)
		add_entry(entries, IAM_LIT("AWS"), IAM_LIT("*"));
	if (!(stmt->flags & IAM_STMT_PRINCIPAL))
		return;
	for (uint32_t i = 0; i < stmt->principal_count; i++, principal++)
	{
		IamStr type = type_of((IamPrincipalForm) principal->form);

		if (type.len == 0)
		{
			entries->count = start;
			add_element(entries, iam_slice(policy, stmt->principal_text));
			return;
		}
		add_entry(entries, type, iam_slice(policy, principal->text));
	}
}

static Entries *
entries_of(const IamPolicy *policy)
{
	Entries *entries = palloc0(sizeof *entries);
	uint32   distinct = 0;

	for (uint32_t i = 0; i < policy->statement_count; i++)
	{
		const IamStatement *stmt = iam_policy_statement(policy, i);

		CHECK_FOR_INTERRUPTS();
		if (!(stmt->flags & IAM_STMT_DENY))
			add_statement(entries, policy, stmt);
	}
	if (entries->count > 1)
		qsort(entries->items, entries->count, sizeof(Entry), compare_entries);
	for (uint32 i = 0; i < entries->count; i++)
		if (i == 0 || compare_entries(&entries->items[distinct - 1], &entries->items[i]) != 0)
			entries->items[distinct++] = entries->items[i];
	entries->count = distinct;
	return entries;
}

/* Set-returning: type and entry of all principals that Allow statements name, each once. */
IAM_SQL_FUNCTION(iam_trust_entries);

Datum
iam_trust_entries(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	Entries         *entries;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext   old_context;
		struct varlena *policy;
		TupleDesc       row;

		call = SRF_FIRSTCALL_INIT();
		old_context = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		call->tuple_desc = BlessTupleDesc(row);
		policy = iam_pg_image_copy(PG_GETARG_DATUM(0), IAM_IMAGE_POLICY);
		call->user_fctx = entries_of(iam_pg_image_of(policy));
		MemoryContextSwitchTo(old_context);
	}
	call = SRF_PERCALL_SETUP();
	entries = call->user_fctx;
	if (entries->next < entries->count)
	{
		const Entry *entry = &entries->items[entries->next++];
		Datum        values[2];
		bool         nulls[2] = {false, false};

		values[0] = iam_pg_text(entry->type);
		values[1] = iam_pg_text(entry->text);
		SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
	}
	SRF_RETURN_DONE(call);
}

/* ---- what a policy can tell apart ---- */

/*
 * Can its Principal and NotPrincipal elements tell two principals of one account
 * apart?  NotPrincipal can: one with a permissions boundary is never exempt (PRIN-33).
 */
static bool
names_principals(const IamPolicy *policy, const IamStatement *stmt)
{
	const IamPrincipal *principal = IAM_PRINCIPALS(policy, stmt);

	if (stmt->flags & IAM_STMT_NOT_PRINCIPAL)
		return true;
	for (uint32_t i = 0; i < stmt->principal_count; i++)
		switch ((IamPrincipalForm) principal[i].form)
		{
			case IAM_PRINCIPAL_USER:
			case IAM_PRINCIPAL_ROLE:
			case IAM_PRINCIPAL_SESSION:
			case IAM_PRINCIPAL_FEDERATED_USER:
			case IAM_PRINCIPAL_UNIQUE_ID:
				return true;
			case IAM_PRINCIPAL_EVERYONE:
			case IAM_PRINCIPAL_AWS_EVERYONE:
			case IAM_PRINCIPAL_ACCOUNT:
			case IAM_PRINCIPAL_SERVICE:
			case IAM_PRINCIPAL_FEDERATED:
			case IAM_PRINCIPAL_CANONICAL_USER:
			case IAM_PRINCIPAL_UNUSABLE:
				break;
		}
	return false;
}

IAM_SQL_FUNCTION(iam_policy_names_principals);

Datum
iam_policy_names_principals(PG_FUNCTION_ARGS)
{
	const IamPolicy *policy = IAM_PG_GETARG_POLICY(0);
	bool             result = false;

	for (uint32_t i = 0; i < policy->statement_count && !result; i++)
		result = names_principals(policy, iam_policy_statement(policy, i));
	iam_pg_image_free(PG_GETARG_DATUM(0), policy);
	PG_RETURN_BOOL(result);
}

/* Whom a key tells apart. */
typedef enum CallerScope
{
	SCOPE_NOBODY,
	SCOPE_ACCOUNT, /* principals of different accounts */
	SCOPE_PRINCIPAL
} CallerScope;

/*
 * Of users and roles, and of somebody who may be either.  Keys that a principal has
 * or not by its kind tell principals apart.
 */
static CallerScope
key_scope(IamStr key)
{
	static const struct
	{
		IamStr      key;
		CallerScope scope;
	} keys[] = {
		{{"aws:MultiFactorAuthPresent", 26}, SCOPE_NOBODY},
		{{"aws:TokenIssueTime", 18}, SCOPE_NOBODY},
		{{"aws:PrincipalIsAWSService", 25}, SCOPE_NOBODY},
		{{"aws:PrincipalServiceName", 24}, SCOPE_NOBODY},
		{{"aws:PrincipalServiceNamesList", 29}, SCOPE_NOBODY},
		{{"aws:PrincipalAccount", 20}, SCOPE_ACCOUNT},
		{{"aws:PrincipalOrgID", 18}, SCOPE_ACCOUNT},
		{{"aws:PrincipalOrgPaths", 21}, SCOPE_ACCOUNT},
		/* an owner that is not given is the caller's account; its organization may be told by the caller's */
		{{"aws:ResourceAccount", 19}, SCOPE_ACCOUNT},
		{{"aws:ResourceOrgID", 17}, SCOPE_ACCOUNT},
		{{"aws:ResourceOrgPaths", 20}, SCOPE_ACCOUNT},
	};

	if (!iam_key_depends_on_caller(key))
		return SCOPE_NOBODY;
	for (size_t i = 0; i < lengthof(keys); i++)
		if (iam_str_equal_fold(key, keys[i].key))
			return keys[i].scope;
	return SCOPE_PRINCIPAL;
}

static void
note_key(void *ctx, IamStr key)
{
	CallerScope *found = ctx;
	CallerScope  scope = key_scope(key);

	*found = Max(*found, scope);
}

static void
note_keys(CallerScope *found, const IamPolicy *policy, const IamStatement *stmt)
{
	const IamCondition *conditions = IAM_CONDITIONS(policy, stmt);
	const IamPattern   *patterns = IAM_RESOURCES(policy, stmt);

	/* the flag counts principals too: without it there are no such keys */
	if (!(stmt->flags & IAM_STMT_DEPENDS_ON_CALLER))
		return;
	for (uint32_t i = 0; i < stmt->condition_count; i++)
	{
		const IamValue *values = IAM_VALUES(policy, &conditions[i]);

		note_key(found, iam_slice(policy, conditions[i].key));
		for (uint32_t j = 0; j < conditions[i].value_count; j++)
			if (values[j].flags & IAM_VALUE_VARIABLE)
				iam_visit_variables(iam_slice(policy, values[j].text), note_key, found);
	}
	for (uint32_t i = 0; i < stmt->resource_count; i++)
		if (patterns[i].flags & IAM_PATTERN_VARIABLE)
			iam_visit_variables(iam_slice(policy, patterns[i].text), note_key, found);
}

/*
 * iam_policy_caller_scope(policy): which users and roles its conditions and variables
 * can tell apart, whomever it names: 0 none, 1 those of different accounts, 2 any.
 */
IAM_SQL_FUNCTION(iam_policy_caller_scope);

Datum
iam_policy_caller_scope(PG_FUNCTION_ARGS)
{
	const IamPolicy *policy = IAM_PG_GETARG_POLICY(0);
	CallerScope      found = SCOPE_NOBODY;

	for (uint32_t i = 0; i < policy->statement_count && found < SCOPE_PRINCIPAL; i++)
		note_keys(&found, policy, iam_policy_statement(policy, i));
	iam_pg_image_free(PG_GETARG_DATUM(0), policy);
	PG_RETURN_INT16((int16) found);
}

/* ---- roles ---- */

/*
 * iam_is_plain_role(arn, account_id, name): the ARN is a role's, of that account and
 * name, and nothing in it is a wildcard or stands for a character.  Then what is
 * asked of all roles of the account holds for it too.
 */
IAM_SQL_FUNCTION(iam_is_plain_role);

Datum
iam_is_plain_role(PG_FUNCTION_ARGS)
{
	IamStr text = iam_pg_bytes(PG_GETARG_DATUM(0));
	IamStr account = iam_pg_utf8_arg(PG_GETARG_DATUM(1));
	IamStr name = iam_pg_utf8_arg(PG_GETARG_DATUM(2));
	IamArn arn;
	IamStr resource;

	if (!iam_arn_split(text, &arn) || arn.partition.len == 0 || arn.region.len != 0 ||
	    !iam_str_equal(arn.service, IAM_LIT("iam")) || !iam_is_account_id(arn.account) ||
	    !iam_str_equal(arn.account, account) || !iam_str_starts(arn.resource, IAM_LIT("role/")))
		PG_RETURN_BOOL(false);
	for (uint32_t i = 0; i < text.len; i++)
		if ((uint8) text.data[i] <= ' ' || (uint8) text.data[i] == 0x7f ||
		    strchr("*?$", text.data[i]) != NULL)
			PG_RETURN_BOOL(false);
	resource = arn.resource;
	if (name.len == 0 || memchr(name.data, '/', name.len) != NULL || resource.len < name.len + 5 ||
	    resource.data[resource.len - name.len - 1] != '/' ||
	    (resource.len > name.len + 5 && resource.data[5] == '/'))
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(memcmp(resource.data + resource.len - name.len, name.data, name.len) == 0);
}

/* ---- the parts of an entry ---- */

/*
 * iam_principal_parts(text): partition, account, kind and name (NULL for root) of the
 * ARN of a principal that an AWS entry names; NULL where it is none, or has a
 * wildcard.  A name has at least one character and may have a path before it.
 */
IAM_SQL_FUNCTION(iam_principal_parts);

Datum
iam_principal_parts(PG_FUNCTION_ARGS)
{
	static const IamStr kinds[] = {
		{"root", 4}, {"user", 4}, {"role", 4}, {"assumed-role", 12}, {"federated-user", 14}};
	IamStr text = iam_pg_utf8_arg(PG_GETARG_DATUM(0));
	IamArn arn;
	IamStr kind;
	IamStr name = IAM_NO_STR;
	Datum  parts[4];
	bool   nulls[4] = {false, false, false, false};
	int    dims = 4;
	int    lower = 1;
	size_t k = 0;

	if (!iam_arn_split(text, &arn) || arn.partition.len == 0 || arn.region.len != 0 ||
	    !(iam_str_equal(arn.service, IAM_LIT("iam")) || iam_str_equal(arn.service, IAM_LIT("sts"))) ||
	    !iam_is_account_id(arn.account))
		PG_RETURN_NULL();
	for (uint32_t i = 0; i < text.len; i++)
		if ((uint8) text.data[i] <= ' ' || (uint8) text.data[i] == 0x7f || text.data[i] == '*' ||
		    text.data[i] == '?')
			PG_RETURN_NULL();
	kind = arn.resource;
	for (uint32_t i = 0; i < arn.resource.len; i++)
		if (arn.resource.data[i] == '/')
		{
			kind.len = i;
			name = (IamStr){arn.resource.data + i + 1, arn.resource.len - i - 1};
			if (name.len == 0)
				PG_RETURN_NULL();
			break;
		}
	while (k < lengthof(kinds) && !iam_str_equal(kind, kinds[k]))
		k++;
	if (k == lengthof(kinds))
		PG_RETURN_NULL();
	parts[0] = iam_pg_text(arn.partition);
	parts[1] = iam_pg_text(arn.account);
	parts[2] = iam_pg_text(kind);
	nulls[3] = name.len == 0;
	parts[3] = nulls[3] ? (Datum) 0 : iam_pg_text(name);
	PG_RETURN_ARRAYTYPE_P(
		construct_md_array(parts, nulls, 1, &dims, &lower, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * iam_policy_loaded(policy): the same policy in memory.  A query that looks at one
 * often would fetch and unpack it each time.
 */
IAM_SQL_FUNCTION(iam_policy_loaded);

Datum
iam_policy_loaded(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(PG_DETOAST_DATUM(PG_GETARG_DATUM(0)));
}

/*
 * iam_policy_says(policy, request): what an identity policy comes to whoever asks,
 * without the formulas that an effect keeps: 0 does not allow, 1 not known, 2 allows,
 * and 0, 3 or 6 likewise for denying.
 */
IAM_SQL_FUNCTION(iam_policy_says);

Datum
iam_policy_says(PG_FUNCTION_ARGS)
{
	const IamPolicy *policy = IAM_PG_GETARG_POLICY(0);
	IamEvaluation    evaluation = {0};
	IamPgArena       a;
	IamEffect        effect;
	IamTri           allow = IAM_NO;

	iam_pg_arena_init(&a);
	evaluation.request = IAM_PG_GETARG_REQUEST(1);
	evaluation.arena = &a.arena;
	iam_policy_effect(&evaluation, policy, IAM_KIND_IDENTITY, &effect);
	iam_pg_arena_verify(&a);
	iam_pg_arena_release(&a);
	iam_pg_image_free(PG_GETARG_DATUM(0), policy);
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		allow = iam_or(allow, effect.allow[g]);
	PG_RETURN_INT16((int16) allow + 3 * (int16) effect.deny);
}

/* ---- what a policy is about ---- */

/* The account field of a pattern without wildcards before the resource field; false: there is none. */
static bool
literal_account(IamStr text, IamStr *account)
{
	uint32_t colons = 0;
	uint32_t start = 0;

	for (uint32_t i = 0; i < text.len; i++)
	{
		if (text.data[i] == '*' || text.data[i] == '?' || text.data[i] == '$')
			return false;
		if (text.data[i] != ':')
			continue;
		if (++colons == 4)
			start = i + 1;
		else if (colons == 5)
		{
			*account = (IamStr){text.data + start, i - start};
			return true;
		}
	}
	return false;
}

/* Adds what the statement is about to the list; false where it may be anything. */
static bool
add_aims(Entries *aims, const IamPolicy *policy, const IamStatement *stmt)
{
	const IamPattern *patterns = IAM_RESOURCES(policy, stmt);

	if (!(stmt->flags & IAM_STMT_RESOURCE))
		return false;
	for (uint32_t i = 0; i < stmt->resource_count; i++)
	{
		IamStr text = iam_slice(policy, patterns[i].text);
		IamStr account;

		switch ((IamPatternClass) patterns[i].pattern_class)
		{
			case IAM_PATTERN_UNUSABLE:
				continue;
			case IAM_PATTERN_ANY:
				return false;
			case IAM_PATTERN_EXACT:
			case IAM_PATTERN_PREFIX:
			case IAM_PATTERN_GENERAL:
				break;
		}
		if ((patterns[i].flags & IAM_PATTERN_SHORT) || !literal_account(text, &account))
			return false;
		if (iam_is_account_id(account))
			add_entry(aims, IAM_NO_STR, patterns[i].pattern_class == IAM_PATTERN_EXACT ? text : account);
	}
	return true;
}

/*
 * iam_policy_aims(policy, request): the ARNs, or where it has patterns the accounts,
 * of all IAM resources that statements which may concern the request's action are
 * about; NULL where they may be any.
 */
IAM_SQL_FUNCTION(iam_policy_aims);

Datum
iam_policy_aims(PG_FUNCTION_ARGS)
{
	const IamPolicy *policy = IAM_PG_GETARG_POLICY(0);
	IamActionKey     action = iam_request_action(IAM_PG_GETARG_REQUEST(1));
	Entries          aims = {0};
	Datum           *items;

	for (uint32_t i = 0; i < policy->statement_count; i++)
	{
		const IamStatement *stmt = iam_policy_statement(policy, i);
		bool                inverted = (stmt->flags & IAM_STMT_NOT_ACTION) != 0;

		CHECK_FOR_INTERRUPTS();
		if (iam_action_listed(policy, stmt, &action, NULL) != inverted && !add_aims(&aims, policy, stmt))
			PG_RETURN_NULL();
	}
	items = palloc(sizeof(Datum) * Max(aims.count, 1));
	for (uint32 i = 0; i < aims.count; i++)
		items[i] = iam_pg_text(aims.items[i].text);
	PG_RETURN_ARRAYTYPE_P(construct_array(items, (int) aims.count, TEXTOID, -1, false, TYPALIGN_INT));
}

typedef struct RoleKeys
{
	bool tags;
	bool owner;
} RoleKeys;

static bool
begins(IamStr key, IamStr prefix)
{
	return key.len >= prefix.len && iam_str_equal_fold((IamStr){key.data, prefix.len}, prefix);
}

static void
note_role_key(void *ctx, IamStr key)
{
	RoleKeys *found = ctx;

	found->tags = found->tags || begins(key, IAM_LIT("aws:ResourceTag/")) ||
	              begins(key, IAM_LIT("iam:ResourceTag/"));
	found->owner = found->owner || begins(key, IAM_LIT("aws:Resource")) ||
	               begins(key, IAM_LIT("s3:Resource"));
}

static void
note_role_keys(RoleKeys *found, const IamPolicy *policy, const IamStatement *stmt)
{
	const IamCondition *conditions = IAM_CONDITIONS(policy, stmt);

	for (uint32_t i = 0; i < stmt->condition_count; i++)
	{
		const IamValue *values = IAM_VALUES(policy, &conditions[i]);

		note_role_key(found, iam_slice(policy, conditions[i].key));
		for (uint32_t j = 0; j < conditions[i].value_count; j++)
			if (values[j].flags & IAM_VALUE_VARIABLE)
				iam_visit_variables(iam_slice(policy, values[j].text), note_role_key, found);
	}
}

/*
 * iam_policy_role_scope(policy, request): what statements that may concern the
 * request's action look at of a resource: 0 nothing, 1 no more than who owns it,
 * 2 the resource itself.
 */
IAM_SQL_FUNCTION(iam_policy_role_scope);

Datum
iam_policy_role_scope(PG_FUNCTION_ARGS)
{
	const IamPolicy *policy = IAM_PG_GETARG_POLICY(0);
	IamActionKey     action = iam_request_action(IAM_PG_GETARG_REQUEST(1));
	RoleKeys         found = {false, false};
	bool             resources = false;

	for (uint32_t i = 0; i < policy->statement_count; i++)
	{
		const IamStatement *stmt = iam_policy_statement(policy, i);
		bool                inverted = (stmt->flags & IAM_STMT_NOT_ACTION) != 0;

		if (iam_action_listed(policy, stmt, &action, NULL) == inverted)
			continue;
		if ((stmt->flags & (IAM_STMT_RESOURCE | IAM_STMT_NOT_RESOURCE)) != 0 &&
		    !(stmt->flags & IAM_STMT_ANY_RESOURCE))
			resources = true;
		note_role_keys(&found, policy, stmt);
	}
	iam_pg_image_free(PG_GETARG_DATUM(0), policy);
	PG_RETURN_INT16(resources || found.tags ? 2 : found.owner ? 1 : 0);
}
