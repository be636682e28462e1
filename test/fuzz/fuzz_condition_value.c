/*
 * fuzz_condition_value.c: libFuzzer entry point for the values that condition
 * operators compare: any policy value against any request value, every
 * operator, with and without variables.
 *
 * Input: operator, flags, length of the policy value, then both values.  Besides
 * crashes it looks for answers that contradict each other.
 */
#include <stdlib.h>

#include "condition.h"
#include "operator.h"
#include "value.h"

#define MAX_VALUE 512

/* A policy of one condition with one value, and a request with one key, laid out by hand. */
typedef struct PolicyImage
{
	IamPolicy	head;
	IamCondition condition;
	IamValue	value;
	char		key[4];
	char		text[MAX_VALUE];
	uint32_t	data[(MAX_VALUE + 64) / 4];
} PolicyImage;

typedef struct RequestImage
{
	IamRequest	head;
	IamEntry	entry;
	IamSlice	slices[2];
	char		key[4];
	char		text[MAX_VALUE];
} RequestImage;

static const char key_name[] = {'x', ':', 'k', 'y'};

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
check_values(IamStr a, IamStr b)
{
	IamDecimal	x;
	IamDecimal	y;
	IamInstant	s;
	IamInstant	t;
	IamNetwork	m;
	IamNetwork	n;

	if (iam_decimal_parse(a, &x) && iam_decimal_parse(b, &y))
	{
		require(iam_decimal_compare(&x, a.data, &x, a.data) == 0);
		require(iam_decimal_compare(&x, a.data, &y, b.data) == -iam_decimal_compare(&y, b.data, &x, a.data));
	}
	if (iam_instant_parse(a, &s) && iam_instant_parse(b, &t))
		require(iam_instant_compare(&s, &t) == -iam_instant_compare(&t, &s));
	if (iam_network_parse(a, &m) && iam_network_parse(b, &n))
	{
		require(iam_network_contains(&m, &m));
		if (iam_network_contains(&m, &n) && iam_network_contains(&n, &m))
			require(memcmp(&m, &n, sizeof m) == 0);
	}
	require(iam_str_equal_lower(a, a));
	require(iam_str_equal_lower(a, b) == iam_str_equal_lower(b, a));
}

static IamTri
run(PolicyImage *policy, const RequestImage *request, IamOperator op, uint8_t flags)
{
	policy->condition.op = (uint8_t) op;
	policy->condition.flags = flags;
	return iam_condition_test(NULL, &policy->head, &policy->condition, &request->head, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static PolicyImage policy;
	static RequestImage request;
	IamArena	arena;
	IamOperator op;
	IamTri		positive;
	uint8_t		flags;
	uint32_t	values;
	IamStr		pattern;
	IamStr		given;
	IamStr		parsed;

	if (size < 4 || size > 4 + MAX_VALUE)
		return 0;
	op = (IamOperator) (1 + data[0] % (IAM_OP_COUNT - 1));
	flags = data[1] & (IAM_COND_IF_EXISTS | IAM_COND_FOR_ALL | IAM_COND_FOR_ANY);
	values = data[1] >> 6;		/* 0: absent, 1, 2; 3: unknown */
	pattern = (IamStr) {(const char *) data + 4, (uint32_t) ((size - 4) * data[2] / 255)};
	given = (IamStr) {pattern.data + pattern.len, (uint32_t) (size - 4) - pattern.len};
	check_values(pattern, given);

	memset(&policy, 0, sizeof policy);
	memset(&request, 0, sizeof request);
	iam_arena_init(&arena, &iam_malloc_host);
	parsed = iam_operator_value(&arena, op, pattern, (data[3] & 1) != 0, &policy.value);
	if (parsed.len > sizeof policy.data)
		abort();
	memcpy(policy.key, key_name, sizeof key_name);
	memcpy(policy.text, pattern.data, pattern.len);
	if (parsed.len > 0)
		memcpy(policy.data, parsed.data, parsed.len);
	iam_arena_release(&arena);
	policy.value.text = (IamSlice) {offsetof(PolicyImage, text), pattern.len};
	policy.value.data = (IamSlice) {parsed.len > 0 ? offsetof(PolicyImage, data) : 0, parsed.len};
	policy.condition.key = (IamSlice) {offsetof(PolicyImage, key), sizeof key_name};
	policy.condition.key_hash = iam_hash32_fold((IamStr) {key_name, sizeof key_name});
	policy.condition.value_off = offsetof(PolicyImage, value);
	policy.condition.value_count = 1;

	memcpy(request.key, key_name, sizeof key_name);
	memcpy(request.text, given.data, given.len);
	request.head.context_off = offsetof(RequestImage, entry);
	request.head.context_count = values == 3 ? 0 : 1;
	request.head.flags = (data[3] & 2) != 0 ? IAM_REQ_UNKNOWN_CONTEXT : 0;
	request.entry.hash = policy.condition.key_hash;
	request.entry.key = (IamSlice) {offsetof(RequestImage, key), sizeof key_name};
	request.entry.value_off = offsetof(RequestImage, slices);
	request.entry.value_count = values == 3 ? 1 : values;
	request.entry.multivalued = values == 2;
	request.slices[0] = (IamSlice) {offsetof(RequestImage, text), given.len};
	request.slices[1] = (IamSlice) {offsetof(RequestImage, text), given.len / 2};

	positive = run(&policy, &request, op, flags);
	if (request.head.flags == 0)
		require(positive != IAM_UNKNOWN);
	/* each negated operator follows its positive one */
	if (op + 1 < IAM_OP_COUNT && !iam_operator_negated(op) && iam_operator_negated((IamOperator) (op + 1)))
	{
		IamTri		negated = run(&policy, &request, (IamOperator) (op + 1), flags);

		if (values == 1 && flags == 0)
			require(!(positive == IAM_YES && negated == IAM_YES));
		if (values == 0 && flags == 0)
			require(positive == IAM_NO && negated == IAM_YES);
	}
	return 0;
}
