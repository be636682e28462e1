/*
 * fuzz_arn.c: Resource patterns, variables and ARN operators (libFuzzer).
 *
 * Input: two patterns and a resource, separated by zero bytes.  The matcher
 * that reads the text and the one that reads the glob made from it have to
 * agree, and the relations with both.
 */
#include "arn.h"
#include "variable.h"

#include <stdlib.h>

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static IamStr
next_part(const uint8_t **data, size_t *size)
{
	const uint8_t *end = *size == 0 ? NULL : memchr(*data, 0, *size);
	size_t		len = end == NULL ? *size : (size_t) (end - *data);
	IamStr		part = {(const char *) *data, (uint32_t) len};

	*data += len + (end != NULL);
	*size -= len + (end != NULL);
	return part;
}

static bool
is_ascii(IamStr s)
{
	for (uint32_t i = 0; i < s.len; i++)
		if ((uint8_t) s.data[i] >= 0x80)
			return false;
	return true;
}

/* A key's first letter decides what is known of it. */
static IamTri
resolve(void *ctx, IamStr key, IamStr *value, bool *multivalued)
{
	(void) ctx;
	*value = key;
	*multivalued = key.data[0] == 'm';
	if (key.data[0] == 'u')
		return IAM_UNKNOWN;
	return key.data[0] == 'm' || key.data[0] == 'n' ? IAM_NO : IAM_YES;
}

static const IamVariables variables = {resolve, NULL};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char image[IAM_MAX_PATTERN_BYTES + 8];
	static char expanded[2 * IAM_MAX_PATTERN_BYTES];
	IamArena	arena;
	IamPattern	pattern;
	IamArn		arn;
	IamStr		a;
	IamStr		b;
	IamStr		resource;
	IamStr		glob;
	IamTri		relation;
	uint32_t	len;
	bool		matches;

	a = next_part(&data, &size);
	b = next_part(&data, &size);
	resource = next_part(&data, &size);
	if (a.len > IAM_MAX_PATTERN_BYTES || b.len > IAM_MAX_PATTERN_BYTES ||
		resource.len > IAM_MAX_PATTERN_BYTES || !is_ascii(a) || !is_ascii(b) || !is_ascii(resource))
		return 0;

	memset(&pattern, 0, sizeof pattern);
	memcpy(image + 8, a.data, a.len);
	iam_arena_init(&arena, &iam_malloc_host);
	for (int flags = 0; flags < 4; flags++)
	{
		iam_pattern_classify(a, flags & 1, &pattern);
		pattern.text = (IamSlice) {8, a.len};
		if (pattern.tail > a.len)
			abort();
		(void) iam_pattern_match(image, &pattern, flags & 2, &variables, resource);
		(void) iam_pattern_match(image, &pattern, flags & 2, NULL, resource);
		glob = iam_pattern_glob(&arena, b, true);
		if (glob.data != NULL)
			(void) iam_pattern_match_glob(&arena, image, &pattern, flags & 2, &variables, glob);
	}

	matches = iam_arn_pattern_matches(a, resource);
	if (iam_arn_split(resource, &arn))
	{
		glob = iam_pattern_glob(&arena, a, true);
		if (glob.data != NULL && iam_glob_match(glob, resource) != matches)
			abort();
		relation = iam_arn_pattern_covers(&arena, b, a);
		if (matches && relation == IAM_YES && !iam_has_variable(b) &&
			!iam_arn_pattern_matches(b, resource))
			abort();
		relation = iam_arn_pattern_overlaps(&arena, a, b);
		if (matches && iam_arn_pattern_matches(b, resource) && relation != IAM_YES)
			abort();
	}
	if (iam_arn_pattern_covers(&arena, a, a) == IAM_NO)
		abort();

	if (iam_expand(a, true, &variables, expanded, sizeof expanded, &len) != IAM_NO)
		(void) iam_arn_like((IamStr) {expanded, len}, resource);
	(void) iam_is_arn_like_pattern(a);
	iam_arena_release(&arena);
	return 0;
}
