/*
 * somebody_test.c: callers of whom only the account is known, or not even that:
 * what a trust or resource policy says to "some principal of an account" (WHO-2).
 */
#include "evaluating.h"

static const char *
answer(IamArena *arena, const char *principal, bool unknown_context, const char *identity,
	   const char *trust, IamStr *tree)
{
	IamRequestInput request = {0};
	IamCallerInput caller = {0};
	IamNamedPolicy policies[2];
	IamGates	gates;
	IamVerdict	verdict;
	IamEvaluation ev = {0};
	IamBuf		buf;
	IamError	err;
	IamEffect	effect;

	request.action = IAM_LIT("sts:AssumeRole");
	request.resource = IAM_LIT("arn:aws:iam::222222222222:role/app");
	request.unknown_context = unknown_context;
	caller.principal = (IamStr) {principal, (uint32_t) strlen(principal)};
	caller.any_principal = true;
	memset(policies, 0, sizeof policies);
	policies[0].kind = IAM_KIND_TRUST;
	policies[1].kind = IAM_KIND_IDENTITY;
	if (!iam_request_compile(arena, &request, &ev.request, &err) ||
		!iam_caller_compile(arena, &caller, &ev.caller, &err) ||
		!iam_policy_compile(arena, quoted_text(arena, trust), &policies[0].policy, &err) ||
		(identity != NULL && !iam_policy_compile(arena, quoted_text(arena, identity), &policies[1].policy, &err)))
	{
		fprintf(stderr, "%s: %s\n", err.path, err.message);
		return "error";
	}
	CHECK(iam_caller_check(ev.caller, ev.caller->head.size, &err));
	ev.arena = arena;
	ev.want_formulas = true;
	iam_gates_init(&gates);
	for (int i = 0; i < 2; i++)
	{
		iam_policy_effect(&ev, policies[i].policy, policies[i].kind, &effect);
		CHECK(iam_gates_add(arena, &gates, policies[i].kind, 0, &effect));
	}
	iam_decide(&ev, &gates, &verdict);
	iam_buf_init(&buf, arena);
	if (verdict.formula != NULL)
		iam_formula_json(&buf, verdict.formula);
	iam_buf_char(&buf, '\0');
	*tree = iam_buf_result(&buf);
	return iam_decision_name(verdict.decision);
}

#define TRUST(principal) \
	"{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':" principal ",'Action':'sts:AssumeRole'}]}"
#define TRUST_IF(principal, condition) \
	"{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':" principal \
	",'Action':'sts:AssumeRole','Condition':" condition "}]}"
#define ALLOW_ASSUME "{'Statement':[{'Effect':'Allow','Action':'sts:*','Resource':'*'}]}"

int
main(void)
{
	static const struct
	{
		const char *principal;
		bool		unknown;
		const char *identity;
		const char *trust;
		const char *decision;
		const char *atom;		/* must be in the tree, with ' for ", or NULL */
	}			rows[] = {
		{"111111111111", true, ALLOW_ASSUME, TRUST("{'AWS':'111111111111'}"), "allowed", NULL},
		{"111111111111", true, ALLOW_ASSUME, TRUST("{'AWS':'333333333333'}"), "implicit_deny", NULL},
		{"arn:aws:iam::111111111111:root", true, NULL, TRUST("{'AWS':'111111111111'}"), "conditional", "'unreadable'"},
		{"111111111111", true, ALLOW_ASSUME, TRUST("{'AWS':'arn:aws:iam::111111111111:user/bob'}"), "conditional",
			"{'operator':'ArnEquals','key':'aws:PrincipalArn','values':['arn:aws:iam::111111111111:user/bob']}"},
		{"111111111111", false, ALLOW_ASSUME, TRUST("{'AWS':'arn:aws:iam::111111111111:user/bob'}"), "implicit_deny", NULL},
		{"111111111111", true, ALLOW_ASSUME, TRUST("{'AWS':'arn:aws:iam::333333333333:user/bob'}"), "implicit_deny", NULL},
		{"111111111111", true, ALLOW_ASSUME, TRUST("'*'"), "allowed", NULL},
		{"111111111111", true, ALLOW_ASSUME, TRUST("{'Service':'ec2.amazonaws.com'}"), "implicit_deny", NULL},
		{"111111111111", true, ALLOW_ASSUME,
			TRUST_IF("{'AWS':'111111111111'}", "{'StringEquals':{'aws:PrincipalTag/team':'red'}}"), "conditional",
			"{'operator':'StringEquals','key':'aws:PrincipalTag/team','values':['red']}"},
		{"111111111111", true, ALLOW_ASSUME,
			TRUST_IF("{'AWS':'*'}", "{'StringEquals':{'aws:PrincipalAccount':'111111111111'}}"), "allowed", NULL},
		{"*", true, ALLOW_ASSUME, TRUST("{'AWS':'*'}"), "allowed", NULL},
		{"*", true, ALLOW_ASSUME, TRUST("{'AWS':'333333333333'}"), "conditional",
			"{'operator':'StringEquals','key':'aws:PrincipalAccount','values':['333333333333']}"},
		{"*", true, ALLOW_ASSUME,
			TRUST_IF("'*'", "{'StringEquals':{'aws:PrincipalOrgID':'o-1'}}"), "conditional",
			"{'operator':'StringEquals','key':'aws:PrincipalOrgID','values':['o-1']}"}
	};
	IamCallerInput bad = {.principal = IAM_LIT("ec2.amazonaws.com"), .any_principal = true};
	const IamCaller *caller;
	IamArena	arena;
	IamError	err;

	iam_arena_init(&arena, &iam_malloc_host);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
	{
		IamStr		tree;
		const char *got = answer(&arena, rows[i].principal, rows[i].unknown, rows[i].identity, rows[i].trust, &tree);

		if (strcmp(got, rows[i].decision) != 0)
			fprintf(stderr, "row %zu: got %s %s\n", i, got, tree.data);
		CHECK_RULE(strcmp(got, rows[i].decision) == 0, "WHO-2", rows[i].trust);
		if (rows[i].atom != NULL)
			CHECK_RULE(strstr(tree.data, quoted_text(&arena, rows[i].atom).data) != NULL, "WHO-1", tree.data);
	}
	CHECK(!iam_caller_compile(&arena, &bad, &caller, &err));
	bad.principal = IAM_LIT("arn:aws:iam::111111111111:user/bob");
	CHECK(!iam_caller_compile(&arena, &bad, &caller, &err));
	iam_arena_release(&arena);
	return checks_done();
}
