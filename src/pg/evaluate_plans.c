/*
 * evaluate_plans.c: the queries of iam_evaluate over the tables.  The plans are the
 * backend's, as those of PL/pgSQL functions are: planning takes longer than a call.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "pg/evaluate_tables.h"

#define MAX_PARAMETERS 9
#define ARN_TYPE InvalidOid /* known by its name only */

typedef struct LookUp
{
	const char *text; /* %s, twice at most: the extension's schema */
	int         count;
	Oid         types[MAX_PARAMETERS];
} LookUp;

static const LookUp look_ups[PLAN_COUNT] = {
	[PLAN_ACCOUNT] = {"SELECT canonical_user_id, organization_id, organization_path, organization_known,"
                      " in_management_account FROM %s.iam_organization_facts(ARRAY[$1])",
                      1,
                      {TEXTOID}},
	[PLAN_STORED_CALLER] = {"SELECT caller, identity"
                            " FROM %s.iam_stored_caller($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                            9,
                            {TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, BOOLOID,
                             BOOLOID}},
	[PLAN_CALLER] = {"SELECT caller, identity, account, identity_known, session_unknown"
                     " FROM %s.iam_resolve_caller($1)",
                     1,
                     {TEXTOID}},
	[PLAN_REQUEST] = {"SELECT request, account, kind, policy, present, for_all_callers"
                      " FROM %s.iam_resolve_resource($1, $2, $3, $4, $5, $6)",
                      6,
                      {TEXTOID, TEXTOID, JSONOID, TEXTOID, BOOLOID, TEXTOID}},
	[PLAN_CONTROLS] = {"SELECT level, policy, present FROM %s.iam_control_policies($1, $2)",
                       2,
                       {TEXTOID, TEXTOID}},
	[PLAN_IDENTITY] = {"SELECT is_boundary, policy FROM %s.iam_identity_policy"
                       " WHERE account_id OPERATOR(pg_catalog.=) $1 AND identity_arn OPERATOR(%s.=) $2",
                       2,
                       {TEXTOID, ARN_TYPE}},
};

/*
 * Of this function; another OID means that the extension was created anew.  Old
 * plans are not freed then: one may be running.
 */
static struct
{
	Oid        function;
	SPIPlanPtr plan[PLAN_COUNT];
} plans;

static SPIPlanPtr
plan_of(Oid function, PlanId id)
{
	const LookUp *look_up = &look_ups[id];
	Oid           home;
	const char   *schema;
	Oid           types[MAX_PARAMETERS];
	SPIPlanPtr    plan;

	if (plans.function != function)
	{
		memset(&plans, 0, sizeof plans);
		plans.function = function;
	}
	if (plans.plan[id] != NULL)
		return plans.plan[id];
	home = get_func_namespace(function);
	schema = get_namespace_name(home);
	if (schema == NULL)
		elog(ERROR, "function %u has no schema", function);
	schema = quote_identifier(schema);
	for (int i = 0; i < look_up->count; i++)
		types[i] = look_up->types[i] != ARN_TYPE
		               ? look_up->types[i]
		               : GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("arn"),
		                                 ObjectIdGetDatum(home));
	plan = SPI_prepare_cursor(psprintf(look_up->text, schema, schema), look_up->count, types,
	                          CURSOR_OPT_GENERIC_PLAN);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	SPI_keepplan(plan);
	plans.plan[id] = plan;
	return plan;
}

SPITupleTable *
evaluate_read(Oid function, PlanId id, Datum *values, const char *nulls)
{
	int result = SPI_execute_plan(plan_of(function, id), values, nulls, true, 0);

	if (result != SPI_OK_SELECT)
		elog(ERROR, "reading the tables failed: %s", SPI_result_code_string(result));
	return SPI_tuptable;
}

Datum
evaluate_value(const SPITupleTable *rows, uint64 row, int column, bool *null)
{
	return SPI_getbinval(rows->vals[row], rows->tupdesc, column, null);
}

bool
evaluate_true(const SPITupleTable *rows, uint64 row, int column)
{
	bool  null;
	Datum value = evaluate_value(rows, row, column, &null);

	return !null && DatumGetBool(value);
}
