/*
 * caller.c: the type iam_caller: who asks, compiled once.
 *
 * Its text form is the arguments of iam_caller() as a JSON object.  A text that
 * is no object is the principal alone: iam_caller('arn:...') with one literal is
 * read by the server as a cast of that literal, and must mean the same as the
 * function.
 */
#include "postgres.h"

#include "pg/iam_pg.h"

/* The arguments of iam_caller(), the members of the text form. */
typedef struct CallerText
{
	IamStr         principal;
	const IamJson *facts;
	const IamJson *tags;
} CallerText;

static const IamPgFact text_members[] = {
	{"principal", IAM_PG_STRING, offsetof(CallerText, principal)},
	{"facts", IAM_PG_JSON, offsetof(CallerText, facts)},
	{"tags", IAM_PG_JSON, offsetof(CallerText, tags)},
};

static const IamPgFact caller_facts[] = {
	{"role_arn", IAM_PG_STRING, offsetof(IamCallerInput, role_arn)},
	{"unique_id", IAM_PG_STRING, offsetof(IamCallerInput, unique_id)},
	{"federating_user", IAM_PG_STRING, offsetof(IamCallerInput, federating_user)},
	{"canonical_id", IAM_PG_STRING, offsetof(IamCallerInput, canonical_id)},
	{"organization_id", IAM_PG_STRING, offsetof(IamCallerInput, org_id)},
	{"organization_path", IAM_PG_STRING, offsetof(IamCallerInput, org_path)},
	{"organization_known", IAM_PG_BOOL, offsetof(IamCallerInput, org_known)},
	{"in_management_account", IAM_PG_BOOL, offsetof(IamCallerInput, in_management_account)},
	{"service_linked_role", IAM_PG_BOOL, offsetof(IamCallerInput, service_linked_role)},
	{"has_boundary", IAM_PG_BOOL, offsetof(IamCallerInput, has_boundary)},
	{"any_principal", IAM_PG_BOOL, offsetof(IamCallerInput, any_principal)},
	{"tags_known", IAM_PG_BOOL, offsetof(IamCallerInput, tags_known)},
};

static bool
compile(IamPgArena *a, const CallerText *text, const IamCaller **caller, IamError *err)
{
	IamCallerInput input = {
		.principal = text->principal,
		.tags = text->tags,
	};

	return iam_pg_facts(text->facts, caller_facts, lengthof(caller_facts), &input, err) &&
	       iam_caller_compile(&a->arena, &input, caller, err);
}

static bool
is_object(IamStr text)
{
	uint32_t i = 0;

	while (i < text.len && strchr(" \t\r\n", text.data[i]) != NULL)
		i++;
	return i < text.len && text.data[i] == '{';
}

/* Returns false after a soft error. */
static bool
compile_text(IamStr text, struct Node *escontext, bool binary, Datum *result)
{
	IamPgArena       a;
	const IamJson   *json;
	CallerText       members = {0};
	const IamCaller *caller;
	IamError         err;
	bool             good;

	iam_pg_arena_init(&a);
	if (is_object(text))
		good = iam_json_parse(&a.arena, text, IAM_MAX_REQUEST_BYTES, &json, &err) &&
		       iam_pg_facts(json, text_members, lengthof(text_members), &members, &err);
	else
	{
		members.principal = text;
		good = true;
	}
	if (!good || !compile(&a, &members, &caller, &err))
	{
		iam_pg_arena_release(&a);
		iam_pg_input_error(escontext, "iam_caller", binary, &err);
		return false;
	}
	iam_pg_arena_verify(&a);
	*result = iam_pg_image_datum(caller);
	iam_pg_arena_release(&a);
	return true;
}

/* ---- the text form ---- */

static void
key_flag(IamBuf *buf, const char *key, const IamCaller *caller, uint32_t flag)
{
	if (caller->flags & flag)
		iam_json_key_bool(buf, key, true);
}

/* In the arena. */
static IamStr
caller_json(IamPgArena *a, const IamCaller *caller)
{
	IamBuf buf;

	iam_buf_init(&buf, &a->arena);
	iam_buf_char(&buf, '{');
	iam_json_key_string(&buf, "principal", iam_slice(caller, caller->text));
	iam_json_key(&buf, "facts");
	iam_buf_char(&buf, '{');
	if (caller->flags & IAM_CALLER_PATH_KNOWN)
		iam_pg_key_slice(&buf, "role_arn", caller, caller->role_arn);
	iam_pg_key_slice(&buf, "unique_id", caller, caller->unique_id);
	iam_pg_key_slice(&buf, "federating_user", caller, caller->federating_user);
	iam_pg_key_slice(&buf, "canonical_id", caller, caller->canonical_id);
	iam_pg_key_slice(&buf, "organization_id", caller, caller->org_id);
	iam_pg_key_slice(&buf, "organization_path", caller, caller->org_path);
	key_flag(&buf, "organization_known", caller, IAM_CALLER_ORG_KNOWN);
	key_flag(&buf, "in_management_account", caller, IAM_CALLER_IN_MANAGEMENT_ACCOUNT);
	key_flag(&buf, "service_linked_role", caller, IAM_CALLER_SERVICE_LINKED);
	key_flag(&buf, "has_boundary", caller, IAM_CALLER_HAS_BOUNDARY);
	if (caller->kind == IAM_CALLER_SOMEBODY)
		iam_json_key_bool(&buf, "any_principal", true);
	key_flag(&buf, "tags_known", caller, IAM_CALLER_TAGS_KNOWN);
	iam_buf_char(&buf, '}');
	if (caller->tag_count > 0)
	{
		iam_json_key(&buf, "tags");
		iam_pg_entries_json(&buf, caller, caller->tag_off, caller->tag_count);
	}
	iam_buf_char(&buf, '}');
	iam_pg_arena_verify(a);
	return iam_buf_result(&buf);
}

IAM_SQL_FUNCTION(iam_caller_in);

Datum
iam_caller_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	Datum       result = (Datum) 0;

	compile_text(iam_pg_utf8(text, strlen(text)), fcinfo->context, false, &result);
	return result;
}

IAM_SQL_FUNCTION(iam_caller_out);

Datum
iam_caller_out(PG_FUNCTION_ARGS)
{
	IamPgArena a;
	char      *result;

	iam_pg_arena_init(&a);
	result = iam_pg_json_cstring(caller_json(&a, IAM_PG_GETARG_CALLER(0)));
	iam_pg_arena_release(&a);
	PG_RETURN_CSTRING(result);
}

IAM_SQL_FUNCTION(iam_caller_recv);

Datum
iam_caller_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	Datum      result = (Datum) 0;

	compile_text(iam_pg_recv_text(message, "iam_caller"), NULL, true, &result);
	return result;
}

IAM_SQL_FUNCTION(iam_caller_send);

Datum
iam_caller_send(PG_FUNCTION_ARGS)
{
	IamPgArena a;
	bytea     *result;

	iam_pg_arena_init(&a);
	result = iam_pg_send_text(caller_json(&a, IAM_PG_GETARG_CALLER(0)));
	iam_pg_arena_release(&a);
	PG_RETURN_BYTEA_P(result);
}

/* iam_caller(principal, facts, tags).  NULL principal: no caller.  Other NULLs: absent. */
static Datum
make_caller(FunctionCallInfo fcinfo, IamStr principal)
{
	IamPgArena       a;
	CallerText       text = {0};
	const IamCaller *caller;
	IamError         err;
	Datum            result;

	iam_pg_arena_init(&a);
	text.principal = principal;
	text.facts = iam_pg_json_arg(fcinfo, 1, &a, "caller facts");
	text.tags = iam_pg_json_arg(fcinfo, 2, &a, "caller tags");
	if (!compile(&a, &text, &caller, &err))
		iam_pg_argument_error("caller", &err);
	iam_pg_arena_verify(&a);
	result = iam_pg_image_datum(caller);
	iam_pg_arena_release(&a);
	return result;
}

IAM_SQL_FUNCTION(iam_caller_make);

Datum
iam_caller_make(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return make_caller(fcinfo, iam_pg_utf8_arg(PG_GETARG_DATUM(0)));
}

/*
 * The same of an arn.  A conversion of a column to text keeps a query from being
 * sent to a foreign server; an argument of our own type does not.
 */
IAM_SQL_FUNCTION(iam_caller_of_arn);

Datum
iam_caller_of_arn(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return make_caller(fcinfo, iam_pg_bytes(PG_GETARG_DATUM(0)));
}

/*
 * iam_is_request_principal(text): would iam_caller() take it?  What policies name
 * is not always somebody who can ask, and asking about it must not raise.
 */
IAM_SQL_FUNCTION(iam_is_request_principal);

Datum
iam_is_request_principal(PG_FUNCTION_ARGS)
{
	IamPgArena       a;
	CallerText       text = {0};
	const IamCaller *caller;
	IamError         err;
	bool             good;

	iam_pg_arena_init(&a);
	text.principal = iam_pg_utf8_arg(PG_GETARG_DATUM(0));
	good = compile(&a, &text, &caller, &err);
	iam_pg_arena_verify(&a);
	iam_pg_arena_release(&a);
	PG_RETURN_BOOL(good);
}
