/*
 * decide.c: the aggregates iam_decide and iam_decide_conditions: the effects of
 * all applicable policies to the verdict, by the core's gates.
 *
 * Arguments of a row: request, caller, kind, level, effect.  Request and caller
 * are those of the first row.  NULL effect: the gate exists and holds no policy.
 * NULL kind: no policy at all, as an outer join gives it; the row only says who
 * asks what.  No rows: implicit_deny.
 */
#include "postgres.h"

#include "pg/decide_state.h"

/* ---- transition ---- */

/*
 * What one call site of a transition function remembers.  All groups of a query
 * mostly have the same request: they share one copy, as long as the context that
 * it is in lives.
 */
typedef struct StepCache
{
	IamPgKinds      kinds;
	MemoryContext   context; /* the shared request is in it; NULL: none is */
	struct varlena *request;
} StepCache;

static void
forget_request(void *arg)
{
	StepCache *cache = arg;

	cache->context = NULL;
	cache->request = NULL;
}

static struct varlena *
shared_request(StepCache *cache, MemoryContext context, Datum datum)
{
	const IamRequest      *request = (const IamRequest *) iam_pg_image(datum, IAM_IMAGE_REQUEST);
	struct varlena        *result = cache->request;
	MemoryContextCallback *callback;

	if (cache->context != context || result == NULL || VARSIZE(result) != VARHDRSZ + request->head.size ||
	    memcmp(VARDATA(result), request, request->head.size) != 0)
	{
		MemoryContext old_context = MemoryContextSwitchTo(context);

		result = (struct varlena *) DatumGetPointer(iam_pg_image_datum(request));
		MemoryContextSwitchTo(old_context);
		if (cache->context != context)
		{
			/* at most one context is remembered; an older one's callback must not spoil it */
			if (cache->context == NULL)
			{
				callback = MemoryContextAlloc(context, sizeof *callback);
				callback->func = forget_request;
				callback->arg = cache;
				MemoryContextRegisterResetCallback(context, callback);
				cache->context = context;
				cache->request = result;
			}
		}
		else
			cache->request = result;
	}
	iam_pg_image_free(datum, request);
	return result;
}

static Datum
step(FunctionCallInfo fcinfo, bool keep_formulas)
{
	DecideState  *state = PG_ARGISNULL(0) ? NULL : (DecideState *) PG_GETARG_POINTER(0);
	StepCache    *cache = fcinfo->flinfo->fn_extra;
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "a transition function was called outside an aggregate");
	if (cache == NULL)
		cache = fcinfo->flinfo->fn_extra = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(StepCache));
	if (state == NULL)
		state = decide_state_create(context);
	if (state->request == NULL && !PG_ARGISNULL(1))
		state->request = shared_request(cache, context, PG_GETARG_DATUM(1));
	if (state->caller == NULL && !PG_ARGISNULL(2))
	{
		MemoryContext old_context = MemoryContextSwitchTo(context);

		state->caller = iam_pg_image_copy(PG_GETARG_DATUM(2), IAM_IMAGE_CALLER);
		MemoryContextSwitchTo(old_context);
	}
	if (!PG_ARGISNULL(3))
		decide_state_add(context, state, iam_pg_kind(&cache->kinds, PG_GETARG_OID(3)),
		                 PG_ARGISNULL(4) ? 0 : PG_GETARG_INT32(4),
		                 PG_ARGISNULL(5) ? (Datum) 0 : PG_GETARG_DATUM(5), PG_ARGISNULL(5), keep_formulas);
	PG_RETURN_POINTER(state);
}

IAM_SQL_FUNCTION(iam_decide_step);

Datum
iam_decide_step(PG_FUNCTION_ARGS)
{
	return step(fcinfo, false);
}

IAM_SQL_FUNCTION(iam_decide_conditions_step);

Datum
iam_decide_conditions_step(PG_FUNCTION_ARGS)
{
	return step(fcinfo, true);
}

IAM_SQL_FUNCTION(iam_decide_combine);

Datum
iam_decide_combine(PG_FUNCTION_ARGS)
{
	DecideState  *into = PG_ARGISNULL(0) ? NULL : (DecideState *) PG_GETARG_POINTER(0);
	DecideState  *from = PG_ARGISNULL(1) ? NULL : (DecideState *) PG_GETARG_POINTER(1);
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "a combine function was called outside an aggregate");
	if (from != NULL)
	{
		if (into == NULL)
			into = decide_state_create(context);
		decide_state_merge(context, into, from);
	}
	if (into == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(into);
}

IAM_SQL_FUNCTION(iam_decide_serialize);

Datum
iam_decide_serialize(PG_FUNCTION_ARGS)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "a serialization function was called outside an aggregate");
	PG_RETURN_BYTEA_P(decide_state_serialize((DecideState *) PG_GETARG_POINTER(0)));
}

IAM_SQL_FUNCTION(iam_decide_deserialize);

Datum
iam_decide_deserialize(PG_FUNCTION_ARGS)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "a deserialization function was called outside an aggregate");
	PG_RETURN_POINTER(decide_state_deserialize(CurrentMemoryContext, PG_GETARG_BYTEA_PP(0)));
}

/* ---- verdict ---- */

/* false: nothing was asked, which is a deny */
static bool
prepare(const DecideState *state, IamPgArena *a, bool formulas, IamEvaluation *evaluation, IamGates *gates)
{
	if (state == NULL || ((state->request == NULL || state->caller == NULL) && state->gate_count == 0 &&
	                      state->effect_count == 0))
		return false;
	if (state->request == NULL || state->caller == NULL)
		ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
		        errmsg("%s of a decision must not be null", state->request == NULL ? "request" : "caller"));
	iam_pg_arena_init(a);
	memset(evaluation, 0, sizeof *evaluation);
	evaluation->request = iam_pg_image_of(state->request);
	evaluation->caller = iam_pg_image_of(state->caller);
	evaluation->arena = &a->arena;
	evaluation->want_formulas = formulas;
	decide_state_gates(state, a, formulas, gates);
	return true;
}

IAM_SQL_FUNCTION(iam_decide_final);

Datum
iam_decide_final(PG_FUNCTION_ARGS)
{
	const DecideState *state = PG_ARGISNULL(0) ? NULL : (DecideState *) PG_GETARG_POINTER(0);
	IamDecision        decision = IAM_IMPLICIT_DENY;
	IamPgArena         a;
	IamEvaluation      evaluation;
	IamGates           gates;

	if (prepare(state, &a, false, &evaluation, &gates))
	{
		decision = iam_decide(&evaluation, &gates, NULL);
		iam_pg_arena_verify(&a);
		iam_pg_arena_release(&a);
	}
	return iam_pg_decision(fcinfo, decision);
}

IAM_SQL_FUNCTION(iam_decide_conditions_final);

Datum
iam_decide_conditions_final(PG_FUNCTION_ARGS)
{
	const DecideState *state = PG_ARGISNULL(0) ? NULL : (DecideState *) PG_GETARG_POINTER(0);
	IamPgArena         a;
	IamEvaluation      evaluation;
	IamGates           gates;
	IamVerdict        *verdict;
	IamBuf             buf;
	Datum              result;

	if (!prepare(state, &a, true, &evaluation, &gates))
		PG_RETURN_NULL();
	verdict = palloc0(sizeof *verdict);
	if (iam_decide(&evaluation, &gates, verdict) != IAM_CONDITIONAL || verdict->formula == NULL)
	{
		iam_pg_arena_verify(&a);
		iam_pg_arena_release(&a);
		PG_RETURN_NULL();
	}
	iam_pg_arena_verify(&a);
	iam_buf_init(&buf, &a.arena);
	iam_formula_json(&buf, verdict->formula);
	iam_pg_arena_verify(&a);
	result = iam_pg_jsonb(iam_buf_result(&buf));
	pfree(verdict);
	iam_pg_arena_release(&a);
	return result;
}
