/*
 * rules.h: rows of rule, request document and decision, for the rules_*_test.c
 * programs.  Each row is decided, explained, and the explanation is read back:
 * it has to be JSON that says the same.
 */
#ifndef IAM_RULES_H
#define IAM_RULES_H

#include "evaluating.h"

#define A1		"111111111111"
#define A2		"222222222222"
#define BOB_ARN "arn:aws:iam::111111111111:user/bob"
#define APP_ARN "arn:aws:iam::111111111111:role/app"
#define S1_ARN	"arn:aws:sts::111111111111:assumed-role/app/s1"
#define FED_ARN "arn:aws:sts::111111111111:federated-user/fed"
#define ROOT_ARN "arn:aws:iam::111111111111:root"
#define TARGET_ARN "arn:aws:iam::111111111111:role/target"
#define KEY_ARN "arn:aws:kms:us-east-1:111111111111:key/k"
#define KEY2_ARN "arn:aws:kms:us-east-1:222222222222:key/k"
#define CANONICAL_ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#define BY(principal) "'principal':'" principal "'"
#define ON(action, resource) "'action':'" action "','resource':'" resource "'"
#define OWNED(account) "'resource_account':'" account "'"
#define GET_OWN ON("s3:GetObject", "arn:aws:s3:::b/k") "," OWNED(A1)
#define GET_FOREIGN ON("s3:GetObject", "arn:aws:s3:::b/k") "," OWNED(A2)
#define ASSUME	ON("sts:AssumeRole", TARGET_ARN)
#define UNKNOWN_CONTEXT "'unknown_context':true"
#define CONTEXT(members) "'context':{" members "}"

#define DOC(statements) "{'Version':'2012-10-17','Statement':[" statements "]}"
#define STMT(effect, rest) "{'Effect':'" effect "'," rest "}"
#define ANY		"'Action':'*','Resource':'*'"
#define IF(condition) ANY ",'Condition':{" condition "}"
#define FOR(principal) "'Principal':" principal "," ANY
#define BUT(principal) "'NotPrincipal':" principal "," ANY
#define AWS(arn) "{'AWS':'" arn "'}"

#define ALLOW_IF(condition) DOC(STMT("Allow", IF(condition)))
#define DENY_IF(condition) DOC(STMT("Deny", IF(condition)))
#define ALLOW_ON(resource) DOC(STMT("Allow", "'Action':'*','Resource':" resource))
#define DENY_ON(resource) DOC(STMT("Deny", "'Action':'*','Resource':" resource))

#define IDENTITY(policies) "'identity_policies':[" policies "]"
#define BOUNDARY(policy) "'permissions_boundary':" policy
#define SESSIONS(policies) "'session_policies':[" policies "]"
#define RESOURCE(policy) "'resource_policy':" policy
#define TRUSTS(principal) RESOURCE(DOC(STMT("Allow", "'Principal':" principal ",'Action':'sts:*'")))
#define GRANTS(principal) RESOURCE(NAMING("Allow", principal))
#define SCPS(levels) "'service_control_policies':[" levels "]"
#define RCPS(levels) "'resource_control_policies':[" levels "]"
#define ENDPOINT(policies) "'vpc_endpoint_policies':[" policies "]"
#define RCP_FULL "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':'*','Action':'*','Resource':'*'}]}"

typedef struct Rule
{
	const char *rule;
	const char *what;
	const char *document;		/* the members, without braces; ' for " */
	const char *decision;
	const char *conditions;		/* of the explanation, ' for "; NULL: not looked at */
} Rule;

static inline bool
is_null_member(const IamJson *json, const char *name)
{
	const IamJson *member = iam_json_member(json, name);

	return member != NULL && member->type == IAM_JSON_NULL;
}

static inline bool
is_of_type(const IamJson *json, const char *name, IamJsonType type)
{
	const IamJson *member = iam_json_member(json, name);

	return member != NULL && member->type == type;
}

/* interface.md section 2: every member is there and fits the decision. */
static inline bool
explanation_is_sound(const IamJson *json, const char *decision)
{
	const IamJson *said = iam_json_member(json, "decision");
	bool		denied = strcmp(decision, "explicit_deny") == 0 || strcmp(decision, "implicit_deny") == 0;
	bool		conditional = strcmp(decision, "conditional") == 0;

	return said != NULL && iam_str_equal(said->text, (IamStr) {decision, (uint32_t) strlen(decision)})
		&& is_of_type(json, "reason", IAM_JSON_STRING) && iam_json_member(json, "reason")->text.len > 0
		&& is_of_type(json, "gates", IAM_JSON_ARRAY) && is_of_type(json, "matched_statements", IAM_JSON_ARRAY)
		&& is_of_type(json, "missing_context", IAM_JSON_ARRAY) && is_of_type(json, "assumptions", IAM_JSON_ARRAY)
		&& is_of_type(json, "blocked_by", denied ? IAM_JSON_STRING : IAM_JSON_NULL)
		&& is_of_type(json, "conditions", conditional ? IAM_JSON_OBJECT : IAM_JSON_NULL);
}

/* The text of "conditions":... in an explanation, up to the member behind it. */
static inline IamStr
conditions_text(const char *explanation)
{
	const char *from = strstr(explanation, "\"conditions\":null");
	const char *end = strstr(explanation, ",\"missing_context\":");
	const char *next;

	/* statements have a member of that name too: the last one is the decision's */
	for (next = strstr(explanation, ",\"conditions\":"); next != NULL && end != NULL && next < end;
		 next = strstr(next + 1, ",\"conditions\":"))
		from = next + 1;
	if (from == NULL || end == NULL)
		return IAM_NO_STR;
	from += strlen("\"conditions\":");
	return (IamStr) {from, (uint32_t) (end - from)};
}

static inline void
check_rule(const Rule *row)
{
	IamArena	arena;
	IamBuf		text;
	const char *got;
	const char *explanation;
	const IamJson *json;
	IamError	err;
	bool		sound;

	iam_arena_init(&arena, &iam_malloc_host);
	iam_buf_init(&text, &arena);
	iam_buf_char(&text, '{');
	iam_buf_cstr(&text, row->document);
	iam_buf_char(&text, '}');
	iam_buf_char(&text, '\0');
	got = decision_of_text(text.data);
	if (strcmp(got, row->decision) != 0)
		fprintf(stderr, "got %s instead of %s: ", got, row->decision);
	CHECK_RULE(strcmp(got, row->decision) == 0, row->rule, row->what);
	explanation = explanation_of_text(&arena, text.data);
	memset(&err, 0, sizeof err);
	sound = iam_json_parse(&arena, (IamStr) {explanation, (uint32_t) strlen(explanation)}, 1 << 20, &json, &err)
		&& explanation_is_sound(json, got);
	if (!sound)
		fprintf(stderr, "%s %s\n", err.message, explanation);
	CHECK_RULE(sound, row->rule, "the explanation says the same");
	if (row->conditions != NULL)
	{
		IamStr		want = quoted_text(&arena, row->conditions);
		IamStr		tree = conditions_text(explanation);

		if (!iam_str_equal(want, tree))
			fprintf(stderr, "got %.*s\n", (int) tree.len, tree.data);
		CHECK_RULE(iam_str_equal(want, tree), row->rule, row->what);
	}
	iam_arena_release(&arena);
}

#define CHECK_RULES(rows) \
	do { \
		for (size_t row_ = 0; row_ < sizeof(rows) / sizeof((rows)[0]); row_++) \
			check_rule(&(rows)[row_]); \
	} while (0)

#endif
