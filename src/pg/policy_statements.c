/*
 * policy_statements.c: iam_policy_statements: a policy as one row per statement,
 * elements as written and in document order (GRAM-41).
 *
 * An element that is absent is NULL.  Statements count from 0, as in JSON paths.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "pg/iam_pg.h"

enum
{
	COL_ORDINAL,
	COL_SID,
	COL_EFFECT,
	COL_PRINCIPALS,
	COL_NOT_PRINCIPALS,
	COL_ACTIONS,
	COL_NOT_ACTIONS,
	COL_RESOURCES,
	COL_NOT_RESOURCES,
	COL_CONDITIONS,
	COL_COUNT
};

static Datum
text_array(Datum *items, uint32_t count)
{
	return PointerGetDatum(construct_array(items, (int) count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Actions are stored grouped by service; their ordinals give the document's order. */
static Datum
action_array(const IamPolicy *policy, const IamStatement *stmt)
{
	const IamAction *action = IAM_ACTIONS(policy, stmt);
	Datum           *items = palloc0(sizeof(Datum) * Max(stmt->action_count, 1));

	for (uint32_t i = 0; i < stmt->action_count; i++)
	{
		if (action[i].ordinal >= stmt->action_count || items[action[i].ordinal] != (Datum) 0)
			ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
			        errmsg_internal("stored value of type iam_policy does not hold together"));
		items[action[i].ordinal] = iam_pg_text(iam_slice(policy, action[i].text));
	}
	return text_array(items, stmt->action_count);
}

static Datum
resource_array(const IamPolicy *policy, const IamStatement *stmt)
{
	const IamPattern *pattern = IAM_RESOURCES(policy, stmt);
	Datum            *items = palloc(sizeof(Datum) * Max(stmt->resource_count, 1));

	for (uint32_t i = 0; i < stmt->resource_count; i++)
		items[i] = iam_pg_text(iam_slice(policy, pattern[i].text));
	return text_array(items, stmt->resource_count);
}

static void
set(Datum *values, bool *nulls, int column, Datum value)
{
	values[column] = value;
	nulls[column] = false;
}

IAM_SQL_FUNCTION(iam_policy_statements);

Datum
iam_policy_statements(PG_FUNCTION_ARGS)
{
	const IamPolicy *policy = IAM_PG_GETARG_POLICY(0);
	ReturnSetInfo   *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext    row_context;
	MemoryContext    old_context;

	InitMaterializedSRF(fcinfo, 0);
	row_context = AllocSetContextCreate(CurrentMemoryContext, "iam_policy_statements row",
	                                    ALLOCSET_DEFAULT_SIZES);
	for (uint32_t i = 0; i < policy->statement_count; i++)
	{
		const IamStatement *stmt = iam_policy_statement(policy, i);
		Datum               values[COL_COUNT] = {0};
		bool                nulls[COL_COUNT];

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(row_context);
		old_context = MemoryContextSwitchTo(row_context);
		memset(nulls, true, sizeof nulls);

		set(values, nulls, COL_ORDINAL, Int32GetDatum((int32) i));
		if (stmt->flags & IAM_STMT_SID)
			set(values, nulls, COL_SID, iam_pg_text(iam_slice(policy, stmt->sid)));
		set(values, nulls, COL_EFFECT,
		    iam_pg_text(stmt->flags & IAM_STMT_DENY ? IAM_LIT("Deny") : IAM_LIT("Allow")));
		if (stmt->flags & (IAM_STMT_PRINCIPAL | IAM_STMT_NOT_PRINCIPAL))
			set(values, nulls, stmt->flags & IAM_STMT_PRINCIPAL ? COL_PRINCIPALS : COL_NOT_PRINCIPALS,
			    iam_pg_jsonb(iam_slice(policy, stmt->principal_text)));
		set(values, nulls, stmt->flags & IAM_STMT_NOT_ACTION ? COL_NOT_ACTIONS : COL_ACTIONS,
		    action_array(policy, stmt));
		if (stmt->flags & (IAM_STMT_RESOURCE | IAM_STMT_NOT_RESOURCE))
			set(values, nulls, stmt->flags & IAM_STMT_RESOURCE ? COL_RESOURCES : COL_NOT_RESOURCES,
			    resource_array(policy, stmt));
		if (stmt->flags & IAM_STMT_CONDITION)
			set(values, nulls, COL_CONDITIONS, iam_pg_jsonb(iam_slice(policy, stmt->condition_text)));

		MemoryContextSwitchTo(old_context);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	MemoryContextDelete(row_context);
	return (Datum) 0;
}
