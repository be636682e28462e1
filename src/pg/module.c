/*
 * module.c: the library's magic block and its version.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "pg/iam_pg.h"

IAM_MODULE_MAGIC;

IAM_SQL_FUNCTION(iam_version);

Datum
iam_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(IAM_VERSION));
}
