/*
 * import_members.c: iam_import_members: the children of JSON objects and arrays.
 *
 * The server's json functions read every character below what they are asked for,
 * at each question again.  Of an export of megabytes that is most of the work, so
 * here one scan looks at structure only: brackets, commas and where strings end.
 * It relies on the type json, which only holds well-formed values, and still checks
 * every bound: what it does not expect is an error, never a read outside the value.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "pg/iam_pg.h"

enum
{
	COL_PARENT,
	COL_ORDINAL,
	COL_KEY,
	COL_REPEATED,
	COL_TYPE,
	COL_VALUE,
	COL_PATH,
	COL_COUNT
};

/* How many types of value the column `type` tells apart. */
#define TYPES 6

typedef struct Child
{
	IamStr key; /* as written, or without its escapes; data is NULL in an array */
	IamStr value;
	uint32 ordinal;
	bool   repeated; /* an earlier member of the object has the key too */
} Child;

typedef struct Children
{
	Child *items;
	uint32 count;
	uint32 room;
} Children;

/* The keys asked for; items is NULL for all. */
typedef struct Keys
{
	Datum *items;
	int    count;
} Keys;

static const char *const type_names[TYPES] = {"object", "array", "string", "boolean", "null", "number"};

static int
type_of(IamStr value)
{
	switch (value.data[0])
	{
		case '{':
			return 0;
		case '[':
			return 1;
		case '"':
			return 2;
		case 't':
		case 'f':
			return 3;
		case 'n':
			return 4;
		default:
			return 5;
	}
}

pg_noreturn static void
malformed(void)
{
	ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
	        errmsg_internal("stored value of type json is malformed"));
}

static const char *
skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	if (p == end)
		malformed();
	return p;
}

/* Past the closing quote; p is at the opening one. */
static const char *
skip_string(const char *p, const char *end)
{
	const char *start = ++p;

	for (;;)
	{
		const char *quote = p < end ? memchr(p, '"', (size_t) (end - p)) : NULL;
		const char *slash = quote;

		if (quote == NULL)
			malformed();
		/* an even number of backslashes before it escape one another */
		while (slash > start && slash[-1] == '\\')
			slash--;
		if ((quote - slash) % 2 == 0)
			return quote + 1;
		p = quote + 1;
	}
}

/* Past the value that starts at p. */
static const char *
skip_value(const char *p, const char *end)
{
	size_t depth = 0;

	if (*p == '"')
		return skip_string(p, end);
	if (*p != '{' && *p != '[')
	{
		while (p < end && strchr(",]} \t\n\r", *p) == NULL)
			p++;
		return p;
	}
	while (p < end)
	{
		switch (*p)
		{
			case '"':
				p = skip_string(p, end);
				continue;
			case '{':
			case '[':
				depth++;
				break;
			case '}':
			case ']':
				if (--depth == 0)
					return p + 1;
				break;
			default:
				break;
		}
		p++;
	}
	malformed();
}

/* The characters of a key; the server's own function reads the rare one with escapes. */
static IamStr
key_of(const char *p, const char *past)
{
	IamStr         key = {p + 1, (uint32_t) (past - p - 2)};
	StringInfoData list;
	text          *name;

	if (key.len == 0 || memchr(key.data, '\\', key.len) == NULL)
		return key;
	initStringInfo(&list);
	appendStringInfoChar(&list, '[');
	appendBinaryStringInfo(&list, p, (int) (past - p));
	appendStringInfoChar(&list, ']');
	name = DatumGetTextPP(DirectFunctionCall2(json_array_element_text,
	                                          PointerGetDatum(cstring_to_text_with_len(list.data, list.len)),
	                                          Int32GetDatum(0)));
	return (IamStr){VARDATA_ANY(name), (uint32_t) VARSIZE_ANY_EXHDR(name)};
}

static void
add(Children *children, Child child)
{
	if (children->count == children->room)
	{
		children->room = children->room == 0 ? 32 : children->room * 2;
		if (children->items == NULL)
			children->items = palloc(mul_size(children->room, sizeof(Child)));
		else
			children->items = repalloc_huge(children->items, mul_size(children->room, sizeof(Child)));
	}
	children->items[children->count++] = child;
}

/* Is the key among those asked for? */
static bool
is_asked(IamStr key, const Keys *keys)
{
	for (int i = 0; i < keys->count; i++)
	{
		const text *name = (const text *) DatumGetPointer(keys->items[i]);

		if (VARSIZE_ANY_EXHDR(name) == key.len && memcmp(VARDATA_ANY(name), key.data, key.len) == 0)
			return true;
	}
	return false;
}

/*
 * The children of an object or array; none of anything else.  An object is read no
 * further when it has given as many members as keys are asked for.
 */
static void
split(IamStr json, const Keys *keys, Children *children)
{
	const char *end = json.data + json.len;
	const char *p = skip_space(json.data, end);
	bool        object = *p == '{';
	char        close = object ? '}' : ']';

	children->count = 0;
	if (!object && *p != '[')
		return;
	p = skip_space(p + 1, end);
	if (*p == close)
		return;
	for (uint32 ordinal = 0;; ordinal++)
	{
		Child child = {{NULL, 0}, {NULL, 0}, ordinal, false};

		CHECK_FOR_INTERRUPTS();
		if (object)
		{
			const char *past;

			if (*p != '"')
				malformed();
			past = skip_string(p, end);
			child.key = key_of(p, past);
			p = skip_space(past, end);
			if (*p != ':')
				malformed();
			p = skip_space(p + 1, end);
		}
		child.value.data = p;
		p = skip_value(p, end);
		child.value.len = (uint32_t) (p - child.value.data);
		if (child.value.len == 0)
			malformed();
		if (keys->items == NULL || !object || is_asked(child.key, keys))
			add(children, child);
		if (keys->items != NULL && object && children->count == (uint32) keys->count)
			return;
		p = skip_space(p, end);
		if (*p == close)
			return;
		if (*p != ',')
			malformed();
		p = skip_space(p + 1, end);
	}
}

static int
compare_keys(const Child *a, const Child *b)
{
	if (a->key.len != b->key.len)
		return a->key.len < b->key.len ? -1 : 1;
	return memcmp(a->key.data, b->key.data, a->key.len);
}

/* By key, of equal ones the first in the document first. */
static int
compare_children(const void *a, const void *b)
{
	const Child *x = *(Child *const *) a;
	const Child *y = *(Child *const *) b;
	int          order = compare_keys(x, y);

	return order != 0 ? order : (x > y) - (x < y);
}

static void
mark_repeated(Children *children)
{
	Child **sorted;

	if (children->count < 2 || children->items[0].key.data == NULL)
		return;
	/* few: comparing each with each is quicker than sorting */
	if (children->count <= 16)
	{
		for (uint32 i = 1; i < children->count; i++)
			for (uint32 j = 0; j < i && !children->items[i].repeated; j++)
				children->items[i].repeated = compare_keys(&children->items[i], &children->items[j]) == 0;
		return;
	}
	sorted = palloc_extended(mul_size(children->count, sizeof(Child *)), MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < children->count; i++)
		sorted[i] = &children->items[i];
	qsort(sorted, children->count, sizeof(Child *), compare_children);
	for (uint32 i = 1; i < children->count; i++)
		sorted[i]->repeated = compare_keys(sorted[i], sorted[i - 1]) == 0;
	pfree(sorted);
}

static Datum
text_of(IamStr s)
{
	return PointerGetDatum(cstring_to_text_with_len(s.data, (int) s.len));
}

/* Where a child is, when its container is at `path`. */
static Datum
child_path(IamStr path, const Child *child)
{
	char           place[32];
	IamStr         step = child->key;
	StringInfoData result;

	if (step.data == NULL)
		step = (IamStr){place, (uint32_t) snprintf(place, sizeof place, "[%u]", child->ordinal)};
	initStringInfo(&result);
	appendBinaryStringInfo(&result, path.data, (int) path.len);
	if (child->key.data != NULL)
		appendStringInfoChar(&result, '.');
	appendBinaryStringInfo(&result, step.data, (int) step.len);
	return PointerGetDatum(cstring_to_text_with_len(result.data, result.len));
}

IAM_SQL_FUNCTION(iam_import_members);

/*
 * iam_import_members(containers json[], keys text[], paths text[]): one row a child,
 * in order; with `keys`, those members of objects, which then have no key twice; with
 * `paths`, which are where the containers are, the path of each child.  Not strict:
 * NULL containers have no children, and NULL for `keys` asks for all.
 */
Datum
iam_import_members(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext  container_context;
	MemoryContext  row_context;
	MemoryContext  old_context;
	Children       children = {NULL, 0, 0};
	Datum          types[TYPES];
	Keys           keys = {NULL, 0};
	ArrayIterator  containers;
	Datum          container;
	bool           missing;
	ArrayIterator  paths = NULL;
	Datum          path = (Datum) 0;
	bool           placeless = true;
	int32          parent = 0;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	if (!PG_ARGISNULL(1))
	{
		bool *nulls;

		deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT, &keys.items, &nulls,
		                  &keys.count);
		for (int i = 0; i < keys.count; i++)
			if (nulls[i])
				ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a key must not be null"));
	}
	for (int i = 0; i < TYPES; i++)
		types[i] = CStringGetTextDatum(type_names[i]);
	container_context = AllocSetContextCreate(CurrentMemoryContext, "iam_import_members container",
	                                          ALLOCSET_DEFAULT_SIZES);
	row_context = AllocSetContextCreate(CurrentMemoryContext, "iam_import_members row",
	                                    ALLOCSET_DEFAULT_SIZES);
	containers = array_create_iterator(PG_GETARG_ARRAYTYPE_P(0), 0, NULL);
	if (!PG_ARGISNULL(2))
		paths = array_create_iterator(PG_GETARG_ARRAYTYPE_P(2), 0, NULL);
	while (array_iterate(containers, &container, &missing))
	{
		struct varlena *json;
		IamStr          place = {NULL, 0};

		parent++;
		if (paths != NULL && !array_iterate(paths, &path, &placeless))
			placeless = true;
		if (missing)
			continue;
		old_context = MemoryContextSwitchTo(container_context);
		json = PG_DETOAST_DATUM_PACKED(container);
		children.items = NULL;
		children.room = 0;
		if (!placeless)
			place = iam_pg_bytes(path);
		split((IamStr){VARDATA_ANY(json), (uint32_t) VARSIZE_ANY_EXHDR(json)}, &keys, &children);
		if (keys.items == NULL)
			mark_repeated(&children);
		for (uint32 i = 0; i < children.count; i++)
		{
			const Child *child = &children.items[i];
			Datum        values[COL_COUNT] = {0};
			bool         nulls[COL_COUNT] = {false};

			CHECK_FOR_INTERRUPTS();
			MemoryContextSwitchTo(row_context);
			values[COL_PARENT] = Int32GetDatum(parent);
			values[COL_ORDINAL] = Int32GetDatum((int32) child->ordinal);
			if (child->key.data != NULL)
				values[COL_KEY] = text_of(child->key);
			else
				nulls[COL_KEY] = true;
			values[COL_REPEATED] = BoolGetDatum(child->repeated);
			values[COL_TYPE] = types[type_of(child->value)];
			values[COL_VALUE] = text_of(child->value);
			if (placeless)
				nulls[COL_PATH] = true;
			else
				values[COL_PATH] = child_path(place, child);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
			MemoryContextReset(row_context);
			MemoryContextSwitchTo(container_context);
		}
		MemoryContextSwitchTo(old_context);
		MemoryContextReset(container_context);
	}
	array_free_iterator(containers);
	if (paths != NULL)
		array_free_iterator(paths);
	MemoryContextDelete(row_context);
	MemoryContextDelete(container_context);
	return (Datum) 0;
}
