/*
 * policy_validate.c: iam_policy_validate: the findings of a policy text as rows.
 * A text of any kind gives rows, never an error; only the name of the kind can be
 * wrong.  The size quota is an argument: this function reads no table.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "pg/iam_pg.h"

IAM_SQL_FUNCTION(iam_sql_policy_validate);

Datum
iam_sql_policy_validate(PG_FUNCTION_ARGS)
{
	ReturnSetInfo  *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	IamStr          text;
	IamStr          kind_name;
	int32           quota = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT32(2);
	IamValidateKind kind;
	IamFindings     findings;
	IamPgArena      a;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	text = iam_pg_utf8_arg(PG_GETARG_DATUM(0));
	kind_name = iam_pg_utf8_arg(PG_GETARG_DATUM(1));
	if (quota < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("size quota %d is negative", quota));
	if (!iam_validate_kind_parse(kind_name, &kind))
	{
		char quoted[64 + 4];

		iam_quote(kind_name, quoted, 64);
		ereport(
			ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("unknown policy kind \"%s\"", iam_pg_message((IamStr){quoted, (uint32_t) strlen(quoted)})),
			errhint("Use identity, managed, boundary, session, trust, resource, scp, rcp or endpoint."));
	}
	iam_pg_arena_init(&a);
	if (!iam_policy_validate(&a.arena, text, kind, (uint32_t) quota, &findings))
		a.arena.failed = true;
	iam_pg_arena_verify(&a);
	for (uint32_t i = 0; i < findings.count; i++)
	{
		const IamFinding *finding = &findings.items[i];
		Datum             values[4] = {0};
		bool              nulls[4] = {false};

		values[0] = iam_pg_text(finding->severity == IAM_SEVERITY_ERROR ? IAM_LIT("error")
		                                                                : IAM_LIT("warning"));
		values[1] = iam_pg_text((IamStr){finding->code, (uint32_t) strlen(finding->code)});
		if (finding->path.len > 0)
			values[2] = CStringGetTextDatum(iam_pg_message(finding->path));
		else
			nulls[2] = true;
		values[3] = CStringGetTextDatum(iam_pg_message(finding->message));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	iam_pg_arena_release(&a);
	return (Datum) 0;
}
