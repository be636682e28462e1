/*
 * operator.c: the condition operators by name, and policy values parsed to what
 * their operator compares (GRAM-9, COND-50..65a, Q-13, Q-20).
 *
 * Parsing happens once, when a policy is compiled; condition.c compares the
 * results.  A value its operator cannot compare is kept as UNUSABLE: it matches
 * nothing, and the policy stays usable (GRAM-40).
 */
#include "operator.h"

#include "arn.h"
#include "value.h"
#include "variable.h"

/* What the values of an operator are. */
typedef enum Domain
{
	DOMAIN_NONE,
	DOMAIN_STRING, /* compared as text, no wildcards */
	DOMAIN_LIKE,   /* text with wildcards */
	DOMAIN_NUMBER,
	DOMAIN_DATE,
	DOMAIN_BOOL,
	DOMAIN_BINARY,
	DOMAIN_NETWORK,
	DOMAIN_ARN,
	DOMAIN_NULL
} Domain;

typedef struct OperatorInfo
{
	const char *name;
	uint8_t     len;
	uint8_t     domain; /* Domain */
	bool        negated;
} OperatorInfo;

#define OPERATOR(name, domain, negated)         \
	{                                           \
		name, sizeof(name) - 1, domain, negated \
	}

/* Indexed by IamOperator. */
static const OperatorInfo operators[IAM_OP_COUNT] = {
	OPERATOR("", DOMAIN_NONE, false),
	OPERATOR("StringEquals", DOMAIN_STRING, false),
	OPERATOR("StringNotEquals", DOMAIN_STRING, true),
	OPERATOR("StringEqualsIgnoreCase", DOMAIN_STRING, false),
	OPERATOR("StringNotEqualsIgnoreCase", DOMAIN_STRING, true),
	OPERATOR("StringLike", DOMAIN_LIKE, false),
	OPERATOR("StringNotLike", DOMAIN_LIKE, true),
	OPERATOR("NumericEquals", DOMAIN_NUMBER, false),
	OPERATOR("NumericNotEquals", DOMAIN_NUMBER, true),
	OPERATOR("NumericLessThan", DOMAIN_NUMBER, false),
	OPERATOR("NumericLessThanEquals", DOMAIN_NUMBER, false),
	OPERATOR("NumericGreaterThan", DOMAIN_NUMBER, false),
	OPERATOR("NumericGreaterThanEquals", DOMAIN_NUMBER, false),
	OPERATOR("DateEquals", DOMAIN_DATE, false),
	OPERATOR("DateNotEquals", DOMAIN_DATE, true),
	OPERATOR("DateLessThan", DOMAIN_DATE, false),
	OPERATOR("DateLessThanEquals", DOMAIN_DATE, false),
	OPERATOR("DateGreaterThan", DOMAIN_DATE, false),
	OPERATOR("DateGreaterThanEquals", DOMAIN_DATE, false),
	OPERATOR("Bool", DOMAIN_BOOL, false),
	OPERATOR("BinaryEquals", DOMAIN_BINARY, false),
	OPERATOR("IpAddress", DOMAIN_NETWORK, false),
	OPERATOR("NotIpAddress", DOMAIN_NETWORK, true),
	OPERATOR("ArnEquals", DOMAIN_ARN, false),
	OPERATOR("ArnNotEquals", DOMAIN_ARN, true),
	OPERATOR("ArnLike", DOMAIN_ARN, false),
	OPERATOR("ArnNotLike", DOMAIN_ARN, true),
	OPERATOR("Null", DOMAIN_NULL, false)};

/* ---- names ---- */

static bool
starts_fold(IamStr s, IamStr prefix)
{
	return s.len >= prefix.len && iam_str_equal_fold((IamStr){s.data, prefix.len}, prefix);
}

static bool
find_operator(IamStr name, IamOperator *op)
{
	for (int i = IAM_OP_NONE + 1; i < IAM_OP_COUNT; i++)
		if (iam_str_equal_fold(name, (IamStr){operators[i].name, operators[i].len}))
		{
			*op = (IamOperator) i;
			return true;
		}
	return false;
}

bool
iam_operator_parse(IamStr text, IamOperator *op, uint8_t *flags)
{
	const IamStr for_all = IAM_LIT("ForAllValues:");
	const IamStr for_any = IAM_LIT("ForAnyValue:");
	const IamStr if_exists = IAM_LIT("IfExists");
	IamStr       name = text;
	uint8_t      found = 0;

	*op = IAM_OP_NONE;
	*flags = 0;
	if (starts_fold(name, for_all))
	{
		found |= IAM_COND_FOR_ALL;
		name = (IamStr){name.data + for_all.len, name.len - for_all.len};
	}
	else if (starts_fold(name, for_any))
	{
		found |= IAM_COND_FOR_ANY;
		name = (IamStr){name.data + for_any.len, name.len - for_any.len};
	}
	if (name.len > if_exists.len &&
	    iam_str_equal_fold((IamStr){name.data + name.len - if_exists.len, if_exists.len}, if_exists))
	{
		found |= IAM_COND_IF_EXISTS;
		name.len -= if_exists.len;
	}
	if (!find_operator(name, op))
		return false;
	if (*op == IAM_OP_NULL && (found & IAM_COND_IF_EXISTS) != 0)
	{
		*op = IAM_OP_NONE;
		return false;
	}
	*flags = found;
	return true;
}

bool
iam_operator_negated(IamOperator op)
{
	return (unsigned) op < IAM_OP_COUNT && operators[op].negated;
}

const char *
iam_operator_name(IamOperator op)
{
	return (unsigned) op < IAM_OP_COUNT ? operators[op].name : "";
}

/* ---- values ---- */

static bool
has_wildcard(IamStr text)
{
	return text.len > 0 &&
	       (memchr(text.data, '*', text.len) != NULL || memchr(text.data, '?', text.len) != NULL);
}

/* Six components where ${...} means nothing: five plain colons. */
static bool
has_five_colons(IamStr text)
{
	int colons = 0;

	for (uint32_t i = 0; i < text.len && colons < 5; i++)
		if (text.data[i] == ':')
			colons++;
	return colons == 5;
}

/* An IamDecimal followed by the digits it slices. */
static IamStr
store_decimal(IamArena *arena, const IamDecimal *decimal, IamStr text)
{
	IamDecimal stored = *decimal;
	char      *data = iam_alloc(arena, sizeof stored + decimal->digits.len);

	if (data == NULL)
		return IAM_NO_STR;
	if (stored.digits.len > 0)
		memcpy(data + sizeof stored, text.data + decimal->digits.off, decimal->digits.len);
	stored.digits.off = sizeof stored;
	memcpy(data, &stored, sizeof stored);
	return (IamStr){data, (uint32_t) sizeof stored + stored.digits.len};
}

static IamStr
store_bytes(IamArena *arena, const void *bytes, uint32_t len)
{
	return iam_str_copy(arena, (IamStr){bytes, len});
}

IamStr
iam_operator_value(IamArena *arena, IamOperator op, IamStr text, bool variables, IamValue *value)
{
	Domain     domain = (unsigned) op < IAM_OP_COUNT ? (Domain) operators[op].domain : DOMAIN_NONE;
	bool       variable = variables && iam_has_variable(text);
	bool       truth;
	IamDecimal decimal;
	IamInstant instant;
	IamNetwork network;
	IamStr     bytes;

	value->type = IAM_VALUE_UNUSABLE;
	value->flags = 0;
	switch (domain)
	{
		case DOMAIN_NONE:
			break;
		case DOMAIN_STRING:
		case DOMAIN_LIKE:
			value->type = IAM_VALUE_STRING;
			if (variable)
				value->flags |= IAM_VALUE_VARIABLE;
			if (domain == DOMAIN_LIKE && has_wildcard(text))
				value->flags |= IAM_VALUE_WILDCARD;
			break;
		case DOMAIN_ARN:
			/* longer ones could not be expanded when tested */
			if (text.len > IAM_MAX_PATTERN_BYTES ||
			    !(variable ? iam_is_arn_like_pattern(text) : has_five_colons(text)))
				break;
			value->type = IAM_VALUE_ARN;
			if (variable)
				value->flags |= IAM_VALUE_VARIABLE;
			if (has_wildcard(text))
				value->flags |= IAM_VALUE_WILDCARD;
			break;
		case DOMAIN_NUMBER:
			if (!variable && iam_decimal_parse(text, &decimal))
			{
				value->type = IAM_VALUE_DECIMAL;
				return store_decimal(arena, &decimal, text);
			}
			break;
		case DOMAIN_DATE:
			if (!variable && iam_instant_parse(text, &instant))
			{
				value->type = IAM_VALUE_INSTANT;
				return store_bytes(arena, &instant, sizeof instant);
			}
			break;
		case DOMAIN_NETWORK:
			if (!variable && iam_network_parse(text, &network))
			{
				value->type = IAM_VALUE_NETWORK;
				return store_bytes(arena, &network, sizeof network);
			}
			break;
		case DOMAIN_BINARY:
			if (!variable && iam_base64_decode(arena, text, &bytes))
			{
				value->type = IAM_VALUE_BYTES;
				return bytes;
			}
			break;
		case DOMAIN_BOOL:
		case DOMAIN_NULL:
			if (iam_bool_parse(text, &truth))
			{
				value->type = IAM_VALUE_BOOL;
				if (truth)
					value->flags |= IAM_VALUE_TRUE;
			}
			else if (variable && domain == DOMAIN_BOOL)
			{
				value->type = IAM_VALUE_STRING;
				value->flags |= IAM_VALUE_VARIABLE;
			}
			break;
	}
	return IAM_NO_STR;
}
