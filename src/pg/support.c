/*
 * support.c: what the planner is told about our boolean functions when they are
 * called as functions: each is its operator, which has the indexes, the
 * estimates, and conditions that need no second look behind a bitmap.
 *
 * There is one exception.  An SP-GiST tree of ARNs prunes by what stands before a
 * pattern's first star; where that does not even reach the service, a search
 * reads the whole tree, and the planner, which goes by the rows found, would
 * prefer it to every other plan.  There the function is what the operator
 * becomes: no index of the operator's is used for it.
 *
 * The operator is the one of a known name, in the function's schema and on its
 * types, that the function implements; nothing here knows an OID, and what is
 * not understood stays as it is.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/plancat.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "pg/iam_pg.h"

static const char *const operator_names[] = {"@@", "~", "@>", "<@"};

/* The operator that calls the function. */
static Oid
operator_of(Oid function)
{
	Oid *types;
	int  count;
	Oid  schema = get_func_namespace(function);
	Oid  result = InvalidOid;

	get_func_signature(function, &types, &count);
	for (int i = 0; count == 2 && !OidIsValid(result) && i < (int) lengthof(operator_names); i++)
	{
		result = GetSysCacheOid4(OPERNAMENSP, Anum_pg_operator_oid, CStringGetDatum(operator_names[i]),
		                         ObjectIdGetDatum(types[0]), ObjectIdGetDatum(types[1]),
		                         ObjectIdGetDatum(schema));
		if (OidIsValid(result) && get_opcode(result) != function)
			result = InvalidOid;
	}
	return result;
}

static bool
is_pattern_type(Oid type)
{
	HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	bool      result;

	if (!HeapTupleIsValid(tuple))
		return false;
	result = strcmp(NameStr(((Form_pg_type) GETSTRUCT(tuple))->typname), "arn_pattern") == 0;
	ReleaseSysCache(tuple);
	return result;
}

/* Whether it stands for ARNs of any service, as far as its beginning tells. */
static bool
begins_anyhow(IamStr pattern)
{
	int colons = 0;

	for (uint32 i = 0; i < pattern.len; i++)
	{
		if (pattern.data[i] == '*' || pattern.data[i] == '$')
			return true;
		if (colons >= 2)
			return false;
		colons += pattern.data[i] == ':';
	}
	return false;
}

/* Is one side a pattern that an index of ARNs is of no use for? */
static bool
reads_whole_index(const List *args)
{
	ListCell *cell;

	foreach (cell, args)
	{
		const Const *value = lfirst(cell);

		if (IsA(value, Const) && !value->constisnull && is_pattern_type(value->consttype))
			return begins_anyhow(iam_pg_bytes(value->constvalue));
	}
	return false;
}

/* The call, or the operator whose function it is, in the form that the planner does best with. */
static Node *
best_form(const FuncExpr *call)
{
	Oid     operator;
	OpExpr *result;

	if (list_length(call->args) != 2 || call->funcretset)
		return NULL;
	operator= operator_of(call->funcid);
	if (!OidIsValid(operator))
		return NULL;
	if (reads_whole_index(call->args))
		return (Node *) makeFuncExpr(call->funcid, call->funcresulttype, call->args, call->funccollid,
		                             call->inputcollid, COERCE_EXPLICIT_CALL);
	result = (OpExpr *) make_opclause(operator, call->funcresulttype, false, linitial(call->args),
	                                  lsecond(call->args), call->funccollid, call->inputcollid);
	result->opfuncid = call->funcid;
	result->location = call->location;
	return (Node *) result;
}

/* Where it stays a function its selectivity is the operator's all the same. */
static bool
selectivity(SupportRequestSelectivity *request)
{
	Oid operator= operator_of(request->funcid);

	if (!OidIsValid(operator))
		return false;
	if (request->is_join)
		request->selectivity = join_selectivity(request->root, operator, request->args, request->inputcollid,
		                                        request->jointype, request->sjinfo);
	else
		request->selectivity = restriction_selectivity(request->root, operator, request->args,
		                                               request->inputcollid, request->varRelid);
	return true;
}

IAM_SQL_FUNCTION(iam_match_support);

Datum
iam_match_support(PG_FUNCTION_ARGS)
{
	Node *request = (Node *) PG_GETARG_POINTER(0);
	Node *answer = NULL;

	if (IsA(request, SupportRequestSimplify))
		answer = best_form(((SupportRequestSimplify *) request)->fcall);
	else if (IsA(request, SupportRequestSelectivity) && selectivity((SupportRequestSelectivity *) request))
		answer = request;
	PG_RETURN_POINTER(answer);
}
