/*
 * arn_pattern_ops.c: what a pattern matches, covers and overlaps (ARN-5a,
 * ARN-11, VAR-5).
 *
 * The relations of two patterns are exact.  Where two patterns need a larger
 * search than the core allows itself, they raise an error rather than guess.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "pg/iam_pg.h"

/* Patterns that an intersection is written with at most. */
#define INTERSECTION_MAX 32

static bool
definite(IamTri answer)
{
	if (answer == IAM_UNKNOWN)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		        errmsg("ARN patterns are too complex to compare"),
		        errdetail("The comparison needs more than %d steps.", IAM_GLOB_MAX_STATES));
	return answer == IAM_YES;
}

static bool
matches(Datum pattern, Datum arn)
{
	return iam_arn_pattern_matches(iam_pg_bytes(pattern), iam_pg_bytes(arn));
}

static bool
covers(Datum a, Datum b)
{
	IamPgArena work;
	IamTri     answer;

	iam_pg_arena_init(&work);
	answer = iam_arn_pattern_covers(&work.arena, iam_pg_bytes(a), iam_pg_bytes(b));
	iam_pg_arena_verify(&work);
	iam_pg_arena_release(&work);
	return definite(answer);
}

/* arn ~ arn_pattern, arn <@ arn_pattern */
IAM_SQL_FUNCTION(arn_matches);

Datum
arn_matches(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(matches(PG_GETARG_DATUM(1), PG_GETARG_DATUM(0)));
}

/* arn_pattern ~ arn, arn_pattern @> arn */
IAM_SQL_FUNCTION(arn_pattern_matches);

Datum
arn_pattern_matches(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(matches(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)));
}

IAM_SQL_FUNCTION(arn_pattern_covers);

Datum
arn_pattern_covers(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(covers(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)));
}

IAM_SQL_FUNCTION(arn_pattern_covered);

Datum
arn_pattern_covered(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(covers(PG_GETARG_DATUM(1), PG_GETARG_DATUM(0)));
}

IAM_SQL_FUNCTION(arn_pattern_overlaps);

Datum
arn_pattern_overlaps(PG_FUNCTION_ARGS)
{
	IamPgArena a;
	IamTri     answer;

	iam_pg_arena_init(&a);
	answer = iam_arn_pattern_overlaps(&a.arena, iam_pg_bytes(PG_GETARG_DATUM(0)),
	                                  iam_pg_bytes(PG_GETARG_DATUM(1)));
	iam_pg_arena_verify(&a);
	iam_pg_arena_release(&a);
	PG_RETURN_BOOL(definite(answer));
}

/* What both patterns match, as patterns; NULL where it cannot be written so. */
IAM_SQL_FUNCTION(iam_sql_arn_pattern_intersection);

Datum
iam_sql_arn_pattern_intersection(PG_FUNCTION_ARGS)
{
	IamPgArena work;
	IamStr     results[INTERSECTION_MAX];
	Datum      elements[INTERSECTION_MAX];
	uint32     count;
	bool       written;

	iam_pg_arena_init(&work);
	written = iam_arn_pattern_intersection(&work.arena, iam_pg_bytes(PG_GETARG_DATUM(0)),
	                                       iam_pg_bytes(PG_GETARG_DATUM(1)), results, INTERSECTION_MAX,
	                                       &count);
	iam_pg_arena_verify(&work);
	for (uint32 i = 0; written && i < count; i++)
		elements[i] = iam_pg_bytes_datum(results[i]);
	iam_pg_arena_release(&work);
	if (!written)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(construct_array(elements, (int) count, get_fn_expr_argtype(fcinfo->flinfo, 0), -1,
	                                      false, TYPALIGN_INT));
}
