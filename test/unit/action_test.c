/*
 * action_test.c: Action entries by class, from text and in a compiled
 * statement (ACT-1..6, GRAM-13 where evaluation sees it).
 */
#include "check.h"
#include "action.h"
#include "policy.h"

static IamStr
str(const char *s)
{
	return (IamStr) {s, (uint32_t) strlen(s)};
}

typedef struct ClassCase
{
	const char *text;
	IamActionClass action_class;
	const char *service;
	const char *name;
} ClassCase;

static const ClassCase class_cases[] = {
	{"*", IAM_ACTION_ANY, "", "*"},
	{"*:*", IAM_ACTION_ANY, "*", "*"},
	{"**", IAM_ACTION_UNUSABLE, "", "**"},
	{"", IAM_ACTION_UNUSABLE, "", ""},
	{"s3", IAM_ACTION_UNUSABLE, "", "s3"},
	{"s3:GetObject", IAM_ACTION_EXACT, "s3", "GetObject"},
	{"s3:", IAM_ACTION_EXACT, "s3", ""},
	{":GetObject", IAM_ACTION_UNUSABLE, "", "GetObject"},
	{"s3:*", IAM_ACTION_PREFIX, "s3", "*"},
	{"s3:Get*", IAM_ACTION_PREFIX, "s3", "Get*"},
	{"s3:Get**", IAM_ACTION_GLOB, "s3", "Get**"},
	{"s3:Get?*", IAM_ACTION_GLOB, "s3", "Get?*"},
	{"s3:*Object", IAM_ACTION_GLOB, "s3", "*Object"},
	{"s3:a:b", IAM_ACTION_EXACT, "s3", "a:b"},
	{"*:GetObject", IAM_ACTION_EXACT, "*", "GetObject"},
	{"*:Get*", IAM_ACTION_PREFIX, "*", "Get*"},
	{"s*:GetObject", IAM_ACTION_UNUSABLE, "s*", "GetObject"},
	{"s?:GetObject", IAM_ACTION_UNUSABLE, "s?", "GetObject"},
	{"**:*", IAM_ACTION_UNUSABLE, "**", "*"},
};

typedef struct MatchCase
{
	const char *rule;
	const char *pattern;
	const char *action;
	bool		matches;
} MatchCase;

static const MatchCase match_cases[] = {
	{"ACT-1", "s3:GetObject", "S3:getobject", true},
	{"ACT-1", "S3:GETOBJECT", "s3:GetObject", true},
	{"ACT-1", "s3:GetObject", "s3:GetObjectAcl", false},
	{"ACT-1", "s3:GetObject", "sqs:GetObject", false},
	{"ACT-2", "*", "s3:GetObject", true},
	{"ACT-2", "s3:*", "s3:GetObject", true},
	{"ACT-2", "s3:*", "s3-outposts:GetObject", false},
	{"ACT-2", "s3:get*", "s3:GetObject", true},
	{"ACT-2", "s3:*Object*", "s3:GetObjectAcl", true},
	{"ACT-2", "s3:*Bucket", "s3:GetObject", false},
	{"ACT-2", "s3:Get*Acl", "s3:GetObjectAcl", true},
	{"ACT-3", "s3:Get?bject", "s3:GetObject", true},
	{"ACT-3", "s3:GetObjec??", "s3:GetObject", false},
	{"ACT-3", "s3:?", "s3:", false},
	{"ACT-3", " s3:GetObject", "s3:GetObject", false},
	{"ACT-3", "s3:GetObject ", "s3:GetObject", false},
	{"ACT-3", "s3:GetObject,s3:PutObject", "s3:GetObject", false},
	{"ACT-4", "*:*", "s3:GetObject", true},
	{"ACT-4", "*:GetObject", "s3:GetObject", true},
	{"ACT-4", "*:Get*", "s3:GetObject", true},
	{"ACT-4", "*:Put*", "s3:GetObject", false},
	{"ACT-4", "s*:GetObject", "s3:GetObject", false},
	{"ACT-4", "?3:GetObject", "s3:GetObject", false},
	{"EVAL-15", "**", "s3:GetObject", false},
	{"ACT-6", "s3:${aws:username}", "s3:bob", false},
	{"ACT-6", "s3:${aws:username}", "s3:${aws:username}", true},
	{"ACT-1", "GetObject", "s3:GetObject", false},
	{"ACT-1", "*", "GetObject", false},
	{"ACT-1", "s3:a:b", "s3:a:b", true},
};

static IamActionKey
action_key(IamArena *arena, const char *action)
{
	const char *colon = strchr(action, ':');
	IamActionKey key;

	key.service = iam_str_fold(arena, (IamStr) {action, (uint32_t) (colon - action)});
	key.name = iam_str_fold(arena, str(colon + 1));
	key.service_hash = iam_hash32_fold(key.service);
	key.name_hash = iam_hash32_fold(key.name);
	return key;
}

static const IamPolicy *
compile(IamArena *arena, const char *actions)
{
	const IamPolicy *policy = NULL;
	IamError	err;
	IamBuf		text;

	iam_buf_init(&text, arena);
	iam_buf_cstr(&text, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":");
	iam_buf_cstr(&text, actions);
	iam_buf_cstr(&text, ",\"Resource\":\"*\"}}");
	if (!iam_policy_compile(arena, iam_buf_result(&text), &policy, &err))
		fprintf(stderr, "%s: %s\n", err.path, err.message);
	return policy;
}

/* The entry the look-up names has to match by itself. */
static void
check_listed(const IamPolicy *policy, const char *action, bool expected)
{
	IamArena	arena;
	IamActionKey key;
	const IamStatement *stmt;
	uint32_t	matched = UINT32_MAX;
	bool		listed;

	if (policy == NULL)
		return;
	stmt = iam_policy_statement(policy, 0);
	iam_arena_init(&arena, &iam_malloc_host);
	key = action_key(&arena, action);
	listed = iam_action_listed(policy, stmt, &key, &matched);
	CHECK_RULE(listed == expected, "ACT-6", action);
	CHECK(iam_action_listed(policy, stmt, &key, NULL) == expected);
	if (listed)
	{
		CHECK(matched < stmt->action_count);
		if (matched < stmt->action_count)
			CHECK_RULE(iam_action_matches(iam_slice(policy, IAM_ACTIONS(policy, stmt)[matched].text),
										  str(action)), "ACT-6", "the matched entry matches");
	}
	iam_arena_release(&arena);
}

/* Many services with many entries each: every one is found, its neighbours are not. */
static void
test_large(IamArena *arena)
{
	const IamPolicy *policy;
	IamBuf		text;
	char		action[64];

	iam_buf_init(&text, arena);
	iam_buf_char(&text, '[');
	for (int service = 0; service < 100; service++)
		for (int name = 0; name < 12; name++)
			iam_buf_format(&text, "%s\"Svc%d:%s%d%s\"", text.len > 1 ? "," : "", service,
						   name % 4 == 3 ? "Pre" : "Exact", name, name % 4 == 3 ? "x*" : "");
	iam_buf_cstr(&text, ",\"svc7:*middle*\",\"*:Every?here\",\"unusable\"]");
	iam_buf_char(&text, '\0');
	policy = compile(arena, text.data);
	CHECK(policy != NULL);
	for (int service = 0; service < 100; service++)
		for (int name = 0; name < 12; name++)
		{
			bool		prefix = name % 4 == 3;

			snprintf(action, sizeof action, "sVC%d:%s%d%s", service, prefix ? "pre" : "exact", name,
					 prefix ? "XYZ" : "");
			check_listed(policy, action, true);
			snprintf(action, sizeof action, "svc%d:%s%dn", service, prefix ? "pre" : "exact", name);
			check_listed(policy, action, false);
		}
	check_listed(policy, "svc7:in-the-middle-of", true);
	check_listed(policy, "svc8:in-the-middle-of", false);
	check_listed(policy, "other:everywhere", true);
	check_listed(policy, "other:everyhere", false);
	check_listed(policy, "unusable:x", false);
}

int
main(void)
{
	IamArena	arena;
	const IamPolicy *policy;

	iam_arena_init(&arena, &iam_malloc_host);
	for (size_t i = 0; i < sizeof class_cases / sizeof class_cases[0]; i++)
	{
		const ClassCase *c = &class_cases[i];
		IamStr		service;
		IamStr		name;

		CHECK_RULE(iam_action_classify(str(c->text), &service, &name) == c->action_class,
				   "ACT-2", c->text);
		CHECK_RULE(iam_str_equal(service, str(c->service)), "ACT-1", c->text);
		CHECK_RULE(iam_str_equal(name, str(c->name)), "ACT-1", c->text);
	}
	for (size_t i = 0; i < sizeof match_cases / sizeof match_cases[0]; i++)
	{
		const MatchCase *c = &match_cases[i];
		char		list[128];

		CHECK_RULE(iam_action_matches(str(c->pattern), str(c->action)) == c->matches,
				   c->rule, c->pattern);
		if (strchr(c->action, ':') == NULL)
			continue;
		snprintf(list, sizeof list, "[\"zz:Other\",\"%s\",\"aa:*\"]", c->pattern);
		policy = compile(&arena, list);
		CHECK(policy != NULL);
		check_listed(policy, c->action, c->matches);
	}

	policy = compile(&arena, "[\"s3:GetObject\",\"*\",\"bad\"]");
	check_listed(policy, "sqs:SendMessage", true);
	check_listed(policy, "s3:GetObject", true);
	policy = compile(&arena, "\"S3:Get*\"");
	check_listed(policy, "s3:getobject", true);
	policy = compile(&arena, "[\"S3:GetObject\",\"s3:PutObject\",\"s3:Getobject\"]");
	check_listed(policy, "s3:getobject", true);
	check_listed(policy, "s3:putobject", true);
	test_large(&arena);
	iam_arena_release(&arena);
	return checks_done();
}
