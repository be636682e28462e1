/*
 * policy_try.c: iam_policy_try: text to iam_policy where a document that cannot
 * be read is a row of a report and not an error.  Imports use it, one call a
 * document; an input function's error would cost a subtransaction each, and
 * before 16 there are no soft ones.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "pg/iam_pg.h"

/* IamError's place, as the errors of the input function show it; absent: NULL */
static const char *
place_of(const IamError *err)
{
	if (err->path[0] != '\0')
		return iam_pg_reportable(err->path);
	return err->line > 0 ? psprintf("line %d, column %d", err->line, err->column) : NULL;
}

IAM_SQL_FUNCTION(iam_policy_try);

Datum
iam_policy_try(PG_FUNCTION_ARGS)
{
	TupleDesc desc;
	Datum     values[3] = {0};
	bool      nulls[3] = {true, true, true};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (!PG_ARGISNULL(0))
	{
		IamPgArena       a;
		const IamPolicy *policy;
		IamError         err;

		iam_pg_arena_init(&a);
		if (iam_pg_policy_compile(&a, iam_pg_utf8_arg(PG_GETARG_DATUM(0)), &policy, &err))
		{
			values[0] = iam_pg_image_datum(policy);
			nulls[0] = false;
		}
		else
		{
			const char *place = place_of(&err);

			if (err.status == IAM_NO_MEMORY)
				iam_pg_argument_error("policy document", &err);
			values[1] = CStringGetTextDatum(iam_pg_reportable(err.message));
			nulls[1] = false;
			if (place != NULL)
			{
				values[2] = CStringGetTextDatum(place);
				nulls[2] = false;
			}
		}
		iam_pg_arena_release(&a);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
