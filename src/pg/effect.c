/*
 * effect.c: the type iam_effect, what one policy says of one request, and
 * iam_policy_effect, which makes it.
 *
 * Most effects are definite and are a few bytes.  Only where something is
 * unknown is the policy evaluated once more to keep what is left as a formula,
 * so that the common case pays nothing for it.  The text form is the image in
 * hexadecimal; input checks the whole image.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "pg/iam_pg.h"

/* ---- text and binary form ---- */

/* Returns false after a soft error. */
static bool
from_hex(IamStr text, struct Node *escontext, bool binary, Datum *result)
{
	IamPgArena a;
	IamEffect  effect;
	IamError   err;
	char      *image;
	bool       good = text.len % 2 == 0 && text.len > 0;

	iam_pg_arena_init(&a);
	image = palloc(text.len / 2 + 1);
	for (uint32_t i = 0; good && i < text.len; i++)
	{
		char c = iam_fold_char(text.data[i]);
		int  digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		good = digit >= 0;
		if (good)
			image[i / 2] = (char) (i % 2 == 0 ? digit << 4 : (uint8) image[i / 2] | digit);
	}
	if (!good)
		iam_fail(&err, IAM_BAD_SYNTAX, NULL, "The text form is an even number of hexadecimal digits.");
	else if (!iam_effect_read(&a.arena, image, text.len / 2, &effect, &err))
	{
		/* nothing stored is at fault here, only this text */
		if (err.status == IAM_CORRUPT)
			err.status = IAM_BAD_SYNTAX;
		good = false;
	}
	if (good)
	{
		iam_pg_arena_verify(&a);
		*result = iam_pg_image_datum(image);
	}
	iam_pg_arena_release(&a);
	pfree(image);
	if (!good)
		iam_pg_input_error(escontext, "iam_effect", binary, &err);
	return good;
}

static char *
to_hex_text(const IamImage *image)
{
	char *hex = palloc((Size) image->size * 2 + 1);

	hex[hex_encode((const char *) image, image->size, hex)] = '\0';
	return hex;
}

IAM_SQL_FUNCTION(iam_effect_in);

Datum
iam_effect_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	Datum       result = (Datum) 0;

	from_hex((IamStr){text, (uint32_t) strlen(text)}, fcinfo->context, false, &result);
	return result;
}

IAM_SQL_FUNCTION(iam_effect_out);

Datum
iam_effect_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(to_hex_text(iam_pg_image(PG_GETARG_DATUM(0), IAM_IMAGE_EFFECT)));
}

IAM_SQL_FUNCTION(iam_effect_recv);

Datum
iam_effect_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	Datum      result = (Datum) 0;

	from_hex(iam_pg_recv_text(message, "iam_effect"), NULL, true, &result);
	return result;
}

IAM_SQL_FUNCTION(iam_effect_send);

Datum
iam_effect_send(PG_FUNCTION_ARGS)
{
	const char *hex = to_hex_text(iam_pg_image(PG_GETARG_DATUM(0), IAM_IMAGE_EFFECT));

	PG_RETURN_BYTEA_P(iam_pg_send_text((IamStr){hex, (uint32_t) strlen(hex)}));
}

/* ---- reading one ---- */

void
iam_pg_effect(IamPgArena *a, const void *image, IamEffect *effect)
{
	IamError err;
	bool     good = iam_effect_read(&a->arena, image, ((const IamImage *) image)->size, effect, &err);

	iam_pg_arena_verify(a);
	if (!good)
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
		        errmsg_internal("stored value of type iam_effect does not hold together"));
}

/* ---- making one ---- */

/*
 * iam_policy_effect(policy, kind, request, caller).  NULL policy: a document that
 * is missing or could not be read, whose effect is unknown.  NULL caller: for
 * policies that do not depend on it; what depends on it is unknown.  NULL kind or
 * request: NULL.
 */
IAM_SQL_FUNCTION(iam_sql_policy_effect);

Datum
iam_sql_policy_effect(PG_FUNCTION_ARGS)
{
	IamPgArena       a;
	IamEvaluation    evaluation = {0};
	const IamPolicy *policy;
	IamPolicyKind    kind;
	IamEffect        effect;
	IamBuf           buf;
	Datum            result;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	kind = iam_pg_kind_arg(fcinfo, 1);
	policy = PG_ARGISNULL(0) ? NULL : IAM_PG_GETARG_POLICY(0);

	iam_pg_arena_init(&a);
	evaluation.request = IAM_PG_GETARG_REQUEST(2);
	evaluation.caller = PG_ARGISNULL(3) ? NULL : IAM_PG_GETARG_CALLER(3);
	evaluation.arena = &a.arena;
	iam_policy_effect(&evaluation, policy, kind, &effect);
	if (!iam_effect_is_definite(&effect))
	{
		evaluation.want_formulas = true;
		iam_policy_effect(&evaluation, policy, kind, &effect);
	}
	iam_buf_init(&buf, &a.arena);
	iam_effect_write(&buf, &effect);
	iam_pg_arena_verify(&a);
	result = iam_pg_image_datum(buf.data);
	iam_pg_arena_release(&a);
	if (policy != NULL)
		iam_pg_image_free(PG_GETARG_DATUM(0), policy);
	return result;
}
