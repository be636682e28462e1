/*
 * effect_test.c: what one policy says: grades of principals, NotPrincipal, resources
 * with wildcards, unreadable documents, formulas, images.
 */
#include "evaluating.h"

/* Room for the grades and the deny of an effect as text. */
#define OUT_BYTES 120

#define BOB		"arn:aws:iam::111111111111:user/bob"
#define SESSION "arn:aws:sts::111111111111:assumed-role/app/s1"
#define ROLE	"arn:aws:iam::111111111111:role/app"
#define FED		"arn:aws:sts::111111111111:federated-user/fed"
#define ROOT	"arn:aws:iam::111111111111:root"

/* ---- grades (PRIN-2..12, PRIN-15) ---- */

static const IamCaller *
make_caller(IamArena *arena, const char *principal, const char *unique_id, const char *role_arn)
{
	IamCallerInput input;
	const IamCaller *caller;
	IamError	err;
	char		canonical[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

	memset(&input, 0, sizeof input);
	input.principal = (IamStr) {principal, (uint32_t) strlen(principal)};
	input.unique_id = (IamStr) {unique_id, (uint32_t) strlen(unique_id)};
	input.role_arn = (IamStr) {role_arn, (uint32_t) strlen(role_arn)};
	if (strstr(principal, "federated-user") != NULL)
		input.federating_user = IAM_LIT(BOB);
	input.canonical_id = (IamStr) {canonical, 64};
	if (!iam_caller_compile(arena, &input, &caller, &err))
	{
		fprintf(stderr, "%s: %s\n", principal, err.message);
		exit(1);
	}
	return caller;
}

/* "account+direct?" and the like; "none". */
static void
name_grades(const IamTri grades[IAM_GRADE_COUNT], char out[80])
{
	out[0] = '\0';
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		if (grades[g] != IAM_NO)
		{
			strcat(out, out[0] == '\0' ? "" : "+");
			strcat(out, iam_grade_name((IamGrade) g));
			strcat(out, grades[g] == IAM_UNKNOWN ? "?" : "");
		}
	if (out[0] == '\0')
		strcpy(out, "none");
}

static void
grades_of_entry(const IamCaller *caller, const char *type, const char *entry, bool unknown, char out[80])
{
	IamTri		grades[IAM_GRADE_COUNT];
	struct
	{
		char		pad[8];
		char		text[200];
	}			image;
	IamPrincipal principal;
	IamStr		text = {image.text, (uint32_t) strlen(entry)};
	IamStr		account;
	IamStr		partition;

	memset(&image, 0, sizeof image);
	memset(&principal, 0, sizeof principal);
	memcpy(image.text, entry, text.len);
	principal.form = (uint8_t) iam_principal_form((IamStr) {type, (uint32_t) strlen(type)}, text, &account, &partition);
	principal.text = (IamSlice) {8, text.len};
	if (account.len > 0)
		principal.account = (IamSlice) {(uint32_t) (account.data - (char *) &image), account.len};
	if (partition.len > 0)
		principal.partition = (IamSlice) {(uint32_t) (partition.data - (char *) &image), partition.len};
	iam_principal_grades(&image, &principal, caller, unknown, grades);
	name_grades(grades, out);
}

static void
test_grades(void)
{
	static const struct
	{
		const char *rule;
		const char *caller;
		const char *unique_id;
		const char *role_arn;
		const char *type;
		const char *entry;
		bool		unknown;
		const char *want;
	}			cases[] = {
		{"PRIN-2", "anonymous", "", "", "", "*", false, "direct"},
		{"PRIN-2", "anonymous", "", "", "AWS", "*", false, "direct"},
		{"PRIN-2", "sns.amazonaws.com", "", "", "AWS", "*", false, "direct"},
		{"PRIN-2", "accounts.google.com", "", "", "AWS", "*", false, "none"},
		{"PRIN-2", "accounts.google.com", "", "", "", "*", false, "direct"},
		{"PRIN-3", BOB, "", "", "AWS", "111111111111", false, "account"},
		{"PRIN-3", SESSION, "", "", "AWS", ROOT, false, "account"},
		{"PRIN-3", FED, "", "", "AWS", ROOT, false, "account"},
		{"PRIN-3", BOB, "", "", "AWS", "arn:aws-cn:iam::111111111111:root", false, "none"},
		{"PRIN-3", BOB, "", "", "AWS", "222222222222", false, "none"},
		{"PRIN-3", "arn:aws:iam::111111111111:saml-provider/p", "", "", "AWS", "111111111111", false, "none"},
		{"PRIN-4", ROOT, "", "", "AWS", "111111111111", false, "direct"},
		{"PRIN-5", BOB, "", "", "AWS", BOB, false, "direct"},
		{"PRIN-5", "arn:aws:iam::111111111111:user/p/bob", "", "", "AWS", BOB, false, "none"},
		{"PRIN-5", "arn:aws:iam::111111111111:user/Bob", "", "", "AWS", BOB, false, "none"},
		{"PRIN-5", FED, "", "", "AWS", BOB, false, "federating_user"},
		{"PRIN-6", SESSION, "", "", "AWS", ROLE, false, "role"},
		{"PRIN-6", ROLE, "", "", "AWS", ROLE, false, "role"},
		{"PRIN-6", BOB, "", "", "AWS", ROLE, false, "none"},
		{"ARN-12", SESSION, "", "arn:aws:iam::111111111111:role/p/app", "AWS", "arn:aws:iam::111111111111:role/p/app", false, "role"},
		{"ARN-12", SESSION, "", "arn:aws:iam::111111111111:role/p/app", "AWS", ROLE, false, "none"},
		{"ARN-12", SESSION, "", "", "AWS", "arn:aws:iam::111111111111:role/p/app", false, "none"},
		{"ARN-12", SESSION, "", "", "AWS", "arn:aws:iam::111111111111:role/p/app", true, "none"},
		{"ARN-12", SESSION, "", "", "AWS", "arn:aws:iam::111111111111:role/p/xapp", true, "none"},
		{"PRIN-7", SESSION, "", "", "AWS", SESSION, false, "direct"},
		{"PRIN-7", SESSION, "", "", "AWS", "arn:aws:sts::111111111111:assumed-role/app/s2", true, "none"},
		{"PRIN-15", ROLE, "", "", "AWS", SESSION, false, "none"},
		{"PRIN-15", ROLE, "", "", "AWS", SESSION, true, "direct?"},
		{"PRIN-15", ROLE, "", "", "AWS", "arn:aws:sts::111111111111:assumed-role/xapp/s1", true, "none"},
		{"PRIN-15", "arn:aws:iam::111111111111:role/p/app", "", "", "AWS", SESSION, true, "direct?"},
		{"PRIN-15", ROLE, "AROAABCDEFGHIJKLMNOPQ", "", "AWS", "AROAABCDEFGHIJKLMNOPQ:s1", true, "direct?"},
		{"PRIN-15", ROLE, "AROAABCDEFGHIJKLMNOPQ", "", "AWS", "AROAABCDEFGHIJKLMNOPQ:s1", false, "none"},
		{"PRIN-8", FED, "", "", "AWS", FED, false, "direct"},
		{"PRIN-8", FED, "", "", "AWS", "arn:aws:sts::111111111111:federated-user/x", false, "none"},
		{"PRIN-9", "s3.amazonaws.com", "", "", "Service", "s3.amazonaws.com", false, "direct"},
		{"PRIN-9", "s3.ap-east-1.amazonaws.com", "", "", "Service", "s3.amazonaws.com", false, "none"},
		{"PRIN-9", SESSION, "", "", "Service", "s3.amazonaws.com", false, "none"},
		{"PRIN-10", BOB, "AIDAABCDEFGHIJKLMNOPQ", "", "AWS", "AIDAABCDEFGHIJKLMNOPQ", false, "direct"},
		{"PRIN-10", BOB, "", "", "AWS", "AIDAABCDEFGHIJKLMNOPQ", false, "none"},
		{"PRIN-10", SESSION, "AROAABCDEFGHIJKLMNOPQ", "", "AWS", "AROAABCDEFGHIJKLMNOPQ", false, "role"},
		{"PRIN-10", SESSION, "AROAABCDEFGHIJKLMNOPQ", "", "AWS", "AROAABCDEFGHIJKLMNOPQ:s1", false, "direct"},
		{"PRIN-10", SESSION, "AROAABCDEFGHIJKLMNOPQ", "", "AWS", "AROAABCDEFGHIJKLMNOPQ:s2", false, "none"},
		{"PRIN-11", "accounts.google.com", "", "", "Federated", "accounts.google.com", false, "direct"},
		{"PRIN-11", "arn:aws:iam::111111111111:saml-provider/p", "", "", "Federated", "arn:aws:iam::111111111111:saml-provider/p", false, "direct"},
		{"PRIN-12", BOB, "", "", "CanonicalUser", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false, "account"},
		{"PRIN-12", BOB, "", "", "CanonicalUser", "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false, "none"},
		{"Q-6", ROOT, "", "", "CanonicalUser", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false, "direct"},
		{"PRIN-13", BOB, "", "", "AWS", "arn:aws:iam::111111111111:group/g", false, "none"},
		{"PRIN-7", SESSION, "", "", "AWS", "arn:aws:sts::111111111111:assumed-role/app/*", true, "none"}
	};
	IamArena	arena;
	char		got[80];

	iam_arena_init(&arena, &iam_malloc_host);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		grades_of_entry(make_caller(&arena, cases[i].caller, cases[i].unique_id, cases[i].role_arn),
						cases[i].type, cases[i].entry, cases[i].unknown, got);
		if (strcmp(got, cases[i].want) != 0)
			fprintf(stderr, "%s by %s: %s instead of %s\n", cases[i].entry, cases[i].caller, got, cases[i].want);
		CHECK_RULE(strcmp(got, cases[i].want) == 0, cases[i].rule, cases[i].entry);
	}
	/* nobody in particular */
	grades_of_entry(NULL, "", "*", false, got);
	CHECK(strcmp(got, "direct") == 0);
	grades_of_entry(NULL, "AWS", "111111111111", false, got);
	CHECK(strcmp(got, "account?+direct?") == 0);
	grades_of_entry(NULL, "AWS", ROLE, false, got);
	CHECK(strcmp(got, "role?") == 0);
	grades_of_entry(NULL, "AWS", "arn:aws:iam::111111111111:group/g", false, got);
	CHECK(strcmp(got, "none") == 0);
	iam_arena_release(&arena);
}

/* ---- effects of one policy ---- */

/* "allow:direct", "deny?", "allow:account+deny", "none": the first policy of the document. */
static void
effect_of_text(const char *text, char out[OUT_BYTES])
{
	IamArena	arena;
	IamRequestDocument doc;
	IamEvaluation ev;
	IamEffect	effect;
	IamEffect	back;
	IamBuf		image;
	IamError	err;
	char		grades[80];

	iam_arena_init(&arena, &iam_malloc_host);
	if (!parse_document(&arena, text, &doc))
		exit(1);
	memset(&ev, 0, sizeof ev);
	ev.arena = &arena;
	ev.request = doc.request;
	ev.caller = doc.caller;
	iam_policy_effect(&ev, doc.policies[0].policy, doc.policies[0].kind, &effect);
	name_grades(effect.allow, grades);
	snprintf(out, OUT_BYTES, "%s%s%s%s", strcmp(grades, "none") == 0 ? "" : "allow:", strcmp(grades, "none") == 0 ? "" : grades,
			effect.deny != IAM_NO && strcmp(grades, "none") != 0 ? "+" : "",
			effect.deny == IAM_YES ? "deny" : effect.deny == IAM_UNKNOWN ? "deny?" : "");
	if (out[0] == '\0')
		strcpy(out, "none");

	/* with formulas the values are the same, the trees are exact, and both survive as an image */
	ev.want_formulas = true;
	iam_policy_effect(&ev, doc.policies[0].policy, doc.policies[0].kind, &back);
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
	{
		CHECK(back.allow[g] == effect.allow[g]);
		CHECK(iam_formula_value(back.allow_formula[g]) == back.allow[g]);
	}
	CHECK(back.deny == effect.deny && iam_formula_value(back.deny_formula) == back.deny);
	effect = back;
	iam_buf_init(&image, &arena);
	iam_effect_write(&image, &effect);
	CHECK(iam_effect_read(&arena, image.data, image.len, &back, &err));
	CHECK(memcmp(back.allow, effect.allow, sizeof back.allow) == 0 && back.deny == effect.deny);
	CHECK(iam_formula_equal(back.deny_formula, effect.deny_formula));
	CHECK(!iam_effect_read(&arena, image.data, image.len - 1, &back, &err) && err.status == IAM_CORRUPT);
	iam_arena_release(&arena);
}

#define CHECK_EFFECT(rule, want, document) \
	do { \
		char got_[OUT_BYTES]; \
		effect_of_text(document, got_); \
		if (strcmp(got_, (want)) != 0) \
			fprintf(stderr, "got %s: ", got_); \
		CHECK_RULE(strcmp(got_, (want)) == 0, rule, want ": " document); \
	} while (0)

#define BY(principal) "'principal':'" principal "','action':'s3:GetObject','resource_account':'111111111111'"
#define GET(principal) "{" BY(principal) ",'resource':'arn:aws:s3:::b/k'"
#define POLICY(statement) "{'Version':'2012-10-17','Statement':" statement "}"
#define NOT(effect, principals) ",'resource_policy':" POLICY("{'Effect':'" effect "','NotPrincipal':{'AWS':[" principals "]},'Action':'*','Resource':'*'}") "}"

static void
test_not_principal(void)
{
	CHECK_EFFECT("PRIN-30", "deny", GET(BOB) NOT("Deny", "'arn:aws:iam::111111111111:user/x'"));
	CHECK_EFFECT("PRIN-31", "none", GET(BOB) NOT("Deny", "'" BOB "','111111111111'"));
	CHECK_EFFECT("Q-7", "deny", GET(BOB) NOT("Deny", "'" BOB "'"));
	CHECK_EFFECT("Q-7", "deny", GET(BOB) NOT("Deny", "'111111111111'"));
	CHECK_EFFECT("PRIN-31", "none", GET(SESSION) NOT("Deny", "'" SESSION "','" ROLE "','" ROOT "'"));
	CHECK_EFFECT("PRIN-31", "deny", GET(SESSION) NOT("Deny", "'" ROLE "','" ROOT "'"));
	CHECK_EFFECT("PRIN-31", "none", GET(ROOT) NOT("Deny", "'111111111111'"));
	CHECK_EFFECT("PRIN-31", "none", GET(FED) NOT("Deny", "'" FED "','111111111111'"));
	CHECK_EFFECT("PRIN-31", "none", "{" BY("sns.amazonaws.com") ",'resource':'arn:aws:s3:::b/k','resource_policy':"
				 POLICY("{'Effect':'Deny','NotPrincipal':{'Service':'sns.amazonaws.com'},'Action':'*','Resource':'*'}") "}");
	CHECK_EFFECT("PRIN-31", "deny", GET("anonymous") NOT("Deny", "'" BOB "'"));
	CHECK_EFFECT("PRIN-15", "deny", GET(ROLE) NOT("Deny", "'" SESSION "','" ROLE "','" ROOT "'"));
	CHECK_EFFECT("PRIN-15", "deny?", GET(ROLE) ",'unknown_context':true" NOT("Deny", "'" SESSION "','" ROLE "','" ROOT "'"));
	CHECK_EFFECT("PRIN-34", "allow:direct", GET(BOB) NOT("Allow", "'arn:aws:iam::111111111111:user/x'"));
	CHECK_EFFECT("PRIN-34", "none", GET(BOB) NOT("Allow", "'111111111111'"));
	CHECK_EFFECT("PRIN-34", "allow:direct", GET("anonymous") NOT("Allow", "'111111111111'"));
	CHECK_EFFECT("PRIN-34", "allow:direct?", GET(ROLE) ",'unknown_context':true" NOT("Allow", "'" SESSION "'"));
	CHECK_EFFECT("PRIN-35", "none", "{'principal':'" BOB "','action':'sts:AssumeRole','resource':'arn:aws:iam::111111111111:role/x'"
				 NOT("Allow", "'arn:aws:iam::111111111111:user/x'"));
	CHECK_DECISION("PRIN-33", "explicit_deny", GET(BOB) ",'permissions_boundary':" ALLOW_ALL
				   NOT("Deny", "'" BOB "','111111111111'"));
}

static void
test_statements(void)
{
	CHECK_EFFECT("PRIN-14", "none", GET(BOB) ",'resource_policy':" ALLOW_ALL "}");
	CHECK_EFFECT("EVAL-15", "allow:direct", GET(BOB) ",'identity_policies':[" POLICY("{'Effect':'Allow','Action':'*'}") "]}");
	CHECK_EFFECT("EVAL-15", "allow:direct", GET(BOB) ",'identity_policies':[" NAMING("Allow", "{'AWS':'222222222222'}") "]}");
	CHECK_EFFECT("EVAL-15", "none", GET(BOB) ",'identity_policies':[" POLICY("{'Effect':'Allow','Action':'**','Resource':'*'}") "]}");
	CHECK_EFFECT("EVAL-15", "allow:account", "{'principal':'" BOB "','action':'sts:AssumeRole','resource':'arn:aws:iam::111111111111:role/x',"
				 "'resource_policy':" POLICY("{'Effect':'Allow','Principal':{'AWS':'111111111111'},'Action':'sts:AssumeRole','Resource':'arn:aws:s3:::b'}") "}");
	CHECK_EFFECT("RES-1", "allow:direct", GET(BOB) ",'identity_policies':[" POLICY("{'Effect':'Allow','Action':'s3:*','Resource':['arn:aws:s3:::x','arn:aws:s3:::b/*']}") "]}");
	CHECK_EFFECT("RES-2", "none", GET(BOB) ",'identity_policies':[" POLICY("{'Effect':'Allow','Action':'s3:*','NotResource':['arn:aws:s3:::x','arn:aws:s3:::b/*']}") "]}");
	CHECK_EFFECT("RES-4", "none", "{" BY(BOB) ",'resource':'*','identity_policies':[" POLICY("{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::*'}") "]}");
	CHECK_EFFECT("RES-4", "allow:direct", "{" BY(BOB) ",'resource':'*','identity_policies':[" POLICY("{'Effect':'Allow','Action':'s3:*','NotResource':'arn:aws:s3:::*'}") "]}");
	CHECK_EFFECT("RES-5", "allow:direct", GET(SESSION) ",'identity_policies':[" POLICY("{'Effect':'Allow','Action':'s3:*','NotResource':'arn:aws:s3:::b/${aws:username}'}") "]}");
	CHECK_EFFECT("ARN-7", "allow:direct", GET(BOB) ",'identity_policies':[" POLICY("{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3'}") "]}");
	CHECK_EFFECT("ARN-7", "none", GET(BOB) ",'resource_policy':" POLICY("{'Effect':'Allow','Principal':'*','Action':'s3:*','Resource':'arn:aws:s3'}") "}");
	CHECK_EFFECT("RES-6", "allow:direct", "{" BY(BOB) ",'resource':'arn:aws:s3:::b/x*','identity_policies':[" POLICY("{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::b/*'}") "]}");
	CHECK_EFFECT("RES-6", "allow:direct?", "{" BY(BOB) ",'resource':'arn:aws:s3:::b/*','identity_policies':[" POLICY("{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::b/x*'}") "]}");
	CHECK_EFFECT("RES-6", "none", "{" BY(BOB) ",'resource':'arn:aws:s3:::b/*','identity_policies':[" POLICY("{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::c/*'}") "]}");
	CHECK_EFFECT("EVAL-13", "allow:direct+deny", GET(BOB) ",'identity_policies':[" POLICY("[{'Effect':'Deny','Action':'s3:Get*','Resource':'*'},{'Effect':'Allow','Action':'*','Resource':'*'}]") "]}");
	CHECK_EFFECT("EVAL-14", "allow:account?+role?+federating_user?+direct?+deny?", GET(BOB) ",'identity_policies':[{'name':'x','policy':null}]}");
	CHECK_EFFECT("EVAL-14", "deny?", GET(BOB) ",'unknown_context':true,'identity_policies':["
				 POLICY("{'Effect':'Deny','Action':'*','Resource':'*','Condition':{'Bool':{'aws:SecureTransport':'false'}}}") "]}");
	CHECK_EFFECT("PRIN-1", "allow:role", GET(SESSION) ",'resource_policy':" NAMING("Allow", "{'AWS':['" BOB "','" ROLE "']}") "}");
	CHECK_EFFECT("PRIN-11", "none", "{" BY("accounts.google.com") ",'resource':'arn:aws:s3:::b/k','resource_policy':"
				 NAMING("Allow", "{'Federated':'accounts.google.com'}") "}");
	CHECK_EFFECT("VPCE-4", "none", GET(BOB) ",'vpc_endpoint_policies':[" NAMING("Allow", "{'AWS':'111111111111'}") "]}");
	CHECK_EFFECT("VPCE-4", "allow:direct", GET(ROOT) ",'vpc_endpoint_policies':[" NAMING("Allow", "{'AWS':'111111111111'}") "]}");
	CHECK_EFFECT("VPCE-5", "allow:account", "{'principal':'" BOB "','action':'sqs:SendMessage','resource':'arn:aws:sqs:us-east-1:111111111111:q',"
				 "'vpc_endpoint_policies':[" NAMING("Allow", "{'AWS':'111111111111'}") "]}");
}

/* ---- public bucket policies (S3-4) ---- */

static bool
is_public(const char *statement)
{
	IamArena	arena;
	const IamPolicy *policy;
	IamError	err;
	char		text[2000];
	bool		public = false;

	snprintf(text, sizeof text, "{'Version':'2012-10-17','Statement':[%s]}", statement);
	iam_arena_init(&arena, &iam_malloc_host);
	if (iam_policy_compile(&arena, quoted_text(&arena, text), &policy, &err))
		public = iam_policy_is_public(policy);
	else
		CHECK_RULE(false, "S3-4", err.message);
	iam_arena_release(&arena);
	return public;
}

#define TO_ALL(condition) "{'Effect':'Allow','Principal':'*','Action':'s3:*','Resource':'*','Condition':{" condition "}}"

static void
test_public(void)
{
	CHECK_RULE(is_public("{'Effect':'Allow','Principal':'*','Action':'s3:*','Resource':'*'}"), "S3-4", "everyone");
	CHECK_RULE(is_public("{'Effect':'Allow','Principal':{'AWS':'*'},'Action':'s3:*','Resource':'*'}"), "S3-4", "everyone of AWS");
	CHECK_RULE(is_public("{'Effect':'Allow','NotPrincipal':{'AWS':'111111111111'},'Action':'s3:*','Resource':'*'}"), "S3-4", "everyone else");
	CHECK_RULE(!is_public("{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':'*'}"), "S3-4", "a deny");
	CHECK_RULE(!is_public("{'Effect':'Allow','Principal':{'AWS':'111111111111'},'Action':'s3:*','Resource':'*'}"), "S3-4", "an account");
	CHECK_RULE(!is_public(TO_ALL("'StringEquals':{'aws:PrincipalOrgID':'o-1234567890'}")), "S3-4", "organization");
	CHECK_RULE(is_public(TO_ALL("'StringLike':{'aws:PrincipalArn':'arn:aws:iam::*:role/x'}")), "S3-4", "wildcard value");
	CHECK_RULE(is_public(TO_ALL("'StringNotEquals':{'aws:PrincipalOrgID':'o-1234567890'}")), "S3-4", "negated");
	CHECK_RULE(is_public(TO_ALL("'StringEqualsIfExists':{'aws:SourceVpce':'vpce-1'}")), "S3-4", "absent will do");
	CHECK_RULE(!is_public(TO_ALL("'StringEquals':{'AWS:sourcevpce':['vpce-1','vpce-2']}")), "S3-4", "endpoints");
	CHECK_RULE(is_public(TO_ALL("'StringEquals':{'aws:SourceVpce':['vpce-1','${aws:username}']}")), "S3-4", "variable");
	CHECK_RULE(!is_public(TO_ALL("'IpAddress':{'aws:SourceIp':'203.0.113.0/24'}")), "S3-4", "some addresses");
	CHECK_RULE(is_public(TO_ALL("'IpAddress':{'aws:SourceIp':['203.0.113.0/24','0.0.0.0/1']}")), "S3-4", "half of all");
	CHECK_RULE(is_public(TO_ALL("'Bool':{'aws:SecureTransport':'true'}")), "S3-4", "another key");
}

static void
test_may_match(void)
{
	IamArena	arena;
	IamRequestDocument doc;

	iam_arena_init(&arena, &iam_malloc_host);
	CHECK(parse_document(&arena, GET(BOB) ",'identity_policies':[" ALLOW("s3:Get*") "," ALLOW("ec2:*") ","
						 POLICY("{'Effect':'Deny','NotAction':'s3:*','Resource':'*'}") ","
						 POLICY("{'Effect':'Deny','NotAction':'iam:*','Resource':'arn:aws:iam::1:x'}") "]}", &doc));
	CHECK_RULE(iam_policy_may_match(doc.policies[0].policy, doc.request), "ACT-2", "listed");
	CHECK(!iam_policy_may_match(doc.policies[1].policy, doc.request));
	CHECK_RULE(!iam_policy_may_match(doc.policies[2].policy, doc.request), "ACT-5", "excluded");
	CHECK(iam_policy_may_match(doc.policies[3].policy, doc.request));
	iam_arena_release(&arena);
}

/* Hostile bytes as an effect. */
static void
test_images(void)
{
	IamArena	arena;
	IamEffect	effect;
	IamEffect	back;
	IamBuf		image;
	IamError	err;
	char		bytes[400];
	IamStr		value = IAM_LIT("v");

	iam_arena_init(&arena, &iam_malloc_host);
	memset(&effect, 0, sizeof effect);
	effect.allow[IAM_GRADE_DIRECT] = IAM_UNKNOWN;
	effect.public = true;
	iam_buf_init(&image, &arena);
	iam_effect_write(&image, &effect);
	CHECK(image.len == 16);
	CHECK(iam_effect_read(&arena, image.data, image.len, &back, &err) && back.public && back.allow_formula[3] == NULL);
	effect.allow_formula[IAM_GRADE_DIRECT] = iam_formula_atom(&arena, IAM_ATOM_CONDITION, IAM_LIT("StringEquals"), IAM_LIT("a:b"), 1, &value);
	effect.deny_formula = &iam_false;
	/* an image behind other bytes, at any offset of the buffer */
	iam_buf_char(&image, 'x');
	iam_effect_write(&image, &effect);
	CHECK(image.len < sizeof bytes);
	memcpy(bytes, image.data + 20, image.len - 20);
	CHECK(iam_effect_read(&arena, bytes, image.len - 20, &back, &err));
	CHECK(iam_formula_equal(back.allow_formula[IAM_GRADE_DIRECT], effect.allow_formula[IAM_GRADE_DIRECT]));
	CHECK(back.allow_formula[IAM_GRADE_ROLE] == NULL && back.deny_formula->kind == IAM_FORMULA_FALSE);
	for (size_t i = 0; i < image.len - 20; i++)
		for (int bit = 0; bit < 8; bit++)
		{
			bytes[i] = (char) (bytes[i] ^ 1 << bit);
			(void) iam_effect_read(&arena, bytes, image.len - 20, &back, &err);
			bytes[i] = (char) (bytes[i] ^ 1 << bit);
		}
	CHECK(!iam_effect_read(&arena, bytes, 3, &back, &err));
	iam_arena_release(&arena);
}

int
main(void)
{
	test_grades();
	test_not_principal();
	test_statements();
	test_public();
	test_may_match();
	test_images();
	return checks_done();
}
