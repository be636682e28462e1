/*
 * base64.c: the binary values of BinaryEquals (COND-63).
 *
 * The standard alphabet of RFC 4648 section 4 with padding, no line breaks, and
 * the unused bits of the last digit 0, so that one byte string has one text.
 */
#include "value.h"

static int
digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	if (c == '/')
		return 63;
	return -1;
}

/*
 * Decodes four digits into at most three bytes; returns how many, or -1.
 * Only the last group may hold padding.
 */
static int
decode_group(const char *s, bool last, uint8_t out[3])
{
	int      count = 3;
	uint32_t bits = 0;

	if (last && s[3] == '=')
		count = s[2] == '=' ? 1 : 2;
	for (int i = 0; i < 4; i++)
	{
		int value = i > count ? 0 : digit_value(s[i]);

		if (value < 0)
			return -1;
		bits = bits << 6 | (uint32_t) value;
	}
	if ((count == 1 && (bits & 0xFFFF) != 0) || (count == 2 && (bits & 0xFF) != 0))
		return -1;
	out[0] = (uint8_t) (bits >> 16);
	out[1] = (uint8_t) (bits >> 8);
	out[2] = (uint8_t) bits;
	return count;
}

bool
iam_base64_decode(IamArena *arena, IamStr text, IamStr *out)
{
	char    *data;
	uint32_t len = 0;

	*out = IAM_NO_STR;
	if (text.len % 4 != 0)
		return false;
	data = iam_alloc(arena, text.len / 4 * (size_t) 3);
	if (data == NULL)
		return false;
	for (uint32_t i = 0; i < text.len; i += 4)
	{
		uint8_t group[3];
		int     count = decode_group(text.data + i, text.len - i == 4, group);

		if (count < 0)
			return false;
		memcpy(data + len, group, (size_t) count);
		len += (uint32_t) count;
	}
	*out = (IamStr){data, len};
	return true;
}

bool
iam_base64_valid(IamStr text)
{
	uint8_t group[3];

	if (text.len % 4 != 0)
		return false;
	for (uint32_t i = 0; i < text.len; i += 4)
		if (decode_group(text.data + i, text.len - i == 4, group) < 0)
			return false;
	return true;
}

bool
iam_base64_equal(IamStr text, IamStr bytes)
{
	uint32_t len = 0;

	if (text.len % 4 != 0)
		return false;
	for (uint32_t i = 0; i < text.len; i += 4)
	{
		uint8_t group[3];
		int     count = decode_group(text.data + i, text.len - i == 4, group);

		if (count < 0 || bytes.len - len < (uint32_t) count ||
		    memcmp(bytes.data + len, group, (size_t) count) != 0)
			return false;
		len += (uint32_t) count;
	}
	return len == bytes.len;
}
