/*
 * value.h: the typed values that condition operators compare (COND-50..67).
 * Parsers take text; compare functions take parsed values.  None allocates
 * but iam_base64_decode.
 */
#ifndef IAM_VALUE_H
#define IAM_VALUE_H

#include "policy.h"

/*
 * An exact decimal of any size (COND-67): sign * 0.D1D2..Dn * 10^exponent, no
 * leading or trailing zero digits.  Zero has no digits and sign 0.  `digits` are
 * ASCII, a slice of the parsed text with the point left in (compare skips it).
 */
typedef struct IamDecimal
{
	int32_t  sign; /* -1, 0, 1 */
	int32_t  exponent;
	IamSlice digits; /* stored form: offset in the image. In memory: see iam_decimal_parse */
} IamDecimal;

/* digits.off counts from text.data. Exponent notation is accepted; |exponent| <= 100000. */
bool iam_decimal_parse(IamStr text, IamDecimal *out);
int  iam_decimal_compare(const IamDecimal *a, const char *a_base, const IamDecimal *b, const char *b_base);

/* Seconds since 1970-01-01T00:00:00Z and a fraction, exact to 10^-18 s (COND-61). */
typedef struct IamInstant
{
	uint32_t seconds_low; /* int64 in two halves: images are 4-byte aligned */
	uint32_t seconds_high;
	uint32_t atto_low;
	uint32_t atto_high;
} IamInstant;

bool iam_instant_parse(IamStr text, IamInstant *out);
int  iam_instant_compare(const IamInstant *a, const IamInstant *b);

/* A CIDR block or address; host bits masked (COND-64). */
typedef struct IamNetwork
{
	uint8_t family; /* 4 or 6 */
	uint8_t prefix; /* bits */
	uint8_t reserved[2];
	uint8_t address[16]; /* network order; IPv4 in the first four */
} IamNetwork;

bool iam_network_parse(IamStr text, IamNetwork *out);
bool iam_network_contains(const IamNetwork *network, const IamNetwork *address);

/* true/false without regard to case (COND-62) */
bool iam_bool_parse(IamStr text, bool *out);

/* Standard base64 with padding; false on anything else. *out is in the arena. */
bool iam_base64_decode(IamArena *arena, IamStr text, IamStr *out);

/* The same without memory: is it such text, and does it stand for these bytes? */
bool iam_base64_valid(IamStr text);
bool iam_base64_equal(IamStr text, IamStr bytes);

/* COND-51: equality after simple (one to one) Unicode lower-casing of UTF-8. */
bool iam_str_equal_lower(IamStr a, IamStr b);

#endif
