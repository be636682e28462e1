/*
 * arn_ops.c: order and hash of arn and arn_pattern: by bytes, case counts
 * (ARN-6).  Both types are byte strings, so that one set of functions serves
 * both.
 *
 * The hash is frozen once released: hash partitioning relies on it.
 */
#include "postgres.h"

#include "pg/iam_pg.h"

int
iam_pg_bytes_compare(IamStr a, IamStr b)
{
	int c = memcmp(a.data, b.data, Min(a.len, b.len));

	if (c == 0)
		return (a.len > b.len) - (a.len < b.len);
	return c < 0 ? -1 : 1;
}

/* Seed 0 gives the hash itself, whose low half is the 32-bit one. */
uint64
iam_pg_hash_seeded(uint64 hash, uint64 seed)
{
	if (seed == 0)
		return hash;
	hash ^= seed * UINT64CONST(0x9e3779b97f4a7c15);
	hash ^= hash >> 33;
	hash *= UINT64CONST(0xff51afd7ed558ccd);
	hash ^= hash >> 33;
	hash *= UINT64CONST(0xc4ceb9fe1a85ec53);
	hash ^= hash >> 33;
	return hash;
}

static void
free_copies(FunctionCallInfo fcinfo, IamStr a, IamStr b)
{
	const char *pa = DatumGetPointer(PG_GETARG_DATUM(0));
	const char *pb = DatumGetPointer(PG_GETARG_DATUM(1));

	/* a packed datum's bytes lie just behind its own header, a copy's elsewhere */
	if (a.data != VARDATA_ANY(pa))
		pfree(unconstify(char *, a.data) - VARHDRSZ);
	if (b.data != VARDATA_ANY(pb))
		pfree(unconstify(char *, b.data) - VARHDRSZ);
}

static int
compare_args(FunctionCallInfo fcinfo)
{
	IamStr a = iam_pg_bytes(PG_GETARG_DATUM(0));
	IamStr b = iam_pg_bytes(PG_GETARG_DATUM(1));
	int    c = iam_pg_bytes_compare(a, b);

	free_copies(fcinfo, a, b);
	return c;
}

static bool
equal_args(FunctionCallInfo fcinfo)
{
	IamStr a = iam_pg_bytes(PG_GETARG_DATUM(0));
	IamStr b = iam_pg_bytes(PG_GETARG_DATUM(1));
	bool   equal = iam_str_equal(a, b);

	free_copies(fcinfo, a, b);
	return equal;
}

IAM_SQL_FUNCTION(arn_eq);

Datum
arn_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(equal_args(fcinfo));
}

IAM_SQL_FUNCTION(arn_ne);

Datum
arn_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!equal_args(fcinfo));
}

IAM_SQL_FUNCTION(arn_lt);

Datum
arn_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) < 0);
}

IAM_SQL_FUNCTION(arn_le);

Datum
arn_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) <= 0);
}

IAM_SQL_FUNCTION(arn_gt);

Datum
arn_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) > 0);
}

IAM_SQL_FUNCTION(arn_ge);

Datum
arn_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) >= 0);
}

IAM_SQL_FUNCTION(arn_cmp);

Datum
arn_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_args(fcinfo));
}

IAM_SQL_FUNCTION(arn_hash);

Datum
arn_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT32((uint32) iam_hash64(iam_pg_bytes(PG_GETARG_DATUM(0))));
}

IAM_SQL_FUNCTION(arn_hash_extended);

Datum
arn_hash_extended(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT64(
		iam_pg_hash_seeded(iam_hash64(iam_pg_bytes(PG_GETARG_DATUM(0))), (uint64) PG_GETARG_INT64(1)));
}
