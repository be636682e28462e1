/*
 * property_test.c: what must hold for every policy and request, checked on
 * random ones: EVAL-13 (order does not matter), a Deny never gives and an Allow
 * never takes (EVAL-2, EVAL-1), the image evaluates like its text, and
 * EVAL-14: a verdict under unknown context holds for every completion, and the
 * tree of a conditional one is exact for the atoms it names.
 *
 * Usage: property_test [rounds [seed]]
 */
#include "check.h"
#include "iam_core.h"

/* ---- random choice, the same on every machine ---- */

static uint64_t state;

static uint32_t
next_random(uint32_t bound)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t) ((state >> 11) % bound);
}

#define PICK(list)	((list)[next_random(sizeof(list) / sizeof((list)[0]))])

static const char *const actions[] = {
	"s3:GetObject", "s3:PutObject", "s3:*", "s3:Get*", "*", "sts:AssumeRole", "s3:?etObject",
	"iam:PassRole", "sqs:SendMessage", "*:*", "S3:getobject", "kms:Decrypt"
};
static const char *const asked_actions[] = {
	"s3:GetObject", "s3:PutObject", "sqs:SendMessage", "sts:AssumeRole", "kms:Decrypt", "iam:PassRole"
};
static const char *const resources[] = {
	"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/k", "arn:aws:s3:::${aws:username}/*", "arn:aws:sqs:*:*:q",
	"arn:aws:s3:::b/${aws:PrincipalTag/team}/*", "arn:aws:iam::111111111111:role/app",
	"arn:aws:kms:*:111111111111:key/*", "arn:aws:s3:::b/${k1}", "arn:aws:s3:::*", "arn:aws:s3"
};
static const char *const asked_resources[] = {
	"arn:aws:s3:::b/k", "arn:aws:s3:::bob/k", "arn:aws:sqs:eu-west-1:111111111111:q",
	"arn:aws:iam::111111111111:role/app", "arn:aws:kms:eu-west-1:111111111111:key/1", "*",
	"arn:aws:s3:::b/red/x", "arn:aws:iam::222222222222:role/app"
};
static const char *const principals[] = {
	"arn:aws:iam::111111111111:user/bob", "arn:aws:sts::111111111111:assumed-role/app/s1",
	"arn:aws:iam::111111111111:role/app", "arn:aws:iam::222222222222:user/eve",
	"arn:aws:iam::111111111111:root", "ec2.amazonaws.com", "anonymous",
	"arn:aws:sts::111111111111:federated-user/fred"
};
static const char *const policy_principals[] = {
	"\"*\"", "{\"AWS\":\"*\"}", "{\"AWS\":\"111111111111\"}",
	"{\"AWS\":[\"arn:aws:iam::111111111111:user/bob\",\"222222222222\"]}",
	"{\"AWS\":\"arn:aws:iam::111111111111:role/app\"}",
	"{\"AWS\":\"arn:aws:sts::111111111111:assumed-role/app/s1\"}",
	"{\"Service\":\"ec2.amazonaws.com\"}"
};
static const char *const operators[] = {
	"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists",
	"StringNotEqualsIfExists", "Bool", "BoolIfExists", "Null", "NumericLessThan", "NumericEquals",
	"ForAllValues:StringEquals", "ForAnyValue:StringLike", "ForAnyValue:StringNotEquals",
	"ForAllValues:StringNotEquals", "ArnLike", "ArnNotLike", "StringEqualsIgnoreCase",
	"ForAnyValue:StringEqualsIfExists", "DateLessThan", "IpAddress", "NotIpAddress"
};
static const char *const keys[] = {"k1", "k2", "aws:MultiFactorAuthPresent", "aws:PrincipalTag/team", "aws:username"};
static const char *const values[] = {
	"red", "true", "false", "5", "10", "*", "r*", "", "bob", "arn:aws:s3:::b", "arn:aws:s3:::*", "2020-01-01",
	"10.0.0.0/8", "10.1.2.3", "${k2}", "${aws:username}"
};
/* what a completion may give one key: the last two stand for absence */
static const char *const completions[] = {
	"\"red\"", "\"true\"", "\"false\"", "\"5\"", "\"12\"", "\"\"", "\"bob\"", "\"arn:aws:s3:::b\"",
	"\"1999-05-05\"", "\"10.1.2.3\"", "[\"red\",\"blue\"]", "[\"red\"]", "[\"5\",\"true\"]", "null", "[]"
};

#define KEY_COUNT	(sizeof keys / sizeof keys[0])

/* ---- random texts ---- */

typedef struct Text
{
	char		data[16384];
	size_t		len;
} Text;

static void
add(Text *text, const char *s)
{
	size_t		n = strlen(s);

	if (text->len + n + 1 > sizeof text->data)
		abort();
	memcpy(text->data + text->len, s, n + 1);
	text->len += n;
}

static void
add_quoted(Text *text, const char *s)
{
	add(text, "\"");
	add(text, s);
	add(text, "\"");
}

static void
add_statement(Text *text, const char *effect, bool principal)
{
	add(text, "{\"Effect\":\"");
	add(text, effect);
	add(text, "\"");
	if (principal)
	{
		add(text, ",\"Principal\":");
		add(text, PICK(policy_principals));
	}
	add(text, next_random(8) == 0 ? ",\"NotAction\":" : ",\"Action\":");
	add_quoted(text, next_random(2) == 0 ? "*" : PICK(actions));
	add(text, next_random(8) == 0 ? ",\"NotResource\":[" : ",\"Resource\":[");
	add_quoted(text, next_random(2) == 0 ? "*" : PICK(resources));
	if (next_random(3) == 0)
	{
		add(text, ",");
		add_quoted(text, PICK(resources));
	}
	add(text, "]");
	if (next_random(2) == 0)
	{
		add(text, ",\"Condition\":{");
		add_quoted(text, PICK(operators));
		add(text, ":{");
		add_quoted(text, PICK(keys));
		add(text, ":[");
		add_quoted(text, PICK(values));
		if (next_random(2) == 0)
		{
			add(text, ",");
			add_quoted(text, PICK(values));
		}
		add(text, "]}}");
	}
	add(text, "}");
}

#define MAX_STATEMENTS 4

typedef struct RandomPolicy
{
	int			count;
	Text		statement[MAX_STATEMENTS];
	bool		version_2012;
} RandomPolicy;

static void
make_policy(RandomPolicy *policy, bool principal, uint32_t deny_of_8)
{
	policy->count = 1 + (int) next_random(MAX_STATEMENTS - 1);
	policy->version_2012 = next_random(4) != 0;
	for (int i = 0; i < policy->count; i++)
	{
		policy->statement[i].len = 0;
		add_statement(&policy->statement[i], next_random(8) < deny_of_8 ? "Deny" : "Allow", principal);
	}
}

/* reversed: statement order turned round; extra: one more statement or NULL */
static void
add_policy(Text *text, const RandomPolicy *policy, bool reversed, const Text *extra)
{
	add(text, policy->version_2012 ? "{\"Version\":\"2012-10-17\",\"Statement\":[" : "{\"Statement\":[");
	for (int i = 0; i < policy->count; i++)
	{
		if (i > 0)
			add(text, ",");
		add(text, policy->statement[reversed ? policy->count - 1 - i : i].data);
	}
	if (extra != NULL)
	{
		add(text, ",");
		add(text, extra->data);
	}
	add(text, "]}");
}

typedef struct Scenario
{
	const char *principal;
	const char *action;
	const char *resource;
	RandomPolicy identity[2];
	RandomPolicy boundary;
	RandomPolicy session;
	RandomPolicy resource_policy;
	RandomPolicy scp;
	bool		has_boundary;
	bool		has_session;
	bool		has_resource;
	bool		has_scp;
} Scenario;

static void
make_scenario(Scenario *s)
{
	s->principal = PICK(principals);
	s->action = PICK(asked_actions);
	s->resource = PICK(asked_resources);
	make_policy(&s->identity[0], false, 1);
	make_policy(&s->identity[1], false, 2);
	make_policy(&s->boundary, false, 1);
	make_policy(&s->session, false, 1);
	make_policy(&s->resource_policy, true, 1);
	make_policy(&s->scp, false, 1);
	s->has_boundary = next_random(3) == 0;
	s->has_session = next_random(3) == 0;
	s->has_resource = next_random(2) == 0;
	s->has_scp = next_random(3) == 0;
}

typedef struct Variation
{
	bool		reversed;		/* statements of every policy in reverse order */
	const Text *identity_extra; /* a statement more in the first identity policy */
	const Text *resource_extra; /* likewise in the resource policy */
	const char *context;		/* members of the context object */
	bool		unknown;
} Variation;

static void
write_request(Text *text, const Scenario *s, const Variation *v)
{
	text->len = 0;
	add(text, "{\"principal\":");
	add_quoted(text, s->principal);
	add(text, ",\"action\":");
	add_quoted(text, s->action);
	add(text, ",\"resource\":");
	add_quoted(text, s->resource);
	add(text, ",\"resource_account\":\"111111111111\",\"context\":{");
	add(text, v->context);
	add(text, v->unknown ? "},\"unknown_context\":true" : "},\"unknown_context\":false");
	add(text, ",\"identity_policies\":[");
	add_policy(text, &s->identity[0], v->reversed, v->identity_extra);
	add(text, ",");
	add_policy(text, &s->identity[1], v->reversed, NULL);
	add(text, "]");
	if (s->has_boundary)
	{
		add(text, ",\"permissions_boundary\":");
		add_policy(text, &s->boundary, v->reversed, NULL);
	}
	if (s->has_session)
	{
		add(text, ",\"session_policies\":[");
		add_policy(text, &s->session, v->reversed, NULL);
		add(text, "]");
	}
	if (s->has_resource)
	{
		add(text, ",\"resource_policy\":");
		add_policy(text, &s->resource_policy, v->reversed, v->resource_extra);
	}
	if (s->has_scp)
	{
		add(text, ",\"service_control_policies\":[[");
		add_policy(text, &s->scp, v->reversed, NULL);
		add(text, "]]");
	}
	add(text, "}");
}

/* ---- evaluation ---- */

static bool
read_request(IamArena *arena, const Text *text, IamRequestDocument *document)
{
	IamError	err;

	if (iam_request_document_parse(arena, (IamStr) {text->data, (uint32_t) text->len}, document, &err))
		return true;
	fprintf(stderr, "%s at %s in\n%s\n", err.message, err.path, text->data);
	return false;
}

static IamDecision
decide(IamArena *arena, const Scenario *s, const Variation *v)
{
	Text		text;
	IamRequestDocument document;
	IamDecision decision = IAM_EXPLICIT_DENY;
	IamError	err;

	write_request(&text, s, v);
	CHECK(read_request(arena, &text, &document));
	CHECK(iam_evaluate_policies(arena, document.request, document.caller, document.policies,
								document.policy_count, &decision, &err));
	return decision;
}

static bool
is_deny(IamDecision d)
{
	return d == IAM_EXPLICIT_DENY || d == IAM_IMPLICIT_DENY;
}

/* The truth of an atom under a complete request: a policy of that one condition tells. */
static IamTri
atom_truth(IamArena *arena, const IamFormula *atom, const IamRequestDocument *complete)
{
	IamBuf		buf;
	const IamPolicy *policy;
	IamError	err;
	IamEvaluation evaluation = {0};
	IamEffect	effect;

	if (atom->atom == IAM_ATOM_SESSION_NAME)
		return iam_str_equal(iam_slice(complete->caller, complete->caller->session), atom->key) ? IAM_YES : IAM_NO;
	if (atom->atom != IAM_ATOM_CONDITION)
		return IAM_UNKNOWN;
	iam_buf_init(&buf, arena);
	iam_buf_cstr(&buf, "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{");
	iam_json_string(&buf, atom->op);
	iam_buf_cstr(&buf, ":{");
	iam_json_string(&buf, atom->key);
	iam_buf_cstr(&buf, ":[");
	for (uint32_t i = 0; i < atom->count; i++)
	{
		if (i > 0)
			iam_buf_char(&buf, ',');
		iam_json_string(&buf, atom->values[i]);
	}
	iam_buf_cstr(&buf, "]}}}}");
	if (!iam_policy_compile(arena, iam_buf_result(&buf), &policy, &err))
		return IAM_UNKNOWN;
	evaluation.request = complete->request;
	evaluation.caller = complete->caller;
	evaluation.arena = arena;
	iam_policy_effect(&evaluation, policy, IAM_KIND_IDENTITY, &effect);
	return effect.allow[IAM_GRADE_DIRECT];
}

static IamTri
formula_truth(IamArena *arena, const IamFormula *f, const IamRequestDocument *complete)
{
	IamTri		result;

	switch (f->kind)
	{
		case IAM_FORMULA_TRUE:
			return IAM_YES;
		case IAM_FORMULA_FALSE:
			return IAM_NO;
		case IAM_FORMULA_ATOM:
			return atom_truth(arena, f, complete);
		case IAM_FORMULA_NOT:
			return iam_not(formula_truth(arena, f->children[0], complete));
		case IAM_FORMULA_ALL:
			result = IAM_YES;
			for (uint32_t i = 0; i < f->count; i++)
				result = iam_and(result, formula_truth(arena, f->children[i], complete));
			return result;
		case IAM_FORMULA_ANY:
			result = IAM_NO;
			for (uint32_t i = 0; i < f->count; i++)
				result = iam_or(result, formula_truth(arena, f->children[i], complete));
			return result;
	}
	return IAM_UNKNOWN;
}

/* Does the formula hold an atom that a completion cannot be asked about (a resource with an unknown variable)? */
static bool
has_resource_atom(const IamFormula *f)
{
	if (f->kind == IAM_FORMULA_ATOM)
		return f->atom == IAM_ATOM_RESOURCE || f->atom == IAM_ATOM_UNREADABLE;
	if (f->kind == IAM_FORMULA_NOT || f->kind == IAM_FORMULA_ALL || f->kind == IAM_FORMULA_ANY)
		for (uint32_t i = 0; i < f->count; i++)
			if (has_resource_atom(f->children[i]))
				return true;
	return false;
}

/* ---- the properties ---- */

static int	conditional_seen;
static int	exact_seen;

/* A 2008 document's ${...} is literal, which an atom alone does not say: keep exactness to 2012 documents. */
static void
make_2012(Scenario *s)
{
	s->identity[0].version_2012 = s->identity[1].version_2012 = s->boundary.version_2012 = true;
	s->session.version_2012 = s->resource_policy.version_2012 = s->scp.version_2012 = true;
}

static void
show(const Scenario *s, const Variation *v, const char *what)
{
	Text		text;

	write_request(&text, s, v);
	fprintf(stderr, "%s:\n%s\n", what, text.data);
}

static void
check_unknown_context(IamArena *arena, Scenario *s)
{
	Variation	unknown = {false, NULL, NULL, "", true};
	Text		text;
	IamRequestDocument open;
	IamGates	gates;
	IamVerdict	verdict;
	IamEvaluation evaluation = {0};
	IamDecision decision;

	make_2012(s);
	decision = decide(arena, s, &unknown);
	write_request(&text, s, &unknown);
	if (!read_request(arena, &text, &open))
		return;
	evaluation.request = open.request;
	evaluation.caller = open.caller;
	evaluation.arena = arena;
	evaluation.want_formulas = true;
	iam_gates_init(&gates);
	for (uint32_t i = 0; i < open.policy_count; i++)
	{
		const IamNamedPolicy *p = &open.policies[i];
		IamEffect	effect;

		if (!p->empty)
			iam_policy_effect(&evaluation, p->policy, p->kind, &effect);
		CHECK(iam_gates_add(arena, &gates, p->kind, p->level, p->empty ? NULL : &effect));
	}
	iam_decide(&evaluation, &gates, &verdict);
	CHECK_RULE(verdict.decision == decision, "EVAL-14", "with and without formulas");
	if (decision == IAM_CONDITIONAL)
		conditional_seen++;
	for (int i = 0; i < 6; i++)
	{
		Text		context;
		Variation	complete = {false, NULL, NULL, context.data, false};
		IamRequestDocument closed;
		IamDecision d;

		context.len = 0;
		context.data[0] = '\0';
		for (uint32_t k = 0; k < KEY_COUNT; k++)
		{
			IamStr		key = {keys[k], (uint32_t) strlen(keys[k])};
			IamContextValue value;

			/* what is derived is known, absence included: a completion does not change it */
			iam_context_lookup(open.request, open.caller, key, iam_hash32_fold(key), &value);
			if (value.present == IAM_YES)
				continue;
			if (context.len > 0)
				add(&context, ",");
			add_quoted(&context, keys[k]);
			add(&context, ":");
			add(&context, value.present == IAM_NO ? "null" : PICK(completions));
		}
		d = decide(arena, s, &complete);
		if ((decision == IAM_ALLOWED && d != IAM_ALLOWED) ||
			(decision == IAM_EXPLICIT_DENY && d != IAM_EXPLICIT_DENY) ||
			(decision == IAM_IMPLICIT_DENY && d == IAM_ALLOWED))
		{
			CHECK_RULE(false, "EVAL-14", "a completion contradicts the verdict");
			fprintf(stderr, "unknown: %s, completed: %s\n", iam_decision_name(decision), iam_decision_name(d));
			show(s, &complete, "completion");
		}
		else
			CHECK_RULE(true, "EVAL-14", "completion");
		if (decision == IAM_CONDITIONAL && !has_resource_atom(verdict.formula))
		{
			IamTri		truth;

			write_request(&text, s, &complete);
			if (!read_request(arena, &text, &closed))
				continue;
			truth = formula_truth(arena, verdict.formula, &closed);
			exact_seen++;
			if ((truth == IAM_YES) != (d == IAM_ALLOWED))
			{
				IamBuf		tree;

				CHECK_RULE(false, "EVAL-14", "the tree disagrees with the decision");
				iam_buf_init(&tree, arena);
				iam_formula_json(&tree, verdict.formula);
				fprintf(stderr, "tree says %d, decision %s, tree: %.*s\n", (int) truth,
						iam_decision_name(d), (int) tree.len, tree.data);
				show(s, &complete, "completion");
			}
			else
				CHECK_RULE(true, "EVAL-14", "exact tree");
		}
	}
}

static void
check_monotone(IamArena *arena, const Scenario *s, const char *context, bool unknown)
{
	Variation	plain = {false, NULL, NULL, context, unknown};
	Variation	other = plain;
	Text		extra;
	IamDecision before = decide(arena, s, &plain);
	IamDecision after;

	other.reversed = true;
	CHECK_RULE(decide(arena, s, &other) == before, "EVAL-13", "statement order");

	other = plain;
	extra.len = 0;
	add_statement(&extra, "Deny", false);
	other.identity_extra = &extra;
	after = decide(arena, s, &other);
	CHECK_RULE(!is_deny(before) || is_deny(after), "EVAL-2", "a Deny gave access");
	CHECK_RULE(before != IAM_CONDITIONAL || after != IAM_ALLOWED, "EVAL-2", "a Deny removed a condition");

	other = plain;
	extra.len = 0;
	add_statement(&extra, "Deny", true);
	other.resource_extra = &extra;
	after = decide(arena, s, &other);
	CHECK_RULE(!is_deny(before) || is_deny(after), "EVAL-2", "a Deny of the resource policy gave access");

	other = plain;
	extra.len = 0;
	add_statement(&extra, "Allow", false);
	other.identity_extra = &extra;
	after = decide(arena, s, &other);
	CHECK_RULE(before != IAM_ALLOWED || after == IAM_ALLOWED, "EVAL-1", "an Allow took access away");
	CHECK_RULE(before != IAM_CONDITIONAL || !is_deny(after), "EVAL-1", "an Allow took conditional access away");
}

/* Policies compiled from their canonical text decide as those of the document did. */
static void
check_image_like_text(IamArena *arena, const Scenario *s, const char *context)
{
	Variation	plain = {false, NULL, NULL, context, false};
	Text		text;
	IamRequestDocument document;
	IamNamedPolicy again[64];
	IamDecision first = IAM_EXPLICIT_DENY;
	IamDecision second = IAM_ALLOWED;
	IamError	err;

	write_request(&text, s, &plain);
	if (!read_request(arena, &text, &document) || document.policy_count > 64)
		return;
	for (uint32_t i = 0; i < document.policy_count; i++)
	{
		again[i] = document.policies[i];
		if (again[i].policy == NULL)
			continue;
		CHECK(iam_policy_compile(arena, iam_slice(again[i].policy, again[i].policy->text),
								 &again[i].policy, &err));
		CHECK_RULE(again[i].policy->head.size == document.policies[i].policy->head.size &&
				   memcmp(again[i].policy, document.policies[i].policy, again[i].policy->head.size) == 0,
				   "GRAM-41", "compiling the canonical text gives the same image");
	}
	CHECK(iam_evaluate_policies(arena, document.request, document.caller, document.policies,
								document.policy_count, &first, &err));
	CHECK(iam_evaluate_policies(arena, document.request, document.caller, again,
								document.policy_count, &second, &err));
	CHECK(first == second);
}

int
main(int argc, char **argv)
{
	int			rounds = argc > 1 ? atoi(argv[1]) : 3000;

	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 20261123;
	for (int i = 0; i < rounds && checks_failed < 5; i++)
	{
		static Scenario scenario;
		IamArena	arena;
		const char *context = next_random(2) == 0 ? "\"k1\":\"red\",\"k2\":[\"5\"]" : "\"k1\":\"10\"";

		iam_arena_init(&arena, &iam_malloc_host);
		make_scenario(&scenario);
		check_monotone(&arena, &scenario, context, next_random(2) == 0);
		check_image_like_text(&arena, &scenario, context);
		check_unknown_context(&arena, &scenario);
		CHECK(!arena.failed);
		iam_arena_release(&arena);
	}
	printf("conditional verdicts: %d, trees checked: %d\n", conditional_seen, exact_seen);
	return checks_done();
}
