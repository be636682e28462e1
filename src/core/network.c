/*
 * network.c: the addresses and CIDR blocks of IpAddress and NotIpAddress
 * (COND-64).
 *
 * IPv4: four decimal numbers; a leading zero is refused, because readers
 * disagree whether it means octal.  IPv6: all text forms of RFC 4291 section 2.2
 * (:: once, an IPv4 tail), no zone.  An address without a prefix length is a block
 * of one address; bits behind the prefix are masked.  The two families are
 * disjoint: ::ffff:192.0.2.1 is an IPv6 address.
 */
#include "value.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A decimal number without leading zeros, at most max, from s[*i] on. */
static bool
take_number(IamStr s, uint32_t *i, int max, int *value)
{
	uint32_t start = *i;

	*value = 0;
	while (*i < s.len && is_digit(s.data[*i]))
	{
		*value = *value * 10 + (s.data[*i] - '0');
		if (*value > max)
			return false;
		(*i)++;
	}
	return *i > start && (s.data[start] != '0' || *i == start + 1);
}

static bool
parse_ipv4(IamStr s, uint8_t out[4])
{
	uint32_t i = 0;
	int      value;

	for (int part = 0; part < 4; part++)
	{
		if (part > 0 && (i >= s.len || s.data[i++] != '.'))
			return false;
		if (!take_number(s, &i, 255, &value))
			return false;
		out[part] = (uint8_t) value;
	}
	return i == s.len;
}

static int
hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c = iam_fold_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One to four hexadecimal digits from s[*i] on. */
static bool
take_group(IamStr s, uint32_t *i, uint8_t out[2])
{
	uint32_t start = *i;
	unsigned value = 0;

	while (*i < s.len && *i - start < 4 && hex_value(s.data[*i]) >= 0)
		value = value << 4 | (unsigned) hex_value(s.data[(*i)++]);
	out[0] = (uint8_t) (value >> 8);
	out[1] = (uint8_t) value;
	return *i > start;
}

static bool
parse_ipv6(IamStr s, uint8_t out[16])
{
	uint8_t  bytes[16];
	int      len = 0;  /* bytes read */
	int      gap = -1; /* where :: stands, in bytes */
	uint32_t i = 0;

	if (s.len >= 2 && s.data[0] == ':' && s.data[1] == ':')
	{
		gap = 0;
		i = 2;
	}
	while (i < s.len)
	{
		uint32_t start = i;

		if (len == 16 || !take_group(s, &i, bytes + len))
			return false;
		if (i < s.len && s.data[i] == '.')
		{
			if (len > 12 || !parse_ipv4((IamStr){s.data + start, s.len - start}, bytes + len))
				return false;
			len += 4;
			i = s.len;
			break;
		}
		len += 2;
		if (i == s.len)
			break;
		if (s.data[i++] != ':' || i == s.len)
			return false; /* something else, or a single colon at the end */
		if (s.data[i] == ':')
		{
			if (gap >= 0)
				return false;
			gap = len;
			i++;
		}
	}
	if (gap < 0 ? len != 16 : len > 14)
		return false;
	memset(out, 0, 16);
	if (gap < 0)
		gap = len;
	memcpy(out, bytes, (size_t) gap);
	memcpy(out + 16 - (len - gap), bytes + gap, (size_t) (len - gap));
	return true;
}

bool
iam_network_parse(IamStr text, IamNetwork *out)
{
	IamStr      address = text;
	const char *slash = text.len > 0 ? memchr(text.data, '/', text.len) : NULL;
	int         bits;
	int         prefix;

	memset(out, 0, sizeof *out);
	if (slash != NULL)
		address.len = (uint32_t) (slash - text.data);
	if (address.len == 0)
		return false;
	if (memchr(address.data, ':', address.len) != NULL)
	{
		out->family = 6;
		bits = 128;
		if (!parse_ipv6(address, out->address))
			return false;
	}
	else
	{
		out->family = 4;
		bits = 32;
		if (!parse_ipv4(address, out->address))
			return false;
	}
	prefix = bits;
	if (slash != NULL)
	{
		uint32_t i = address.len + 1;

		if (!take_number(text, &i, bits, &prefix) || i != text.len)
			return false;
	}
	out->prefix = (uint8_t) prefix;
	for (int i = 0; i < 16; i++)
	{
		int kept = prefix - i * 8;

		if (kept <= 0)
			out->address[i] = 0;
		else if (kept < 8)
			out->address[i] &= (uint8_t) (0xFF00 >> kept);
	}
	return true;
}

/* A block is contained when all its addresses are. */
bool
iam_network_contains(const IamNetwork *network, const IamNetwork *address)
{
	unsigned bytes = network->prefix / 8;
	unsigned rest = network->prefix % 8;

	if (network->family != address->family || network->prefix > address->prefix || network->prefix > 128)
		return false;
	if (memcmp(network->address, address->address, bytes) != 0)
		return false;
	return rest == 0 || ((network->address[bytes] ^ address->address[bytes]) & (0xFF00 >> rest) & 0xFF) == 0;
}
