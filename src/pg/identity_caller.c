/*
 * identity_caller.c: stored identities and accounts as callers.  iam_identity_facts
 * gives what the tables know of one as iam_caller() takes it; iam_identity_caller
 * makes the caller itself, by the thousand: what is the same for all of an account
 * comes compiled, in a caller of that account, which iam_account_caller makes, and
 * nothing is written as JSON to be parsed again.
 */
#include "postgres.h"

#include "utils/jsonb.h"

#include "pg/iam_pg.h"

/* IAM's ids have 21 characters; others are left out, not an error of iam_caller(). */
#define MAX_UNIQUE_ID 128

static bool
is_unique_id(IamStr id)
{
	if (id.len == 0 || id.len > MAX_UNIQUE_ID)
		return false;
	for (uint32_t i = 0; i < id.len; i++)
	{
		char c = iam_fold_char(id.data[i]);

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

static IamStr
text_arg(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? IAM_NO_STR : iam_pg_utf8_arg(PG_GETARG_DATUM(n));
}

static void
key_text(IamBuf *buf, const char *key, FunctionCallInfo fcinfo, int n)
{
	if (!PG_ARGISNULL(n))
		iam_json_key_string(buf, key, iam_pg_utf8_arg(PG_GETARG_DATUM(n)));
}

static void
key_bool(IamBuf *buf, const char *key, FunctionCallInfo fcinfo, int n)
{
	if (!PG_ARGISNULL(n))
		iam_json_key_bool(buf, key, PG_GETARG_BOOL(n));
}

/*
 * iam_identity_facts(unique_id, has_boundary, canonical_user_id, organization_id,
 * organization_path, organization_known, in_management_account, role_arn): NULLs
 * are absent.
 */
IAM_SQL_FUNCTION(iam_identity_facts);

Datum
iam_identity_facts(PG_FUNCTION_ARGS)
{
	IamPgArena a;
	IamBuf     buf;
	IamStr     id = text_arg(fcinfo, 0);
	Datum      result;

	iam_pg_arena_init(&a);
	iam_buf_init(&buf, &a.arena);
	iam_buf_char(&buf, '{');
	if (is_unique_id(id))
		iam_json_key_string(&buf, "unique_id", id);
	key_bool(&buf, "has_boundary", fcinfo, 1);
	key_text(&buf, "canonical_id", fcinfo, 2);
	key_text(&buf, "organization_id", fcinfo, 3);
	key_text(&buf, "organization_path", fcinfo, 4);
	key_bool(&buf, "organization_known", fcinfo, 5);
	key_bool(&buf, "in_management_account", fcinfo, 6);
	if (!PG_ARGISNULL(7))
		iam_json_key_string(&buf, "role_arn", iam_pg_bytes(PG_GETARG_DATUM(7)));
	iam_json_key_bool(&buf, "tags_known", true);
	iam_buf_char(&buf, '}');
	iam_pg_arena_verify(&a);
	result = iam_pg_text(iam_buf_result(&buf));
	iam_pg_arena_release(&a);
	return result;
}

static const IamJson *
tags_of(IamPgArena *a, Jsonb *tags)
{
	StringInfoData text;
	const IamJson *json = NULL;
	IamError       err;

	if (JB_ROOT_COUNT(tags) == 0)
		return NULL;
	initStringInfo(&text);
	JsonbToCString(&text, &tags->root, VARSIZE(tags));
	if (!iam_json_parse(&a->arena, iam_pg_utf8(text.data, (size_t) text.len), IAM_MAX_REQUEST_BYTES, &json,
	                    &err))
		iam_pg_argument_error("tags", &err);
	return json;
}

/*
 * iam_identity_caller(identity, unique_id, has_boundary, tags, account): the user
 * or role `identity`, all of whose tags are given, with the facts about the
 * account, its organization and its place in it that the caller `account` has.
 * NULL unique_id or tags: none.  Any other NULL: NULL.
 */
IAM_SQL_FUNCTION(iam_identity_caller);

Datum
iam_identity_caller(PG_FUNCTION_ARGS)
{
	IamPgArena       a;
	IamCallerInput   input = {0};
	const IamCaller *account;
	const IamCaller *caller;
	IamError         err;
	Datum            result;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2) || PG_ARGISNULL(4))
		PG_RETURN_NULL();
	iam_pg_arena_init(&a);
	input.principal = iam_pg_bytes(PG_GETARG_DATUM(0));
	if (is_unique_id(text_arg(fcinfo, 1)))
		input.unique_id = text_arg(fcinfo, 1);
	input.has_boundary = PG_GETARG_BOOL(2);
	input.tags_known = true;
	if (!PG_ARGISNULL(3))
		input.tags = tags_of(&a, PG_GETARG_JSONB_P(3));

	account = IAM_PG_GETARG_CALLER(4);
	input.canonical_id = iam_slice(account, account->canonical_id);
	input.org_id = iam_slice(account, account->org_id);
	input.org_path = iam_slice(account, account->org_path);
	input.org_known = (account->flags & IAM_CALLER_ORG_KNOWN) != 0;
	input.in_management_account = (account->flags & IAM_CALLER_IN_MANAGEMENT_ACCOUNT) != 0;

	if (!iam_caller_compile(&a.arena, &input, &caller, &err))
		iam_pg_argument_error("caller", &err);
	iam_pg_arena_verify(&a);
	result = iam_pg_image_datum(caller);
	iam_pg_image_free(PG_GETARG_DATUM(4), account);
	iam_pg_arena_release(&a);
	return result;
}

/*
 * iam_account_caller(principal, any_principal, canonical_user_id, organization_id,
 * organization_path, organization_known, in_management_account): the caller with
 * what is known of its account.  NULL principal: NULL; any other NULL is absent.
 */
IAM_SQL_FUNCTION(iam_account_caller);

Datum
iam_account_caller(PG_FUNCTION_ARGS)
{
	IamPgArena       a;
	IamCallerInput   input = {0};
	const IamCaller *caller;
	IamError         err;
	Datum            result;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	iam_pg_arena_init(&a);
	input.principal = text_arg(fcinfo, 0);
	input.any_principal = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
	input.canonical_id = text_arg(fcinfo, 2);
	input.org_id = text_arg(fcinfo, 3);
	input.org_path = text_arg(fcinfo, 4);
	input.org_known = !PG_ARGISNULL(5) && PG_GETARG_BOOL(5);
	input.in_management_account = !PG_ARGISNULL(6) && PG_GETARG_BOOL(6);
	if (!iam_caller_compile(&a.arena, &input, &caller, &err))
		iam_pg_argument_error("caller", &err);
	iam_pg_arena_verify(&a);
	result = iam_pg_image_datum(caller);
	iam_pg_arena_release(&a);
	return result;
}
