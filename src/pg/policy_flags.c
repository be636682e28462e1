/*
 * policy_flags.c: what the set-returning questions ask of a policy or an effect to
 * leave work out: does a policy depend on the caller at all, what does an effect
 * come to whatever the principal's grade.
 *
 * Three-valued answers are SQL booleans: unknown is NULL.
 */
#include "postgres.h"

#include "pg/iam_pg.h"

IAM_SQL_FUNCTION(iam_policy_depends_on_caller);

Datum
iam_policy_depends_on_caller(PG_FUNCTION_ARGS)
{
	const IamPolicy *policy = IAM_PG_GETARG_POLICY(0);
	bool             result = (policy->flags & IAM_DEPENDS_ON_CALLER) != 0;

	iam_pg_image_free(PG_GETARG_DATUM(0), policy);
	PG_RETURN_BOOL(result);
}

static void
read_effect(IamPgArena *a, Datum datum, IamEffect *effect)
{
	iam_pg_arena_init(a);
	iam_pg_effect(a, iam_pg_image(datum, IAM_IMAGE_EFFECT), effect);
}

/* Some Allow statement applies, at any grade. */
IAM_SQL_FUNCTION(iam_effect_allows);

Datum
iam_effect_allows(PG_FUNCTION_ARGS)
{
	IamPgArena a;
	IamEffect  effect;
	IamTri     allows = IAM_NO;

	read_effect(&a, PG_GETARG_DATUM(0), &effect);
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		allows = iam_or(allows, effect.allow[g]);
	iam_pg_arena_release(&a);
	if (allows == IAM_UNKNOWN)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(allows == IAM_YES);
}

/* Some Deny statement applies. */
IAM_SQL_FUNCTION(iam_effect_denies);

Datum
iam_effect_denies(PG_FUNCTION_ARGS)
{
	IamPgArena a;
	IamEffect  effect;

	read_effect(&a, PG_GETARG_DATUM(0), &effect);
	iam_pg_arena_release(&a);
	if (effect.deny == IAM_UNKNOWN)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(effect.deny == IAM_YES);
}

/* An effect without anything unknown in it: the same however much more is known. */
IAM_SQL_FUNCTION(iam_sql_effect_is_definite);

Datum
iam_sql_effect_is_definite(PG_FUNCTION_ARGS)
{
	IamPgArena a;
	IamEffect  effect;

	read_effect(&a, PG_GETARG_DATUM(0), &effect);
	iam_pg_arena_release(&a);
	PG_RETURN_BOOL(iam_effect_is_definite(&effect));
}
