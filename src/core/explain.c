/*
 * explain.c: decisions over a list of policies, and the same with an explanation
 * written as JSON (interface.md section 2, EVAL-12, ARN-14).
 *
 * The explanation is the evaluation itself with a sink attached and formulas
 * wanted, never a second implementation.  The plain decision asks for formulas only
 * when it would be `conditional`, so that both give the same answer.
 */
#include "explain.h"

#include "json_out.h"

/* ---- deciding ---- */

static bool
add_policies(IamEvaluation *ev, const IamNamedPolicy *policies, uint32_t count, IamGates *gates,
             IamError *err)
{
	iam_gates_init(gates);
	for (uint32_t i = 0; i < count; i++)
	{
		const IamNamedPolicy *p = &policies[i];
		IamEffect             effect;

		iam_poll(ev->arena);
		ev->level = p->level;
		ev->policy_name = p->name;
		if (!p->empty)
			iam_policy_effect(ev, p->policy, p->kind, &effect);
		if (!iam_gates_add(ev->arena, gates, p->kind, p->level, p->empty ? NULL : &effect))
			return iam_fail(err, IAM_OVER_LIMIT, NULL, "Level %d of a control policy is outside 0 to %d.",
			                p->level, IAM_MAX_LEVELS - 1);
	}
	return !ev->arena->failed || iam_fail(err, IAM_NO_MEMORY, NULL, "Out of memory.");
}

static void
begin_evaluation(IamEvaluation *ev, IamArena *arena, const IamRequest *request, const IamCaller *caller)
{
	memset(ev, 0, sizeof *ev);
	ev->arena = arena;
	ev->request = request;
	ev->caller = caller;
}

bool
iam_evaluate_policies(IamArena *arena, const IamRequest *request, const IamCaller *caller,
                      const IamNamedPolicy *policies, uint32_t count, IamDecision *decision, IamError *err)
{
	IamEvaluation ev;
	IamGates      gates;

	begin_evaluation(&ev, arena, request, caller);
	if (!add_policies(&ev, policies, count, &gates, err))
		return false;
	*decision = iam_decide(&ev, &gates, NULL);
	if (*decision == IAM_CONDITIONAL)
	{
		ev.want_formulas = true;
		if (!add_policies(&ev, policies, count, &gates, err))
			return false;
		*decision = iam_decide(&ev, &gates, NULL);
	}
	return !arena->failed || iam_fail(err, IAM_NO_MEMORY, NULL, "Out of memory.");
}

/* ---- collecting ---- */

typedef struct Found
{
	IamStatementTrace trace;
	struct Found     *next;
} Found;

typedef struct Collector
{
	IamSink           sink; /* first: the evaluator knows no more */
	IamArena         *arena;
	const IamRequest *request;
	const IamCaller  *caller;
	Found            *first;
	Found           **last;
	IamStr           *keys; /* sorted, distinct without regard to case */
	uint32_t          key_count;
	uint32_t          key_size;
} Collector;

static void
collect_statement(IamSink *sink, const IamStatementTrace *trace)
{
	Collector *c = (Collector *) sink;
	Found     *found = iam_alloc(c->arena, sizeof *found);

	if (found == NULL)
		return;
	found->trace = *trace;
	*c->last = found;
	c->last = &found->next;
}

static int
compare_keys(IamStr a, IamStr b)
{
	uint32_t i = 0;

	while (i < a.len && i < b.len && iam_fold_char(a.data[i]) == iam_fold_char(b.data[i]))
		i++;
	if (i < a.len && i < b.len)
		return (uint8_t) iam_fold_char(a.data[i]) < (uint8_t) iam_fold_char(b.data[i]) ? -1 : 1;
	return a.len < b.len ? -1 : a.len > b.len;
}

/* Said to be absent by the request itself? */
static bool
is_given(const IamRequest *request, IamStr key)
{
	const IamEntry *entries = iam_at(request, request->context_off);
	uint32_t        hash = iam_hash32_fold(key);

	for (uint32_t i = 0; i < request->context_count; i++)
		if (entries[i].hash == hash && iam_str_equal_fold(iam_slice(request, entries[i].key), key))
			return true;
	return false;
}

static void
collect_key(IamSink *sink, IamStr key, IamTri present)
{
	Collector *c = (Collector *) sink;
	uint32_t   low = 0;
	uint32_t   high = c->key_count;

	if (present == IAM_NO && is_given(c->request, key))
		return;
	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;
		int      order = compare_keys(c->keys[middle], key);

		if (order == 0)
			return;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (c->key_count == c->key_size)
	{
		uint32_t size = c->key_size == 0 ? 16 : 2 * c->key_size;
		IamStr  *keys = iam_alloc_array(c->arena, size, sizeof *keys);

		if (keys == NULL)
			return;
		if (c->key_count > 0)
			memcpy(keys, c->keys, c->key_count * sizeof *keys);
		c->keys = keys;
		c->key_size = size;
	}
	memmove(c->keys + low + 1, c->keys + low, (c->key_count - low) * sizeof *c->keys);
	c->keys[low] = key;
	c->key_count++;
}

/* ---- writing ---- */

static const char *
tri_name(IamTri value)
{
	return value == IAM_YES ? "yes" : value == IAM_NO ? "no" : "unknown";
}

static const char *
gate_verdict_name(const IamGateVerdict *v)
{
	if (v->deny == IAM_YES)
		return "deny";
	if (v->deny == IAM_UNKNOWN)
		return "unknown";
	return v->allow == IAM_YES ? "allow" : v->allow == IAM_NO ? "none" : "unknown";
}

static void
write_gates(IamBuf *out, const IamVerdict *verdict)
{
	iam_json_key(out, "gates");
	iam_buf_char(out, '[');
	for (uint32_t i = 0; i < verdict->verdict_count; i++)
	{
		const IamGateVerdict *v = &verdict->verdicts[i];

		iam_json_next(out);
		iam_buf_char(out, '{');
		iam_json_key_cstr(out, "gate", v->gate);
		if (v->level >= 0)
			iam_json_key_int(out, "level", v->level);
		iam_json_key_bool(out, "applies", v->applies);
		iam_json_key_cstr(out, "verdict", gate_verdict_name(v));
		if (v->grade >= 0)
			iam_json_key_cstr(out, "grade", iam_grade_name((IamGrade) v->grade));
		if (v->note[0] != '\0')
			iam_json_key_cstr(out, "note", v->note);
		iam_buf_char(out, '}');
	}
	iam_buf_char(out, ']');
}

static void
write_conditions(IamBuf *out, const Collector *c, const IamStatementTrace *t)
{
	const IamCondition *conditions = IAM_CONDITIONS(t->policy, t->statement);

	iam_json_key(out, "conditions");
	iam_buf_char(out, '[');
	for (uint32_t i = 0; i < t->statement->condition_count; i++)
	{
		const IamValue *values = IAM_VALUES(t->policy, &conditions[i]);

		iam_json_next(out);
		iam_buf_char(out, '{');
		iam_json_key_string(out, "operator", iam_slice(t->policy, conditions[i].op_text));
		iam_json_key_string(out, "key", iam_slice(t->policy, conditions[i].key));
		iam_json_key(out, "values");
		iam_buf_char(out, '[');
		for (uint32_t j = 0; j < conditions[i].value_count; j++)
		{
			iam_json_next(out);
			iam_json_string(out, iam_slice(t->policy, values[j].text));
		}
		iam_buf_char(out, ']');
		iam_json_key_cstr(
			out, "result",
			tri_name(iam_condition_test(c->arena, t->policy, &conditions[i], c->request, c->caller)));
		iam_buf_char(out, '}');
	}
	iam_buf_char(out, ']');
}

static bool
names_principals(IamPolicyKind kind)
{
	return kind == IAM_KIND_RESOURCE || kind == IAM_KIND_TRUST || kind == IAM_KIND_RCP ||
	       kind == IAM_KIND_ENDPOINT;
}

static void
write_statements(IamBuf *out, const Collector *c)
{
	iam_json_key(out, "matched_statements");
	iam_buf_char(out, '[');
	for (const Found *f = c->first; f != NULL; f = f->next)
	{
		const IamStatementTrace *t = &f->trace;
		int                      grade = -1;

		iam_poll(c->arena);
		for (int g = 0; g < IAM_GRADE_COUNT; g++)
			if (t->grade[g] != IAM_NO)
				grade = g;
		iam_json_next(out);
		iam_buf_char(out, '{');
		iam_json_key_cstr(out, "kind", iam_kind_name(t->kind));
		if (t->kind == IAM_KIND_SCP || t->kind == IAM_KIND_RCP)
			iam_json_key_int(out, "level", t->level);
		if (t->policy_name.len > 0)
			iam_json_key_string(out, "policy", t->policy_name);
		iam_json_key_int(out, "statement", (long) t->ordinal);
		if ((t->statement->flags & IAM_STMT_SID) != 0)
			iam_json_key_string(out, "sid", iam_slice(t->policy, t->statement->sid));
		iam_json_key_cstr(out, "effect", (t->statement->flags & IAM_STMT_DENY) != 0 ? "Deny" : "Allow");
		iam_json_key_cstr(out, "match", tri_name(t->match));
		if (t->action.len > 0)
			iam_json_key_string(out, "action", t->action);
		if (t->resource.len > 0)
			iam_json_key_string(out, "resource", t->resource);
		if (t->principal.len > 0)
			iam_json_key_string(out, "principal", t->principal);
		if (names_principals(t->kind) && grade >= 0)
			iam_json_key_cstr(out, "grade", iam_grade_name((IamGrade) grade));
		write_conditions(out, c, t);
		iam_buf_char(out, '}');
	}
	iam_buf_char(out, ']');
}

/* Distinct assumptions: the caller's, then what the evaluation itself took for granted. */
static void
write_assumptions(IamBuf *out, const Collector *c, const IamNamedPolicy *policies, uint32_t count,
                  const IamStr *assumptions, uint32_t assumption_count)
{
	const IamRequest *request = c->request;

	iam_json_key(out, "assumptions");
	iam_buf_char(out, '[');
	for (uint32_t i = 0; i < assumption_count; i++)
	{
		iam_json_next(out);
		iam_json_string(out, assumptions[i]);
	}
	if ((request->flags & IAM_REQ_ACCOUNT_ASSUMED) != 0 && c->caller->account.off != 0)
	{
		iam_json_next(out);
		iam_json_string(
			out, IAM_LIT("the resource is taken to be in the caller's account: its ARN names no account"));
	}
	if (c->caller->kind == IAM_CALLER_ROLE_SESSION && (c->caller->flags & IAM_CALLER_PATH_KNOWN) == 0)
	{
		iam_json_next(out);
		iam_json_string(
			out, IAM_LIT("the caller's role is taken to have no path: a session ARN does not tell it"));
	}
	for (uint32_t i = 0; i < count; i++)
	{
		IamBuf text;

		if (policies[i].empty || policies[i].policy != NULL)
			continue;
		iam_buf_init(&text, c->arena);
		iam_buf_format(&text, "a policy of kind %s ", iam_kind_name(policies[i].kind));
		if (policies[i].name.len > 0)
		{
			iam_buf_char(&text, '(');
			iam_buf_str(&text, policies[i].name);
			iam_buf_cstr(&text, ") ");
		}
		iam_buf_cstr(&text, "is missing or could not be read: whatever it may say is unknown");
		iam_json_next(out);
		iam_json_string(out, iam_buf_result(&text));
	}
	iam_buf_char(out, ']');
}

bool
iam_explain_policies(IamArena *arena, const IamRequest *request, const IamCaller *caller,
                     const IamNamedPolicy *policies, uint32_t count, const IamStr *assumptions,
                     uint32_t assumption_count, IamBuf *out, IamError *err)
{
	IamEvaluation ev;
	IamGates      gates;
	IamVerdict    verdict;
	Collector     c;

	memset(&c, 0, sizeof c);
	c.sink.statement = collect_statement;
	c.sink.missing_key = collect_key;
	c.arena = arena;
	c.request = request;
	c.caller = caller;
	c.last = &c.first;
	begin_evaluation(&ev, arena, request, caller);
	ev.want_formulas = true;
	ev.sink = &c.sink;
	if (!add_policies(&ev, policies, count, &gates, err))
		return false;
	iam_decide(&ev, &gates, &verdict);

	iam_buf_char(out, '{');
	iam_json_key_cstr(out, "decision", iam_decision_name(verdict.decision));
	iam_json_key_cstr(out, "reason", verdict.reason);
	write_gates(out, &verdict);
	write_statements(out, &c);
	iam_json_key(out, "blocked_by");
	if (verdict.blocked_by[0] == '\0')
		iam_buf_cstr(out, "null");
	else
		iam_json_string(out, (IamStr){verdict.blocked_by, (uint32_t) strlen(verdict.blocked_by)});
	iam_json_key(out, "conditions");
	if (verdict.decision == IAM_CONDITIONAL)
		iam_formula_json(out, verdict.formula);
	else
		iam_buf_cstr(out, "null");
	iam_json_key(out, "missing_context");
	iam_buf_char(out, '[');
	for (uint32_t i = 0; i < c.key_count; i++)
	{
		iam_json_next(out);
		iam_json_string(out, c.keys[i]);
	}
	iam_buf_char(out, ']');
	write_assumptions(out, &c, policies, count, assumptions, assumption_count);
	iam_buf_char(out, '}');
	return !arena->failed || iam_fail(err, IAM_NO_MEMORY, NULL, "Out of memory.");
}
