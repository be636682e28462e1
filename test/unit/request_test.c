/*
 * request_test.c: what is asked, compiled: action, resource, owner, context,
 * tags, grants, access control lists; and the check of its images.
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

static const IamJson *
json(const char *text)
{
	const IamJson *out = NULL;

	if (text != NULL && !iam_json_parse(&arena, str(text), IAM_MAX_REQUEST_BYTES, &out, &error))
		fprintf(stderr, "bad JSON in a test: %s\n", text);
	return out;
}

static bool
is(const void *image, IamSlice slice, const char *expected)
{
	if (expected == NULL)
		return slice.off == 0;
	return slice.off != 0 && iam_str_equal(iam_slice(image, slice), str(expected));
}

static const IamRequest *
compile(const IamRequestInput *input)
{
	const IamRequest *request = NULL;

	memset(&error, 0, sizeof error);
	if (!iam_request_compile(&arena, input, &request, &error))
		return NULL;
	if (!iam_request_check(request, request->head.size, &error))
	{
		fprintf(stderr, "an image that was just made does not pass its check\n");
		checks_failed++;
	}
	return request;
}

static const IamRequest *
ask(const char *action, const char *resource, const char *account)
{
	IamRequestInput input;

	memset(&input, 0, sizeof input);
	input.action = str(action);
	input.resource = str(resource);
	input.resource_account = str(account);
	return compile(&input);
}

static bool
fails(const IamRequest *request, IamStatus status, const char *path)
{
	return request == NULL && error.status == status && strcmp(error.path, path) == 0 && error.message[0] != 0;
}

static void
test_action(void)
{
	static const char *const bad[] = {
		"", "s3", ":GetObject", "s3:", "s3:Get:Object", ":", "*", "s3:*", "s3:Get?bject", "s?:GetObject"
	};
	const IamRequest *r = ask("S3:GetObject", "*", "");

	CHECK(r != NULL);
	CHECK_RULE(is(r, r->action, "S3:GetObject"), "ACT-1", "the action as asked");
	CHECK_RULE(is(r, r->service, "s3") && is(r, r->name, "getobject"), "ACT-1", "both parts folded");
	CHECK(r->service_hash == iam_hash32_fold(IAM_LIT("s3")));
	CHECK(r->name_hash == iam_hash32_fold(IAM_LIT("GetObject")));
	CHECK(iam_request_action(r).name_hash == r->name_hash);
	r = ask("ec2:run", "*", "");
	CHECK(is(r, r->service, "ec2") && is(r, r->name, "run"));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
	{
		CHECK_RULE(fails(ask(bad[i], "*", ""), IAM_BAD_ARGUMENT, "$.action"), "ACT-1", bad[i]);
		CHECK(error.hint[0] != 0);
	}
	CHECK(ask("s3:*", "*", "") == NULL && strstr(error.message, "action must be one concrete action") != NULL);
}

static void
test_trust_actions(void)
{
	CHECK(iam_is_trust_action(ask("sts:AssumeRole", "*", "")));
	CHECK(iam_is_trust_action(ask("STS:assumerolewithSAML", "*", "")));
	CHECK(iam_is_trust_action(ask("sts:AssumeRoleWithWebIdentity", "*", "")));
	CHECK(iam_is_trust_action(ask("sts:TagSession", "*", "")));
	CHECK(iam_is_trust_action(ask("sts:SetSourceIdentity", "*", "")));
	CHECK(iam_is_trust_action(ask("sts:SetContext", "*", "")));
	CHECK(!iam_is_trust_action(ask("sts:GetCallerIdentity", "*", "")));
	CHECK(!iam_is_trust_action(ask("s3:AssumeRole", "*", "")));
}

static void
test_resource(void)
{
	static const char *const bad[] = {
		"", "**", "s3", "arn", "arn:", "arn:aws:s3", "arn:aws:s3::", "ARN:aws:s3:::b", "arn:aws:s3*",
		"arn:aws:dynamodb:*:table/x", "${*}"
	};
	const IamRequest *r = ask("iam:GetRole", "arn:aws-cn:iam::111122223333:role/a:b/c", "");

	CHECK_RULE(is(r, r->partition, "aws-cn") && is(r, r->resource_service, "iam") &&
			   is(r, r->region, "") && is(r, r->resource_part, "role/a:b/c"), "ARN-1", "six fields");
	CHECK_RULE(is(r, r->resource_account, "111122223333"), "ARN-14", "field five");
	CHECK((r->flags & (IAM_REQ_RESOURCE_GLOB | IAM_REQ_RESOURCE_STAR | IAM_REQ_ACCOUNT_ASSUMED)) == 0);
	CHECK(r->resource.off == r->resource_text.off);

	r = ask("s3:GetObject", "arn:aws:s3:::", "");
	CHECK_RULE(r != NULL && is(r, r->resource_part, ""), "ARN-1", "an empty sixth field is a field");

	r = ask("s3:GetObject", "arn:aws:s3:::b/a${*}b${?}c${$}d", "");
	CHECK_RULE(is(r, r->resource, "arn:aws:s3:::b/a*b?c$d"), "ARN-2", "literal characters are resolved");
	CHECK_RULE(is(r, r->resource_text, "arn:aws:s3:::b/a${*}b${?}c${$}d"), "ARN-2", "the text stays");
	CHECK_RULE((r->flags & IAM_REQ_RESOURCE_GLOB) == 0, "ARN-2", "they are no wildcards");
	CHECK(is(r, r->resource_part, "b/a*b?c$d"));
	r = ask("s3:GetObject", "arn:aws:s3:::b/${aws:username}/${", "");
	CHECK_RULE(is(r, r->resource, "arn:aws:s3:::b/${aws:username}/${"), "ARN-2", "a request has no variables");

	r = ask("s3:GetObject", "arn:aws:s3:::b/a?${*}*", "");
	CHECK_RULE((r->flags & IAM_REQ_RESOURCE_GLOB) != 0, "ARN-2", "wildcards ask about every ARN");
	CHECK_RULE(is(r, r->resource, "arn:aws:s3:::b/a\xF9*\xF8"), "ARN-4", "wildcards of the sixth field");
	CHECK(r->resource_part.off == 0 && is(r, r->partition, "aws"));
	r = ask("x:Y", "arn:aw?:*:r*g:1*2:*:?", "");
	CHECK_RULE(is(r, r->resource, "arn:aw\xFB:\xF8:r\xFAg:1\xFA" "2:\xF8:\xF9"), "ARN-5", "wildcards of the first five");
	CHECK(r->partition.off == 0 && r->resource_service.off == 0 && r->region.off == 0 &&
		  r->resource_account.off == 0 && r->resource_part.off == 0);
	r = ask("ec2:StartInstances", "arn:aws:ec2:*:111122223333:instance/*", "444455556666");
	CHECK_RULE(is(r, r->resource_account, "111122223333"), "ARN-14", "field five wins");

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
	{
		CHECK_RULE(fails(ask("s3:GetObject", bad[i], ""), IAM_BAD_ARGUMENT, "$.resource"), "ARN-1", bad[i]);
		CHECK(error.hint[0] != 0);
	}
}

static void
test_account(void)
{
	const IamRequest *r = ask("s3:GetObject", "arn:aws:s3:::b", "111122223333");

	CHECK_RULE(is(r, r->resource_account, "111122223333") && (r->flags & IAM_REQ_ACCOUNT_ASSUMED) == 0,
			   "ARN-14", "the argument");
	r = ask("s3:GetObject", "arn:aws:s3:::b", "");
	CHECK_RULE(is(r, r->resource_account, NULL) && (r->flags & IAM_REQ_ACCOUNT_ASSUMED) != 0,
			   "ARN-14", "the caller's, as an assumption");
	r = ask("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", "");
	CHECK_RULE(is(r, r->resource_account, NULL), "ARN-14", "aws is no account");
	r = ask("ec2:DescribeInstances", "*", "");
	CHECK_RULE((r->flags & IAM_REQ_RESOURCE_STAR) != 0 && (r->flags & IAM_REQ_ACCOUNT_ASSUMED) == 0 &&
			   is(r, r->resource, "*") && is(r, r->partition, NULL), "RES-4", "the pseudo resource");
	r = ask("ec2:DescribeInstances", "*", "111122223333");
	CHECK(is(r, r->resource_account, "111122223333"));
	CHECK_RULE(fails(ask("s3:GetObject", "arn:aws:s3:::b", "1111"), IAM_BAD_ARGUMENT, "$.resource_account"),
			   "ID-3", "twelve digits");
	CHECK_RULE(fails(ask("s3:GetObject", "arn:aws:s3:::b", "11112222333a"), IAM_BAD_ARGUMENT, "$.resource_account"),
			   "ID-3", "digits only");
}

static const IamRequest *
with_context(const char *text)
{
	IamRequestInput input;

	memset(&input, 0, sizeof input);
	input.action = str("s3:GetObject");
	input.resource = str("arn:aws:s3:::b/k");
	input.context = json(text);
	return compile(&input);
}

static const IamEntry *
entry_of(const void *image, uint32_t off, uint32_t count, const char *key)
{
	const IamEntry *entries = iam_at(image, off);

	for (uint32_t i = 0; i < count; i++)
		if (is(image, entries[i].key, key))
			return &entries[i];
	return NULL;
}

static bool
has_value(const void *image, const IamEntry *e, uint32_t i, const char *expected)
{
	const IamSlice *values = e == NULL ? NULL : iam_at(image, e->value_off);

	return e != NULL && i < e->value_count && is(image, values[i], expected);
}

static const IamEntry *
context_entry(const IamRequest *r, const char *key)
{
	return entry_of(r, r->context_off, r->context_count, key);
}

static void
test_context(void)
{
	const IamRequest *r = with_context("{\"aws:SourceIp\": \"203.0.113.9\", \"a:n\": 12, \"a:b\": true, \"a:l\": [\"x\", 1, false],"
									   " \"a:one\": [\"x\"], \"a:none\": [], \"a:null\": null, \"a:empty\": \"\"}");
	const IamEntry *e;
	char		text[120];

	CHECK(r != NULL && r->context_count == 8);
	CHECK(has_value(r, context_entry(r, "aws:SourceIp"), 0, "203.0.113.9"));
	CHECK(has_value(r, context_entry(r, "a:n"), 0, "12"));
	CHECK(has_value(r, context_entry(r, "a:b"), 0, "true"));
	e = context_entry(r, "a:l");
	CHECK(e->value_count == 3 && e->multivalued == 1);
	CHECK(has_value(r, e, 0, "x") && has_value(r, e, 1, "1") && has_value(r, e, 2, "false"));
	e = context_entry(r, "a:one");
	CHECK(e->value_count == 1 && e->multivalued == 1);
	CHECK_RULE(context_entry(r, "a:none")->value_count == 0, "CTX-4", "an empty list is a known absence");
	CHECK_RULE(context_entry(r, "a:null")->value_count == 0, "CTX-4", "null is a known absence");
	CHECK(has_value(r, context_entry(r, "a:empty"), 0, ""));

	/* Q-8: keys that differ by case stand together, in byte order */
	r = with_context("{\"aws:RequestTag/k\": \"2\", \"aws:RequestTag/K\": \"1\", \"x\": \"3\"}");
	CHECK(r->context_count == 3);
	for (uint32_t i = 0; i + 1 < r->context_count; i++)
	{
		const IamEntry *entries = iam_at(r, r->context_off);

		CHECK(entries[i].hash <= entries[i + 1].hash);
		if (is(r, entries[i].key, "aws:RequestTag/K"))
			CHECK(is(r, entries[i + 1].key, "aws:RequestTag/k"));
	}

	CHECK(with_context("{}")->context_count == 0);
	CHECK(fails(with_context("{\"k\": {\"a\": 1}}"), IAM_BAD_ARGUMENT, "$.context.k"));
	CHECK(fails(with_context("{\"aws:k\": [\"a\", null]}"), IAM_BAD_ARGUMENT, "$.context[\"aws:k\"][1]"));
	CHECK(fails(with_context("{\"k\": [[\"a\"]]}"), IAM_BAD_ARGUMENT, "$.context.k[0]"));
	CHECK(fails(with_context("[]"), IAM_BAD_ARGUMENT, "$.context"));

	/* the largest context that is taken, and one key more */
	for (int extra = 0; extra < 2; extra++)
	{
		IamBuf		buf;

		iam_buf_init(&buf, &arena);
		iam_buf_char(&buf, '{');
		for (int i = 0; i < IAM_MAX_CONTEXT_KEYS + extra; i++)
		{
			snprintf(text, sizeof text, "%s\"k%d\": \"v%d\"", i == 0 ? "" : ", ", i, i);
			iam_buf_cstr(&buf, text);
		}
		iam_buf_char(&buf, '}');
		iam_buf_char(&buf, 0);
		r = with_context(buf.data);
		CHECK(extra == 0 ? r != NULL && r->context_count == IAM_MAX_CONTEXT_KEYS :
			  fails(r, IAM_OVER_LIMIT, "$.context"));
		if (r != NULL)
			CHECK(has_value(r, context_entry(r, "k1234"), 0, "v1234"));
	}
}

static void
test_tags(void)
{
	IamRequestInput input;
	const IamRequest *r;

	memset(&input, 0, sizeof input);
	input.action = str("s3:GetObject");
	input.resource = str("arn:aws:s3:::b/k");
	input.resource_tags_known = true;
	input.resource_org_known = true;
	input.resource_org_id = str("o-a1b2c3d4e5");
	input.resource_org_path = str("o-a1b2c3d4e5/r-ab12/");
	input.current_time = str("2024-01-01T00:00:00Z");
	input.epoch_time = str("1704067200");
	input.resource_in_management_account = true;
	input.resource_tags = json("{\"team\": \"a\", \"Stage\": \"\"}");
	r = compile(&input);
	CHECK(r->tag_count == 2 && has_value(r, entry_of(r, r->tag_off, 2, "team"), 0, "a"));
	CHECK((r->flags & IAM_REQ_RESOURCE_TAGS_KNOWN) && (r->flags & IAM_REQ_RESOURCE_ORG_KNOWN) &&
		  (r->flags & IAM_REQ_RESOURCE_IN_MANAGEMENT_ACCOUNT));
	CHECK(is(r, r->resource_org_id, "o-a1b2c3d4e5") && is(r, r->resource_org_path, "o-a1b2c3d4e5/r-ab12/"));
	CHECK(is(r, r->current_time, "2024-01-01T00:00:00Z") && is(r, r->epoch_time, "1704067200"));
	input.resource_tags = json("[{\"Key\": \"team\", \"Value\": \"a\"}, {\"key\": \"Team\", \"value\": \"b\"}]");
	r = compile(&input);
	CHECK_RULE(r->tag_count == 2 && has_value(r, entry_of(r, r->tag_off, 2, "Team"), 0, "b"), "CTX-7",
			   "tags that differ by case are two entries");
	input.resource_tags = json("[{\"Key\": \"team\", \"Value\": \"a\"}, {\"Key\": \"team\", \"Value\": \"b\"}]");
	CHECK(fails(compile(&input), IAM_BAD_ARGUMENT, "$.resource_tags"));
	input.resource_tags = json("[{\"Key\": \"team\"}]");
	CHECK(fails(compile(&input), IAM_BAD_ARGUMENT, "$.resource_tags[0]"));
	input.resource_tags = json("{\"team\": 1}");
	CHECK(fails(compile(&input), IAM_BAD_ARGUMENT, "$.resource_tags.team"));
}

static void
test_grants(void)
{
	IamRequestInput input;
	const IamRequest *r;
	const IamKmsGrant *g;
	const IamSlice *operations;
	const char *const bad[][2] = {
		{"[1]", "$.kms_grants[0]"},
		{"[{\"Operations\": [\"Decrypt\"]}]", "$.kms_grants[0]"},
		{"[{\"GranteePrincipal\": \"arn:aws:iam::111122223333:role/r\"}]", "$.kms_grants[0]"},
		{"[{\"GranteePrincipal\": 1, \"Operations\": []}]", "$.kms_grants[0].GranteePrincipal"},
		{"[{\"GranteePrincipal\": \"x\", \"Operations\": [1]}]", "$.kms_grants[0].Operations[0]"},
		{"[{\"GranteePrincipal\": \"x\", \"Operations\": [], \"Constraints\": []}]", "$.kms_grants[0].Constraints"},
		{"[{\"GranteePrincipal\": \"x\", \"Operations\": [], \"Constraints\": {\"Other\": {}}}]",
		"$.kms_grants[0].Constraints.Other"},
		{"[{\"GranteePrincipal\": \"x\", \"Operations\": [], \"Constraints\": {\"EncryptionContextEquals\": []}}]",
		"$.kms_grants[0].Constraints.EncryptionContextEquals"}
	};

	memset(&input, 0, sizeof input);
	input.action = str("kms:Decrypt");
	input.resource = str("arn:aws:kms:us-east-1:111122223333:key/k");
	input.kms_grants = json("[{\"KeyId\": \"k\", \"GrantId\": \"g1\", \"Name\": \"n\", \"CreationDate\": \"2024\","
							" \"GranteePrincipal\": \"arn:aws:iam::444455556666:role/r\","
							" \"RetiringPrincipal\": \"arn:aws:iam::111122223333:root\", \"IssuingAccount\": \"111122223333\","
							" \"Operations\": [\"Decrypt\", \"CreateGrant\"],"
							" \"Constraints\": {\"EncryptionContextSubset\": {\"Department\": \"IT\", \"a\": \"b\"}}},"
							" {\"GranteePrincipal\": \"dynamodb.us-west-2.amazonaws.com\", \"Operations\": [\"Encrypt\"],"
							" \"Constraints\": {\"EncryptionContextEquals\": {}}},"
							" {\"GranteePrincipal\": \"*\", \"Operations\": [\"Encrypt\"]}]");
	r = compile(&input);
	CHECK(r != NULL && r->grant_count == 3);
	g = iam_at(r, r->grant_off);
	operations = iam_at(r, g->operation_off);
	CHECK_RULE(g->grantee.form == IAM_PRINCIPAL_ROLE && is(r, g->grantee.account, "444455556666") &&
			   is(r, g->grantee.partition, "aws") && is(r, g->grantee.text, "arn:aws:iam::444455556666:role/r"),
			   "KMS-8", "grantee");
	CHECK_RULE(g->retiring.form == IAM_PRINCIPAL_ACCOUNT && is(r, g->retiring.account, "111122223333"),
			   "KMS-8", "retiring principal");
	CHECK(is(r, g->grant_id, "g1") && is(r, g->issuing_account, "111122223333"));
	CHECK_RULE(g->operation_count == 2 && is(r, operations[0], "Decrypt") && is(r, operations[1], "CreateGrant"),
			   "KMS-8", "operations");
	CHECK_RULE(g->has_subset && !g->has_equals && g->subset_count == 2 &&
			   has_value(r, entry_of(r, g->subset_off, 2, "Department"), 0, "IT"), "KMS-8", "constraints");
	CHECK_RULE(g[1].grantee.form == IAM_PRINCIPAL_UNUSABLE && g[1].has_equals && g[1].equals_count == 0 &&
			   g[1].retiring.text.off == 0, "KMS-8", "not a service");
	CHECK_RULE(g[2].grantee.form == IAM_PRINCIPAL_UNUSABLE, "KMS-8", "not everybody");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
	{
		input.kms_grants = json(bad[i][0]);
		CHECK_RULE(fails(compile(&input), IAM_BAD_ARGUMENT, bad[i][1]), "KMS-8", bad[i][0]);
	}
	input.kms_grants = json("{}");
	CHECK(fails(compile(&input), IAM_BAD_ARGUMENT, "$.kms_grants"));
	input.kms_grants = json("[]");
	CHECK(compile(&input)->grant_count == 0);
	input.kms_grants = json("{\"Grants\": [{\"GranteePrincipal\": \"x\"}]}");
	CHECK(fails(compile(&input), IAM_BAD_ARGUMENT, "$.kms_grants.Grants[0]"));
}

static void
test_acl(void)
{
	IamRequestInput input;
	const IamRequest *r;
	const IamAclGrant *g;

	memset(&input, 0, sizeof input);
	input.action = str("s3:GetObject");
	input.resource = str("arn:aws:s3:::b/k");
	input.resource_acl = json("{\"Owner\": {\"ID\": \"f00\"}, \"Grants\": ["
							  "{\"Grantee\": {\"Type\": \"CanonicalUser\", \"DisplayName\": \"d\", \"ID\": \"abc\"}, \"Permission\": \"READ\"},"
							  "{\"Grantee\": {\"Type\": \"Group\", \"URI\": \"http://acs.amazonaws.com/groups/global/AllUsers\"}, \"Permission\": \"WRITE\"},"
							  "{\"Grantee\": {\"Type\": \"Group\", \"URI\": \"http://acs.amazonaws.com/groups/global/AuthenticatedUsers\"}, \"Permission\": \"FULL_CONTROL\"},"
							  "{\"Grantee\": {\"Type\": \"Group\", \"URI\": \"http://acs.amazonaws.com/groups/s3/LogDelivery\"}, \"Permission\": \"WRITE_ACP\"}]}");
	r = compile(&input);
	CHECK(r != NULL && r->acl_count == 4);
	g = iam_at(r, r->acl_off);
	CHECK_RULE(g[0].grantee == IAM_ACL_CANONICAL_USER && is(r, g[0].canonical_id, "abc") && is(r, g[0].permission, "READ"),
			   "S3-2", "an account by its canonical id");
	CHECK_RULE(g[1].grantee == IAM_ACL_ALL_USERS, "S3-2", "everybody");
	CHECK_RULE(g[2].grantee == IAM_ACL_AUTHENTICATED_USERS, "S3-2", "every account");
	CHECK_RULE(g[3].grantee == IAM_ACL_OTHER, "S3-2", "other groups");
	input.resource_acl = json("[{\"Grantee\": {\"ID\": \"abc\"}, \"Permission\": \"READ\"}]");
	CHECK(compile(&input)->acl_count == 1);
	input.resource_acl = json("[{\"Grantee\": {\"ID\": \"abc\"}, \"Permission\": \"read\"}]");
	CHECK(fails(compile(&input), IAM_BAD_ARGUMENT, "$.resource_acl[0].Permission"));
	input.resource_acl = json("[{\"Permission\": \"READ\"}]");
	CHECK(fails(compile(&input), IAM_BAD_ARGUMENT, "$.resource_acl[0].Grantee"));
	input.resource_acl = json("{\"Owner\": {}}");
	CHECK(fails(compile(&input), IAM_BAD_ARGUMENT, "$.resource_acl"));
}

static void
test_block_public_access(void)
{
	IamRequestInput input;
	const IamRequest *r;
	const uint32_t both = IAM_REQ_BPA_IGNORE_ACLS | IAM_REQ_BPA_RESTRICT;

	memset(&input, 0, sizeof input);
	input.action = str("s3:GetObject");
	input.resource = str("arn:aws:s3:::b/k");
	input.unknown_context = true;
	r = compile(&input);
	CHECK_RULE((r->flags & IAM_REQ_BPA_UNKNOWN) && (r->flags & IAM_REQ_UNKNOWN_CONTEXT), "S3-3", "not given: unknown");
	input.block_public_access = json("{\"BlockPublicAcls\": true, \"IgnorePublicAcls\": true,"
									 " \"BlockPublicPolicy\": true, \"RestrictPublicBuckets\": true}");
	r = compile(&input);
	CHECK_RULE((r->flags & both) == both && (r->flags & IAM_REQ_BPA_UNKNOWN) == 0, "S3-3", "all four");
	input.block_public_access = json("{\"PublicAccessBlockConfiguration\": {\"IgnorePublicAcls\": true}}");
	CHECK((compile(&input)->flags & both) == IAM_REQ_BPA_IGNORE_ACLS);
	input.block_public_access = json("{\"BlockPublicAcls\": true, \"BlockPublicPolicy\": true, \"RestrictPublicBuckets\": false}");
	CHECK_RULE((compile(&input)->flags & both) == 0, "S3-3", "only Ignore and Restrict change an evaluation");
	input.block_public_access = json("{\"Restrict\": true}");
	CHECK(fails(compile(&input), IAM_BAD_ARGUMENT, "$.block_public_access.Restrict"));
	input.block_public_access = json("{\"RestrictPublicBuckets\": \"true\"}");
	CHECK(fails(compile(&input), IAM_BAD_ARGUMENT, "$.block_public_access.RestrictPublicBuckets"));
	input.block_public_access = NULL;
	input.unknown_context = false;
	CHECK((compile(&input)->flags & IAM_REQ_BPA_UNKNOWN) == 0);
}

static void
test_rcp_services(void)
{
	IamRequestInput input;
	const IamRequest *r;
	const IamSlice *services;

	memset(&input, 0, sizeof input);
	input.action = str("s3:GetObject");
	input.resource = str("arn:aws:s3:::b/k");
	CHECK_RULE((compile(&input)->flags & IAM_REQ_RCP_SERVICES) == 0, "RCP-7", "the shipped list");
	input.rcp_services = json("[\"S3\", \"sqs\"]");
	r = compile(&input);
	services = iam_at(r, r->rcp_service_off);
	CHECK_RULE((r->flags & IAM_REQ_RCP_SERVICES) && r->rcp_service_count == 2 && is(r, services[0], "s3") &&
			   is(r, services[1], "sqs"), "RCP-7", "the list given, folded");
	input.rcp_services = json("[]");
	r = compile(&input);
	CHECK_RULE((r->flags & IAM_REQ_RCP_SERVICES) && r->rcp_service_count == 0, "RCP-7", "an empty list is a list");
	input.rcp_services = json("[1]");
	CHECK(fails(compile(&input), IAM_BAD_ARGUMENT, "$.rcp_services[0]"));
	input.rcp_services = json("{}");
	CHECK(fails(compile(&input), IAM_BAD_ARGUMENT, "$.rcp_services"));
}

/* A rich image: equal inputs give equal bytes, and no single changed byte makes its check read outside it. */
static void
test_check(void)
{
	IamRequestInput input;
	const IamRequest *a;
	const IamRequest *b;
	IamRequest *copy;
	uint32_t	size;
	uint32_t	refused = 0;

	memset(&input, 0, sizeof input);
	input.action = str("kms:Decrypt");
	input.resource = str("arn:aws:kms:*:111122223333:key/\xC3\xA9*");
	input.context = json("{\"a\": [\"x\", \"y\"], \"b\": \"\xE2\x82\xAC\", \"c\": null}");
	input.resource_tags = json("{\"t\": \"v\"}");
	input.rcp_services = json("[\"kms\"]");
	input.kms_grants = json("[{\"GranteePrincipal\": \"111122223333\", \"Operations\": [\"Decrypt\"],"
							" \"Constraints\": {\"EncryptionContextEquals\": {\"k\": \"v\"}}}]");
	input.resource_acl = json("[{\"Grantee\": {\"ID\": \"abc\"}, \"Permission\": \"READ\"}]");
	a = compile(&input);
	b = compile(&input);
	CHECK(a != NULL && b != NULL);
	size = a->head.size;
	CHECK(size == b->head.size && memcmp(a, b, size) == 0);
	CHECK(size % 4 == 0);
	copy = malloc(size);
	for (uint32_t i = 0; i < size; i++)
		for (int bit = 0; bit < 8; bit++)
		{
			memcpy(copy, a, size);
			((unsigned char *) copy)[i] ^= (unsigned char) (1 << bit);
			refused += !iam_request_check(copy, size, &error);
		}
	CHECK(refused > size);
	for (uint32_t n = 0; n < size; n++)
	{
		IamRequest *part = malloc(n == 0 ? 1 : n);

		memcpy(part, a, n);
		CHECK(!iam_request_check(part, n, &error) && error.status == IAM_CORRUPT);
		free(part);
	}
	/* arrays that overlap may not make the check's work grow beyond the image */
	memcpy(copy, a, size);
	copy->tag_off = copy->context_off;
	copy->tag_count = copy->context_count;
	copy->rcp_service_off = sizeof *copy & ~3u;
	copy->rcp_service_count = size;
	CHECK(!iam_request_check(copy, size, &error));
	CHECK(!iam_caller_check(a, size, &error) && strstr(error.message, "caller") != NULL);
	free(copy);
}

static void *
no_memory(void *ctx, size_t size)
{
	int		   *left = ctx;

	return (*left)-- > 0 ? malloc(size) : NULL;
}

static void
plain_free(void *ctx, void *p)
{
	(void) ctx;
	free(p);
}

static void
test_no_memory(void)
{
	for (int allowed = 0; allowed < 3; allowed++)
	{
		int			left = allowed;
		IamHost		host = {no_memory, plain_free, NULL, &left};
		IamArena	small;
		IamRequestInput input;
		const IamRequest *r = NULL;
		IamBuf		big;
		bool		done;

		iam_buf_init(&big, &arena);
		iam_buf_cstr(&big, "{\"k\": \"");
		for (int i = 0; i < 20000; i++)
			iam_buf_char(&big, 'x');
		iam_buf_bytes(&big, "\"}", 3);
		memset(&input, 0, sizeof input);
		input.action = str("s3:GetObject");
		input.resource = str("arn:aws:s3:::b/k");
		input.context = json(big.data);
		iam_arena_init(&small, &host);
		done = iam_request_compile(&small, &input, &r, &error);
		CHECK(done ? r != NULL && left >= 0 : error.status == IAM_NO_MEMORY);
		CHECK(allowed > 0 || !done);
		iam_arena_release(&small);
	}
}

int
main(void)
{
	iam_arena_init(&arena, &iam_malloc_host);
	test_action();
	test_trust_actions();
	test_resource();
	test_account();
	test_context();
	test_tags();
	test_grants();
	test_acl();
	test_block_public_access();
	test_rcp_services();
	test_check();
	test_no_memory();
	iam_arena_release(&arena);
	return checks_done();
}
