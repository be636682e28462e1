/*
 * effect.c: one policy against one request: which statements match, and what they
 * come to by principal grade (RES-1..5, ARN-7, EVAL-13, EVAL-14, EVAL-15, PRIN-14).
 *
 * Each statement is tested cheapest part first: action, resource, principal,
 * conditions; what is not certain is UNKNOWN and carried on by Kleene logic.
 * Without formulas, sink and resource globs nothing is allocated.  With formulas
 * the same pass also builds the tree of what the UNKNOWN parts depend on.
 */
#include "effect.h"

#include "principal_match.h"

const char *
iam_grade_name(IamGrade grade)
{
	switch (grade)
	{
		case IAM_GRADE_ACCOUNT:
			return "account";
		case IAM_GRADE_ROLE:
			return "role";
		case IAM_GRADE_FEDERATING_USER:
			return "federating_user";
		case IAM_GRADE_DIRECT:
			return "direct";
	}
	return "none";
}

/* A list of formulas that grows, to be combined in one go. */
typedef struct Terms
{
	const IamFormula **items;
	uint32_t           count;
	uint32_t           size;
} Terms;

static void
add_item(IamArena *arena, Terms *terms, const IamFormula *f)
{
	if (terms->count == terms->size)
	{
		uint32_t           size = terms->size == 0 ? 4 : terms->size * 2;
		const IamFormula **items = iam_alloc_array(arena, size, sizeof *items);

		if (items == NULL)
			return;
		if (terms->count > 0)
			memcpy(items, terms->items, terms->count * sizeof *items);
		terms->items = items;
		terms->size = size;
	}
	terms->items[terms->count++] = f;
}

/* One pass over one policy. */
typedef struct Pass
{
	const IamEvaluation *ev;
	const IamPolicy     *policy;
	IamPolicyKind        kind;
	bool                 names_principals; /* the kind has Principal elements that count */
	bool                 complete_short;   /* ARN-7 */
	bool                 pattern_variables_ready;
	IamActionKey         action;
	IamStr               resource;
	Terms                allow[IAM_GRADE_COUNT];
	Terms                deny;
	IamContextVariables  variables;
} Pass;

/* One statement, as far as it has been matched. */
typedef struct Match
{
	IamTri            value;  /* of all parts tested so far but the principal */
	Terms             terms;  /* formulas of the UNKNOWN ones */
	uint32_t          action; /* index of the matching entry */
	IamStr            resource;
	IamPrincipalMatch principal;
} Match;

/*
 * ${ in a document of 2008-10-17 is literal text.  Atoms are read, and compared, as
 * 2012-10-17 has them, where ${$} stands for the dollar sign.
 */
static IamStr
atom_text(const Pass *pass, IamStr text)
{
	IamBuf buf;
	bool   variables = false;

	for (uint32_t i = 0; i + 1 < text.len && !variables; i++)
		variables = text.data[i] == '$' && text.data[i + 1] == '{';
	if (!variables || pass->policy->version == IAM_VERSION_2012)
		return text;
	iam_buf_init(&buf, pass->ev->arena);
	for (uint32_t i = 0; i < text.len; i++)
		if (text.data[i] == '$' && i + 1 < text.len && text.data[i + 1] == '{')
			iam_buf_cstr(&buf, "${$}");
		else
			iam_buf_char(&buf, text.data[i]);
	return iam_buf_result(&buf);
}

/* ---- resources ---- */

static IamTri
match_pattern(Pass *pass, const IamPattern *pattern)
{
	const IamRequest   *request = pass->ev->request;
	const IamVariables *variables = NULL;

	if (pattern->pattern_class == IAM_PATTERN_ANY)
		return IAM_YES;
	/* RES-4: no specific pattern matches the pseudo resource */
	if (pattern->pattern_class == IAM_PATTERN_UNUSABLE || (request->flags & IAM_REQ_RESOURCE_STAR) != 0)
		return IAM_NO;
	if ((pattern->flags & IAM_PATTERN_VARIABLE) != 0)
	{
		if (!pass->pattern_variables_ready)
			iam_context_variables(&pass->variables, request, pass->ev->caller);
		pass->pattern_variables_ready = true;
		variables = &pass->variables.variables;
	}
	if ((request->flags & IAM_REQ_RESOURCE_GLOB) != 0)
		return iam_pattern_match_glob(pass->ev->arena, pass->policy, pattern, pass->complete_short, variables,
		                              pass->resource);
	return iam_pattern_match(pass->policy, pattern, pass->complete_short, variables, pass->resource);
}

static void
match_resource(Pass *pass, const IamStatement *stmt, Match *match)
{
	const IamPattern *patterns = IAM_RESOURCES(pass->policy, stmt);
	bool              inverted = (stmt->flags & IAM_STMT_NOT_RESOURCE) != 0;
	IamTri            listed = IAM_NO;
	Terms             unknown = {NULL, 0, 0};

	/* EVAL-15 */
	if (pass->kind == IAM_KIND_TRUST || (stmt->flags & (IAM_STMT_RESOURCE | IAM_STMT_NOT_RESOURCE)) == 0)
		return;
	if ((stmt->flags & IAM_STMT_ANY_RESOURCE) != 0)
	{
		listed = IAM_YES;
		match->resource = IAM_LIT("*");
	}
	for (uint32_t i = 0; i < stmt->resource_count && listed != IAM_YES; i++)
	{
		IamTri value = match_pattern(pass, &patterns[i]);

		if (i % 256 == 255)
			iam_poll(pass->ev->arena);
		if (value == IAM_NO)
			continue;
		if (value > listed)
			match->resource = iam_slice(pass->policy, patterns[i].text);
		listed = iam_or(listed, value);
		if (value == IAM_UNKNOWN && pass->ev->want_formulas)
			add_item(pass->ev->arena, &unknown,
			         iam_formula_atom(pass->ev->arena, IAM_ATOM_RESOURCE, IAM_NO_STR,
			                          atom_text(pass, iam_slice(pass->policy, patterns[i].text)), 0, NULL));
	}
	if (listed == IAM_UNKNOWN && pass->ev->want_formulas)
	{
		const IamFormula *f = iam_formula_any_of(pass->ev->arena, unknown.items, unknown.count);

		add_item(pass->ev->arena, &match->terms, inverted ? iam_formula_not(pass->ev->arena, f) : f);
	}
	match->value = iam_and(match->value, inverted ? iam_not(listed) : listed);
	if (inverted)
		match->resource = IAM_NO_STR;
}

/* ---- conditions ---- */

static const IamFormula *
condition_atom(const Pass *pass, const IamCondition *condition)
{
	const IamValue *values = IAM_VALUES(pass->policy, condition);
	IamArena       *arena = pass->ev->arena;
	IamStr         *texts = iam_alloc_array(arena, condition->value_count, sizeof *texts);

	if (texts == NULL)
		return &iam_false;
	for (uint32_t i = 0; i < condition->value_count; i++)
		texts[i] = atom_text(pass, iam_slice(pass->policy, values[i].text));
	return iam_formula_atom(arena, IAM_ATOM_CONDITION, iam_slice(pass->policy, condition->op_text),
	                        iam_slice(pass->policy, condition->key), condition->value_count, texts);
}

/* COND-1, COND-3: all entries; a false one settles it. */
static void
match_conditions(const Pass *pass, const IamStatement *stmt, Match *match)
{
	const IamCondition *conditions = IAM_CONDITIONS(pass->policy, stmt);

	for (uint32_t i = 0; i < stmt->condition_count && match->value != IAM_NO; i++)
	{
		IamTri value = iam_condition_test(pass->ev->arena, pass->policy, &conditions[i], pass->ev->request,
		                                  pass->ev->caller);

		match->value = iam_and(match->value, value);
		if (value == IAM_UNKNOWN && pass->ev->want_formulas)
			add_item(pass->ev->arena, &match->terms, condition_atom(pass, &conditions[i]));
	}
}

/* ---- what a sink is told ---- */

static void
report_key(void *ctx, IamStr key)
{
	const IamEvaluation *ev = ctx;
	IamContextValue      value;

	iam_context_lookup(ev->request, ev->caller, key, iam_hash32_fold(key), &value);
	if (value.present != IAM_YES)
		ev->sink->missing_key(ev->sink, key, value.present);
}

/* Keys that the statement reads and the request does not have. */
static void
report_missing(const Pass *pass, const IamStatement *stmt)
{
	const IamCondition *conditions = IAM_CONDITIONS(pass->policy, stmt);
	const IamPattern   *patterns = IAM_RESOURCES(pass->policy, stmt);
	IamEvaluation      *ev = (IamEvaluation *) pass->ev;

	if (ev->sink->missing_key == NULL)
		return;
	for (uint32_t i = 0; i < stmt->resource_count; i++)
		if ((patterns[i].flags & IAM_PATTERN_VARIABLE) != 0)
			iam_visit_variables(iam_slice(pass->policy, patterns[i].text), report_key, ev);
	for (uint32_t i = 0; i < stmt->condition_count; i++)
	{
		const IamValue *values = IAM_VALUES(pass->policy, &conditions[i]);

		report_key(ev, iam_slice(pass->policy, conditions[i].key));
		for (uint32_t j = 0; j < conditions[i].value_count; j++)
			if ((values[j].flags & IAM_VALUE_VARIABLE) != 0)
				iam_visit_variables(iam_slice(pass->policy, values[j].text), report_key, ev);
	}
}

static void
report_statement(const Pass *pass, const IamStatement *stmt, uint32_t ordinal, const Match *match)
{
	const IamEvaluation *ev = pass->ev;
	IamStatementTrace    trace;

	if (ev->sink->statement == NULL)
		return;
	memset(&trace, 0, sizeof trace);
	trace.kind = pass->kind;
	trace.level = ev->level;
	trace.policy_name = ev->policy_name;
	trace.policy = pass->policy;
	trace.statement = stmt;
	trace.ordinal = ordinal;
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
	{
		trace.grade[g] = iam_and(match->value, match->principal.grade[g]);
		trace.match = iam_or(trace.match, trace.grade[g]);
	}
	if (trace.match == IAM_NO)
		return;
	if ((stmt->flags & IAM_STMT_NOT_ACTION) == 0 && match->action < stmt->action_count)
		trace.action = iam_slice(pass->policy, IAM_ACTIONS(pass->policy, stmt)[match->action].text);
	trace.resource = match->resource;
	trace.principal = match->principal.entry;
	ev->sink->statement(ev->sink, &trace);
}

/* ---- statements into the effect ---- */

static void
add_match(Pass *pass, const IamStatement *stmt, Match *match, IamEffect *effect)
{
	const IamEvaluation *ev = pass->ev;
	bool                 deny = (stmt->flags & IAM_STMT_DENY) != 0;
	const IamFormula    *common = NULL;

	if (match->value == IAM_NO)
		return;
	if (ev->want_formulas)
		common = iam_formula_all_of(ev->arena, match->terms.items, match->terms.count);
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
	{
		IamTri  value = iam_and(match->value, match->principal.grade[g]);
		IamTri *sum = deny ? &effect->deny : &effect->allow[g];

		if (value == IAM_NO)
			continue;
		*sum = iam_or(*sum, value);
		if (ev->want_formulas)
			add_item(ev->arena, deny ? &pass->deny : &pass->allow[g],
			         iam_formula_all(ev->arena, common, match->principal.formula[g]));
	}
}

static void
evaluate_statement(Pass *pass, const IamStatement *stmt, uint32_t ordinal, IamEffect *effect)
{
	const IamEvaluation *ev = pass->ev;
	bool                 inverted = (stmt->flags & IAM_STMT_NOT_ACTION) != 0;
	IamTri               strongest;
	Match                match;

	if ((stmt->flags & IAM_STMT_ANY_ACTION) != 0 && ev->sink == NULL)
	{
		if (inverted)
			return;
	}
	else if (iam_action_listed(pass->policy, stmt, &pass->action, &match.action) == inverted)
		return;
	iam_poll(ev->arena);
	match.value = IAM_YES;
	match.terms = (Terms){NULL, 0, 0};
	match.resource = IAM_NO_STR;
	match_resource(pass, stmt, &match);
	if (match.value == IAM_NO)
		return;
	if (pass->names_principals)
	{
		iam_principal_match(ev, pass->policy, stmt, pass->kind, &match.principal);
		strongest = IAM_NO;
		for (int g = 0; g < IAM_GRADE_COUNT; g++)
			strongest = iam_or(strongest, match.principal.grade[g]);
		if (strongest == IAM_NO)
			return;
	}
	else
	{
		memset(&match.principal, 0, sizeof match.principal);
		match.principal.grade[IAM_GRADE_DIRECT] = IAM_YES;
		match.principal.formula[IAM_GRADE_DIRECT] = &iam_true;
	}
	if (ev->sink != NULL)
		report_missing(pass, stmt);
	match_conditions(pass, stmt, &match);
	if (ev->sink != NULL)
		report_statement(pass, stmt, ordinal, &match);
	add_match(pass, stmt, &match, effect);
}

/* Everything an unreadable document may say. */
static void
unreadable_effect(const IamEvaluation *ev, IamPolicyKind kind, IamEffect *effect)
{
	const char *kind_name = iam_kind_name(kind);
	IamStr      name = ev->policy_name;

	if (name.len == 0)
		name = (IamStr){kind_name, (uint32_t) strlen(kind_name)};
	effect->unreadable = true;
	effect->deny = IAM_UNKNOWN;
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		effect->allow[g] = IAM_UNKNOWN;
	if (!ev->want_formulas)
		return;
	effect->deny_formula = iam_formula_atom(ev->arena, IAM_ATOM_UNREADABLE, IAM_LIT("deny"), name, 0, NULL);
	effect->allow_formula[0] = iam_formula_atom(ev->arena, IAM_ATOM_UNREADABLE, IAM_LIT("allow"), name, 0,
	                                            NULL);
	for (int g = 1; g < IAM_GRADE_COUNT; g++)
		effect->allow_formula[g] = effect->allow_formula[0];
}

/* Can this statement still change the effect? */
static bool
worth_testing(const Pass *pass, const IamStatement *stmt, const IamEffect *effect)
{
	if (pass->ev->sink != NULL)
		return true;
	return ((stmt->flags & IAM_STMT_DENY) != 0 ? effect->deny : effect->allow[IAM_GRADE_DIRECT]) != IAM_YES;
}

void
iam_policy_effect(const IamEvaluation *ev, const IamPolicy *policy, IamPolicyKind kind, IamEffect *effect)
{
	const IamStatement *statements;
	Pass                pass;

	memset(effect, 0, sizeof *effect);
	if (policy == NULL)
	{
		unreadable_effect(ev, kind, effect);
		return;
	}
	pass.ev = ev;
	pass.policy = policy;
	pass.kind = kind;
	pass.names_principals = kind == IAM_KIND_RESOURCE || kind == IAM_KIND_TRUST || kind == IAM_KIND_RCP ||
	                        kind == IAM_KIND_ENDPOINT;
	pass.complete_short = kind == IAM_KIND_IDENTITY || kind == IAM_KIND_BOUNDARY || kind == IAM_KIND_SESSION;
	pass.pattern_variables_ready = false;
	pass.action = iam_request_action(ev->request);
	pass.resource = iam_slice(ev->request, ev->request->resource);
	if (ev->want_formulas)
	{
		memset(pass.allow, 0, sizeof pass.allow);
		memset(&pass.deny, 0, sizeof pass.deny);
	}
	if (kind == IAM_KIND_RESOURCE &&
	    (ev->request->flags & (IAM_REQ_BPA_RESTRICT | IAM_REQ_BPA_UNKNOWN)) != 0 &&
	    iam_str_equal(pass.action.service, IAM_LIT("s3")))
		effect->public = iam_policy_is_public(policy);

	statements = iam_policy_statement(policy, 0);
	for (uint32_t i = 0; i < policy->statement_count; i++)
	{
		if (!worth_testing(&pass, &statements[i], effect))
		{
			if ((policy->flags & IAM_HAS_DENY) == 0)
				break;
			continue;
		}
		evaluate_statement(&pass, &statements[i], i, effect);
	}
	if (ev->want_formulas)
	{
		for (int g = 0; g < IAM_GRADE_COUNT; g++)
			effect->allow_formula[g] = iam_formula_any_of(ev->arena, pass.allow[g].items,
			                                              pass.allow[g].count);
		effect->deny_formula = iam_formula_any_of(ev->arena, pass.deny.items, pass.deny.count);
	}
}

bool
iam_policy_may_match(const IamPolicy *policy, const IamRequest *request)
{
	IamActionKey action = iam_request_action(request);

	for (uint32_t i = 0; i < policy->statement_count; i++)
	{
		const IamStatement *stmt = iam_policy_statement(policy, i);
		bool                inverted = (stmt->flags & IAM_STMT_NOT_ACTION) != 0;

		if (iam_action_listed(policy, stmt, &action, NULL) != inverted)
			return true;
	}
	return false;
}

bool
iam_effect_is_definite(const IamEffect *effect)
{
	for (int i = 0; i < IAM_GRADE_COUNT; i++)
		if (effect->allow[i] == IAM_UNKNOWN)
			return false;
	return effect->deny != IAM_UNKNOWN;
}
