/*
 * arn_pattern.c: Resource patterns as sets of ARNs: the relations of the SQL
 * type arn_pattern and request resources with wildcards (ARN-2, ARN-11, RES-6).
 *
 * An ARN here is any string with five colons or more, as ARN-11 has it; so `*`
 * is more than `arn:*` is.  A pattern that can never match, whatever the
 * request (ARN-7, VAR-2, VAR-10), is the empty set: it overlaps nothing and is
 * covered by everything.
 */
#include "arn.h"

#include "arn_glob.h"

#define ARN_COLONS 5

/* The variables of the left side of a relation: each spelling a letter of its own. */
typedef struct Names
{
	IamVariable *variable;
	uint32_t     count;
} Names;

/* The same key, in any case, with the same default. */
static bool
same_variable(const IamVariable *a, const IamVariable *b)
{
	return iam_str_equal_fold(a->key, b->key) && a->has_fallback == b->has_fallback &&
	       iam_str_equal(a->fallback, b->fallback);
}

/* The letter of a variable; with `add` a new one is made where there is none.  0: none. */
static uint32_t
letter_of(Names *names, const IamVariable *variable, bool add)
{
	for (uint32_t i = 0; i < names->count; i++)
		if (same_variable(&names->variable[i], variable))
			return i + 1;
	if (!add)
		return 0;
	names->variable[names->count++] = *variable;
	return names->count;
}

/*
 * The glob of a classified pattern.  A variable becomes its letter if `names`
 * holds or, with `add`, takes it, and IAM_ANY otherwise.  No string for a
 * pattern that matches nothing, and when memory is short (arena->failed).
 */
static IamStr
pattern_glob(IamArena *arena, IamStr text, const IamPattern *pattern, bool complete_short, Names *names,
             bool add)
{
	bool     variables = (pattern->flags & IAM_PATTERN_VARIABLE) != 0;
	uint32_t i = pattern->tail;
	uint32_t len;
	char    *out;

	if (pattern->pattern_class == IAM_PATTERN_UNUSABLE ||
	    ((pattern->flags & IAM_PATTERN_SHORT) && !complete_short))
		return IAM_NO_STR;
	out = iam_alloc(arena, (size_t) text.len + 2 * ARN_COLONS);
	if (out == NULL)
		return IAM_NO_STR;
	len = iam_element_head(text, pattern->tail, variables, out);
	while (i < text.len)
	{
		IamVariable variable;
		uint32_t    letter = 0;
		char        c = text.data[i];

		if (!variables || c != '$' || !iam_variable_at(text, i, &variable))
		{
			out[len++] = c == '*' ? IAM_ANY : c == '?' ? IAM_ONE : c;
			i++;
			continue;
		}
		i += variable.len;
		if (variable.literal != 0)
		{
			out[len++] = variable.literal;
			continue;
		}
		if (!variable.well_formed)
			return IAM_NO_STR;
		if (names != NULL)
			letter = letter_of(names, &variable, add);
		if (letter == 0)
		{
			out[len++] = IAM_ANY;
			continue;
		}
		/* a variable is at least four bytes of text */
		out[len++] = IAM_OPAQUE;
		out[len++] = (char) (0x80 | ((letter >> 6) & 0x3F));
		out[len++] = (char) (0x80 | (letter & 0x3F));
	}
	if (pattern->flags & IAM_PATTERN_SHORT)
		for (uint32_t fields = iam_element_fields(text, variables); fields <= ARN_COLONS; fields++)
		{
			out[len++] = ':';
			out[len++] = IAM_ANY;
		}
	return (IamStr){out, len};
}

/* Variables count only as ${*}, ${?} and ${$}: any other has no glob. */
IamStr
iam_pattern_glob(IamArena *arena, IamStr text, bool complete_short)
{
	IamPattern  pattern;
	IamVariable variable;

	iam_pattern_classify(text, true, &pattern);
	if (pattern.flags & IAM_PATTERN_VARIABLE)
		for (uint32_t i = pattern.tail; i < text.len; i++)
			if (text.data[i] == '$' && iam_variable_at(text, i, &variable))
			{
				if (variable.literal == 0)
					return IAM_NO_STR;
				i += variable.len - 1;
			}
	return pattern_glob(arena, text, &pattern, complete_short, NULL, false);
}

/* Both within the limit of a pattern's length, which keeps letters and searches small. */
static bool
classify_both(IamStr a, IamStr b, IamPattern *pa, IamPattern *pb)
{
	if (a.len > IAM_MAX_PATTERN_BYTES || b.len > IAM_MAX_PATTERN_BYTES)
		return false;
	iam_pattern_classify(a, true, pa);
	iam_pattern_classify(b, true, pb);
	return true;
}

IamTri
iam_arn_pattern_covers(IamArena *arena, IamStr a, IamStr b)
{
	IamPattern pa;
	IamPattern pb;
	IamStr     a_glob;
	IamStr     b_glob;
	Names      names = {NULL, 0};

	if (!classify_both(a, b, &pa, &pb))
		return IAM_UNKNOWN;
	if (pa.pattern_class == IAM_PATTERN_ANY)
		return IAM_YES;
	if (pa.flags & IAM_PATTERN_VARIABLE)
	{
		names.variable = iam_alloc_array(arena, a.len / 4 + 1, sizeof(IamVariable));
		if (names.variable == NULL)
			return IAM_UNKNOWN;
	}
	a_glob = pattern_glob(arena, a, &pa, true, &names, true);
	b_glob = pattern_glob(arena, b, &pb, true, &names, false);
	if (arena->failed)
		return IAM_UNKNOWN;
	if (b_glob.data == NULL)
		return IAM_YES;
	if (a_glob.data == NULL)
		return IAM_NO;
	return iam_glob_covers_within(arena, a_glob, b_glob, ARN_COLONS);
}

IamTri
iam_arn_pattern_overlaps(IamArena *arena, IamStr a, IamStr b)
{
	IamPattern pa;
	IamPattern pb;
	IamStr     a_glob;
	IamStr     b_glob;

	if (!classify_both(a, b, &pa, &pb))
		return IAM_UNKNOWN;
	a_glob = pattern_glob(arena, a, &pa, true, NULL, false);
	b_glob = pattern_glob(arena, b, &pb, true, NULL, false);
	if (arena->failed)
		return IAM_UNKNOWN;
	if (a_glob.data == NULL || b_glob.data == NULL)
		return IAM_NO;
	return iam_glob_overlaps_within(arena, a_glob, b_glob, ARN_COLONS);
}

/* Bytes before the first wildcard. */
static uint32_t
literal_prefix(IamStr glob)
{
	uint32_t len = 0;

	while (len < glob.len && !iam_is_wildcard(glob.data[len]))
		len++;
	return len;
}

IamTri
iam_pattern_match_glob(IamArena *arena, const void *image, const IamPattern *pattern, bool complete_short,
                       const IamVariables *variables, IamStr resource_glob)
{
	IamStr   text = iam_slice(image, pattern->text);
	char     buffer[IAM_ELEMENT_GLOB_BYTES + 2 * ARN_COLONS];
	IamStr   glob = {buffer, 0};
	IamTri   resolved;
	uint32_t common;
	uint32_t other;

	if (pattern->pattern_class == IAM_PATTERN_ANY)
		return IAM_YES;
	if (pattern->pattern_class == IAM_PATTERN_UNUSABLE ||
	    ((pattern->flags & IAM_PATTERN_SHORT) && !complete_short))
		return IAM_NO;
	resolved = iam_element_expand(text, pattern, variables, buffer, IAM_ELEMENT_GLOB_BYTES, &glob.len);
	if (resolved == IAM_NO)
		return IAM_NO;
	if (pattern->flags & IAM_PATTERN_SHORT)
		for (uint32_t fields = iam_element_fields(text, pattern->flags & IAM_PATTERN_VARIABLE);
		     fields <= ARN_COLONS; fields++)
		{
			buffer[glob.len++] = ':';
			buffer[glob.len++] = IAM_ANY;
		}

	common = literal_prefix(glob);
	other = literal_prefix(resource_glob);
	if (memcmp(glob.data, resource_glob.data, common < other ? common : other) != 0)
		return IAM_NO;
	if (iam_glob_overlaps_within(arena, glob, resource_glob, ARN_COLONS) == IAM_NO)
		return IAM_NO;
	if (resolved == IAM_YES && iam_glob_covers_within(arena, glob, resource_glob, ARN_COLONS) == IAM_YES)
		return IAM_YES;
	return IAM_UNKNOWN;
}
