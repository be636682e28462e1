/*
 * facts.c: the members of a JSON argument, by a table of names; an unknown
 * member or a wrong type is an error that names it, never ignored.
 */
#include "postgres.h"

#include "pg/iam_pg.h"

const IamJson *
iam_pg_json_arg(FunctionCallInfo fcinfo, int n, IamPgArena *a, const char *what)
{
	const IamJson *json;
	IamError       err;

	if (PG_ARGISNULL(n))
		return NULL;
	if (!iam_json_parse(&a->arena, iam_pg_utf8_arg(PG_GETARG_DATUM(n)), IAM_MAX_REQUEST_BYTES, &json, &err))
		iam_pg_argument_error(what, &err);
	return json;
}

void
iam_pg_key_slice(IamBuf *buf, const char *key, const void *image, IamSlice slice)
{
	if (slice.off != 0)
		iam_json_key_string(buf, key, iam_slice(image, slice));
}

static bool
store_fact(const IamPgFact *fact, const IamJson *value, void *fields, IamError *err)
{
	char *field = (char *) fields + fact->offset;
	char  path[80];

	if (value->type == IAM_JSON_NULL)
		return true;
	snprintf(path, sizeof path, "$.%s", fact->name);
	switch (fact->type)
	{
		case IAM_PG_STRING:
			if (value->type != IAM_JSON_STRING)
				return iam_fail(err, IAM_BAD_ARGUMENT, path, "The value must be a string.");
			*(IamStr *) field = value->text;
			break;
		case IAM_PG_BOOL:
			if (value->type != IAM_JSON_BOOL)
				return iam_fail(err, IAM_BAD_ARGUMENT, path, "The value must be true or false.");
			*(bool *) field = value->text.len == 4;
			break;
		case IAM_PG_JSON:
			*(const IamJson **) field = value;
			break;
	}
	return true;
}

bool
iam_pg_facts(const IamJson *object, const IamPgFact *facts, int count, void *fields, IamError *err)
{
	if (object == NULL)
		return true;
	if (object->type != IAM_JSON_OBJECT)
		return iam_fail(err, IAM_BAD_ARGUMENT, "$", "The value must be a JSON object.");
	for (uint32_t i = 0; i < object->count; i++)
	{
		IamStr key = object->keys[i];
		int    n = 0;

		while (n < count && !iam_str_equal(key, (IamStr){facts[n].name, (uint32_t) strlen(facts[n].name)}))
			n++;
		if (n == count)
		{
			char quoted[64 + 4];

			iam_fail(err, IAM_BAD_ARGUMENT, "$", "The member \"%s\" is not known.",
			         iam_quote(key, quoted, 64));
			return false;
		}
		if (!store_fact(&facts[n], &object->items[i], fields, err))
			return false;
	}
	return true;
}

void
iam_pg_entries_json(IamBuf *buf, const void *image, uint32_t off, uint32_t count)
{
	const IamEntry *entry = iam_at(image, off);

	iam_buf_char(buf, '{');
	for (uint32_t i = 0; i < count; i++, entry++)
	{
		const IamSlice *value = iam_at(image, entry->value_off);

		iam_json_next(buf);
		iam_json_string(buf, iam_slice(image, entry->key));
		iam_buf_char(buf, ':');
		if (entry->multivalued)
		{
			iam_buf_char(buf, '[');
			for (uint32_t v = 0; v < entry->value_count; v++)
			{
				iam_json_next(buf);
				iam_json_string(buf, iam_slice(image, value[v]));
			}
			iam_buf_char(buf, ']');
		}
		else if (entry->value_count == 0)
			iam_buf_cstr(buf, "null");
		else
			iam_json_string(buf, iam_slice(image, value[0]));
	}
	iam_buf_char(buf, '}');
}
