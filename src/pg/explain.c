/*
 * explain.c: the aggregate iam_explain_policies: request, caller and the
 * applicable policies, one a row, to the explanation.  The table-driven
 * iam_explain is a query over it.
 *
 * Arguments of a row: request, caller, kind, level, name, policy, present,
 * assumptions.  Not present: the gate or level exists and holds no policy.
 * Present and NULL: a document that is missing or could not be read.  NULL kind:
 * no policy, the row only says who asks what.  Request, caller and assumptions
 * are those of the first row that has them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/memutils.h"

#include "pg/iam_pg.h"

typedef struct ExplainState
{
	struct varlena *request;
	struct varlena *caller;
	uint32          assumption_count;
	IamStr         *assumptions; /* NULL: no row had any */
	uint32          policy_count;
	uint32          policy_size;
	IamNamedPolicy *policies;
} ExplainState;

/* All in the current context. */
static void
take_assumptions(ExplainState *state, Datum datum)
{
	Datum *items;
	bool  *nulls;
	int    count;

	deconstruct_array(DatumGetArrayTypePCopy(datum), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls,
	                  &count);
	state->assumptions = palloc(sizeof(IamStr) * Max(count, 1));
	for (int i = 0; i < count; i++)
		if (!nulls[i])
			state->assumptions[state->assumption_count++] = iam_pg_utf8_arg(items[i]);
}

static IamNamedPolicy *
next_policy(ExplainState *state)
{
	if (state->policy_count == state->policy_size)
	{
		uint32 size = state->policy_size == 0 ? 16 : 2 * state->policy_size;

		state->policies = state->policies == NULL
		                      ? palloc(mul_size(size, sizeof(IamNamedPolicy)))
		                      : repalloc_huge(state->policies, mul_size(size, sizeof(IamNamedPolicy)));
		state->policy_size = size;
	}
	return memset(&state->policies[state->policy_count++], 0, sizeof(IamNamedPolicy));
}

static void
take_policy(ExplainState *state, FunctionCallInfo fcinfo, IamPolicyKind kind)
{
	bool            present = PG_ARGISNULL(7) || PG_GETARG_BOOL(7);
	int             level = PG_ARGISNULL(4) ? 0 : PG_GETARG_INT32(4);
	IamNamedPolicy *policy;

	if (kind != IAM_KIND_SCP && kind != IAM_KIND_RCP)
		level = 0;
	if (level < 0 || level >= IAM_MAX_LEVELS)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("level %d is out of range", level),
		        errhint("Levels count from 0, the root, to %d at most.", IAM_MAX_LEVELS - 1));
	policy = next_policy(state);
	policy->kind = kind;
	policy->level = level;
	policy->empty = !present;
	if (!PG_ARGISNULL(5))
	{
		IamStr name = iam_pg_utf8_arg(PG_GETARG_DATUM(5));

		policy->name = (IamStr){pnstrdup(name.data, name.len), name.len};
	}
	if (present && !PG_ARGISNULL(6))
		policy->policy = iam_pg_image_of(iam_pg_image_copy(PG_GETARG_DATUM(6), IAM_IMAGE_POLICY));
}

IAM_SQL_FUNCTION(iam_explain_policies_step);

Datum
iam_explain_policies_step(PG_FUNCTION_ARGS)
{
	ExplainState *state = PG_ARGISNULL(0) ? NULL : (ExplainState *) PG_GETARG_POINTER(0);
	MemoryContext context;
	MemoryContext old_context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "a transition function was called outside an aggregate");
	old_context = MemoryContextSwitchTo(context);
	if (state == NULL)
		state = palloc0(sizeof *state);
	if (state->request == NULL && !PG_ARGISNULL(1))
		state->request = iam_pg_image_copy(PG_GETARG_DATUM(1), IAM_IMAGE_REQUEST);
	if (state->caller == NULL && !PG_ARGISNULL(2))
		state->caller = iam_pg_image_copy(PG_GETARG_DATUM(2), IAM_IMAGE_CALLER);
	if (state->assumptions == NULL && !PG_ARGISNULL(8))
		take_assumptions(state, PG_GETARG_DATUM(8));
	if (!PG_ARGISNULL(3))
		take_policy(state, fcinfo, iam_pg_kind_arg(fcinfo, 3));
	MemoryContextSwitchTo(old_context);
	PG_RETURN_POINTER(state);
}

IAM_SQL_FUNCTION(iam_explain_policies_final);

Datum
iam_explain_policies_final(PG_FUNCTION_ARGS)
{
	const ExplainState *state = PG_ARGISNULL(0) ? NULL : (ExplainState *) PG_GETARG_POINTER(0);
	IamPgArena          a;
	IamBuf              buf;
	IamError            err;
	Datum               result;

	if (state == NULL || state->request == NULL || state->caller == NULL)
		PG_RETURN_NULL();
	iam_pg_arena_init(&a);
	iam_buf_init(&buf, &a.arena);
	if (!iam_explain_policies(&a.arena, iam_pg_image_of(state->request), iam_pg_image_of(state->caller),
	                          state->policies, state->policy_count, state->assumptions,
	                          state->assumption_count, &buf, &err))
		iam_pg_argument_error("request", &err);
	iam_pg_arena_verify(&a);
	result = iam_pg_jsonb(iam_buf_result(&buf));
	iam_pg_arena_release(&a);
	return result;
}
