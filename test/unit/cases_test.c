/*
 * cases_test.c: every line of test/fixtures/cases.jsonl (spec section 22) as a
 * request document through the parser, the compiler and the evaluator.
 *
 * Usage: cases_test [cases.jsonl]
 */
#include "iam_core.h"

#include "check.h"

#define LINE_BYTES (1024 * 1024)

static void
write_json(IamBuf *buf, const IamJson *json)
{
	switch (json->type)
	{
		case IAM_JSON_NULL:
			iam_buf_cstr(buf, "null");
			break;
		case IAM_JSON_BOOL:
		case IAM_JSON_NUMBER:
			iam_buf_str(buf, json->text);
			break;
		case IAM_JSON_STRING:
			iam_json_string(buf, json->text);
			break;
		case IAM_JSON_ARRAY:
		case IAM_JSON_OBJECT:
			iam_buf_char(buf, json->type == IAM_JSON_ARRAY ? '[' : '{');
			for (uint32_t i = 0; i < json->count; i++)
			{
				if (i > 0)
					iam_buf_char(buf, ',');
				if (json->type == IAM_JSON_OBJECT)
				{
					iam_json_string(buf, json->keys[i]);
					iam_buf_char(buf, ':');
				}
				write_json(buf, &json->items[i]);
			}
			iam_buf_char(buf, json->type == IAM_JSON_ARRAY ? ']' : '}');
			break;
	}
}

static void
copy_member(IamBuf *buf, const IamJson *from, const char *name, const char *as)
{
	const IamJson *json = from == NULL ? NULL : iam_json_member(from, name);

	if (json == NULL || json->type == IAM_JSON_NULL)
		return;
	iam_json_key(buf, as);
	write_json(buf, json);
}

/* The case's members under the request document's names. */
static IamStr
request_document(IamArena *arena, const IamJson *json)
{
	const IamJson *request = iam_json_member(json, "request");
	const IamJson *facts = iam_json_member(request, "facts");
	const IamJson *endpoint = iam_json_member(json, "endpoint_policy");
	IamBuf		buf;

	iam_buf_init(&buf, arena);
	iam_buf_char(&buf, '{');
	copy_member(&buf, request, "principal", "principal");
	copy_member(&buf, request, "action", "action");
	copy_member(&buf, request, "resource", "resource");
	copy_member(&buf, request, "resource_account", "resource_account");
	copy_member(&buf, request, "context", "context");
	copy_member(&buf, request, "principal_unique_id", "principal_unique_id");
	copy_member(&buf, request, "principal_role_arn", "principal_role_arn");
	copy_member(&buf, request, "federating_user_arn", "federating_user");
	copy_member(&buf, facts, "principal_in_management_account", "principal_in_management_account");
	copy_member(&buf, facts, "principal_is_service_linked_role", "principal_is_service_linked_role");
	copy_member(&buf, facts, "resource_in_management_account", "resource_in_management_account");
	copy_member(&buf, json, "identity_policies", "identity_policies");
	copy_member(&buf, json, "resource_policy", "resource_policy");
	copy_member(&buf, json, "permission_boundary", "permissions_boundary");
	copy_member(&buf, json, "session_policies", "session_policies");
	copy_member(&buf, json, "scps", "service_control_policies");
	copy_member(&buf, json, "rcps", "resource_control_policies");
	if (endpoint != NULL && endpoint->type != IAM_JSON_NULL)
	{
		iam_json_key(&buf, "vpc_endpoint_policies");
		iam_buf_char(&buf, '[');
		write_json(&buf, endpoint);
		iam_buf_char(&buf, ']');
	}
	iam_buf_char(&buf, '}');
	return iam_buf_result(&buf);
}

static bool
run_case(IamArena *arena, IamStr line)
{
	const IamJson *json;
	const IamJson *expected;
	IamStr		id;
	IamStr		rule;
	IamStr		want;
	IamStr		why;
	IamRequestDocument doc;
	IamDecision decision;
	IamError	err;
	IamBuf		explanation;
	const char *got;

	memset(&err, 0, sizeof err);
	if (!iam_json_parse(arena, line, LINE_BYTES, &json, &err))
	{
		fprintf(stderr, "unreadable line: %s\n", err.message);
		return false;
	}
	id = iam_json_member(json, "id")->text;
	rule = iam_json_member(json, "rule")->text;
	expected = iam_json_member(json, "expected");
	want = iam_json_member(expected, "decision")->text;
	why = iam_json_member(expected, "why")->text;
	if (iam_str_equal(want, IAM_LIT("allow")))
		want = IAM_LIT("allowed");
	iam_buf_init(&explanation, arena);
	if (!iam_request_document_parse(arena, request_document(arena, json), &doc, &err)
		|| !iam_evaluate_policies(arena, doc.request, doc.caller, doc.policies, doc.policy_count, &decision, &err)
		|| !iam_explain_policies(arena, doc.request, doc.caller, doc.policies, doc.policy_count,
								 NULL, 0, &explanation, &err))
	{
		fprintf(stderr, "%.*s %.*s: %s: %s\n", (int) id.len, id.data, (int) rule.len, rule.data, err.path, err.message);
		return false;
	}
	got = iam_decision_name(decision);
	if (want.len != strlen(got) || memcmp(want.data, got, want.len) != 0)
	{
		fprintf(stderr, "%.*s %.*s: %s instead of %.*s: %.*s\n", (int) id.len, id.data, (int) rule.len, rule.data,
				got, (int) want.len, want.data, (int) why.len, why.data);
		return false;
	}
	/* the explanation is the same decision, as JSON that parses */
	if (!iam_json_parse(arena, iam_buf_result(&explanation), LINE_BYTES, &json, &err)
		|| !iam_str_equal(iam_json_member(json, "decision")->text, want)
		|| iam_json_member(json, "reason")->text.len == 0)
	{
		fprintf(stderr, "%.*s %.*s: bad explanation: %s\n", (int) id.len, id.data, (int) rule.len, rule.data, err.message);
		return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "test/fixtures/cases.jsonl";
	FILE	   *file = fopen(path, "r");
	static char line[LINE_BYTES];
	int			lines = 0;

	if (file == NULL)
	{
		fprintf(stderr, "cannot open %s\n", path);
		return 1;
	}
	while (fgets(line, sizeof line, file) != NULL)
	{
		IamArena	arena;

		if (line[0] == '\n')
			continue;
		iam_arena_init(&arena, &iam_malloc_host);
		CHECK(run_case(&arena, (IamStr) {line, (uint32_t) strlen(line)}));
		iam_arena_release(&arena);
		lines++;
	}
	fclose(file);
	CHECK(lines >= 283);
	return checks_done();
}
