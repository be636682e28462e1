/*
 * text.c: text between the database encoding and the core's UTF-8, and the
 * result values made of it.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
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

bytea *
iam_pg_send_text(IamStr utf8)
{
	StringInfoData message;
	char          *text = iam_pg_cstring(utf8);

	pq_begintypsend(&message);
	pq_sendint8(&message, IAM_PG_WIRE_VERSION);
	pq_sendtext(&message, text, (int) strlen(text));
	return pq_endtypsend(&message);
}
