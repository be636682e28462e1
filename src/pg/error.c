/*
 * error.c: core errors as PostgreSQL errors: SQLSTATE by status, the place and
 * the sentence as DETAIL, one action as HINT.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "pg/iam_pg.h"

/*
 * A text of the core for an error report.  It quotes UTF-8 input and may have
 * been clipped: what the database encoding cannot take becomes '?', because
 * raising a second error here would hide the first.
 */
const char *
iam_pg_reportable(const char *text)
{
	size_t len = strlen(text);
	char  *copy;

	if (pg_verify_mbstr(PG_UTF8, text, (int) len, true))
		return iam_pg_message((IamStr){text, (uint32_t) len});
	copy = pstrdup(text);
	for (char *p = copy; *p != '\0'; p++)
		if (IS_HIGHBIT_SET(*p))
			*p = '?';
	return copy;
}

static const char *
detail_of(const IamError *err)
{
	const char *message = iam_pg_reportable(err->message);

	if (err->path[0] != '\0')
		return psprintf("At %s: %s", iam_pg_reportable(err->path), message);
	if (err->line > 0)
		return psprintf("At line %d, column %d: %s", err->line, err->column, message);
	return message;
}

static int
sqlstate_of(const IamError *err, int bad_syntax)
{
	switch (err->status)
	{
		case IAM_OVER_LIMIT:
			return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		case IAM_CORRUPT:
			return ERRCODE_DATA_CORRUPTED;
		case IAM_NO_MEMORY:
			return ERRCODE_OUT_OF_MEMORY;
		case IAM_BAD_ARGUMENT:
			return bad_syntax == ERRCODE_INVALID_TEXT_REPRESENTATION ? ERRCODE_INVALID_PARAMETER_VALUE
			                                                         : bad_syntax;
		default:
			return bad_syntax;
	}
}

void
iam_pg_input_error(struct Node *escontext, const char *type, bool binary, const IamError *err)
{
	int sqlstate;

	sqlstate = sqlstate_of(err, binary ? ERRCODE_INVALID_BINARY_REPRESENTATION
	                                   : ERRCODE_INVALID_TEXT_REPRESENTATION);
	if (err->status == IAM_NO_MEMORY)
		ereport(ERROR, errcode(sqlstate), errmsg("out of memory"));
	errsave(escontext, errcode(sqlstate),
	        err->status == IAM_OVER_LIMIT ? errmsg("value of type %s exceeds a limit", type)
	        : binary                      ? errmsg("invalid binary representation of type %s", type)
	                                      : errmsg("invalid input syntax for type %s", type),
	        err->message[0] != '\0' ? errdetail_internal("%s", detail_of(err)) : 0,
	        err->hint[0] != '\0' ? errhint("%s", iam_pg_reportable(err->hint)) : 0);
}

void
iam_pg_argument_error(const char *what, const IamError *err)
{
	int sqlstate = sqlstate_of(err, ERRCODE_INVALID_PARAMETER_VALUE);

	if (err->status == IAM_NO_MEMORY)
		ereport(ERROR, errcode(sqlstate), errmsg("out of memory"));
	ereport(ERROR, errcode(sqlstate),
	        err->status == IAM_OVER_LIMIT ? errmsg("%s exceeds a limit", what) : errmsg("invalid %s", what),
	        err->message[0] != '\0' ? errdetail_internal("%s", detail_of(err)) : 0,
	        err->hint[0] != '\0' ? errhint("%s", iam_pg_reportable(err->hint)) : 0);
}
