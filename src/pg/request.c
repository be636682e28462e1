/*
 * request.c: the type iam_request: what is asked, compiled once.
 *
 * Its text form is the arguments of iam_request() as a JSON object, so that
 * dumps, binary copies and constants shipped to other servers compile to the
 * same request.  Values come out as strings: that is what they are compared as.
 */
#include "postgres.h"

#include "pg/iam_pg.h"

/* The arguments of iam_request(), the members of the text form. */
typedef struct RequestText
{
	IamStr         action;
	IamStr         resource;
	IamStr         resource_account;
	bool           unknown_context;
	const IamJson *context;
	const IamJson *resource_facts;
} RequestText;

static const IamPgFact text_members[] = {
	{"action", IAM_PG_STRING, offsetof(RequestText, action)},
	{"resource", IAM_PG_STRING, offsetof(RequestText, resource)},
	{"resource_account", IAM_PG_STRING, offsetof(RequestText, resource_account)},
	{"unknown_context", IAM_PG_BOOL, offsetof(RequestText, unknown_context)},
	{"context", IAM_PG_JSON, offsetof(RequestText, context)},
	{"resource_facts", IAM_PG_JSON, offsetof(RequestText, resource_facts)},
};

static const IamPgFact resource_facts[] = {
	{"organization_id", IAM_PG_STRING, offsetof(IamRequestInput, resource_org_id)},
	{"organization_path", IAM_PG_STRING, offsetof(IamRequestInput, resource_org_path)},
	{"organization_known", IAM_PG_BOOL, offsetof(IamRequestInput, resource_org_known)},
	{"in_management_account", IAM_PG_BOOL, offsetof(IamRequestInput, resource_in_management_account)},
	{"tags", IAM_PG_JSON, offsetof(IamRequestInput, resource_tags)},
	{"tags_known", IAM_PG_BOOL, offsetof(IamRequestInput, resource_tags_known)},
	{"rcp_services", IAM_PG_JSON, offsetof(IamRequestInput, rcp_services)},
	{"kms_grants", IAM_PG_JSON, offsetof(IamRequestInput, kms_grants)},
	{"acl", IAM_PG_JSON, offsetof(IamRequestInput, resource_acl)},
	{"block_public_access", IAM_PG_JSON, offsetof(IamRequestInput, block_public_access)},
	{"current_time", IAM_PG_STRING, offsetof(IamRequestInput, current_time)},
	{"epoch_time", IAM_PG_STRING, offsetof(IamRequestInput, epoch_time)},
};

static bool
compile(IamPgArena *a, const RequestText *text, const IamRequest **request, IamError *err)
{
	IamRequestInput input = {
		.action = text->action,
		.resource = text->resource,
		.resource_account = text->resource_account,
		.context = text->context,
		.unknown_context = text->unknown_context,
	};

	return iam_pg_facts(text->resource_facts, resource_facts, lengthof(resource_facts), &input, err) &&
	       iam_request_compile(&a->arena, &input, request, err);
}

/* Returns false after a soft error. */
static bool
compile_text(IamStr text, struct Node *escontext, bool binary, Datum *result)
{
	IamPgArena        a;
	const IamJson    *json;
	RequestText       members = {0};
	const IamRequest *request;
	IamError          err;

	iam_pg_arena_init(&a);
	if (!iam_json_parse(&a.arena, text, IAM_MAX_REQUEST_BYTES, &json, &err) ||
	    !iam_pg_facts(json, text_members, lengthof(text_members), &members, &err) ||
	    !compile(&a, &members, &request, &err))
	{
		iam_pg_arena_release(&a);
		iam_pg_input_error(escontext, "iam_request", binary, &err);
		return false;
	}
	iam_pg_arena_verify(&a);
	*result = iam_pg_image_datum(request);
	iam_pg_arena_release(&a);
	return true;
}

/* ---- the text form ---- */

static void
strings_json(IamBuf *buf, const void *image, uint32_t off, uint32_t count)
{
	const IamSlice *item = iam_at(image, off);

	iam_buf_char(buf, '[');
	for (uint32_t i = 0; i < count; i++)
	{
		iam_json_next(buf);
		iam_json_string(buf, iam_slice(image, item[i]));
	}
	iam_buf_char(buf, ']');
}

/* As kms list-grants answers */
static void
grants_json(IamBuf *buf, const IamRequest *request)
{
	const IamKmsGrant *grant = iam_at(request, request->grant_off);

	iam_buf_char(buf, '[');
	for (uint32_t i = 0; i < request->grant_count; i++, grant++)
	{
		iam_json_next(buf);
		iam_buf_char(buf, '{');
		iam_pg_key_slice(buf, "GrantId", request, grant->grant_id);
		iam_pg_key_slice(buf, "GranteePrincipal", request, grant->grantee.text);
		if (grant->grantee.text.off == 0)
		{
			/* a grant to a service; whom it names is not kept */
			iam_json_key(buf, "GranteeServicePrincipal");
			iam_buf_cstr(buf, "null");
		}
		iam_pg_key_slice(buf, "RetiringPrincipal", request, grant->retiring.text);
		iam_pg_key_slice(buf, "IssuingAccount", request, grant->issuing_account);
		iam_json_key(buf, "Operations");
		strings_json(buf, request, grant->operation_off, grant->operation_count);
		if (grant->has_equals || grant->has_subset)
		{
			iam_json_key(buf, "Constraints");
			iam_buf_char(buf, '{');
			if (grant->has_equals)
			{
				iam_json_key(buf, "EncryptionContextEquals");
				iam_pg_entries_json(buf, request, grant->equals_off, grant->equals_count);
			}
			if (grant->has_subset)
			{
				iam_json_key(buf, "EncryptionContextSubset");
				iam_pg_entries_json(buf, request, grant->subset_off, grant->subset_count);
			}
			iam_buf_char(buf, '}');
		}
		iam_buf_char(buf, '}');
	}
	iam_buf_char(buf, ']');
}

/* As s3api get-bucket-acl answers */
static void
acl_json(IamBuf *buf, const IamRequest *request)
{
	static const char *const group[] = {
		[IAM_ACL_ALL_USERS] = "http://acs.amazonaws.com/groups/global/AllUsers",
		[IAM_ACL_AUTHENTICATED_USERS] = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
		[IAM_ACL_OTHER] = "http://acs.amazonaws.com/groups/s3/LogDelivery",
	};
	const IamAclGrant *grant = iam_at(request, request->acl_off);

	iam_buf_char(buf, '[');
	for (uint32_t i = 0; i < request->acl_count; i++, grant++)
	{
		iam_json_next(buf);
		iam_buf_char(buf, '{');
		iam_json_key(buf, "Grantee");
		iam_buf_char(buf, '{');
		if (grant->grantee == IAM_ACL_CANONICAL_USER)
		{
			iam_json_key_cstr(buf, "Type", "CanonicalUser");
			iam_pg_key_slice(buf, "ID", request, grant->canonical_id);
		}
		else
		{
			iam_json_key_cstr(buf, "Type", "Group");
			iam_json_key_cstr(buf, "URI", group[Min(grant->grantee, IAM_ACL_OTHER)]);
		}
		iam_buf_char(buf, '}');
		iam_pg_key_slice(buf, "Permission", request, grant->permission);
		iam_buf_char(buf, '}');
	}
	iam_buf_char(buf, ']');
}

static void
public_access_json(IamBuf *buf, const IamRequest *request)
{
	bool known = (request->flags & IAM_REQ_UNKNOWN_CONTEXT) && !(request->flags & IAM_REQ_BPA_UNKNOWN);

	if (!known && !(request->flags & (IAM_REQ_BPA_IGNORE_ACLS | IAM_REQ_BPA_RESTRICT)))
		return;
	iam_json_key(buf, "block_public_access");
	iam_buf_char(buf, '{');
	iam_json_key_bool(buf, "IgnorePublicAcls", request->flags & IAM_REQ_BPA_IGNORE_ACLS);
	iam_json_key_bool(buf, "RestrictPublicBuckets", request->flags & IAM_REQ_BPA_RESTRICT);
	iam_buf_char(buf, '}');
}

static void
facts_json(IamBuf *buf, const IamRequest *request)
{
	iam_json_key(buf, "resource_facts");
	iam_buf_char(buf, '{');
	iam_pg_key_slice(buf, "organization_id", request, request->resource_org_id);
	iam_pg_key_slice(buf, "organization_path", request, request->resource_org_path);
	if (request->flags & IAM_REQ_RESOURCE_ORG_KNOWN)
		iam_json_key_bool(buf, "organization_known", true);
	if (request->flags & IAM_REQ_RESOURCE_IN_MANAGEMENT_ACCOUNT)
		iam_json_key_bool(buf, "in_management_account", true);
	if (request->tag_count > 0)
	{
		iam_json_key(buf, "tags");
		iam_pg_entries_json(buf, request, request->tag_off, request->tag_count);
	}
	if (request->flags & IAM_REQ_RESOURCE_TAGS_KNOWN)
		iam_json_key_bool(buf, "tags_known", true);
	if (request->flags & IAM_REQ_RCP_SERVICES)
	{
		iam_json_key(buf, "rcp_services");
		strings_json(buf, request, request->rcp_service_off, request->rcp_service_count);
	}
	if (request->grant_count > 0)
	{
		iam_json_key(buf, "kms_grants");
		grants_json(buf, request);
	}
	if (request->acl_count > 0)
	{
		iam_json_key(buf, "acl");
		acl_json(buf, request);
	}
	public_access_json(buf, request);
	iam_pg_key_slice(buf, "current_time", request, request->current_time);
	iam_pg_key_slice(buf, "epoch_time", request, request->epoch_time);
	iam_buf_char(buf, '}');
}

/* In the arena. */
static IamStr
request_json(IamPgArena *a, const IamRequest *request)
{
	IamBuf buf;

	iam_buf_init(&buf, &a->arena);
	iam_buf_char(&buf, '{');
	iam_json_key_string(&buf, "action", iam_slice(request, request->action));
	iam_json_key_string(&buf, "resource", iam_slice(request, request->resource_text));
	iam_json_key(&buf, "context");
	iam_pg_entries_json(&buf, request, request->context_off, request->context_count);
	iam_pg_key_slice(&buf, "resource_account", request, request->resource_account);
	iam_json_key_bool(&buf, "unknown_context", request->flags & IAM_REQ_UNKNOWN_CONTEXT);
	facts_json(&buf, request);
	iam_buf_char(&buf, '}');
	iam_pg_arena_verify(a);
	return iam_buf_result(&buf);
}

IAM_SQL_FUNCTION(iam_request_in);

Datum
iam_request_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	Datum       result = (Datum) 0;

	compile_text(iam_pg_utf8(text, strlen(text)), fcinfo->context, false, &result);
	return result;
}

IAM_SQL_FUNCTION(iam_request_out);

Datum
iam_request_out(PG_FUNCTION_ARGS)
{
	IamPgArena a;
	char      *result;

	iam_pg_arena_init(&a);
	result = iam_pg_json_cstring(request_json(&a, IAM_PG_GETARG_REQUEST(0)));
	iam_pg_arena_release(&a);
	PG_RETURN_CSTRING(result);
}

IAM_SQL_FUNCTION(iam_request_recv);

Datum
iam_request_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	Datum      result = (Datum) 0;

	compile_text(iam_pg_recv_text(message, "iam_request"), NULL, true, &result);
	return result;
}

IAM_SQL_FUNCTION(iam_request_send);

Datum
iam_request_send(PG_FUNCTION_ARGS)
{
	IamPgArena a;
	bytea     *result;

	iam_pg_arena_init(&a);
	result = iam_pg_send_text(request_json(&a, IAM_PG_GETARG_REQUEST(0)));
	iam_pg_arena_release(&a);
	PG_RETURN_BYTEA_P(result);
}

/*
 * iam_request(action, resource, context, resource_account, unknown_context,
 * resource_facts).  NULL action or resource: no request.  Other NULLs: absent.
 */
IAM_SQL_FUNCTION(iam_request_make);

Datum
iam_request_make(PG_FUNCTION_ARGS)
{
	IamPgArena        a;
	RequestText       text = {0};
	const IamRequest *request;
	IamError          err;
	Datum             result;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	iam_pg_arena_init(&a);
	text.action = iam_pg_utf8_arg(PG_GETARG_DATUM(0));
	text.resource = iam_pg_utf8_arg(PG_GETARG_DATUM(1));
	text.context = iam_pg_json_arg(fcinfo, 2, &a, "context");
	if (!PG_ARGISNULL(3))
		text.resource_account = iam_pg_utf8_arg(PG_GETARG_DATUM(3));
	text.unknown_context = !PG_ARGISNULL(4) && PG_GETARG_BOOL(4);
	text.resource_facts = iam_pg_json_arg(fcinfo, 5, &a, "resource facts");
	if (!compile(&a, &text, &request, &err))
		iam_pg_argument_error("request", &err);
	iam_pg_arena_verify(&a);
	result = iam_pg_image_datum(request);
	iam_pg_arena_release(&a);
	return result;
}
