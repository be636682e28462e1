/*
 * condition_test.c: condition entries against requests (COND-1..69, VAR-6..12 in
 * condition values, EVAL-14 for unknown keys).
 *
 * Expectations are written down by hand; the last test takes every completion of
 * an unknown key and checks that the answer for the unknown key never claims more
 * than they do.
 */
#include "check.h"

#include "condition.h"

static IamArena arena;
static const IamCaller *bob;

static IamStr
str(const char *s)
{
	return (IamStr) {s, (uint32_t) strlen(s)};
}

static const IamRequest *
make_request(const char *context, bool unknown)
{
	IamRequestInput input;
	const IamRequest *request = NULL;
	IamError	err;

	memset(&input, 0, sizeof input);
	input.action = IAM_LIT("s3:GetObject");
	input.resource = IAM_LIT("arn:aws:s3:::b/k");
	input.unknown_context = unknown;
	if (!iam_json_parse(&arena, str(context), IAM_MAX_REQUEST_BYTES, &input.context, &err) ||
		!iam_request_compile(&arena, &input, &request, &err))
	{
		fprintf(stderr, "%s: %s %s\n", context, err.path, err.message);
		abort();
	}
	return request;
}

static const IamPolicy *
make_policy(const char *version, const char *condition)
{
	char		text[4096];
	const IamPolicy *policy = NULL;
	IamError	err;

	snprintf(text, sizeof text, "{\"Version\": \"%s\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", "
			 "\"Resource\": \"*\", \"Condition\": %s}}", version, condition);
	if (!iam_policy_compile(&arena, str(text), &policy, &err))
	{
		fprintf(stderr, "%s: %s %s\n", condition, err.path, err.message);
		abort();
	}
	return policy;
}

static IamTri
test_policy(const IamPolicy *policy, const IamRequest *request)
{
	const IamStatement *stmt = iam_policy_statement(policy, 0);
	IamTri		result = IAM_YES;

	for (uint32_t i = 0; i < stmt->condition_count; i++)
		result = iam_and(result, iam_condition_test(NULL, policy, &IAM_CONDITIONS(policy, stmt)[i], request, bob));
	return result;
}

typedef struct Case
{
	const char *rule;
	const char *condition;
	const char *context;
	IamTri		want;
} Case;

static void
run(const Case *cases, size_t count, const char *version, bool unknown)
{
	for (size_t i = 0; i < count; i++)
	{
		IamTri		got = test_policy(make_policy(version, cases[i].condition),
									  make_request(cases[i].context, unknown));

		CHECK_RULE(got == cases[i].want, cases[i].rule, cases[i].condition);
		if (got != cases[i].want)
			fprintf(stderr, "  with %s: got %d, want %d\n", cases[i].context, got, cases[i].want);
	}
}

#define RUN(cases, version, unknown)	run(cases, sizeof cases / sizeof cases[0], version, unknown)

static void
test_complete(void)
{
	static const Case cases[] = {
		{"COND-1", "{}", "{}", IAM_YES},
		{"GRAM-8", "{\"NoSuchOperator\": {}}", "{}", IAM_YES},
		{"COND-1", "{\"StringEquals\": {\"x:k\": \"a\"}, \"Bool\": {\"x:b\": \"true\"}}", "{\"x:k\": \"a\", \"x:b\": true}", IAM_YES},
		{"COND-1", "{\"StringEquals\": {\"x:k\": \"a\"}, \"Bool\": {\"x:b\": \"true\"}}", "{\"x:k\": \"a\", \"x:b\": false}", IAM_NO},
		{"COND-2", "{\"StringEquals\": {\"X:K\": \"a\"}}", "{\"x:k\": \"a\"}", IAM_YES},
		{"COND-3", "{\"StringEquals\": {\"x:k\": \"a\", \"x:l\": \"b\"}}", "{\"x:k\": \"a\"}", IAM_NO},
		{"COND-4", "{\"StringEquals\": {\"x:k\": [\"a\", \"b\"]}}", "{\"x:k\": \"b\"}", IAM_YES},
		{"COND-5", "{\"StringNotEquals\": {\"x:k\": [\"a\", \"b\"]}}", "{\"x:k\": \"b\"}", IAM_NO},
		{"COND-5", "{\"StringNotEquals\": {\"x:k\": [\"a\", \"b\"]}}", "{\"x:k\": \"c\"}", IAM_YES},
		{"COND-4", "{\"StringEquals\": {\"x:k\": []}}", "{\"x:k\": \"b\"}", IAM_NO},
		{"COND-5", "{\"StringNotEquals\": {\"x:k\": []}}", "{\"x:k\": \"b\"}", IAM_YES},

		/* absent keys */
		{"COND-10", "{\"StringEquals\": {\"x:k\": \"a\"}}", "{}", IAM_NO},
		{"COND-10", "{\"StringLike\": {\"x:k\": \"*\"}}", "{}", IAM_NO},
		{"COND-10", "{\"NumericLessThan\": {\"x:k\": \"5\"}}", "{\"x:k\": null}", IAM_NO},
		{"COND-11", "{\"StringNotEquals\": {\"x:k\": \"a\"}}", "{}", IAM_YES},
		{"COND-11", "{\"NotIpAddress\": {\"x:k\": \"10.0.0.0/8\"}}", "{\"x:k\": []}", IAM_YES},
		{"COND-20", "{\"StringEqualsIfExists\": {\"x:k\": \"a\"}}", "{}", IAM_YES},
		{"COND-20", "{\"StringEqualsIfExists\": {\"x:k\": \"a\"}}", "{\"x:k\": \"a\"}", IAM_YES},
		{"COND-20", "{\"StringEqualsIfExists\": {\"x:k\": \"a\"}}", "{\"x:k\": \"b\"}", IAM_NO},
		{"COND-20", "{\"StringNotEqualsIfExists\": {\"x:k\": \"a\"}}", "{}", IAM_YES},
		{"COND-20", "{\"StringNotEqualsIfExists\": {\"x:k\": \"a\"}}", "{\"x:k\": \"a\"}", IAM_NO},
		{"COND-30", "{\"Null\": {\"x:k\": \"true\"}}", "{}", IAM_YES},
		{"COND-30", "{\"Null\": {\"x:k\": \"TRUE\"}}", "{\"x:k\": \"a\"}", IAM_NO},
		{"COND-30", "{\"Null\": {\"x:k\": \"false\"}}", "{}", IAM_NO},
		{"COND-30", "{\"Null\": {\"x:k\": \"False\"}}", "{\"x:k\": \"a\"}", IAM_YES},
		{"COND-30", "{\"Null\": {\"x:k\": true}}", "{\"x:k\": \"\"}", IAM_YES},
		{"Q-9", "{\"Null\": {\"x:k\": false}}", "{\"x:k\": \"\"}", IAM_NO},
		{"COND-30", "{\"Null\": {\"x:k\": false}}", "{\"x:k\": [\"a\", \"b\"]}", IAM_YES},
		{"COND-30", "{\"Null\": {\"x:k\": true}}", "{\"x:k\": []}", IAM_YES},
		{"COND-30", "{\"Null\": {\"x:k\": [\"true\", \"false\"]}}", "{\"x:k\": \"a\"}", IAM_YES},
		{"COND-65a", "{\"Null\": {\"x:k\": \"maybe\"}}", "{}", IAM_NO},
		{"COND-65a", "{\"ForAnyValue:Null\": {\"x:k\": \"true\"}}", "{}", IAM_YES},
		{"COND-65a", "{\"ForAllValues:Null\": {\"x:k\": \"false\"}}", "{}", IAM_NO},
		{"COND-65a", "{\"ForAllValues:Null\": {\"x:k\": \"false\"}}", "{\"x:k\": [\"a\"]}", IAM_YES},
		{"Q-9", "{\"StringEquals\": {\"x:k\": \"\"}}", "{\"x:k\": \"\"}", IAM_YES},
		{"Q-9", "{\"StringLike\": {\"x:k\": \"\"}}", "{\"x:k\": \"\"}", IAM_YES},
		{"Q-9", "{\"StringNotEquals\": {\"x:k\": \"a\"}}", "{\"x:k\": \"\"}", IAM_YES},

		/* set operators */
		{"COND-41", "{\"ForAllValues:StringEquals\": {\"x:k\": [\"a\", \"b\"]}}", "{\"x:k\": [\"a\", \"b\"]}", IAM_YES},
		{"COND-41", "{\"ForAllValues:StringEquals\": {\"x:k\": [\"a\", \"b\"]}}", "{\"x:k\": [\"a\", \"c\"]}", IAM_NO},
		{"COND-41", "{\"ForAllValues:StringEquals\": {\"x:k\": \"a\"}}", "{}", IAM_YES},
		{"COND-41", "{\"ForAllValues:StringEquals\": {\"x:k\": \"a\"}}", "{\"x:k\": []}", IAM_YES},
		{"COND-41", "{\"ForAllValues:StringEquals\": {\"x:k\": \"a\"}}", "{\"x:k\": \"\"}", IAM_YES},
		{"COND-41", "{\"ForAllValues:StringEquals\": {\"x:k\": \"a\"}}", "{\"x:k\": [\"\"]}", IAM_YES},
		{"COND-41", "{\"ForAllValues:StringEquals\": {\"x:k\": \"a\"}}", "{\"x:k\": [\"\", \"a\"]}", IAM_NO},
		{"COND-42", "{\"ForAnyValue:StringEquals\": {\"x:k\": [\"a\", \"b\"]}}", "{\"x:k\": [\"c\", \"b\"]}", IAM_YES},
		{"COND-42", "{\"ForAnyValue:StringEquals\": {\"x:k\": [\"a\", \"b\"]}}", "{\"x:k\": [\"c\"]}", IAM_NO},
		{"COND-42", "{\"ForAnyValue:StringEquals\": {\"x:k\": \"a\"}}", "{}", IAM_NO},
		{"COND-42", "{\"ForAnyValue:StringNotEquals\": {\"x:k\": \"a\"}}", "{}", IAM_NO},
		{"COND-42", "{\"ForAnyValue:StringNotEquals\": {\"x:k\": \"a\"}}", "{\"x:k\": []}", IAM_NO},
		{"COND-42", "{\"ForAnyValue:StringEquals\": {\"x:k\": \"\"}}", "{\"x:k\": \"\"}", IAM_NO},
		{"COND-43", "{\"ForAllValues:StringNotEquals\": {\"x:k\": [\"a\", \"b\"]}}", "{\"x:k\": [\"c\", \"d\"]}", IAM_YES},
		{"COND-43", "{\"ForAllValues:StringNotEquals\": {\"x:k\": [\"a\", \"b\"]}}", "{\"x:k\": [\"c\", \"a\"]}", IAM_NO},
		{"COND-43", "{\"ForAllValues:StringNotEquals\": {\"x:k\": \"a\"}}", "{}", IAM_YES},
		{"COND-43", "{\"ForAnyValue:StringNotEquals\": {\"x:k\": [\"a\", \"b\"]}}", "{\"x:k\": [\"a\", \"c\"]}", IAM_YES},
		{"COND-43", "{\"ForAnyValue:StringNotEquals\": {\"x:k\": [\"a\", \"b\"]}}", "{\"x:k\": [\"a\", \"b\"]}", IAM_NO},
		{"COND-44", "{\"StringEquals\": {\"x:k\": \"a\"}}", "{\"x:k\": [\"a\", \"b\"]}", IAM_NO},
		{"COND-44", "{\"StringEquals\": {\"x:k\": \"a\"}}", "{\"x:k\": [\"a\"]}", IAM_NO},
		{"Q-10", "{\"StringNotEquals\": {\"x:k\": \"c\"}}", "{\"x:k\": [\"a\", \"b\"]}", IAM_NO},
		{"COND-44", "{\"StringLikeIfExists\": {\"x:k\": \"*\"}}", "{\"x:k\": [\"a\", \"b\"]}", IAM_NO},
		{"COND-45", "{\"ForAnyValue:StringEquals\": {\"x:k\": \"a\"}}", "{\"x:k\": \"a\"}", IAM_YES},
		{"COND-45", "{\"ForAllValues:StringEquals\": {\"x:k\": \"a\"}}", "{\"x:k\": \"b\"}", IAM_NO},
		{"COND-46", "{\"ForAnyValue:StringEqualsIfExists\": {\"x:k\": \"a\"}}", "{}", IAM_YES},
		{"COND-46", "{\"ForAllValues:StringEqualsIfExists\": {\"x:k\": \"a\"}}", "{}", IAM_YES},
		{"Q-11", "{\"ForAnyValue:StringEqualsIfExists\": {\"x:k\": \"a\"}}", "{\"x:k\": []}", IAM_YES},
		{"COND-46", "{\"ForAnyValue:StringEqualsIfExists\": {\"x:k\": \"a\"}}", "{\"x:k\": [\"b\"]}", IAM_NO},

		/* strings */
		{"COND-50", "{\"StringEquals\": {\"x:k\": \"A\"}}", "{\"x:k\": \"a\"}", IAM_NO},
		{"COND-50", "{\"StringEquals\": {\"x:k\": \"a*\"}}", "{\"x:k\": \"ab\"}", IAM_NO},
		{"COND-50", "{\"StringEquals\": {\"x:k\": \"a*\"}}", "{\"x:k\": \"a*\"}", IAM_YES},
		{"COND-51", "{\"StringEqualsIgnoreCase\": {\"x:k\": \"\\u00c4b\"}}", "{\"x:k\": \"\\u00e4B\"}", IAM_YES},
		{"COND-51", "{\"StringEqualsIgnoreCase\": {\"x:k\": \"ss\"}}", "{\"x:k\": \"\\u00df\"}", IAM_NO},
		{"COND-51", "{\"StringNotEqualsIgnoreCase\": {\"x:k\": \"A\"}}", "{\"x:k\": \"a\"}", IAM_NO},
		{"COND-52", "{\"StringLike\": {\"x:k\": \"a*c?\"}}", "{\"x:k\": \"a/:bcd\"}", IAM_YES},
		{"COND-52", "{\"StringLike\": {\"x:k\": \"a*c?\"}}", "{\"x:k\": \"abc\"}", IAM_NO},
		{"COND-52", "{\"StringLike\": {\"x:k\": \"A*\"}}", "{\"x:k\": \"ab\"}", IAM_NO},
		{"COND-52", "{\"StringNotLike\": {\"x:k\": \"a*\"}}", "{\"x:k\": \"ab\"}", IAM_NO},
		{"COND-52", "{\"StringNotLike\": {\"x:k\": \"a*\"}}", "{\"x:k\": \"b\"}", IAM_YES},

		/* numbers */
		{"COND-60", "{\"NumericEquals\": {\"x:k\": 10}}", "{\"x:k\": \"10.0\"}", IAM_YES},
		{"COND-60", "{\"NumericNotEquals\": {\"x:k\": 10}}", "{\"x:k\": 10}", IAM_NO},
		{"COND-66", "{\"NumericLessThan\": {\"x:k\": \"10\"}}", "{\"x:k\": \"9.99\"}", IAM_YES},
		{"COND-66", "{\"NumericLessThan\": {\"x:k\": \"10\"}}", "{\"x:k\": \"10\"}", IAM_NO},
		{"COND-60", "{\"NumericLessThanEquals\": {\"x:k\": \"10\"}}", "{\"x:k\": \"10\"}", IAM_YES},
		{"COND-60", "{\"NumericGreaterThan\": {\"x:k\": \"10\"}}", "{\"x:k\": \"10\"}", IAM_NO},
		{"COND-60", "{\"NumericGreaterThanEquals\": {\"x:k\": \"10\"}}", "{\"x:k\": \"1e1\"}", IAM_YES},
		{"COND-67", "{\"NumericEquals\": {\"x:k\": \"9007199254740993\"}}", "{\"x:k\": \"9007199254740992\"}", IAM_NO},
		{"COND-65a", "{\"NumericEquals\": {\"x:k\": \"10abc\"}}", "{\"x:k\": \"10\"}", IAM_NO},
		{"COND-65a", "{\"NumericNotEquals\": {\"x:k\": \"10abc\"}}", "{\"x:k\": \"10\"}", IAM_YES},
		{"COND-65a", "{\"NumericNotEquals\": {\"x:k\": [\"10abc\", \"10\"]}}", "{\"x:k\": \"10\"}", IAM_NO},
		{"COND-65a", "{\"NumericEquals\": {\"x:k\": \"10\"}}", "{\"x:k\": \"10abc\"}", IAM_NO},
		{"COND-65a", "{\"NumericNotEquals\": {\"x:k\": \"10\"}}", "{\"x:k\": \"10abc\"}", IAM_NO},
		{"COND-65a", "{\"ForAnyValue:NumericNotEquals\": {\"x:k\": \"10\"}}", "{\"x:k\": [\"abc\", \"11\"]}", IAM_YES},
		{"COND-65a", "{\"ForAllValues:NumericNotEquals\": {\"x:k\": \"10\"}}", "{\"x:k\": [\"abc\", \"11\"]}", IAM_NO},
		{"COND-65a", "{\"NumericNotEqualsIfExists\": {\"x:k\": \"10\"}}", "{\"x:k\": \"\"}", IAM_NO},

		/* dates */
		{"COND-61", "{\"DateGreaterThan\": {\"x:k\": \"2020-01-01T00:00:01Z\"}}", "{\"x:k\": \"2020-01-01T00:00:02Z\"}", IAM_YES},
		{"COND-61", "{\"DateEquals\": {\"x:k\": \"2020-01-01\"}}", "{\"x:k\": \"1577836800\"}", IAM_YES},
		{"COND-61", "{\"DateEquals\": {\"x:k\": 1577836800}}", "{\"x:k\": \"2020-01-01T01:00:00+01:00\"}", IAM_YES},
		{"COND-61", "{\"DateLessThan\": {\"x:k\": \"2020-01-01\"}}", "{\"x:k\": \"2019-12-31T23:59:59.999Z\"}", IAM_YES},
		{"COND-61", "{\"DateNotEquals\": {\"x:k\": \"2020\"}}", "{\"x:k\": \"2020-01-01\"}", IAM_NO},
		{"COND-61", "{\"DateLessThanEquals\": {\"x:k\": \"2020\"}}", "{\"x:k\": \"2020-01-01\"}", IAM_YES},
		{"COND-61", "{\"DateGreaterThanEquals\": {\"x:k\": \"2020\"}}", "{\"x:k\": \"2019\"}", IAM_NO},
		{"COND-65a", "{\"DateNotEquals\": {\"x:k\": \"2020-02-30\"}}", "{\"x:k\": \"2020-01-01\"}", IAM_YES},
		{"COND-65a", "{\"DateNotEquals\": {\"x:k\": \"2020-02-29\"}}", "{\"x:k\": \"soon\"}", IAM_NO},

		/* Booleans, bytes */
		{"COND-62", "{\"Bool\": {\"x:k\": \"True\"}}", "{\"x:k\": \"tRUE\"}", IAM_YES},
		{"COND-62", "{\"Bool\": {\"x:k\": true}}", "{\"x:k\": \"false\"}", IAM_NO},
		{"COND-65a", "{\"Bool\": {\"x:k\": \"false\"}}", "{\"x:k\": \"no\"}", IAM_NO},
		{"COND-68", "{\"Bool\": {\"x:k\": [\"true\", \"false\"]}}", "{\"x:k\": \"false\"}", IAM_YES},
		{"COND-68", "{\"IpAddress\": {\"x:k\": \"true\"}}", "{\"x:k\": \"true\"}", IAM_NO},
		{"Q-13", "{\"Bool\": {\"x:k\": \"${x:b}\"}}", "{\"x:k\": \"true\", \"x:b\": \"TRUE\"}", IAM_YES},
		{"Q-13", "{\"Bool\": {\"x:k\": \"${x:b}\"}}", "{\"x:k\": \"true\", \"x:b\": \"maybe\"}", IAM_NO},
		{"COND-63", "{\"BinaryEquals\": {\"x:k\": \"QmluYXJ5\"}}", "{\"x:k\": \"QmluYXJ5\"}", IAM_YES},
		{"COND-63", "{\"BinaryEquals\": {\"x:k\": \"QmluYXJ5\"}}", "{\"x:k\": \"QmluYXJ6\"}", IAM_NO},
		{"COND-63", "{\"BinaryEquals\": {\"x:k\": \"\"}}", "{\"x:k\": \"\"}", IAM_YES},
		{"COND-65a", "{\"BinaryEquals\": {\"x:k\": \"bin\"}}", "{\"x:k\": \"bin\"}", IAM_NO},

		/* addresses */
		{"COND-64", "{\"IpAddress\": {\"aws:SourceIp\": \"203.0.113.0/24\"}}", "{\"aws:SourceIp\": \"203.0.113.9\"}", IAM_YES},
		{"COND-64", "{\"IpAddress\": {\"aws:SourceIp\": \"0.0.0.0/0\"}}", "{\"aws:SourceIp\": \"203.0.113.9\"}", IAM_YES},
		{"COND-64", "{\"IpAddress\": {\"aws:SourceIp\": \"0.0.0.0/0\"}}", "{\"aws:SourceIp\": \"2001:db8::1\"}", IAM_NO},
		{"COND-64", "{\"NotIpAddress\": {\"aws:SourceIp\": \"0.0.0.0/0\"}}", "{\"aws:SourceIp\": \"2001:db8::1\"}", IAM_YES},
		{"COND-64", "{\"NotIpAddress\": {\"aws:SourceIp\": [\"10.0.0.0/8\", \"203.0.113.9\"]}}", "{\"aws:SourceIp\": \"203.0.113.9\"}", IAM_NO},
		{"COND-65a", "{\"NotIpAddress\": {\"aws:SourceIp\": \"10.0.0.0/8\"}}", "{\"aws:SourceIp\": \"AWS Internal\"}", IAM_NO},
		{"COND-65a", "{\"NotIpAddress\": {\"aws:SourceIp\": \"10.0.0.0/99\"}}", "{\"aws:SourceIp\": \"10.0.0.1\"}", IAM_YES},

		/* ARNs */
		{"COND-65", "{\"ArnEquals\": {\"x:k\": \"arn:aws:sns:*:1:t*\"}}", "{\"x:k\": \"arn:aws:sns:eu-west-1:1:topic\"}", IAM_YES},
		{"COND-65", "{\"ArnLike\": {\"x:k\": \"arn:aws:sns:*:t\"}}", "{\"x:k\": \"arn:aws:sns:eu-west-1:1:t\"}", IAM_NO},
		{"COND-65", "{\"ArnLike\": {\"x:k\": \"arn:aws:sns:*\"}}", "{\"x:k\": \"arn:aws:sns:eu-west-1:1:t\"}", IAM_NO},
		{"COND-65", "{\"ArnLike\": {\"x:k\": \"arn:aws:s3:::b/*\"}}", "{\"x:k\": \"arn:aws:s3:::b/c:d/e\"}", IAM_YES},
		{"COND-65", "{\"ArnLike\": {\"x:k\": \"arn:aws:s3:::B\"}}", "{\"x:k\": \"arn:aws:s3:::b\"}", IAM_NO},
		{"COND-65", "{\"ArnLike\": {\"x:k\": \"arn:aws:s3:::b\"}}", "{\"x:k\": \"arn:aws:s3:::b\"}", IAM_YES},
		{"COND-65", "{\"ArnNotLike\": {\"x:k\": \"arn:aws:s3:::b*\"}}", "{\"x:k\": \"arn:aws:s3:::bc\"}", IAM_NO},
		{"COND-65", "{\"ArnNotEquals\": {\"x:k\": \"arn:aws:s3:::b\"}}", "{\"x:k\": \"arn:aws:s3:::c\"}", IAM_YES},
		{"COND-65a", "{\"ArnLike\": {\"x:k\": \"*\"}}", "{\"x:k\": \"arn:aws:s3:::b\"}", IAM_NO},
		{"COND-65a", "{\"ArnNotLike\": {\"x:k\": \"*\"}}", "{\"x:k\": \"arn:aws:s3:::b\"}", IAM_YES},
		{"ARN-10", "{\"ArnLike\": {\"x:k\": \"arn:*:*:*:*:*\"}}", "{\"x:k\": \"b\"}", IAM_NO},
		{"Q-3", "{\"ArnNotLike\": {\"x:k\": \"arn:aws:s3:::b\"}}", "{\"x:k\": \"b\"}", IAM_NO},
		{"CTX-1", "{\"ArnEquals\": {\"aws:PrincipalArn\": \"arn:aws:iam::111111111111:user/bob\"}}", "{}", IAM_YES},

		/* variables */
		{"VAR-1", "{\"StringEquals\": {\"x:k\": \"${aws:username}\"}}", "{\"x:k\": \"bob\"}", IAM_YES},
		{"VAR-1", "{\"StringLike\": {\"x:k\": \"home/${aws:username}/*\"}}", "{\"x:k\": \"home/bob/x\"}", IAM_YES},
		{"VAR-1", "{\"StringLike\": {\"x:k\": \"home/${aws:username}/*\"}}", "{\"x:k\": \"home/eve/x\"}", IAM_NO},
		{"COND-51", "{\"StringEqualsIgnoreCase\": {\"x:k\": \"${aws:username}\"}}", "{\"x:k\": \"BOB\"}", IAM_YES},
		{"VAR-2", "{\"ArnEquals\": {\"x:k\": \"arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}\"}}",
		"{\"x:k\": \"arn:aws:iam::111111111111:user/bob\"}", IAM_YES},
		{"VAR-2", "{\"ArnLike\": {\"x:k\": \"arn:*:iam::${aws:PrincipalAccount}:user/*\"}}",
		"{\"x:k\": \"arn:aws:iam::111111111112:user/bob\"}", IAM_NO},
		{"VAR-4", "{\"StringEquals\": {\"x:k\": \"${x:none, 'eve'}\"}}", "{\"x:k\": \"eve\"}", IAM_YES},
		{"VAR-12", "{\"StringEquals\": {\"x:k\": \"${x:v, 'eve'}\"}}", "{\"x:k\": \"eve\", \"x:v\": \"\"}", IAM_YES},
		{"VAR-6", "{\"StringEquals\": {\"x:k\": \"${x:none}\"}}", "{\"x:k\": \"\"}", IAM_NO},
		{"VAR-6", "{\"StringNotEquals\": {\"x:k\": \"${x:none}\"}}", "{\"x:k\": \"a\"}", IAM_YES},
		{"VAR-6", "{\"StringNotEquals\": {\"x:k\": [\"${x:none}\", \"a\"]}}", "{\"x:k\": \"a\"}", IAM_NO},
		{"VAR-6", "{\"ArnNotLike\": {\"x:k\": \"arn:aws:s3:::${x:none}\"}}", "{\"x:k\": \"arn:aws:s3:::b\"}", IAM_YES},
		{"VAR-7", "{\"StringLike\": {\"x:k\": \"${x:v, 'a'}\"}}", "{\"x:k\": \"a\", \"x:v\": [\"a\", \"b\"]}", IAM_NO},
		{"VAR-8", "{\"StringLike\": {\"x:k\": \"a${*}\"}}", "{\"x:k\": \"a*\"}", IAM_YES},
		{"VAR-8", "{\"StringLike\": {\"x:k\": \"a${*}\"}}", "{\"x:k\": \"ab\"}", IAM_NO},
		{"VAR-8", "{\"StringEquals\": {\"x:k\": \"${$}${?}\"}}", "{\"x:k\": \"$?\"}", IAM_YES},
		{"VAR-11", "{\"StringLike\": {\"x:k\": \"${x:v}\"}}", "{\"x:k\": \"abc\", \"x:v\": \"*\"}", IAM_NO},
		{"VAR-11", "{\"StringLike\": {\"x:k\": \"${x:v}\"}}", "{\"x:k\": \"*\", \"x:v\": \"*\"}", IAM_YES},
		{"VAR-11", "{\"ArnLike\": {\"x:k\": \"arn:aws:s3:::${x:v}\"}}", "{\"x:k\": \"arn:aws:s3:::b\", \"x:v\": \"*\"}", IAM_NO},
		{"COND-69", "{\"NumericEquals\": {\"x:k\": \"${x:v}\"}}", "{\"x:k\": \"1\", \"x:v\": \"1\"}", IAM_NO},
		{"COND-69", "{\"Null\": {\"x:k\": \"${x:v}\"}}", "{\"x:v\": \"true\"}", IAM_NO}
	};
	static const Case old[] = {
		{"VAR-9", "{\"StringEquals\": {\"x:k\": \"${aws:username}\"}}", "{\"x:k\": \"bob\"}", IAM_NO},
		{"VAR-9", "{\"StringEquals\": {\"x:k\": \"${aws:username}\"}}", "{\"x:k\": \"${aws:username}\"}", IAM_YES},
		{"VAR-9", "{\"StringLike\": {\"x:k\": \"a${*}\"}}", "{\"x:k\": \"a${bcd}\"}", IAM_YES},
		{"VAR-9", "{\"ArnLike\": {\"x:k\": \"arn:aws:s3:::${x:*}\"}}", "{\"x:k\": \"arn:aws:s3:::${x:y}\"}", IAM_YES},
		{"VER-1", "{\"ForAnyValue:StringLikeIfExists\": {\"x:k\": \"a*\"}}", "{\"x:k\": [\"ab\"]}", IAM_YES}
	};

	RUN(cases, "2012-10-17", false);
	RUN(old, "2008-10-17", false);
}

/* The key, or a variable of the value, is unknown. */
static void
test_unknown(void)
{
	static const Case cases[] = {
		{"EVAL-14", "{\"StringEquals\": {\"x:k\": \"a\"}}", "{}", IAM_UNKNOWN},
		{"EVAL-14", "{\"StringEquals\": {\"x:k\": \"a\"}}", "{\"x:k\": null}", IAM_NO},
		{"EVAL-14", "{\"StringEquals\": {\"x:k\": []}}", "{}", IAM_NO},
		{"EVAL-14", "{\"StringNotEquals\": {\"x:k\": []}}", "{}", IAM_UNKNOWN},
		{"EVAL-14", "{\"StringNotEquals\": {\"x:k\": \"a\"}}", "{}", IAM_UNKNOWN},
		{"EVAL-14", "{\"StringLike\": {\"x:k\": \"*\"}}", "{}", IAM_UNKNOWN},
		/* an unknown key may hold several values, and then no operator without a set holds */
		{"COND-44", "{\"StringLikeIfExists\": {\"x:k\": \"*\"}}", "{}", IAM_UNKNOWN},
		{"EVAL-14", "{\"NumericEquals\": {\"x:k\": \"abc\"}}", "{}", IAM_NO},
		{"EVAL-14", "{\"NumericNotEquals\": {\"x:k\": \"abc\"}}", "{}", IAM_UNKNOWN},
		{"EVAL-14", "{\"StringEquals\": {\"x:k\": \"${x:gone}\"}}", "{\"x:gone\": null}", IAM_NO},
		{"EVAL-14", "{\"StringEquals\": {\"x:k\": [\"${x:gone}\", \"a\"]}}", "{\"x:gone\": null}", IAM_UNKNOWN},
		{"EVAL-14", "{\"ForAllValues:StringLike\": {\"x:k\": \"*\"}}", "{}", IAM_YES},
		{"EVAL-14", "{\"ForAllValues:StringLike\": {\"x:k\": [\"a\", \"**\"]}}", "{}", IAM_YES},
		{"EVAL-14", "{\"ForAllValues:StringLike\": {\"x:k\": \"?*\"}}", "{}", IAM_UNKNOWN},
		{"EVAL-14", "{\"ForAllValues:StringEquals\": {\"x:k\": []}}", "{}", IAM_UNKNOWN},
		{"EVAL-14", "{\"ForAllValues:StringNotEquals\": {\"x:k\": []}}", "{}", IAM_YES},
		{"EVAL-14", "{\"ForAllValues:NumericNotEquals\": {\"x:k\": []}}", "{}", IAM_UNKNOWN},
		{"EVAL-14", "{\"ForAnyValue:StringEquals\": {\"x:k\": []}}", "{}", IAM_NO},
		{"EVAL-14", "{\"ForAnyValue:StringNotLike\": {\"x:k\": \"*\"}}", "{}", IAM_NO},
		{"EVAL-14", "{\"ForAnyValue:StringLike\": {\"x:k\": \"*\"}}", "{}", IAM_UNKNOWN},
		{"EVAL-14", "{\"ForAnyValue:StringLikeIfExists\": {\"x:k\": \"*\"}}", "{}", IAM_YES},
		{"EVAL-14", "{\"ForAnyValue:StringNotLikeIfExists\": {\"x:k\": \"*\"}}", "{}", IAM_UNKNOWN},
		{"EVAL-14", "{\"Null\": {\"x:k\": \"true\"}}", "{}", IAM_UNKNOWN},
		{"EVAL-14", "{\"Null\": {\"x:k\": \"false\"}}", "{}", IAM_UNKNOWN},
		{"EVAL-14", "{\"Null\": {\"x:k\": [\"true\", \"false\"]}}", "{}", IAM_YES},
		{"EVAL-14", "{\"Null\": {\"x:k\": \"maybe\"}}", "{}", IAM_NO},
		/* derived keys are known: role sessions aside, bob has a user name and no service name */
		{"CTX-2", "{\"StringEquals\": {\"aws:username\": \"bob\"}}", "{}", IAM_YES},
		{"CTX-6", "{\"Null\": {\"aws:PrincipalServiceName\": \"true\"}}", "{}", IAM_YES},
		/* unknown variables */
		{"EVAL-14", "{\"StringEquals\": {\"x:k\": \"${x:v}\"}}", "{\"x:k\": \"a\"}", IAM_UNKNOWN},
		{"EVAL-14", "{\"StringNotEquals\": {\"x:k\": \"${x:v}\"}}", "{\"x:k\": \"a\"}", IAM_UNKNOWN},
		{"EVAL-14", "{\"StringEquals\": {\"x:k\": [\"${x:v}\", \"a\"]}}", "{\"x:k\": \"a\"}", IAM_YES},
		{"EVAL-14", "{\"StringNotEquals\": {\"x:k\": [\"${x:v}\", \"a\"]}}", "{\"x:k\": \"a\"}", IAM_NO},
		{"EVAL-14", "{\"StringLike\": {\"x:k\": \"home/${x:v}/*\"}}", "{\"x:k\": \"home/a/b\"}", IAM_UNKNOWN},
		{"EVAL-14", "{\"StringLike\": {\"x:k\": \"home/${x:v}/*\"}}", "{\"x:k\": \"work/a/b\"}", IAM_NO},
		{"EVAL-14", "{\"StringNotLike\": {\"x:k\": \"home/${x:v}/*\"}}", "{\"x:k\": \"work/a/b\"}", IAM_YES},
		{"EVAL-14", "{\"ArnLike\": {\"x:k\": \"arn:aws:s3:::b/${x:v}\"}}", "{\"x:k\": \"arn:aws:s3:::b/a\"}", IAM_UNKNOWN},
		{"EVAL-14", "{\"ArnLike\": {\"x:k\": \"arn:aws:s3:::b/${x:v}\"}}", "{\"x:k\": \"arn:aws:s3:::c/a\"}", IAM_NO},
		{"EVAL-14", "{\"StringEqualsIgnoreCase\": {\"x:k\": \"${x:v}\"}}", "{\"x:k\": \"a\"}", IAM_UNKNOWN},
		{"EVAL-14", "{\"Bool\": {\"x:k\": \"${x:v}\"}}", "{\"x:k\": \"true\"}", IAM_UNKNOWN},
		{"EVAL-14", "{\"ForAllValues:StringEquals\": {\"x:k\": [\"a\", \"${x:v}\"]}}", "{\"x:k\": [\"a\", \"b\"]}", IAM_UNKNOWN},
		{"EVAL-14", "{\"ForAnyValue:StringEquals\": {\"x:k\": [\"a\", \"${x:v}\"]}}", "{\"x:k\": [\"b\", \"a\"]}", IAM_YES},
		{"EVAL-14", "{\"StringLike\": {\"x:k\": \"${x:v}${x:gone}\"}}", "{\"x:k\": \"a\", \"x:gone\": null}", IAM_NO}
	};

	RUN(cases, "2012-10-17", true);
}

/* Without a caller what depends on it is unknown, with or without unknown context. */
static void
test_no_caller(void)
{
	const IamCaller *saved = bob;

	bob = NULL;
	CHECK_RULE(test_policy(make_policy("2012-10-17", "{\"StringEquals\": {\"aws:username\": \"bob\"}}"),
						   make_request("{}", false)) == IAM_UNKNOWN, "CTX-2", "no caller");
	CHECK_RULE(test_policy(make_policy("2012-10-17", "{\"StringEquals\": {\"x:k\": \"a\"}}"),
						   make_request("{\"x:k\": \"a\"}", false)) == IAM_YES, "COND-50", "no caller");
	bob = saved;
}

/* Soundness: an answer for an unknown key or variable holds for each of its completions. */
static void
test_completions(void)
{
	static const char *const prefixes[] = {"", "ForAllValues:", "ForAnyValue:"};
	static const char *const suffixes[] = {"", "IfExists"};
	static const char *const operators[] = {
		"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
		"StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "DateEquals", "DateNotEquals", "Bool",
		"BinaryEquals", "IpAddress", "NotIpAddress", "ArnLike", "ArnNotLike", "Null"
	};
	static const char *const values[] = {
		"[]", "\"a\"", "\"*\"", "\"\"", "[\"true\", \"false\"]", "\"10\"", "\"2020-01-01\"", "\"10.0.0.0/8\"",
		"\"arn:aws:s3:::b\"", "\"arn:*:*:*:*:*\"", "\"QQ==\"", "\"${x:v}\"", "\"${x:gone}\"",
		"\"arn:aws:s3:::${x:v}\"", "[\"a\", \"${x:v}*\"]", "\"arn:aws:s3:${x:v}:1:b\""
	};
	static const char *const completions[] = {
		"null", "\"\"", "\"a\"", "\"*\"", "\"A\"", "\"10\"", "\"true\"", "\"false\"", "\"2020-01-01\"", "\"10.1.2.3\"",
		"\"arn:aws:s3:::b\"", "\"arn:aws:s3:a:1:b\"", "\"arn:aws:s3:x:y:1:b\"", "\"x:y\"", "\"QQ==\"", "[\"\"]",
		"[\"a\"]", "[\"a\", \"b\"]", "[\"\", \"a\"]"
	};
	enum {COMPLETIONS = sizeof completions / sizeof completions[0]};
	const IamRequest *keys[COMPLETIONS];	/* the key is completed, the variable not */
	const IamRequest *both[COMPLETIONS][COMPLETIONS];
	const IamRequest *open = make_request("{\"x:gone\": null}", true);
	long		sharp = 0;

	for (int i = 0; i < COMPLETIONS; i++)
	{
		char		context[300];

		snprintf(context, sizeof context, "{\"x:gone\": null, \"x:k\": %s}", completions[i]);
		keys[i] = make_request(context, true);
		for (int j = 0; j < COMPLETIONS; j++)
		{
			snprintf(context, sizeof context, "{\"x:gone\": null, \"x:k\": %s, \"x:v\": %s}", completions[i], completions[j]);
			both[i][j] = make_request(context, true);
		}
	}
	for (size_t p = 0; p < 3; p++)
		for (size_t s = 0; s < 2; s++)
			for (size_t o = 0; o < sizeof operators / sizeof operators[0]; o++)
				for (size_t v = 0; v < sizeof values / sizeof values[0]; v++)
				{
					char		condition[300];
					const IamPolicy *policy;
					IamTri		whole;
					bool		sound = true;

					if (s == 1 && strcmp(operators[o], "Null") == 0)
						continue;
					snprintf(condition, sizeof condition, "{\"%s%s%s\": {\"x:k\": %s}}",
							 prefixes[p], operators[o], suffixes[s], values[v]);
					policy = make_policy("2012-10-17", condition);
					whole = test_policy(policy, open);
					sharp += whole != IAM_UNKNOWN;
					for (int i = 0; i < COMPLETIONS; i++)
					{
						IamTri		half = test_policy(policy, keys[i]);

						sound = sound && (whole == IAM_UNKNOWN || half == whole);
						for (int j = 0; j < COMPLETIONS; j++)
						{
							IamTri		full = test_policy(policy, both[i][j]);

							sound = sound && full != IAM_UNKNOWN && (half == IAM_UNKNOWN || full == half);
						}
					}
					CHECK_RULE(sound, "EVAL-14", condition);
				}
	CHECK_RULE(sharp > 100, "EVAL-14", "some answers do not need the key");
}

int
main(void)
{
	IamCallerInput who;
	IamError	err;

	iam_arena_init(&arena, &iam_malloc_host);
	memset(&who, 0, sizeof who);
	who.principal = IAM_LIT("arn:aws:iam::111111111111:user/bob");
	if (!iam_caller_compile(&arena, &who, &bob, &err))
		abort();
	test_complete();
	test_unknown();
	test_no_caller();
	test_completions();
	iam_arena_release(&arena);
	return checks_done();
}
