/*
 * variable.c: policy variables in Resource elements and condition values
 * (VAR-1..13): finding them and putting values in their place.
 *
 * Whether a document has variables at all (VAR-9) is the caller's to know.
 */
#include "variable.h"

bool
iam_variable_at(IamStr text, uint32_t at, IamVariable *variable)
{
	const char *inner;
	const char *end;
	IamStr      rest;

	if (text.len - at < 3 || text.data[at] != '$' || text.data[at + 1] != '{')
		return false;
	inner = text.data + at + 2;
	end = memchr(inner, '}', text.len - at - 2);
	if (end == NULL)
		return false;

	memset(variable, 0, sizeof *variable);
	rest = (IamStr){inner, (uint32_t) (end - inner)};
	variable->len = rest.len + 3;
	if (rest.len == 1 && (*inner == '*' || *inner == '?' || *inner == '$'))
	{
		variable->literal = *inner;
		variable->well_formed = true;
		return true;
	}

	while (variable->key.len < rest.len && rest.data[variable->key.len] != ',')
	{
		/* a blank, a wildcard or the start of another variable cannot be part of a name */
		if (strchr(" \t\r\n*?${'", rest.data[variable->key.len]) != NULL)
			return true;
		variable->key.len++;
	}
	variable->key.data = inner;
	if (variable->key.len == 0)
		return true;
	if (variable->key.len == rest.len)
	{
		variable->well_formed = true;
		return true;
	}

	/* comma, at most one space, then the default in single quotes (VAR-4) */
	rest.data += variable->key.len + 1;
	rest.len -= variable->key.len + 1;
	if (rest.len > 0 && rest.data[0] == ' ')
	{
		rest.data++;
		rest.len--;
	}
	if (rest.len < 2 || rest.data[0] != '\'' ||
	    memchr(rest.data + 1, '\'', rest.len - 1) != rest.data + rest.len - 1)
		return true;
	variable->has_fallback = true;
	variable->fallback = (IamStr){rest.data + 1, rest.len - 2};
	variable->well_formed = true;
	return true;
}

/* Offset of the first ${...} at or after `from`, or text.len. */
static uint32_t
next_variable(IamStr text, uint32_t from, IamVariable *variable)
{
	while (from < text.len)
	{
		const char *dollar = memchr(text.data + from, '$', text.len - from);

		if (dollar == NULL)
			break;
		from = (uint32_t) (dollar - text.data);
		if (iam_variable_at(text, from, variable))
			return from;
		/* not terminated here: then nothing behind it is either */
		if (text.len - from >= 3 && text.data[from + 1] == '{')
			break;
		from++;
	}
	return text.len;
}

bool
iam_has_variable(IamStr text)
{
	IamVariable variable;

	return next_variable(text, 0, &variable) < text.len;
}

void
iam_visit_variables(IamStr text, void (*visit)(void *ctx, IamStr key), void *ctx)
{
	IamVariable variable;
	uint32_t    at = next_variable(text, 0, &variable);

	while (at < text.len)
	{
		if (variable.well_formed && variable.literal == 0)
			visit(ctx, variable.key);
		at = next_variable(text, at + variable.len, &variable);
	}
}

typedef struct Output
{
	char  *data;
	size_t size;
	size_t len;
	bool   full;
} Output;

static void
put(Output *out, const char *data, size_t len)
{
	if (len > out->size - out->len)
		out->full = true;
	else if (len > 0)
	{
		memcpy(out->data + out->len, data, len);
		out->len += len;
	}
}

static void
put_text(Output *out, const char *data, size_t len, bool wildcards)
{
	size_t start = out->len;

	put(out, data, len);
	if (!wildcards)
		return;
	for (size_t i = start; i < out->len; i++)
		if (out->data[i] == '*')
			out->data[i] = IAM_ANY;
		else if (out->data[i] == '?')
			out->data[i] = IAM_ONE;
}

/* Puts one variable's value; the three answers are those of iam_expand. */
static IamTri
put_variable(Output *out, const IamVariable *variable, const IamVariables *variables)
{
	IamStr value = IAM_NO_STR;
	bool   multivalued = false;
	IamTri known;
	char   any = IAM_ANY;

	if (variable->literal != 0)
	{
		put(out, &variable->literal, 1);
		return IAM_YES;
	}
	if (!variable->well_formed || variables == NULL)
		return IAM_NO;
	known = variables->resolve(variables->ctx, variable->key, &value, &multivalued);
	if (known == IAM_UNKNOWN)
	{
		put(out, &any, 1);
		return IAM_UNKNOWN;
	}
	if (known == IAM_YES && value.len > 0)
		put(out, value.data, value.len);
	else if (variable->has_fallback && !multivalued)
		put(out, variable->fallback.data, variable->fallback.len);
	else
		return IAM_NO;
	return IAM_YES;
}

IamTri
iam_expand(IamStr text, bool wildcards, const IamVariables *variables, char *out, size_t size, uint32_t *len)
{
	Output      output = {out, size, 0, false};
	IamVariable variable;
	IamTri      result = IAM_YES;
	uint32_t    done = 0;

	*len = 0;
	while (done < text.len && !output.full)
	{
		uint32_t at = next_variable(text, done, &variable);

		put_text(&output, text.data + done, at - done, wildcards);
		if (at == text.len)
			break;
		result = iam_and(result, put_variable(&output, &variable, variables));
		if (result == IAM_NO)
			return IAM_NO;
		done = at + variable.len;
	}
	if (output.full)
		return IAM_NO;
	*len = (uint32_t) output.len;
	return result;
}
