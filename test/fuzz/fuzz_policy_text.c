/*
 * fuzz_policy_text.c: any text either fails to compile or gives an image that
 * passes its check and whose canonical text compiles to the same image.
 */
#include <stdlib.h>

#include "policy.h"
#include "validate.h"

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	IamArena	arena;
	IamError	error;
	IamStr		text = {(const char *) data, (uint32_t) size};
	const IamPolicy *policy;
	const IamPolicy *again;
	IamFindings findings;
	int			kind = size == 0 ? 0 : data[size - 1] % (IAM_VALIDATE_ENDPOINT + 1);

	if (size > 65536)
		return 0;
	iam_arena_init(&arena, &iam_malloc_host);
	if (iam_policy_compile(&arena, text, &policy, &error))
	{
		if (!iam_policy_check(policy, policy->head.size, &error) ||
			!iam_policy_compile(&arena, iam_slice(policy, policy->text), &again, &error) ||
			again->head.size != policy->head.size ||
			memcmp(policy, again, policy->head.size) != 0)
			abort();
	}
	else if (error.status == IAM_OK || error.message[0] == 0)
		abort();
	if (!iam_policy_validate(&arena, text, (IamValidateKind) kind, 0, &findings))
		abort();
	iam_arena_release(&arena);
	return 0;
}
