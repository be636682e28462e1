/*
 * decimal.c: exact decimals for the Numeric operators, and Boolean words
 * (COND-60, COND-62, COND-67).
 *
 * [+-] digits [. digits] [e [+-] digits], with a digit before or after the
 * point; no blanks, no other base, no separators.  A number is compared where it
 * stands in its text, so any length costs O(length) and loses nothing.
 */
#include "value.h"

#define MAX_EXPONENT 100000

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The exponent after its e, from s[*i] to the end of s. */
static bool
parse_exponent(IamStr s, uint32_t i, int32_t *exponent)
{
	int32_t value = 0;
	bool    negative = false;

	if (i < s.len && (s.data[i] == '+' || s.data[i] == '-'))
		negative = s.data[i++] == '-';
	if (i == s.len)
		return false;
	for (; i < s.len; i++)
	{
		if (!is_digit(s.data[i]))
			return false;
		value = value * 10 + (s.data[i] - '0');
		if (value > MAX_EXPONENT)
			return false;
	}
	*exponent = negative ? -value : value;
	return true;
}

bool
iam_decimal_parse(IamStr text, IamDecimal *out)
{
	uint32_t i = 0;
	uint32_t first = 0; /* first significant digit, valid with any_nonzero */
	uint32_t last = 0;
	uint32_t point = 0; /* place of the point, or where it would be */
	bool     negative = false;
	bool     any_digit = false;
	bool     any_nonzero = false;
	bool     has_point = false;
	int32_t  exponent = 0;
	int64_t  scale;

	memset(out, 0, sizeof *out);
	if (text.len > INT32_MAX / 2)
		return false;
	if (text.len > 0 && (text.data[0] == '+' || text.data[0] == '-'))
		negative = text.data[i++] == '-';
	for (; i < text.len; i++)
	{
		char c = text.data[i];

		if (c == '.' && !has_point)
		{
			has_point = true;
			point = i;
		}
		else if (is_digit(c))
		{
			any_digit = true;
			if (c != '0')
			{
				if (!any_nonzero)
					first = i;
				any_nonzero = true;
				last = i;
			}
		}
		else
			break;
	}
	if (!any_digit)
		return false;
	if (!has_point)
		point = i;
	if (i < text.len)
	{
		if ((text.data[i] != 'e' && text.data[i] != 'E') || !parse_exponent(text, i + 1, &exponent))
			return false;
	}
	if (!any_nonzero)
		return true;
	/* digits between the first one and the point; the point itself is no digit */
	scale = first < point ? (int64_t) point - first : (int64_t) point + 1 - first;
	out->sign = negative ? -1 : 1;
	out->exponent = (int32_t) (scale + exponent);
	out->digits.off = first;
	out->digits.len = last - first + 1;
	return true;
}

/* Compares the fractions 0.D1D2... */
static int
compare_digits(const char *a, uint32_t a_len, const char *b, uint32_t b_len)
{
	uint32_t i = 0;
	uint32_t j = 0;

	for (;;)
	{
		if (i < a_len && a[i] == '.')
			i++;
		if (j < b_len && b[j] == '.')
			j++;
		if (i >= a_len || j >= b_len)
			break;
		if (a[i] != b[j])
			return (uint8_t) a[i] < (uint8_t) b[j] ? -1 : 1;
		i++;
		j++;
	}
	/* no trailing zeros: whichever goes on is larger */
	return i < a_len ? 1 : j < b_len ? -1 : 0;
}

int
iam_decimal_compare(const IamDecimal *a, const char *a_base, const IamDecimal *b, const char *b_base)
{
	int order;

	if (a->sign != b->sign)
		return a->sign < b->sign ? -1 : 1;
	if (a->sign == 0)
		return 0;
	if (a->exponent != b->exponent)
		order = a->exponent < b->exponent ? -1 : 1;
	else
		order = compare_digits(a_base + a->digits.off, a->digits.len, b_base + b->digits.off, b->digits.len);
	return a->sign < 0 ? -order : order;
}

bool
iam_bool_parse(IamStr text, bool *out)
{
	*out = iam_str_equal_fold(text, IAM_LIT("true"));
	return *out || iam_str_equal_fold(text, IAM_LIT("false"));
}
