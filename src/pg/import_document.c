/*
 * import_document.c: iam_import_document: one policy document of an export, given as
 * an object, as its text or as percent-encoded text (GAAD-5); what cannot be read is
 * a row with a message and no policy, never an error.  iam_percent_decode is the
 * decoding alone.
 */
#include "postgres.h"

#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "pg/iam_pg.h"

/* What iam_import_without_nul puts in the place of a NUL character. */
#define NUL_MARK "\\ufdd0"
#define NUL_ESCAPE "\\u0000"
#define MARK_LEN (sizeof NUL_MARK - 1)

/* The columns of iam_import_reading; what the caller gives comes first. */
enum
{
	COL_KIND,
	COL_ARN,
	COL_NAME,
	COL_PATH,
	COL_POLICY,
	COL_MESSAGE,
	COL_DOCUMENT,
	COL_COUNT
};
#define ARG_DOCUMENT 4

static IamStr
text_bytes(Datum datum)
{
	struct varlena *v = PG_DETOAST_DATUM_PACKED(datum);

	return (IamStr){VARDATA_ANY(v), (uint32_t) VARSIZE_ANY_EXHDR(v)};
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Writes what %XX stands for into out, which has room for s; false for a bad escape. */
static bool
percent_decode(IamStr s, char *out, uint32 *len)
{
	*len = 0;
	for (uint32 i = 0; i < s.len; i++)
	{
		int high;
		int low;

		if (s.data[i] != '%')
		{
			out[(*len)++] = s.data[i];
			continue;
		}
		if (s.len - i < 3 || (high = hex_digit(s.data[i + 1])) < 0 || (low = hex_digit(s.data[i + 2])) < 0)
			return false;
		out[(*len)++] = (char) (high << 4 | low);
		i += 2;
	}
	return true;
}

/* The message that the server has for bytes that are no UTF-8. */
static char *
encoding_message(IamStr s)
{
	uint32         at = (uint32) pg_encoding_verifymbstr(PG_UTF8, s.data, (int) s.len);
	uint32         count = Min((uint32) pg_utf_mblen((const unsigned char *) s.data + at), s.len - at);
	StringInfoData message;

	initStringInfo(&message);
	appendStringInfoString(&message, "invalid byte sequence for encoding \"UTF8\":");
	for (uint32 i = 0; i < count; i++)
		appendStringInfo(&message, " 0x%02x", (unsigned char) s.data[at + i]);
	return message.data;
}

IAM_SQL_FUNCTION(iam_percent_decode);

Datum
iam_percent_decode(PG_FUNCTION_ARGS)
{
	IamStr encoded = text_bytes(PG_GETARG_DATUM(0));
	char  *text = palloc((Size) encoded.len + 1);
	uint32 len;

	if (!percent_decode(encoded, text, &len))
		ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("invalid percent-encoding"),
		        errdetail("A percent sign is not followed by two hexadecimal digits."));
	text[len] = '\0';
	(void) pg_verify_mbstr(PG_UTF8, text, (int) len, false);
	PG_RETURN_DATUM(iam_pg_text((IamStr){text, len}));
}

/* A text with every `from` replaced; both are of one length. */
static Datum
restored(IamStr s, const char *from, const char *to)
{
	text *copy = cstring_to_text_with_len(s.data, (int) s.len);
	char *p = VARDATA(copy);

	for (uint32 i = 0; i + MARK_LEN <= s.len; i++)
		if (memcmp(p + i, from, MARK_LEN) == 0)
		{
			memcpy(p + i, to, MARK_LEN);
			i += MARK_LEN - 1;
		}
	return PointerGetDatum(copy);
}

static bool
contains_mark(IamStr s)
{
	const char *end = s.data + s.len;

	for (const char *p = s.data; p < end && (p = memchr(p, '\\', (size_t) (end - p))) != NULL; p++)
		if ((size_t) (end - p) >= MARK_LEN && memcmp(p, NUL_MARK, MARK_LEN) == 0)
			return true;
	return false;
}

/* The characters of a JSON string, in the database encoding, as the server reads it. */
static IamStr
json_characters(IamStr json)
{
	StringInfoData list;

	initStringInfo(&list);
	appendStringInfoChar(&list, '[');
	appendBinaryStringInfo(&list, json.data, (int) json.len);
	appendStringInfoChar(&list, ']');
	return text_bytes(DirectFunctionCall2(json_array_element_text,
	                                      PointerGetDatum(cstring_to_text_with_len(list.data, list.len)),
	                                      Int32GetDatum(0)));
}

/* The text of a document that is a JSON string, in UTF-8; false: why there is none. */
static bool
text_of_string(IamStr json, IamStr *text, const char **message)
{
	IamStr s = json_characters(json);
	uint32 space = 0;
	char  *decoded;

	while (space < s.len && strchr(" \t\r\n", s.data[space]) != NULL && s.data[space] != '\0')
		space++;
	if (space == s.len || s.data[space] != '%')
	{
		*text = iam_pg_utf8(s.data, s.len);
		return true;
	}
	decoded = palloc((Size) s.len + 1);
	text->data = decoded;
	if (!percent_decode(s, decoded, &text->len))
		*message = "invalid percent-encoding";
	else if (!pg_verify_mbstr(PG_UTF8, decoded, (int) text->len, true))
		*message = encoding_message(*text);
	else
		return true;
	return false;
}

/* Compiles the text: a policy and no message, or a message and perhaps a longer path. */
static void
compile(IamStr document, Datum *values, bool *nulls, const char **message)
{
	IamPgArena       a;
	const IamPolicy *policy;
	IamError         err;

	iam_pg_arena_init(&a);
	if (iam_pg_policy_compile(&a, document, &policy, &err))
	{
		values[COL_POLICY] = iam_pg_image_datum(policy);
		nulls[COL_POLICY] = false;
	}
	else
	{
		if (err.status == IAM_NO_MEMORY)
			iam_pg_argument_error("policy document", &err);
		*message = iam_pg_reportable(err.message);
		if (err.path[0] == '$')
		{
			if (!nulls[COL_PATH])
				values[COL_PATH] = CStringGetTextDatum(
					psprintf("%s%s", TextDatumGetCString(values[COL_PATH]), iam_pg_reportable(err.path + 1)));
		}
		else if (err.path[0] != '\0')
			*message = psprintf("%s (%s)", *message, iam_pg_reportable(err.path));
		else if (err.line > 0)
			*message = psprintf("%s (line %d, column %d)", *message, err.line, err.column);
	}
	iam_pg_arena_release(&a);
}

IAM_SQL_FUNCTION(iam_import_document);

/* Not strict: any argument may be NULL. */
Datum
iam_import_document(PG_FUNCTION_ARGS)
{
	TupleDesc   desc;
	Datum       values[COL_COUNT] = {0};
	bool        nulls[COL_COUNT];
	const char *message = NULL;
	IamStr      json = {"null", 4};
	IamStr      text;

	for (int i = 0; i < COL_COUNT; i++)
		nulls[i] = i >= COL_POLICY || PG_ARGISNULL(i);
	for (int i = 0; i < COL_POLICY; i++)
		values[i] = PG_GETARG_DATUM(i);
	if (nulls[COL_NAME])
	{
		values[COL_NAME] = CStringGetTextDatum("");
		nulls[COL_NAME] = false;
	}
	if (!PG_ARGISNULL(ARG_DOCUMENT))
		json = text_bytes(PG_GETARG_DATUM(ARG_DOCUMENT));
	text = json;
	while (text.len > 0 && strchr(" \t\r\n", text.data[0]) != NULL)
	{
		text.data++;
		text.len--;
	}
	if (contains_mark(json))
		message = "the document holds a NUL character (" NUL_ESCAPE ")";
	else
		switch (text.len == 0 ? 'n' : text.data[0])
		{
			case '{':
				compile(iam_pg_utf8(json.data, json.len), values, nulls, &message);
				break;
			case '"':
				if (text_of_string(json, &text, &message))
					compile(text, values, nulls, &message);
				break;
			case 'n':
				message = "the policy document is missing";
				break;
			case '[':
				message = "a policy document is an object or its text, not a JSON array";
				break;
			case 't':
			case 'f':
				message = "a policy document is an object or its text, not a JSON boolean";
				break;
			default:
				message = "a policy document is an object or its text, not a JSON number";
				break;
		}
	if (message != NULL)
	{
		values[COL_MESSAGE] = CStringGetTextDatum(message);
		nulls[COL_MESSAGE] = false;
		if (!PG_ARGISNULL(ARG_DOCUMENT))
		{
			values[COL_DOCUMENT] = restored(json, NUL_MARK, NUL_ESCAPE);
			nulls[COL_DOCUMENT] = false;
		}
	}
	/* looked up once a query */
	if (fcinfo->flinfo->fn_extra == NULL)
	{
		MemoryContext old_context;

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		old_context = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = BlessTupleDesc(CreateTupleDescCopy(desc));
		MemoryContextSwitchTo(old_context);
	}
	desc = (TupleDesc) fcinfo->flinfo->fn_extra;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}
