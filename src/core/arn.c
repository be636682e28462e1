/*
 * arn.c: ARNs, and the patterns of Resource elements and ARN operators against
 * one concrete value (ARN-1..10, RES-1..5, VAR-2).
 *
 * A Resource pattern is matched as one string whose wildcards are what their
 * places make them (ARN-5a); an ARN operator's pattern component by component
 * (ARN-5b).  Where a pattern holds no variable nothing is copied.
 */
#include "arn.h"

#include "arn_glob.h"
#include "variable.h"

#define ARN_FIELDS 6

/*
 * Length of what stands before the n-th colon; UINT32_MAX where there are fewer.
 */
static uint32_t
nth_colon(IamStr text, uint32_t n)
{
	uint32_t at = 0;

	while (at < text.len)
	{
		const char *colon = memchr(text.data + at, ':', text.len - at);

		if (colon == NULL)
			break;
		at = (uint32_t) (colon - text.data);
		if (--n == 0)
			return at;
		at++;
	}
	return UINT32_MAX;
}

static bool
is_arn(IamStr text)
{
	return iam_str_starts(text, IAM_LIT("arn:")) && nth_colon(text, ARN_FIELDS - 1) != UINT32_MAX;
}

/* Splits at the first five colons, whatever the first field is. */
static bool
split_components(IamStr text, IamStr parts[ARN_FIELDS])
{
	for (int i = 0; i < ARN_FIELDS - 1; i++)
	{
		uint32_t len = nth_colon(text, 1);

		if (len == UINT32_MAX)
			return false;
		parts[i] = (IamStr){text.data, len};
		text = (IamStr){text.data + len + 1, text.len - len - 1};
	}
	parts[ARN_FIELDS - 1] = text;
	return true;
}

bool
iam_arn_split(IamStr text, IamArn *arn)
{
	IamStr parts[ARN_FIELDS];

	if (!iam_str_starts(text, IAM_LIT("arn:")) || !split_components(text, parts))
		return false;
	arn->partition = parts[1];
	arn->service = parts[2];
	arn->region = parts[3];
	arn->account = parts[4];
	arn->resource = parts[5];
	return true;
}

bool
iam_is_account_id(IamStr s)
{
	if (s.len != 12)
		return false;
	for (uint32_t i = 0; i < s.len; i++)
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
	return true;
}

/* ---- classes of patterns ---- */

/* The length of the text without the run of `*` it may end in. */
static uint32_t
without_stars(IamStr text)
{
	uint32_t len = text.len;

	while (len > 0 && text.data[len - 1] == '*')
		len--;
	return len;
}

/*
 * ${*}, ${?} and ${$} have no value to look up: they are literal characters in
 * any field.  Every other ${...} before the sixth field makes the pattern
 * unusable, a malformed one too.
 */
void
iam_pattern_classify(IamStr text, bool variables, IamPattern *pattern)
{
	uint32_t stem = without_stars(text);
	uint32_t fields = 1;
	uint32_t i = 0;
	bool     star = false; /* the character before i is a wildcard `*` */
	bool     field_ends_in_star = false;
	bool     inner_wildcard = false;
	bool     early_variable = false;

	pattern->tail = text.len;
	pattern->flags = 0;
	pattern->reserved = 0;
	if (stem == 0)
	{
		pattern->pattern_class = text.len > 0 ? IAM_PATTERN_ANY : IAM_PATTERN_UNUSABLE;
		return;
	}

	while (i < text.len)
	{
		IamVariable variable;
		char        c = text.data[i];

		if (variables && c == '$' && iam_variable_at(text, i, &variable))
		{
			pattern->flags |= IAM_PATTERN_VARIABLE;
			if (fields < ARN_FIELDS && variable.literal == 0)
				early_variable = true;
			star = false;
			i += variable.len;
			continue;
		}
		if (c == ':' && fields < ARN_FIELDS)
		{
			field_ends_in_star |= star;
			if (++fields == ARN_FIELDS)
				pattern->tail = i + 1;
		}
		star = c == '*';
		if ((star || c == '?') && i < stem)
			inner_wildcard = true;
		i++;
	}
	field_ends_in_star |= star;

	if (!iam_str_starts(text, IAM_LIT("arn:")) || early_variable)
	{
		pattern->pattern_class = IAM_PATTERN_UNUSABLE;
		return;
	}
	if (fields < ARN_FIELDS && !field_ends_in_star)
	{
		pattern->flags |= IAM_PATTERN_SHORT;
		pattern->pattern_class = IAM_PATTERN_GENERAL;
	}
	else if (inner_wildcard || (pattern->flags & IAM_PATTERN_VARIABLE))
		pattern->pattern_class = IAM_PATTERN_GENERAL;
	else if (stem < text.len)
		pattern->pattern_class = IAM_PATTERN_PREFIX;
	else
		pattern->pattern_class = IAM_PATTERN_EXACT;
}

/* ---- globs of patterns ---- */

uint32_t
iam_element_fields(IamStr text, bool variables)
{
	uint32_t fields = 1;
	uint32_t i = 0;

	while (i < text.len)
	{
		IamVariable variable;

		if (variables && text.data[i] == '$' && iam_variable_at(text, i, &variable))
		{
			i += variable.len;
			continue;
		}
		fields += text.data[i] == ':';
		i++;
	}
	return fields;
}

uint32_t
iam_element_head(IamStr text, uint32_t tail, bool variables, char *out)
{
	uint32_t len = 0;
	uint32_t i = 0;

	while (i < tail)
	{
		IamVariable variable;
		char        c = text.data[i];

		if (variables && c == '$' && iam_variable_at(text, i, &variable))
		{
			out[len++] = variable.literal;
			i += variable.len;
		}
		else if (c == '*')
		{
			/* a run that ends its segment or the pattern runs on past colons */
			while (i < text.len && text.data[i] == '*')
				i++;
			out[len++] = i == text.len || text.data[i] == ':' ? IAM_ANY : IAM_ANY_BUT_COLON;
		}
		else
		{
			out[len++] = c == '?' ? IAM_ONE_BUT_COLON : c;
			i++;
		}
	}
	return len;
}

IamTri
iam_element_expand(IamStr text, const IamPattern *pattern, const IamVariables *variables, char *out,
                   size_t size, uint32_t *len)
{
	bool     has_variables = (pattern->flags & IAM_PATTERN_VARIABLE) != 0;
	IamStr   rest = {text.data + pattern->tail, text.len - pattern->tail};
	uint32_t head;

	*len = 0;
	if (pattern->tail > size)
		return IAM_NO;
	head = iam_element_head(text, pattern->tail, has_variables, out);
	if (has_variables)
	{
		IamTri result = iam_expand(rest, true, variables, out + head, size - head, len);

		*len += head;
		return result;
	}
	if (rest.len > size - head)
		return IAM_NO;
	for (uint32_t i = 0; i < rest.len; i++)
		out[head + i] = rest.data[i] == '*' ? IAM_ANY : rest.data[i] == '?' ? IAM_ONE : rest.data[i];
	*len = head + rest.len;
	return IAM_YES;
}

/* ---- Resource elements (ARN-5a) ---- */

/* Never inlined: its frame is large. */
static IamTri __attribute__((noinline))
match_variables(IamStr text, const IamPattern *pattern, const IamVariables *variables, IamStr resource)
{
	char     glob[IAM_ELEMENT_GLOB_BYTES];
	uint32_t literal = 0;
	uint32_t len;
	IamTri   result;

	/* most patterns fail before their first wildcard or variable */
	while (literal < pattern->tail && strchr("*?$", text.data[literal]) == NULL)
		literal++;
	if (resource.len < literal || memcmp(text.data, resource.data, literal) != 0)
		return IAM_NO;
	result = iam_element_expand(text, pattern, variables, glob, sizeof glob, &len);
	if (result == IAM_NO || !iam_glob_match((IamStr){glob, len}, resource))
		return IAM_NO;
	return result;
}

static IamTri
match_general(IamStr text, const IamPattern *pattern, bool complete_short, const IamVariables *variables,
              IamStr resource)
{
	/* without a sixth field the pattern itself does not ask for five colons */
	if (pattern->tail == text.len && !is_arn(resource))
		return IAM_NO;
	if (pattern->flags & IAM_PATTERN_SHORT)
	{
		/*
		 * No wildcard of such a pattern leaves its segment, so its n fields
		 * are the resource's first n, and the fields it is completed with
		 * take whatever follows (ARN-7).
		 */
		if (!complete_short)
			return IAM_NO;
		resource.len = nth_colon(resource, iam_element_fields(text, pattern->flags & IAM_PATTERN_VARIABLE));
	}
	if (pattern->flags & IAM_PATTERN_VARIABLE)
		return match_variables(text, pattern, variables, resource);
	return iam_glob_match_element(text, pattern->tail, resource) ? IAM_YES : IAM_NO;
}

static IamTri
match_text(IamStr text, const IamPattern *pattern, bool complete_short, const IamVariables *variables,
           IamStr resource)
{
	uint32_t stem;

	switch ((IamPatternClass) pattern->pattern_class)
	{
		case IAM_PATTERN_ANY:
			return IAM_YES;
		case IAM_PATTERN_EXACT:
			return iam_str_equal(text, resource) ? IAM_YES : IAM_NO;
		case IAM_PATTERN_PREFIX:
			stem = without_stars(text);
			if (resource.len < stem || memcmp(text.data, resource.data, stem) != 0)
				return IAM_NO;
			return pattern->tail < text.len || is_arn(resource) ? IAM_YES : IAM_NO;
		case IAM_PATTERN_GENERAL:
			return match_general(text, pattern, complete_short, variables, resource);
		case IAM_PATTERN_UNUSABLE:
			break;
	}
	return IAM_NO;
}

IamTri
iam_pattern_match(const void *image, const IamPattern *pattern, bool complete_short,
                  const IamVariables *variables, IamStr resource)
{
	return match_text(iam_slice(image, pattern->text), pattern, complete_short, variables, resource);
}

bool
iam_arn_pattern_matches(IamStr pattern, IamStr arn)
{
	IamPattern classified;

	iam_pattern_classify(pattern, true, &classified);
	return match_text(pattern, &classified, true, NULL, arn) == IAM_YES;
}

/* ---- ARN operators (ARN-5b) ---- */

/*
 * The value has to be an ARN.  The pattern is split after variables were
 * substituted: a value with a colon in it shifts the components behind it.
 */
bool
iam_arn_like(IamStr pattern, IamStr value)
{
	IamStr patterns[ARN_FIELDS];
	IamStr values[ARN_FIELDS];

	if (!iam_str_starts(value, IAM_LIT("arn:")) || !split_components(value, values) ||
	    !split_components(pattern, patterns))
		return false;
	for (int i = 0; i < ARN_FIELDS; i++)
		if (!iam_glob_match(patterns[i], values[i]))
			return false;
	return true;
}

bool
iam_is_arn_like_pattern(IamStr text)
{
	return iam_element_fields(text, true) >= ARN_FIELDS;
}
