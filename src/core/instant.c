/*
 * instant.c: the points in time of the Date operators (COND-61, Q-12).
 *
 * Text forms, all of the W3C profile of ISO 8601 and nothing else:
 *   YYYY, YYYY-MM, YYYY-MM-DD                          (midnight UTC of the first day)
 *   YYYY-MM-DDThh:mmTZD, ...:ssTZD, ...:ss.sTZD        TZD = Z or +hh:mm or -hh:mm
 * and epoch seconds: digits only, not exactly four of them; 13 digits are
 * milliseconds.  A sign or a point makes an epoch value no date.  Days must exist
 * in the (proleptic) Gregorian calendar; there is no 24:00 and no leap second.
 * Digits of a fraction beyond 10^-18 s are dropped.
 */
#include "value.h"

#define ATTO_DIGITS 18

/* The text not read yet. */
typedef struct Reader
{
	const char *p;
	const char *end;
} Reader;

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
at_end(const Reader *r)
{
	return r->p == r->end;
}

static bool
take(Reader *r, char c)
{
	if (at_end(r) || *r->p != c)
		return false;
	r->p++;
	return true;
}

/* Exactly `count` digits, a number from min to max. */
static bool
take_number(Reader *r, int count, int min, int max, int *value)
{
	if (r->end - r->p < count)
		return false;
	*value = 0;
	for (int i = 0; i < count; i++)
	{
		if (!is_digit(r->p[i]))
			return false;
		*value = *value * 10 + (r->p[i] - '0');
	}
	r->p += count;
	return *value >= min && *value <= max;
}

static void
store(IamInstant *out, int64_t seconds, uint64_t atto)
{
	uint64_t bits = (uint64_t) seconds;

	out->seconds_low = (uint32_t) bits;
	out->seconds_high = (uint32_t) (bits >> 32);
	out->atto_low = (uint32_t) atto;
	out->atto_high = (uint32_t) (atto >> 32);
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
days_in_month(int year, int month)
{
	static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01. Counted in years that begin in March, so that the leap day is last. */
static int64_t
day_number(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t m = month <= 2 ? month + 9 : month - 3;
	int64_t centuries;

	y += 400; /* never negative; one whole cycle of 146097 days */
	centuries = y / 100;
	return y * 365 + y / 4 - centuries + centuries / 4 + (m * 153 + 2) / 5 + day - 1 - 146097 - 719468;
}

/* Digits only: seconds, or milliseconds where there are 13. */
static bool
parse_epoch(IamStr text, IamInstant *out)
{
	int64_t n = 0;

	if (text.len > 18)
		return false;
	for (uint32_t i = 0; i < text.len; i++)
		n = n * 10 + (text.data[i] - '0');
	if (text.len == 13)
		store(out, n / 1000, (uint64_t) (n % 1000) * UINT64_C(1000000000000000));
	else
		store(out, n, 0);
	return true;
}

/* .s: one digit or more */
static bool
take_fraction(Reader *r, uint64_t *atto)
{
	int count = 0;

	*atto = 0;
	for (; !at_end(r) && is_digit(*r->p); r->p++)
		if (count < ATTO_DIGITS)
		{
			*atto = *atto * 10 + (uint64_t) (*r->p - '0');
			count++;
		}
	if (count == 0)
		return false;
	for (; count < ATTO_DIGITS; count++)
		*atto *= 10;
	return true;
}

/* Z, +hh:mm or -hh:mm, as seconds east of UTC */
static bool
take_zone(Reader *r, int *offset)
{
	bool west;
	int  hours;
	int  minutes;

	*offset = 0;
	if (take(r, 'Z'))
		return true;
	west = take(r, '-');
	if (!west && !take(r, '+'))
		return false;
	if (!take_number(r, 2, 0, 23, &hours) || !take(r, ':') || !take_number(r, 2, 0, 59, &minutes))
		return false;
	*offset = (hours * 60 + minutes) * (west ? -60 : 60);
	return true;
}

/* Thh:mm[:ss[.s]]TZD after the date */
static bool
take_time(Reader *r, int64_t *seconds, uint64_t *atto)
{
	int hour;
	int minute;
	int second = 0;
	int offset;

	*atto = 0;
	if (!take(r, 'T') || !take_number(r, 2, 0, 23, &hour) || !take(r, ':') ||
	    !take_number(r, 2, 0, 59, &minute))
		return false;
	if (take(r, ':'))
	{
		if (!take_number(r, 2, 0, 59, &second))
			return false;
		if (take(r, '.') && !take_fraction(r, atto))
			return false;
	}
	if (!take_zone(r, &offset))
		return false;
	*seconds = hour * 3600 + minute * 60 + second - offset;
	return true;
}

bool
iam_instant_parse(IamStr text, IamInstant *out)
{
	Reader   r = {text.data, text.data + text.len};
	uint32_t digits = 0;
	int      year;
	int      month = 1;
	int      day = 1;
	int64_t  seconds = 0;
	uint64_t atto = 0;

	memset(out, 0, sizeof *out);
	while (digits < text.len && is_digit(text.data[digits]))
		digits++;
	if (digits == 0)
		return false;
	if (digits == text.len && digits != 4)
		return parse_epoch(text, out);
	if (!take_number(&r, 4, 0, 9999, &year))
		return false;
	if (!at_end(&r) && (!take(&r, '-') || !take_number(&r, 2, 1, 12, &month)))
		return false;
	if (!at_end(&r) && (!take(&r, '-') || !take_number(&r, 2, 1, days_in_month(year, month), &day)))
		return false;
	if (!at_end(&r) && !take_time(&r, &seconds, &atto))
		return false;
	if (!at_end(&r))
		return false;
	store(out, day_number(year, month, day) * 86400 + seconds, atto);
	return true;
}

int
iam_instant_compare(const IamInstant *a, const IamInstant *b)
{
	/* the sign bit flipped: two's complement in unsigned order */
	uint64_t a_seconds = (uint64_t) (a->seconds_high ^ 0x80000000u) << 32 | a->seconds_low;
	uint64_t b_seconds = (uint64_t) (b->seconds_high ^ 0x80000000u) << 32 | b->seconds_low;
	uint64_t a_atto = (uint64_t) a->atto_high << 32 | a->atto_low;
	uint64_t b_atto = (uint64_t) b->atto_high << 32 | b->atto_low;

	if (a_seconds != b_seconds)
		return a_seconds < b_seconds ? -1 : 1;
	return a_atto < b_atto ? -1 : a_atto > b_atto;
}
