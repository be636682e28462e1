/*
 * policy_match.c: small questions about policies and names: may a policy concern
 * a request's action, does an action pattern match (ACT-1..4), what kind of
 * thing has this unique id (ID-1).
 */
#include "postgres.h"

#include "pg/iam_pg.h"

IAM_SQL_FUNCTION(iam_sql_policy_may_match);

Datum
iam_sql_policy_may_match(PG_FUNCTION_ARGS)
{
	const IamPolicy  *policy = IAM_PG_GETARG_POLICY(0);
	const IamRequest *request = IAM_PG_GETARG_REQUEST(1);
	bool              result = iam_policy_may_match(policy, request);

	iam_pg_image_free(PG_GETARG_DATUM(0), policy);
	iam_pg_image_free(PG_GETARG_DATUM(1), request);
	PG_RETURN_BOOL(result);
}

IAM_SQL_FUNCTION(iam_sql_action_matches);

Datum
iam_sql_action_matches(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(
		iam_action_matches(iam_pg_utf8_arg(PG_GETARG_DATUM(0)), iam_pg_utf8_arg(PG_GETARG_DATUM(1))));
}

IAM_SQL_FUNCTION(iam_sql_unique_id_kind);

Datum
iam_sql_unique_id_kind(PG_FUNCTION_ARGS)
{
	const char *kind = iam_unique_id_kind(iam_pg_utf8_arg(PG_GETARG_DATUM(0)));

	if (kind == NULL)
		PG_RETURN_NULL();
	return iam_pg_text((IamStr){kind, (uint32_t) strlen(kind)});
}
