/*
 * import_timestamp.c: iam_import_timestamp: dates as the various clients write them,
 * or seconds since 1970; NULL for what is neither, never an error.
 *
 *   YYYY-MM-DD[(T| )hh:mm[:ss[.fff]][Z|(+|-)hh[:]mm]]
 *
 * Ranges are checked before anything is computed; nothing depends on a setting.
 */
#include "postgres.h"

#include <math.h>

#include "datatype/timestamp.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "pg/iam_pg.h"

/* Longer texts are no date; digits of an epoch past this many say nothing. */
#define MAX_DATE_LEN 40
#define MAX_EPOCH_LEN 30
#define MAX_ZONE_HOURS 15

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How many digits s begins with. */
static uint32
digits(IamStr s)
{
	uint32 n = 0;

	while (n < s.len && is_digit(s.data[n]))
		n++;
	return n;
}

static IamStr
skip(IamStr s, uint32 n)
{
	return (IamStr){s.data + n, s.len - n};
}

/* Takes two digits off the front of s; false where there are none. */
static bool
take_two(IamStr *s, int *value)
{
	if (s->len < 2 || !is_digit(s->data[0]) || !is_digit(s->data[1]))
		return false;
	*value = (s->data[0] - '0') * 10 + (s->data[1] - '0');
	*s = skip(*s, 2);
	return true;
}

static bool
take(IamStr *s, char c)
{
	if (s->len == 0 || s->data[0] != c)
		return false;
	*s = skip(*s, 1);
	return true;
}

/* Digits with a fraction at most, as a double. */
static double
number(IamStr s)
{
	char buf[MAX_DATE_LEN + 1];

	memcpy(buf, s.data, s.len);
	buf[s.len] = '\0';
	return strtod(buf, NULL);
}

/* Digits, and where there is a point, digits after it: does s hold nothing else? */
static bool
is_number(IamStr s, uint32 whole)
{
	IamStr rest = skip(s, whole);

	if (rest.len == 0)
		return true;
	return take(&rest, '.') && rest.len > 0 && digits(rest) == rest.len;
}

/* A sign and hhmm, with colons anywhere. */
static bool
zone(IamStr s, int *minutes)
{
	char   buf[4];
	uint32 n = 0;
	IamStr rest = {buf, sizeof buf};
	int    sign = s.data[0] == '-' ? -1 : 1;
	int    hour;
	int    minute;

	for (uint32 i = 1; i < s.len; i++)
	{
		if (s.data[i] == ':')
			continue;
		if (n == sizeof buf)
			return false;
		buf[n++] = s.data[i];
	}
	if (n != sizeof buf || !take_two(&rest, &hour) || !take_two(&rest, &minute) || hour > MAX_ZONE_HOURS ||
	    minute > 59)
		return false;
	*minutes = sign * (hour * 60 + minute);
	return true;
}

/* hh:mm[:ss[.fff]], as microseconds of a day. */
static bool
clock_time(IamStr s, TimestampTz *time)
{
	int    hour;
	int    minute;
	int    second;
	IamStr seconds;

	if (!take_two(&s, &hour) || !take(&s, ':') || !take_two(&s, &minute) || hour > 23 || minute > 59)
		return false;
	*time = ((TimestampTz) hour * MINS_PER_HOUR + minute) * USECS_PER_MINUTE;
	if (s.len == 0)
		return true;
	if (!take(&s, ':'))
		return false;
	seconds = s;
	if (!take_two(&s, &second) || second > 59 || !is_number(seconds, 2))
		return false;
	*time += (TimestampTz) rint(number(seconds) * USECS_PER_SEC);
	return true;
}

static bool
date_time(IamStr s, TimestampTz *result)
{
	int         century;
	int         year;
	int         month;
	int         day;
	int         minutes = 0;
	uint32      len;
	TimestampTz time = 0;

	if (s.len > MAX_DATE_LEN || !take_two(&s, &century) || !take_two(&s, &year) || !take(&s, '-') ||
	    !take_two(&s, &month) || !take(&s, '-') || !take_two(&s, &day))
		return false;
	year += century * 100;
	if (year == 0 || month < 1 || month > MONTHS_PER_YEAR || day < 1 ||
	    day > day_tab[isleap(year)][month - 1])
		return false;
	if (s.len > 0)
	{
		if (!take(&s, 'T') && !take(&s, ' '))
			return false;
		for (len = 0; len < s.len && s.data[len] != '+' && s.data[len] != '-'; len++)
			;
		if (len < s.len)
		{
			if (!zone(skip(s, len), &minutes))
				return false;
		}
		else if (len > 0 && s.data[len - 1] == 'Z')
			len--;
		if (!clock_time((IamStr){s.data, len}, &time))
			return false;
	}
	*result = (TimestampTz) (date2j(year, month, day) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY + time -
	          minutes * USECS_PER_MINUTE;
	return true;
}

IAM_SQL_FUNCTION(iam_import_timestamp);

Datum
iam_import_timestamp(PG_FUNCTION_ARGS)
{
	struct varlena *json = PG_GETARG_VARLENA_PP(0);
	IamStr          s = {VARDATA_ANY(json), (uint32_t) VARSIZE_ANY_EXHDR(json)};
	uint32          whole;
	TimestampTz     result;

	/* a string is taken as written: no date has an escape in it */
	while (take(&s, '"'))
		;
	while (s.len > 0 && s.data[s.len - 1] == '"')
		s.len--;
	whole = digits(s);
	if (whole >= 1 && whole <= 11 && is_number(s, whole))
	{
		s.len = Min(s.len, MAX_EPOCH_LEN);
		PG_RETURN_DATUM(DirectFunctionCall1(float8_timestamptz, Float8GetDatum(number(s))));
	}
	if (!date_time(s, &result))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(result);
}
