/*
 * arn_io.c: the type arn: one concrete ARN (ARN-1, ARN-2), its parts.
 *
 * Stored are the bytes, in UTF-8.  Input asks for what every concrete ARN has:
 * six fields, the first `arn`, and a partition, a service and a resource.
 * Partitions and services are an open list.  `*` and `?` are ordinary here.
 */
#include "postgres.h"

#include "pg/iam_pg.h"

IamStr
iam_pg_bytes(Datum datum)
{
	struct varlena *v = PG_DETOAST_DATUM_PACKED(datum);

	return (IamStr){VARDATA_ANY(v), (uint32_t) VARSIZE_ANY_EXHDR(v)};
}

Datum
iam_pg_bytes_datum(IamStr bytes)
{
	struct varlena *v = palloc(VARHDRSZ + (Size) bytes.len);

	SET_VARSIZE(v, VARHDRSZ + (Size) bytes.len);
	memcpy(VARDATA(v), bytes.data, bytes.len);
	return PointerGetDatum(v);
}

static bool
check_arn(IamStr text, IamError *err)
{
	IamArn arn;
	char   quoted[64 + 4];

	if (text.len > IAM_MAX_PATTERN_BYTES)
		return iam_fail(err, IAM_OVER_LIMIT, NULL, "An ARN has at most %d bytes, this one has %u.",
		                IAM_MAX_PATTERN_BYTES, text.len);
	if (iam_arn_split(text, &arn) && arn.partition.len > 0 && arn.service.len > 0 && arn.resource.len > 0)
		return true;
	iam_fail(err, IAM_BAD_SYNTAX, NULL, "\"%s\" is not an ARN.", iam_quote(text, quoted, 64));
	strcpy(err->hint, "An ARN reads arn:partition:service:region:account:resource, "
	                  "where only region and account may be empty.");
	return false;
}

IAM_SQL_FUNCTION(arn_in);

Datum
arn_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	IamStr      text = iam_pg_utf8(input, strlen(input));
	IamError    err;

	if (!check_arn(text, &err))
	{
		iam_pg_input_error(fcinfo->context, "arn", false, &err);
		return (Datum) 0;
	}
	return iam_pg_bytes_datum(text);
}

IAM_SQL_FUNCTION(arn_out);

Datum
arn_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(iam_pg_cstring(iam_pg_bytes(PG_GETARG_DATUM(0))));
}

IAM_SQL_FUNCTION(arn_recv);

Datum
arn_recv(PG_FUNCTION_ARGS)
{
	IamStr   text = iam_pg_recv_text((StringInfo) PG_GETARG_POINTER(0), "arn");
	IamError err;

	if (!check_arn(text, &err))
		iam_pg_input_error(NULL, "arn", true, &err);
	return iam_pg_bytes_datum(text);
}

IAM_SQL_FUNCTION(arn_send);

Datum
arn_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(iam_pg_send_text(iam_pg_bytes(PG_GETARG_DATUM(0))));
}

/* ---- the parts ---- */

static IamArn
split(Datum datum)
{
	IamArn arn;

	if (!iam_arn_split(iam_pg_bytes(datum), &arn))
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
		        errmsg_internal("stored value of type arn does not hold together"));
	return arn;
}

IAM_SQL_FUNCTION(arn_partition);

Datum
arn_partition(PG_FUNCTION_ARGS)
{
	return iam_pg_text(split(PG_GETARG_DATUM(0)).partition);
}

IAM_SQL_FUNCTION(arn_service);

Datum
arn_service(PG_FUNCTION_ARGS)
{
	return iam_pg_text(split(PG_GETARG_DATUM(0)).service);
}

IAM_SQL_FUNCTION(arn_region);

Datum
arn_region(PG_FUNCTION_ARGS)
{
	return iam_pg_text(split(PG_GETARG_DATUM(0)).region);
}

IAM_SQL_FUNCTION(arn_account);

Datum
arn_account(PG_FUNCTION_ARGS)
{
	return iam_pg_text(split(PG_GETARG_DATUM(0)).account);
}

IAM_SQL_FUNCTION(arn_resource);

Datum
arn_resource(PG_FUNCTION_ARGS)
{
	return iam_pg_text(split(PG_GETARG_DATUM(0)).resource);
}
