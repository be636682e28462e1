/*
 * support.c: what the planner is told about our boolean functions when they are
 * called as functions: the index condition they are equal to, and how many
 * rows they leave.  As operators they need none of this.
 *
 * An operator counts as a function's own if the function behind it carries the
 * same support function; nothing here knows an OID, and what is not
 * understood is left to the planner's defaults.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_am.h"
#include "catalog/pg_operator.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "optimizer/plancat.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "pg/index.h"

static bool
same_support(Oid function, Oid operator)
{
	Oid support = get_func_support(function);

	return OidIsValid(support) && get_func_support(get_opcode(operator)) == support;
}

/* The operator of the index's family that is the function, the indexed argument on its left. */
static Node *
index_condition(SupportRequestIndexCondition *request)
{
	List *args;
	Expr *indexed;
	Expr *other;
	int   strategy;
	Oid   operator;

	if (is_funcclause(request->node))
		args = ((FuncExpr *) request->node)->args;
	else if (is_opclause(request->node))
		args = ((OpExpr *) request->node)->args;
	else
		return NULL;
	if (list_length(args) != 2 || request->indexarg < 0 || request->indexarg > 1)
		return NULL;
	if (request->index->relam == GIN_AM_OID)
		strategy = IAM_GIN_MAY_MATCH;
	else if (request->index->relam == SPGIST_AM_OID)
		strategy = IAM_SPGIST_MATCHES;
	else
		return NULL;

	indexed = list_nth(args, request->indexarg);
	other = list_nth(args, 1 - request->indexarg);
	if (!is_pseudo_constant_for_index(request->root, (Node *) other, request->index))
		return NULL;
	operator= get_opfamily_member(request->opfamily, exprType((Node *) indexed), exprType((Node *) other),
	                              strategy);
	if (!OidIsValid(operator) || !same_support(request->funcid, operator))
		return NULL;

	request->lossy = false;
	return (Node *) list_make1(
		make_opclause(operator, BOOLOID, false, indexed, other, InvalidOid, InvalidOid));
}

/* The operator of this name beside the function, on the same types. */
static Oid
operator_beside(Oid function, const char *name, const List *args)
{
	Oid operator= GetSysCacheOid4(
		OPERNAMENSP, Anum_pg_operator_oid, CStringGetDatum(name), ObjectIdGetDatum(exprType(linitial(args))),
		ObjectIdGetDatum(exprType(lsecond(args))), ObjectIdGetDatum(get_func_namespace(function)));

	return OidIsValid(operator) && same_support(function, operator) ? operator: InvalidOid;
}

static bool
selectivity(SupportRequestSelectivity *request)
{
	Oid operator;

	if (list_length(request->args) != 2)
		return false;
	operator= operator_beside(request->funcid, "~", request->args);
	if (!OidIsValid(operator))
		operator= operator_beside(request->funcid, "@@", request->args);
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

	if (IsA(request, SupportRequestIndexCondition))
		answer = index_condition((SupportRequestIndexCondition *) request);
	else if (IsA(request, SupportRequestSelectivity) && selectivity((SupportRequestSelectivity *) request))
		answer = request;
	PG_RETURN_POINTER(answer);
}
