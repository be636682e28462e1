/*
 * policy_io.c: the type iam_policy: text is parsed, checked and compiled at input
 * (GRAM-1..10, GRAM-40); the canonical text inside the image is the output
 * (GRAM-41).
 *
 * The binary form is a version byte and that text, which recv parses again: an
 * image is never taken from outside.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "pg/iam_pg.h"

bool
iam_pg_policy_compile(IamPgArena *a, IamStr text, const IamPolicy **policy, IamError *err)
{
	if (!iam_policy_compile(&a->arena, text, policy, err))
		return false;
	iam_pg_arena_verify(a);
	if (!iam_pg_showable(iam_slice(*policy, (*policy)->text)))
		return iam_fail(err, IAM_BAD_SYNTAX, NULL,
		                "The policy holds a character that the database encoding %s does not have.",
		                GetDatabaseEncodingName());
	return true;
}

/* Returns false after a soft error. */
static bool
compile(IamStr text, struct Node *escontext, bool binary, Datum *result)
{
	IamPgArena       a;
	const IamPolicy *policy;
	IamError         err;

	iam_pg_arena_init(&a);
	if (!iam_pg_policy_compile(&a, text, &policy, &err))
	{
		iam_pg_arena_release(&a);
		iam_pg_input_error(escontext, "iam_policy", binary, &err);
		return false;
	}
	*result = iam_pg_image_datum(policy);
	iam_pg_arena_release(&a);
	return true;
}

IAM_SQL_FUNCTION(iam_policy_in);

Datum
iam_policy_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	Datum       result = (Datum) 0;

	compile(iam_pg_utf8(text, strlen(text)), fcinfo->context, false, &result);
	return result;
}

IAM_SQL_FUNCTION(iam_policy_out);

Datum
iam_policy_out(PG_FUNCTION_ARGS)
{
	const IamPolicy *policy = IAM_PG_GETARG_POLICY(0);

	PG_RETURN_CSTRING(iam_pg_cstring(iam_slice(policy, policy->text)));
}

IAM_SQL_FUNCTION(iam_policy_recv);

Datum
iam_policy_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	Datum      result = (Datum) 0;

	compile(iam_pg_recv_text(message, "iam_policy"), NULL, true, &result);
	return result;
}

IAM_SQL_FUNCTION(iam_policy_send);

Datum
iam_policy_send(PG_FUNCTION_ARGS)
{
	const IamPolicy *policy = IAM_PG_GETARG_POLICY(0);

	PG_RETURN_BYTEA_P(iam_pg_send_text(iam_slice(policy, policy->text)));
}
