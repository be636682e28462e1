/*
 * fuzz_policy_image.c: any bytes either fail the check of images or can be
 * read by every reader without leaving their block.
 */
#include <stdlib.h>

#include "action.h"
#include "arn.h"
#include "policy.h"
#include "value.h"

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_condition(const IamPolicy *policy, const IamCondition *condition)
{
	const IamValue *values = IAM_VALUES(policy, condition);

	for (uint32_t i = 0; i < condition->value_count; i++)
	{
		const void *stored = iam_at(policy, values[i].data.off);

		iam_hash64(iam_slice(policy, values[i].text));
		if (values[i].type == IAM_VALUE_DECIMAL)
			iam_decimal_compare(stored, stored, stored, stored);
		else if (values[i].type == IAM_VALUE_INSTANT)
			iam_instant_compare(stored, stored);
		else if (values[i].type == IAM_VALUE_NETWORK)
			iam_network_contains(stored, stored);
		else
			iam_hash64(iam_slice(policy, values[i].data));
	}
}

static void
read_statement(const IamPolicy *policy, const IamStatement *stmt)
{
	IamActionKey key = {IAM_LIT("s3"), IAM_LIT("getobject"), 0, 0};
	uint32_t	matched;

	key.service_hash = iam_hash32_fold(key.service);
	key.name_hash = iam_hash32_fold(key.name);
	iam_action_listed(policy, stmt, &key, &matched);
	iam_hash64(iam_slice(policy, stmt->text));
	iam_hash64(iam_slice(policy, stmt->sid));
	iam_hash64(iam_slice(policy, stmt->principal_text));
	iam_hash64(iam_slice(policy, stmt->condition_text));
	for (uint32_t i = 0; i < stmt->principal_count; i++)
	{
		iam_hash64(iam_slice(policy, IAM_PRINCIPALS(policy, stmt)[i].text));
		iam_hash64(iam_slice(policy, IAM_PRINCIPALS(policy, stmt)[i].account));
	}
	for (uint32_t i = 0; i < stmt->resource_count; i++)
		iam_pattern_match(policy, &IAM_RESOURCES(policy, stmt)[i], true, NULL,
						  IAM_LIT("arn:aws:s3:::bucket/key"));
	for (uint32_t i = 0; i < stmt->condition_count; i++)
		read_condition(policy, &IAM_CONDITIONS(policy, stmt)[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	IamPolicy  *policy;
	IamError	error;

	if (size < sizeof *policy || size > 1 << 20)
		return 0;
	policy = malloc(size);
	if (policy == NULL)
		return 0;
	memcpy(policy, data, size);
	/* what a fuzzer would need long to find */
	policy->head.format = IAM_POLICY_FORMAT;
	policy->head.type = IAM_IMAGE_POLICY;
	policy->head.reserved = 0;
	policy->head.size = (uint32_t) size;
	if (iam_policy_check(policy, size, &error))
	{
		iam_hash64(iam_slice(policy, policy->text));
		iam_hash64(iam_slice(policy, policy->id));
		for (uint32_t i = 0; i < policy->statement_count; i++)
			read_statement(policy, iam_policy_statement(policy, i));
	}
	else if (error.status != IAM_CORRUPT)
		abort();
	free(policy);
	return 0;
}
