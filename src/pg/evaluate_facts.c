/*
 * evaluate_facts.c: iam_identity_facts: what the tables know of a stored identity,
 * as iam_caller() takes it.  The questions over everybody call it once for each
 * identity.
 */
#include "postgres.h"

#include "pg/iam_pg.h"

/* IAM's ids have 21 characters; others are left out, not an error of iam_caller() */
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
	IamStr     id = PG_ARGISNULL(0) ? IAM_NO_STR : iam_pg_utf8_arg(PG_GETARG_DATUM(0));
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
