/*
 * formula_test.c: simplification keeps meaning, equal sets are equal trees, JSON,
 * flat bytes and hostile bytes.
 */
#include "formula.h"
#include "json_out.h"

#include "check.h"

#define ATOMS 5
#define ROUNDS 4000

static uint64_t seed = UINT64_C(88172645463325252);

static uint32_t
pick(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t) (seed >> 33) % n;
}

static const IamFormula *
atom(IamArena *arena, uint32_t i)
{
	static const char *const names[ATOMS] = {"a:a", "a:b", "a:c", "a:d", "a:e"};
	IamStr		value = IAM_LIT("v");

	return iam_formula_atom(arena, IAM_ATOM_CONDITION, IAM_LIT("StringEquals"),
							(IamStr) {names[i], 3}, 1, &value);
}

/* The value where bit i says whether the i-th atom holds. */
static bool
value_at(const IamFormula *f, uint32_t assignment)
{
	bool		all = f->kind == IAM_FORMULA_ALL;

	switch (f->kind)
	{
		case IAM_FORMULA_TRUE:
		case IAM_FORMULA_FALSE:
			return f->kind == IAM_FORMULA_TRUE;
		case IAM_FORMULA_ATOM:
			return (assignment >> (f->key.data[2] - 'a') & 1) != 0;
		case IAM_FORMULA_NOT:
			return !value_at(f->children[0], assignment);
		case IAM_FORMULA_ALL:
		case IAM_FORMULA_ANY:
			break;
	}
	for (uint32_t i = 0; i < f->count; i++)
		if (value_at(f->children[i], assignment) != all)
			return !all;
	return all;
}

/* NOT over atoms only, no constants and no child of its own kind inside, sorted and distinct. */
static bool
well_formed(const IamFormula *f, bool top)
{
	if (f->kind == IAM_FORMULA_TRUE || f->kind == IAM_FORMULA_FALSE)
		return top;
	if (f->kind == IAM_FORMULA_ATOM)
		return f->depth == 1;
	if (f->kind == IAM_FORMULA_NOT)
		return f->count == 1 && f->children[0]->kind == IAM_FORMULA_ATOM;
	if (f->count < 2)
		return false;
	for (uint32_t i = 0; i < f->count; i++)
	{
		if (f->children[i]->kind == f->kind || !well_formed(f->children[i], false))
			return false;
		for (uint32_t j = 0; j < i; j++)
			if (iam_formula_equal(f->children[i], f->children[j]))
				return false;
	}
	return true;
}

/* A random tree, built the same way as formula and as table of truth. */
static const IamFormula *
random_formula(IamArena *arena, uint32_t depth, uint32_t *table)
{
	const IamFormula *a;
	const IamFormula *b;
	uint32_t	ta;
	uint32_t	tb;
	uint32_t	kind = pick(depth == 0 ? 1 : 8);

	if (kind == 0)
	{
		uint32_t	i = pick(ATOMS + 1);

		if (i == ATOMS)
		{
			*table = pick(2) == 0 ? 0 : UINT32_MAX;
			return *table == 0 ? &iam_false : &iam_true;
		}
		*table = 0;
		for (uint32_t x = 0; x < 1 << ATOMS; x++)
			*table |= (x >> i & 1) << x;
		return atom(arena, i);
	}
	a = random_formula(arena, depth - 1, &ta);
	if (kind == 1)
	{
		*table = ~ta;
		return iam_formula_not(arena, a);
	}
	b = random_formula(arena, depth - 1, &tb);
	*table = kind < 5 ? ta & tb : ta | tb;
	return kind < 5 ? iam_formula_all(arena, a, b) : iam_formula_any(arena, a, b);
}

static void
test_random(void)
{
	for (int round = 0; round < ROUNDS; round++)
	{
		IamArena	arena;
		uint32_t	table;
		const IamFormula *f;
		const IamFormula *back;
		IamBuf		bytes;
		bool		same = true;

		iam_arena_init(&arena, &iam_malloc_host);
		f = random_formula(&arena, 1 + pick(6), &table);
		for (uint32_t x = 0; x < 1 << ATOMS; x++)
			same = same && value_at(f, x) == ((table >> x & 1) != 0);
		CHECK_RULE(same, "EVAL-14", "a formula keeps its meaning");
		CHECK(well_formed(f, true));
		CHECK((iam_formula_value(f) == IAM_YES) == (f->kind == IAM_FORMULA_TRUE));
		CHECK(iam_formula_equal(iam_formula_not(&arena, iam_formula_not(&arena, f)), f)
			  || iam_formula_value(f) == IAM_UNKNOWN);
		iam_buf_init(&bytes, &arena);
		iam_formula_write(&bytes, f);
		back = iam_formula_read(&arena, iam_buf_result(&bytes));
		CHECK(back != NULL && iam_formula_value(back) == iam_formula_value(f));
		same = back != NULL;
		for (uint32_t x = 0; same && x < 1 << ATOMS; x++)
			same = value_at(back, x) == value_at(f, x);
		CHECK(same);
		/* hostile bytes: cut, then changed */
		CHECK(iam_formula_read(&arena, (IamStr) {bytes.data, (uint32_t) bytes.len - 1}) == NULL);
		for (int i = 0; i < 8; i++)
		{
			bytes.data[pick((uint32_t) bytes.len)] = (char) pick(256);
			f = iam_formula_read(&arena, iam_buf_result(&bytes));
			CHECK(f == NULL || well_formed(f, true));
		}
		iam_arena_release(&arena);
	}
}

static bool
json_is(IamArena *arena, const IamFormula *f, const char *want)
{
	IamBuf		buf;

	iam_buf_init(&buf, arena);
	iam_formula_json(&buf, f);
	if (buf.len == strlen(want) && memcmp(buf.data, want, buf.len) == 0)
		return true;
	fprintf(stderr, "%.*s\n", (int) buf.len, buf.data);
	return false;
}

static void
test_simplification(void)
{
	IamArena	arena;
	const IamFormula *a;
	const IamFormula *b;
	const IamFormula *c;
	const IamFormula *f;

	iam_arena_init(&arena, &iam_malloc_host);
	a = atom(&arena, 0);
	b = atom(&arena, 1);
	c = atom(&arena, 2);
	CHECK(iam_formula_all(&arena, a, iam_formula_not(&arena, a))->kind == IAM_FORMULA_FALSE);
	CHECK(iam_formula_any(&arena, a, iam_formula_not(&arena, a))->kind == IAM_FORMULA_TRUE);
	CHECK(iam_formula_equal(iam_formula_all(&arena, a, atom(&arena, 0)), a));
	CHECK(iam_formula_equal(iam_formula_all(&arena, a, b), iam_formula_all(&arena, b, a)));
	CHECK(iam_formula_equal(iam_formula_any(&arena, a, iam_formula_all(&arena, a, b)), a));
	CHECK(iam_formula_equal(iam_formula_all(&arena, a, iam_formula_any(&arena, b, iam_formula_not(&arena, a))),
							iam_formula_all(&arena, a, b)));
	f = iam_formula_any(&arena, iam_formula_all(&arena, a, b), iam_formula_all(&arena, iam_formula_all(&arena, a, b), c));
	CHECK(iam_formula_equal(f, iam_formula_all(&arena, a, b)));
	/* the same conditions in Allow and Deny leave nothing */
	f = iam_formula_all(&arena, iam_formula_all(&arena, a, b), iam_formula_not(&arena, iam_formula_all(&arena, b, a)));
	CHECK(f->kind == IAM_FORMULA_FALSE);
	CHECK(iam_formula_all_of(&arena, NULL, 0)->kind == IAM_FORMULA_TRUE);
	CHECK(iam_formula_any_of(&arena, NULL, 0)->kind == IAM_FORMULA_FALSE);
	iam_arena_release(&arena);
}

static void
test_json(void)
{
	IamArena	arena;
	IamStr		values[2] = {IAM_LIT("x"), IAM_LIT("\"y\"")};
	const IamFormula *condition;
	const IamFormula *session;
	const IamFormula *resource;
	const IamFormula *lost;

	iam_arena_init(&arena, &iam_malloc_host);
	condition = iam_formula_atom(&arena, IAM_ATOM_CONDITION, IAM_LIT("StringLike"), IAM_LIT("aws:a"), 2, values);
	session = iam_formula_atom(&arena, IAM_ATOM_SESSION_NAME, IAM_NO_STR, IAM_LIT("s1"), 0, NULL);
	resource = iam_formula_atom(&arena, IAM_ATOM_RESOURCE, IAM_NO_STR, IAM_LIT("arn:aws:s3:::b/*"), 0, NULL);
	lost = iam_formula_atom(&arena, IAM_ATOM_UNREADABLE, IAM_LIT("deny"), IAM_LIT("boundary"), 0, NULL);
	CHECK(json_is(&arena, &iam_true, "true"));
	CHECK(json_is(&arena, &iam_false, "false"));
	CHECK(json_is(&arena, condition, "{\"operator\":\"StringLike\",\"key\":\"aws:a\",\"values\":[\"x\",\"\\\"y\\\"\"]}"));
	CHECK(json_is(&arena, iam_formula_not(&arena, session), "{\"not\":{\"session_name\":\"s1\"}}"));
	CHECK(json_is(&arena, iam_formula_all(&arena, resource, iam_formula_not(&arena, lost)),
				  "{\"all\":[{\"resource\":\"arn:aws:s3:::b/*\"},{\"not\":{\"unreadable\":\"boundary\",\"effect\":\"deny\"}}]}"));
	CHECK(json_is(&arena, iam_formula_any(&arena, resource, session),
				  "{\"any\":[{\"session_name\":\"s1\"},{\"resource\":\"arn:aws:s3:::b/*\"}]}"));
	CHECK(json_is(&arena, iam_formula_not(&arena, iam_formula_all(&arena, resource, session)),
				  "{\"not\":{\"all\":[{\"session_name\":\"s1\"},{\"resource\":\"arn:aws:s3:::b/*\"}]}}"));
	iam_arena_release(&arena);
}

static void
test_limits(void)
{
	IamArena	arena;
	const IamFormula *f;
	char		deep[400];
	const IamFormula **items;
	uint32_t	count = 3000;

	iam_arena_init(&arena, &iam_malloc_host);
	/* a tower of NOT and ALL in bytes: refused by depth, not by the stack */
	for (size_t i = 0; i + 5 <= sizeof deep; i += 5)
		memcpy(deep + i, "\x04\x01\x00\x00\x00", 5);
	CHECK(iam_formula_read(&arena, (IamStr) {deep, sizeof deep}) == NULL);
	/* a count that the bytes cannot hold */
	CHECK(iam_formula_read(&arena, (IamStr) {"\x04\xff\xff\xff\xff\x00", 6}) == NULL);
	CHECK(iam_formula_read(&arena, (IamStr) {"\x02\x00\xff\xff\xff\xff", 6}) == NULL);
	CHECK(iam_formula_read(&arena, (IamStr) {"\x09", 1}) == NULL);
	CHECK(iam_formula_read(&arena, (IamStr) {"\x00\x00", 2}) == NULL);
	CHECK(iam_formula_read(&arena, IAM_NO_STR) == NULL);
	/* alternating ALL and ANY over ever new atoms grow in depth up to the bound */
	f = atom(&arena, 0);
	for (int i = 0; i < 100; i++)
	{
		char		name[16];
		const IamFormula *next;

		snprintf(name, sizeof name, "k:%d", i);
		next = iam_formula_atom(&arena, IAM_ATOM_RESOURCE, IAM_NO_STR, (IamStr) {name, (uint32_t) strlen(name)}, 0, NULL);
		f = i % 2 == 0 ? iam_formula_all(&arena, f, next) : iam_formula_any(&arena, f, next);
		CHECK(f->depth <= IAM_FORMULA_MAX_DEPTH);
	}
	/* many conditions at once */
	items = iam_alloc_array(&arena, count, sizeof *items);
	for (uint32_t i = 0; i < count; i++)
	{
		char		name[16];

		snprintf(name, sizeof name, "k:%u", (unsigned) (i * 7919 % 1500));
		items[i] = iam_formula_atom(&arena, IAM_ATOM_RESOURCE, IAM_NO_STR, (IamStr) {name, (uint32_t) strlen(name)}, 0, NULL);
	}
	f = iam_formula_any_of(&arena, items, count);
	CHECK(f->count == 1500);
	CHECK(!arena.failed);
	iam_arena_release(&arena);
}

/* Counts what is allocated. */
static void *
counted_alloc(void *ctx, size_t size)
{
	*(size_t *) ctx += size;
	return malloc(size);
}

static void
counted_release(void *ctx, void *p)
{
	(void) ctx;
	free(p);
}

/* Nested nodes that each announce as many children as bytes are left cost no more than the bytes. */
static void
test_announced_children(void)
{
	static char bytes[200000];
	size_t		allocated = 0;
	IamHost		host = {counted_alloc, counted_release, NULL, &allocated};
	IamArena	arena;

	memset(bytes, 0, sizeof bytes);
	for (uint32_t at = 0; at < 5 * (IAM_FORMULA_MAX_DEPTH - 1); at += 5)
	{
		uint32_t	left = (uint32_t) sizeof bytes - at - 5;

		bytes[at] = IAM_FORMULA_ALL;
		for (int i = 0; i < 4; i++)
			bytes[at + 1 + (uint32_t) i] = (char) (left >> (8 * i));
	}
	iam_arena_init(&arena, &host);
	CHECK(iam_formula_read(&arena, (IamStr) {bytes, sizeof bytes}) == NULL);
	CHECK(!arena.failed && allocated < 10 * sizeof bytes);
	iam_arena_release(&arena);
}

int
main(void)
{
	test_random();
	test_simplification();
	test_json();
	test_limits();
	test_announced_children();
	return checks_done();
}
