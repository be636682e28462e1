/*
 * json_in.c: JSON text to a read-only tree in an arena (GRAM-2, numbers by
 * interface.md section 5).  The only file that knows jansson.
 *
 * Nothing of jansson's outlives a call: its tree is copied and freed before
 * every return, and the host is never polled meanwhile, so it cannot leak.
 * json_object() must never be called: a PostgreSQL backend exports a function
 * of that name and would be entered instead.
 */
#include "json_in.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * jansson spends up to 250 bytes on an empty object, 80 times its text: what it
 * may take is limited by counting containers first.  A real policy has one in
 * about sixty bytes.
 */
#define MAX_CONTAINERS 500000

#define DOUBLE_DIGITS 17       /* no shortest decimal of a double has more */
#define DOUBLE_EXACT_DIGITS 15 /* decimals of so many digits survive the way through a double */

#define QUOTE_HINT "Quote the number: strings are compared exactly at any size."

typedef struct Reader
{
	IamArena *arena;
	IamStr    text;
	uint32_t  cursor; /* behind the number lexeme taken last */
	IamError *err;
} Reader;

/* A decimal: sign 0.D1..Dn * 10^exponent, no zero digit at either end. */
typedef struct Decimal
{
	bool negative;
	char digits[DOUBLE_DIGITS + 1];
	int  count; /* 0: zero */
	int  exponent;
} Decimal;

/* Completes an error with the line and column, in characters, of a byte offset. */
static bool
fail_at(Reader *reader, uint32_t offset, const char *hint)
{
	IamError *err = reader->err;

	if (err == NULL)
		return false;
	err->line = 1;
	err->column = 1;
	for (uint32_t i = 0; i < offset; i++)
	{
		if (reader->text.data[i] == '\n')
		{
			err->line++;
			err->column = 1;
		}
		else if (((uint8_t) reader->text.data[i] & 0xC0) != 0x80)
			err->column++;
	}
	if (hint != NULL)
		snprintf(err->hint, sizeof err->hint, "%s", hint);
	return false;
}

/* The offset behind the string literal that opens at i; text.len when it never closes. */
static uint32_t
skip_string(IamStr text, uint32_t i)
{
	for (i++; i < text.len && text.data[i] != '"'; i++)
		if (text.data[i] == '\\')
			i++;
	return i < text.len ? i + 1 : text.len;
}

/* Depth and number of containers, before jansson allocates anything. */
static bool
check_shape(Reader *reader)
{
	IamStr   text = reader->text;
	uint32_t depth = 0;
	uint32_t containers = 0;
	uint32_t i = 0;

	while (i < text.len)
	{
		char c = text.data[i];

		if (c == '"')
		{
			i = skip_string(text, i);
			continue;
		}
		if (c == '{' || c == '[')
		{
			containers++;
			if (++depth > IAM_MAX_DEPTH)
			{
				iam_fail(reader->err, IAM_OVER_LIMIT, NULL, "JSON is nested deeper than %d levels.",
				         IAM_MAX_DEPTH);
				return fail_at(reader, i, NULL);
			}
			if (containers > MAX_CONTAINERS)
			{
				iam_fail(reader->err, IAM_OVER_LIMIT, NULL, "JSON holds more than %d objects and arrays.",
				         MAX_CONTAINERS);
				return fail_at(reader, i, NULL);
			}
		}
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
		i++;
	}
	return true;
}

/* The string literal, without its quotes, that ends just before offset `end`. */
static IamStr
string_before(IamStr text, size_t end)
{
	uint32_t last;
	uint32_t i;

	if (end < 2 || end > text.len || text.data[end - 1] != '"')
		return IAM_NO_STR;
	last = (uint32_t) end - 1;
	for (i = last; i > 0; i--)
	{
		uint32_t slashes = 0;

		if (text.data[i - 1] != '"')
			continue;
		while (slashes < i - 1 && text.data[i - 2 - slashes] == '\\')
			slashes++;
		if (slashes % 2 == 0)
			return (IamStr){text.data + i, last - i};
	}
	return IAM_NO_STR;
}

/* What jansson found, in our words. */
static bool
fail_parse(Reader *reader, const json_error_t *error)
{
	IamError *err = reader->err;
	char      quoted[JSON_ERROR_TEXT_LENGTH + 4];
	IamStr    key;

	switch (json_error_code(error))
	{
		case json_error_out_of_memory:
			return iam_fail(err, IAM_NO_MEMORY, NULL, "Out of memory.");
		case json_error_duplicate_key:
			key = string_before(reader->text, error->position > 0 ? (size_t) error->position : 0);
			iam_fail(err, IAM_BAD_SYNTAX, NULL, "Key \"%s\" occurs twice in one object.",
			         iam_quote(key, quoted, 64));
			break;
		case json_error_null_character:
		case json_error_null_byte_in_key:
			iam_fail(err, IAM_BAD_SYNTAX, NULL, "The character U+0000 is not allowed.");
			break;
		case json_error_numeric_overflow:
			iam_fail(err, IAM_BAD_SYNTAX, NULL, "A number is too large.");
			break;
		case json_error_premature_end_of_input:
			iam_fail(err, IAM_BAD_SYNTAX, NULL, "The text is not valid JSON: it ends too early.");
			break;
		default:
			iam_fail(err, IAM_BAD_SYNTAX, NULL, "The text is not valid JSON: %s.",
			         iam_quote((IamStr){error->text, (uint32_t) strlen(error->text)}, quoted,
			                   JSON_ERROR_TEXT_LENGTH));
	}
	if (err != NULL)
	{
		err->line = error->line > 0 ? error->line : 1;
		err->column = error->column > 0 ? error->column : 1;
		if (json_error_code(error) == json_error_numeric_overflow)
			snprintf(err->hint, sizeof err->hint, "%s", QUOTE_HINT);
	}
	return false;
}

/* ---- numbers ---- */

/* The next number of the source.  jansson keeps document order, so they come in the tree's order. */
static IamStr
next_number(Reader *reader)
{
	IamStr   text = reader->text;
	uint32_t i = reader->cursor;
	uint32_t start;

	while (i < text.len && text.data[i] != '-' && (text.data[i] < '0' || text.data[i] > '9'))
		i = text.data[i] == '"' ? skip_string(text, i) : i + 1;
	start = i;
	while (i < text.len && strchr("+-.eE0123456789", text.data[i]) != NULL && text.data[i] != 0)
		i++;
	reader->cursor = i;
	return (IamStr){text.data + start, i - start};
}

/*
 * Reads a lexeme, whatever stands between its digits: JSON's own, or printf's
 * %e in any locale.  false: more digits than any double's shortest decimal has.
 */
static bool
read_decimal(IamStr text, Decimal *out)
{
	uint32_t i = 0;
	int      zeros = 0;
	bool     point = false;

	memset(out, 0, sizeof *out);
	if (i < text.len && text.data[i] == '-')
	{
		out->negative = true;
		i++;
	}
	for (; i < text.len && text.data[i] != 'e' && text.data[i] != 'E'; i++)
	{
		char c = text.data[i];

		if (c < '0' || c > '9')
		{
			point = true;
			continue;
		}
		if (out->count == 0 && c == '0')
		{
			if (point)
				out->exponent--;
			continue;
		}
		if (!point)
			out->exponent++;
		if (c == '0')
		{
			zeros++;
			continue;
		}
		if (zeros >= DOUBLE_DIGITS || out->count + zeros >= DOUBLE_DIGITS)
			return false;
		memset(out->digits + out->count, '0', (size_t) zeros);
		out->count += zeros;
		out->digits[out->count++] = c;
		zeros = 0;
	}
	if (i < text.len)
	{
		bool minus = ++i < text.len && text.data[i] == '-';
		int  exponent = 0;

		for (; i < text.len; i++)
			if (text.data[i] >= '0' && text.data[i] <= '9' && exponent < 100000)
				exponent = exponent * 10 + (text.data[i] - '0');
		out->exponent += minus ? -exponent : exponent;
	}
	if (out->count == 0)
		out->exponent = 0;
	return true;
}

/* Is the decimal the shortest one that stands for this double? */
static bool
is_shortest(const Decimal *decimal, double value)
{
	char    text[64];
	Decimal shortest;

	if (decimal->count <= DOUBLE_EXACT_DIGITS && decimal->exponent > -290 && decimal->exponent < 290)
		return true;
	for (int precision = 1; precision <= DOUBLE_DIGITS; precision++)
	{
		int len = snprintf(text, sizeof text, "%.*e", precision - 1, value);

		if (len <= 0 || !read_decimal((IamStr){text, (uint32_t) len}, &shortest))
			return false;
		/* without a point, strtod does not depend on the locale */
		snprintf(text, sizeof text, "%s%.*se%d", shortest.negative ? "-" : "", shortest.count,
		         shortest.digits, shortest.exponent - shortest.count);
		if (strtod(text, NULL) == value)
			break;
	}
	return shortest.count == decimal->count && shortest.exponent == decimal->exponent &&
	       memcmp(shortest.digits, decimal->digits, (size_t) decimal->count) == 0;
}

/* Plain for 10^-7 < |x| < 10^21, as ECMAScript writes numbers; else with an exponent. */
static IamStr
write_decimal(IamArena *arena, const Decimal *decimal)
{
	IamBuf buf;
	int    exponent = decimal->exponent;

	iam_buf_init(&buf, arena);
	if (decimal->count == 0)
		return iam_str_copy(arena, IAM_LIT("0"));
	if (decimal->negative)
		iam_buf_char(&buf, '-');
	if (exponent > 21 || exponent < -5)
	{
		iam_buf_char(&buf, decimal->digits[0]);
		if (decimal->count > 1)
			iam_buf_format(&buf, ".%.*s", decimal->count - 1, decimal->digits + 1);
		iam_buf_format(&buf, "e%d", exponent - 1);
		return iam_buf_result(&buf);
	}
	if (exponent <= 0)
	{
		iam_buf_cstr(&buf, "0.");
		for (int i = exponent; i < 0; i++)
			iam_buf_char(&buf, '0');
	}
	for (int i = 0; i < decimal->count || i < exponent; i++)
	{
		if (i == exponent && i > 0)
			iam_buf_char(&buf, '.');
		iam_buf_char(&buf, i < decimal->count ? decimal->digits[i] : '0');
	}
	return iam_buf_result(&buf);
}

static bool
convert_number(Reader *reader, const json_t *json, IamStr *out)
{
	IamStr  lexeme = next_number(reader);
	Decimal decimal;

	if (json_is_integer(json))
	{
		char text[32];
		int  len = snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(json));

		*out = iam_str_copy(reader->arena, (IamStr){text, (uint32_t) len});
		return true;
	}
	if (!read_decimal(lexeme, &decimal) || !is_shortest(&decimal, json_real_value(json)))
	{
		iam_fail(reader->err, IAM_BAD_SYNTAX, NULL, "A number has more digits than a double holds exactly.");
		return fail_at(reader, (uint32_t) (lexeme.data - reader->text.data), QUOTE_HINT);
	}
	*out = write_decimal(reader->arena, &decimal);
	return true;
}

/* ---- the tree ---- */

static bool
convert(Reader *reader, json_t *json, int depth, IamJson *out)
{
	IamJson *items;
	IamStr  *keys;
	uint32_t i = 0;
	void    *iter;

	switch (json_typeof(json))
	{
		case JSON_NULL:
			out->type = IAM_JSON_NULL;
			return true;
		case JSON_TRUE:
		case JSON_FALSE:
			out->type = IAM_JSON_BOOL;
			out->text = json_is_true(json) ? IAM_LIT("true") : IAM_LIT("false");
			return true;
		case JSON_INTEGER:
		case JSON_REAL:
			out->type = IAM_JSON_NUMBER;
			return convert_number(reader, json, &out->text);
		case JSON_STRING:
			out->type = IAM_JSON_STRING;
			out->text = iam_str_copy(reader->arena,
			                         (IamStr){json_string_value(json), (uint32_t) json_string_length(json)});
			return true;
		case JSON_ARRAY:
			out->type = IAM_JSON_ARRAY;
			out->count = (uint32_t) json_array_size(json);
			break;
		case JSON_OBJECT:
			out->type = IAM_JSON_OBJECT;
			out->count = (uint32_t) json_object_size(json);
			break;
	}
	if (depth >= IAM_MAX_DEPTH)
		return iam_fail(reader->err, IAM_OVER_LIMIT, NULL, "JSON is nested deeper than %d levels.",
		                IAM_MAX_DEPTH);
	if (out->count == 0)
		return true;
	out->items = items = iam_alloc_array(reader->arena, out->count, sizeof *items);
	if (items == NULL)
		return false;
	if (out->type == IAM_JSON_ARRAY)
	{
		for (; i < out->count; i++)
			if (!convert(reader, json_array_get(json, i), depth + 1, &items[i]))
				return false;
		return true;
	}
	out->keys = keys = iam_alloc_array(reader->arena, out->count, sizeof *keys);
	if (keys == NULL)
		return false;
	for (iter = json_object_iter(json); iter != NULL && i < out->count;
	     iter = json_object_iter_next(json, iter), i++)
	{
		const char *key = json_object_iter_key(iter);

		/* no U+0000 in keys: jansson refuses it */
		keys[i] = iam_str_copy(reader->arena, (IamStr){key, (uint32_t) strlen(key)});
		if (!convert(reader, json_object_iter_value(iter), depth + 1, &items[i]))
			return false;
	}
	return true;
}

bool
iam_json_parse(IamArena *arena, IamStr text, size_t max_bytes, const IamJson **out, IamError *err)
{
	Reader       reader = {arena, text, 0, err};
	json_error_t error;
	json_t      *json;
	IamJson     *tree;
	bool         good;

	*out = NULL;
	if (text.len > max_bytes)
		return iam_fail(err, IAM_OVER_LIMIT, NULL, "The text has %lu bytes; the limit is %lu.",
		                (unsigned long) text.len, (unsigned long) max_bytes);
	if (!check_shape(&reader))
		return false;
	tree = iam_alloc(arena, sizeof *tree);
	if (tree == NULL)
		return iam_fail(err, IAM_NO_MEMORY, NULL, "Out of memory.");
	json = json_loadb(text.len == 0 ? "" : text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	if (json == NULL)
		return fail_parse(&reader, &error);
	good = convert(&reader, json, 0, tree);
	json_decref(json);
	if (arena->failed)
		return iam_fail(err, IAM_NO_MEMORY, NULL, "Out of memory.");
	if (good)
		*out = tree;
	return good;
}

const IamJson *
iam_json_member(const IamJson *object, const char *name)
{
	IamStr key = {name, (uint32_t) strlen(name)};

	if (object == NULL || object->type != IAM_JSON_OBJECT)
		return NULL;
	for (uint32_t i = 0; i < object->count; i++)
		if (iam_str_equal(object->keys[i], key))
			return &object->items[i];
	return NULL;
}
