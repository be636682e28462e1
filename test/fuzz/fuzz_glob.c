/*
 * fuzz_glob.c: globs against texts and against each other (libFuzzer).
 *
 * Input: two globs and a text, separated by zero bytes.  Besides not crashing,
 * the answers have to agree: what matches both globs makes them overlap, what
 * matches only the second shows that the first does not cover it.
 */
#include "glob.h"

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

/* What UTF-8 text may hold; the relations see characters, not bytes. */
static bool
is_ascii(IamStr s)
{
	for (uint32_t i = 0; i < s.len; i++)
		if ((uint8_t) s.data[i] >= 0x80 && !iam_is_wildcard(s.data[i]))
			return false;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	IamArena	arena;
	IamStr		a;
	IamStr		b;
	IamStr		text;
	bool		in_a;
	bool		in_b;
	IamTri		covers;
	IamTri		overlaps;

	if (size > 3 * IAM_MAX_PATTERN_BYTES)
		return 0;
	a = next_part(&data, &size);
	b = next_part(&data, &size);
	text = next_part(&data, &size);
	in_a = iam_glob_match(a, text);
	in_b = iam_glob_match(b, text);
	(void) iam_like_match(a, text);
	(void) iam_like_match_fold(a, text);
	(void) iam_glob_match_element(a, a.len / 2, text);

	iam_arena_init(&arena, &iam_malloc_host);
	covers = iam_glob_covers(&arena, a, b);
	overlaps = iam_glob_overlaps(&arena, a, b);
	if (is_ascii(a) && is_ascii(b) && is_ascii(text) && a.len <= 128 && b.len <= 128)
		if ((in_b && !in_a && covers == IAM_YES) || (in_b && in_a && overlaps != IAM_YES) ||
			overlaps != iam_glob_overlaps(&arena, b, a) || (covers == IAM_YES && overlaps != IAM_YES))
			abort();
	iam_arena_release(&arena);
	return 0;
}
