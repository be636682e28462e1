/*
 * arn_pattern_io.c: the type arn_pattern: one string of a Resource element
 * (ARN-2..9).
 *
 * Input takes what can match something: a run of `*`, or a pattern that begins
 * with `arn:` (ARN-7), short ones included.  What else a stored policy may hold
 * (GRAM-40) matches nothing and stays text.
 */
#include "postgres.h"

#include "pg/iam_pg.h"

static bool
check_pattern(IamStr text, IamError *err)
{
	uint32_t stars = 0;
	char     quoted[64 + 4];

	if (text.len > IAM_MAX_PATTERN_BYTES)
		return iam_fail(err, IAM_OVER_LIMIT, NULL, "An ARN pattern has at most %d bytes, this one has %u.",
		                IAM_MAX_PATTERN_BYTES, text.len);
	while (stars < text.len && text.data[stars] == '*')
		stars++;
	if ((stars > 0 && stars == text.len) || iam_str_starts(text, IAM_LIT("arn:")))
		return true;
	iam_fail(err, IAM_BAD_SYNTAX, NULL, "\"%s\" is not an ARN pattern.", iam_quote(text, quoted, 64));
	strcpy(err->hint, "A pattern is * or begins with arn: as in arn:aws:s3:::bucket/*.");
	return false;
}

IAM_SQL_FUNCTION(arn_pattern_in);

Datum
arn_pattern_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	IamStr      text = iam_pg_utf8(input, strlen(input));
	IamError    err;

	if (!check_pattern(text, &err))
	{
		iam_pg_input_error(fcinfo->context, "arn_pattern", false, &err);
		return (Datum) 0;
	}
	return iam_pg_bytes_datum(text);
}

IAM_SQL_FUNCTION(arn_pattern_out);

Datum
arn_pattern_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(iam_pg_cstring(iam_pg_bytes(PG_GETARG_DATUM(0))));
}

IAM_SQL_FUNCTION(arn_pattern_recv);

Datum
arn_pattern_recv(PG_FUNCTION_ARGS)
{
	IamStr   text = iam_pg_recv_text((StringInfo) PG_GETARG_POINTER(0), "arn_pattern");
	IamError err;

	if (!check_pattern(text, &err))
		iam_pg_input_error(NULL, "arn_pattern", true, &err);
	return iam_pg_bytes_datum(text);
}

IAM_SQL_FUNCTION(arn_pattern_send);

Datum
arn_pattern_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(iam_pg_send_text(iam_pg_bytes(PG_GETARG_DATUM(0))));
}
