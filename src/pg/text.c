/*
 * text.c: text between the database encoding and the core's UTF-8, and the
 * result values made of it.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "pg/iam_pg.h"

IamStr
iam_pg_utf8(const char *text, size_t len)
{
	char *utf8 = pg_server_to_any(text, (int) len, PG_UTF8);

	if (utf8 != text)
		len = strlen(utf8);
	return (IamStr){utf8, (uint32_t) len};
}

IamStr
iam_pg_utf8_arg(Datum text)
{
	struct varlena *v = PG_DETOAST_DATUM_PACKED(text);

	return iam_pg_utf8(VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
}

char *
iam_pg_cstring(IamStr utf8)
{
	char *text = pnstrdup(utf8.len == 0 ? "" : utf8.data, utf8.len);

	return pg_any_to_server(text, (int) utf8.len, PG_UTF8);
}

/* Any text fits the database: its encoding is UTF-8, or none at all. */
static bool
takes_everything(void)
{
	return GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII;
}

/*
 * Converts up to the first character that the database encoding lacks; returns
 * how many bytes it could take.  `out` has room for all of the text.
 */
static uint32
convert_some(Oid proc, IamStr utf8, char *out, Size size)
{
	if (utf8.len == 0)
		return 0;
	return (uint32) pg_do_encoding_conversion_buf(proc, PG_UTF8, GetDatabaseEncoding(),
	                                              (unsigned char *) unconstify(char *, utf8.data),
	                                              (int) utf8.len, (unsigned char *) out, (int) size, true);
}

static Oid
conversion(void)
{
	Oid proc = FindDefaultConversionProc(PG_UTF8, GetDatabaseEncoding());

	if (!OidIsValid(proc))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
		        errmsg("default conversion function for encoding \"UTF8\" to \"%s\" does not exist",
		               GetDatabaseEncodingName()));
	return proc;
}

static Size
room_for(uint32 len)
{
	return add_size(mul_size(len, MAX_CONVERSION_GROWTH), 1);
}

bool
iam_pg_showable(IamStr utf8)
{
	Size  size = room_for(utf8.len);
	char *out;
	bool  all;

	if (takes_everything())
		return true;
	out = palloc(size);
	all = convert_some(conversion(), utf8, out, size) == utf8.len;
	pfree(out);
	return all;
}

/* As JSON escapes it, with two surrogates above U+FFFF. */
static void
append_escape(StringInfo out, uint32 c)
{
	if (c > 0xFFFF)
		appendStringInfo(out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10), 0xDC00 + (c & 0x3FF));
	else
		appendStringInfo(out, "\\u%04x", c);
}

static char *
substituted(IamStr utf8, bool json)
{
	StringInfoData result;
	Oid            proc;
	char           out[256];

	if (takes_everything())
		return iam_pg_cstring(utf8);
	initStringInfo(&result);
	proc = conversion();
	while (utf8.len > 0)
	{
		IamStr piece = {utf8.data, Min(utf8.len, (sizeof out - 1) / MAX_CONVERSION_GROWTH)};
		uint32 done;

		CHECK_FOR_INTERRUPTS();
		/* whole characters */
		while (piece.len < utf8.len && piece.len > 1 && ((uint8) utf8.data[piece.len] & 0xC0) == 0x80)
			piece.len--;
		done = convert_some(proc, piece, out, sizeof out);
		appendStringInfoString(&result, out);
		utf8 = (IamStr){utf8.data + done, utf8.len - done};
		if (done < piece.len)
		{
			const unsigned char *at = (const unsigned char *) utf8.data;

			done = Min((uint32) pg_utf_mblen(at), utf8.len);
			if (json)
				append_escape(&result, utf8_to_unicode(at));
			else
				appendStringInfoChar(&result, '?');
			utf8 = (IamStr){utf8.data + done, utf8.len - done};
		}
	}
	return result.data;
}

char *
iam_pg_json_cstring(IamStr utf8)
{
	return substituted(utf8, true);
}

char *
iam_pg_message(IamStr utf8)
{
	return substituted(utf8, false);
}

Datum
iam_pg_text(IamStr utf8)
{
	if (GetDatabaseEncoding() == PG_UTF8)
		return PointerGetDatum(cstring_to_text_with_len(utf8.len == 0 ? "" : utf8.data, utf8.len));
	return PointerGetDatum(cstring_to_text(iam_pg_cstring(utf8)));
}

Datum
iam_pg_jsonb(IamStr utf8)
{
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(iam_pg_cstring(utf8)));
}

IamStr
iam_pg_recv_text(StringInfo message, const char *type)
{
	int   version = pq_getmsgint(message, 1);
	int   len;
	char *text;

	if (version != IAM_PG_WIRE_VERSION)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
		        errmsg("unsupported version number %d of binary %s", version, type));
	text = pq_getmsgtext(message, message->len - message->cursor, &len);
	return iam_pg_utf8(text, len);
}

/* Of what is not JSON the database encoding has every character. */
bytea *
iam_pg_send_text(IamStr utf8)
{
	StringInfoData message;
	char          *text = iam_pg_json_cstring(utf8);

	pq_begintypsend(&message);
	pq_sendint8(&message, IAM_PG_WIRE_VERSION);
	pq_sendtext(&message, text, (int) strlen(text));
	return pq_endtypsend(&message);
}
