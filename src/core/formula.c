/*
 * formula.c: conditions that are left when something is unknown (EVAL-14), as
 * trees in negation normal form.
 *
 * A tree is a constant, a literal (an atom or NOT an atom), or ALL / ANY over two
 * or more children that are literals or of the other kind.  Children are sorted by
 * content and distinct, so that equal sets of conditions are equal trees whatever
 * the order they were met in.  Each step simplifies:
 *   constants are folded, ALL in ALL and ANY in ANY are flattened,
 *   x and NOT x is false, x or NOT x is true,
 *   x and (x or y) is x, x and (NOT x or y) is x and y, and the same for or,
 *   a child that another child implies goes (small sets only).
 * All of these hold for each assignment of the atoms, so nothing is guessed.
 *
 * Invariant: depth <= IAM_FORMULA_MAX_DEPTH, which bounds each recursion here.
 */
#include "formula.h"

/* Children up to which every pair is tried for implication. */
#define PAIRWISE_MAX 48

const IamFormula iam_true = {.kind = IAM_FORMULA_TRUE, .hash = 1, .depth = 1};
const IamFormula iam_false = {.kind = IAM_FORMULA_FALSE, .hash = 2, .depth = 1};

static uint64_t
mix(uint64_t hash, uint64_t value)
{
	hash ^= value;
	hash *= UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ (hash >> 29);
}

static uint64_t
mix_str(uint64_t hash, IamStr s)
{
	return mix(hash, s.len == 0 ? 3 : iam_hash64(s));
}

static const IamFormula *
atom_of(const IamFormula *literal)
{
	return literal->kind == IAM_FORMULA_NOT ? literal->children[0] : literal;
}

static bool
is_literal(const IamFormula *f)
{
	return f->kind == IAM_FORMULA_ATOM || f->kind == IAM_FORMULA_NOT;
}

static int
compare_str(IamStr a, IamStr b)
{
	uint32_t len = a.len < b.len ? a.len : b.len;
	int      c = len == 0 ? 0 : memcmp(a.data, b.data, len);

	if (c != 0)
		return c;
	return a.len < b.len ? -1 : a.len > b.len;
}

static int
compare_atoms(const IamFormula *a, const IamFormula *b)
{
	int c;

	if (a == b)
		return 0;
	if (a->atom != b->atom)
		return a->atom < b->atom ? -1 : 1;
	if ((c = compare_str(a->key, b->key)) != 0)
		return c;
	if ((c = compare_str(a->op, b->op)) != 0)
		return c;
	for (uint32_t i = 0; i < a->count && i < b->count; i++)
		if ((c = compare_str(a->values[i], b->values[i])) != 0)
			return c;
	return a->count < b->count ? -1 : a->count > b->count;
}

/* Total order of content; an atom's negation follows the atom itself. */
static int
compare(const IamFormula *a, const IamFormula *b)
{
	bool literal = is_literal(a);
	int  c;

	if (a == b)
		return 0;
	if (literal != is_literal(b))
		return literal ? -1 : 1;
	if (literal)
	{
		if ((c = compare_atoms(atom_of(a), atom_of(b))) != 0)
			return c;
		return (int) (a->kind == IAM_FORMULA_NOT) - (int) (b->kind == IAM_FORMULA_NOT);
	}
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	for (uint32_t i = 0; i < a->count && i < b->count; i++)
		if ((c = compare(a->children[i], b->children[i])) != 0)
			return c;
	return a->count < b->count ? -1 : a->count > b->count;
}

bool
iam_formula_equal(const IamFormula *a, const IamFormula *b)
{
	return a == b || (a->hash == b->hash && compare(a, b) == 0);
}

IamTri
iam_formula_value(const IamFormula *f)
{
	return f->kind == IAM_FORMULA_TRUE ? IAM_YES : f->kind == IAM_FORMULA_FALSE ? IAM_NO : IAM_UNKNOWN;
}

const IamFormula *
iam_formula_atom(IamArena *arena, IamAtomKind kind, IamStr op, IamStr key, uint32_t count,
                 const IamStr *values)
{
	IamFormula *f = iam_alloc(arena, sizeof *f);
	IamStr     *copy;

	if (f == NULL)
		return &iam_false;
	f->kind = IAM_FORMULA_ATOM;
	f->atom = kind;
	f->op = iam_str_copy(arena, op);
	f->key = iam_str_copy(arena, key);
	f->depth = 1;
	f->hash = mix(mix_str(mix_str(mix(7, (uint64_t) kind), op), key), count);
	if (count > 0)
	{
		copy = iam_alloc_array(arena, count, sizeof *copy);
		if (copy == NULL)
			return &iam_false;
		for (uint32_t i = 0; i < count; i++)
		{
			copy[i] = iam_str_copy(arena, values[i]);
			f->hash = mix_str(f->hash, values[i]);
		}
		f->count = count;
		f->values = copy;
	}
	return f;
}

/* A node over children that are ready: sorted, distinct, simplified. */
static const IamFormula *
make_node(IamArena *arena, IamFormulaKind kind, const IamFormula *const *children, uint32_t count)
{
	IamFormula        *f = iam_alloc(arena, sizeof *f);
	const IamFormula **copy = iam_alloc_array(arena, count, sizeof *copy);

	if (f == NULL || copy == NULL)
		return &iam_false;
	f->kind = kind;
	f->hash = mix(11, (uint64_t) kind);
	f->depth = 0;
	for (uint32_t i = 0; i < count; i++)
	{
		copy[i] = children[i];
		f->hash = mix(f->hash, children[i]->hash);
		if (children[i]->depth > f->depth)
			f->depth = children[i]->depth;
	}
	f->depth++;
	f->count = count;
	f->children = copy;
	if (f->depth > IAM_FORMULA_MAX_DEPTH)
		return iam_formula_atom(arena, IAM_ATOM_UNREADABLE, IAM_NO_STR,
		                        IAM_LIT("a condition that is too deep"), 0, NULL);
	return f;
}

/* Sorts by content: a merge sort, because qsort may allocate behind our back. */
static void
sort(const IamFormula **items, uint32_t count, const IamFormula **spare)
{
	for (uint32_t width = 1; width<count; width = width> count / 2 ? count : width * 2)
	{
		for (uint32_t left = 0; left<count; left = count - left> 2 * width ? left + 2 * width : count)
		{
			uint32_t middle = count - left > width ? left + width : count;
			uint32_t right = count - middle > width ? middle + width : count;
			uint32_t i = left;
			uint32_t j = middle;

			for (uint32_t k = left; k < right; k++)
				spare[k] = j >= right || (i < middle && compare(items[i], items[j]) <= 0) ? items[i++]
				                                                                          : items[j++];
		}
		memcpy(items, spare, count * sizeof *items);
	}
}

/* Is f, or with `negated` the negation of literal f, in the sorted list? */
static bool
listed(const IamFormula *const *items, uint32_t count, const IamFormula *f, bool negated)
{
	uint32_t low = 0;
	uint32_t high = count;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;
		int      c;

		if (!negated)
			c = compare(items[middle], f);
		else if (!is_literal(items[middle]))
			c = 1;
		else if ((c = compare_atoms(atom_of(items[middle]), atom_of(f))) == 0)
			c = (int) (items[middle]->kind == IAM_FORMULA_NOT) - (int) (f->kind != IAM_FORMULA_NOT);
		if (c == 0)
			return true;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Are a's children (or a itself) all among b's?  Then b adds nothing beside a. */
static bool
subset(const IamFormula *a, const IamFormula *b)
{
	if (is_literal(a) || is_literal(b) || a->count > b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (!listed(b->children, b->count, a->children[i], false))
			return false;
	return true;
}

static const IamFormula *
combine(IamArena *arena, IamFormulaKind kind, const IamFormula **items, uint32_t count, uint32_t round);

/*
 * What child f, of the other kind, comes to beside its sorted siblings: NULL when
 * a sibling implies it, f without the literals that siblings rule out otherwise.
 */
static const IamFormula *
reduce(IamArena *arena, const IamFormula *f, const IamFormula *const *items, uint32_t count)
{
	const IamFormula **kept;
	uint32_t           n = 0;
	bool               changed = false;

	for (uint32_t i = 0; i < f->count; i++)
	{
		if (listed(items, count, f->children[i], false))
			return NULL;
		if (is_literal(f->children[i]) && listed(items, count, f->children[i], true))
			changed = true;
	}
	if (!changed)
		return f;
	kept = iam_alloc_array(arena, f->count, sizeof *kept);
	if (kept == NULL)
		return f;
	for (uint32_t i = 0; i < f->count; i++)
		if (!is_literal(f->children[i]) || !listed(items, count, f->children[i], true))
			kept[n++] = f->children[i];
	return combine(arena, f->kind, kept, n, 0);
}

/* ALL or ANY of the items: see the head of this file.  `round` bounds repetition. */
static const IamFormula *
combine(IamArena *arena, IamFormulaKind kind, const IamFormula **items, uint32_t count, uint32_t round)
{
	bool               all = kind == IAM_FORMULA_ALL;
	IamFormulaKind     drop = all ? IAM_FORMULA_TRUE : IAM_FORMULA_FALSE;
	IamFormulaKind     win = all ? IAM_FORMULA_FALSE : IAM_FORMULA_TRUE;
	const IamFormula **flat;
	uint32_t           total = 0;
	uint32_t           n = 0;
	uint32_t           distinct = 0;
	bool               again = false;

	for (uint32_t i = 0; i < count; i++)
	{
		if (items[i]->kind == win)
			return all ? &iam_false : &iam_true;
		if (items[i]->kind == kind)
			total += items[i]->count;
		else if (items[i]->kind != drop)
			total++;
	}
	if (total == 0)
		return all ? &iam_true : &iam_false;
	flat = iam_alloc_array(arena, 2 * (size_t) total, sizeof *flat);
	if (flat == NULL)
		return &iam_false;
	for (uint32_t i = 0; i < count; i++)
	{
		if (items[i]->kind == kind)
		{
			memcpy(flat + n, items[i]->children, items[i]->count * sizeof *flat);
			n += items[i]->count;
		}
		else if (items[i]->kind != drop)
			flat[n++] = items[i];
	}
	sort(flat, n, flat + total);
	for (uint32_t i = 0; i < n; i++)
	{
		if (distinct > 0 && compare(flat[distinct - 1], flat[i]) == 0)
			continue;
		if (distinct > 0 && is_literal(flat[i]) && is_literal(flat[distinct - 1]) &&
		    compare_atoms(atom_of(flat[distinct - 1]), atom_of(flat[i])) == 0)
			return all ? &iam_false : &iam_true;
		flat[distinct++] = flat[i];
	}
	if (distinct == 1)
		return flat[0];
	if (is_literal(flat[distinct - 1]))
		return make_node(arena, kind, flat, distinct);

	/* there are children of the other kind: look at each beside the others */
	n = 0;
	for (uint32_t i = 0; i < distinct; i++)
	{
		const IamFormula *f = flat[i];

		iam_poll(arena);
		if (!is_literal(f))
		{
			f = reduce(arena, f, flat, distinct);
			for (uint32_t j = 0; f != NULL && distinct <= PAIRWISE_MAX && j < distinct; j++)
				if (j != i && subset(flat[j], f))
					f = NULL;
			again = again || (f != NULL && f != flat[i]);
		}
		if (f != NULL)
			flat[total + n++] = f;
	}
	if (again && round < 4)
		return combine(arena, kind, flat + total, n, round + 1);
	if (again)
		return make_node(arena, kind, flat, distinct);
	if (n == 1)
		return flat[total];
	return make_node(arena, kind, flat + total, n);
}

const IamFormula *
iam_formula_all_of(IamArena *arena, const IamFormula **items, uint32_t count)
{
	return combine(arena, IAM_FORMULA_ALL, items, count, 0);
}

const IamFormula *
iam_formula_any_of(IamArena *arena, const IamFormula **items, uint32_t count)
{
	return combine(arena, IAM_FORMULA_ANY, items, count, 0);
}

const IamFormula *
iam_formula_all(IamArena *arena, const IamFormula *a, const IamFormula *b)
{
	const IamFormula *items[2] = {a, b};

	if (a == b || b->kind == IAM_FORMULA_TRUE || a->kind == IAM_FORMULA_FALSE)
		return a;
	if (a->kind == IAM_FORMULA_TRUE || b->kind == IAM_FORMULA_FALSE)
		return b;
	return combine(arena, IAM_FORMULA_ALL, items, 2, 0);
}

const IamFormula *
iam_formula_any(IamArena *arena, const IamFormula *a, const IamFormula *b)
{
	const IamFormula *items[2] = {a, b};

	if (a == b || b->kind == IAM_FORMULA_FALSE || a->kind == IAM_FORMULA_TRUE)
		return a;
	if (a->kind == IAM_FORMULA_FALSE || b->kind == IAM_FORMULA_TRUE)
		return b;
	return combine(arena, IAM_FORMULA_ANY, items, 2, 0);
}

/* De Morgan down to the atoms. */
const IamFormula *
iam_formula_not(IamArena *arena, const IamFormula *f)
{
	const IamFormula **items;

	switch (f->kind)
	{
		case IAM_FORMULA_TRUE:
			return &iam_false;
		case IAM_FORMULA_FALSE:
			return &iam_true;
		case IAM_FORMULA_ATOM:
			return make_node(arena, IAM_FORMULA_NOT, &f, 1);
		case IAM_FORMULA_NOT:
			return f->children[0];
		case IAM_FORMULA_ALL:
		case IAM_FORMULA_ANY:
			break;
	}
	items = iam_alloc_array(arena, f->count, sizeof *items);
	if (items == NULL)
		return &iam_false;
	for (uint32_t i = 0; i < f->count; i++)
		items[i] = iam_formula_not(arena, f->children[i]);
	return combine(arena, f->kind == IAM_FORMULA_ALL ? IAM_FORMULA_ANY : IAM_FORMULA_ALL, items, f->count, 0);
}
