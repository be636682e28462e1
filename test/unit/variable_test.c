/*
 * variable_test.c: finding and expanding policy variables (VAR-1..13).
 */
#include "check.h"
#include "variable.h"

static IamStr
str(const char *s)
{
	return (IamStr) {s, (uint32_t) strlen(s)};
}

/* A context of a few keys; `?` as value: unknown, `[]`: multivalued. */
typedef struct Pair
{
	const char *key;
	const char *value;
} Pair;

static const Pair context[] = {
	{"aws:username", "bob"},
	{"aws:PrincipalTag/team", "*?x"},
	{"aws:PrincipalTag/accent", "\xC3\xA9"},
	{"empty", ""},
	{"unknown", "?"},
	{"many", "[]"},
	{"long", "0123456789012345678901234567890123456789"},
};

static IamTri
resolve(void *ctx, IamStr key, IamStr *value, bool *multivalued)
{
	(void) ctx;
	*multivalued = false;
	for (size_t i = 0; i < sizeof context / sizeof context[0]; i++)
	{
		if (!iam_str_equal_fold(key, str(context[i].key)))
			continue;
		if (strcmp(context[i].value, "?") == 0)
			return IAM_UNKNOWN;
		if (strcmp(context[i].value, "[]") == 0)
		{
			*multivalued = true;
			return IAM_NO;
		}
		if (context[i].value[0] == '\0')
			return IAM_NO;
		*value = str(context[i].value);
		return IAM_YES;
	}
	return IAM_NO;
}

static const IamVariables variables = {resolve, NULL};

typedef struct Case
{
	const char *rule;
	const char *text;
	IamTri		answer;
	const char *glob;			/* wildcards as the bytes of glob.h */
} Case;

static const Case cases[] = {
	{"VAR-1", "home/${aws:username}/x", IAM_YES, "home/bob/x"},
	{"VAR-1", "${aws:username}", IAM_YES, "bob"},
	{"VAR-1", "${aws:username}${aws:username}", IAM_YES, "bobbob"},
	{"VAR-1", "plain", IAM_YES, "plain"},
	{"VAR-1", "", IAM_YES, ""},
	{"VAR-3", "${AWS:UserName}", IAM_YES, "bob"},
	{"VAR-4", "${none, 'x y'}", IAM_YES, "x y"},
	{"VAR-4", "${none,'x'}", IAM_YES, "x"},
	{"VAR-4", "${none, ''}", IAM_YES, ""},
	{"VAR-4", "${aws:username, 'x'}", IAM_YES, "bob"},
	{"VAR-5", "${none}", IAM_NO, ""},
	{"VAR-6", "a${aws:username}${none}", IAM_NO, ""},
	{"VAR-7", "${many}", IAM_NO, ""},
	{"VAR-7", "${many, 'x'}", IAM_NO, ""},
	{"VAR-8", "${*}${?}${$}*?", IAM_YES, "*?$\xF8\xF9"},
	{"VAR-8", "${$}{aws:username}", IAM_YES, "${aws:username}"},
	{"VAR-10", "${}", IAM_NO, ""},
	{"VAR-10", "${aws: username}", IAM_NO, ""},
	{"VAR-10", "${ aws:username}", IAM_NO, ""},
	{"VAR-10", "${aws:username }", IAM_NO, ""},
	{"VAR-10", "${aws:${aws:username}}", IAM_NO, ""},
	{"VAR-10", "${none,  'x'}", IAM_NO, ""},
	{"VAR-10", "${none , 'x'}", IAM_NO, ""},
	{"VAR-10", "${none, x}", IAM_NO, ""},
	{"VAR-10", "${none, 'x}", IAM_NO, ""},
	{"VAR-10", "${none, 'x' }", IAM_NO, ""},
	{"VAR-10", "${none, 'x'y'}", IAM_NO, ""},
	{"VAR-10", "${none,}", IAM_NO, ""},
	{"VAR-10", "${, 'x'}", IAM_NO, ""},
	{"VAR-10", "${a*}", IAM_NO, ""},
	{"VAR-10", "a${aws:username", IAM_YES, "a${aws:username"},
	{"VAR-10", "a${", IAM_YES, "a${"},
	{"VAR-10", "a$", IAM_YES, "a$"},
	{"VAR-10", "$${aws:username}", IAM_YES, "$bob"},
	{"VAR-10", "${none, 'a*?'}", IAM_YES, "a*?"},
	{"VAR-11", "${aws:PrincipalTag/team}*", IAM_YES, "*?x\xF8"},
	{"VAR-11", "${aws:PrincipalTag/accent}", IAM_YES, "\xC3\xA9"},
	{"VAR-12", "${empty}", IAM_NO, ""},
	{"VAR-12", "${empty, 'x'}", IAM_YES, "x"},
	{"VAR-5", "a/${unknown}/b", IAM_UNKNOWN, "a/\xF8/b"},
	{"VAR-4", "${unknown, 'x'}", IAM_UNKNOWN, "\xF8"},
	{"VAR-5", "${unknown}${none}", IAM_NO, ""},
	{"VAR-5", "${none}${unknown}", IAM_NO, ""},
};

typedef struct Seen
{
	char		text[128];
} Seen;

static void
note(void *ctx, IamStr key)
{
	Seen	   *seen = ctx;

	strncat(seen->text, key.data, key.len);
	strcat(seen->text, ";");
}

int
main(void)
{
	char		out[64];
	char		exact[43];
	uint32_t	len;
	IamVariable variable;
	Seen		seen = {""};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
	{
		const Case *c = &cases[i];
		IamTri		answer = iam_expand(str(c->text), true, &variables, out, sizeof out, &len);

		CHECK_RULE(answer == c->answer, c->rule, c->text);
		if (answer != IAM_NO)
			CHECK_RULE(iam_str_equal((IamStr) {out, len}, str(c->glob)), c->rule, c->text);
	}

	/* without wildcards those of the text are literal */
	CHECK(iam_expand(str("*?${*}"), false, &variables, out, sizeof out, &len) == IAM_YES);
	CHECK_RULE(iam_str_equal((IamStr) {out, len}, str("*?*")), "VAR-2", "no wildcards in StringEquals");

	/* no resolver: escapes only */
	CHECK(iam_expand(str("${*}"), true, NULL, out, sizeof out, &len) == IAM_YES);
	CHECK(iam_expand(str("${aws:username}"), true, NULL, out, sizeof out, &len) == IAM_NO);
	CHECK(iam_expand(str("${none, 'x'}"), true, NULL, out, sizeof out, &len) == IAM_NO);

	/* room to the byte, and one too few */
	CHECK(iam_expand(str("a/${long}"), true, &variables, exact, 42, &len) == IAM_YES && len == 42);
	CHECK(iam_expand(str("a/${long}"), true, &variables, exact, 41, &len) == IAM_NO);
	CHECK(iam_expand(str("abc"), true, &variables, exact, 2, &len) == IAM_NO);
	CHECK(iam_expand(str("${unknown}"), true, &variables, exact, 0, &len) == IAM_NO);

	CHECK_RULE(iam_has_variable(str("x${a}")), "VAR-1", "a variable");
	CHECK_RULE(iam_has_variable(str("x${*}")), "VAR-8", "an escape counts");
	CHECK_RULE(iam_has_variable(str("${}")), "VAR-10", "a malformed one counts");
	CHECK_RULE(!iam_has_variable(str("x${a")), "VAR-10", "an unterminated one does not");
	CHECK(!iam_has_variable(str("$a}{$")));
	CHECK(!iam_has_variable(IAM_NO_STR));

	iam_visit_variables(str("${a:b}/${*}/${}/${c, 'd'}${x y}${e"), note, &seen);
	CHECK_RULE(strcmp(seen.text, "a:b;c;") == 0, "VAR-1", "names visited");

	CHECK(iam_variable_at(str("x${k, 'v'}y"), 1, &variable) && variable.len == 9 &&
		  variable.well_formed && variable.has_fallback &&
		  iam_str_equal(variable.key, str("k")) && iam_str_equal(variable.fallback, str("v")));
	CHECK(!iam_variable_at(str("x${k}"), 0, &variable));
	CHECK(!iam_variable_at(str("${"), 0, &variable));
	return checks_done();
}
