/*
 * arn_automaton.c: which beginnings of patterns can still match an ARN, and
 * which beginnings of ARNs a pattern (ARN-3..8, VAR-5).
 *
 * The inner nodes of the SP-GiST trees hold beginnings only; here their bytes
 * are read one by one, as shifts of bit sets, and a subtree is left out as soon
 * as the set is empty.  The answer is a necessary condition: whether a whole
 * value matches is for the core to say.  So every star of a stored pattern may
 * run over colons, a short pattern is completed by being no more than a
 * beginning (ARN-7), and characters may be longer than they are.
 *
 * A `$` in a stored pattern stands for itself, for a variable, which matches
 * nothing, or for one of the characters `*`, `?` and `$`: an ARN that holds none
 * of the three matches no pattern with a `$`; for others nothing behind a `$`
 * is looked at.
 */
#include "postgres.h"

#include "port/pg_bitutils.h"

#include "pg/index.h"

static inline void
set_bit(uint64 *bits, uint32 i)
{
	bits[i / 64] |= UINT64CONST(1) << (i % 64);
}

static inline bool
get_bit(const uint64 *bits, uint32 i)
{
	return (bits[i / 64] >> (i % 64)) & 1;
}

static inline bool
is_continuation(uint8 c)
{
	return (c & 0xC0) == 0x80;
}

static uint64 *
new_set(const IamPgAutomaton *automaton, uint32 count)
{
	return palloc0((Size) count * automaton->words * sizeof(uint64));
}

/* An automaton over `len` bytes, whose literals get their masks by add_literal. */
static IamPgAutomaton *
new_automaton(IamStr bytes)
{
	IamPgAutomaton *automaton = palloc0(sizeof(IamPgAutomaton));
	uint32          slots = 1;

	automaton->last = bytes.len;
	automaton->words = (bytes.len + 2 + 63) / 64;
	for (uint32 i = 0; i < bytes.len; i++)
	{
		uint8 *slot = &automaton->slot[(uint8) bytes.data[i]];

		/* more than 255 different bytes are not text */
		if (*slot == 0 && slots < 256)
			*slot = (uint8) slots++;
	}
	automaton->mask = new_set(automaton, slots);
	return automaton;
}

static void
add_literal(IamPgAutomaton *automaton, uint32 state, char c)
{
	set_bit(automaton->mask + (Size) automaton->slot[(uint8) c] * automaton->words, state);
}

IamPgAutomaton *
iam_pg_automaton_of_arn(IamStr arn)
{
	IamPgAutomaton *automaton = new_automaton(arn);

	automaton->reads_patterns = true;
	automaton->continuation = new_set(automaton, 1);
	for (uint32 i = 0; i < arn.len; i++)
	{
		char c = arn.data[i];

		add_literal(automaton, i, c);
		if (is_continuation((uint8) c))
			set_bit(automaton->continuation, i);
		if (c == '*' || c == '?' || c == '$')
			automaton->dollar = true;
	}
	return automaton;
}

/* A pattern with variables has no glob. */
IamPgAutomaton *
iam_pg_automaton_of_pattern(IamStr pattern)
{
	IamPgArena      a;
	IamStr          glob;
	IamPgAutomaton *automaton;

	iam_pg_arena_init(&a);
	glob = iam_pattern_glob(&a.arena, pattern, true);
	iam_pg_arena_verify(&a);
	if (glob.data == NULL)
		glob.len = 0;

	automaton = new_automaton(glob);
	automaton->empty = glob.data == NULL;
	automaton->any = new_set(automaton, 5);
	automaton->any_but_colon = automaton->any + automaton->words;
	automaton->one = automaton->any_but_colon + automaton->words;
	automaton->one_but_colon = automaton->one + automaton->words;
	automaton->inside = automaton->one_but_colon + automaton->words;
	for (uint32 i = 0; i < glob.len; i++)
	{
		char c = glob.data[i];

		if (c == IAM_ANY)
			set_bit(automaton->any, i);
		else if (c == IAM_ANY_BUT_COLON)
			set_bit(automaton->any_but_colon, i);
		else if (c == IAM_ONE || c == IAM_ONE_BUT_COLON)
		{
			set_bit(c == IAM_ONE ? automaton->one : automaton->one_but_colon, i);
			set_bit(automaton->inside, i + 1);
		}
		else
			add_literal(automaton, i, c);
	}
	iam_pg_arena_release(&a);
	return automaton;
}

/* Also the states a pattern's stars lead on to. */
static void
pass_stars(const IamPgAutomaton *automaton, uint64 *states)
{
	bool more = true;

	while (more)
	{
		uint64 carry = 0;

		more = false;
		for (uint32 w = 0; w < automaton->words; w++)
		{
			uint64 at = states[w] & (automaton->any[w] | automaton->any_but_colon[w]);
			uint64 reached = (at << 1) | carry;

			carry = at >> 63;
			if (reached & ~states[w])
			{
				states[w] |= reached;
				more = true;
			}
		}
	}
}

void
iam_pg_automaton_start(const IamPgAutomaton *automaton, uint64 *states)
{
	memset(states, 0, automaton->words * sizeof(uint64));
	if (automaton->empty)
		return;
	states[0] = 1;
	if (!automaton->reads_patterns)
		pass_stars(automaton, states);
}

/* A `*`: every place from the first one on. */
static void
read_star(const IamPgAutomaton *automaton, uint64 *states)
{
	uint32 w = 0;
	uint32 end = automaton->last;

	while (states[w] == 0)
		w++;
	states[w] |= ~UINT64CONST(0) << pg_rightmost_one_pos64(states[w]);
	while (++w < automaton->words)
		states[w] = ~UINT64CONST(0);
	/* none behind the end */
	states[end / 64] &= ~UINT64CONST(0) >> (63 - end % 64);
	if (end / 64 + 1 < automaton->words)
		states[end / 64 + 1] = 0;
}

/* A `?`: one byte, then any further ones of a character. */
static void
read_one(const IamPgAutomaton *automaton, uint64 *states)
{
	const uint64 *continuation = automaton->continuation;
	uint32        end = automaton->last;
	uint64        carry = 0;
	bool          more = true;

	for (uint32 w = 0; w < automaton->words; w++)
	{
		uint64 from = states[w];

		if (w == end / 64)
			from &= ~(UINT64CONST(1) << (end % 64));
		states[w] = (from << 1) | carry;
		carry = from >> 63;
	}
	while (more)
	{
		more = false;
		carry = 0;
		for (uint32 w = 0; w < automaton->words; w++)
		{
			uint64 at = states[w] & continuation[w];
			uint64 reached = (at << 1) | carry;

			carry = at >> 63;
			if (reached & ~states[w])
			{
				states[w] |= reached;
				more = true;
			}
		}
	}
}

static bool
is_empty(const uint64 *states, uint32 words)
{
	for (uint32 w = 0; w < words; w++)
		if (states[w] != 0)
			return false;
	return true;
}

static bool
read_pattern(const IamPgAutomaton *automaton, uint64 *states, IamStr bytes)
{
	uint32 everything = automaton->last + 1;

	for (uint32 i = 0; i < bytes.len; i++)
	{
		char          c = bytes.data[i];
		const uint64 *mask = automaton->mask + (Size) automaton->slot[(uint8) c] * automaton->words;
		uint64        carry = 0;

		if (get_bit(states, everything))
			return true;
		if (c == '*')
			read_star(automaton, states);
		else if (c == '?')
			read_one(automaton, states);
		else if (c == '$' && automaton->dollar)
			set_bit(states, everything);
		else
			for (uint32 w = 0; w < automaton->words; w++)
			{
				uint64 from = states[w] & mask[w];

				states[w] = (from << 1) | carry;
				carry = from >> 63;
			}
		if (is_empty(states, automaton->words))
			return false;
	}
	return true;
}

static bool
read_arn(const IamPgAutomaton *automaton, uint64 *states, IamStr bytes)
{
	for (uint32 i = 0; i < bytes.len; i++)
	{
		uint8         c = (uint8) bytes.data[i];
		const uint64 *mask = automaton->mask + (Size) automaton->slot[c] * automaton->words;
		uint64        carry = 0;

		for (uint32 w = 0; w < automaton->words; w++)
		{
			uint64 from = mask[w];
			uint64 stay = automaton->any[w];

			if (is_continuation(c))
				stay |= automaton->inside[w];
			else
				from |= automaton->one[w];
			if (c != ':')
			{
				stay |= automaton->any_but_colon[w];
				if (!is_continuation(c))
					from |= automaton->one_but_colon[w];
			}
			from &= states[w];
			states[w] = (from << 1) | carry | (states[w] & stay);
			carry = from >> 63;
		}
		if (is_empty(states, automaton->words))
			return false;
		pass_stars(automaton, states);
	}
	return true;
}

bool
iam_pg_automaton_settled(const IamPgAutomaton *automaton, const uint64 *states)
{
	if (automaton->reads_patterns)
		return get_bit(states, automaton->last + 1);
	for (uint32 w = 0; w < automaton->words; w++)
		if (states[w] & automaton->any[w])
			return true;
	return false;
}

bool
iam_pg_automaton_read(const IamPgAutomaton *automaton, uint64 *states, IamStr bytes)
{
	if (is_empty(states, automaton->words))
		return false;
	if (automaton->reads_patterns)
		return read_pattern(automaton, states, bytes);
	return read_arn(automaton, states, bytes);
}
