/*
 * evaluate.c: iam_evaluate and iam_explain over a self-contained request
 * document (interface.md section 2): they read nothing but their argument.
 */
#include "postgres.h"

#include "pg/iam_pg.h"

static void
parse(IamPgArena *a, Datum document, IamRequestDocument *out)
{
	IamError err;

	iam_pg_arena_init(a);
	if (!iam_request_document_parse(&a->arena, iam_pg_utf8_arg(document), out, &err))
		iam_pg_argument_error("request document", &err);
	iam_pg_arena_verify(a);
}

IAM_SQL_FUNCTION(iam_evaluate_document);

Datum
iam_evaluate_document(PG_FUNCTION_ARGS)
{
	IamPgArena         a;
	IamRequestDocument document;
	IamDecision        decision;
	IamError           err;

	parse(&a, PG_GETARG_DATUM(0), &document);
	if (!iam_evaluate_policies(&a.arena, document.request, document.caller, document.policies,
	                           document.policy_count, &decision, &err))
		iam_pg_argument_error("request document", &err);
	iam_pg_arena_verify(&a);
	iam_pg_arena_release(&a);
	return iam_pg_decision(fcinfo, decision);
}

IAM_SQL_FUNCTION(iam_explain_document);

Datum
iam_explain_document(PG_FUNCTION_ARGS)
{
	IamPgArena         a;
	IamRequestDocument document;
	IamBuf             buf;
	IamError           err;
	Datum              result;

	parse(&a, PG_GETARG_DATUM(0), &document);
	iam_buf_init(&buf, &a.arena);
	if (!iam_explain_policies(&a.arena, document.request, document.caller, document.policies,
	                          document.policy_count, NULL, 0, &buf, &err))
		iam_pg_argument_error("request document", &err);
	iam_pg_arena_verify(&a);
	result = iam_pg_jsonb(iam_buf_result(&buf));
	iam_pg_arena_release(&a);
	return result;
}
