/*
 * caller_test.c: who asks, compiled: every kind of request principal, the facts
 * that come with it, and the check of its images.
 */
#include "check.h"
#include "iam_core.h"

static IamArena arena;
static IamError error;

static IamStr
str(const char *s)
{
	return (IamStr) {s, (uint32_t) strlen(s)};
}

static bool
is(const void *image, IamSlice slice, const char *expected)
{
	if (expected == NULL)
		return slice.off == 0;
	return slice.off != 0 && iam_str_equal(iam_slice(image, slice), str(expected));
}

static const IamCaller *
compile(const IamCallerInput *input)
{
	const IamCaller *caller = NULL;

	memset(&error, 0, sizeof error);
	if (!iam_caller_compile(&arena, input, &caller, &error))
		return NULL;
	if (!iam_caller_check(caller, caller->head.size, &error))
	{
		fprintf(stderr, "an image that was just made does not pass its check\n");
		checks_failed++;
	}
	return caller;
}

static const IamCaller *
who(const char *principal)
{
	IamCallerInput input;

	memset(&input, 0, sizeof input);
	input.principal = str(principal);
	return compile(&input);
}

static bool
fails(const IamCaller *caller, const char *path)
{
	return caller == NULL && error.status == IAM_BAD_ARGUMENT && strcmp(error.path, path) == 0 &&
		error.message[0] != 0;
}

/* spec 5.1: NULL is an absent string */
static void
test_kinds(void)
{
	static const struct
	{
		const char *text;
		IamCallerKind kind;
		const char *partition;
		const char *account;
		const char *arn;
		const char *name;
		const char *session;
		const char *role_arn;
	}			rows[] = {
		{"anonymous", IAM_CALLER_ANONYMOUS, NULL, NULL, NULL, NULL, NULL, NULL},
		{"111122223333", IAM_CALLER_ROOT, NULL, "111122223333", "arn:aws:iam::111122223333:root", NULL, NULL, NULL},
		{"arn:aws-cn:iam::111122223333:root", IAM_CALLER_ROOT, "aws-cn", "111122223333",
		"arn:aws-cn:iam::111122223333:root", NULL, NULL, NULL},
		{"arn:aws:iam::111122223333:user/bob", IAM_CALLER_USER, "aws", "111122223333",
		"arn:aws:iam::111122223333:user/bob", "bob", NULL, NULL},
		{"arn:aws:iam::111122223333:user/a/b/bob@x", IAM_CALLER_USER, "aws", "111122223333",
		"arn:aws:iam::111122223333:user/a/b/bob@x", "bob@x", NULL, NULL},
		{"arn:aws:iam::111122223333:role/p/app", IAM_CALLER_ROLE, "aws", "111122223333",
		"arn:aws:iam::111122223333:role/p/app", "app", NULL, "arn:aws:iam::111122223333:role/p/app"},
		{"arn:aws-us-gov:sts::111122223333:assumed-role/app/s1", IAM_CALLER_ROLE_SESSION, "aws-us-gov", "111122223333",
			"arn:aws-us-gov:sts::111122223333:assumed-role/app/s1", "app", "s1",
		"arn:aws-us-gov:iam::111122223333:role/app"},
		{"arn:aws:sts::111122223333:assumed-role/aws:ec2-instance/i-0abc", IAM_CALLER_ROLE_SESSION, "aws", "111122223333",
			"arn:aws:sts::111122223333:assumed-role/aws:ec2-instance/i-0abc", "aws:ec2-instance", "i-0abc",
		"arn:aws:iam::111122223333:role/aws:ec2-instance"},
		{"arn:aws:sts::111122223333:federated-user/bob", IAM_CALLER_FEDERATED_USER, "aws", "111122223333",
		"arn:aws:sts::111122223333:federated-user/bob", "bob", NULL, NULL},
		{"lambda.amazonaws.com", IAM_CALLER_SERVICE, NULL, NULL, NULL, "lambda.amazonaws.com", NULL, NULL},
		{"s3.ap-east-1.amazonaws.com", IAM_CALLER_SERVICE, NULL, NULL, NULL, "s3.ap-east-1.amazonaws.com", NULL, NULL},
		{"ec2.amazonaws.com.cn", IAM_CALLER_SERVICE, NULL, NULL, NULL, "ec2.amazonaws.com.cn", NULL, NULL},
		{"cognito-identity.amazonaws.com", IAM_CALLER_FEDERATED, NULL, NULL, "cognito-identity.amazonaws.com",
		"cognito-identity.amazonaws.com", NULL, NULL},
		{"www.amazon.com", IAM_CALLER_FEDERATED, NULL, NULL, "www.amazon.com", "www.amazon.com", NULL, NULL},
		{"graph.facebook.com", IAM_CALLER_FEDERATED, NULL, NULL, "graph.facebook.com", "graph.facebook.com", NULL, NULL},
		{"accounts.google.com", IAM_CALLER_FEDERATED, NULL, NULL, "accounts.google.com", "accounts.google.com", NULL, NULL},
		{"arn:aws:iam::111122223333:oidc-provider/gitlab.com/x", IAM_CALLER_FEDERATED, "aws", "111122223333",
			"arn:aws:iam::111122223333:oidc-provider/gitlab.com/x", "arn:aws:iam::111122223333:oidc-provider/gitlab.com/x",
		NULL, NULL},
		{"arn:aws:iam::111122223333:saml-provider/Okta", IAM_CALLER_FEDERATED, "aws", "111122223333",
			"arn:aws:iam::111122223333:saml-provider/Okta", "arn:aws:iam::111122223333:saml-provider/Okta",
		NULL, NULL}
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
	{
		const IamCaller *c = who(rows[i].text);

		CHECK_RULE(c != NULL && c->kind == rows[i].kind, "ARN-13", rows[i].text);
		if (c == NULL)
			continue;
		CHECK(is(c, c->text, rows[i].text));
		CHECK_RULE(is(c, c->account, rows[i].account), "ARN-14", rows[i].text);
		CHECK_RULE(rows[i].partition == NULL || is(c, c->partition, rows[i].partition), "ARN-1", rows[i].text);
		CHECK_RULE(is(c, c->arn, rows[i].arn), "ARN-13", rows[i].text);
		CHECK_RULE(is(c, c->name, rows[i].name), "ARN-13", rows[i].text);
		CHECK_RULE(is(c, c->session, rows[i].session), "STS-16", rows[i].text);
		CHECK_RULE(is(c, c->role_arn, rows[i].role_arn), "ARN-12", rows[i].text);
		CHECK(((c->flags & IAM_CALLER_PATH_KNOWN) != 0) == (c->kind == IAM_CALLER_ROLE));
		CHECK((c->flags & IAM_CALLER_SERVICE_LINKED) == 0);
	}
	CHECK_RULE(is(who("111122223333"), who("111122223333")->partition, "aws"), "PRIN-3", "an account id is its root");
	CHECK_RULE(who("arn:aws:iam::111122223333:role/app")->session.off == 0, "PRIN-15", "a role is an arbitrary session");
	CHECK(strcmp(iam_caller_kind_name(IAM_CALLER_ROLE_SESSION), "role_session") == 0);
}

static void
test_bad_principals(void)
{
	static const char *const bad[] = {
		"", "*", "bob", "Anonymous", "11112222333", "1111222233334", "example.com", "amazonaws.com",
		".amazonaws.com", "a..amazonaws.com", "lambda.amazonaws.com.evil.org", "ec2 .amazonaws.com",
		"arn:aws:iam::111122223333:group/devs", "arn:aws:iam::111122223333:policy/p",
		"arn:aws:iam::111122223333:user/", "arn:aws:iam::111122223333:user/p/", "arn:aws:iam::111122223333:user",
		"arn:aws:iam::111122223333:role/", "arn:aws:iam::111122223333:user/*", "arn:aws:iam::111122223333:role/a?",
		"arn:aws:iam::1111:user/bob", "arn:aws:iam:us-east-1:111122223333:user/bob", "arn::iam::111122223333:user/bob",
		"arn:aws:iam:::user/bob", "arn:aws:s3:::bucket", "arn:aws:iam::111122223333",
		"arn:aws:sts::111122223333:assumed-role/app", "arn:aws:sts::111122223333:assumed-role/app/",
		"arn:aws:sts::111122223333:assumed-role//s", "arn:aws:sts::111122223333:assumed-role/a/b/c",
		"arn:aws:sts::111122223333:assumed-role/app/*",
		"arn:aws:sts::111122223333:federated-user/", "arn:aws:sts::111122223333:self",
		"arn:aws:iam::111122223333:oidc-provider/", "arn:aws:iam::111122223333:user/bob ", "AIDAEXAMPLEEXAMPLE12"
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
	{
		CHECK_RULE(fails(who(bad[i]), "$.principal"), "ARN-13", bad[i]);
		CHECK(strstr(error.hint, "anonymous") != NULL);
	}
}

static void
test_role_arn(void)
{
	IamCallerInput input;
	const IamCaller *c;
	static const char *const bad[] = {
		"arn:aws:iam::111122223333:role/other", "arn:aws:iam::444455556666:role/app",
		"arn:aws-cn:iam::111122223333:role/app", "arn:aws:iam::111122223333:user/app", "app",
		"arn:aws:sts::111122223333:assumed-role/app/s1"
	};

	memset(&input, 0, sizeof input);
	input.principal = str("arn:aws:sts::111122223333:assumed-role/app/s1");
	input.role_arn = str("arn:aws:iam::111122223333:role/team/a/App");
	c = compile(&input);
	CHECK_RULE(c != NULL && is(c, c->role_arn, "arn:aws:iam::111122223333:role/team/a/App") &&
			   (c->flags & IAM_CALLER_PATH_KNOWN) != 0, "ARN-12", "the role's true path, name without regard to case");
	CHECK_RULE(is(c, c->name, "App"), "ID-2", "the role's own spelling");
	CHECK(is(c, c->arn, "arn:aws:sts::111122223333:assumed-role/app/s1"));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
	{
		input.role_arn = str(bad[i]);
		CHECK_RULE(fails(compile(&input), "$.principal_role_arn"), "ARN-12", bad[i]);
	}
	input.role_arn = str("arn:aws:iam::111122223333:role/app");
	input.principal = str("arn:aws:iam::111122223333:user/app");
	CHECK(fails(compile(&input), "$.principal_role_arn"));
	input.principal = input.role_arn;
	CHECK(compile(&input) != NULL);
	input.role_arn = str("arn:aws:iam::111122223333:role/p/app");
	CHECK(fails(compile(&input), "$.principal_role_arn"));
}

static void
test_unique_id(void)
{
	IamCallerInput input;
	const IamCaller *c;

	memset(&input, 0, sizeof input);
	input.principal = str("arn:aws:sts::111122223333:assumed-role/app/s1");
	input.unique_id = str("AROADBQP57FF2AEXAMPLE:s1");
	c = compile(&input);
	CHECK_RULE(is(c, c->unique_id, "AROADBQP57FF2AEXAMPLE"), "ID-1", "the session is cut off");
	input.unique_id = str("AROADBQP57FF2AEXAMPLE");
	c = compile(&input);
	CHECK_RULE(is(c, c->unique_id, "AROADBQP57FF2AEXAMPLE"), "ID-1", "without session");
	input.unique_id = str(":s1");
	CHECK(fails(compile(&input), "$.principal_unique_id"));
	input.unique_id = str("AROA EXAMPLE");
	CHECK(fails(compile(&input), "$.principal_unique_id"));
	input.principal = str("arn:aws:iam::111122223333:user/bob");
	input.unique_id = str("AIDANEWUSERID0EXAMPLE");
	c = compile(&input);
	CHECK(is(c, c->unique_id, "AIDANEWUSERID0EXAMPLE"));
	input.unique_id = str("AIDANEWUSERID0EXAMPLE:x");
	CHECK(fails(compile(&input), "$.principal_unique_id"));
	input.unique_id = str("AIDANEWUSERID0EXAMPLE");
	input.principal = str("111122223333");
	CHECK_RULE(fails(compile(&input), "$.principal_unique_id"), "ID-1", "root has none");
}

static void
test_federating_user(void)
{
	IamCallerInput input;
	const IamCaller *c;

	memset(&input, 0, sizeof input);
	input.principal = str("arn:aws:sts::111122223333:federated-user/bob");
	input.federating_user = str("arn:aws:iam::111122223333:user/p/alice");
	c = compile(&input);
	CHECK_RULE(c != NULL && is(c, c->federating_user, "arn:aws:iam::111122223333:user/p/alice"), "PRIN-5",
			   "the user who called GetFederationToken");
	input.federating_user = str("arn:aws:iam::111122223333:root");
	CHECK(compile(&input) != NULL);
	input.federating_user = str("arn:aws:iam::444455556666:user/alice");
	CHECK(fails(compile(&input), "$.federating_user"));
	input.federating_user = str("arn:aws:iam::111122223333:role/alice");
	CHECK(fails(compile(&input), "$.federating_user"));
	input.federating_user = str("arn:aws:iam::111122223333:user/alice");
	input.principal = str("arn:aws:iam::111122223333:user/bob");
	CHECK(fails(compile(&input), "$.federating_user"));
}

static void
test_service_linked(void)
{
	static const char *const slr = "arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig";
	IamCallerInput input;

	CHECK_RULE((who(slr)->flags & IAM_CALLER_SERVICE_LINKED) != 0, "SLR-1", "by the path of the role");
	memset(&input, 0, sizeof input);
	input.principal = str("arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForConfig/s");
	CHECK_RULE((compile(&input)->flags & IAM_CALLER_SERVICE_LINKED) == 0, "SLR-1", "a name alone says nothing");
	input.service_linked_role = true;
	CHECK_RULE((compile(&input)->flags & IAM_CALLER_SERVICE_LINKED) != 0, "SLR-1", "by the fact");
	input.service_linked_role = false;
	input.role_arn = str(slr);
	CHECK_RULE((compile(&input)->flags & IAM_CALLER_SERVICE_LINKED) != 0, "SLR-1", "by the path of the session's role");
	input.role_arn = IAM_NO_STR;
	input.service_linked_role = true;
	input.principal = str("arn:aws:iam::111122223333:user/aws-service-role/x");
	CHECK_RULE(fails(compile(&input), "$.principal_is_service_linked_role"), "SLR-1", "only a role");
}

static void
test_facts(void)
{
	IamCallerInput input;
	const IamCaller *c;
	const IamJson *tags = NULL;

	memset(&input, 0, sizeof input);
	input.principal = str("arn:aws:iam::111122223333:user/bob");
	input.canonical_id = str("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be");
	input.org_id = str("o-a1b2c3d4e5");
	input.org_path = str("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/");
	input.org_known = input.tags_known = input.has_boundary = input.in_management_account = true;
	CHECK(iam_json_parse(&arena, str("[{\"Key\": \"Dept\", \"Value\": \"x\"}, {\"Key\": \"dept\", \"Value\": \"y\"}]"),
						 IAM_MAX_REQUEST_BYTES, &tags, &error));
	input.tags = tags;
	c = compile(&input);
	CHECK(c != NULL && c->flags == (IAM_CALLER_ORG_KNOWN | IAM_CALLER_TAGS_KNOWN | IAM_CALLER_HAS_BOUNDARY |
									IAM_CALLER_IN_MANAGEMENT_ACCOUNT));
	CHECK_RULE(is(c, c->org_id, "o-a1b2c3d4e5") && is(c, c->org_path, "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"),
			   "CTX-4", "organization");
	CHECK(c->canonical_id.len == 64);
	CHECK_RULE(c->tag_count == 2, "CTX-7", "tags");
	if (c->tag_count == 2)
	{
		const IamEntry *entries = iam_at(c, c->tag_off);

		CHECK(is(c, entries[0].key, "Dept") && is(c, entries[1].key, "dept"));
	}
}

static void
test_check(void)
{
	IamCallerInput input;
	const IamCaller *a;
	const IamCaller *b;
	IamCaller  *copy;
	const IamJson *tags = NULL;
	uint32_t	size;
	uint32_t	refused = 0;

	memset(&input, 0, sizeof input);
	input.principal = str("arn:aws:sts::111122223333:assumed-role/app/s1");
	input.role_arn = str("arn:aws:iam::111122223333:role/p/app");
	input.unique_id = str("AROADBQP57FF2AEXAMPLE");
	CHECK(iam_json_parse(&arena, str("{\"a\": \"b\", \"c\": \"\"}"), 1000, &tags, &error));
	input.tags = tags;
	a = compile(&input);
	b = compile(&input);
	size = a->head.size;
	CHECK(size == b->head.size && memcmp(a, b, size) == 0);
	copy = malloc(size);
	for (uint32_t i = 0; i < size; i++)
		for (int bit = 0; bit < 8; bit++)
		{
			memcpy(copy, a, size);
			((unsigned char *) copy)[i] ^= (unsigned char) (1 << bit);
			refused += !iam_caller_check(copy, size, &error);
		}
	CHECK(refused > size);
	for (uint32_t n = 0; n < size; n++)
	{
		IamCaller  *part = malloc(n == 0 ? 1 : n);

		memcpy(part, a, n);
		CHECK(!iam_caller_check(part, n, &error) && error.status == IAM_CORRUPT);
		free(part);
	}
	/* what the kind implies must be there */
	memcpy(copy, a, size);
	copy->kind = IAM_CALLER_USER;
	CHECK(!iam_caller_check(copy, size, &error));
	memcpy(copy, a, size);
	copy->account = (IamSlice) {0, 0};
	CHECK(!iam_caller_check(copy, size, &error));
	free(copy);
}

int
main(void)
{
	iam_arena_init(&arena, &iam_malloc_host);
	test_kinds();
	test_bad_principals();
	test_role_arn();
	test_unique_id();
	test_federating_user();
	test_service_linked();
	test_facts();
	test_check();
	iam_arena_release(&arena);
	return checks_done();
}
