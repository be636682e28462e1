/*
 * glob_test.c: the matcher against a table-driven reference on random globs,
 * its cost on hostile ones, and the relations against enumerated strings.
 */
#include "check.h"
#include "glob.h"

#include <time.h>

static uint64_t random_state = 88172645463325252u;

static uint32_t
random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t) (random_state >> 33) % n;
}

static IamStr
str(const char *s)
{
	return (IamStr) {s, (uint32_t) strlen(s)};
}

/* ---- reference: dynamic programming over characters ---- */

#define REFERENCE_MAX	400

static uint32_t
char_length(const char *p, const char *end)
{
	uint32_t	len = 1;

	while (p + len < end && ((uint8_t) p[len] & 0xC0) == 0x80)
		len++;
	return len;
}

static bool
reference_match(IamStr glob, IamStr text)
{
	static bool row[REFERENCE_MAX + 1];
	uint32_t	start[REFERENCE_MAX + 1];
	uint32_t	count = 0;

	for (uint32_t i = 0; i < text.len; i += char_length(text.data + i, text.data + text.len))
		start[count++] = i;
	start[count] = text.len;
	for (uint32_t t = 0; t <= count; t++)
		row[t] = t == 0;
	for (uint32_t g = 0; g < glob.len;)
	{
		char		c = glob.data[g];
		uint32_t	len = char_length(glob.data + g, glob.data + glob.len);

		if (iam_is_wildcard(c))
			len = 1;
		if (c == IAM_ANY || c == IAM_ANY_BUT_COLON)
		{
			for (uint32_t t = 1; t <= count; t++)
				row[t] |= row[t - 1] && (c == IAM_ANY || text.data[start[t - 1]] != ':');
		}
		else
		{
			for (uint32_t t = count; t > 0; t--)
			{
				const char *p = text.data + start[t - 1];

				if (c == IAM_ONE || c == IAM_ONE_BUT_COLON)
					row[t] = row[t - 1] && (c == IAM_ONE || *p != ':');
				else
					row[t] = row[t - 1] && start[t] - start[t - 1] == len &&
						memcmp(p, glob.data + g, len) == 0;
			}
			row[0] = false;
		}
		g += len;
	}
	return row[count];
}

static const char *const letters[] = {"a", "b", ":", "\xC3\xA9", "\xF0\x9F\x98\x80"};

static uint32_t
random_text(char *out, uint32_t characters, uint32_t alphabet)
{
	uint32_t	len = 0;

	for (uint32_t i = 0; i < characters; i++)
	{
		const char *letter = letters[random_below(alphabet)];

		memcpy(out + len, letter, strlen(letter));
		len += (uint32_t) strlen(letter);
	}
	return len;
}

static uint32_t
random_glob(char *out, uint32_t tokens, uint32_t alphabet, uint32_t wildcard_percent)
{
	static const char wildcards[] = {IAM_ANY, IAM_ONE, IAM_ANY_BUT_COLON, IAM_ONE_BUT_COLON};
	uint32_t	len = 0;

	for (uint32_t i = 0; i < tokens; i++)
	{
		if (random_below(100) < wildcard_percent)
			out[len++] = wildcards[random_below(4)];
		else
			len += random_text(out + len, 1, alphabet);
	}
	return len;
}

static void
check_pair(IamStr glob, IamStr text)
{
	bool		expected = reference_match(glob, text);

	if (iam_glob_match(glob, text) == expected)
	{
		checks_passed++;
		return;
	}
	CHECK_RULE(false, "ARN-4", expected ? "a glob that matches" : "a glob that does not match");
	for (uint32_t i = 0; i < glob.len; i++)
		fprintf(stderr, "%02x ", (uint8_t) glob.data[i]);
	fprintf(stderr, "against %.*s\n", (int) text.len, text.data);
}

static void
test_random_globs(void)
{
	char		glob[REFERENCE_MAX];
	char		text[REFERENCE_MAX];

	for (int i = 0; i < 300000; i++)
	{
		uint32_t	alphabet = 1 + random_below(5);
		uint32_t	glob_len = random_glob(glob, random_below(9), alphabet, 50);
		uint32_t	text_len = random_text(text, random_below(10), alphabet);

		check_pair((IamStr) {glob, glob_len}, (IamStr) {text, text_len});
	}

	/* long enough to be given up and simulated */
	for (int i = 0; i < 20000; i++)
	{
		uint32_t	alphabet = 1 + random_below(5);
		uint32_t	glob_len = random_glob(glob, random_below(40), alphabet, 60);
		uint32_t	text_len = random_text(text, random_below(95), alphabet);

		check_pair((IamStr) {glob, glob_len}, (IamStr) {text, text_len});
	}
	for (int i = 0; i < 5000; i++)
	{
		uint32_t	glob_len = 0;
		uint32_t	text_len = random_text(text, 60 + random_below(300), 1);

		/* a run of stars each followed by a few letters, over a text of one letter */
		for (uint32_t stars = 2 + random_below(12); stars > 0; stars--)
		{
			glob[glob_len++] = random_below(4) == 0 ? IAM_ANY_BUT_COLON : IAM_ANY;
			for (uint32_t n = 1 + random_below(20); n > 0; n--)
				glob[glob_len++] = random_below(9) == 0 ? IAM_ONE_BUT_COLON : 'a';
		}
		if (random_below(2) == 0)
			text[random_below(text_len)] = ':';
		if (random_below(2) == 0)
			glob[glob_len++] = 'b';
		if (random_below(2) == 0)
			text[text_len - 1] = 'b';
		check_pair((IamStr) {glob, glob_len}, (IamStr) {text, text_len});
	}
}

/* The spellings of `*` and `?` in text are the globs with the bytes in their place. */
static void
test_like(void)
{
	char		pattern[64];
	char		glob[64];
	char		text[64];

	for (int i = 0; i < 100000; i++)
	{
		uint32_t	alphabet = 1 + random_below(5);
		uint32_t	len = random_glob(glob, random_below(8), alphabet, 50);
		uint32_t	text_len = random_text(text, random_below(9), alphabet);
		bool		expected;

		for (uint32_t c = 0; c < len; c++)
		{
			if (glob[c] == IAM_ANY_BUT_COLON)
				glob[c] = IAM_ANY;
			else if (glob[c] == IAM_ONE_BUT_COLON)
				glob[c] = IAM_ONE;
			pattern[c] = glob[c] == IAM_ANY ? '*' : glob[c] == IAM_ONE ? '?' : glob[c];
		}
		expected = reference_match((IamStr) {glob, len}, (IamStr) {text, text_len});
		CHECK(iam_like_match((IamStr) {pattern, len}, (IamStr) {text, text_len}) == expected);
		CHECK(iam_like_match_fold((IamStr) {pattern, len}, (IamStr) {text, text_len}) == expected);
	}

	CHECK_RULE(iam_like_match(str("a?c"), str("a\xC3\xA9" "c")), "ARN-4", "? is one character");
	CHECK_RULE(!iam_like_match(str("a??c"), str("a\xC3\xA9" "c")), "ARN-4", "? is not one byte");
	CHECK_RULE(iam_like_match(str("*"), str("")), "ARN-4", "* matches the empty text");
	CHECK_RULE(!iam_like_match(str("?"), str("")), "ACT-3", "? does not match the empty text");
	CHECK_RULE(!iam_like_match(str("Get*"), str("getobject")), "ARN-6", "case matters");
	CHECK_RULE(iam_like_match_fold(str("GET*"), str("getobject")), "ACT-1", "case does not matter");
	CHECK_RULE(iam_like_match_fold(str("*oBJ?ct"), str("GetObject")), "ACT-1", "folded both sides");
	CHECK(iam_like_match(IAM_NO_STR, IAM_NO_STR));
	CHECK(!iam_like_match(IAM_NO_STR, str("a")));
	CHECK(iam_like_match(str("**"), IAM_NO_STR));
	CHECK(!iam_like_match(str("a"), IAM_NO_STR));
}

/* ---- hostile patterns ---- */

static double
milliseconds(bool (*matcher) (IamStr, IamStr), IamStr pattern, IamStr text, bool *result)
{
	clock_t		begun = clock();

	*result = matcher(pattern, text);
	return (double) (clock() - begun) * 1000 / CLOCKS_PER_SEC;
}

static bool
match_as_element(IamStr pattern, IamStr text)
{
	return iam_glob_match_element(pattern, pattern.len, text);
}

static void
test_cost(void)
{
	static char pattern[2048];
	static char text[2048];
	bool		result;
	double		spent;

	for (int variant = 0; variant < 6; variant++)
	{
		for (int i = 0; i < 2048; i++)
		{
			text[i] = 'a';
			pattern[i] = i % 2 == 0 ? '*' : 'a';
			if (variant == 1 && i >= 1024)
				pattern[i] = 'a';
			if (variant == 2)
				pattern[i] = i % 3 == 0 ? '*' : i % 3 == 1 ? '?' : 'a';
			if (variant == 3)
				pattern[i] = i < 1900 ? '*' : 'a';
			if (variant == 4 && i % 7 == 0)
				text[i] = ':';
			if (variant == 5)
				pattern[i] = i == 0 || i == 1000 ? '*' : 'a';
		}
		text[2047] = 'b';
		pattern[2047] = variant == 4 ? 'c' : 'a';
		pattern[2046] = variant == 4 ? 'b' : pattern[2046];
		spent = milliseconds(iam_like_match, (IamStr) {pattern, 2048}, (IamStr) {text, 2048}, &result);
		CHECK(!result);
		CHECK_RULE(spent < 50, "ARN-4", "a hostile pattern of 2048 bytes costs little");
		spent = milliseconds(match_as_element, (IamStr) {pattern, 2048}, (IamStr) {text, 2048},
							 &result);
		CHECK(!result);
		CHECK_RULE(spent < 50, "ARN-5", "a hostile element of 2048 bytes costs little");
		if (getenv("IAM_TEST_VERBOSE") != NULL)
			printf("hostile %d: %.3f ms\n", variant, spent);
	}
}

/* ---- relations ---- */

#define MAX_TOKENS		4
#define MAX_GLOBS		1600
#define MAX_STRINGS		9900
#define STRING_WORDS	((MAX_STRINGS + 63) / 64)

static char globs[MAX_GLOBS][MAX_TOKENS];
static uint32_t glob_length[MAX_GLOBS];
static uint32_t glob_count;
static char strings[MAX_STRINGS][8];
static uint32_t string_length[MAX_STRINGS];
static uint32_t string_count;
static uint64_t language[MAX_GLOBS][STRING_WORDS];
static uint64_t with_colons[3][STRING_WORDS];

/* All strings of up to 8 letters of a, x, colon; x is in no glob. Two globs of 4 need no more. */
static void
enumerate(void)
{
	static const char tokens[] = {'a', ':', IAM_ANY, IAM_ONE, IAM_ANY_BUT_COLON, IAM_ONE_BUT_COLON};
	static const char alphabet[] = {'a', 'x', ':'};

	for (uint32_t len = 0, many = 1; len <= MAX_TOKENS; len++, many *= 6)
		for (uint32_t n = 0; n < many; n++, glob_count++)
		{
			glob_length[glob_count] = len;
			for (uint32_t i = 0, rest = n; i < len; i++, rest /= 6)
				globs[glob_count][i] = tokens[rest % 6];
		}
	for (uint32_t len = 0, many = 1; len <= 8; len++, many *= 3)
		for (uint32_t n = 0; n < many; n++, string_count++)
		{
			uint32_t	colons = 0;

			string_length[string_count] = len;
			for (uint32_t i = 0, rest = n; i < len; i++, rest /= 3)
			{
				strings[string_count][i] = alphabet[rest % 3];
				colons += rest % 3 == 2;
			}
			for (uint32_t c = 0; c <= 2 && c <= colons; c++)
				with_colons[c][string_count / 64] |= UINT64_C(1) << (string_count % 64);
		}
	for (uint32_t g = 0; g < glob_count; g++)
		for (uint32_t s = 0; s < string_count; s++)
			if (iam_glob_match((IamStr) {globs[g], glob_length[g]},
							   (IamStr) {strings[s], string_length[s]}))
				language[g][s / 64] |= UINT64_C(1) << (s % 64);
}

static void
test_relations(void)
{
	IamArena	arena;

	enumerate();
	for (int i = 0; i < 200000; i++)
	{
		uint32_t	a = random_below(glob_count);
		uint32_t	b = random_below(glob_count);
		uint32_t	colons = random_below(3);
		IamStr		a_glob = {globs[a], glob_length[a]};
		IamStr		b_glob = {globs[b], glob_length[b]};
		IamTri		covers = IAM_YES;
		IamTri		overlaps = IAM_NO;
		IamTri		got;

		for (uint32_t w = 0; w < STRING_WORDS; w++)
		{
			uint64_t	in_b = language[b][w] & with_colons[colons][w];

			if (in_b & ~language[a][w])
				covers = IAM_NO;
			if (in_b & language[a][w])
				overlaps = IAM_YES;
		}
		iam_arena_init(&arena, &iam_malloc_host);
		got = iam_glob_covers_within(&arena, a_glob, b_glob, colons);
		CHECK_RULE(got == covers, "ARN-11", "containment of random globs");
		got = iam_glob_overlaps_within(&arena, a_glob, b_glob, colons);
		CHECK_RULE(got == overlaps, "ARN-11", "overlap of random globs");
		iam_arena_release(&arena);
	}

	iam_arena_init(&arena, &iam_malloc_host);
	CHECK(iam_glob_covers(&arena, str("\xF8" "a\xF8"), str("\xC3\xA9" "a")) == IAM_YES);
	CHECK(iam_glob_covers(&arena, str("\xF9"), str("\xC3\xA9")) == IAM_YES);
	CHECK(iam_glob_covers(&arena, str("\xF9\xF9"), str("\xC3\xA9")) == IAM_NO);
	CHECK(iam_glob_covers(&arena, str("\xF9\xF8"), str("\xF8\xF9")) == IAM_YES);
	CHECK(iam_glob_covers(&arena, str("\xFA"), str("\xFC\x80\x81")) == IAM_NO);
	CHECK(iam_glob_covers(&arena, str("\xF9"), str("\xFC\x80\x81")) == IAM_NO);
	CHECK(iam_glob_covers(&arena, str("\xF8"), str("\xFC\x80\x81")) == IAM_YES);
	CHECK(iam_glob_covers(&arena, str("\xFC\x80\x81"), str("\xFC\x80\x81")) == IAM_YES);
	CHECK(iam_glob_covers(&arena, str("\xFC\x80\x81"), str("\xFC\x80\x82")) == IAM_NO);
	CHECK(iam_glob_overlaps(&arena, str("\xC3\xA9\xF8"), str("\xF8z")) == IAM_YES);
	CHECK(iam_glob_overlaps(&arena, str("\xC3\xA9\xF8"), str("\xC3\xA8\xF8")) == IAM_NO);
	iam_arena_release(&arena);
}

/* Large and hostile: an answer or unknown, soon. */
static void
test_relation_cost(void)
{
	static char a[2048];
	static char b[2048];
	IamArena	arena;
	clock_t		begun = clock();

	for (int variant = 0; variant < 4; variant++)
	{
		for (int i = 0; i < 2048; i++)
		{
			a[i] = i % 2 == 0 ? IAM_ANY : 'a';
			b[i] = i % 2 == 0 ? 'a' : variant == 0 ? IAM_ANY : IAM_ONE;
			if (variant == 2)
				a[i] = i == 0 ? IAM_ANY : i < 1000 && i % 3 == 0 ? 'a' : IAM_ONE;
			if (variant == 2)
				b[i] = i % 2 == 0 ? IAM_ANY : 'a';
			if (variant == 3)
				a[i] = i % 2 == 0 ? IAM_ANY_BUT_COLON : IAM_ONE;
			if (variant == 3)
				b[i] = i % 3 == 0 ? IAM_ANY : i % 3 == 1 ? ':' : IAM_ONE;
		}
		iam_arena_init(&arena, &iam_malloc_host);
		(void) iam_glob_covers(&arena, (IamStr) {a, 2048}, (IamStr) {b, 2048});
		CHECK(iam_glob_overlaps(&arena, (IamStr) {a, 2048}, (IamStr) {b, 2048}) != IAM_UNKNOWN);
		iam_arena_release(&arena);
		if (getenv("IAM_TEST_VERBOSE") != NULL)
			printf("relations %d: %.1f ms so far\n", variant,
				   (double) (clock() - begun) * 1000 / CLOCKS_PER_SEC);
	}
	CHECK((clock() - begun) / CLOCKS_PER_SEC < 20);
}

static void
count_poll(void *ctx)
{
	(*(uint32_t *) ctx)++;
}

/* Patterns too long to be simulated: the same answers, and the host is asked meanwhile. */
static void
test_long_patterns(void)
{
	static char pattern[4000];
	static char text[20000];
	uint32_t	polls = 0;
	IamHost		host = {NULL, NULL, count_poll, &polls};
	IamArena	arena;

	iam_arena_init(&arena, &host);
	memset(pattern, 'a', sizeof pattern);
	memset(text, 'a', sizeof text);
	pattern[0] = '*';
	CHECK(iam_like_match_polled(&arena, (IamStr) {pattern, sizeof pattern}, (IamStr) {text, sizeof text}));
	pattern[sizeof pattern - 1] = 'b';
	CHECK(!iam_like_match_polled(&arena, (IamStr) {pattern, sizeof pattern}, (IamStr) {text, sizeof text}));
	CHECK(polls > 0);
	CHECK(!iam_like_match_polled(NULL, (IamStr) {pattern, sizeof pattern}, (IamStr) {text, sizeof text}));
	text[sizeof text - 1] = 'b';
	CHECK(iam_like_match_polled(&arena, (IamStr) {pattern, sizeof pattern}, (IamStr) {text, sizeof text}));
	polls = 0;
	pattern[0] = IAM_ANY;
	text[sizeof text - 1] = 'c';
	CHECK(!iam_glob_match_polled(&arena, (IamStr) {pattern, sizeof pattern}, (IamStr) {text, sizeof text}));
	CHECK(polls > 0);
}

int
main(void)
{
	test_random_globs();
	test_like();
	test_cost();
	test_relations();
	test_relation_cost();
	test_long_patterns();
	return checks_done();
}
