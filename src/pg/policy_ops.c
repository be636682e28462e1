/*
 * policy_ops.c: equality, order and hash of iam_policy, all on the bytes of the
 * canonical text.
 *
 * The hash of that text is part of the image.  It is not cryptographic and can
 * be forged: equality always goes on to compare the bytes.  Its value is frozen
 * once released: hash partitioning relies on it.
 */
#include "postgres.h"

#include "pg/iam_pg.h"

static IamStr
text_of(const IamPolicy *policy)
{
	return iam_slice(policy, policy->text);
}

static bool
equal_args(FunctionCallInfo fcinfo)
{
	const IamPolicy *a = IAM_PG_GETARG_POLICY(0);
	const IamPolicy *b = IAM_PG_GETARG_POLICY(1);
	bool             equal;

	equal = a->hash_low == b->hash_low && a->hash_high == b->hash_high &&
	        iam_str_equal(text_of(a), text_of(b));
	iam_pg_image_free(PG_GETARG_DATUM(0), a);
	iam_pg_image_free(PG_GETARG_DATUM(1), b);
	return equal;
}

static int
compare_args(FunctionCallInfo fcinfo)
{
	const IamPolicy *a = IAM_PG_GETARG_POLICY(0);
	const IamPolicy *b = IAM_PG_GETARG_POLICY(1);
	int              c = iam_pg_bytes_compare(text_of(a), text_of(b));

	iam_pg_image_free(PG_GETARG_DATUM(0), a);
	iam_pg_image_free(PG_GETARG_DATUM(1), b);
	return c;
}

IAM_SQL_FUNCTION(iam_policy_eq);

Datum
iam_policy_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(equal_args(fcinfo));
}

IAM_SQL_FUNCTION(iam_policy_ne);

Datum
iam_policy_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!equal_args(fcinfo));
}

IAM_SQL_FUNCTION(iam_policy_lt);

Datum
iam_policy_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) < 0);
}

IAM_SQL_FUNCTION(iam_policy_le);

Datum
iam_policy_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) <= 0);
}

IAM_SQL_FUNCTION(iam_policy_gt);

Datum
iam_policy_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) > 0);
}

IAM_SQL_FUNCTION(iam_policy_ge);

Datum
iam_policy_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) >= 0);
}

IAM_SQL_FUNCTION(iam_policy_cmp);

Datum
iam_policy_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_args(fcinfo));
}

/* Only the header is needed: the rest of a toasted policy stays where it is. */
static uint64
stored_hash(Datum datum)
{
	struct varlena  *v = PG_DETOAST_DATUM_SLICE(datum, 0, sizeof(IamPolicy));
	const IamPolicy *policy = (const IamPolicy *) VARDATA(v);
	uint64           hash;

	if (VARSIZE(v) < VARHDRSZ + sizeof(IamPolicy) || policy->head.type != IAM_IMAGE_POLICY)
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
		        errmsg_internal("stored value of type iam_policy does not hold together"));
	hash = (uint64) policy->hash_high << 32 | policy->hash_low;
	if ((void *) v != (void *) DatumGetPointer(datum))
		pfree(v);
	return hash;
}

IAM_SQL_FUNCTION(iam_policy_hash);

Datum
iam_policy_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT32((uint32) stored_hash(PG_GETARG_DATUM(0)));
}

IAM_SQL_FUNCTION(iam_policy_hash_extended);

Datum
iam_policy_hash_extended(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT64(iam_pg_hash_seeded(stored_hash(PG_GETARG_DATUM(0)), (uint64) PG_GETARG_INT64(1)));
}
