/*
 * soundness_test.c: EVAL-14 as a property.  Random requests with unknown context are
 * compared with random completions of them (every unknown key given or known to be
 * absent, a session named, a concrete resource chosen):
 *   allowed: every completion allows;  explicit_deny: every one denies explicitly;
 *   implicit_deny: none allows;  conditional: the conditions tree, evaluated in
 *   the completion, is true exactly where the completion allows.
 * Atoms are evaluated by asking the evaluator about a one-condition policy.
 */
#include "evaluating.h"

#define REQUESTS 2000
#define COMPLETIONS 6
#define TEXT_BYTES 60000

static uint64_t seed = UINT64_C(0x2545F4914F6CDD1D);

static uint32_t
pick(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t) (seed >> 33) % n;
}

typedef struct Text
{
	char		data[TEXT_BYTES];
	size_t		len;
} Text;

static void
put(Text *t, const char *s)
{
	size_t		len = strlen(s);

	if (t->len + len < sizeof t->data)
	{
		memcpy(t->data + t->len, s, len + 1);
		t->len += len;
	}
}

#define PICK(list) ((list)[pick(sizeof(list) / sizeof((list)[0]))])

/* ---- random policies ---- */

static void
put_condition(Text *t)
{
	static const char *const conditions[] = {
		"'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}",
		"'NotIpAddress':{'aws:SourceIp':'10.0.0.0/8'}",
		"'NotIpAddressIfExists':{'aws:SourceIp':'10.0.0.0/8'}",
		"'StringEquals':{'s3:prefix':'x'}",
		"'StringNotEquals':{'s3:prefix':['x','bob']}",
		"'StringLike':{'s3:prefix':'${aws:username}'}",
		"'StringLikeIfExists':{'s3:prefix':'b*'}",
		"'StringEquals':{'aws:PrincipalTag/team':'${aws:ResourceTag/team}'}",
		"'StringNotEquals':{'aws:PrincipalTag/team':'${aws:ResourceTag/team, \\u0027x\\u0027}'}",
		"'StringEquals':{'aws:PrincipalTag/team':'x'}",
		"'Bool':{'aws:MultiFactorAuthPresent':'true'}",
		"'BoolIfExists':{'aws:MultiFactorAuthPresent':'false'}",
		"'Null':{'aws:MultiFactorAuthPresent':'true'}",
		"'Null':{'s3:prefix':'false'}",
		"'ForAllValues:StringEquals':{'aws:TagKeys':['a','b']}",
		"'ForAnyValue:StringEquals':{'aws:TagKeys':'b'}",
		"'ForAnyValue:StringNotEquals':{'aws:TagKeys':'a'}",
		"'StringLike':{'aws:userid':'*:s1'}",
		"'ArnLike':{'aws:PrincipalArn':'arn:aws:iam::*:role/app'}",
		"'NumericLessThan':{'aws:MultiFactorAuthAge':'100'}",
		"'StringEquals':{'aws:PrincipalAccount':'111111111111'}"
	};

	put(t, ",'Condition':{");
	put(t, PICK(conditions));
	put(t, "}");
}

static void
put_statement(Text *t, bool principal)
{
	static const char *const actions[] = {
		"'Action':'*'", "'Action':'s3:*'", "'Action':'s3:GetObject'", "'Action':['sts:*','kms:*','s3:Get*']",
		"'NotAction':'ec2:*'", "'Action':'s3:Put*'"
	};
	static const char *const resources[] = {
		"'Resource':'*'", "'Resource':'*'", "'Resource':'*'", "'Resource':'arn:aws:s3:::b/*'", "'Resource':'arn:aws:s3:::b/x*'",
		"'Resource':'arn:aws:s3:::b/${aws:username}'", "'Resource':'arn:aws:s3:::b/${s3:prefix}*'",
		"'NotResource':'arn:aws:s3:::b/x*'", "'NotResource':'arn:aws:s3:::b/${s3:prefix}'"
	};
	static const char *const principals[] = {
		"'Principal':'*'", "'Principal':{'AWS':'*'}", "'Principal':{'AWS':'111111111111'}",
		"'Principal':{'AWS':'arn:aws:iam::111111111111:user/bob'}",
		"'Principal':{'AWS':['arn:aws:iam::111111111111:role/app','arn:aws:iam::222222222222:root']}",
		"'Principal':{'AWS':'arn:aws:sts::111111111111:assumed-role/app/s1'}",
		"'Principal':{'AWS':['AROAABCDEFGHIJKLMNOPQ:s2','arn:aws:iam::111111111111:role/p/app']}",
		"'Principal':{'AWS':'AROAABCDEFGHIJKLMNOPQ:s1'}",
		"'NotPrincipal':{'AWS':['arn:aws:sts::111111111111:assumed-role/app/s1','arn:aws:iam::111111111111:role/app','111111111111']}",
		"'NotPrincipal':{'AWS':'arn:aws:sts::111111111111:assumed-role/app/s2'}"
	};

	put(t, "{'Effect':'");
	put(t, pick(10) < 8 ? "Allow'," : "Deny',");
	if (principal)
	{
		put(t, PICK(principals));
		put(t, ",");
	}
	put(t, PICK(actions));
	put(t, ",");
	put(t, PICK(resources));
	if (pick(3) > 0)
		put_condition(t);
	put(t, "}");
}

static void
put_policy(Text *t, bool principal)
{
	uint32_t	count = 1 + pick(3);

	put(t, pick(8) == 0 ? "{'Statement':[" : "{'Version':'2012-10-17','Statement':[");
	for (uint32_t i = 0; i < count; i++)
	{
		if (i > 0)
			put(t, ",");
		put_statement(t, principal);
	}
	put(t, "]}");
}

static void
put_policies(Text *t)
{
	if (pick(8) > 0)
	{
		put(t, ",'identity_policies':[");
		put_policy(t, false);
		if (pick(2) == 0)
		{
			put(t, ",");
			put_policy(t, false);
		}
		put(t, "]");
	}
	if (pick(3) == 0)
	{
		put(t, ",'permissions_boundary':");
		put_policy(t, false);
	}
	if (pick(4) == 0)
	{
		put(t, ",'session_policies':[");
		put_policy(t, false);
		put(t, "]");
	}
	if (pick(3) > 0)
	{
		put(t, ",'resource_policy':");
		put_policy(t, true);
	}
	if (pick(5) == 0)
	{
		put(t, ",'service_control_policies':[[" ALLOW_ALL ",");
		put_policy(t, false);
		put(t, "],[");
		put_policy(t, false);
		put(t, "]]");
	}
	if (pick(5) == 0)
	{
		put(t, ",'resource_control_policies':[[" NAMING("Allow", "'*'") ",");
		put_policy(t, true);
		put(t, "]]");
	}
	if (pick(6) == 0)
	{
		put(t, ",'vpc_endpoint_policies':[");
		put_policy(t, true);
		put(t, "]");
	}
	if (pick(4) == 0)
		put(t, ",'kms_grants':[{'GranteePrincipal':'arn:aws:iam::111111111111:role/app','Operations':['Decrypt'],"
			"'Constraints':{'EncryptionContextEquals':{'Dept':'IT'}}},"
			"{'GranteePrincipal':'arn:aws:sts::111111111111:assumed-role/app/s2','Operations':['Decrypt'],"
			"'Constraints':{'EncryptionContextSubset':{'Dept':'HR'}}}]");
	if (pick(4) == 0)
		put(t, ",'resource_acl':[{'Grantee':{'Type':'Group','URI':'http://acs.amazonaws.com/groups/global/AllUsers'},"
			"'Permission':'READ'}]");
}

/* ---- random requests and their completions ---- */

typedef struct Key
{
	const char *name;
	const char *values[4];		/* JSON; the first is always the known absence */
} Key;

static const Key keys[] = {
	{"aws:SourceIp", {"null", "'10.1.2.3'", "'203.0.113.9'", "'10.0.0.1'"}},
	{"s3:prefix", {"null", "'x'", "'bob'", "''"}},
	{"aws:MultiFactorAuthPresent", {"null", "'true'", "'false'", "'true'"}},
	{"aws:MultiFactorAuthAge", {"null", "'50'", "'100'", "'1e9'"}},
	{"aws:TagKeys", {"[]", "['a']", "['a','b']", "['c']"}},
	{"aws:PrincipalTag/team", {"null", "'x'", "'y'", "'x'"}},
	{"aws:ResourceTag/team", {"null", "'x'", "'y'", "'y'"}},
	{"kms:EncryptionContext:Dept", {"null", "'IT'", "'HR'", "'IT'"}}
};

#define KEY_COUNT (sizeof keys / sizeof keys[0])
#define ENCRYPTION_CONTEXT (KEY_COUNT - 1)

typedef struct Case
{
	uint32_t	principal;
	uint32_t	action;
	uint32_t	account;
	bool		glob;
	int			given[KEY_COUNT];	/* value index, or -1: not given */
	bool		open[KEY_COUNT];	/* unknown: not given, and not settled by who asks (CTX) */
	int			public_access;	/* 0: none, 1: ignore ACLs, 2: restrict, -1: unknown */
	Text		policies;
} Case;

static const char *const principals[] = {
	"arn:aws:iam::111111111111:user/bob", "arn:aws:iam::111111111111:role/app",
	"arn:aws:sts::111111111111:assumed-role/app/s1", "anonymous"
};
static const char *const sessions[] = {
	"arn:aws:sts::111111111111:assumed-role/app/s1", "arn:aws:sts::111111111111:assumed-role/app/s2",
	"arn:aws:sts::111111111111:assumed-role/app/s3"
};
static const char *const actions[] = {"s3:GetObject", "kms:Decrypt", "sts:AssumeRole"};
static const char *const globs[] = {
	"arn:aws:s3:::b/*", "arn:aws:kms:us-east-1:111111111111:*", "arn:aws:iam::111111111111:role/*"
};
static const char *const resources[3][4] = {
	{"arn:aws:s3:::b/x", "arn:aws:s3:::b/bob", "arn:aws:s3:::b/xy", "arn:aws:s3:::b/"},
	{"arn:aws:kms:us-east-1:111111111111:key/k", "arn:aws:kms:us-east-1:111111111111:alias/a",
	"arn:aws:kms:us-east-1:111111111111:key/x", "arn:aws:kms:us-east-1:111111111111:alias/aws/s3"},
	{"arn:aws:iam::111111111111:role/x", "arn:aws:iam::111111111111:role/target",
	"arn:aws:iam::111111111111:role/aws-reserved/x", "arn:aws:iam::111111111111:role/p/x"}
};
static const char *const accounts[] = {"111111111111", "222222222222"};

/* One completion: what was chosen for everything unknown. */
typedef struct Completion
{
	const char *principal;
	const char *resource;
	int			value[KEY_COUNT];
	int			public_access;
} Completion;

static void
random_case(Case *c)
{
	memset(c, 0, sizeof *c);
	c->principal = pick(9) % 4;
	c->action = pick(5) < 3 ? 0 : 1 + pick(2);
	c->account = pick(3) == 0;
	c->glob = pick(3) == 0;
	for (size_t k = 0; k < KEY_COUNT; k++)
		c->given[k] = pick(3) == 0 ? (int) pick(4) : -1;
	c->public_access = pick(2) == 0 ? -1 : (int) pick(3);
	put_policies(&c->policies);
}

static void
complete(const Case *c, const char *resource, Completion *done)
{
	done->principal = c->principal == 1 ? PICK(sessions) : principals[c->principal];
	done->resource = c->glob ? resources[c->action][pick(4)] : resource;
	for (size_t k = 0; k < KEY_COUNT; k++)
		done->value[k] = c->open[k] ? (int) pick(4) : c->given[k];
	done->public_access = c->public_access >= 0 ? c->public_access : (int) pick(3);
}

static void
put_context(Text *t, const int value[KEY_COUNT])
{
	bool		first = true;

	put(t, ",'context':{");
	for (size_t k = 0; k < KEY_COUNT; k++)
	{
		if (value[k] < 0)
			continue;
		if (!first)
			put(t, ",");
		first = false;
		put(t, "'");
		put(t, keys[k].name);
		put(t, "':");
		put(t, keys[k].values[value[k]]);
		if (k == ENCRYPTION_CONTEXT)
			put(t, value[k] == 0 ? ",'kms:EncryptionContextKeys':[]" : ",'kms:EncryptionContextKeys':['Dept']");
	}
	put(t, "}");
}

static void
put_head(Text *t, const char *principal, const char *action, const char *resource, const char *account)
{
	put(t, "{'principal':'");
	put(t, principal);
	put(t, "','action':'");
	put(t, action);
	put(t, "','resource':'");
	put(t, resource);
	put(t, "','resource_account':'");
	put(t, account);
	put(t, "'");
	if (strstr(principal, "role/app") != NULL)
		put(t, ",'principal_role_arn':'arn:aws:iam::111111111111:role/app','principal_unique_id':'AROAABCDEFGHIJKLMNOPQ'");
}

static void
put_public_access(Text *t, int public_access)
{
	static const char *const settings[] = {
		",'block_public_access':{}", ",'block_public_access':{'IgnorePublicAcls':true}",
		",'block_public_access':{'RestrictPublicBuckets':true}"
	};

	if (public_access >= 0)
		put(t, settings[public_access]);
}

/* ---- the conditions tree in a completion ---- */

static void
put_json_string(Text *t, IamStr s)
{
	IamArena	arena;
	IamBuf		buf;

	iam_arena_init(&arena, &iam_malloc_host);
	iam_buf_init(&buf, &arena);
	iam_json_string(&buf, s);
	iam_buf_char(&buf, '\0');
	/* quoted_text turns ' into ": none is wanted inside */
	for (size_t i = 0; i + 1 < buf.len; i++)
	{
		char		c[8] = {buf.data[i], '\0'};

		put(t, buf.data[i] == '\'' ? "\\u0027" : c);
	}
	iam_arena_release(&arena);
}

static bool
atom_holds(const IamFormula *f, const Case *c, const Completion *done)
{
	static Text t;
	const char *colon;
	bool		anonymous = strcmp(done->principal, "anonymous") == 0;

	if (f->atom == IAM_ATOM_SESSION_NAME)
	{
		colon = strrchr(done->principal, '/');
		return strlen(colon + 1) == f->key.len && memcmp(colon + 1, f->key.data, f->key.len) == 0;
	}
	if (f->atom == IAM_ATOM_UNREADABLE)
		return false;
	if (iam_str_equal(f->key, IAM_LIT("IgnorePublicAcls")))
		return done->public_access != 1;
	if (iam_str_equal(f->key, IAM_LIT("RestrictPublicBuckets")))
		return done->public_access == 2;
	t.len = 0;
	put_head(&t, done->principal, "test:Do", done->resource, "111111111111");
	put_context(&t, done->value);
	put(&t, anonymous ? ",'resource_policy':" : ",'identity_policies':[");
	put(&t, "{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'*',");
	if (anonymous)
		put(&t, "'Principal':'*',");
	put(&t, "'Resource':");
	if (f->atom == IAM_ATOM_RESOURCE)
		put_json_string(&t, f->key);
	else
	{
		put(&t, "'*','Condition':{");
		put_json_string(&t, f->op);
		put(&t, ":{");
		put_json_string(&t, f->key);
		put(&t, ":[");
		for (uint32_t i = 0; i < f->count; i++)
		{
			if (i > 0)
				put(&t, ",");
			put_json_string(&t, f->values[i]);
		}
		put(&t, "]}}");
	}
	put(&t, anonymous ? "}}}" : "}}]}");
	(void) c;
	return strcmp(decision_of_text(t.data), "allowed") == 0;
}

static bool
holds(const IamFormula *f, const Case *c, const Completion *done)
{
	bool		all = f->kind == IAM_FORMULA_ALL;

	if (f->kind == IAM_FORMULA_TRUE || f->kind == IAM_FORMULA_FALSE)
		return f->kind == IAM_FORMULA_TRUE;
	if (f->kind == IAM_FORMULA_ATOM)
		return atom_holds(f, c, done);
	if (f->kind == IAM_FORMULA_NOT)
		return !holds(f->children[0], c, done);
	for (uint32_t i = 0; i < f->count; i++)
		if (holds(f->children[i], c, done) != all)
			return !all;
	return all;
}

/* The verdict with formulas; the formula's memory is the arena's. */
static IamDecision
decide_with_formula(IamArena *arena, const char *text, Case *c, IamVerdict *verdict)
{
	IamRequestDocument doc;
	IamEvaluation ev;
	IamGates	gates;

	memset(&ev, 0, sizeof ev);
	iam_gates_init(&gates);
	if (!parse_document(arena, text, &doc))
		exit(1);
	ev.arena = arena;
	ev.request = doc.request;
	ev.caller = doc.caller;
	ev.want_formulas = true;
	for (size_t k = 0; k < KEY_COUNT; k++)
	{
		IamStr		name = {keys[k].name, (uint32_t) strlen(keys[k].name)};
		IamContextValue value;

		iam_context_lookup(doc.request, doc.caller, name, iam_hash32_fold(name), &value);
		c->open[k] = value.present == IAM_UNKNOWN;
	}
	for (uint32_t i = 0; i < doc.policy_count; i++)
	{
		IamEffect	effect;

		ev.policy_name = doc.policies[i].name;
		iam_policy_effect(&ev, doc.policies[i].policy, doc.policies[i].kind, &effect);
		iam_gates_add(arena, &gates, doc.policies[i].kind, doc.policies[i].level, &effect);
	}
	return iam_decide(&ev, &gates, verdict);
}

static void
run(uint32_t *conditional)
{
	static Case c;
	static Text unknown;
	static Text complete_text;
	static IamVerdict verdict;
	IamArena	arena;
	const char *resource;
	IamDecision decision;

	random_case(&c);
	resource = c.glob ? globs[c.action] : resources[c.action][pick(4)];
	unknown.len = 0;
	put_head(&unknown, principals[c.principal], actions[c.action], resource, accounts[c.account]);
	put(&unknown, ",'unknown_context':true");
	put_context(&unknown, c.given);
	put_public_access(&unknown, c.public_access);
	put(&unknown, c.policies.data);
	put(&unknown, "}");

	iam_arena_init(&arena, &iam_malloc_host);
	decision = decide_with_formula(&arena, unknown.data, &c, &verdict);
	CHECK_RULE(strcmp(decision_of_text(unknown.data), iam_decision_name(decision)) == 0, "EVAL-14", "one answer");
	*conditional += decision == IAM_CONDITIONAL;
	for (int i = 0; i < COMPLETIONS; i++)
	{
		Completion	done;
		const char *got;
		bool		good = true;

		complete(&c, resource, &done);
		complete_text.len = 0;
		put_head(&complete_text, done.principal, actions[c.action], done.resource, accounts[c.account]);
		put_context(&complete_text, done.value);
		put_public_access(&complete_text, done.public_access);
		put(&complete_text, c.policies.data);
		put(&complete_text, "}");
		got = decision_of_text(complete_text.data);
		if (decision == IAM_ALLOWED || decision == IAM_EXPLICIT_DENY)
			good = strcmp(got, iam_decision_name(decision)) == 0;
		else if (decision == IAM_IMPLICIT_DENY)
			good = strcmp(got, "allowed") != 0 && strcmp(got, "error") != 0;
		else
			good = holds(verdict.formula, &c, &done) == (strcmp(got, "allowed") == 0);
		CHECK_RULE(good, "EVAL-14", iam_decision_name(decision));
		if (!good && checks_failed < 2)
		{
			IamBuf		buf;

			iam_buf_init(&buf, &arena);
			iam_formula_json(&buf, verdict.formula);
			fprintf(stderr, "%s\nbecomes %s:\n%s\n%.*s\n", unknown.data, got, complete_text.data,
					(int) buf.len, buf.data);
		}
	}
	iam_arena_release(&arena);
}

int
main(void)
{
	uint32_t	conditional = 0;

	for (int i = 0; i < REQUESTS && checks_failed < 5; i++)
		run(&conditional);
	/* the generator is worth something only if much is left open */
	CHECK(conditional > REQUESTS / 8);
	return checks_done();
}
