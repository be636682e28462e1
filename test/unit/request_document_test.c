/*
 * request_document_test.c: the self-contained request document: its members,
 * which of them make a gate, and the place that each error names.
 */
#include "check.h"
#include "iam_core.h"

#define WHO "\"principal\": \"arn:aws:iam::111122223333:user/bob\", "
#define WHAT "\"action\": \"s3:GetObject\", \"resource\": \"arn:aws:s3:::b/k\""
#define POLICY "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}"
#define BAD_POLICY "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}"
#define TRUST "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"sts:AssumeRole\"}]}"

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
	return slice.off != 0 && iam_str_equal(iam_slice(image, slice), str(expected));
}

static bool
parse(const char *text, IamRequestDocument *out)
{
	memset(&error, 0, sizeof error);
	return iam_request_document_parse(&arena, str(text), out, &error);
}

static void
test_minimal(void)
{
	IamRequestDocument doc;

	CHECK(parse("{" WHO WHAT "}", &doc));
	CHECK(is(doc.request, doc.request->action, "s3:GetObject"));
	CHECK(is(doc.request, doc.request->resource, "arn:aws:s3:::b/k"));
	CHECK(doc.caller->kind == IAM_CALLER_USER);
	CHECK_RULE(doc.policy_count == 0, "EVAL-4", "no member, no gate");
	CHECK((doc.request->flags & IAM_REQ_UNKNOWN_CONTEXT) == 0);
	CHECK((doc.caller->flags & (IAM_CALLER_TAGS_KNOWN | IAM_CALLER_ORG_KNOWN)) ==
		  (IAM_CALLER_TAGS_KNOWN | IAM_CALLER_ORG_KNOWN));
	CHECK((doc.request->flags & (IAM_REQ_RESOURCE_TAGS_KNOWN | IAM_REQ_RESOURCE_ORG_KNOWN)) ==
		  (IAM_REQ_RESOURCE_TAGS_KNOWN | IAM_REQ_RESOURCE_ORG_KNOWN));
	CHECK(iam_request_check(doc.request, doc.request->head.size, &error));
	CHECK(iam_caller_check(doc.caller, doc.caller->head.size, &error));

	CHECK(parse("{" WHO WHAT ", \"unknown_context\": true}", &doc));
	CHECK(doc.request->flags & IAM_REQ_UNKNOWN_CONTEXT);
	CHECK((doc.caller->flags & (IAM_CALLER_TAGS_KNOWN | IAM_CALLER_ORG_KNOWN)) == 0);
	CHECK((doc.request->flags & (IAM_REQ_RESOURCE_TAGS_KNOWN | IAM_REQ_RESOURCE_ORG_KNOWN)) == 0);
}

/* Absent, null and empty all mean that there is no such gate. */
static void
test_absent(void)
{
	IamRequestDocument doc;

	CHECK_RULE(parse("{" WHO WHAT ", \"resource_account\": null, \"context\": null, \"unknown_context\": null,"
					 " \"identity_policies\": null, \"permissions_boundary\": null, \"session_policies\": null,"
					 " \"resource_policy\": null, \"service_control_policies\": null, \"resource_control_policies\": null,"
					 " \"vpc_endpoint_policies\": null, \"principal_role_arn\": null, \"principal_unique_id\": null,"
					 " \"federating_user\": null, \"kms_grants\": null, \"resource_acl\": null,"
					 " \"block_public_access\": null, \"principal_canonical_id\": null, \"rcp_services\": null,"
					 " \"principal_in_management_account\": null, \"principal_is_service_linked_role\": null,"
					 " \"resource_in_management_account\": null}", &doc) && doc.policy_count == 0, "EVAL-4", "null");
	CHECK((doc.caller->flags & IAM_CALLER_HAS_BOUNDARY) == 0 && (doc.request->flags & IAM_REQ_RCP_SERVICES) == 0);
	CHECK_RULE(parse("{" WHO WHAT ", \"identity_policies\": [], \"session_policies\": [], \"service_control_policies\": [],"
					 " \"resource_control_policies\": [], \"vpc_endpoint_policies\": []}", &doc) &&
			   doc.policy_count == 0, "EVAL-4", "empty");
}

static void
test_everything(void)
{
	IamRequestDocument doc;

	CHECK(parse("{\"principal\": \"arn:aws:sts::111122223333:assumed-role/app/s1\", " WHAT ","
				" \"resource_account\": \"444455556666\", \"context\": {\"aws:SourceIp\": \"203.0.113.9\"},"
				" \"identity_policies\": [" POLICY ", {\"name\": \"n\", \"policy\": " POLICY "}, {\"name\": \"gone\", \"policy\": null}],"
				" \"permissions_boundary\": {\"name\": \"b\", \"policy\": " POLICY "}, \"session_policies\": [" POLICY "],"
				" \"resource_policy\": " POLICY ", \"service_control_policies\": [[" POLICY "], [], [" POLICY ", " POLICY "]],"
				" \"resource_control_policies\": [[]], \"vpc_endpoint_policies\": [" POLICY "],"
				" \"principal_role_arn\": \"arn:aws:iam::111122223333:role/p/app\", \"principal_unique_id\": \"AROADBQP57FF2AEXAMPLE\","
				" \"kms_grants\": [], \"resource_acl\": [], \"block_public_access\": {\"RestrictPublicBuckets\": true},"
				" \"principal_canonical_id\": \"abc\", \"rcp_services\": [\"s3\"], \"principal_in_management_account\": true,"
				" \"principal_is_service_linked_role\": true, \"resource_in_management_account\": true}", &doc));
	if (error.status != IAM_OK)
	{
		fprintf(stderr, "%s %s\n", error.path, error.message);
		return;
	}
	{
		static const struct
		{
			IamPolicyKind kind;
			int			level;
			const char *name;
			bool		empty;
			bool		readable;
		}			rows[] = {
			{IAM_KIND_IDENTITY, 0, "", false, true},
			{IAM_KIND_IDENTITY, 0, "n", false, true},
			{IAM_KIND_IDENTITY, 0, "gone", false, false},
			{IAM_KIND_BOUNDARY, 0, "b", false, true},
			{IAM_KIND_SESSION, 0, "", false, true},
			{IAM_KIND_RESOURCE, 0, "", false, true},
			{IAM_KIND_SCP, 0, "", false, true},
			{IAM_KIND_SCP, 1, "", true, false},
			{IAM_KIND_SCP, 2, "", false, true},
			{IAM_KIND_SCP, 2, "", false, true},
			{IAM_KIND_RCP, 0, "", true, false},
			{IAM_KIND_ENDPOINT, 0, "", false, true}
		};

		CHECK(doc.policy_count == sizeof rows / sizeof *rows);
		for (size_t i = 0; i < sizeof rows / sizeof *rows && i < doc.policy_count; i++)
		{
			const IamNamedPolicy *p = &doc.policies[i];

			CHECK(p->kind == rows[i].kind && p->level == rows[i].level && p->empty == rows[i].empty);
			CHECK(iam_str_equal(p->name, str(rows[i].name)));
			CHECK((p->policy != NULL) == rows[i].readable);
		}
	}
	CHECK(is(doc.request, doc.request->resource_account, "444455556666") && doc.request->context_count == 1);
	CHECK(is(doc.caller, doc.caller->role_arn, "arn:aws:iam::111122223333:role/p/app"));
	CHECK(is(doc.caller, doc.caller->unique_id, "AROADBQP57FF2AEXAMPLE"));
	CHECK(is(doc.caller, doc.caller->canonical_id, "abc"));
	CHECK((doc.caller->flags & (IAM_CALLER_HAS_BOUNDARY | IAM_CALLER_IN_MANAGEMENT_ACCOUNT | IAM_CALLER_SERVICE_LINKED)) ==
		  (IAM_CALLER_HAS_BOUNDARY | IAM_CALLER_IN_MANAGEMENT_ACCOUNT | IAM_CALLER_SERVICE_LINKED));
	CHECK((doc.request->flags & (IAM_REQ_RESOURCE_IN_MANAGEMENT_ACCOUNT | IAM_REQ_RCP_SERVICES | IAM_REQ_BPA_RESTRICT)) ==
		  (IAM_REQ_RESOURCE_IN_MANAGEMENT_ACCOUNT | IAM_REQ_RCP_SERVICES | IAM_REQ_BPA_RESTRICT));

	CHECK(parse("{\"principal\": \"arn:aws:sts::111122223333:federated-user/x\", " WHAT ","
				" \"federating_user\": \"arn:aws:iam::111122223333:user/bob\"}", &doc));
	CHECK(is(doc.caller, doc.caller->federating_user, "arn:aws:iam::111122223333:user/bob"));
}

static void
test_trust(void)
{
	IamRequestDocument doc;

	CHECK(parse("{" WHO "\"action\": \"sts:AssumeRole\", \"resource\": \"arn:aws:iam::111122223333:role/r\","
				" \"resource_policy\": " TRUST "}", &doc));
	CHECK_RULE(doc.policy_count == 1 && doc.policies[0].kind == IAM_KIND_TRUST, "STS-2",
			   "the resource policy of a role is its trust policy");
	CHECK(parse("{" WHO "\"action\": \"iam:GetRole\", \"resource\": \"arn:aws:iam::111122223333:role/r\","
				" \"resource_policy\": " TRUST "}", &doc));
	CHECK(doc.policies[0].kind == IAM_KIND_RESOURCE);
}

static void
test_errors(void)
{
	static const struct
	{
		const char *text;
		IamStatus	status;
		const char *path;
	}			rows[] = {
		{"[]", IAM_BAD_ARGUMENT, "$"},
		{"{}", IAM_BAD_ARGUMENT, "$.action"},
		{"{" WHAT "}", IAM_BAD_ARGUMENT, "$.principal"},
		{"{" WHO "\"action\": \"s3:GetObject\"}", IAM_BAD_ARGUMENT, "$.resource"},
		{"{\"principal\": null, " WHAT "}", IAM_BAD_ARGUMENT, "$.principal"},
		{"{\"principal\": \"bob\", " WHAT "}", IAM_BAD_ARGUMENT, "$.principal"},
		{"{" WHO "\"action\": \"s3\", \"resource\": \"*\"}", IAM_BAD_ARGUMENT, "$.action"},
		{"{" WHO "\"action\": \"s3:a\", \"resource\": \"bucket\"}", IAM_BAD_ARGUMENT, "$.resource"},
		{"{" WHO WHAT ", \"identity_policy\": []}", IAM_BAD_ARGUMENT, "$.identity_policy"},
		{"{" WHO WHAT ", \"Context\": {}}", IAM_BAD_ARGUMENT, "$.Context"},
		{"{" WHO WHAT ", \"resource_account\": 111122223333}", IAM_BAD_ARGUMENT, "$.resource_account"},
		{"{" WHO WHAT ", \"resource_account\": \"\"}", IAM_BAD_ARGUMENT, "$.resource_account"},
		{"{" WHO WHAT ", \"context\": {\"k\": {}}}", IAM_BAD_ARGUMENT, "$.context.k"},
		{"{" WHO WHAT ", \"unknown_context\": \"true\"}", IAM_BAD_ARGUMENT, "$.unknown_context"},
		{"{" WHO WHAT ", \"identity_policies\": " POLICY "}", IAM_BAD_ARGUMENT, "$.identity_policies"},
		{"{" WHO WHAT ", \"identity_policies\": [null]}", IAM_BAD_ARGUMENT, "$.identity_policies[0]"},
		{"{" WHO WHAT ", \"identity_policies\": [" POLICY ", \"x\"]}", IAM_BAD_ARGUMENT, "$.identity_policies[1]"},
		{"{" WHO WHAT ", \"identity_policies\": [{\"name\": \"x\"}]}", IAM_BAD_ARGUMENT, "$.identity_policies[0].policy"},
		{"{" WHO WHAT ", \"identity_policies\": [{\"name\": 1, \"policy\": null}]}", IAM_BAD_ARGUMENT,
		"$.identity_policies[0].name"},
		{"{" WHO WHAT ", \"identity_policies\": [{\"name\": \"x\", \"policy\": null, \"arn\": \"\"}]}", IAM_BAD_ARGUMENT,
		"$.identity_policies[0].arn"},
		{"{" WHO WHAT ", \"identity_policies\": [" POLICY ", " POLICY ", " BAD_POLICY "]}", IAM_OK,
		"$.identity_policies[2].Statement[0].Effect"},
		{"{" WHO WHAT ", \"session_policies\": [{\"policy\": " BAD_POLICY "}]}", IAM_OK,
		"$.session_policies[0].policy.Statement[0].Effect"},
		{"{" WHO WHAT ", \"permissions_boundary\": " BAD_POLICY "}", IAM_OK, "$.permissions_boundary.Statement[0].Effect"},
		{"{" WHO WHAT ", \"permissions_boundary\": []}", IAM_BAD_ARGUMENT, "$.permissions_boundary"},
		{"{" WHO WHAT ", \"resource_policy\": \"{}\"}", IAM_BAD_ARGUMENT, "$.resource_policy"},
		{"{" WHO WHAT ", \"service_control_policies\": [" POLICY "]}", IAM_BAD_ARGUMENT, "$.service_control_policies[0]"},
		{"{" WHO WHAT ", \"service_control_policies\": [[], [" BAD_POLICY "]]}", IAM_OK,
		"$.service_control_policies[1][0].Statement[0].Effect"},
		{"{" WHO WHAT ", \"service_control_policies\": [[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]}", IAM_OVER_LIMIT,
		"$.service_control_policies"},
		{"{" WHO WHAT ", \"resource_control_policies\": {}}", IAM_BAD_ARGUMENT, "$.resource_control_policies"},
		{"{" WHO WHAT ", \"vpc_endpoint_policies\": [1]}", IAM_BAD_ARGUMENT, "$.vpc_endpoint_policies[0]"},
		{"{" WHO WHAT ", \"principal_role_arn\": \"arn:aws:iam::111122223333:role/r\"}", IAM_BAD_ARGUMENT, "$.principal_role_arn"},
		{"{" WHO WHAT ", \"principal_unique_id\": \"A B\"}", IAM_BAD_ARGUMENT, "$.principal_unique_id"},
		{"{" WHO WHAT ", \"federating_user\": \"x\"}", IAM_BAD_ARGUMENT, "$.federating_user"},
		{"{" WHO WHAT ", \"kms_grants\": [{}]}", IAM_BAD_ARGUMENT, "$.kms_grants[0]"},
		{"{" WHO WHAT ", \"resource_acl\": [{}]}", IAM_BAD_ARGUMENT, "$.resource_acl[0].Grantee"},
		{"{" WHO WHAT ", \"block_public_access\": true}", IAM_BAD_ARGUMENT, "$.block_public_access"},
		{"{" WHO WHAT ", \"rcp_services\": \"s3\"}", IAM_BAD_ARGUMENT, "$.rcp_services"},
		{"{" WHO WHAT ", \"principal_in_management_account\": 1}", IAM_BAD_ARGUMENT, "$.principal_in_management_account"},
		{"{" WHO WHAT ", \"principal_is_service_linked_role\": true}", IAM_BAD_ARGUMENT, "$.principal_is_service_linked_role"}
	};
	IamRequestDocument doc;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
	{
		bool		ok = parse(rows[i].text, &doc);

		CHECK_RULE(!ok && strcmp(error.path, rows[i].path) == 0, rows[i].path, error.path);
		CHECK_RULE(rows[i].status == IAM_OK || error.status == rows[i].status, rows[i].path, error.message);
		CHECK(error.message[0] != 0);
	}
	/* what is no JSON is told by line and column, as is a key given twice */
	CHECK(!parse("{\"principal\": \n oops}", &doc) && error.status == IAM_BAD_SYNTAX && error.line == 2);
	CHECK(!parse("{" WHO WHO WHAT "}", &doc));
}

static void
test_limits(void)
{
	IamRequestDocument doc;
	IamStr		huge;

	/* over the limit: refused before a byte is read */
	huge.data = "{}";
	huge.len = IAM_MAX_REQUEST_BYTES + 1;
	CHECK(!iam_request_document_parse(&arena, huge, &doc, &error) && error.status == IAM_OVER_LIMIT);
	CHECK(parse("{" WHO WHAT ", \"service_control_policies\": [[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]}", &doc));
	CHECK(doc.policy_count == IAM_MAX_LEVELS && doc.policies[IAM_MAX_LEVELS - 1].level == IAM_MAX_LEVELS - 1);
}

int
main(void)
{
	iam_arena_init(&arena, &iam_malloc_host);
	test_minimal();
	test_absent();
	test_everything();
	test_trust();
	test_errors();
	test_limits();
	iam_arena_release(&arena);
	return checks_done();
}
