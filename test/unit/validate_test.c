/*
 * validate_test.c: iam_policy_validate: every case of validation_cases.jsonl
 * (file name as argument), and the rules that file leaves out.
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "json_in.h"
#include "validate.h"

#define IDENTITY	IAM_VALIDATE_IDENTITY
#define MANAGED		IAM_VALIDATE_MANAGED
#define BOUNDARY	IAM_VALIDATE_BOUNDARY
#define SESSION		IAM_VALIDATE_SESSION
#define TRUST		IAM_VALIDATE_TRUST
#define RESOURCE	IAM_VALIDATE_RESOURCE
#define SCP			IAM_VALIDATE_SCP
#define RCP			IAM_VALIDATE_RCP
#define ENDPOINT	IAM_VALIDATE_ENDPOINT

static IamArena arena;

static IamStr
str(const char *s)
{
	return (IamStr) {s, (uint32_t) strlen(s)};
}

static bool
equals(IamStr s, const char *expected)
{
	return s.len == strlen(expected) && (s.len == 0 || memcmp(s.data, expected, s.len) == 0);
}

static bool
contains(IamStr s, const char *part)
{
	size_t		len = strlen(part);

	for (uint32_t i = 0; i + len <= s.len; i++)
		if (memcmp(s.data + i, part, len) == 0)
			return true;
	return false;
}

static IamFindings
validate(IamValidateKind kind, IamStr text, uint32_t max_bytes)
{
	IamFindings findings;

	CHECK(iam_policy_validate(&arena, text, kind, max_bytes, &findings));
	return findings;
}

static const IamFinding *
first_error(const IamFindings *findings)
{
	for (uint32_t i = 0; i < findings->count; i++)
		if (findings->items[i].severity == IAM_SEVERITY_ERROR)
			return &findings->items[i];
	return NULL;
}

/* ---- the fixture ---- */

static IamStr
member(const IamJson *object, const char *name)
{
	const IamJson *json = iam_json_member(object, name);

	return json != NULL && json->type == IAM_JSON_STRING ? json->text : IAM_NO_STR;
}

static void
test_case(IamStr line)
{
	IamError	error;
	const IamJson *json;
	IamValidateKind kind;
	IamFindings findings;
	const IamFinding *finding;
	char		id[40];
	char		rule[40];
	bool		parsed = iam_json_parse(&arena, line, line.len, &json, &error);

	CHECK(parsed);
	if (!parsed)
		return;
	snprintf(id, sizeof id, "%.*s", (int) member(json, "id").len, member(json, "id").data);
	snprintf(rule, sizeof rule, "%.*s", (int) member(json, "rule").len, member(json, "rule").data);
	CHECK_RULE(iam_validate_kind_parse(member(json, "kind"), &kind), rule, id);
	findings = validate(kind, member(json, "document"), 0);
	finding = first_error(&findings);
	CHECK_RULE((finding == NULL) == equals(iam_json_member(json, "valid")->text, "true"), rule, id);
	if (finding != NULL && iam_json_member(json, "message")->type == IAM_JSON_STRING)
		CHECK_RULE(iam_str_equal(finding->message, member(json, "message")), rule, id);
}

static void
test_fixture(const char *name)
{
	static char line[1 << 20];
	FILE	   *file = fopen(name, "r");
	int			count = 0;

	CHECK_RULE(file != NULL, "fixture", name);
	if (file == NULL)
		return;
	for (; fgets(line, sizeof line, file) != NULL; count++)
		test_case(str(line));
	fclose(file);
	CHECK(count > 0);
}

/* ---- rule by rule ---- */

typedef struct Expectation
{
	const char *rule;			/* of the finding */
	IamValidateKind kind;
	const char *text;			/* a document; elements of a statement when it begins with a comma */
	const char *severity;		/* "error", "warning"; "" when the rule must not be found */
	const char *path;			/* or NULL */
	const char *message;		/* part of it, or NULL */
} Expectation;

#define ALLOW	",\"Effect\":\"Allow\""
#define DENY	",\"Effect\":\"Deny\""
#define ON(resource)	ALLOW ",\"Action\":\"s3:*\",\"Resource\":\"" resource "\""
#define ALL		",\"Action\":\"s3:*\",\"Resource\":\"*\""
#define IF(condition)	ALLOW ALL ",\"Condition\":{" condition "}"
#define BY(principal)	",\"Principal\":" principal
#define AWS(arn)		BY("{\"AWS\":\"" arn "\"}")
#define ASSUME	ALLOW ",\"Action\":\"sts:AssumeRole\""
#define WEB(provider)	",\"Action\":\"sts:AssumeRoleWithWebIdentity\"" BY("{\"Federated\":\"" provider "\"}")
#define GITHUB	"token.actions.githubusercontent.com"
#define OIDC(issuer)	"arn:aws:iam::111122223333:oidc-provider/" issuer

static const Expectation expectations[] = {
	/* syntax, with its reason */
	{"GRAM-30", IDENTITY, "{\"Statement\":", "error", "", "Syntax errors in policy."},
	{"GRAM-2", IDENTITY, "{\"Statement\":", "error", "", "(line 1, column"},
	{"GRAM-2", IDENTITY, "{\"Statement\":1,\"Statement\":2}", "error", "", "\"Statement\" occurs twice"},
	{"GRAM-4", IDENTITY, ALLOW ALL ",\"Foo\":1", "error", "$.Statement[0].Foo", "\"Foo\""},
	{"GRAM-10", IDENTITY, IF("\"Bool\":{\"a:b\":true,\"A:b\":true}"), "error", NULL, "letter case"},
	{"GRAM-31", MANAGED, "{\"Statement\":[]}", "error", "$.Version", NULL},
	{"GRAM-31", BOUNDARY, "{\"Statement\":[]}", "error", NULL, NULL},
	{"GRAM-31", SCP, "{\"Version\":\"2008-10-17\",\"Statement\":[]}", "error", NULL, NULL},
	{"GRAM-31", RCP, "{\"Statement\":[]}", "error", NULL, NULL},
	{"GRAM-31", IDENTITY, "{\"Statement\":[]}", "", NULL, NULL},
	{"GRAM-31", SESSION, "{\"Statement\":[]}", "", NULL, NULL},
	{"GRAM-32", IDENTITY, IF("\"DateLessThan\":{\"aws:CurrentTime\":\"tomorrow\"}"), "error", NULL, NULL},
	{"COND-65a", IDENTITY, IF("\"DateLessThan\":{\"aws:CurrentTime\":\"tomorrow\"}"), "error",
	"$.Statement[0].Condition.DateLessThan[\"aws:CurrentTime\"]", "not a date"},
	{"GRAM-32", IDENTITY, IF("\"DateLessThan\":{\"aws:CurrentTime\":\"2030-01-01T00:00:00Z\"}"), "", NULL, NULL},
	{"GRAM-34", IDENTITY, ALLOW ",\"Resource\":\"*\"", "error", "$.Statement[0]", "must contain actions"},
	{"GRAM-34", IDENTITY, ALLOW ",\"NotAction\":[],\"Resource\":\"*\"", "error", "$.Statement[0].NotAction", NULL},
	{"GRAM-35", IDENTITY, ALLOW ",\"Action\":\"s3:*\"", "error", "$.Statement[0]", "must contain resources"},
	{"GRAM-35", SCP, ALLOW ",\"Action\":\"s3:*\"", "error", NULL, NULL},
	{"GRAM-35", RESOURCE, ALLOW ",\"Action\":\"s3:*\"" BY("\"*\""), "", NULL, NULL},
	{"GRAM-4", RESOURCE, ALLOW ",\"Action\":\"s3:*\"" BY("\"*\""), "warning", NULL, "Most services"},
	/* actions */
	{"GRAM-36", SCP, DENY ",\"Action\":[\"a:b\",\"x\"],\"Resource\":\"*\"", "error", "$.Statement[0].Action[1]", NULL},
	{"GRAM-37", RESOURCE, ALLOW BY("\"*\"") ",\"NotAction\":\"a:b:c\",\"Resource\":\"*\"", "error",
	"$.Statement[0].NotAction", NULL},
	{"GRAM-38", IDENTITY, ALLOW ",\"Action\":\":x\",\"Resource\":\"*\"", "error", NULL, "Vendor  is not valid"},
	{"GRAM-38", IDENTITY, ALLOW ",\"Action\":\"*:Get*\",\"Resource\":\"*\"", "", NULL, NULL},
	{"GRAM-13", IDENTITY, ALLOW ",\"Action\":\"s3:\",\"Resource\":\"*\"", "error", NULL, NULL},
	{"GRAM-13", IDENTITY, ALLOW ",\"Action\":\"a4b-x.y:Z\",\"Resource\":\"*\"", "", NULL, NULL},
	/* resources */
	{"GRAM-39", IDENTITY, ON("**"), "error", "$.Statement[0].Resource", NULL},
	{"GRAM-39", IDENTITY, ON("s3:bucket"), "error", NULL, NULL},
	{"GRAM-39a", IDENTITY, ON("arn:aws*:s3"), "error", NULL,
	"Partition \"aws*\" is not valid for resource \"arn:aws*:s3:*:*:*\"."},
	{"GRAM-39a", IDENTITY, ON("arn:foo:"), "error", NULL, "\"arn:foo:*:*:*:*\""},
	{"GRAM-39a", IDENTITY, ON("arn:foo:s3:::a:b"), "error", NULL, "\"arn:foo:s3:::a:b\""},
	{"GRAM-39a", IDENTITY, ON("arn:*:s3:::b"), "", NULL, NULL},
	{"GRAM-39a", IDENTITY, ON("arn:aws-eusc:s3:::b"), "", NULL, NULL},
	{"GRAM-39b", IDENTITY, ON("arn:aws"), "error", NULL, "fully qualified"},
	{"GRAM-39b", IDENTITY, ON("arn:aws::::x"), "error", NULL, NULL},
	{"GRAM-39b", IDENTITY, ON("arn:aws:s?:::x"), "error", NULL, NULL},
	{"GRAM-39c", IDENTITY, ON("arn:aws:s3:us-east-1::b"), "error", NULL,
	"Resource arn:aws:s3:us-east-1::b can not contain region information."},
	{"GRAM-39c", IDENTITY, ON("arn:aws:s3:*:*:accesspoint/x"), "", NULL, NULL},
	{"GRAM-39d", IDENTITY, ON("arn:aws:iam::111122223333:role/x"), "", NULL, NULL},
	{"GRAM-39d", IDENTITY, ON("arn:aws:iam::111122223333:x/role/"), "error", NULL, NULL},
	{"GRAM-14", IDENTITY, ON("*"), "", NULL, NULL},
	{"ARN-7", IDENTITY, ON("arn:aws:s3"), "warning", NULL, "taken as"},
	{"ARN-7", SCP, ON("arn:aws:s3"), "warning", NULL, "matches nothing"},
	{"ARN-7", RESOURCE, ON("arn:aws:s3") BY("\"*\""), "warning", NULL, "matches nothing"},
	{"ARN-7", IDENTITY, ON("arn:aws:dynamodb:*:table/x"), "warning", NULL, "running on"},
	{"ARN-7", IDENTITY, ON("arn:aws:s3:::b"), "", NULL, NULL},
	/* variables */
	{"VAR-2", IDENTITY, ON("arn:aws:s3:${aws:PrincipalTag/r}::b"), "warning", "$.Statement[0].Resource", NULL},
	{"VAR-2", IDENTITY, ON("arn:aws:s3:::${aws:username}"), "", NULL, NULL},
	{"VAR-9", IDENTITY, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::${aws:username}\"}}",
	"warning", "$.Statement.Resource", NULL},
	{"VAR-10", IDENTITY, ON("arn:aws:s3:::${aws:username"), "warning", NULL, "without"},
	{"VAR-10", IDENTITY, ON("arn:aws:s3:::${}"), "warning", NULL, NULL},
	{"VAR-10", IDENTITY, ON("arn:aws:s3:::${aws: username}"), "warning", NULL, NULL},
	{"VAR-10", IDENTITY, IF("\"StringLike\":{\"a:b\":[\"x\",\"${a,b}\"]}"), "warning",
	"$.Statement[0].Condition.StringLike[\"a:b\"][1]", NULL},
	{"VAR-10", IDENTITY, ON("arn:aws:s3:::${*}${?}${$}${a:b, 'c d'}"), "", NULL, NULL},
	{"RES-5", IDENTITY, ALLOW ",\"Action\":\"s3:*\",\"NotResource\":\"arn:aws:s3:::${aws:username}\"", "warning",
	"$.Statement[0].NotResource", NULL},
	{"RES-5", IDENTITY, DENY ",\"Action\":\"s3:*\",\"NotResource\":\"arn:aws:s3:::${aws:username}\"", "", NULL, NULL},
	{"COND-69", IDENTITY, IF("\"Bool\":{\"a:b\":\"${a:c}\"}"), "warning", NULL, "disagree"},
	{"COND-69", IDENTITY, IF("\"NumericEquals\":{\"a:b\":\"${a:c}\"}"), "warning", NULL, "matches nothing"},
	{"COND-69", IDENTITY, IF("\"ArnLike\":{\"a:b\":\"arn:aws:iam::${a:c}:role/x\"}"), "", NULL, NULL},
	/* conditions */
	{"GRAM-9", IDENTITY, IF("\"ARNLike\":{\"a:b\":\"arn:aws:iam::1:role/x\"}"), "warning", NULL, "ArnLike"},
	{"GRAM-9", IDENTITY, IF("\"forAnyValue:IPAddressIfExists\":{\"a:b\":\"10.0.0.1\"}"), "warning", NULL,
	"ForAnyValue:IpAddressIfExists"},
	{"GRAM-9", IDENTITY, IF("\"ForAllValues:StringLikeIfExists\":{\"a:b\":\"x\"}"), "", NULL, NULL},
	{"GRAM-8", IDENTITY, IF("\"Foo\":{}"), "warning", NULL, "always true"},
	{"GRAM-8", IDENTITY, IF("\"StringLike\":{\"a:b\":[]}"), "warning", NULL, "empty array"},
	{"COND-65a", IDENTITY, IF("\"IpAddress\":{\"aws:SourceIp\":\"10.0.0\"}"), "warning", NULL, "IpAddress cannot"},
	{"COND-65a", IDENTITY, IF("\"ArnLike\":{\"a:b\":\"*\"}"), "warning", NULL, NULL},
	{"COND-65a", IDENTITY, IF("\"NumericEquals\":{\"a:b\":[1,\"2.5\"]}"), "", NULL, NULL},
	{"COND-68", IDENTITY, IF("\"Bool\":{\"a:b\":[true,false]}"), "warning", NULL, NULL},
	{"COND-44", IDENTITY, IF("\"StringEquals\":{\"AWS:tagkeys\":\"x\"}"), "error", NULL, "Missing qualifier"},
	{"COND-44", IDENTITY, IF("\"ForAllValues:StringEquals\":{\"aws:TagKeys\":\"x\"}"), "", NULL, NULL},
	{"COND-44", IDENTITY, IF("\"Null\":{\"aws:TagKeys\":\"true\"}"), "", NULL, NULL},
	/* kinds */
	{"GRAM-1", IDENTITY, "{\"Id\":\"x\",\"Statement\":{\"Effect\":\"Allow\"" ALL "}}", "warning", "$.Id", "tolerates"},
	{"GRAM-1", SCP, "{\"Version\":\"2012-10-17\",\"Id\":\"x\",\"Statement\":{\"Effect\":\"Allow\"" ALL "}}",
	"error", "$.Id", "prohibited field Id"},
	{"GRAM-1", RESOURCE, "{\"Id\":\"x\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\"" ALL "}}", "", NULL, NULL},
	{"GRAM-39e", IDENTITY, ALLOW ALL ",\"Sid\":\"a b\"", "error", "$.Statement[0].Sid", NULL},
	{"GRAM-39e", IDENTITY, ALLOW ALL ",\"Sid\":\"\"", "", NULL, NULL},
	{"GRAM-39e", RESOURCE, ALLOW ALL BY("\"*\"") ",\"Sid\":\"a b\"", "", NULL, NULL},
	{"GRAM-33", IDENTITY, "{\"Statement\":[{\"Sid\":\"\",\"Effect\":\"Allow\"" ALL "},{\"Sid\":\"\",\"Effect\":\"Allow\"" ALL "}]}",
	"", NULL, NULL},
	{"GRAM-39f", IDENTITY, ALLOW ALL BY("\"*\""), "error", "$.Statement[0].Principal", "should not specify"},
	{"GRAM-39f", SCP, DENY ALL ",\"NotPrincipal\":{\"AWS\":\"111122223333\"}", "error", NULL, NULL},
	{"GRAM-39i", TRUST, ASSUME, "error", NULL, "Missing required field Principal"},
	{"GRAM-39i", RESOURCE, ALLOW ALL, "error", NULL, NULL},
	{"GRAM-39i", ENDPOINT, ALLOW ALL, "error", NULL, NULL},
	{"GRAM-39i", ENDPOINT, DENY ALL ",\"NotPrincipal\":{\"AWS\":\"111122223333\"}", "", NULL, NULL},
	{"PRIN-35", RCP, DENY ALL ",\"NotPrincipal\":{\"AWS\":\"111122223333\"}", "error", NULL, "NotPrincipal"},
	{"GRAM-21", ENDPOINT, ALLOW ALL ",\"NotPrincipal\":{\"AWS\":\"111122223333\"}", "error", NULL, NULL},
	{"GRAM-39g", TRUST, ASSUME BY("\"*\"") ",\"NotResource\":\"*\"", "error", NULL, "NotResource"},
	{"GRAM-24", TRUST, ALLOW BY("\"*\"") ",\"NotAction\":\"sts:AssumeRole\"", "error", NULL, NULL},
	{"GRAM-39j", TRUST, ALLOW BY("\"*\"") ",\"Action\":[\"STS:assumerole\",\"sts:*\",\"sts:Tag*\",\"sts:SetContext\"]",
	"", NULL, NULL},
	{"GRAM-39j", TRUST, ALLOW BY("\"*\"") ",\"Action\":[\"sts:AssumeRole\",\"sts:Get*\"]", "error",
	"$.Statement[0].Action[1]", NULL},
	{"GRAM-39j", TRUST, ALLOW BY("\"*\"") ",\"Action\":\"*\"", "error", NULL, NULL},
	{"RCP-9", RCP, ALLOW ALL BY("\"*\""), "error", "$.Statement[0].Effect", "only deny"},
	{"RCP-9", RCP, DENY BY("\"*\"") ",\"NotAction\":\"s3:*\",\"Resource\":\"*\"", "error", "$.Statement[0].NotAction", NULL},
	{"RCP-9", RCP, DENY BY("\"*\"") ",\"Action\":\"*:*\",\"Resource\":\"*\"", "error", NULL, "name its service"},
	{"RCP-9", RCP, DENY ALL BY("{\"AWS\":\"*\"}"), "error", "$.Statement[0].Principal", NULL},
	{"GRAM-20", SCP, ALLOW ",\"NotAction\":\"s3:*\",\"NotResource\":\"*\",\"Condition\":{\"Bool\":{\"a:b\":true}}", "",
	NULL, NULL},
	/* principals */
	{"GRAM-39h", RESOURCE, ALLOW ALL AWS("arn:aws:iam::111122223333:role/*"), "error", "$.Statement[0].Principal.AWS",
	"Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:role/*\""},
	{"GRAM-39h", RESOURCE, ALLOW ALL BY("{\"Service\":[\"a.amazonaws.com\",\"*\"]}"), "error",
	"$.Statement[0].Principal.Service[1]", "\"Service\":\"*\""},
	{"GRAM-39h", TRUST, ASSUME BY("{\"Federated\":\"*\"}"), "error", NULL, NULL},
	{"GRAM-39h", RESOURCE, ALLOW ALL AWS("*"), "", NULL, NULL},
	{"GRAM-39h", RESOURCE, ALLOW ALL
	AWS("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHAPOMQZL"), "", NULL, NULL},
	{"GRAM-23", RESOURCE, ALLOW ALL AWS("arn:aws:iam::111122223333:group/g"), "error", NULL, NULL},
	{"PRIN-11", RESOURCE, ALLOW ALL BY("{\"Federated\":\"accounts.google.com\"}"), "error", NULL, NULL},
	{"PRIN-12", TRUST, ASSUME
	BY("{\"CanonicalUser\":\"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be\"}"),
	"error", NULL, NULL},
	{"ID-2", TRUST, ASSUME AWS("arn:aws:iam::111122223333:role/a b"), "warning", NULL, NULL},
	{"ID-2", TRUST, ASSUME AWS("arn:aws:iam::111122223333:user/div/x+=,.@_-9Z"), "", NULL, NULL},
	{"GRAM-7", RESOURCE, ALLOW ALL BY("{\"AWS\":[]}"), "warning", "$.Statement[0].Principal.AWS", NULL},
	{"GRAM-25", TRUST, ALLOW WEB(OIDC(GITHUB)), "warning", NULL, GITHUB ":sub"},
	{"GRAM-25", TRUST, ALLOW WEB(OIDC("gitlab.com")) ",\"Condition\":{\"StringEquals\":{\"gitlab.com:aud\":\"x\"}}",
	"warning", NULL, "gitlab.com:sub"},
	{"GRAM-25", TRUST, ALLOW WEB(OIDC("app.terraform.io")) ",\"Condition\":{\"StringLike\":{\"app.terraform.io:SUB\":\"x\"}}",
	"", NULL, NULL},
	{"GRAM-25", TRUST, ALLOW WEB(OIDC("oidc.vercel.com/team")), "warning", NULL, "oidc.vercel.com/team:aud"},
	{"GRAM-25", TRUST, ALLOW WEB("cognito-identity.amazonaws.com"), "warning", NULL, ":aud"},
	{"GRAM-25", TRUST, ALLOW WEB(OIDC("gitlab.company.example")), "", NULL, NULL},
	{"GRAM-25", TRUST, DENY WEB(OIDC(GITHUB)), "", NULL, NULL},
	/* endpoint policies */
	{"VPCE-6", ENDPOINT, IF("\"StringLike\":{\"aws:SourceVpc\":\"vpc-*\"}") BY("\"*\""), "error", NULL, "wildcards"},
	{"VPCE-6", ENDPOINT, IF("\"NumericEquals\":{\"aws:PrincipalAccount\":111122223333}") BY("\"*\""), "error", NULL,
	"numbers"},
	{"VPCE-6", ENDPOINT, IF("\"StringLike\":{\"s3:prefix\":\"home/*\"}") BY("\"*\""), "error", NULL, "six"},
	{"VPCE-6", ENDPOINT, IF("\"StringLike\":{\"s3:prefix\":[\"homes/*\",\"*/homes\"]}") BY("\"*\""), "", NULL, NULL},
	{"VPCE-6", ENDPOINT, IF("\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::1111*:role/x\"}") BY("\"*\""), "error",
	NULL, "not both"},
	{"VPCE-6", ENDPOINT, IF("\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:role/x\"}") BY("\"*\""), "", NULL, NULL},
	{"VPCE-6", RESOURCE, IF("\"StringLike\":{\"aws:SourceVpc\":\"vpc-*\"}") BY("\"*\""), "", NULL, NULL},
	/* variables in every kind (VAR-13) */
	{"VAR-2", SCP, DENY ",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::${aws:username}\"", "", NULL, NULL},
	{"VAR-9", RCP, DENY BY("\"*\"") ",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::${aws:username}\"", "", NULL, NULL},
	{"VAR-9", ENDPOINT, ON("arn:aws:s3:::${aws:username}") BY("\"*\""), "", NULL, NULL},
	/* characters */
	{"GRAM-11", IDENTITY, ON("arn:aws:s3:::b/\xc3\xbf"), "", NULL, NULL},
	{"GRAM-11", IDENTITY, ON("arn:aws:s3:::b/\xc4\x80"), "error", "", NULL},
};

static void
test_expectation(const Expectation *e)
{
	char		text[2048];
	IamFindings findings;
	const IamFinding *found = NULL;

	if (e->text[0] == ',')
		snprintf(text, sizeof text, "{\"Version\":\"2012-10-17\",\"Statement\":[{%s}]}", e->text + 1);
	else
		snprintf(text, sizeof text, "%s", e->text);
	findings = validate(e->kind, str(text), 0);
	for (uint32_t i = 0; i < findings.count && found == NULL; i++)
		if (strcmp(findings.items[i].rule, e->rule) == 0 &&
			(e->message == NULL || contains(findings.items[i].message, e->message)))
			found = &findings.items[i];
	CHECK_RULE((found != NULL) == (e->severity[0] != 0), e->rule, text);
	if (found == NULL)
		return;
	CHECK_RULE((found->severity == IAM_SEVERITY_ERROR) == (strcmp(e->severity, "error") == 0),
			   e->rule, text);
	if (e->path != NULL)
		CHECK_RULE(equals(found->path, e->path), e->rule, text);
	CHECK(found->code != NULL && found->code[0] != 0);
}

/* The order of 1.2: syntax, version, legacy, Sid, actions, resources, resource format, action prefixes. */
static void
test_order(void)
{
	static const char *const order[] = {
		"GRAM-30", "GRAM-4", "GRAM-31", "GRAM-32", "GRAM-5", "GRAM-33", "GRAM-34", "GRAM-35",
		"GRAM-39", "GRAM-39b", "GRAM-36", "GRAM-39e", "GRAM-39e", "GRAM-9"
	};
	IamFindings findings = validate(MANAGED, str("{\"Statement\":["
												 "{\"Sid\":\"a b\",\"Effect\":\"Allow\",\"Action\":\"x\",\"Resource\":\"y\","
												 "\"Condition\":{\"arnlike\":{\"a:b\":\"arn:aws:iam::1:role/x\"}}},"
												 "{\"Sid\":\"a b\",\"Effect\":\"allow\",\"Resource\":\"arn:aws\"},"
												 "{\"Effect\":\"Deny\",\"Action\":\"a:b\",\"Foo\":1}]}"), 0);

	CHECK_RULE(findings.count == sizeof order / sizeof order[0], "GRAM-40", "number of findings");
	for (uint32_t i = 0; i < findings.count && i < sizeof order / sizeof order[0]; i++)
		CHECK_RULE(strcmp(findings.items[i].rule, order[i]) == 0, order[i], findings.items[i].rule);
}

/* QUOTA-1 and GRAM-15: a policy padded inside a string or with white space */
static IamStr
padded(const char *elements, uint32_t in_string, uint32_t space)
{
	IamBuf		buf;

	iam_buf_init(&buf, &arena);
	iam_buf_cstr(&buf, "{\"Version\":\"2012-10-17\",\"Statement\":{\"Sid\":\"");
	for (uint32_t i = 0; i < in_string; i++)
		iam_buf_char(&buf, 'x');
	iam_buf_format(&buf, "\"%s}}", elements);
	for (uint32_t i = 0; i < space; i++)
		iam_buf_char(&buf, ' ');
	return iam_buf_result(&buf);
}

static bool
too_long(IamValidateKind kind, const char *elements, uint32_t string, uint32_t space, uint32_t max)
{
	IamFindings findings = validate(kind, padded(elements, string, space), max);

	for (uint32_t i = 0; i < findings.count; i++)
		if (strcmp(findings.items[i].code, "LIMIT_EXCEEDED") == 0)
			return true;
	return false;
}

static void
test_sizes(void)
{
	static const struct
	{
		IamValidateKind kind;
		const char *elements;
		uint32_t	limit;
		bool		space;
	}			quotas[] = {
		{IDENTITY, ALLOW ALL, 10240, false},
		{MANAGED, ALLOW ALL, 6144, false},
		{BOUNDARY, ALLOW ALL, 6144, false},
		{SESSION, ALLOW ALL, 2048, false},
		{TRUST, ASSUME BY("\"*\""), 2048, false},
		{RESOURCE, ALLOW ALL BY("\"*\""), 32768, true},
		{SCP, DENY ALL, 5120, true},
		{RCP, DENY ALL BY("\"*\""), 5120, true},
		{ENDPOINT, ALLOW ALL BY("\"*\""), 20480, true},
	};
	IamFindings findings;

	for (size_t i = 0; i < sizeof quotas / sizeof quotas[0]; i++)
	{
		uint32_t	room = quotas[i].limit - padded(quotas[i].elements, 0, 0).len;
		IamValidateKind kind = quotas[i].kind;

		CHECK_RULE(!too_long(kind, quotas[i].elements, room, 0, 0), "QUOTA-1", "at the quota");
		CHECK_RULE(too_long(kind, quotas[i].elements, room + 1, 0, 0), "QUOTA-1", "over the quota");
		CHECK_RULE(too_long(kind, quotas[i].elements, 0, room + 1, 0) == quotas[i].space, "GRAM-15",
				   "white space");
		CHECK_RULE(too_long(kind, quotas[i].elements, 1, 0, 50), "QUOTA-1", "a quota given");
	}
	CHECK_RULE(too_long(MANAGED, ALLOW ALL, 0, 131072, 0), "GRAM-15", "raw parameter");
	findings = validate(MANAGED, padded(ALLOW ALL, 7000, 0), 0);
	CHECK_RULE(findings.count == 1 &&
			   equals(findings.items[0].message, "Cannot exceed quota for PolicySize: 6144"),
			   "GRAM-39k", "managed");
	findings = validate(TRUST, padded(ASSUME BY("\"*\""), 100, 0), 100);
	CHECK_RULE(findings.count == 1 &&
			   equals(findings.items[0].message, "Cannot exceed quota for ACLSizePerRole: 100"),
			   "GRAM-39k", "trust");
	findings = validate(RESOURCE, padded(ALLOW ALL BY("\"*\""), 33000, 0), 0);
	CHECK_RULE(findings.count == 1 && findings.items[0].severity == IAM_SEVERITY_WARNING,
			   "QUOTA-1", "resource policies: by service");
	/* white space inside strings counts */
	findings = validate(SESSION, str("{\"Statement\":[]}       "), 16);
	CHECK(!contains(findings.items[findings.count - 1].message, "session"));
}

static void
test_extremes(void)
{
	IamFindings findings;
	IamValidateKind kind;
	IamBuf		buf;

	/* a text over our own limit: one finding, and no crash */
	iam_buf_init(&buf, &arena);
	for (int i = 0; i < IAM_MAX_POLICY_BYTES + 1; i++)
		iam_buf_char(&buf, '[');
	findings = validate(IDENTITY, iam_buf_result(&buf), 0);
	CHECK(findings.count == 1 && strcmp(findings.items[0].code, "LIMIT_EXCEEDED") == 0);
	/* many findings: cut, the first error still AWS's */
	iam_buf_init(&buf, &arena);
	iam_buf_cstr(&buf, "{\"Statement\":{\"Effect\":\"Allow\",\"Resource\":\"*\",\"Action\":[\"x\"");
	for (int i = 0; i < 30000; i++)
		iam_buf_cstr(&buf, ",1,\"x\"");
	iam_buf_cstr(&buf, "]}}");
	findings = validate(IDENTITY, iam_buf_result(&buf), 0);
	CHECK(findings.count > 1000 && findings.count <= 10001);
	CHECK(equals(findings.items[0].message, "Syntax errors in policy."));
	CHECK(strcmp(findings.items[findings.count - 1].code, "TOO_MANY_FINDINGS") == 0);

	findings = validate(ENDPOINT, str(""), 0);
	CHECK(first_error(&findings) != NULL);
	CHECK(iam_validate_kind_parse(str("endpoint"), &kind) && kind == ENDPOINT);
	CHECK(iam_validate_kind_parse(str("identity"), &kind) && kind == IDENTITY);
	CHECK(!iam_validate_kind_parse(str("Identity"), &kind));
	CHECK(!iam_validate_kind_parse(str(""), &kind));
}

int
main(int argc, char **argv)
{
	iam_arena_init(&arena, &iam_malloc_host);
	test_fixture(argc > 1 ? argv[1] : "test/fixtures/validation_cases.jsonl");
	for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++)
		test_expectation(&expectations[i]);
	test_order();
	test_sizes();
	test_extremes();
	iam_arena_release(&arena);
	return checks_done();
}
