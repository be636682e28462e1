/*
 * arn_intersection_test.c: the patterns that an intersection is written with
 * match what both sides match and nothing else (EFF-1), against every short text.
 */
#include "check.h"
#include "iam_core.h"

#define HEAD "arn:aws:s3:::"

static uint64_t state = 20261123;

static uint32_t
draw(uint32_t bound)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t) ((state >> 11) % bound);
}

static IamStr
str(const char *s)
{
	return (IamStr) {s, (uint32_t) strlen(s)};
}

/* Every text of up to five letters of a, b, / and a longer character. */
static void
check_all_texts(IamStr a, IamStr b, const IamStr *results, uint32_t count)
{
	static const char *const letters[] = {"a", "b", "/", "\xC3\xA4"};

	for (int length = 0; length <= 5; length++)
	{
		long		combinations = 1;

		for (int i = 0; i < length; i++)
			combinations *= 4;
		for (long n = 0; n < combinations; n++)
		{
			char		text[64] = HEAD;
			long		rest = n;
			bool		both;
			bool		any = false;

			for (int i = 0; i < length; i++, rest /= 4)
				strcat(text, letters[rest % 4]);
			both = iam_arn_pattern_matches(a, str(text)) && iam_arn_pattern_matches(b, str(text));
			for (uint32_t i = 0; i < count; i++)
				any = any || iam_arn_pattern_matches(results[i], str(text));
			if (any != both)
			{
				CHECK_RULE(false, "EFF-1", text);
				fprintf(stderr, "%.*s and %.*s: %d, written %d\n", (int) a.len, a.data, (int) b.len, b.data, both, any);
				return;
			}
		}
	}
	CHECK_RULE(true, "EFF-1", "exact");
}

int
main(void)
{
	static const char *const tokens[] = {"a", "b", "/", "*", "?", "\xC3\xA4", "*"};
	static const struct
	{
		const char *a;
		const char *b;
		uint32_t	count;
		const char *first;
	}			rows[] = {
		{HEAD "a*/*", HEAD "*/public", 1, HEAD "a*/public"},
		{HEAD "*ab", HEAD "ba*", 2, NULL},
		{HEAD "bucket/*", HEAD "bucket/home/*", 1, HEAD "bucket/home/*"},
		{HEAD "a*", HEAD "b*", 0, NULL},
		{"arn:aws:sqs:eu-west-1:111111111111:a*", "arn:aws:sqs:eu-west-1:222222222222:*a", 0, NULL}
	};
	IamArena	arena;
	IamStr		results[32];
	uint32_t	count;
	char		many[400] = HEAD;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
	{
		iam_arena_init(&arena, &iam_malloc_host);
		CHECK(iam_arn_pattern_intersection(&arena, str(rows[i].a), str(rows[i].b), results, 32, &count));
		CHECK_RULE(count == rows[i].count, "EFF-1", rows[i].a);
		if (rows[i].first != NULL && count > 0)
			CHECK_RULE(iam_str_equal(results[0], str(rows[i].first)), "EFF-1", rows[i].first);
		iam_arena_release(&arena);
	}
	for (int round = 0; round < 400; round++)
	{
		char		texts[2][32] = {HEAD, HEAD};

		for (int side = 0; side < 2; side++)
			for (uint32_t n = draw(5); n > 0; n--)
				strcat(texts[side], tokens[draw(7)]);
		iam_arena_init(&arena, &iam_malloc_host);
		CHECK(iam_arn_pattern_intersection(&arena, str(texts[0]), str(texts[1]), results, 32, &count));
		check_all_texts(str(texts[0]), str(texts[1]), results, count);
		iam_arena_release(&arena);
	}

	/* what is not written: wildcards before the sixth field, variables, too many patterns */
	iam_arena_init(&arena, &iam_malloc_host);
	CHECK(!iam_arn_pattern_intersection(&arena, str("arn:aws:s3:*:*:a*"), str("arn:aws:s3:*:*:*b"), results, 32, &count));
	CHECK(!iam_arn_pattern_intersection(&arena, str(HEAD "${aws:username}/*"), str(HEAD "*b"), results, 32, &count));
	CHECK(!iam_arn_pattern_intersection(&arena, str("*"), str(HEAD "*b"), results, 32, &count));
	for (int i = 0; i < 60; i++)
		strcat(many, "*ab*b");
	CHECK(!iam_arn_pattern_intersection(&arena, str(many), str(HEAD "*ba*a*b*ba*a*b*ba*b*a"), results, 32, &count));
	CHECK(!arena.failed);
	iam_arena_release(&arena);
	return checks_done();
}
