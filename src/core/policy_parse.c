/*
 * policy_parse.c: the structure of a policy document, GRAM-1..10: what the type
 * iam_policy accepts.  What a structurally sound policy may further not hold
 * (GRAM-11 and on) is the business of validate*.c.
 */
#include "policy_build.h"

#include <stdarg.h>
#include <stdio.h>

#define QUOTE_BYTES 64

typedef struct Parser
{
	IamArena       *arena;
	IamProblemSink *sink;
	IamPlace        place;
	bool            stop; /* the sink wants no more */
} Parser;

const IamStr iam_element_names[IAM_ELEMENT_COUNT] = {
	{"Sid", 3},       {"Effect", 6},   {"Principal", 9},    {"NotPrincipal", 12}, {"Action", 6},
	{"NotAction", 9}, {"Resource", 8}, {"NotResource", 11}, {"Condition", 9},
};

/* Reports a problem at the parser's place. */
static void __attribute__((format(printf, 4, 5)))
problem(Parser *parser, IamProblem kind, const char *rule, const char *format, ...)
{
	char    message[256];
	va_list args;

	if (parser->stop)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	if (!parser->sink->report(parser->sink, &parser->place, kind, rule, message))
		parser->stop = true;
}

static bool
stopped(const Parser *parser)
{
	return parser->stop || parser->arena->failed;
}

static const char *
type_name(const IamJson *json)
{
	static const char *const names[] = {"null", "a boolean", "a number", "a string", "an array", "an object"};

	return names[json->type];
}

/* A string that must be one; false when it is not. */
static bool
parse_string(Parser *parser, IamStr name, const IamJson *json, IamPartString *out)
{
	bool good = json->type == IAM_JSON_STRING;

	iam_place_member(&parser->place, name);
	if (good)
		out->text = json->text;
	else
		problem(parser, IAM_PROBLEM_TYPE, "GRAM-4", "\"%s\" must be a string, not %s.", name.data,
		        type_name(json));
	iam_place_leave(&parser->place, 1);
	return good;
}

/* One entry of a list. scalars: numbers and booleans are welcome and of any length. */
static void
parse_entry(Parser *parser, const IamJson *json, uint32_t ordinal, bool scalars, IamPartList *out)
{
	bool good = json->type == IAM_JSON_STRING ||
	            (scalars && (json->type == IAM_JSON_NUMBER || json->type == IAM_JSON_BOOL));

	if (!good)
		problem(parser, IAM_PROBLEM_TYPE, scalars ? "GRAM-8" : "GRAM-6", "%s, not %s.",
		        scalars ? "A condition value must be a string, a number or a boolean"
		                : "This must be a string",
		        type_name(json));
	else if (!scalars && json->text.len > IAM_MAX_PATTERN_BYTES)
		problem(parser, IAM_PROBLEM_LIMIT, "GRAM-6", "This string has %lu bytes; the limit is %d.",
		        (unsigned long) json->text.len, IAM_MAX_PATTERN_BYTES);
	else
	{
		out->items[out->count].text = json->text;
		out->items[out->count].ordinal = ordinal;
		out->count++;
	}
}

/* A string (or scalar) or an array of them, at the parser's place. */
static void
parse_list(Parser *parser, const IamJson *json, bool scalars, IamPartList *out)
{
	uint32_t count = json->type == IAM_JSON_ARRAY ? json->count : 1;

	out->array = json->type == IAM_JSON_ARRAY;
	out->count = 0;
	out->items = iam_alloc_array(parser->arena, count, sizeof *out->items);
	if (out->items == NULL)
		return;
	if (!out->array)
	{
		if (!scalars && json->type != IAM_JSON_STRING)
			problem(parser, IAM_PROBLEM_TYPE, "GRAM-6",
			        "This must be a string or an array of strings, not %s.", type_name(json));
		else
			parse_entry(parser, json, 0, scalars, out);
		return;
	}
	for (uint32_t i = 0; i < count && !parser->stop; i++)
	{
		iam_place_item(&parser->place, i);
		parse_entry(parser, &json->items[i], i, scalars, out);
		iam_place_leave(&parser->place, 1);
	}
}

/* ---- Principal ---- */

/* GRAM-7 */
static void
parse_principal(Parser *parser, const IamJson *json, IamPartStatement *out)
{
	static const IamStr types[] = {{"AWS", 3}, {"Federated", 9}, {"Service", 7}, {"CanonicalUser", 13}};
	char                quoted[QUOTE_BYTES + 4];

	if (json->type == IAM_JSON_STRING)
	{
		if (!iam_str_equal(json->text, IAM_LIT("*")))
		{
			problem(parser, IAM_PROBLEM_PRINCIPAL, "GRAM-7",
			        "A principal must be \"*\" or an object such as {\"AWS\": \"...\"}.");
			return;
		}
	}
	else if (json->type != IAM_JSON_OBJECT)
	{
		problem(parser, IAM_PROBLEM_TYPE, "GRAM-7", "A principal must be \"*\" or an object, not %s.",
		        type_name(json));
		return;
	}
	out->principals = iam_alloc_array(parser->arena, json->count + 1, sizeof *out->principals);
	if (out->principals == NULL)
		return;
	if (json->type == IAM_JSON_STRING)
	{
		parse_list(parser, json, false, &out->principals[out->principal_count++].list);
		return;
	}
	for (uint32_t i = 0; i < json->count && !stopped(parser); i++)
	{
		IamPartPrincipals *group = &out->principals[out->principal_count];
		bool               known = false;

		iam_place_member(&parser->place, json->keys[i]);
		for (size_t t = 0; t < sizeof types / sizeof types[0] && !known; t++)
			known = iam_str_equal(json->keys[i], types[t]);
		if (known)
		{
			group->type = json->keys[i];
			parse_list(parser, &json->items[i], false, &group->list);
			out->principal_count++;
		}
		else
			problem(parser, IAM_PROBLEM_PRINCIPAL, "GRAM-7",
			        "\"%s\" is not a principal type: AWS, Federated, Service or CanonicalUser.",
			        iam_quote(json->keys[i], quoted, QUOTE_BYTES));
		iam_place_leave(&parser->place, 1);
	}
}

/* ---- Condition ---- */

/* Order of condition keys in which those that differ only in case are neighbours. */
static int
compare_keys(const void *a, const void *b)
{
	IamStr x = *(const IamStr *) a;
	IamStr y = *(const IamStr *) b;

	if (x.len != y.len)
		return x.len < y.len ? -1 : 1;
	for (uint32_t i = 0; i < x.len; i++)
	{
		uint8_t c = (uint8_t) iam_fold_char(x.data[i]);
		uint8_t d = (uint8_t) iam_fold_char(y.data[i]);

		if (c != d)
			return c < d ? -1 : 1;
	}
	return 0;
}

/* GRAM-10 */
static void
check_key_case(Parser *parser, const IamJson *block)
{
	const void **keys;
	char         quoted[QUOTE_BYTES + 4];

	if (block->count < 2)
		return;
	keys = iam_alloc_array(parser->arena, block->count, sizeof *keys);
	if (keys == NULL)
		return;
	for (uint32_t i = 0; i < block->count; i++)
		keys[i] = &block->keys[i];
	if (!iam_sort(parser->arena, (void **) keys, block->count, compare_keys))
		return;
	for (uint32_t i = 1; i < block->count && !parser->stop; i++)
		if (compare_keys(keys[i - 1], keys[i]) == 0)
		{
			iam_place_member(&parser->place, *(const IamStr *) keys[i]);
			problem(parser, IAM_PROBLEM_KEY_CASE, "GRAM-10",
			        "Another condition key of this operator differs from \"%s\" only in letter case.",
			        iam_quote(*(const IamStr *) keys[i], quoted, QUOTE_BYTES));
			iam_place_leave(&parser->place, 1);
		}
}

/* GRAM-9: presence is all that Null tests, so that NullIfExists is refused, with a set prefix too. */
static bool
is_null_if_exists(IamStr name)
{
	IamStr last = IAM_LIT("NullIfExists");

	if (name.len < last.len)
		return false;
	if (name.len > last.len && name.data[name.len - last.len - 1] != ':')
		return false;
	return iam_str_equal_fold((IamStr){name.data + name.len - last.len, last.len}, last);
}

/* One operator and its block; false: nothing usable. */
static bool
parse_operator(Parser *parser, IamStr name, const IamJson *block, IamPartOperator *out)
{
	char quoted[QUOTE_BYTES + 4];

	out->name.text = name;
	if (!iam_operator_parse(name, &out->op, &out->flags))
	{
		out->op = IAM_OP_NONE;
		out->flags = 0;
		iam_quote(name, quoted, QUOTE_BYTES);
		if (is_null_if_exists(name))
		{
			problem(parser, IAM_PROBLEM_OPERATOR, "GRAM-9",
			        "\"%s\" is not a condition operator: Null takes no IfExists.", quoted);
			return false;
		}
		if (block->type == IAM_JSON_OBJECT && block->count > 0)
		{
			problem(parser, IAM_PROBLEM_OPERATOR, "GRAM-8", "\"%s\" is not a condition operator.", quoted);
			return false;
		}
	}
	if (block->type != IAM_JSON_OBJECT)
	{
		problem(parser, IAM_PROBLEM_TYPE, "GRAM-8",
		        "A condition operator takes an object of condition keys, not %s.", type_name(block));
		return false;
	}
	check_key_case(parser, block);
	out->keys = iam_alloc_array(parser->arena, block->count, sizeof *out->keys);
	if (out->keys == NULL)
		return false;
	for (uint32_t i = 0; i < block->count && !stopped(parser); i++)
	{
		IamPartKey *key = &out->keys[out->key_count++];

		key->key.text = block->keys[i];
		iam_place_member(&parser->place, block->keys[i]);
		parse_list(parser, &block->items[i], true, &key->values);
		iam_place_leave(&parser->place, 1);
	}
	return true;
}

/* GRAM-8 */
static void
parse_condition(Parser *parser, const IamJson *json, IamPartStatement *out)
{
	if (json->type != IAM_JSON_OBJECT)
	{
		problem(parser, IAM_PROBLEM_TYPE, "GRAM-8", "\"Condition\" must be an object, not %s.",
		        type_name(json));
		return;
	}
	out->operators = iam_alloc_array(parser->arena, json->count, sizeof *out->operators);
	if (out->operators == NULL)
		return;
	for (uint32_t i = 0; i < json->count && !stopped(parser); i++)
	{
		iam_place_member(&parser->place, json->keys[i]);
		if (parse_operator(parser, json->keys[i], &json->items[i], &out->operators[out->operator_count]))
			out->operator_count++;
		iam_place_leave(&parser->place, 1);
	}
}

/* ---- statements ---- */

/* GRAM-5 */
static void
parse_effect(Parser *parser, const IamJson *json, IamPartStatement *out)
{
	bool folded;

	iam_place_member(&parser->place, iam_element_names[IAM_ELEMENT_EFFECT]);
	if (json->type == IAM_JSON_STRING && iam_str_equal(json->text, IAM_LIT("Deny")))
		out->flags |= IAM_STMT_DENY;
	else if (json->type != IAM_JSON_STRING || !iam_str_equal(json->text, IAM_LIT("Allow")))
	{
		folded = json->type == IAM_JSON_STRING && (iam_str_equal_fold(json->text, IAM_LIT("Allow")) ||
		                                           iam_str_equal_fold(json->text, IAM_LIT("Deny")));
		problem(parser, folded ? IAM_PROBLEM_EFFECT_CASE : IAM_PROBLEM_EFFECT, "GRAM-5",
		        "\"Effect\" must be \"Allow\" or \"Deny\"%s.", folded ? " in exactly this letter case" : "");
	}
	iam_place_leave(&parser->place, 1);
}

/* One of an element and its Not form, or neither (NULL). Both together: GRAM-4. */
static const IamJson *
either(Parser *parser, const IamJson *const elements[], IamElement plain, IamElement *which)
{
	IamElement negated = (IamElement) (plain + 1);

	*which = plain;
	if (elements[plain] != NULL && elements[negated] != NULL)
		problem(parser, IAM_PROBLEM_COMBINATION, "GRAM-4", "A statement cannot have both \"%s\" and \"%s\".",
		        iam_element_names[plain].data, iam_element_names[negated].data);
	else if (elements[negated] != NULL)
		*which = negated;
	return elements[*which];
}

/* Action or Resource with their Not forms: GRAM-6 */
static void
parse_targets(Parser *parser, const IamJson *const elements[], IamElement plain, IamProblem empty,
              IamPartList *out)
{
	IamElement     which;
	const IamJson *json = either(parser, elements, plain, &which);

	if (json == NULL)
		return;
	iam_place_member(&parser->place, iam_element_names[which]);
	parse_list(parser, json, false, out);
	if (json->type == IAM_JSON_ARRAY && json->count == 0)
		problem(parser, empty, "GRAM-6", "\"%s\" must not be an empty array.", iam_element_names[which].data);
	iam_place_leave(&parser->place, 1);
}

static void
parse_statement(Parser *parser, const IamJson *json, IamPartStatement *out)
{
	static const uint16_t element_flags[IAM_ELEMENT_COUNT] = {IAM_STMT_SID,
	                                                          0,
	                                                          IAM_STMT_PRINCIPAL,
	                                                          IAM_STMT_NOT_PRINCIPAL,
	                                                          0,
	                                                          IAM_STMT_NOT_ACTION,
	                                                          IAM_STMT_RESOURCE,
	                                                          IAM_STMT_NOT_RESOURCE,
	                                                          IAM_STMT_CONDITION};
	const IamJson        *elements[IAM_ELEMENT_COUNT] = {NULL};
	const IamJson        *principal;
	IamElement            which;
	char                  quoted[QUOTE_BYTES + 4];

	for (uint32_t i = 0; i < json->count && !parser->stop; i++)
	{
		uint32_t e = 0;

		while (e < IAM_ELEMENT_COUNT && !iam_str_equal(json->keys[i], iam_element_names[e]))
			e++;
		if (e < IAM_ELEMENT_COUNT)
		{
			elements[e] = &json->items[i];
			out->has[e] = true;
			out->flags |= element_flags[e];
			continue;
		}
		iam_place_member(&parser->place, json->keys[i]);
		problem(parser, IAM_PROBLEM_ELEMENT, "GRAM-4", "\"%s\" is not a statement element.",
		        iam_quote(json->keys[i], quoted, QUOTE_BYTES));
		iam_place_leave(&parser->place, 1);
	}
	if (elements[IAM_ELEMENT_SID] != NULL &&
	    !parse_string(parser, iam_element_names[IAM_ELEMENT_SID], elements[IAM_ELEMENT_SID], &out->sid))
		out->flags &= (uint16_t) ~IAM_STMT_SID;
	if (elements[IAM_ELEMENT_EFFECT] != NULL)
		parse_effect(parser, elements[IAM_ELEMENT_EFFECT], out);
	else
		problem(parser, IAM_PROBLEM_MISSING, "GRAM-4", "A statement must have \"Effect\".");
	principal = either(parser, elements, IAM_ELEMENT_PRINCIPAL, &which);
	if (principal != NULL && !stopped(parser))
	{
		iam_place_member(&parser->place, iam_element_names[which]);
		parse_principal(parser, principal, out);
		iam_place_leave(&parser->place, 1);
	}
	parse_targets(parser, elements, IAM_ELEMENT_ACTION, IAM_PROBLEM_ACTIONS, &out->actions);
	if (elements[IAM_ELEMENT_ACTION] == NULL && elements[IAM_ELEMENT_NOT_ACTION] == NULL)
		problem(parser, IAM_PROBLEM_ACTIONS, "GRAM-4", "A statement must have \"Action\" or \"NotAction\".");
	parse_targets(parser, elements, IAM_ELEMENT_RESOURCE, IAM_PROBLEM_RESOURCES, &out->resources);
	if (elements[IAM_ELEMENT_CONDITION] != NULL && !stopped(parser))
	{
		iam_place_member(&parser->place, iam_element_names[IAM_ELEMENT_CONDITION]);
		parse_condition(parser, elements[IAM_ELEMENT_CONDITION], out);
		iam_place_leave(&parser->place, 1);
	}
}

static void
parse_statements(Parser *parser, const IamJson *json, IamPartPolicy *out)
{
	uint32_t       count = json->type == IAM_JSON_ARRAY ? json->count : 1;
	const IamJson *items = json->type == IAM_JSON_ARRAY ? json->items : json;

	out->statement_array = json->type == IAM_JSON_ARRAY;
	iam_place_member(&parser->place, IAM_LIT("Statement"));
	if (!out->statement_array && json->type != IAM_JSON_OBJECT)
		problem(parser, IAM_PROBLEM_TYPE, "GRAM-1",
		        "\"Statement\" must be an object or an array of objects, not %s.", type_name(json));
	else if (count == 0)
		problem(parser, IAM_PROBLEM_MISSING, "GRAM-1", "\"Statement\" must not be an empty array.");
	else if (count > IAM_MAX_STATEMENTS)
		problem(parser, IAM_PROBLEM_LIMIT, "GRAM-1", "The policy has %lu statements; the limit is %d.",
		        (unsigned long) count, IAM_MAX_STATEMENTS);
	else
		out->statements = iam_alloc_array(parser->arena, count, sizeof *out->statements);
	for (uint32_t i = 0; out->statements != NULL && i < count && !stopped(parser); i++)
	{
		uint32_t steps = out->statement_array ? 1 : 0;

		iam_poll(parser->arena);
		if (out->statement_array)
			iam_place_item(&parser->place, i);
		if (items[i].type == IAM_JSON_OBJECT)
		{
			IamPartStatement *statement = &out->statements[out->statement_count++];

			statement->ordinal = i;
			parse_statement(parser, &items[i], statement);
		}
		else
			problem(parser, IAM_PROBLEM_TYPE, "GRAM-1", "A statement must be an object, not %s.",
			        type_name(&items[i]));
		iam_place_leave(&parser->place, steps);
	}
	iam_place_leave(&parser->place, 1);
}

/* GRAM-3 */
static void
parse_version(Parser *parser, const IamJson *json, IamPartPolicy *out)
{
	IamPartString version;

	if (!parse_string(parser, IAM_LIT("Version"), json, &version))
		return;
	if (iam_str_equal(version.text, IAM_LIT("2012-10-17")))
		out->version = IAM_VERSION_2012;
	else if (iam_str_equal(version.text, IAM_LIT("2008-10-17")))
		out->version = IAM_VERSION_2008;
	else
	{
		iam_place_member(&parser->place, IAM_LIT("Version"));
		problem(parser, IAM_PROBLEM_VERSION, "GRAM-3",
		        "\"Version\" must be \"2012-10-17\" or \"2008-10-17\".");
		iam_place_leave(&parser->place, 1);
	}
}

bool
iam_policy_parse(IamArena *arena, const IamJson *json, const char *root, IamProblemSink *sink,
                 IamPartPolicy *out)
{
	Parser         parser = {.arena = arena, .sink = sink, .place = {.root = root}};
	const IamJson *statement = NULL;
	char           quoted[QUOTE_BYTES + 4];

	memset(out, 0, sizeof *out);
	if (json->type != IAM_JSON_OBJECT)
	{
		problem(&parser, IAM_PROBLEM_TYPE, "GRAM-1", "A policy must be a JSON object, not %s.",
		        type_name(json));
		return !stopped(&parser);
	}
	for (uint32_t i = 0; i < json->count && !stopped(&parser); i++)
	{
		IamStr key = json->keys[i];

		if (iam_str_equal(key, IAM_LIT("Version")))
			parse_version(&parser, &json->items[i], out);
		else if (iam_str_equal(key, IAM_LIT("Id")))
			out->has_id = parse_string(&parser, IAM_LIT("Id"), &json->items[i], &out->id);
		else if (iam_str_equal(key, IAM_LIT("Statement")))
			statement = &json->items[i];
		else
		{
			iam_place_member(&parser.place, key);
			problem(&parser, IAM_PROBLEM_ELEMENT, "GRAM-1", "\"%s\" is not a policy element.",
			        iam_quote(key, quoted, QUOTE_BYTES));
			iam_place_leave(&parser.place, 1);
		}
	}
	if (statement != NULL && !stopped(&parser))
		parse_statements(&parser, statement, out);
	else if (statement == NULL)
		problem(&parser, IAM_PROBLEM_MISSING, "GRAM-1", "A policy must have \"Statement\".");
	return !stopped(&parser);
}
