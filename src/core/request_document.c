/*
 * request_document.c: the self-contained request document (interface.md of the
 * SQL surface, EVAL-4): who, what, and every policy that applies.
 *
 * An absent, null or empty list of a kind is an absent gate; an empty level of
 * an SCP or RCP list is a level without policies.  A member that is not known
 * is an error, because a misspelt gate would otherwise silently be none.
 */
#include "request_document.h"
#include "request_entries.h"

#include <stdio.h>

typedef enum Member
{
	M_PRINCIPAL,
	M_ACTION,
	M_RESOURCE,
	M_RESOURCE_ACCOUNT,
	M_CONTEXT,
	M_UNKNOWN_CONTEXT,
	M_IDENTITY_POLICIES,
	M_PERMISSIONS_BOUNDARY,
	M_SESSION_POLICIES,
	M_RESOURCE_POLICY,
	M_SERVICE_CONTROL_POLICIES,
	M_RESOURCE_CONTROL_POLICIES,
	M_VPC_ENDPOINT_POLICIES,
	M_PRINCIPAL_ROLE_ARN,
	M_PRINCIPAL_UNIQUE_ID,
	M_FEDERATING_USER,
	M_KMS_GRANTS,
	M_RESOURCE_ACL,
	M_BLOCK_PUBLIC_ACCESS,
	M_PRINCIPAL_CANONICAL_ID,
	M_RCP_SERVICES,
	M_PRINCIPAL_IN_MANAGEMENT_ACCOUNT,
	M_PRINCIPAL_IS_SERVICE_LINKED_ROLE,
	M_RESOURCE_IN_MANAGEMENT_ACCOUNT,
	M_COUNT
} Member;

static const char *const member_names[M_COUNT] = {"principal",
                                                  "action",
                                                  "resource",
                                                  "resource_account",
                                                  "context",
                                                  "unknown_context",
                                                  "identity_policies",
                                                  "permissions_boundary",
                                                  "session_policies",
                                                  "resource_policy",
                                                  "service_control_policies",
                                                  "resource_control_policies",
                                                  "vpc_endpoint_policies",
                                                  "principal_role_arn",
                                                  "principal_unique_id",
                                                  "federating_user",
                                                  "kms_grants",
                                                  "resource_acl",
                                                  "block_public_access",
                                                  "principal_canonical_id",
                                                  "rcp_services",
                                                  "principal_in_management_account",
                                                  "principal_is_service_linked_role",
                                                  "resource_in_management_account"};

typedef struct Document
{
	IamArena       *arena;
	IamError       *err;
	const IamJson  *member[M_COUNT]; /* NULL: absent or null */
	IamNamedPolicy *policies;
	uint32_t        count;
} Document;

static const char *
member_path(char path[IAM_PATH_BYTES], Member m)
{
	snprintf(path, IAM_PATH_BYTES, "$.%s", member_names[m]);
	return path;
}

static bool
find_members(Document *doc, const IamJson *root)
{
	char path[IAM_PATH_BYTES];

	if (root->type != IAM_JSON_OBJECT)
		return iam_fail(doc->err, IAM_BAD_ARGUMENT, "$", "A request must be a JSON object.");
	for (uint32_t i = 0; i < root->count; i++)
	{
		IamStr key = root->keys[i];
		int    m = 0;

		while (m < M_COUNT &&
		       !(key.len == strlen(member_names[m]) && memcmp(key.data, member_names[m], key.len) == 0))
			m++;
		if (m == M_COUNT)
			return iam_fail(doc->err, IAM_BAD_ARGUMENT, iam_path_member(path, "$", key),
			                "A request has no such member.");
		if (root->items[i].type != IAM_JSON_NULL)
			doc->member[m] = &root->items[i];
	}
	return true;
}

static bool
read_string(Document *doc, Member m, bool required, IamStr *out)
{
	const IamJson *json = doc->member[m];
	char           path[IAM_PATH_BYTES];

	*out = IAM_NO_STR;
	if (json == NULL && required)
		return iam_fail(doc->err, IAM_BAD_ARGUMENT, member_path(path, m), "A request needs this member.");
	if (json == NULL)
		return true;
	if (json->type != IAM_JSON_STRING)
		return iam_fail(doc->err, IAM_BAD_ARGUMENT, member_path(path, m), "This must be a string.");
	if (json->text.len == 0)
		return iam_fail(doc->err, IAM_BAD_ARGUMENT, member_path(path, m), "This must not be empty.");
	*out = json->text;
	return true;
}

static bool
read_bool(Document *doc, Member m, bool *out)
{
	const IamJson *json = doc->member[m];
	char           path[IAM_PATH_BYTES];

	*out = false;
	if (json == NULL)
		return true;
	if (json->type != IAM_JSON_BOOL)
		return iam_fail(doc->err, IAM_BAD_ARGUMENT, member_path(path, m), "This must be true or false.");
	*out = iam_str_equal(json->text, IAM_LIT("true"));
	return true;
}

static const IamJson *
get_array(Document *doc, Member m, bool *ok)
{
	const IamJson *json = doc->member[m];
	char           path[IAM_PATH_BYTES];

	*ok = json == NULL || json->type == IAM_JSON_ARRAY;
	if (!*ok)
		iam_fail(doc->err, IAM_BAD_ARGUMENT, member_path(path, m), "This must be an array.");
	return *ok ? json : NULL;
}

/* A policy object, or {"name", "policy"} in which a null policy is an unreadable one. */
static bool
add_policy(Document *doc, IamPolicyKind kind, int level, const IamJson *json, const char *path)
{
	IamNamedPolicy *named = &doc->policies[doc->count];
	const IamJson  *body = json;
	const IamJson  *name;
	char            place[IAM_PATH_BYTES];

	iam_poll(doc->arena);
	snprintf(place, sizeof place, "%s", path);
	named->kind = kind;
	named->level = level;
	if (json->type != IAM_JSON_OBJECT)
		return iam_fail(doc->err, IAM_BAD_ARGUMENT, path,
		                "This must be a policy object, or an object with name and policy.");
	name = iam_json_member(json, "name");
	body = iam_json_member(json, "policy");
	if (name == NULL && body == NULL)
		body = json;
	else
	{
		for (uint32_t i = 0; i < json->count; i++)
			if (&json->items[i] != name && &json->items[i] != body)
				return iam_fail(doc->err, IAM_BAD_ARGUMENT, iam_path_member(place, path, json->keys[i]),
				                "An object with name and policy has no such member.");
		if (name != NULL && name->type != IAM_JSON_STRING && name->type != IAM_JSON_NULL)
			return iam_fail(doc->err, IAM_BAD_ARGUMENT, iam_path_member(place, path, IAM_LIT("name")),
			                "This must be a string.");
		if (name != NULL && name->type == IAM_JSON_STRING)
			named->name = name->text;
		iam_path_member(place, path, IAM_LIT("policy"));
		if (body == NULL)
			return iam_fail(doc->err, IAM_BAD_ARGUMENT, place,
			                "The policy is missing; a policy that could not be read is given as null.");
	}
	doc->count++;
	if (body->type == IAM_JSON_NULL)
		return true;
	return iam_policy_compile_json(doc->arena, body, place, &named->policy, doc->err);
}

static bool
add_list(Document *doc, IamPolicyKind kind, Member m)
{
	bool           ok;
	const IamJson *list = get_array(doc, m, &ok);
	char           path[IAM_PATH_BYTES];

	for (uint32_t i = 0; list != NULL && i < list->count; i++)
	{
		snprintf(path, sizeof path, "$.%s[%u]", member_names[m], (unsigned) i);
		if (!add_policy(doc, kind, 0, &list->items[i], path))
			return false;
	}
	return ok;
}

static bool
add_levels(Document *doc, IamPolicyKind kind, Member m)
{
	bool           ok;
	const IamJson *levels = get_array(doc, m, &ok);
	char           path[IAM_PATH_BYTES];

	if (levels == NULL)
		return ok;
	if (levels->count > IAM_MAX_LEVELS)
		return iam_fail(doc->err, IAM_OVER_LIMIT, member_path(path, m),
		                "%u levels are given, the limit is %d.", (unsigned) levels->count, IAM_MAX_LEVELS);
	for (uint32_t i = 0; i < levels->count; i++)
	{
		const IamJson *level = &levels->items[i];

		snprintf(path, sizeof path, "$.%s[%u]", member_names[m], (unsigned) i);
		if (level->type != IAM_JSON_ARRAY)
			return iam_fail(
				doc->err, IAM_BAD_ARGUMENT, path,
				"A level must be an array of policies: one array for the root, each unit and the account.");
		if (level->count == 0)
		{
			doc->policies[doc->count].kind = kind;
			doc->policies[doc->count].level = (int) i;
			doc->policies[doc->count++].empty = true;
		}
		for (uint32_t j = 0; j < level->count; j++)
		{
			snprintf(path, sizeof path, "$.%s[%u][%u]", member_names[m], (unsigned) i, (unsigned) j);
			if (!add_policy(doc, kind, (int) i, &level->items[j], path))
				return false;
		}
	}
	return true;
}

/* One policy where there can be only one. */
static bool
add_single(Document *doc, IamPolicyKind kind, Member m)
{
	char path[IAM_PATH_BYTES];

	return doc->member[m] == NULL || add_policy(doc, kind, 0, doc->member[m], member_path(path, m));
}

/* At least as many as add_policies will add. */
static size_t
most_policies(const Document *doc)
{
	static const Member lists[] = {M_IDENTITY_POLICIES, M_SESSION_POLICIES, M_VPC_ENDPOINT_POLICIES,
	                               M_SERVICE_CONTROL_POLICIES, M_RESOURCE_CONTROL_POLICIES};
	size_t              count = 2;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
	{
		const IamJson *list = doc->member[lists[i]];

		if (list == NULL || list->type != IAM_JSON_ARRAY)
			continue;
		count += list->count;
		for (uint32_t j = 0; j < list->count; j++)
			if (list->items[j].type == IAM_JSON_ARRAY)
				count += list->items[j].count;
	}
	return count;
}

static bool
add_policies(Document *doc, const IamRequest *request)
{
	IamPolicyKind resource_kind = iam_is_trust_action(request) ? IAM_KIND_TRUST : IAM_KIND_RESOURCE;

	doc->policies = iam_alloc_array(doc->arena, most_policies(doc), sizeof(IamNamedPolicy));
	if (doc->policies == NULL)
		return iam_fail(doc->err, IAM_NO_MEMORY, NULL, "Out of memory.");
	return add_list(doc, IAM_KIND_IDENTITY, M_IDENTITY_POLICIES) &&
	       add_single(doc, IAM_KIND_BOUNDARY, M_PERMISSIONS_BOUNDARY) &&
	       add_list(doc, IAM_KIND_SESSION, M_SESSION_POLICIES) &&
	       add_single(doc, resource_kind, M_RESOURCE_POLICY) &&
	       add_levels(doc, IAM_KIND_SCP, M_SERVICE_CONTROL_POLICIES) &&
	       add_levels(doc, IAM_KIND_RCP, M_RESOURCE_CONTROL_POLICIES) &&
	       add_list(doc, IAM_KIND_ENDPOINT, M_VPC_ENDPOINT_POLICIES);
}

static bool
read_request(Document *doc, const IamRequest **out)
{
	IamRequestInput input;

	memset(&input, 0, sizeof input);
	if (!read_string(doc, M_ACTION, true, &input.action) ||
	    !read_string(doc, M_RESOURCE, true, &input.resource) ||
	    !read_string(doc, M_RESOURCE_ACCOUNT, false, &input.resource_account) ||
	    !read_bool(doc, M_UNKNOWN_CONTEXT, &input.unknown_context) ||
	    !read_bool(doc, M_RESOURCE_IN_MANAGEMENT_ACCOUNT, &input.resource_in_management_account))
		return false;
	input.context = doc->member[M_CONTEXT];
	input.rcp_services = doc->member[M_RCP_SERVICES];
	input.kms_grants = doc->member[M_KMS_GRANTS];
	input.resource_acl = doc->member[M_RESOURCE_ACL];
	input.block_public_access = doc->member[M_BLOCK_PUBLIC_ACCESS];
	/* tags and organizations come as context keys: without unknown_context those given are all */
	input.resource_tags_known = !input.unknown_context;
	input.resource_org_known = !input.unknown_context;
	return iam_request_compile(doc->arena, &input, out, doc->err);
}

static bool
read_caller(Document *doc, bool unknown_context, const IamCaller **out)
{
	IamCallerInput input;

	memset(&input, 0, sizeof input);
	if (!read_string(doc, M_PRINCIPAL, true, &input.principal) ||
	    !read_string(doc, M_PRINCIPAL_ROLE_ARN, false, &input.role_arn) ||
	    !read_string(doc, M_PRINCIPAL_UNIQUE_ID, false, &input.unique_id) ||
	    !read_string(doc, M_FEDERATING_USER, false, &input.federating_user) ||
	    !read_string(doc, M_PRINCIPAL_CANONICAL_ID, false, &input.canonical_id) ||
	    !read_bool(doc, M_PRINCIPAL_IN_MANAGEMENT_ACCOUNT, &input.in_management_account) ||
	    !read_bool(doc, M_PRINCIPAL_IS_SERVICE_LINKED_ROLE, &input.service_linked_role))
		return false;
	input.has_boundary = doc->member[M_PERMISSIONS_BOUNDARY] != NULL;
	input.tags_known = !unknown_context;
	input.org_known = !unknown_context;
	return iam_caller_compile(doc->arena, &input, out, doc->err);
}

bool
iam_request_document_parse(IamArena *arena, IamStr text, IamRequestDocument *out, IamError *err)
{
	Document       doc;
	const IamJson *root;

	memset(&doc, 0, sizeof doc);
	memset(out, 0, sizeof *out);
	doc.arena = arena;
	doc.err = err;
	if (text.len > IAM_MAX_REQUEST_BYTES)
		return iam_fail(err, IAM_OVER_LIMIT, NULL, "The request takes %u bytes, the limit is %d.",
		                (unsigned) text.len, IAM_MAX_REQUEST_BYTES);
	if (!iam_json_parse(arena, text, IAM_MAX_REQUEST_BYTES, &root, err) || !find_members(&doc, root) ||
	    !read_request(&doc, &out->request) ||
	    !read_caller(&doc, (out->request->flags & IAM_REQ_UNKNOWN_CONTEXT) != 0, &out->caller) ||
	    !add_policies(&doc, out->request))
		return false;
	out->policy_count = doc.count;
	out->policies = doc.policies;
	return true;
}
