/*
 * arn_intersection.c: what two Resource patterns both match, as patterns (EFF-1).
 *
 * The intersection of two globs is a union of globs: where one has a star and the
 * other does not, either the star ends or it takes the other's next token; where
 * both have one, either's rest may begin first.  Written out only where all
 * wildcards stand in the sixth field, behind the same five: in front of it a star
 * may run on past a colon (ARN-5a), and the union would be of patterns that nobody
 * writes.
 */
#include "arn.h"

#define MAX_STEPS 20000 /* of the search; patterns with many stars have many common shapes */

typedef struct Tail
{
	const char *data;
	uint32_t    len;
} Tail;

/* A place in the search: what is left of both, and how much was written before. */
typedef struct Place
{
	uint32_t a;
	uint32_t b;
	uint32_t written;
} Place;

static uint32_t
char_bytes(char c)
{
	uint8_t u = (uint8_t) c;

	return u < 0x80 ? 1 : u < 0xE0 ? 2 : u < 0xF0 ? 3 : 4;
}

/* Length of the token at `at`: a wildcard or one character. */
static uint32_t
token_bytes(const Tail *t, uint32_t at)
{
	uint32_t n = char_bytes(t->data[at]);

	return n <= t->len - at ? n : t->len - at;
}

/* The sixth field of a pattern whose first five have neither wildcards nor variables. */
static bool
plain_head(IamStr text, Tail *tail)
{
	uint32_t colons = 0;
	uint32_t i = 0;

	if (memchr(text.data, '$', text.len) != NULL)
		return false;
	for (; i < text.len && colons < 5; i++)
	{
		if (text.data[i] == '*' || text.data[i] == '?')
			return false;
		colons += text.data[i] == ':';
	}
	if (colons < 5)
		return false;
	tail->data = text.data + i;
	tail->len = text.len - i;
	return true;
}

/* Adds head and out as a pattern unless one that is there covers it; drops those it covers. */
static bool
add_result(IamArena *arena, IamStr head, IamStr out, IamStr *results, uint32_t max, uint32_t *count)
{
	IamBuf   buf;
	IamStr   text;
	uint32_t kept = 0;

	iam_buf_init(&buf, arena);
	iam_buf_str(&buf, head);
	iam_buf_str(&buf, out);
	text = iam_buf_result(&buf);
	for (uint32_t i = 0; i < *count; i++)
		if (iam_arn_pattern_covers(arena, results[i], text) == IAM_YES)
			return true;
	for (uint32_t i = 0; i < *count; i++)
		if (iam_arn_pattern_covers(arena, text, results[i]) != IAM_YES)
			results[kept++] = results[i];
	*count = kept;
	if (*count == max)
		return false;
	results[(*count)++] = text;
	return !arena->failed;
}

bool
iam_arn_pattern_intersection(IamArena *arena, IamStr a, IamStr b, IamStr *results, uint32_t max,
                             uint32_t *count)
{
	Tail     x;
	Tail     y;
	IamStr   head;
	Place   *stack;
	char    *out;
	uint32_t depth = 1;

	*count = 0;
	if (a.len > IAM_MAX_PATTERN_BYTES || b.len > IAM_MAX_PATTERN_BYTES || !plain_head(a, &x) ||
	    !plain_head(b, &y))
		return false;
	head = (IamStr){a.data, a.len - x.len};
	if (!iam_str_equal(head, (IamStr){b.data, b.len - y.len}))
		return true; /* heads are literal: other heads, nothing in common */
	/* each step pushes one place more than it takes; nothing is written twice on one way */
	stack = iam_alloc_array(arena, MAX_STEPS + 2, sizeof *stack);
	out = iam_alloc(arena, (size_t) x.len + y.len + 4);
	if (stack == NULL || out == NULL)
		return false;
	stack[0] = (Place){0, 0, 0};
	for (uint32_t steps = 0; depth > 0; steps++)
	{
		Place    p = stack[--depth];
		bool     a_star = p.a < x.len && x.data[p.a] == '*';
		bool     b_star = p.b < y.len && y.data[p.b] == '*';
		uint32_t n;
		bool     a_one;
		bool     b_one;

		if (steps == MAX_STEPS)
			return false;
		if (p.a == x.len && p.b == y.len)
		{
			if (!add_result(arena, head, (IamStr){out, p.written}, results, max, count))
				return false;
			continue;
		}
		if (a_star && b_star)
		{
			if (p.written == 0 || out[p.written - 1] != '*')
				out[p.written++] = '*';
			stack[depth++] = (Place){p.a + 1, p.b, p.written};
			stack[depth++] = (Place){p.a, p.b + 1, p.written};
			continue;
		}
		if (a_star || b_star)
		{
			const Tail *other = a_star ? &y : &x;
			uint32_t    at = a_star ? p.b : p.a;

			/* the star ends here */
			stack[depth++] = a_star ? (Place){p.a + 1, p.b, p.written} : (Place){p.a, p.b + 1, p.written};
			if (at < other->len)
			{
				n = token_bytes(other, at);
				memcpy(out + p.written, other->data + at, n);
				stack[depth++] = a_star ? (Place){p.a, p.b + n, p.written + n}
				                        : (Place){p.a + n, p.b, p.written + n};
			}
			continue;
		}
		if (p.a == x.len || p.b == y.len)
			continue;
		a_one = x.data[p.a] == '?';
		b_one = y.data[p.b] == '?';
		n = a_one ? token_bytes(&y, p.b) : token_bytes(&x, p.a);
		if (!a_one && !b_one && (p.b + n > y.len || memcmp(x.data + p.a, y.data + p.b, n) != 0))
			continue;
		memcpy(out + p.written, a_one ? y.data + p.b : x.data + p.a, n);
		stack[depth++] = (Place){p.a + (a_one ? 1 : n), p.b + (b_one ? 1 : n), p.written + n};
	}
	return !arena->failed;
}
