/*
 * context_test.c: condition keys given, derived, absent and unknown
 * (COND-2, CTX-1..17, PRIN-15, VAR-7, VAR-12, Q-8, Q-15, Q-31, EVAL-14).
 */
#include "check.h"

#include "context.h"

static IamArena arena;

static IamStr
str(const char *s)
{
	return s == NULL ? IAM_NO_STR : (IamStr) {s, (uint32_t) strlen(s)};
}

static const IamJson *
json(const char *text)
{
	const IamJson *out = NULL;
	IamError	err;

	if (text == NULL)
		return NULL;
	if (!iam_json_parse(&arena, str(text), IAM_MAX_REQUEST_BYTES, &out, &err))
	{
		fprintf(stderr, "bad JSON in test: %s\n", text);
		abort();
	}
	return out;
}

static IamRequestInput
request_input(const char *action, const char *resource, const char *context)
{
	IamRequestInput input;

	memset(&input, 0, sizeof input);
	input.action = str(action);
	input.resource = str(resource);
	input.context = json(context);
	return input;
}

static const IamRequest *
compile_request(const IamRequestInput *input)
{
	const IamRequest *request = NULL;
	IamError	err;

	if (!iam_request_compile(&arena, input, &request, &err))
	{
		fprintf(stderr, "%s: %s\n", err.path, err.message);
		abort();
	}
	return request;
}

static const IamCaller *
compile_caller(const IamCallerInput *input)
{
	const IamCaller *caller = NULL;
	IamError	err;

	if (!iam_caller_compile(&arena, input, &caller, &err))
	{
		fprintf(stderr, "%s: %s\n", err.path, err.message);
		abort();
	}
	return caller;
}

static const IamCaller *
simple_caller(const char *principal)
{
	IamCallerInput input;

	memset(&input, 0, sizeof input);
	input.principal = str(principal);
	return compile_caller(&input);
}

/*
 * What a key is, as text: "-" absent, "?" unknown, "v" one value, "[v,w]" a
 * list.  One buffer: look at it before the next call.
 */
static const char *
show(const IamRequest *request, const IamCaller *caller, const char *key)
{
	static char text[600];
	IamContextValue value;
	size_t		len = 0;

	memset(&value, 0xA5, sizeof value);
	iam_context_lookup(request, caller, str(key), iam_hash32_fold(str(key)), &value);
	if (value.present != IAM_YES)
	{
		if (value.count != 0)
			return "count without value";
		return value.present == IAM_NO ? "-" : "?";
	}
	if (value.multivalued)
		text[len++] = '[';
	for (uint32_t i = 0; i < value.count; i++)
	{
		IamStr		one = iam_context_value(&value, i);

		if (value.count == 1 && !iam_str_equal(one, value.single))
			return "single is not the value";
		len += (size_t) snprintf(text + len, sizeof text - len, "%s%.*s", i > 0 ? "," : "", (int) one.len,
								 one.data == NULL ? "" : one.data);
	}
	if (value.multivalued)
		text[len++] = ']';
	text[len] = '\0';
	return text;
}

static void
check_key(const IamRequest *request, const IamCaller *caller, const char *key, const char *want, const char *rule)
{
	const char *got = show(request, caller, key);

	CHECK_RULE(strcmp(got, want) == 0, rule, key);
	if (strcmp(got, want) != 0)
		fprintf(stderr, "  got %s, want %s\n", got, want);
}

/* ---- given keys ---- */

static void
test_given(void)
{
	IamRequestInput input = request_input("s3:GetObject", "arn:aws:s3:::b/k",
										  "{\"aws:SourceIp\": \"203.0.113.9\", \"AWS:UserName\": \"given\", \"aws:TagKeys\": [\"a\", \"b\"],"
										  " \"x:one\": [\"a\"], \"x:none\": null, \"x:empty\": [], \"x:blank\": \"\", \"x:n\": 10, \"x:b\": true,"
										  " \"aws:ResourceTag/Team\": \"upper\", \"aws:ResourceTag/team\": \"lower\","
										  " \"aws:ViaAWSService\": \"true\", \"aws:PrincipalArn\": null}");
	const IamCaller *bob = simple_caller("arn:aws:iam::111111111111:user/bob");
	const IamRequest *request = compile_request(&input);

	for (int unknown = 0; unknown < 2; unknown++)
	{
		input.unknown_context = unknown;
		request = compile_request(&input);
		check_key(request, bob, "aws:SourceIp", "203.0.113.9", "CTX-9");
		check_key(request, bob, "AWS:SOURCEIP", "203.0.113.9", "COND-2");
		check_key(request, bob, "aws:username", "given", "CTX-2");
		check_key(request, bob, "aws:TagKeys", "[a,b]", "CTX-15");
		check_key(request, bob, "x:one", "[a]", "COND-40");
		check_key(request, bob, "x:none", "-", "CTX-17");
		check_key(request, bob, "x:empty", "-", "CTX-17");
		check_key(request, bob, "x:blank", "", "Q-9");
		check_key(request, bob, "x:n", "10", "GRAM-8");
		check_key(request, bob, "x:b", "true", "GRAM-8");
		check_key(request, bob, "aws:ResourceTag/Team", "upper", "COND-2");
		check_key(request, bob, "aws:ResourceTag/team", "lower", "COND-2");
		/* neither spelled exactly: the first in byte order */
		check_key(request, bob, "aws:ResourceTag/TEAM", "upper", "Q-8");
		check_key(request, bob, "aws:ViaAWSService", "true", "CTX-8");
		check_key(request, bob, "aws:PrincipalArn", "-", "CTX-1");
		check_key(request, NULL, "aws:PrincipalArn", "-", "CTX-1");
		check_key(request, bob, "aws:UserAgent", unknown ? "?" : "-", "CTX-8");
		check_key(request, bob, "aws:SecureTransport", unknown ? "?" : "-", "CTX-8");
		check_key(request, bob, "aws:SourceVpce", unknown ? "?" : "-", "CTX-9");
		check_key(request, bob, "aws:SourceArn", unknown ? "?" : "-", "CTX-10");
		check_key(request, bob, "sts:ExternalId", unknown ? "?" : "-", "CTX-12");
		check_key(request, bob, "accounts.google.com:sub", unknown ? "?" : "-", "CTX-13");
		check_key(request, bob, "aws:CalledVia", unknown ? "?" : "-", "CTX-14");
		check_key(request, bob, "", unknown ? "?" : "-", "EVAL-14");
	}
}

/* ---- the table of section 11 ---- */

#define KINDS 8

static void
test_principal_keys(void)
{
	static const char *const principals[KINDS] = {
		"arn:aws:iam::111111111111:root",
		"arn:aws:iam::111111111111:user/team/bob",
		"arn:aws:sts::111111111111:assumed-role/app/s1",
		"arn:aws:iam::111111111111:role/team/app",
		"arn:aws:sts::111111111111:federated-user/fred",
		"ec2.amazonaws.com",
		"anonymous",
		"arn:aws:iam::111111111111:saml-provider/idp"
	};

	/* "-": absent in both modes; "?": absent, with unknown context unknown */
	static const struct
	{
		const char *key;
		const char *rule;
		const char *want[KINDS];
	}			rows[] = {
		{"aws:PrincipalArn", "CTX-1", {"arn:aws:iam::111111111111:root",
				"arn:aws:iam::111111111111:user/team/bob", "arn:aws:iam::111111111111:role/team/app",
				"arn:aws:iam::111111111111:role/team/app",
				"arn:aws:sts::111111111111:federated-user/fred", "-", "-", "-"}},
		{"aws:userid", "CTX-2", {"111111111111", "AIDAEXAMPLE", "AROAEXAMPLE:s1", "?",
				"111111111111:fred", "-", "anonymous", "-"}},
		{"aws:username", "CTX-2", {"-", "bob", "-", "-", "-", "-", "-", "-"}},
		{"aws:PrincipalType", "CTX-2", {"Account", "User", "AssumedRole", "AssumedRole",
				"FederatedUser", "-", "Anonymous", "-"}},
		{"aws:PrincipalAccount", "CTX-3", {"111111111111", "111111111111", "111111111111",
				"111111111111", "111111111111", "-", "anonymous", "-"}},
		{"aws:PrincipalOrgID", "CTX-4", {"o-abc", "o-abc", "o-abc", "o-abc", "o-abc", "-", "-", "-"}},
		{"aws:PrincipalOrgPaths", "CTX-4", {"[o-abc/r-1/ou-x/]", "[o-abc/r-1/ou-x/]", "[o-abc/r-1/ou-x/]",
				"[o-abc/r-1/ou-x/]", "[o-abc/r-1/ou-x/]", "-", "-", "-"}},
		{"aws:PrincipalTag/team", "CTX-7", {"-", "red", "red", "red", "red", "-", "-", "-"}},
		{"AWS:principaltag/TEAM", "CTX-7", {"-", "red", "red", "red", "red", "-", "-", "-"}},
		{"aws:PrincipalTag/none", "CTX-17", {"-", "-", "-", "-", "-", "-", "-", "-"}},
		{"aws:PrincipalIsAWSService", "CTX-6", {"false", "false", "false", "false", "false", "true", "-", "-"}},
		{"aws:PrincipalServiceName", "CTX-6", {"-", "-", "-", "-", "-", "ec2.amazonaws.com", "-", "-"}},
		{"aws:PrincipalServiceNamesList", "CTX-6", {"-", "-", "-", "-", "-", "[ec2.amazonaws.com]", "-", "-"}},
		{"aws:TokenIssueTime", "Q-31", {"-", "?", "?", "?", "?", "-", "-", "-"}},
		{"aws:MultiFactorAuthPresent", "Q-31", {"?", "?", "?", "?", "-", "-", "-", "-"}},
		{"aws:MultiFactorAuthAge", "Q-31", {"?", "?", "-", "-", "-", "-", "-", "-"}},
		{"aws:FederatedProvider", "Q-31", {"-", "-", "?", "?", "-", "-", "-", "-"}},
		{"aws:SourceIdentity", "CTX-12", {"-", "-", "?", "?", "-", "-", "-", "-"}},
		{"kms:CallerAccount", "CTX-16", {"111111111111", "111111111111", "111111111111",
				"111111111111", "111111111111", "?", "?", "-"}},
		{"sts:RoleSessionName", "PRIN-15", {"?", "?", "?", "?", "?", "?", "?", "?"}},
		{"aws:ViaAWSService", "CTX-8", {"false", "false", "false", "false", "false", "false", "false", "false"}},
		{"aws:RequestedRegion", "CTX-8", {"eu-west-1", "eu-west-1", "eu-west-1", "eu-west-1", "eu-west-1",
				"eu-west-1", "eu-west-1", "eu-west-1"}},
		{"aws:ResourceAccount", "CTX-5", {"222222222222", "222222222222", "222222222222", "222222222222",
				"222222222222", "222222222222", "222222222222", "222222222222"}}
	};
	IamRequestInput input = request_input("kms:Decrypt", "arn:aws:kms:eu-west-1:222222222222:key/k", NULL);
	const IamRequest *complete = compile_request(&input);
	const IamRequest *open;

	input.unknown_context = true;
	open = compile_request(&input);
	for (int kind = 0; kind < KINDS; kind++)
	{
		IamCallerInput who;
		const IamCaller *caller;

		memset(&who, 0, sizeof who);
		who.principal = str(principals[kind]);
		if (kind == 1)
			who.unique_id = IAM_LIT("AIDAEXAMPLE");
		if (kind == 2 || kind == 3)
			who.unique_id = IAM_LIT("AROAEXAMPLE");
		if (kind == 2)
			who.role_arn = IAM_LIT("arn:aws:iam::111111111111:role/team/app");
		if (kind != 5 && kind != 6)
		{
			who.org_id = IAM_LIT("o-abc");
			who.org_path = IAM_LIT("o-abc/r-1/ou-x/");
			who.org_known = true;
			who.tags = json("{\"team\": \"red\"}");
			who.tags_known = true;
		}
		caller = compile_caller(&who);
		for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		{
			const char *want = rows[i].want[kind];

			check_key(complete, caller, rows[i].key, strcmp(want, "?") == 0 ? "-" : want, rows[i].rule);
			check_key(open, caller, rows[i].key, want, rows[i].rule);
		}
	}
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
	{
		const char *key = rows[i].key;
		bool		other = strncmp(key, "sts:", 4) == 0 || strstr(key, "Via") != NULL || strstr(key, "Region") != NULL;

		CHECK_RULE(iam_key_depends_on_caller(str(key)) == !other, "CTX", key);
		if (!other && strcmp(key, "aws:ResourceAccount") != 0)
			check_key(complete, NULL, key, "?", "CTX");
	}
	CHECK(!iam_key_depends_on_caller(IAM_LIT("aws:PrincipalTag/")));
	CHECK(!iam_key_depends_on_caller(IAM_LIT("aws:ResourceTag/team")));
	CHECK(!iam_key_depends_on_caller(IAM_LIT("aws:SourceIp")));
	CHECK(!iam_key_depends_on_caller(IAM_LIT("")));
	CHECK(iam_key_depends_on_caller(IAM_LIT("AWS:RESOURCEORGID")));
	CHECK(iam_key_depends_on_caller(IAM_LIT("s3:resourceaccount")));
}

/* What is not given about the caller is not derived; in no organization is known where it is said. */
static void
test_missing_facts(void)
{
	static const char *const keys[] = {
		"aws:userid", "aws:PrincipalTag/team", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"
	};
	IamRequestInput input = request_input("s3:GetObject", "arn:aws:s3:::b/k", NULL);
	const IamRequest *complete = compile_request(&input);
	const IamRequest *open;
	const IamCaller *bob = simple_caller("arn:aws:iam::111111111111:user/bob");
	IamCallerInput who;
	const IamCaller *alone;

	input.unknown_context = true;
	open = compile_request(&input);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
	{
		check_key(complete, bob, keys[i], "-", "CTX-17");
		check_key(open, bob, keys[i], "?", "CTX-17");
	}
	memset(&who, 0, sizeof who);
	who.principal = IAM_LIT("arn:aws:iam::111111111111:user/bob");
	who.org_known = true;
	who.tags_known = true;
	alone = compile_caller(&who);
	check_key(open, alone, "aws:PrincipalOrgID", "-", "CTX-4");
	check_key(open, alone, "aws:PrincipalOrgPaths", "-", "CTX-4");
	check_key(open, alone, "aws:PrincipalTag/team", "-", "CTX-17");
	/* the owner is not given: the caller's account, and its organization */
	check_key(open, alone, "aws:ResourceAccount", "111111111111", "CTX-5");
	check_key(open, alone, "s3:ResourceAccount", "111111111111", "CTX-16");
	check_key(open, alone, "aws:ResourceOrgID", "-", "CTX-5");
	check_key(open, bob, "aws:ResourceOrgID", "?", "CTX-5");
	check_key(open, NULL, "aws:ResourceAccount", "?", "CTX-5");
	check_key(complete, NULL, "aws:ResourceAccount", "?", "CTX-5");
	check_key(open, simple_caller("anonymous"), "aws:ResourceAccount", "?", "CTX-5");
	/* a session whose role's path is not given */
	check_key(open, simple_caller("arn:aws:sts::111111111111:assumed-role/app/s1"), "aws:PrincipalArn",
			  "arn:aws:iam::111111111111:role/app", "CTX-1");
	/* longer than any identifier of AWS: nothing is cut off */
	{
		char		arn[600] = "arn:aws:sts::111111111111:assumed-role/app/";

		memset(arn + strlen(arn), 's', 400);
		memset(&who, 0, sizeof who);
		who.principal = str(arn);
		who.unique_id = IAM_LIT("AROAEXAMPLE");
		check_key(open, compile_caller(&who), "aws:userid", "?", "CTX-2");
	}
}

/* ---- keys of the resource and the request ---- */

static void
test_request_keys(void)
{
	static const struct
	{
		const char *action;
		const char *resource;
		const char *region;
		const char *owner;
	}			cases[] = {
		{"sqs:SendMessage", "arn:aws:sqs:eu-north-1:222222222222:q", "eu-north-1", "222222222222"},
		{"iam:GetUser", "arn:aws:iam::222222222222:user/u", "us-east-1", "222222222222"},
		{"sts:AssumeRole", "arn:aws:iam::222222222222:role/r", "us-east-1", "222222222222"},
		{"organizations:ListRoots", "*", "us-east-1", "111111111111"},
		{"cloudfront:GetDistribution", "arn:aws:cloudfront::222222222222:distribution/d", "us-east-1", "222222222222"},
		{"route53:GetHostedZone", "arn:aws:route53:::hostedzone/z", "us-east-1", "111111111111"},
		{"iam:GetUser", "arn:aws-cn:iam::222222222222:user/u", "?", "222222222222"},
		{"s3:GetObject", "arn:aws:s3:::b/k", "?", "111111111111"},
		{"ec2:DescribeVpcs", "*", "?", "111111111111"},
		{"ebs:GetSnapshotBlock", "arn:aws:ec2:eu-west-1::snapshot/snap-1", "eu-west-1", "-"},
		{"EVENTS:PutEvents", "arn:aws:events:eu-west-1:222222222222:event-bus/b", "eu-west-1", "-"},
		{"ec2:CopySnapshot", "arn:aws:ec2:eu-west-1::snapshot/snap-1", "eu-west-1", "-"},
		{"route53:ListHostedZonesByVPC", "*", "us-east-1", "-"},
		{"workspaces:DescribeWorkspaceImages", "*", "?", "-"},
		{"ec2:CopySnapshots", "arn:aws:ec2:eu-west-1:222222222222:snapshot/snap-1", "eu-west-1", "222222222222"}
	};
	const IamCaller *bob = simple_caller("arn:aws:iam::111111111111:user/bob");
	IamRequestInput input;
	const IamRequest *request;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		input = request_input(cases[i].action, cases[i].resource, NULL);
		input.unknown_context = true;
		request = compile_request(&input);
		check_key(request, bob, "aws:RequestedRegion", cases[i].region, "CTX-8");
		check_key(request, bob, "aws:ResourceAccount", cases[i].owner, "CTX-5");
		if (strcmp(cases[i].owner, "-") == 0)
		{
			check_key(request, bob, "aws:ResourceOrgID", "-", "CTX-5");
			check_key(request, bob, "aws:ResourceOrgPaths", "-", "CTX-5");
		}
	}

	input = request_input("iam:GetRole", "arn:aws:iam::222222222222:role/r", NULL);
	input.unknown_context = true;
	input.resource_org_id = IAM_LIT("o-abc");
	input.resource_org_path = IAM_LIT("o-abc/r-1/");
	input.resource_tags = json("{\"Team\": \"red\", \"empty\": \"\"}");
	input.current_time = IAM_LIT("2026-01-02T03:04:05Z");
	input.epoch_time = IAM_LIT("1767323045");
	request = compile_request(&input);
	check_key(request, bob, "aws:ResourceOrgID", "o-abc", "CTX-5");
	check_key(request, bob, "aws:ResourceOrgPaths", "[o-abc/r-1/]", "CTX-15");
	check_key(request, bob, "aws:ResourceTag/team", "red", "CTX-11");
	check_key(request, bob, "iam:ResourceTag/TEAM", "red", "CTX-11");
	check_key(request, bob, "aws:ResourceTag/empty", "", "CTX-11");
	check_key(request, bob, "aws:ResourceTag/other", "?", "CTX-17");
	check_key(request, bob, "aws:RequestTag/team", "?", "CTX-11");
	check_key(request, bob, "aws:CurrentTime", "2026-01-02T03:04:05Z", "CTX-8");
	check_key(request, bob, "aws:EpochTime", "1767323045", "CTX-8");
	input.resource_tags_known = true;
	input.resource_org_id = input.resource_org_path = IAM_NO_STR;
	input.resource_org_known = true;
	input.current_time = input.epoch_time = IAM_NO_STR;
	request = compile_request(&input);
	check_key(request, bob, "aws:ResourceTag/other", "-", "CTX-17");
	check_key(request, bob, "aws:ResourceOrgID", "-", "CTX-5");
	check_key(request, bob, "aws:ResourceOrgPaths", "-", "CTX-5");
	check_key(request, bob, "aws:CurrentTime", "?", "CTX-8");
	check_key(request, bob, "aws:EpochTime", "?", "CTX-8");

	input = request_input("s3:GetObject", "arn:aws:s3:::b/k", NULL);
	input.unknown_context = true;
	input.resource_account = IAM_LIT("333333333333");
	input.resource_tags = json("{\"Team\": \"red\"}");
	request = compile_request(&input);
	check_key(request, bob, "s3:ResourceAccount", "333333333333", "CTX-16");
	check_key(request, bob, "kms:CallerAccount", "?", "CTX-16");
	check_key(request, bob, "aws:ResourceTag/Team", "red", "CTX-11");
	check_key(request, bob, "iam:ResourceTag/Team", "?", "CTX-11");
}

/* ---- variables ---- */

static void
test_variables(void)
{
	static const struct
	{
		const char *key;
		IamTri		known;
		const char *value;
		bool		multivalued;
		const char *rule;
	}			cases[] = {
		{"aws:username", IAM_YES, "bob", false, "VAR-1"},
		{"AWS:UserName", IAM_YES, "bob", false, "VAR-3"},
		{"x:one", IAM_YES, "1", false, "VAR-1"},
		{"x:blank", IAM_NO, "", false, "VAR-12"},
		{"x:none", IAM_NO, "", false, "VAR-6"},
		{"x:list", IAM_NO, "", true, "VAR-7"},
		{"aws:PrincipalOrgPaths", IAM_NO, "", true, "VAR-7"},
		{"x:other", IAM_UNKNOWN, "", false, "EVAL-14"}
	};
	IamRequestInput input = request_input("s3:GetObject", "arn:aws:s3:::b/k",
										  "{\"x:one\": \"1\", \"x:blank\": \"\", \"x:none\": null, \"x:list\": [\"a\", \"b\"]}");
	IamCallerInput who;
	IamContextVariables v;

	memset(&who, 0, sizeof who);
	who.principal = IAM_LIT("arn:aws:iam::111111111111:user/bob");
	who.org_id = IAM_LIT("o-abc");
	who.org_path = IAM_LIT("o-abc/r-1/");
	input.unknown_context = true;
	iam_context_variables(&v, compile_request(&input), compile_caller(&who));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		IamStr		value;
		bool		multivalued;
		IamTri		known = v.variables.resolve(v.variables.ctx, str(cases[i].key), &value, &multivalued);

		CHECK_RULE(known == cases[i].known && iam_str_equal(value, str(cases[i].value)) &&
				   multivalued == cases[i].multivalued, cases[i].rule, cases[i].key);
	}
}

/* Many keys: every one is found, whatever the case it is asked in. */
static void
test_many(void)
{
	static char text[IAM_MAX_CONTEXT_KEYS * 40];
	size_t		len = 1;
	IamRequestInput input;
	const IamRequest *request;
	bool		good = true;

	text[0] = '{';
	for (int i = 0; i < 2000; i++)
		len += (size_t) sprintf(text + len, "%s\"x:Key%d\": \"v%d\"", i > 0 ? "," : "", i, i);
	strcpy(text + len, "}");
	input = request_input("s3:GetObject", "arn:aws:s3:::b/k", text);
	request = compile_request(&input);
	for (int i = 0; i < 2000; i++)
	{
		char		key[32];
		char		want[32];

		sprintf(key, "X:kEY%d", i);
		sprintf(want, "v%d", i);
		good = good && strcmp(show(request, NULL, key), want) == 0;
	}
	CHECK_RULE(good, "COND-2", "2000 keys");
	check_key(request, NULL, "x:key2000", "-", "COND-2");
}

int
main(void)
{
	iam_arena_init(&arena, &iam_malloc_host);
	test_given();
	test_principal_keys();
	test_missing_facts();
	test_request_keys();
	test_variables();
	test_many();
	iam_arena_release(&arena);
	return checks_done();
}
