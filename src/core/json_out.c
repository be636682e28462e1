/*
 * json_out.c: writing JSON text into a buffer.
 *
 * Output is compact and escapes no more than RFC 8259 demands, so that equal
 * strings always give equal text.
 */
#include "json_out.h"

void
iam_json_string(IamBuf *buf, IamStr s)
{
	static const char hex[] = "0123456789abcdef";
	uint32_t          start = 0;

	iam_buf_char(buf, '"');
	for (uint32_t i = 0; i < s.len; i++)
	{
		uint8_t  c = (uint8_t) s.data[i];
		char     escape[6] = {'\\', 'u', '0', '0', 0, 0};
		uint32_t len = 2;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		switch (c)
		{
			case '"':
			case '\\':
				escape[1] = (char) c;
				break;
			case '\b':
				escape[1] = 'b';
				break;
			case '\f':
				escape[1] = 'f';
				break;
			case '\n':
				escape[1] = 'n';
				break;
			case '\r':
				escape[1] = 'r';
				break;
			case '\t':
				escape[1] = 't';
				break;
			default:
				escape[4] = hex[c >> 4];
				escape[5] = hex[c & 15];
				len = 6;
		}
		iam_buf_bytes(buf, s.data + start, i - start);
		iam_buf_bytes(buf, escape, len);
		start = i + 1;
	}
	if (s.len > start)
		iam_buf_bytes(buf, s.data + start, s.len - start);
	iam_buf_char(buf, '"');
}

void
iam_json_next(IamBuf *buf)
{
	char last = buf->len == 0 ? '[' : buf->data[buf->len - 1];

	if (last != '{' && last != '[' && last != ':')
		iam_buf_char(buf, ',');
}

void
iam_json_key(IamBuf *buf, const char *name)
{
	iam_json_next(buf);
	iam_json_string(buf, (IamStr){name, (uint32_t) strlen(name)});
	iam_buf_char(buf, ':');
}

void
iam_json_key_string(IamBuf *buf, const char *name, IamStr value)
{
	iam_json_key(buf, name);
	iam_json_string(buf, value);
}

void
iam_json_key_cstr(IamBuf *buf, const char *name, const char *value)
{
	iam_json_key_string(buf, name, (IamStr){value, (uint32_t) strlen(value)});
}

void
iam_json_key_bool(IamBuf *buf, const char *name, bool value)
{
	iam_json_key(buf, name);
	iam_buf_cstr(buf, value ? "true" : "false");
}

void
iam_json_key_int(IamBuf *buf, const char *name, long value)
{
	iam_json_key(buf, name);
	iam_buf_format(buf, "%ld", value);
}
