/*
 * condition.c: one Condition entry against a request (COND-1..69, VAR-6, VAR-9,
 * VAR-11, EVAL-14, Q-3, Q-9..Q-14).
 *
 * An entry asks: does the request's value match some listed value (OR, COND-4)?
 * A negated operator asks for the opposite (COND-5); a set operator asks it of all
 * or of any of several request values (COND-41..43).  Each answer is YES, NO or
 * UNKNOWN by Kleene's rules.  Where the key itself is unknown it may be absent, or
 * hold any value, the empty string included, or several: the answer is UNKNOWN
 * unless it is the same for all of these.
 *
 * Nothing here allocates; text with variables is put together on the stack.
 */
#include "condition.h"

#include "arn.h"
#include "operator.h"
#include "variable.h"

/* Room for one value with its variables replaced; what does not fit matches nothing. */
#define EXPANDED_BYTES 4096

/* Comparisons between two polls; comparisons with a text longer than LONG_TEXT are polled one by one. */
#define POLL_EVERY 256
#define LONG_TEXT 4096

typedef struct Test
{
	const IamArena   *arena;
	const IamPolicy  *policy;
	const IamValue   *values;
	uint32_t          value_count;
	IamOperator       op;
	uint8_t           flags;
	bool              negated;
	const IamRequest *request;
	const IamCaller  *caller;
} Test;

/* A request value, read once the way the operator needs it. */
typedef struct Operand
{
	IamStr text;
	union
	{
		IamDecimal decimal;
		IamInstant instant;
		IamNetwork network;
		bool       truth;
	} u;
} Operand;

/* false: the operator cannot compare this value (COND-65a) */
static bool
read_operand(IamOperator op, IamStr text, Operand *operand)
{
	IamArn arn;

	operand->text = text;
	switch (op)
	{
		case IAM_OP_STRING_EQUALS:
		case IAM_OP_STRING_NOT_EQUALS:
		case IAM_OP_STRING_EQUALS_IGNORE_CASE:
		case IAM_OP_STRING_NOT_EQUALS_IGNORE_CASE:
		case IAM_OP_STRING_LIKE:
		case IAM_OP_STRING_NOT_LIKE:
			return true;
		case IAM_OP_NUMERIC_EQUALS:
		case IAM_OP_NUMERIC_NOT_EQUALS:
		case IAM_OP_NUMERIC_LESS_THAN:
		case IAM_OP_NUMERIC_LESS_THAN_EQUALS:
		case IAM_OP_NUMERIC_GREATER_THAN:
		case IAM_OP_NUMERIC_GREATER_THAN_EQUALS:
			return iam_decimal_parse(text, &operand->u.decimal);
		case IAM_OP_DATE_EQUALS:
		case IAM_OP_DATE_NOT_EQUALS:
		case IAM_OP_DATE_LESS_THAN:
		case IAM_OP_DATE_LESS_THAN_EQUALS:
		case IAM_OP_DATE_GREATER_THAN:
		case IAM_OP_DATE_GREATER_THAN_EQUALS:
			return iam_instant_parse(text, &operand->u.instant);
		case IAM_OP_BOOL:
			return iam_bool_parse(text, &operand->u.truth);
		case IAM_OP_BINARY_EQUALS:
			return iam_base64_valid(text);
		case IAM_OP_IP_ADDRESS:
		case IAM_OP_NOT_IP_ADDRESS:
			return iam_network_parse(text, &operand->u.network);
		case IAM_OP_ARN_EQUALS:
		case IAM_OP_ARN_NOT_EQUALS:
		case IAM_OP_ARN_LIKE:
		case IAM_OP_ARN_NOT_LIKE:
			return iam_arn_split(text, &arn);
		case IAM_OP_NONE:
		case IAM_OP_NULL:
		case IAM_OP_COUNT:
			break;
	}
	return false;
}

/* ---- one request value against one policy value ---- */

/* What the order of request value and policy value says for the operator (COND-66). */
static bool
order_matches(IamOperator op, int order)
{
	switch (op)
	{
		case IAM_OP_NUMERIC_LESS_THAN:
		case IAM_OP_DATE_LESS_THAN:
			return order < 0;
		case IAM_OP_NUMERIC_LESS_THAN_EQUALS:
		case IAM_OP_DATE_LESS_THAN_EQUALS:
			return order <= 0;
		case IAM_OP_NUMERIC_GREATER_THAN:
		case IAM_OP_DATE_GREATER_THAN:
			return order > 0;
		case IAM_OP_NUMERIC_GREATER_THAN_EQUALS:
		case IAM_OP_DATE_GREATER_THAN_EQUALS:
			return order >= 0;
		default:
			return order == 0;
	}
}

static bool
is_like(IamOperator op)
{
	return op == IAM_OP_STRING_LIKE || op == IAM_OP_STRING_NOT_LIKE;
}

static bool
is_ignore_case(IamOperator op)
{
	return op == IAM_OP_STRING_EQUALS_IGNORE_CASE || op == IAM_OP_STRING_NOT_EQUALS_IGNORE_CASE;
}

static bool
is_string(IamOperator op)
{
	return op >= IAM_OP_STRING_EQUALS && op <= IAM_OP_STRING_NOT_LIKE;
}

static bool
is_arn(IamOperator op)
{
	return op >= IAM_OP_ARN_EQUALS && op <= IAM_OP_ARN_NOT_LIKE;
}

/*
 * Replaces the variables of a value (and makes its wildcards glob bytes). NO: a
 * variable cannot be resolved or the text does not fit, so it matches nothing.
 */
static IamTri
expand(const Test *test, const IamValue *value, char buffer[EXPANDED_BYTES], IamStr *out)
{
	IamContextVariables variables;
	bool                wildcards = is_like(test->op) || is_arn(test->op);
	uint32_t            len = 0;
	IamTri              known;

	iam_context_variables(&variables, test->request, test->caller);
	known = iam_expand(iam_slice(test->policy, value->text), wildcards, &variables.variables, buffer,
	                   EXPANDED_BYTES, &len);
	*out = (IamStr){buffer, len};
	return known;
}

/* A value with variables. Out of the fast path for its stack. */
static IamTri
match_expanded(const Test *test, const IamValue *value, const Operand *operand)
{
	char   buffer[EXPANDED_BYTES];
	IamStr text;
	IamTri known = expand(test, value, buffer, &text);
	bool   match;
	bool   truth;

	if (known == IAM_NO)
		return IAM_NO;
	if (known == IAM_UNKNOWN)
	{
		/*
		 * IAM_ANY stands for what is unknown.  The whole text as one glob holds
		 * all that an ARN pattern with any value in it matches.
		 */
		if (is_ignore_case(test->op) || test->op == IAM_OP_BOOL)
			return IAM_UNKNOWN;
		return iam_glob_match_polled(test->arena, text, operand->text) ? IAM_UNKNOWN : IAM_NO;
	}
	if (test->op == IAM_OP_BOOL)
		match = iam_bool_parse(text, &truth) && truth == operand->u.truth;
	else if (is_arn(test->op))
		match = iam_arn_like(text, operand->text);
	else if (is_ignore_case(test->op))
		match = iam_str_equal_lower(text, operand->text);
	else
		match = iam_glob_match_polled(test->arena, text, operand->text);
	return match ? IAM_YES : IAM_NO;
}

/* An ARN pattern with wildcards and without variables. */
static bool
match_arn_pattern(IamStr pattern, IamStr arn)
{
	char glob[IAM_MAX_PATTERN_BYTES];

	if (pattern.len > sizeof glob)
		return false;
	for (uint32_t i = 0; i < pattern.len; i++)
	{
		char c = pattern.data[i];

		glob[i] = c == '*' ? IAM_ANY : c == '?' ? IAM_ONE : c;
	}
	return iam_arn_like((IamStr){glob, pattern.len}, arn);
}

static bool
match_text(const Test *test, const IamValue *value, IamStr pattern, IamStr text)
{
	IamOperator op = test->op;

	if (is_ignore_case(op))
		return iam_str_equal_lower(pattern, text);
	if (is_like(op) && (value->flags & IAM_VALUE_WILDCARD) != 0)
		return iam_like_match_polled(test->arena, pattern, text);
	return iam_str_equal(pattern, text);
}

static bool
match_decimal(IamOperator op, IamStr data, const Operand *operand)
{
	IamDecimal decimal;

	if (data.len < sizeof decimal)
		return false;
	memcpy(&decimal, data.data, sizeof decimal);
	if (decimal.digits.off > data.len || decimal.digits.len > data.len - decimal.digits.off)
		return false;
	return order_matches(op,
	                     iam_decimal_compare(&operand->u.decimal, operand->text.data, &decimal, data.data));
}

static bool
match_instant(IamOperator op, IamStr data, const Operand *operand)
{
	IamInstant instant;

	if (data.len != sizeof instant)
		return false;
	memcpy(&instant, data.data, sizeof instant);
	return order_matches(op, iam_instant_compare(&operand->u.instant, &instant));
}

static bool
match_network(IamStr data, const Operand *operand)
{
	IamNetwork network;

	if (data.len != sizeof network)
		return false;
	memcpy(&network, data.data, sizeof network);
	return iam_network_contains(&network, &operand->u.network);
}

static IamTri
match_value(const Test *test, const IamValue *value, const Operand *operand)
{
	IamStr      text = iam_slice(test->policy, value->text);
	IamStr      data = iam_slice(test->policy, value->data);
	IamOperator op = test->op;
	bool        match = false;

	if ((value->flags & IAM_VALUE_VARIABLE) != 0)
	{
		if (value->type == IAM_VALUE_STRING ? is_string(op) || op == IAM_OP_BOOL
		                                    : value->type == IAM_VALUE_ARN && is_arn(op))
			return match_expanded(test, value, operand);
		return IAM_NO;
	}
	switch ((IamValueType) value->type)
	{
		case IAM_VALUE_STRING:
			match = is_string(op) && match_text(test, value, text, operand->text);
			break;
		case IAM_VALUE_ARN:
			if (is_arn(op))
				match = (value->flags & IAM_VALUE_WILDCARD) != 0 ? match_arn_pattern(text, operand->text)
				                                                 : iam_str_equal(text, operand->text);
			break;
		case IAM_VALUE_DECIMAL:
			match = op >= IAM_OP_NUMERIC_EQUALS && op <= IAM_OP_NUMERIC_GREATER_THAN_EQUALS &&
			        match_decimal(op, data, operand);
			break;
		case IAM_VALUE_INSTANT:
			match = op >= IAM_OP_DATE_EQUALS && op <= IAM_OP_DATE_GREATER_THAN_EQUALS &&
			        match_instant(op, data, operand);
			break;
		case IAM_VALUE_NETWORK:
			match = (op == IAM_OP_IP_ADDRESS || op == IAM_OP_NOT_IP_ADDRESS) && match_network(data, operand);
			break;
		case IAM_VALUE_BYTES:
			match = op == IAM_OP_BINARY_EQUALS && iam_base64_equal(operand->text, data);
			break;
		case IAM_VALUE_BOOL:
			match = op == IAM_OP_BOOL && ((value->flags & IAM_VALUE_TRUE) != 0) == operand->u.truth;
			break;
		case IAM_VALUE_UNUSABLE:
			break;
	}
	return match ? IAM_YES : IAM_NO;
}

/* ---- one request value against the list ---- */

static IamTri
test_value(const Test *test, IamStr text)
{
	Operand operand;
	IamTri  match = IAM_NO;

	if (!read_operand(test->op, text, &operand))
		return IAM_NO; /* positive and negated alike */
	for (uint32_t i = 0; i < test->value_count && match != IAM_YES; i++)
	{
		if (i % POLL_EVERY == POLL_EVERY - 1 || text.len > LONG_TEXT)
			iam_poll(test->arena);
		match = iam_or(match, match_value(test, &test->values[i], &operand));
	}
	return test->negated ? iam_not(match) : match;
}

/* ---- the whole entry ---- */

/* Several empty strings are a null data set as one is (COND-41, Q-9). */
static bool
all_empty(const IamContextValue *value)
{
	for (uint32_t i = 0; i < value->count; i++)
		if (iam_context_value(value, i).len > 0)
			return false;
	return true;
}

static IamTri
test_null(const Test *test, const IamContextValue *value)
{
	bool   wants_null = false;
	bool   wants_value = false;
	IamTri null;

	for (uint32_t i = 0; i < test->value_count; i++)
		if (test->values[i].type == IAM_VALUE_BOOL)
		{
			if ((test->values[i].flags & IAM_VALUE_TRUE) != 0)
				wants_null = true;
			else
				wants_value = true;
		}
	if (wants_null == wants_value)
		return wants_null ? IAM_YES : IAM_NO;
	if (value->present == IAM_UNKNOWN)
		return IAM_UNKNOWN;
	null = value->present == IAM_NO || all_empty(value) ? IAM_YES : IAM_NO;
	return wants_null ? null : iam_not(null);
}

static IamTri
test_absent(const Test *test)
{
	if ((test->flags & (IAM_COND_IF_EXISTS | IAM_COND_FOR_ALL)) != 0)
		return IAM_YES;
	if ((test->flags & IAM_COND_FOR_ANY) != 0)
		return IAM_NO;
	return test->negated ? IAM_YES : IAM_NO;
}

/* Does some listed value match every string: StringLike "*"? */
static bool
matches_everything(const Test *test)
{
	for (uint32_t i = 0; i < test->value_count; i++)
	{
		const IamValue *value = &test->values[i];
		IamStr          text = iam_slice(test->policy, value->text);
		uint32_t        stars = 0;

		if (!is_like(test->op) || value->type != IAM_VALUE_STRING || (value->flags & IAM_VALUE_VARIABLE) != 0)
			continue;
		while (stars < text.len && text.data[stars] == '*')
			stars++;
		if (stars > 0 && stars == text.len)
			return true;
	}
	return false;
}

/* Does no listed value match anything, whatever the key's value? */
static bool
matches_nothing(const Test *test)
{
	char   buffer[EXPANDED_BYTES];
	IamStr text;

	for (uint32_t i = 0; i < test->value_count; i++)
	{
		const IamValue *value = &test->values[i];

		if (i % POLL_EVERY == POLL_EVERY - 1)
			iam_poll(test->arena);
		if (value->type != IAM_VALUE_UNUSABLE &&
		    ((value->flags & IAM_VALUE_VARIABLE) == 0 || expand(test, value, buffer, &text) != IAM_NO))
			return false;
	}
	return true;
}

/*
 * The key is unknown.  `always` and `never`: every, or no, request value that is
 * not empty passes the list.  A value that cannot be compared never passes, and
 * without a set operator several values never do.
 */
static IamTri
test_unknown(const Test *test)
{
	bool   everything = matches_everything(test);
	bool   nothing = !everything && matches_nothing(test);
	bool   always = test->negated ? nothing && is_string(test->op) : everything;
	bool   never = test->negated ? everything : nothing;
	IamTri absent = test_absent(test);

	if ((test->flags & (IAM_COND_FOR_ALL | IAM_COND_FOR_ANY)) == 0)
		return absent == IAM_NO && never ? IAM_NO : IAM_UNKNOWN;
	if (absent == IAM_YES && always)
		return IAM_YES;
	if (absent == IAM_NO && never)
		return IAM_NO;
	return IAM_UNKNOWN;
}

static IamTri
test_set(const Test *test, const IamContextValue *value)
{
	bool   all = (test->flags & IAM_COND_FOR_ALL) != 0;
	IamTri stop = all ? IAM_NO : IAM_YES;
	IamTri result = iam_not(stop);

	for (uint32_t i = 0; i < value->count && result != stop; i++)
	{
		IamTri one = test_value(test, iam_context_value(value, i));

		if (i % POLL_EVERY == POLL_EVERY - 1)
			iam_poll(test->arena);
		result = all ? iam_and(result, one) : iam_or(result, one);
	}
	return result;
}

IamTri
iam_condition_test(const IamArena *arena, const IamPolicy *policy, const IamCondition *condition,
                   const IamRequest *request, const IamCaller *caller)
{
	IamContextValue value;
	Test            test;

	/* an operator nobody knows has an empty block, which says nothing (GRAM-8) */
	if (condition->op == IAM_OP_NONE || condition->op >= IAM_OP_COUNT)
		return condition->key.off == 0 ? IAM_YES : IAM_UNKNOWN;
	test.arena = arena;
	test.policy = policy;
	test.values = IAM_VALUES(policy, condition);
	test.value_count = condition->value_count;
	test.op = (IamOperator) condition->op;
	test.flags = condition->flags;
	test.negated = iam_operator_negated(test.op);
	test.request = request;
	test.caller = caller;

	iam_context_lookup(request, caller, iam_slice(policy, condition->key), condition->key_hash, &value);
	if (test.op == IAM_OP_NULL)
		return test_null(&test, &value);
	if (value.present == IAM_UNKNOWN)
		return test_unknown(&test);
	if ((test.flags & (IAM_COND_FOR_ALL | IAM_COND_FOR_ANY)) != 0)
	{
		if (value.present == IAM_NO || all_empty(&value))
			return test_absent(&test);
		return test_set(&test, &value);
	}
	if (value.present == IAM_NO)
		return test_absent(&test);
	/* several values need a set operator: neither the operator nor its negation holds (COND-44, Q-10) */
	if (value.multivalued || value.count != 1)
		return IAM_NO;
	return test_value(&test, iam_context_value(&value, 0));
}
