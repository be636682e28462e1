/*
 * formula_io.c: formulas as JSON (interface.md section 2) and as flat bytes.
 *
 * Flat form, in preorder: one byte of kind; NOT, ALL and ANY: a count (4 bytes,
 * little end first; 1 for NOT) and the children; an atom: one byte of atom kind,
 * operator, key, a count and the values, each string a length (4 bytes) and its
 * bytes.  Reading rebuilds each node with the functions of formula.c, so that what
 * comes from hostile bytes keeps their invariants; it bounds depth and never reads
 * past the end.
 */
#include "formula.h"
#include "json_out.h"

static void
write_number(IamBuf *buf, uint32_t n)
{
	unsigned char bytes[4];

	for (int i = 0; i < 4; i++)
		bytes[i] = (unsigned char) (n >> (8 * i));
	iam_buf_bytes(buf, bytes, sizeof bytes);
}

static void
write_str(IamBuf *buf, IamStr s)
{
	write_number(buf, s.len);
	iam_buf_str(buf, s);
}

/* Recursion is bounded by the depth of formulas. */
void
iam_formula_write(IamBuf *buf, const IamFormula *f)
{
	iam_buf_char(buf, (char) f->kind);
	if (f->kind == IAM_FORMULA_ATOM)
	{
		iam_buf_char(buf, (char) f->atom);
		write_str(buf, f->op);
		write_str(buf, f->key);
		write_number(buf, f->count);
		for (uint32_t i = 0; i < f->count; i++)
			write_str(buf, f->values[i]);
	}
	else if (f->kind != IAM_FORMULA_TRUE && f->kind != IAM_FORMULA_FALSE)
	{
		write_number(buf, f->count);
		for (uint32_t i = 0; i < f->count; i++)
			iam_formula_write(buf, f->children[i]);
	}
}

/*
 * What is left to read; every step takes from the front or fails.  Each node
 * takes a byte at least: a count is believed only where the rest holds as many
 * besides those that enclosing nodes still wait for, so that what nested counts
 * allocate is in proportion to the text.
 */
typedef struct Reader
{
	IamArena *arena;
	IamStr    rest;
	uint32_t  awaited; /* nodes that enclosing counts have announced */
} Reader;

static bool
read_byte(Reader *r, uint8_t *out)
{
	if (r->rest.len < 1)
		return false;
	*out = (uint8_t) r->rest.data[0];
	r->rest.data++;
	r->rest.len--;
	return true;
}

static bool
read_number(Reader *r, uint32_t *out)
{
	if (r->rest.len < 4)
		return false;
	*out = 0;
	for (int i = 0; i < 4; i++)
		*out |= (uint32_t) (uint8_t) r->rest.data[i] << (8 * i);
	r->rest.data += 4;
	r->rest.len -= 4;
	return true;
}

static bool
read_str(Reader *r, IamStr *out)
{
	uint32_t len;

	if (!read_number(r, &len) || len > r->rest.len)
		return false;
	*out = (IamStr){r->rest.data, len};
	r->rest.data += len;
	r->rest.len -= len;
	return true;
}

static const IamFormula *
read_atom(Reader *r)
{
	uint8_t  atom;
	IamStr   op;
	IamStr   key;
	uint32_t count;
	IamStr  *values = NULL;

	if (!read_byte(r, &atom) || atom > IAM_ATOM_UNREADABLE || !read_str(r, &op) || !read_str(r, &key) ||
	    !read_number(r, &count) || r->awaited > r->rest.len || count > (r->rest.len - r->awaited) / 4)
		return NULL;
	if (count > 0)
	{
		values = iam_alloc_array(r->arena, count, sizeof *values);
		if (values == NULL)
			return NULL;
		for (uint32_t i = 0; i < count; i++)
			if (!read_str(r, &values[i]))
				return NULL;
	}
	return iam_formula_atom(r->arena, (IamAtomKind) atom, op, key, count, values);
}

static const IamFormula *
read_node(Reader *r, uint32_t depth)
{
	uint8_t            kind;
	uint32_t           count;
	const IamFormula **items;

	if (depth > IAM_FORMULA_MAX_DEPTH || !read_byte(r, &kind))
		return NULL;
	if (kind == IAM_FORMULA_TRUE)
		return &iam_true;
	if (kind == IAM_FORMULA_FALSE)
		return &iam_false;
	if (kind == IAM_FORMULA_ATOM)
		return read_atom(r);
	if (kind > IAM_FORMULA_ANY || !read_number(r, &count) || count == 0 || r->awaited > r->rest.len ||
	    count > r->rest.len - r->awaited || (kind == IAM_FORMULA_NOT && count != 1))
		return NULL;
	items = iam_alloc_array(r->arena, count, sizeof *items);
	if (items == NULL)
		return NULL;
	r->awaited += count;
	for (uint32_t i = 0; i < count; i++)
	{
		iam_poll(r->arena);
		r->awaited--;
		items[i] = read_node(r, depth + 1);
		if (items[i] == NULL)
			return NULL;
	}
	if (kind == IAM_FORMULA_NOT)
		return iam_formula_not(r->arena, items[0]);
	if (kind == IAM_FORMULA_ALL)
		return iam_formula_all_of(r->arena, items, count);
	return iam_formula_any_of(r->arena, items, count);
}

const IamFormula *
iam_formula_read(IamArena *arena, IamStr bytes)
{
	Reader            r = {arena, bytes, 0};
	const IamFormula *f = read_node(&r, 1);

	return r.rest.len == 0 && !arena->failed ? f : NULL;
}

/* ---- JSON ---- */

static void
json_atom(IamBuf *buf, const IamFormula *f)
{
	iam_buf_char(buf, '{');
	switch (f->atom)
	{
		case IAM_ATOM_CONDITION:
			iam_json_key_string(buf, "operator", f->op);
			iam_json_key_string(buf, "key", f->key);
			iam_json_key(buf, "values");
			iam_buf_char(buf, '[');
			for (uint32_t i = 0; i < f->count; i++)
			{
				iam_json_next(buf);
				iam_json_string(buf, f->values[i]);
			}
			iam_buf_char(buf, ']');
			break;
		case IAM_ATOM_SESSION_NAME:
			iam_json_key_string(buf, "session_name", f->key);
			break;
		case IAM_ATOM_RESOURCE:
			iam_json_key_string(buf, "resource", f->key);
			break;
		case IAM_ATOM_UNREADABLE:
			iam_json_key_string(buf, "unreadable", f->key);
			if (f->op.len > 0)
				iam_json_key_string(buf, "effect", f->op);
			break;
	}
	iam_buf_char(buf, '}');
}

static void
json_node(IamBuf *buf, const IamFormula *f)
{
	bool denial = f->kind == IAM_FORMULA_ANY;

	if (f->kind == IAM_FORMULA_ATOM)
	{
		json_atom(buf, f);
		return;
	}
	if (f->kind == IAM_FORMULA_NOT)
	{
		iam_buf_cstr(buf, "{\"not\":");
		json_atom(buf, f->children[0]);
		iam_buf_char(buf, '}');
		return;
	}
	/* any of negated atoms is what a Deny with several conditions leaves: not all */
	for (uint32_t i = 0; i < f->count; i++)
		denial = denial && f->children[i]->kind == IAM_FORMULA_NOT;
	iam_buf_cstr(buf, denial                       ? "{\"not\":{\"all\":["
	                  : f->kind == IAM_FORMULA_ALL ? "{\"all\":["
	                                               : "{\"any\":[");
	for (uint32_t i = 0; i < f->count; i++)
	{
		iam_json_next(buf);
		if (denial)
			json_atom(buf, f->children[i]->children[0]);
		else
			json_node(buf, f->children[i]);
	}
	iam_buf_cstr(buf, denial ? "]}}" : "]}");
}

void
iam_formula_json(IamBuf *buf, const IamFormula *f)
{
	if (f->kind == IAM_FORMULA_TRUE || f->kind == IAM_FORMULA_FALSE)
		iam_buf_cstr(buf, f->kind == IAM_FORMULA_TRUE ? "true" : "false");
	else
		json_node(buf, f);
}
