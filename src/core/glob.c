/*
 * glob.c: wildcard matching (ACT-2, ARN-4, ARN-5a, StringLike).
 *
 * One matcher reads three spellings: globs (glob.h), text whose `*` and `?` are
 * wildcards, and Resource elements, where the place decides what a wildcard
 * means.  It goes back to the latest star only, which is right because an
 * earlier star can never help where a later one that takes the same
 * characters failed; a star that a colon stops hands over to the latest star
 * that takes colons.  A match that goes back too often is begun anew as a
 * set-of-states simulation: 64 states a step, so that a hostile pattern of
 * 2048 bytes costs well under a millisecond.  Nothing is allocated.
 */
#include "glob.h"

typedef enum Spelling
{
	GLOB,
	LIKE,
	LIKE_FOLD,
	ELEMENT
} Spelling;

#define MAX_STATES (IAM_MAX_PATTERN_BYTES + 1)
#define WORDS(states) (((states) + 63) / 64)

/* Steps back a match may take, per byte of pattern and text, before it is simulated. */
#define PATIENCE 8

/* Steps back between polls where the pattern is too long for that. */
#define LONG_PATIENCE 1000000

static inline bool
is_continuation(char c)
{
	return ((uint8_t) c & 0xC0) == 0x80;
}

static inline const char *
next_char(const char *p, const char *end)
{
	p++;
	while (p < end && is_continuation(*p))
		p++;
	return p;
}

/* The wildcard at p, 0 for a literal.  `tail` is where an element's sixth field begins. */
static inline char
wildcard_at(Spelling spelling, const char *p, const char *tail, const char *end)
{
	char c = *p;

	if (spelling == GLOB)
		return iam_is_wildcard(c) ? c : 0;
	if (c != '*' && c != '?')
		return 0;
	if (spelling != ELEMENT || p >= tail)
		return c == '*' ? IAM_ANY : IAM_ONE;
	if (c == '?')
		return IAM_ONE_BUT_COLON;
	while (p < end && *p == '*')
		p++;
	return p == end || *p == ':' ? IAM_ANY : IAM_ANY_BUT_COLON;
}

/* Behind the star at p; in text the whole run of `*` is one star. */
static inline const char *
behind_run(Spelling spelling, const char *p, const char *end)
{
	p++;
	while (spelling != GLOB && p < end && *p == '*')
		p++;
	return p;
}

static inline bool
same(Spelling spelling, char a, char b)
{
	if (spelling == LIKE_FOLD)
		return iam_fold_char(a) == iam_fold_char(b);
	return a == b;
}

/* ---- simulation ---- */

typedef struct States
{
	uint64_t bit[WORDS(MAX_STATES)];
} States;

static inline void
set_bit(uint64_t *bits, uint32_t i)
{
	bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static inline bool
get_bit(const uint64_t *bits, uint32_t i)
{
	return (bits[i / 64] >> (i % 64)) & 1;
}

/*
 * State i: the first i tokens are matched.  A run of stars is one token, so
 * that passing over stars takes a single shift.  Patterns of more than
 * IAM_MAX_PATTERN_BYTES match nothing here.  Never inlined: its frame is large.
 */
static bool __attribute__((noinline)) simulate(Spelling spelling, IamStr pattern, uint32_t tail, IamStr text)
{
	uint64_t    literal[256][WORDS(MAX_STATES)];
	States      any = {{0}};
	States      any_but_colon = {{0}};
	States      one = {{0}};
	States      one_but_colon = {{0}};
	States      pending = {{0}}; /* behind a `?` whose character has not ended */
	States      now = {{0}};
	const char *end = pattern.data + pattern.len;
	bool        used[256] = {false};
	uint32_t    states = 0;
	uint32_t    words;
	char        previous = 0;

	if (pattern.len >= MAX_STATES)
		return false;
	for (const char *p = pattern.data; p < end; p++)
	{
		char    wildcard = wildcard_at(spelling, p, pattern.data + tail, end);
		bool    star = wildcard == IAM_ANY || wildcard == IAM_ANY_BUT_COLON;
		uint8_t c;

		if (star)
			p = behind_run(spelling, p, end) - 1;
		if (star && (previous == IAM_ANY || previous == IAM_ANY_BUT_COLON))
		{
			if (wildcard == IAM_ANY)
			{
				set_bit(any.bit, states - 1);
				previous = wildcard;
			}
			continue;
		}
		previous = wildcard;
		if (wildcard == IAM_ANY)
			set_bit(any.bit, states);
		else if (wildcard == IAM_ANY_BUT_COLON)
			set_bit(any_but_colon.bit, states);
		else if (wildcard == IAM_ONE)
			set_bit(one.bit, states);
		else if (wildcard == IAM_ONE_BUT_COLON)
			set_bit(one_but_colon.bit, states);
		else
		{
			c = (uint8_t) (spelling == LIKE_FOLD ? iam_fold_char(*p) : *p);
			if (!used[c])
				memset(literal[c], 0, sizeof literal[c]);
			used[c] = true;
			set_bit(literal[c], states);
		}
		states++;
	}
	words = WORDS(states + 1);
	set_bit(now.bit, 0);
	if (get_bit(any.bit, 0) || get_bit(any_but_colon.bit, 0))
		set_bit(now.bit, 1);

	for (uint32_t t = 0; t < text.len; t++)
	{
		char            c = spelling == LIKE_FOLD ? iam_fold_char(text.data[t]) : text.data[t];
		bool            first = !is_continuation(c);
		bool            last = t + 1 == text.len || !is_continuation(text.data[t + 1]);
		const uint64_t *same_byte = used[(uint8_t) c] ? literal[(uint8_t) c] : NULL;
		uint64_t        carry = 0;
		uint64_t        star_carry = 0;
		uint64_t        alive = 0;

		for (uint32_t w = 0; w < words; w++)
		{
			uint64_t stars = any.bit[w] | any_but_colon.bit[w];
			uint64_t stay = now.bit[w] & (c == ':' ? any.bit[w] : stars);
			uint64_t move = same_byte == NULL ? 0 : now.bit[w] & same_byte[w];
			uint64_t next;

			if (first)
				pending.bit[w] = now.bit[w] & (c == ':' ? one.bit[w] : one.bit[w] | one_but_colon.bit[w]);
			if (last)
			{
				move |= pending.bit[w];
				pending.bit[w] = 0;
			}
			next = (move << 1) | carry | stay | star_carry;
			carry = move >> 63;
			/* one more state is reached by passing over a star */
			star_carry = (next & stars) >> 63;
			next |= (next & stars) << 1;
			now.bit[w] = next;
			alive |= next | pending.bit[w];
		}
		if (alive == 0)
			return false;
	}
	return get_bit(now.bit, states);
}

/* ---- backtracking ---- */

/* A star to come back to: the pattern behind it, and what it has taken so far ends at text. */
typedef struct Star
{
	const char *pattern;
	const char *text;
} Star;

/* Where a star that ended at `from` may end next, given what has to follow it. */
static inline const char *
advance(Spelling spelling, const char *from, const char *end, const char *pattern, const char *tail,
        const char *pattern_end)
{
	from = next_char(from, end);
	if (spelling != LIKE_FOLD && from < end && pattern < pattern_end && *from != *pattern &&
	    wildcard_at(spelling, pattern, tail, pattern_end) == 0)
	{
		from = memchr(from, *pattern, (size_t) (end - from));
		if (from == NULL)
			return end;
	}
	return from;
}

static inline bool __attribute__((always_inline))
match(const IamArena *arena, Spelling spelling, IamStr pattern, uint32_t tail_offset, IamStr text)
{
	const char *p = pattern.data;
	const char *t = text.data;
	const char *tail;
	const char *p_end;
	const char *t_end;
	Star        any = {NULL, NULL};
	Star        any_but_colon = {NULL, NULL};
	size_t      patience = PATIENCE * ((size_t) pattern.len + text.len) + 64;

	if (pattern.len == 0)
		return text.len == 0;
	if (text.len == 0)
		t = "";
	tail = p + tail_offset;
	p_end = p + pattern.len;
	t_end = t + text.len;

	for (;;)
	{
		const char *begun;

		while (p < p_end)
		{
			char wildcard = wildcard_at(spelling, p, tail, p_end);

			if (wildcard == 0)
			{
				if (t == t_end || !same(spelling, *p, *t))
					break;
				p++;
				t++;
			}
			else if (wildcard == IAM_ANY)
			{
				p = behind_run(spelling, p, p_end);
				if (p == p_end)
					return true;
				any = (Star){p, t};
				any_but_colon.pattern = NULL;
			}
			else if (wildcard == IAM_ANY_BUT_COLON)
			{
				p = behind_run(spelling, p, p_end);
				any_but_colon = (Star){p, t};
			}
			else
			{
				if (t == t_end || (wildcard == IAM_ONE_BUT_COLON && *t == ':'))
					break;

				/*
				 * Only where a `?` that takes colons follows a star that does
				 * not, with no colon between, can an earlier star still help.
				 */
				if (spelling == GLOB && wildcard == IAM_ONE && any_but_colon.pattern != NULL &&
				    memchr(any_but_colon.pattern, ':', (size_t) (p - any_but_colon.pattern)) == NULL)
					return simulate(spelling, pattern, tail_offset, text);
				p++;
				t = next_char(t, t_end);
			}
		}
		if (p == p_end && t == t_end)
			return true;

		/* a star that took more would leave still less text for what is not matched yet */
		if (t == t_end)
			return false;

		if (any_but_colon.pattern != NULL && any_but_colon.text < t_end && *any_but_colon.text != ':')
		{
			begun = any_but_colon.pattern;
			any_but_colon.text = next_char(any_but_colon.text, t_end);
			t = any_but_colon.text;
		}
		else if (any.pattern != NULL && any.text < t_end)
		{
			begun = any.pattern;
			any_but_colon.pattern = NULL;
			any.text = advance(spelling, any.text, t_end, any.pattern, tail, p_end);
			t = any.text;
		}
		else
			return false;

		if ((size_t) (p - begun) + 1 > patience)
		{
			if (pattern.len < MAX_STATES)
				return simulate(spelling, pattern, tail_offset, text);
			/* too long to be simulated: go on for as long as it takes */
			iam_poll(arena);
			patience = LONG_PATIENCE + (size_t) (p - begun) + 1;
		}
		patience -= (size_t) (p - begun) + 1;
		p = begun;
	}
}

bool
iam_glob_match(IamStr glob, IamStr text)
{
	return match(NULL, GLOB, glob, 0, text);
}

bool
iam_glob_match_element(IamStr pattern, uint32_t tail, IamStr text)
{
	return match(NULL, ELEMENT, pattern, tail, text);
}

bool
iam_like_match(IamStr pattern, IamStr text)
{
	return match(NULL, LIKE, pattern, 0, text);
}

bool
iam_like_match_fold(IamStr pattern, IamStr text)
{
	return match(NULL, LIKE_FOLD, pattern, 0, text);
}

bool
iam_glob_match_polled(const IamArena *arena, IamStr glob, IamStr text)
{
	return match(arena, GLOB, glob, 0, text);
}

bool
iam_like_match_polled(const IamArena *arena, IamStr pattern, IamStr text)
{
	return match(arena, LIKE, pattern, 0, text);
}
