/*
 * request.c: what is asked, compiled once: the action split and folded (ACT-1),
 * the resource split or made a glob (ARN-1, ARN-2, ARN-5a), its owner (ARN-14),
 * the context and the facts that come with it (CTX-4, KMS-8, RCP-7, S3-2, S3-3).
 */
#include "request.h"
#include "request_entries.h"

#include <stdio.h>

#define QUOTE_BYTES 64
#define ARN_FIELDS 6

/* A request's resource, read: literal characters resolved, wildcards converted. */
typedef struct Resource
{
	bool   star;
	bool   glob;
	bool   same;  /* the value is the text itself */
	IamStr value; /* in bytes */
	struct
	{
		uint32_t start;
		uint32_t end;
		bool     wild;
	} field[ARN_FIELDS];
	char bytes[IAM_MAX_PATTERN_BYTES];
} Resource;

static bool
fail_hint(IamError *err, const char *hint)
{
	if (err != NULL)
		snprintf(err->hint, sizeof err->hint, "%s", hint);
	return false;
}

static bool
split_action(IamStr action, IamStr *service, IamStr *name, IamError *err)
{
	const char *path = "$.action";
	const char *hint = "Write it as service:Name, for example s3:GetObject.";
	uint32_t    colons = 0;
	uint32_t    colon = 0;
	char        quoted[QUOTE_BYTES + 4];

	if (action.len > IAM_MAX_PATTERN_BYTES)
		return iam_fail(err, IAM_OVER_LIMIT, path, "The action is %u bytes long, the limit is %d.",
		                (unsigned) action.len, IAM_MAX_PATTERN_BYTES);
	for (uint32_t i = 0; i < action.len; i++)
	{
		char c = action.data[i];

		if (c == '*' || c == '?')
		{
			iam_fail(err, IAM_BAD_ARGUMENT, path,
			         "The action must be one concrete action, \"%s\" has a wildcard.",
			         iam_quote(action, quoted, QUOTE_BYTES));
			return fail_hint(err, hint);
		}
		if (c == ':' && colons++ == 0)
			colon = i;
	}
	if (colons != 1 || colon == 0 || colon == action.len - 1)
	{
		iam_fail(err, IAM_BAD_ARGUMENT, path, "\"%s\" is not an action.",
		         iam_quote(action, quoted, QUOTE_BYTES));
		return fail_hint(err, hint);
	}
	*service = (IamStr){action.data, colon};
	*name = (IamStr){action.data + colon + 1, action.len - colon - 1};
	return true;
}

/*
 * Wildcards follow the rule of Resource elements (ARN-5a): in the first five
 * fields only a `*` right before the colon runs on past it.
 */
static bool
read_resource(IamStr text, Resource *r, IamError *err)
{
	const char *path = "$.resource";
	char        quoted[QUOTE_BYTES + 4];
	uint32_t    n = 0;
	uint32_t    field = 0;

	memset(r, 0, offsetof(Resource, bytes));
	r->value = text;
	r->same = true;
	if (iam_str_equal(text, IAM_LIT("*")))
	{
		r->star = true;
		return true;
	}
	if (text.len > IAM_MAX_PATTERN_BYTES)
		return iam_fail(err, IAM_OVER_LIMIT, path, "The resource is %u bytes long, the limit is %d.",
		                (unsigned) text.len, IAM_MAX_PATTERN_BYTES);
	for (uint32_t i = 0; i < text.len; i++)
	{
		char c = text.data[i];

		if (c == '$' && text.len - i >= 4 && text.data[i + 1] == '{' && text.data[i + 3] == '}' &&
		    (text.data[i + 2] == '*' || text.data[i + 2] == '?' || text.data[i + 2] == '$'))
		{
			c = text.data[i + 2];
			i += 3;
			r->same = false;
		}
		else if (c == ':' && field < ARN_FIELDS - 1)
		{
			r->field[field].end = n;
			r->field[++field].start = n + 1;
		}
		else if (c == '*' || c == '?')
		{
			bool runs_on = field == ARN_FIELDS - 1 ||
			               (c == '*' && i + 1 < text.len && text.data[i + 1] == ':');

			if (c == '*')
				c = runs_on ? IAM_ANY : IAM_ANY_BUT_COLON;
			else
				c = runs_on ? IAM_ONE : IAM_ONE_BUT_COLON;
			r->field[field].wild = true;
			r->glob = true;
			r->same = false;
		}
		r->bytes[n++] = c;
	}
	r->field[field].end = n;
	if (!iam_str_starts(text, IAM_LIT("arn:")) || field != ARN_FIELDS - 1)
	{
		iam_fail(err, IAM_BAD_ARGUMENT, path, "\"%s\" is not an ARN.", iam_quote(text, quoted, QUOTE_BYTES));
		return fail_hint(err, "Give arn:partition:service:region:account:resource with all six fields, "
		                      "or * for an action without resource-level permissions.");
	}
	if (!r->same)
		r->value = (IamStr){r->bytes, n};
	return true;
}

/* The slice of one field; absent where it holds a wildcard. */
static IamSlice
field_slice(const Resource *r, IamSlice value, int i)
{
	if (r->star || r->field[i].wild)
		return (IamSlice){0, 0};
	return (IamSlice){value.off + r->field[i].start, r->field[i].end - r->field[i].start};
}

/* Folds in the image; shares the bytes of the action where they are folded already. */
static IamSlice
folded_slice(IamBuf *image, IamSlice action, IamStr whole, IamStr part, uint32_t *hash)
{
	bool     folded = true;
	IamSlice slice;

	for (uint32_t i = 0; i < part.len && folded; i++)
		folded = part.data[i] == iam_fold_char(part.data[i]);
	*hash = iam_hash32_fold(part);
	if (folded)
		return iam_image_part(image, action, whole, part);
	slice = iam_image_str(image, part);
	if (!image->arena->failed)
		for (uint32_t i = 0; i < part.len; i++)
			image->data[slice.off + i] = iam_fold_char(image->data[slice.off + i]);
	return slice;
}

static void
write_account(IamBuf *image, IamRequest *request, const Resource *r, IamStr given)
{
	IamSlice field = field_slice(r, request->resource, 4);

	if (field.len == 12 && iam_is_account_id((IamStr){r->value.data + r->field[4].start, field.len}))
		request->resource_account = field;
	else if (given.len > 0)
		request->resource_account = iam_image_str(image, given);
	else if (!r->star)
		request->flags |= IAM_REQ_ACCOUNT_ASSUMED;
}

static bool
write_lists(IamBuf *image, IamRequest *request, const IamRequestInput *input, IamError *err)
{
	IamArray context;
	IamArray tags;
	IamArray services;
	IamArray grants;
	IamArray acl;

	if (!iam_context_write(image, input->context, "$.context", &context, err) ||
	    !iam_tags_write(image, input->resource_tags, "$.resource_tags", &tags, err) ||
	    !iam_services_write(image, input->rcp_services, "$.rcp_services", &services, err) ||
	    !iam_grants_write(image, input->kms_grants, "$.kms_grants", &grants, err) ||
	    !iam_acl_write(image, input->resource_acl, "$.resource_acl", &acl, err) ||
	    !iam_block_public_access_read(input->block_public_access, "$.block_public_access", &request->flags,
	                                  err))
		return false;
	request->context_off = context.off;
	request->context_count = context.count;
	request->tag_off = tags.off;
	request->tag_count = tags.count;
	request->rcp_service_off = services.off;
	request->rcp_service_count = services.count;
	request->grant_off = grants.off;
	request->grant_count = grants.count;
	request->acl_off = acl.off;
	request->acl_count = acl.count;
	return true;
}

static bool
is_given(const IamJson *json)
{
	return json != NULL && json->type != IAM_JSON_NULL;
}

static uint32_t
input_flags(const IamRequestInput *input)
{
	uint32_t flags = 0;

	if (input->unknown_context)
		flags |= IAM_REQ_UNKNOWN_CONTEXT;
	if (input->resource_tags_known)
		flags |= IAM_REQ_RESOURCE_TAGS_KNOWN;
	if (input->resource_org_known)
		flags |= IAM_REQ_RESOURCE_ORG_KNOWN;
	if (input->resource_in_management_account)
		flags |= IAM_REQ_RESOURCE_IN_MANAGEMENT_ACCOUNT;
	if (is_given(input->rcp_services))
		flags |= IAM_REQ_RCP_SERVICES;
	if (input->unknown_context && !is_given(input->block_public_access))
		flags |= IAM_REQ_BPA_UNKNOWN;
	return flags;
}

bool
iam_request_compile(IamArena *arena, const IamRequestInput *input, const IamRequest **out, IamError *err)
{
	IamRequest  request;
	Resource    resource;
	IamStr      service;
	IamStr      name;
	IamBuf      image;
	const void *result;
	char        quoted[QUOTE_BYTES + 4];

	if (!split_action(input->action, &service, &name, err) || !read_resource(input->resource, &resource, err))
		return false;
	if (input->resource_account.len > 0 && !iam_is_account_id(input->resource_account))
	{
		iam_fail(err, IAM_BAD_ARGUMENT, "$.resource_account", "\"%s\" is not an account id.",
		         iam_quote(input->resource_account, quoted, QUOTE_BYTES));
		return fail_hint(err, "An account id is a string of 12 digits.");
	}
	memset(&request, 0, sizeof request);
	request.flags = input_flags(input);
	if (resource.star)
		request.flags |= IAM_REQ_RESOURCE_STAR;
	if (resource.glob)
		request.flags |= IAM_REQ_RESOURCE_GLOB;

	iam_image_begin(&image, arena, sizeof request,
	                2 * (size_t) input->action.len + 2 * (size_t) input->resource.len + 64);
	request.action = iam_image_str(&image, input->action);
	request.service = folded_slice(&image, request.action, input->action, service, &request.service_hash);
	request.name = folded_slice(&image, request.action, input->action, name, &request.name_hash);
	request.resource_text = iam_image_str(&image, input->resource);
	request.resource = resource.same ? request.resource_text : iam_image_str(&image, resource.value);
	request.partition = field_slice(&resource, request.resource, 1);
	request.resource_service = field_slice(&resource, request.resource, 2);
	request.region = field_slice(&resource, request.resource, 3);
	request.resource_part = field_slice(&resource, request.resource, 5);
	write_account(&image, &request, &resource, input->resource_account);
	request.resource_org_id = iam_image_optional(&image, input->resource_org_id);
	request.resource_org_path = iam_image_optional(&image, input->resource_org_path);
	request.current_time = iam_image_optional(&image, input->current_time);
	request.epoch_time = iam_image_optional(&image, input->epoch_time);
	if (!write_lists(&image, &request, input, err) ||
	    !iam_image_end(&image, &request, sizeof request, IAM_IMAGE_REQUEST, IAM_REQUEST_FORMAT, &result, err))
		return false;
	*out = result;
	return true;
}

bool
iam_is_trust_action(const IamRequest *request)
{
	static const IamStr names[] = {
		{"assumerole", 10}, {"assumerolewithsaml", 18}, {"assumerolewithwebidentity", 25},
		{"tagsession", 10}, {"setsourceidentity", 17},  {"setcontext", 10}};
	IamStr name = iam_slice(request, request->name);

	if (!iam_str_equal(iam_slice(request, request->service), IAM_LIT("sts")))
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (iam_str_equal(name, names[i]))
			return true;
	return false;
}
