/*
 * glob_relation.c: does one wildcard language hold another, do two share a
 * string (ARN-11, RES-6).  Exact, over all strings or those with some colons.
 *
 * Sharing: the product of the two globs as automata.  Its moves only go
 * forward in both, so one pass over the table of positions decides it, with
 * the colons read so far as a small set in each cell.
 *
 * Holding: every string of b is followed through b while the set of a's
 * possible positions goes along.  What b's wildcards take need not range over
 * the alphabet: a letter that a does not spell is the hardest for a, because
 * where a takes it by a wildcard it takes any letter but the colon.  So two
 * stand for all, that letter and the colon.  Of a's positions those before the
 * latest `*` are dropped, what they accept the star accepts; this is what keeps
 * the sets few.
 */
#include "glob.h"

/* A token: a wildcard, or the bytes of a character from the top, IAM_OPAQUE letters included. */
#define WILDCARD(c) (UINT32_C(0x100) | (uint8_t) (c))
#define ANY WILDCARD(IAM_ANY)
#define ONE WILDCARD(IAM_ONE)
#define ANY_BUT_COLON WILDCARD(IAM_ANY_BUT_COLON)
#define ONE_BUT_COLON WILDCARD(IAM_ONE_BUT_COLON)
#define OTHER WILDCARD(0) /* a letter no glob spells */
#define COLON ((uint32_t) ':' << 24)
#define IS_OPAQUE(t) ((t) >> 24 == (uint8_t) IAM_OPAQUE)

#define MAX_COLONS 7 /* what a cell's set of counts has room for */
#define NO_LIMIT UINT32_MAX

typedef struct Tokens
{
	uint32_t *token;
	uint32_t  count;
} Tokens;

static inline bool
is_star(uint32_t token)
{
	return token == ANY || token == ANY_BUT_COLON;
}

/* A run of stars becomes one; false when memory is short. */
static bool
tokenize(IamArena *arena, IamStr glob, Tokens *out)
{
	uint32_t i = 0;

	out->count = 0;
	out->token = iam_alloc_array(arena, (size_t) glob.len + 1, sizeof(uint32_t));
	if (out->token == NULL)
		return false;
	while (i < glob.len)
	{
		char     c = glob.data[i++];
		uint32_t token = (uint32_t) (uint8_t) c << 24;
		int      shift = 16;

		if (iam_is_wildcard(c))
		{
			token = WILDCARD(c);
			if (is_star(token) && out->count > 0 && is_star(out->token[out->count - 1]))
			{
				if (token == ANY)
					out->token[out->count - 1] = ANY;
				continue;
			}
		}
		else if ((uint8_t) c >= 0xC0)
			while (shift >= 0 && i < glob.len && ((uint8_t) glob.data[i] & 0xC0) == 0x80)
			{
				token |= (uint32_t) (uint8_t) glob.data[i++] << shift;
				shift -= 8;
			}
		out->token[out->count++] = token;
	}
	return true;
}

static inline bool
takes_colon(uint32_t token)
{
	return token == ANY || token == ONE || token == COLON;
}

static inline bool
is_wildcard(uint32_t token)
{
	return token >> 8 == 1;
}

/* ---- sharing ---- */

/* Counts in a cell: bit n for n colons read, saturating at the number wanted. */
static inline uint8_t
count_colon(uint8_t counts, uint32_t colons)
{
	uint8_t top = (uint8_t) (1u << colons);

	return (uint8_t) (((counts << 1) & (2 * top - 1)) | (counts & top));
}

/* What the counts become when both tokens take one and the same letter; 0: there is none. */
static uint8_t
take_both(uint32_t a, uint32_t b, uint8_t counts, uint32_t colons)
{
	uint8_t result = 0;

	if (takes_colon(a) && takes_colon(b))
		result = count_colon(counts, colons);
	if (is_wildcard(a) ? b != COLON : is_wildcard(b) ? a != COLON : a == b && a != COLON)
	{
		/* an opaque letter is taken by nothing but IAM_ANY and itself */
		if ((!IS_OPAQUE(a) || a == b || b == ANY) && (!IS_OPAQUE(b) || a == b || a == ANY))
			result |= counts;
	}
	return result;
}

IamTri
iam_glob_overlaps_within(IamArena *arena, IamStr a_glob, IamStr b_glob, uint32_t colons)
{
	Tokens   a;
	Tokens   b;
	uint8_t *row;
	uint8_t *next;

	if (colons > MAX_COLONS || !tokenize(arena, a_glob, &a) || !tokenize(arena, b_glob, &b))
		return IAM_UNKNOWN;
	row = iam_alloc(arena, (size_t) b.count + 1);
	next = iam_alloc(arena, (size_t) b.count + 1);
	if (row == NULL || next == NULL)
		return IAM_UNKNOWN;

	row[0] = 1;
	for (uint32_t i = 0;; i++)
	{
		uint8_t *other = row;
		bool     alive = false;

		iam_poll(arena);
		for (uint32_t j = 0; j <= b.count; j++)
		{
			uint8_t counts = row[j];
			bool    a_star = i < a.count && is_star(a.token[i]);
			bool    b_star = j < b.count && is_star(b.token[j]);

			if (counts == 0)
				continue;
			alive = true;
			if (a_star && b_star)
				for (uint32_t n = 0; n < colons; n++)
					counts |= take_both(a.token[i], b.token[j], counts, colons);
			row[j] = counts;
			if (a_star)
				next[j] |= counts;
			if (b_star)
				row[j + 1] |= counts;
			if (i == a.count || j == b.count || (a_star && b_star))
				continue;
			counts = take_both(a.token[i], b.token[j], counts, colons);
			if (a_star)
				row[j + 1] |= counts;
			else if (b_star)
				next[j] |= counts;
			else
				next[j + 1] |= counts;
		}
		if (i == a.count)
			return (row[b.count] >> colons) & 1 ? IAM_YES : IAM_NO;
		if (!alive)
			return IAM_NO;
		row = next;
		next = other;
		memset(next, 0, (size_t) b.count + 1);
	}
}

IamTri
iam_glob_overlaps(IamArena *arena, IamStr a, IamStr b)
{
	return iam_glob_overlaps_within(arena, a, b, 0);
}

/* ---- holding ---- */

/* What is being looked into: a position in b, the colons read, a's possible positions. */
typedef struct Search Search;

typedef struct Node
{
	struct Node *chain; /* same hash bucket */
	struct Node *queue; /* still to be looked into */
	uint32_t     hash;
	uint32_t     at;
	uint32_t     colons;
	uint32_t     count;
	uint32_t     position[]; /* ascending */
} Node;

struct Search
{
	IamArena *arena;
	Tokens    a;
	Tokens    b;
	uint32_t *barrier;     /* a: behind the last token before i that IAM_ANY_BUT_COLON cannot replace */
	uint32_t *most_colons; /* b: colons the tokens from i on can hold, or NO_LIMIT */
	uint32_t  colons;      /* wanted */
	Node    **bucket;
	uint32_t  bucket_count; /* a power of two */
	uint32_t  node_count;
	uint32_t  cost; /* nodes, large sets counted as several */
	uint64_t  steps;
	Node     *todo;
	uint32_t *set; /* the set being built */
	uint32_t  set_count;
	IamTri    result;
};

/* Positions are added in ascending order, each with those that passing over stars reaches. */
static void
add_position(Search *s, uint32_t position)
{
	for (;; position++)
	{
		uint32_t token;

		if (s->set_count > 0 && s->set[s->set_count - 1] >= position)
			return;
		if (position == s->a.count)
		{
			s->set[s->set_count++] = position;
			return;
		}
		token = s->a.token[position];
		if (token == ANY)
			s->set_count = 0;
		else if (token == ANY_BUT_COLON)
			while (s->set_count > 0 && s->set[s->set_count - 1] >= s->barrier[position])
				s->set_count--;
		s->set[s->set_count++] = position;
		if (!is_star(token))
			return;
	}
}

static bool
accepts(uint32_t token, uint32_t letter)
{
	if (token == ANY)
		return true;
	if (token == ONE)
		return !IS_OPAQUE(letter);
	if (token == ANY_BUT_COLON || token == ONE_BUT_COLON)
		return letter != COLON && !IS_OPAQUE(letter);
	return token == letter;
}

/* The positions a can be in after one more letter. */
static void
step(Search *s, const Node *node, uint32_t letter)
{
	s->set_count = 0;
	s->steps += node->count + 1;
	for (uint32_t i = 0; i < node->count; i++)
	{
		uint32_t position = node->position[i];

		if (position < s->a.count && accepts(s->a.token[position], letter))
			add_position(s, is_star(s->a.token[position]) ? position : position + 1);
	}
}

static bool
grow(Search *s)
{
	uint32_t count = s->bucket_count * 2;
	Node   **bucket = iam_alloc_array(s->arena, count, sizeof(Node *));

	if (bucket == NULL)
		return false;
	for (uint32_t i = 0; i < s->bucket_count; i++)
		for (Node *node = s->bucket[i], *chain; node != NULL; node = chain)
		{
			chain = node->chain;
			node->chain = bucket[node->hash & (count - 1)];
			bucket[node->hash & (count - 1)] = node;
		}
	s->bucket = bucket;
	s->bucket_count = count;
	return true;
}

/*
 * Queues (at, colons, the set just built) unless it was seen or cannot lead to a
 * string of b that a lacks; settles the search where it must.
 */
static void
visit(Search *s, uint32_t at, uint32_t colons)
{
	uint32_t hash = at * UINT32_C(2654435761) ^ colons;
	Node    *node;

	if (colons > s->colons)
		colons = s->colons;
	if (s->most_colons[at] != NO_LIMIT && colons + s->most_colons[at] < s->colons)
		return; /* no string of the wanted kind ends here */
	if (s->set_count == 0)
	{
		s->result = IAM_NO; /* some string of b goes on from here, none of a */
		return;
	}
	if (s->a.count > 0 && s->a.token[s->a.count - 1] == ANY && s->set[s->set_count - 1] >= s->a.count - 1)
		return; /* a takes whatever follows */

	for (uint32_t i = 0; i < s->set_count; i++)
		hash = (hash ^ s->set[i]) * UINT32_C(16777619);
	hash ^= hash >> 15;
	for (node = s->bucket[hash & (s->bucket_count - 1)]; node != NULL; node = node->chain)
		if (node->hash == hash && node->at == at && node->colons == colons && node->count == s->set_count &&
		    memcmp(node->position, s->set, s->set_count * sizeof(uint32_t)) == 0)
			return;

	s->cost += 1 + s->set_count / 16;
	if (s->cost > IAM_GLOB_MAX_STATES || s->steps > (uint64_t) IAM_GLOB_MAX_STATES * 256 ||
	    (s->node_count >= s->bucket_count && !grow(s)) ||
	    (node = iam_alloc(s->arena, sizeof(Node) + s->set_count * sizeof(uint32_t))) == NULL)
	{
		s->result = IAM_UNKNOWN;
		return;
	}
	node->hash = hash;
	node->at = at;
	node->colons = colons;
	node->count = s->set_count;
	memcpy(node->position, s->set, s->set_count * sizeof(uint32_t));
	node->chain = s->bucket[hash & (s->bucket_count - 1)];
	s->bucket[hash & (s->bucket_count - 1)] = node;
	node->queue = s->todo;
	s->todo = node;
	if (++s->node_count % 1024 == 0)
		iam_poll(s->arena);
}

/* Every way the next token of b lets a string go on. */
static void
look_into(Search *s, const Node *node)
{
	uint32_t token;
	bool     star;

	if (node->at == s->b.count)
	{
		/* the string ends; visit() has seen to its colons */
		if (node->position[node->count - 1] != s->a.count)
			s->result = IAM_NO;
		return;
	}
	token = s->b.token[node->at];
	star = is_star(token);
	if (star)
	{
		memcpy(s->set, node->position, node->count * sizeof(uint32_t));
		s->set_count = node->count;
		visit(s, node->at + 1, node->colons);
	}
	if (!is_wildcard(token))
	{
		step(s, node, token);
		visit(s, node->at + 1, node->colons + (token == COLON));
		return;
	}
	if (s->result == IAM_YES)
	{
		step(s, node, OTHER);
		visit(s, node->at + !star, node->colons);
	}
	if (s->result == IAM_YES && takes_colon(token))
	{
		step(s, node, COLON);
		visit(s, node->at + !star, node->colons + 1);
	}
}

static bool
prepare(Search *s, IamStr a, IamStr b)
{
	uint32_t barrier = 0;

	if (!tokenize(s->arena, a, &s->a) || !tokenize(s->arena, b, &s->b))
		return false;
	s->bucket_count = 64;
	s->bucket = iam_alloc_array(s->arena, s->bucket_count, sizeof(Node *));
	s->barrier = iam_alloc_array(s->arena, (size_t) s->a.count + 1, sizeof(uint32_t));
	s->set = iam_alloc_array(s->arena, (size_t) s->a.count + 1, sizeof(uint32_t));
	s->most_colons = iam_alloc_array(s->arena, (size_t) s->b.count + 1, sizeof(uint32_t));
	if (s->arena->failed)
		return false;
	for (uint32_t i = 0; i < s->a.count; i++)
	{
		s->barrier[i] = barrier;
		if (takes_colon(s->a.token[i]) || IS_OPAQUE(s->a.token[i]))
			barrier = i + 1;
	}
	for (uint32_t i = s->b.count; i > 0; i--)
	{
		uint32_t rest = s->most_colons[i];

		if (s->b.token[i - 1] == ANY || rest == NO_LIMIT)
			s->most_colons[i - 1] = NO_LIMIT;
		else
			s->most_colons[i - 1] = rest + takes_colon(s->b.token[i - 1]);
	}
	return true;
}

IamTri
iam_glob_covers_within(IamArena *arena, IamStr a, IamStr b, uint32_t colons)
{
	Search search = {0};

	search.arena = arena;
	search.colons = colons;
	search.result = IAM_YES;
	if (!prepare(&search, a, b))
		return IAM_UNKNOWN;
	add_position(&search, 0);
	visit(&search, 0, 0);
	while (search.todo != NULL && search.result == IAM_YES)
	{
		const Node *node = search.todo;

		search.todo = node->queue;
		look_into(&search, node);
	}
	return search.result;
}

IamTri
iam_glob_covers(IamArena *arena, IamStr a, IamStr b)
{
	return iam_glob_covers_within(arena, a, b, 0);
}
