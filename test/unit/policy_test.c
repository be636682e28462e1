/*
 * policy_test.c: JSON in and out, the structure of policies (GRAM-1..10),
 * canonical text, the compiled image and the check of untrusted images.
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "action.h"
#include "json_out.h"
#include "policy.h"
#include "principal.h"
#include "value.h"

static IamArena arena;
static IamError error;

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

static const IamPolicy *
compile(const char *text)
{
	const IamPolicy *policy = NULL;

	memset(&error, 0, sizeof error);
	return iam_policy_compile(&arena, str(text), &policy, &error) ? policy : NULL;
}

/* One Allow statement on *, with more elements before its end. */
static const IamPolicy *
compile_with(const char *elements)
{
	char		text[4096];

	snprintf(text, sizeof text,
			 "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\"%s}]}", elements);
	return compile(iam_str_copy(&arena, (IamStr) {text, (uint32_t) strlen(text) + 1}).data);
}

#define S	"{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}"
#define AR	",\"Action\":\"s3:*\",\"Resource\":\"*\""

/* ---- JSON ---- */

/* The text of the only element of an array, or the error's message. */
static const char *
number(const char *lexeme)
{
	static char result[300];
	char		text[256];
	const IamJson *json;

	snprintf(text, sizeof text, "[%s]", lexeme);
	memset(&error, 0, sizeof error);
	if (iam_json_parse(&arena, str(text), sizeof text, &json, &error))
		snprintf(result, sizeof result, "%.*s", (int) json->items[0].text.len,
				 json->items[0].text.data);
	else
		snprintf(result, sizeof result, "error");
	return result;
}

static void
test_numbers(void)
{
	static const char *const cases[][2] = {
		{"0", "0"},
		{"-0", "0"},
		{"10", "10"},
		{"9223372036854775807", "9223372036854775807"},
		{"-9223372036854775808", "-9223372036854775808"},
		{"9223372036854775808", "error"},
		{"1.0", "1"},
		{"1.50", "1.5"},
		{"-0.5", "-0.5"},
		{"0.0", "0"},
		{"100.25e-2", "1.0025"},
		{"1e3", "1000"},
		{"1E+20", "100000000000000000000"},
		{"1e21", "1e21"},
		{"1.5e-6", "0.0000015"},
		{"1e-7", "1e-7"},
		{"12.5e-10", "1.25e-9"},
		{"0.1", "0.1"},
		{"0.30000000000000004", "0.30000000000000004"},
		{"0.3000000000000000", "0.3"},
		{"0.12345678901234567890", "error"},
		{"0.1000000000000000055511151231257827", "error"},
		{"123456789012345678.5", "error"},
		{"1.7976931348623157e308", "1.7976931348623157e308"},
		{"5e-324", "5e-324"},
		{"1e400", "error"},
		{"1e-400", "error"},
		{"9007199254740993.0", "error"},
		{"9007199254740992.0", "9007199254740992"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		CHECK_RULE(strcmp(number(cases[i][0]), cases[i][1]) == 0, "GRAM-8", cases[i][0]);
	number("1,\n 0.12345678901234567890");
	CHECK(error.line == 2 && error.column == 2);
	CHECK(strstr(error.hint, "Quote the number") != NULL);
	number("99999999999999999999");
	CHECK(strstr(error.hint, "Quote the number") != NULL);
	/* digits inside strings are not numbers */
	CHECK(strcmp(number("\"1.00000000000000000000001 \\\" 2\", 0.5"),
				 "1.00000000000000000000001 \" 2") == 0);
}

static bool
parses(const char *text, uint32_t len)
{
	const IamJson *json;

	memset(&error, 0, sizeof error);
	return iam_json_parse(&arena, (IamStr) {text, len}, 1000, &json, &error);
}

static bool
json_fails(const char *text, const char *message)
{
	bool		failed = !parses(text, (uint32_t) strlen(text));

	if (failed && strstr(error.message, message) == NULL)
		fprintf(stderr, "message: %s\n", error.message);
	return failed && error.status != IAM_OK && strstr(error.message, message) != NULL;
}

static void
test_json(void)
{
	char		deep[100];
	const IamJson *json;
	IamBuf		buf;

	CHECK_RULE(json_fails("{\"a\":1,\"b\":{\"c\":1,\"c\":2}}", "Key \"c\" occurs twice"),
			   "GRAM-2", "duplicate key is named");
	CHECK(error.line == 1 && error.column > 1);
	CHECK_RULE(json_fails("{\"a long key of more than twenty bytes\":1,"
						  "\"a long key of more than twenty bytes\":2}",
						  "\"a long key of more than twenty bytes\""),
			   "GRAM-2", "a long duplicate key is named");
	CHECK(json_fails("{\"a\\\"b\":1,\"a\\\"b\":2}", "a\\\"b"));
	CHECK(json_fails("", "not valid JSON"));
	CHECK(json_fails("not json", "not valid JSON"));
	CHECK(strstr(error.message, "buffer") == NULL);
	CHECK(json_fails("{\"a\":", "ends too early"));
	CHECK(json_fails("{} {}", "not valid JSON"));
	CHECK(json_fails("[\"a\\u0000\"]", "U+0000"));
	CHECK(json_fails("{\"a\\u0000\":1}", "U+0000"));
	CHECK(!parses("[\"a\0b\"]", 7));
	CHECK(json_fails("[\"\xff\"]", "not valid JSON"));
	CHECK(json_fails("[\"\xc0\x80\"]", "not valid JSON"));
	CHECK(json_fails("[\"\\ud800\"]", "not valid JSON"));
	CHECK(json_fails("[01]", "not valid JSON"));
	CHECK(json_fails("\"text\"", "not valid JSON"));
	CHECK(parses("[\"\xc3\xa9\\ud83d\\ude00\"]", 18));

	memset(deep, '[', 33);
	memset(deep + 33, ']', 33);
	deep[66] = 0;
	CHECK(json_fails(deep, "nested deeper than 32"));
	CHECK(error.status == IAM_OVER_LIMIT && error.line == 1 && error.column == 33);
	memset(deep, ' ', 1);
	memset(deep + 65, ' ', 1);
	CHECK(parses(deep, 66));
	CHECK(!iam_json_parse(&arena, str("[1,2]"), 4, &json, &error));
	CHECK(error.status == IAM_OVER_LIMIT);
	/* brackets in strings do not nest */
	CHECK(parses("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]", 46));

	CHECK(iam_json_parse(&arena, str("{\"z\":true,\"a\":null,\"m\":[1,\"x\"]}"), 100, &json, &error));
	CHECK(json->count == 3 && equals(json->keys[0], "z") && equals(json->keys[2], "m"));
	CHECK(equals(iam_json_member(json, "z")->text, "true"));
	CHECK(iam_json_member(json, "a")->type == IAM_JSON_NULL);
	CHECK(iam_json_member(json, "m")->count == 2);
	CHECK(iam_json_member(json, "q") == NULL);
	CHECK(iam_json_member(iam_json_member(json, "m"), "q") == NULL);

	iam_buf_init(&buf, &arena);
	iam_buf_char(&buf, '{');
	iam_json_key_string(&buf, "s", str("a\"\\\b\f\n\r\t\x01\x1f\x7f/\xc3\xa9"));
	iam_json_key_cstr(&buf, "c", "");
	iam_json_key_bool(&buf, "b", true);
	iam_json_key_int(&buf, "i", -12);
	iam_json_key(&buf, "l");
	iam_buf_char(&buf, '[');
	iam_json_next(&buf);
	iam_json_string(&buf, str("x"));
	iam_json_next(&buf);
	iam_json_string(&buf, str("y"));
	iam_buf_cstr(&buf, "]}");
	CHECK(equals(iam_buf_result(&buf),
				 "{\"s\":\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f/\xc3\xa9\",\"c\":\"\","
				 "\"b\":true,\"i\":-12,\"l\":[\"x\",\"y\"]}"));
}

/* ---- structure ---- */

typedef struct Refusal
{
	const char *rule;
	const char *text;
	const char *path;
	const char *message;
} Refusal;

static void
test_refusals(void)
{
	static const Refusal cases[] = {
		{"GRAM-1", "[]", "$", "must be a JSON object"},
		{"GRAM-1", "{}", "$", "must have \"Statement\""},
		{"GRAM-1", "{\"Statement\":[]}", "$.Statement", "empty array"},
		{"GRAM-1", "{\"Statement\":null}", "$.Statement", "not null"},
		{"GRAM-1", "{\"Statement\":\"x\"}", "$.Statement", "not a string"},
		{"GRAM-1", "{\"Statement\":[" S ",1]}", "$.Statement[1]", "not a number"},
		{"GRAM-1", "{\"Statement\":" S ",\"statement\":1}", "$.statement", "\"statement\" is not"},
		{"GRAM-1", "{\"Statement\":" S ",\"Id\":1}", "$.Id", "must be a string"},
		{"GRAM-2", "{\"Statement\":{\"Effect\":\"Allow\",\"Effect\":\"Deny\"}}", "", "\"Effect\" occurs twice"},
		{"GRAM-3", "{\"Version\":\"2012-10-18\",\"Statement\":" S "}", "$.Version", "2012-10-17"},
		{"GRAM-3", "{\"Version\":2012,\"Statement\":" S "}", "$.Version", "must be a string"},
		{"GRAM-4", "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Foo\":1}}", "$.Statement.Foo", "\"Foo\""},
		{"GRAM-4", "{\"Statement\":[{\"effect\":\"Allow\"}]}", "$.Statement[0].effect", "\"effect\""},
		{"GRAM-4", "{\"Statement\":{\"Action\":\"a:b\"}}", "$.Statement", "must have \"Effect\""},
		{"GRAM-4", "{\"Statement\":{\"Effect\":\"Allow\"}}", "$.Statement", "\"Action\" or \"NotAction\""},
		{"GRAM-4", "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"NotAction\":\"a:b\"}}",
		"$.Statement", "both \"Action\" and \"NotAction\""},
		{"GRAM-4", "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\",\"NotResource\":\"*\"}}",
		"$.Statement", "both \"Resource\" and \"NotResource\""},
		{"GRAM-4", "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Principal\":\"*\",\"NotPrincipal\":\"*\"}}",
		"$.Statement", "both \"Principal\" and \"NotPrincipal\""},
		{"GRAM-4", "{\"Statement\":{\"Effect\":\"Allow\",\"Sid\":1,\"Action\":\"a:b\"}}", "$.Statement.Sid", "must be a string"},
		{"GRAM-5", "{\"Statement\":{\"Effect\":\"allow\",\"Action\":\"a:b\"}}", "$.Statement.Effect", "letter case"},
		{"GRAM-5", "{\"Statement\":{\"Effect\":\"Permit\",\"Action\":\"a:b\"}}", "$.Statement.Effect",
		"must be \"Allow\" or \"Deny\"."},
		{"GRAM-5", "{\"Statement\":{\"Effect\":[\"Allow\"],\"Action\":\"a:b\"}}", "$.Statement.Effect", "must be"},
	};
	static const Refusal elements[] = {
		{"GRAM-6", ",\"Action\":1", "$.Statement[0].Action", "not a number"},
		{"GRAM-6", ",\"Action\":[]", "$.Statement[0].Action", "empty array"},
		{"GRAM-6", ",\"NotAction\":[\"a:b\",null]", "$.Statement[0].NotAction[1]", "not null"},
		{"GRAM-6", ",\"Action\":\"a:b\",\"Resource\":[]", "$.Statement[0].Resource", "empty array"},
		{"GRAM-6", ",\"Action\":\"a:b\",\"NotResource\":{}", "$.Statement[0].NotResource", "not an object"},
		{"GRAM-6", ",\"Action\":\"a:b\",\"Resource\":[true]", "$.Statement[0].Resource[0]", "not a boolean"},
		{"GRAM-7", ",\"Principal\":\"123456789012\"" AR, "$.Statement[0].Principal", "\"*\" or an object"},
		{"GRAM-7", ",\"Principal\":[\"*\"]" AR, "$.Statement[0].Principal", "not an array"},
		{"GRAM-7", ",\"Principal\":{\"aws\":\"*\"}" AR, "$.Statement[0].Principal.aws", "\"aws\" is not"},
		{"GRAM-7", ",\"NotPrincipal\":{\"AWS\":1}" AR, "$.Statement[0].NotPrincipal.AWS", "not a number"},
		{"GRAM-7", ",\"Principal\":{\"AWS\":[[\"*\"]]}" AR, "$.Statement[0].Principal.AWS[0]", "not an array"},
		{"GRAM-8", AR ",\"Condition\":[]", "$.Statement[0].Condition", "not an array"},
		{"GRAM-8", AR ",\"Condition\":null", "$.Statement[0].Condition", "not null"},
		{"GRAM-8", AR ",\"Condition\":{\"StringMatches\":{\"a:b\":\"x\"}}",
		"$.Statement[0].Condition.StringMatches", "\"StringMatches\" is not"},
		{"GRAM-8", AR ",\"Condition\":{\"StringEquals\":[]}", "$.Statement[0].Condition.StringEquals", "not an array"},
		{"GRAM-8", AR ",\"Condition\":{\"StringEquals\":{\"aws:x\":null}}",
		"$.Statement[0].Condition.StringEquals[\"aws:x\"]", "not null"},
		{"GRAM-8", AR ",\"Condition\":{\"StringEquals\":{\"aws:x\":[\"a\",[\"b\"]]}}",
		"$.Statement[0].Condition.StringEquals[\"aws:x\"][1]", "not an array"},
		{"GRAM-9", AR ",\"Condition\":{\"NullIfExists\":{\"a:b\":\"true\"}}",
		"$.Statement[0].Condition.NullIfExists", "takes no IfExists"},
		{"GRAM-9", AR ",\"Condition\":{\"ForAllValues:nullifexists\":{}}",
		"$.Statement[0].Condition[\"ForAllValues:nullifexists\"]", "takes no IfExists"},
		{"GRAM-9", AR ",\"Condition\":{\"ForSomeValues:StringLike\":{\"a\":\"b\"}}",
		"$.Statement[0].Condition[\"ForSomeValues:StringLike\"]", "is not a condition operator"},
		{"GRAM-10", AR ",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":true,\"aws:securetransport\":true}}",
		"$.Statement[0].Condition.Bool[\"aws:securetransport\"]", "only in letter case"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		const Refusal *c = &cases[i];

		CHECK_RULE(compile(c->text) == NULL && error.status == IAM_BAD_SYNTAX, c->rule, c->text);
		CHECK_RULE(strcmp(error.path, c->path) == 0, c->rule, error.path);
		CHECK_RULE(strstr(error.message, c->message) != NULL, c->rule, error.message);
	}
	for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
	{
		const Refusal *c = &elements[i];

		CHECK_RULE(compile_with(c->text) == NULL && error.status == IAM_BAD_SYNTAX, c->rule, c->text);
		CHECK_RULE(strcmp(error.path, c->path) == 0, c->rule, error.path);
		CHECK_RULE(strstr(error.message, c->message) != NULL, c->rule, error.message);
	}
}

static void
test_acceptance(void)
{
	CHECK_RULE(compile("{\"Statement\":" S "}") != NULL, "GRAM-1", "one statement object");
	CHECK_RULE(compile("{\"Statement\":[" S "],\"Version\":\"2008-10-17\",\"Id\":\"\"}") != NULL,
			   "GRAM-2", "any order");
	CHECK_RULE(compile_with(",\"Action\":\"*\"") != NULL, "GRAM-4", "no Resource");
	CHECK_RULE(compile_with(",\"Action\":\"no colon\",\"Resource\":\"no arn\"") != NULL,
			   "GRAM-40", "unusable patterns are stored");
	CHECK_RULE(compile_with(",\"Principal\":{}" AR) != NULL, "GRAM-7", "empty principal object");
	CHECK_RULE(compile_with(",\"Principal\":{\"AWS\":[]}" AR) != NULL, "GRAM-7", "empty list");
	CHECK_RULE(compile_with(AR ",\"Condition\":{}") != NULL, "GRAM-8", "empty Condition");
	CHECK_RULE(compile_with(AR ",\"Condition\":{\"Nonsense\":{}}") != NULL, "GRAM-8", "empty block");
	CHECK_RULE(compile_with(AR ",\"Condition\":{\"StringLike\":{\"a\":[]}}") != NULL, "GRAM-8", "no value");
	CHECK_RULE(compile_with(AR ",\"Condition\":{\"forallvalues:arnlikeifexists\":{\"a\":\"b\"}}") != NULL,
			   "GRAM-9", "any case (Q-20)");
	CHECK_RULE(compile_with(AR ",\"Condition\":{\"StringEquals\":{\"a\":1},\"stringequals\":{\"A\":1}}") != NULL,
			   "GRAM-10", "the rule is about one block");
}

static void
test_limits(void)
{
	IamBuf		buf;
	const IamPolicy *policy;
	char		pattern[IAM_MAX_PATTERN_BYTES + 2];

	iam_buf_init(&buf, &arena);
	iam_buf_cstr(&buf, "{\"Statement\":[");
	for (int i = 0; i < IAM_MAX_STATEMENTS; i++)
		iam_buf_cstr(&buf, i == 0 ? S : "," S);
	iam_buf_cstr(&buf, "]}");
	CHECK(iam_policy_compile(&arena, iam_buf_result(&buf), &policy, &error));
	CHECK(iam_policy_check(policy, policy->head.size, &error));
	buf.len -= 2;
	iam_buf_cstr(&buf, "," S "]}");
	CHECK(!iam_policy_compile(&arena, iam_buf_result(&buf), &policy, &error));
	CHECK(error.status == IAM_OVER_LIMIT && strcmp(error.path, "$.Statement") == 0);

	for (uint32_t len = IAM_MAX_PATTERN_BYTES; len <= IAM_MAX_PATTERN_BYTES + 1; len++)
	{
		memset(pattern, 'a', len);
		iam_buf_init(&buf, &arena);
		iam_buf_cstr(&buf, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"x:y\",\"");
		iam_buf_bytes(&buf, pattern, len);
		iam_buf_cstr(&buf, "\"]}}");
		CHECK(iam_policy_compile(&arena, iam_buf_result(&buf), &policy, &error) ==
			  (len == IAM_MAX_PATTERN_BYTES));
	}
	CHECK(error.status == IAM_OVER_LIMIT && strcmp(error.path, "$.Statement.Action[1]") == 0);

	iam_buf_init(&buf, &arena);
	iam_buf_cstr(&buf, "{\"Statement\":" S);
	while (buf.len < IAM_MAX_POLICY_BYTES)
		iam_buf_char(&buf, ' ');
	iam_buf_char(&buf, '}');
	CHECK(!iam_policy_compile(&arena, iam_buf_result(&buf), &policy, &error));
	CHECK(error.status == IAM_OVER_LIMIT);
	/* as text with quotes, the values would not go in again */
	iam_buf_init(&buf, &arena);
	iam_buf_cstr(&buf, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Condition\":"
				 "{\"NumericEquals\":{\"a\":[1");
	while (buf.len < IAM_MAX_POLICY_BYTES / 4 * 3)
		iam_buf_cstr(&buf, ",1");
	iam_buf_cstr(&buf, "]}}}}");
	CHECK(!iam_policy_compile(&arena, iam_buf_result(&buf), &policy, &error));
	CHECK(error.status == IAM_OVER_LIMIT);
}

/* ---- canonical text ---- */

static void
test_canonical(void)
{
	static const char *const cases[][2] = {
		{"{ \"Statement\" : [ { \"Resource\":[\"*\"], \"Action\":\"S3:Get*\",\n\"Effect\":\"Deny\",\"Sid\":\"\" } ],"
			" \"Id\":\"x\", \"Version\":\"2008-10-17\" }",
		"{\"Version\":\"2008-10-17\",\"Id\":\"x\",\"Statement\":[{\"Sid\":\"\",\"Effect\":\"Deny\","
		"\"Action\":\"S3:Get*\",\"Resource\":[\"*\"]}]}"},
		{"{\"Statement\":{\"Condition\":{\"stringlike\":{\"B:k\":[1,true,\"x\",2.50],\"a:K\":false},\"Bool\":{}},"
			"\"NotResource\":\"*\",\"NotAction\":[\"b:*\",\"a:*\"],"
			"\"NotPrincipal\":{\"Service\":[],\"AWS\":[\"b\",\"a\"]},\"Effect\":\"Allow\"}}",
		"{\"Statement\":{\"Effect\":\"Allow\",\"NotPrincipal\":{\"Service\":[],\"AWS\":[\"b\",\"a\"]},"
		"\"NotAction\":[\"b:*\",\"a:*\"],\"NotResource\":\"*\","
		"\"Condition\":{\"stringlike\":{\"B:k\":[\"1\",\"true\",\"x\",\"2.5\"],\"a:K\":\"false\"},\"Bool\":{}}}}"},
		{"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"a:\\u0041\\/\\\"\\n\","
			"\"Resource\":\"\xc3\xa9\\u00e9\"}}",
		"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"a:A/\\\"\\n\","
		"\"Resource\":\"\xc3\xa9\xc3\xa9\"}}"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		const IamPolicy *policy = compile(cases[i][0]);
		const IamPolicy *again = NULL;
		IamStr		text;
		uint64_t	hash;

		CHECK_RULE(policy != NULL, "GRAM-41", error.message);
		if (policy == NULL)
			continue;
		text = iam_slice(policy, policy->text);
		CHECK_RULE(equals(text, cases[i][1]), "GRAM-41", cases[i][1]);
		hash = iam_hash64(text);
		CHECK(policy->hash_low == (uint32_t) hash && policy->hash_high == (uint32_t) (hash >> 32));
		CHECK(iam_policy_check(policy, policy->head.size, &error));
		CHECK(iam_policy_compile(&arena, text, &again, &error));
		CHECK(again->head.size == policy->head.size &&
			  memcmp(again, policy, policy->head.size) == 0);
	}
}

/* ---- the image ---- */

static void
test_statements(void)
{
	const IamPolicy *policy = compile("{\"Version\":\"2012-10-17\",\"Id\":\"a\\\"b\",\"Statement\":["
									  "{\"Sid\":\"one\\n\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},"
									  "{\"Effect\":\"Deny\",\"NotAction\":\"a:b\",\"NotResource\":\"*\","
									  "\"NotPrincipal\":{\"AWS\":\"111122223333\"},\"Condition\":{\"Bool\":{\"a:b\":true}}}]}");
	const IamStatement *one;
	const IamStatement *two;

	CHECK(policy != NULL);
	if (policy == NULL)
		return;
	one = iam_policy_statement(policy, 0);
	two = iam_policy_statement(policy, 1);
	CHECK(policy->version == IAM_VERSION_2012 && policy->statement_count == 2);
	CHECK(equals(iam_slice(policy, policy->id), "a\"b"));
	CHECK(equals(iam_slice(policy, one->sid), "one\n"));
	CHECK(equals(iam_slice(policy, one->text),
				 "{\"Sid\":\"one\\n\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"));
	CHECK(one->flags == (IAM_STMT_SID | IAM_STMT_RESOURCE | IAM_STMT_ANY_ACTION | IAM_STMT_ANY_RESOURCE));
	CHECK(one->service_count == 0 && one->action_count == 1);
	CHECK(two->sid.off == 0 && (two->flags & IAM_STMT_DENY) != 0);
	CHECK(two->flags & IAM_STMT_NOT_PRINCIPAL && two->flags & IAM_STMT_NOT_ACTION);
	CHECK(two->flags & IAM_STMT_NOT_RESOURCE && two->flags & IAM_STMT_CONDITION);
	CHECK_RULE(two->flags & IAM_STMT_DEPENDS_ON_CALLER, "PRIN-33", "NotPrincipal needs the caller");
	CHECK(equals(iam_slice(policy, two->principal_text), "{\"AWS\":\"111122223333\"}"));
	CHECK(equals(iam_slice(policy, two->condition_text), "{\"Bool\":{\"a:b\":\"true\"}}"));
	CHECK(policy->flags == (IAM_HAS_ALLOW | IAM_HAS_DENY | IAM_HAS_CONDITION | IAM_HAS_NOT_ACTION |
							IAM_HAS_NOT_RESOURCE | IAM_HAS_NOT_PRINCIPAL | IAM_DEPENDS_ON_CALLER));
}

static void
test_actions(void)
{
	const IamPolicy *policy = compile_with(",\"Action\":[\"s3:Put*\",\"S3:GetObject\",\"ec2:*\",\"nocolon\","
										   "\"s3:*Tag?\",\"*:List\",\"s3:getobject\",\"*\",\"s3:ListBucket\"]");
	const IamStatement *stmt;
	const IamAction *actions;
	const IamService *services;
	uint32_t	counted = 0;
	bool		seen[9] = {false};

	CHECK(policy != NULL);
	if (policy == NULL)
		return;
	stmt = iam_policy_statement(policy, 0);
	actions = IAM_ACTIONS(policy, stmt);
	services = IAM_SERVICES(policy, stmt);
	CHECK_RULE(stmt->action_count == 9 && stmt->service_count == 3, "ACT-4", "s3, ec2 and any vendor");
	for (uint32_t i = 0; i < stmt->service_count; i++)
	{
		IamStr		name = iam_slice(policy, services[i].name);

		CHECK(i == 0 || services[i - 1].hash <= services[i].hash);
		CHECK(services[i].hash == iam_hash32_fold(name));
		CHECK(services[i].first == counted);
		counted += services[i].exact_count + services[i].prefix_count + services[i].glob_count;
		if (equals(name, "s3"))
			CHECK(services[i].exact_count == 3 && services[i].prefix_count == 1 &&
				  services[i].glob_count == 1);
	}
	CHECK(counted == 7);
	for (uint32_t i = 0; i < stmt->action_count; i++)
	{
		CHECK(actions[i].ordinal < 9 && !seen[actions[i].ordinal]);
		seen[actions[i].ordinal] = true;
	}
	CHECK(actions[7].action_class == IAM_ACTION_UNUSABLE && actions[7].ordinal == 3);
	CHECK(actions[8].action_class == IAM_ACTION_ANY && actions[8].ordinal == 7);
	CHECK(stmt->flags & IAM_STMT_ANY_ACTION);
}

static void
test_resources(void)
{
	const char *elements = ",\"Action\":\"*\",\"Resource\":[\"arn:aws:s3:::b/${aws:username}/*\",\"**\","
	"\"arn:aws:s3:::b/k\",\"x\"]";
	const IamPolicy *policy = compile_with(elements);
	const IamPattern *patterns;
	char		text[1024];

	CHECK(policy != NULL);
	if (policy == NULL)
		return;
	patterns = IAM_RESOURCES(policy, iam_policy_statement(policy, 0));
	CHECK_RULE(patterns[0].flags & IAM_PATTERN_VARIABLE, "VAR-2", "variable in the sixth field");
	CHECK_RULE(policy->flags & IAM_HAS_VARIABLE && policy->flags & IAM_DEPENDS_ON_CALLER,
			   "VAR-1", "aws:username follows from the caller");
	CHECK_RULE(patterns[1].pattern_class == IAM_PATTERN_ANY, "ARN-3", "a run of asterisks");
	CHECK(patterns[2].pattern_class == IAM_PATTERN_EXACT && patterns[2].tail == 13);
	CHECK_RULE(patterns[3].pattern_class == IAM_PATTERN_UNUSABLE, "ARN-7", "not an ARN");
	snprintf(text, sizeof text, "{\"Statement\":{\"Effect\":\"Allow\"%s}}", elements);
	policy = compile(text);
	CHECK_RULE(policy != NULL && (policy->flags & (IAM_HAS_VARIABLE | IAM_DEPENDS_ON_CALLER)) == 0,
			   "VAR-9", "no variables without Version 2012-10-17");
}

static void
test_principals(void)
{
	static const struct
	{
		const char *rule;
		const char *type;
		const char *text;
		IamPrincipalForm form;
		const char *account;
	}			cases[] = {
		{"PRIN-2", "", "*", IAM_PRINCIPAL_EVERYONE, ""},
		{"PRIN-2", "AWS", "*", IAM_PRINCIPAL_AWS_EVERYONE, ""},
		{"PRIN-3", "AWS", "111122223333", IAM_PRINCIPAL_ACCOUNT, "111122223333"},
		{"PRIN-3", "AWS", "arn:aws-cn:iam::111122223333:root", IAM_PRINCIPAL_ACCOUNT, "111122223333"},
		{"PRIN-3", "AWS", "11112222333", IAM_PRINCIPAL_UNUSABLE, ""},
		{"PRIN-5", "AWS", "arn:aws:iam::111122223333:user/a/b/Bob", IAM_PRINCIPAL_USER, "111122223333"},
		{"PRIN-5", "AWS", "arn:aws:iam::111122223333:user/", IAM_PRINCIPAL_UNUSABLE, ""},
		{"PRIN-6", "AWS", "arn:aws:iam::111122223333:role/app", IAM_PRINCIPAL_ROLE, "111122223333"},
		{"PRIN-6", "AWS", "arn:aws:iam:us-east-1:111122223333:role/app", IAM_PRINCIPAL_UNUSABLE, ""},
		{"PRIN-7", "AWS", "arn:aws:sts::111122223333:assumed-role/app/s1", IAM_PRINCIPAL_SESSION, "111122223333"},
		{"PRIN-7", "AWS", "arn:aws:sts::111122223333:assumed-role/app", IAM_PRINCIPAL_UNUSABLE, ""},
		{"PRIN-7", "AWS", "arn:aws:sts::111122223333:assumed-role/p/app/s1", IAM_PRINCIPAL_UNUSABLE, ""},
		{"PRIN-7", "AWS", "arn:aws:sts::111122223333:assumed-role/app/*", IAM_PRINCIPAL_UNUSABLE, ""},
		{"PRIN-8", "AWS", "arn:aws:sts::111122223333:federated-user/bob", IAM_PRINCIPAL_FEDERATED_USER, "111122223333"},
		{"PRIN-9", "Service", "lambda.amazonaws.com", IAM_PRINCIPAL_SERVICE, ""},
		{"GRAM-22", "Service", "*", IAM_PRINCIPAL_UNUSABLE, ""},
		{"GRAM-22", "Federated", "*", IAM_PRINCIPAL_UNUSABLE, ""},
		{"GRAM-22", "AWS", "arn:aws:iam::111122223333:user/?", IAM_PRINCIPAL_UNUSABLE, ""},
		{"GRAM-23", "AWS", "arn:aws:iam::111122223333:group/g", IAM_PRINCIPAL_UNUSABLE, ""},
		{"PRIN-10", "AWS", "AIDACKCEVSQ6C2EXAMPLE", IAM_PRINCIPAL_UNIQUE_ID, ""},
		{"PRIN-10", "AWS", "AROADBQP57FF2AEXAMPLE", IAM_PRINCIPAL_UNIQUE_ID, ""},
		{"PRIN-10", "AWS", "AROADBQP57FF2AEXAMPLE:s1", IAM_PRINCIPAL_UNIQUE_ID, ""},
		{"PRIN-10", "AWS", "AROADBQP57FF2AEXAMPLE:", IAM_PRINCIPAL_UNUSABLE, ""},
		{"PRIN-10", "AWS", "AGPADBQP57FF2AEXAMPLE", IAM_PRINCIPAL_UNUSABLE, ""},
		{"PRIN-11", "Federated", "accounts.google.com", IAM_PRINCIPAL_FEDERATED, ""},
		{"PRIN-11", "Federated", "cognito-identity.amazonaws.com", IAM_PRINCIPAL_FEDERATED, ""},
		{"PRIN-11", "Federated", "www.amazon.com", IAM_PRINCIPAL_FEDERATED, ""},
		{"PRIN-11", "Federated", "graph.facebook.com", IAM_PRINCIPAL_FEDERATED, ""},
		{"PRIN-11", "Federated", "example.com", IAM_PRINCIPAL_UNUSABLE, ""},
		{"PRIN-11", "Federated", "arn:aws:iam::111122223333:saml-provider/x", IAM_PRINCIPAL_FEDERATED, ""},
		{"PRIN-11", "Federated", "arn:aws:iam::111122223333:oidc-provider/h/p", IAM_PRINCIPAL_FEDERATED, ""},
		{"PRIN-11", "AWS", "arn:aws:iam::111122223333:oidc-provider/h/p", IAM_PRINCIPAL_UNUSABLE, ""},
		{"PRIN-12", "CanonicalUser", "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
		IAM_PRINCIPAL_CANONICAL_USER, ""},
		{"PRIN-12", "CanonicalUser", "79a59df9", IAM_PRINCIPAL_UNUSABLE, ""},
		{"PRIN-12", "AWS", "", IAM_PRINCIPAL_UNUSABLE, ""},
	};
	const IamPolicy *policy;
	const IamPrincipal *principals;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		IamStr		account;
		IamStr		partition;

		CHECK_RULE(iam_principal_form(str(cases[i].type), str(cases[i].text), &account, &partition) ==
				   cases[i].form, cases[i].rule, cases[i].text);
		CHECK_RULE(equals(account, cases[i].account), cases[i].rule, cases[i].text);
	}
	policy = compile_with(",\"Principal\":{\"Service\":\"a.b\",\"AWS\":[\"*\",\"arn:aws:iam::111122223333:root\"]}" AR);
	CHECK(policy != NULL && iam_policy_statement(policy, 0)->principal_count == 3);
	if (policy == NULL)
		return;
	principals = IAM_PRINCIPALS(policy, iam_policy_statement(policy, 0));
	CHECK(principals[0].form == IAM_PRINCIPAL_SERVICE && principals[1].form == IAM_PRINCIPAL_AWS_EVERYONE);
	CHECK(equals(iam_slice(policy, principals[2].account), "111122223333"));
	CHECK(equals(iam_slice(policy, principals[2].partition), "aws"));
	CHECK(policy->flags & IAM_DEPENDS_ON_CALLER && policy->flags & IAM_HAS_PRINCIPAL);
	policy = compile_with(",\"Principal\":\"*\"" AR);
	CHECK(policy != NULL && (policy->flags & IAM_DEPENDS_ON_CALLER) == 0);
	policy = compile_with(",\"Principal\":{\"AWS\":\"*\"}" AR);
	CHECK_RULE(policy != NULL && policy->flags & IAM_DEPENDS_ON_CALLER, "PRIN-2",
			   "{\"AWS\": \"*\"} leaves out federated callers");

	CHECK_RULE(strcmp(iam_unique_id_kind(str("AROADBQP57FF2AEXAMPLE")), "role") == 0, "ID-1", "role");
	CHECK_RULE(strcmp(iam_unique_id_kind(str("AGPADBQP57FF2AEXAMPLE")), "group") == 0, "ID-1", "group");
	CHECK_RULE(strcmp(iam_unique_id_kind(str("ASIADBQP57FF2AEXAMPLE")), "temporary_access_key") == 0,
			   "ID-1", "temporary key");
	CHECK_RULE(iam_unique_id_kind(str("AROADBQP")) == NULL, "ID-1", "short");
	CHECK_RULE(iam_unique_id_kind(str("XROADBQP57FF2AEXAMPLE")) == NULL, "ID-1", "prefix");
	CHECK_RULE(iam_unique_id_kind(str("AROADBQP57FF2AEXAMPL-")) == NULL, "ID-1", "character");
}

static void
test_conditions(void)
{
	const IamPolicy *policy = compile_with(AR ",\"Condition\":{\"ForAnyValue:StringLikeIfExists\":{\"aws:TagKeys\":[\"a*\",\"${aws:username}\"]},"
										   "\"NumericLessThan\":{\"x:n\":[10.5,\"abc\"]},\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"},"
										   "\"DateLessThan\":{\"aws:CurrentTime\":\"2020-01-01T00:00:00Z\"},\"Bool\":{\"x:b\":true},"
										   "\"BinaryEquals\":{\"x:y\":[\"QUJD\",\"\"]},\"Unknown\":{}}");
	const IamStatement *stmt;
	const IamCondition *conditions;
	const IamValue *values;

	CHECK(policy != NULL);
	if (policy == NULL)
		return;
	stmt = iam_policy_statement(policy, 0);
	conditions = IAM_CONDITIONS(policy, stmt);
	CHECK(stmt->condition_count == 6);
	CHECK_RULE(conditions[0].op == IAM_OP_STRING_LIKE && conditions[0].flags ==
			   (IAM_COND_FOR_ANY | IAM_COND_IF_EXISTS | IAM_COND_VARIABLE), "GRAM-9", "prefix and suffix");
	CHECK(equals(iam_slice(policy, conditions[0].op_text), "ForAnyValue:StringLikeIfExists"));
	CHECK_RULE(conditions[0].key_hash == iam_hash32_fold(str("AWS:tagkeys")), "COND-2", "folded key hash");
	values = IAM_VALUES(policy, &conditions[0]);
	CHECK(values[0].flags == IAM_VALUE_WILDCARD && values[1].flags == IAM_VALUE_VARIABLE);
	values = IAM_VALUES(policy, &conditions[1]);
	CHECK(values[0].type == IAM_VALUE_DECIMAL && values[0].data.len > sizeof(IamDecimal));
	CHECK(equals(iam_slice(policy, values[0].text), "10.5"));
	CHECK_RULE(values[1].type == IAM_VALUE_UNUSABLE && values[1].data.off == 0, "COND-65a", "not a number");
	values = IAM_VALUES(policy, &conditions[2]);
	CHECK(values[0].type == IAM_VALUE_NETWORK && values[0].data.len == sizeof(IamNetwork));
	values = IAM_VALUES(policy, &conditions[3]);
	CHECK(values[0].type == IAM_VALUE_INSTANT && values[0].data.len == sizeof(IamInstant));
	values = IAM_VALUES(policy, &conditions[4]);
	CHECK(values[0].type == IAM_VALUE_BOOL && values[0].flags == IAM_VALUE_TRUE);
	values = IAM_VALUES(policy, &conditions[5]);
	CHECK(values[0].type == IAM_VALUE_BYTES && equals(iam_slice(policy, values[0].data), "ABC"));
	CHECK(policy->flags & IAM_DEPENDS_ON_CALLER && stmt->flags & IAM_STMT_DEPENDS_ON_CALLER);
	policy = compile_with(AR ",\"Condition\":{\"StringEquals\":{\"aws:SourceVpc\":\"v\"}}");
	CHECK(policy != NULL && (policy->flags & IAM_DEPENDS_ON_CALLER) == 0);
}

/* ---- untrusted images ---- */

/* Reads whatever the image's readers read. */
static uint32_t
read_all(const IamPolicy *policy)
{
	uint32_t	sum = 0;
	IamActionKey key = {IAM_LIT("s3"), IAM_LIT("getobject"), 0, 0};

	key.service_hash = iam_hash32_fold(key.service);
	key.name_hash = iam_hash32_fold(key.name);
	for (uint32_t i = 0; i < policy->statement_count; i++)
	{
		const IamStatement *stmt = iam_policy_statement(policy, i);

		sum += iam_action_listed(policy, stmt, &key, NULL);
		for (uint32_t j = 0; j < stmt->principal_count; j++)
			sum += (uint32_t) iam_hash64(iam_slice(policy, IAM_PRINCIPALS(policy, stmt)[j].text));
		for (uint32_t j = 0; j < stmt->resource_count; j++)
			sum += IAM_RESOURCES(policy, stmt)[j].text.len;
		for (uint32_t j = 0; j < stmt->condition_count; j++)
			for (uint32_t k = 0; k < IAM_CONDITIONS(policy, stmt)[j].value_count; k++)
				sum += (uint32_t) iam_hash64(iam_slice(policy, IAM_VALUES(policy,
																		  &IAM_CONDITIONS(policy, stmt)[j])[k].data));
	}
	return sum;
}

static void
test_check(void)
{
	const IamPolicy *policy = compile_with(",\"Principal\":{\"AWS\":[\"111122223333\",\"arn:aws:iam::111122223333:role/r\"]},"
										   "\"Sid\":\"a\",\"Action\":[\"s3:GetObject\",\"s3:Put*\",\"ec2:?b\",\"*\"],"
										   "\"Resource\":[\"*\",\"arn:aws:s3:::b/*\"],\"Condition\":{\"NumericEquals\":{\"a\":[1,2.5]},"
										   "\"IpAddress\":{\"aws:SourceIp\":[\"10.0.0.0/8\"]},\"DateEquals\":{\"b\":\"2020\"},"
										   "\"StringLike\":{\"c\":\"x*\"}}");
	uint32_t	size;
	uint32_t	refused = 0;
	uint32_t	sum = 0;
	char	   *copy;
	bool		small_good = false;

	CHECK(policy != NULL);
	if (policy == NULL)
		return;
	size = policy->head.size;
	CHECK(iam_policy_check(policy, size, &error));
	CHECK(!iam_policy_check(policy, size - 1, &error) && error.status == IAM_CORRUPT);
	CHECK(!iam_policy_check(policy, 3, &error));

	/* every byte damaged in several ways; each image in a block of just its size */
	copy = malloc(size);
	for (uint32_t i = 0; i < size; i++)
	{
		static const uint8_t masks[] = {0x01, 0x04, 0x80, 0xff};

		for (size_t m = 0; m < sizeof masks; m++)
		{
			memcpy(copy, policy, size);
			copy[i] = (char) (copy[i] ^ masks[m]);
			if (iam_policy_check(copy, size, NULL))
				sum += read_all((const IamPolicy *) copy);
			else
				refused++;
		}
	}
	free(copy);
	CHECK(refused > size);

	/* matching counts a short pattern's fields: a full one must not claim to be short */
	copy = malloc(size);
	memcpy(copy, policy, size);
	((IamPattern *) (copy + iam_policy_statement(policy, 0)->resource_off))[1].flags |= IAM_PATTERN_SHORT;
	CHECK_RULE(!iam_policy_check(copy, size, &error), "ARN-7", "forged short pattern");
	free(copy);
	for (uint32_t n = 0; n < size; n++)
	{
		copy = malloc(n + 1);
		memcpy(copy, policy, n);
		if (n >= sizeof(IamImage))
			((IamImage *) copy)->size = n;
		small_good |= iam_policy_check(copy, n, NULL);
		free(copy);
	}
	CHECK(!small_good);
	CHECK(sum != 1);
}

/* ---- memory ---- */

typedef struct Budget
{
	int			left;
	int			blocks;
} Budget;

static void *
budget_alloc(void *ctx, size_t size)
{
	Budget	   *budget = ctx;

	if (budget->left-- <= 0)
		return NULL;
	budget->blocks++;
	return malloc(size);
}

static void
budget_release(void *ctx, void *p)
{
	((Budget *) ctx)->blocks--;
	free(p);
}

static void
test_memory(void)
{
	IamBuf		buf;
	bool		done = false;

	iam_buf_init(&buf, &arena);
	iam_buf_cstr(&buf, "{\"Statement\":[");
	for (int i = 0; i < 200; i++)
		iam_buf_format(&buf, "%s{\"Effect\":\"Allow\",\"Action\":[\"b:x%d\",\"a:y\"],\"Resource\":\"\\n\","
					   "\"Condition\":{\"NumericEquals\":{\"k\":%d}}}", i == 0 ? "" : ",", i, i);
	iam_buf_cstr(&buf, "]}");
	for (int n = 0; n < 1000 && !done; n++)
	{
		Budget		budget = {n, 0};
		IamHost		host = {budget_alloc, budget_release, NULL, &budget};
		IamArena	small;
		const IamPolicy *policy;

		memset(&error, 0, sizeof error);
		iam_arena_init(&small, &host);
		done = iam_policy_compile(&small, iam_buf_result(&buf), &policy, &error);
		if (!done)
			CHECK(error.status == IAM_NO_MEMORY);
		iam_arena_release(&small);
		CHECK(budget.blocks == 0);
	}
	CHECK(done);
}

int
main(void)
{
	iam_arena_init(&arena, &iam_malloc_host);
	test_numbers();
	test_json();
	test_refusals();
	test_acceptance();
	test_limits();
	test_canonical();
	test_statements();
	test_actions();
	test_resources();
	test_principals();
	test_conditions();
	test_check();
	test_memory();
	for (int k = -1; k <= IAM_KIND_COUNT; k++)
		CHECK(iam_kind_name((IamPolicyKind) k) != NULL);
	iam_arena_release(&arena);
	return checks_done();
}
