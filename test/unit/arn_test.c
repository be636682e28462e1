/*
 * arn_test.c: ARNs, Resource patterns against one ARN and against each other
 * (ARN-1..11, RES-1..6, VAR-2, VAR-5, VAR-9).
 */
#include "check.h"
#include "arn.h"
#include "variable.h"

static uint64_t random_state = 88172645463325252u;

static uint32_t
random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t) (random_state >> 33) % n;
}

static IamStr
str(const char *s)
{
	return (IamStr) {s, (uint32_t) strlen(s)};
}

/* A pattern as it stands in an image: a slice needs an offset other than 0. */
static IamPattern
pattern_at(char image[4096], IamStr text, bool variables)
{
	IamPattern	pattern;

	memset(&pattern, 0, sizeof pattern);
	memcpy(image + 8, text.data, text.len);
	iam_pattern_classify(text, variables, &pattern);
	pattern.text = (IamSlice) {8, text.len};
	return pattern;
}

static IamTri
resolve(void *ctx, IamStr key, IamStr *value, bool *multivalued)
{
	(void) ctx;
	*multivalued = false;
	if (iam_str_equal_fold(key, IAM_LIT("aws:username")))
		*value = IAM_LIT("bob");
	else if (iam_str_equal_fold(key, IAM_LIT("star")))
		*value = IAM_LIT("*");
	else if (iam_str_equal_fold(key, IAM_LIT("colon")))
		*value = IAM_LIT("a:b");
	else if (iam_str_equal_fold(key, IAM_LIT("unknown")))
		return IAM_UNKNOWN;
	else
		return IAM_NO;
	return IAM_YES;
}

static const IamVariables variables = {resolve, NULL};

/* ---- splitting ---- */

static void
test_split(void)
{
	IamArn		arn;

	CHECK_RULE(iam_arn_split(str("arn:aws:sns:us-east-1:123456789012:a:b/c"), &arn), "ARN-1", "split");
	CHECK_RULE(iam_str_equal(arn.partition, str("aws")) && iam_str_equal(arn.service, str("sns")) &&
			   iam_str_equal(arn.region, str("us-east-1")) &&
			   iam_str_equal(arn.account, str("123456789012")) &&
			   iam_str_equal(arn.resource, str("a:b/c")), "ARN-1", "fields");
	CHECK_RULE(iam_arn_split(str("arn:aws:s3:::"), &arn) && arn.region.len == 0 &&
			   arn.account.len == 0 && arn.resource.len == 0, "ARN-9", "empty fields");
	CHECK_RULE(!iam_arn_split(str("arn:aws:s3::"), &arn), "ARN-1", "five fields");
	CHECK_RULE(!iam_arn_split(str("ARN:aws:s3:::b"), &arn), "ARN-1", "arn in capitals");
	CHECK_RULE(!iam_arn_split(IAM_NO_STR, &arn), "ARN-1", "nothing");
	CHECK_RULE(iam_is_account_id(str("123456789012")), "ARN-14", "account id");
	CHECK_RULE(!iam_is_account_id(str("12345678901")) && !iam_is_account_id(str("1234567890123")) &&
			   !iam_is_account_id(str("12345678901a")), "ARN-14", "not account ids");
}

/* ---- classes ---- */

typedef struct ClassCase
{
	const char *text;
	IamPatternClass pattern_class;
	int			flags;
	uint32_t	tail;
} ClassCase;

static const ClassCase class_cases[] = {
	{"*", IAM_PATTERN_ANY, 0, 1},
	{"***", IAM_PATTERN_ANY, 0, 3},
	{"", IAM_PATTERN_UNUSABLE, 0, 0},
	{"arn*", IAM_PATTERN_UNUSABLE, 0, 4},
	{"ar?:aws:s3:::b", IAM_PATTERN_UNUSABLE, 0, 13},
	{"bucket", IAM_PATTERN_UNUSABLE, 0, 6},
	{"*:aws:s3:::b", IAM_PATTERN_UNUSABLE, 0, 11},
	{"arn:aws:s3:::b", IAM_PATTERN_EXACT, 0, 13},
	{"arn:aws:s3:::", IAM_PATTERN_EXACT, 0, 13},
	{"arn:aws:s3:::b/*", IAM_PATTERN_PREFIX, 0, 13},
	{"arn:aws:s3:::b/**", IAM_PATTERN_PREFIX, 0, 13},
	{"arn:aws:s3:::b/?*", IAM_PATTERN_GENERAL, 0, 13},
	{"arn:aws:s3:::b/*/c*", IAM_PATTERN_GENERAL, 0, 13},
	{"arn:aws:s3*", IAM_PATTERN_PREFIX, 0, 11},
	{"arn:aws:s3:*", IAM_PATTERN_PREFIX, 0, 12},
	{"arn:*", IAM_PATTERN_PREFIX, 0, 5},
	{"arn:aws:s3", IAM_PATTERN_GENERAL, IAM_PATTERN_SHORT, 10},
	{"arn:aws:s?", IAM_PATTERN_GENERAL, IAM_PATTERN_SHORT, 10},
	{"arn:", IAM_PATTERN_GENERAL, IAM_PATTERN_SHORT, 4},
	{"arn:a*s:s3", IAM_PATTERN_GENERAL, IAM_PATTERN_SHORT, 10},
	{"arn:aws*:s3", IAM_PATTERN_GENERAL, 0, 11},
	{"arn:aws:sqs:*:1:q", IAM_PATTERN_GENERAL, 0, 16},
	{"arn:aws:s3:::${aws:username}", IAM_PATTERN_GENERAL, IAM_PATTERN_VARIABLE, 13},
	{"arn:aws:s3:::${aws:username}*", IAM_PATTERN_GENERAL, IAM_PATTERN_VARIABLE, 13},
	{"arn:aws:s3:::${*}", IAM_PATTERN_GENERAL, IAM_PATTERN_VARIABLE, 13},
	{"arn:aws:sqs:${aws:x}:1:q", IAM_PATTERN_UNUSABLE, IAM_PATTERN_VARIABLE, 23},
	{"arn:aws:${aws:x}", IAM_PATTERN_UNUSABLE, IAM_PATTERN_VARIABLE, 16},
	{"arn:aws:sqs:${?}:1:q", IAM_PATTERN_GENERAL, IAM_PATTERN_VARIABLE, 19},
	{"arn:aws:s3:::${aws:username", IAM_PATTERN_EXACT, 0, 13},
};

static void
test_classes(void)
{
	IamPattern	pattern;

	for (size_t i = 0; i < sizeof class_cases / sizeof class_cases[0]; i++)
	{
		const ClassCase *c = &class_cases[i];

		iam_pattern_classify(str(c->text), true, &pattern);
		CHECK_RULE(pattern.pattern_class == c->pattern_class, "ARN-7", c->text);
		CHECK_RULE(pattern.flags == c->flags, "ARN-7", c->text);
		CHECK_RULE(pattern.tail == c->tail, "ARN-7", c->text);
	}

	/* no variables: ${...} is text, its colon separates, its wildcards are wildcards */
	iam_pattern_classify(str("arn:aws:s3:::${aws:username}"), false, &pattern);
	CHECK_RULE(pattern.pattern_class == IAM_PATTERN_EXACT && pattern.flags == 0, "VAR-9", "literal");
	iam_pattern_classify(str("arn:aws:s3:::${*}x"), false, &pattern);
	CHECK_RULE(pattern.pattern_class == IAM_PATTERN_GENERAL && pattern.flags == 0, "VAR-9", "wildcard");
	iam_pattern_classify(str("arn:aws:sqs:${aws:x}:q"), false, &pattern);
	CHECK_RULE(pattern.pattern_class == IAM_PATTERN_EXACT && pattern.tail == 21, "VAR-9", "fields");
}

/* ---- one ARN ---- */

typedef struct MatchCase
{
	const char *rule;
	const char *pattern;
	const char *resource;
	bool		completed;		/* identity, boundary, session */
	bool		elsewhere;		/* resource, trust, SCP, RCP, endpoint */
} MatchCase;

#define DDB	"arn:aws:dynamodb:us-east-1:111122223333:table/prod-x"

static const MatchCase match_cases[] = {
	{"ARN-3", "*", "*", true, true},
	{"ARN-3", "**", "*", true, true},
	{"ARN-3", "*", DDB, true, true},
	{"RES-4", "arn:*", "*", false, false},
	{"RES-4", "arn:aws:s3:::*", "*", false, false},
	{"RES-4", "?", "*", false, false},
	{"ARN-3", "*", "not an arn", true, true},
	{"ARN-7", "arn:aws:s3*", "arn:aws:s3", false, false},
	{"ARN-7", "arn:*", "arn:aws:s3", false, false},
	{"ARN-4", "arn:aws:s3:::b/*", "arn:aws:s3:::b/", true, true},
	{"ARN-4", "arn:aws:s3:::b/*", "arn:aws:s3:::b/c/d:e", true, true},
	{"ARN-4", "arn:aws:s3:::b/*", "arn:aws:s3:::b", false, false},
	{"ARN-4", "arn:aws:s3:::b?c", "arn:aws:s3:::b/c", true, true},
	{"ARN-4", "arn:aws:s3:::b?c", "arn:aws:s3:::b:c", true, true},
	{"ARN-4", "arn:aws:s3:::b?c", "arn:aws:s3:::bc", false, false},
	{"ARN-4", "arn:aws:s3:::b?c", "arn:aws:s3:::b\xC3\xA9" "c", true, true},
	{"ARN-4", "arn:aws:s3:::*/c", "arn:aws:s3:::a/b/c", true, true},
	{"ARN-4", "arn:aws:s3:::*/c", "arn:aws:s3:::a/b/cd", false, false},
	{"ARN-5", "arn:aws:dynamodb:*:table/prod-*", DDB, true, true},
	{"ARN-5", "arn:aws:dynamodb:us-*:table/prod-*", DDB, true, true},
	{"ARN-5", "arn:aws:dynamodb:*-1:table/prod-*", DDB, false, false},
	{"ARN-5", "arn:aws:dynamodb:*-1:*:table/prod-*", DDB, true, true},
	{"ARN-5", "arn:aws:dynamodb:*1:1111*3333:table/prod-*", DDB, true, true},
	{"ARN-5", "arn:aws:dyn*:table/prod-*", DDB, true, true},
	{"ARN-5", "arn:*:table/prod-x", DDB, true, true},
	{"ARN-5", "arn:**:table/prod-x", DDB, true, true},
	{"ARN-5", "arn:*s:*:table/prod-x", DDB, true, true},
	{"ARN-5", "arn:*s:table/prod-x", DDB, false, false},
	{"ARN-5", "arn:aws:dynamodb:us?east?1:111122223333:table/*", DDB, true, true},
	{"ARN-5", "arn:aws:dynamodb?us-east-1:111122223333:table/*", DDB, false, false},
	{"ARN-5", "arn:aws:dynamodb?us-east-1:111122223333:x:table/*",
	"arn:aws:dynamodb:us-east-1:111122223333:x:table/y", false, false},
	{"ARN-5", "arn:aws:s3*", "arn:aws:s3:::b/k", true, true},
	{"ARN-5", "arn:aws:s3*", "arn:aws:s3-outposts:us-east-1:1:x", true, true},
	{"ARN-5", "arn:aws:s3*", "arn:aws:sqs:us-east-1:1:x", false, false},
	{"ARN-5", "arn:aws:*:*:*:q", "arn:aws:sqs:us-east-1:1:q", true, true},
	{"ARN-5", "arn:aws:*:*:*:q", "arn:aws:sqs:us-east-1:1:a:b:q", true, true},
	{"ARN-6", "arn:aws:s3:::B", "arn:aws:s3:::b", false, false},
	{"ARN-6", "arn:AWS:s3:::b*", "arn:aws:s3:::b", false, false},
	{"ARN-7", "arn:aws:s3", "arn:aws:s3:::b", true, false},
	{"ARN-7", "arn:aws:s3", "arn:aws:s3:us-east-1:1:a:b", true, false},
	{"ARN-7", "arn:aws:s3", "arn:aws:sqs:us-east-1:1:q", false, false},
	{"ARN-7", "arn:aws:s3:", "arn:aws:s3:::b", true, false},
	{"ARN-7", "arn:aws:s3:", "arn:aws:s3:us-east-1:1:b", false, false},
	{"ARN-7", "arn:aws:s?", "arn:aws:s3:::b", true, false},
	{"ARN-7", "arn:a*s:s3", "arn:aws:s3:::b", true, false},
	{"ARN-7", "arn:a*s:s3", "arn:a:s:s3:::b", false, false},
	{"ARN-7", "arn:aws:s3", "arn:aws:s3", false, false},
	{"ARN-7", "arn:aws", "arn:aws:s3:::b", true, false},
	{"ARN-7", "arn:aws*:s3", "arn:aws:s3:::b", false, false},
	{"ARN-7", "arn:aws*:s3", "arn:aws:x:::s3", true, true},
	{"ARN-7", "aws:s3:::b", "aws:s3:::b", false, false},
	{"ARN-7", "ARN:aws:s3:::b", "ARN:aws:s3:::b", false, false},
	{"ARN-8", "arn:aws:s3:::b*", "arn:aws:s3:us-east-1::b", false, false},
	{"ARN-8", "arn:aws:s3:*:*:b", "arn:aws:s3:::b", true, true},
	{"VAR-2", "arn:aws:sqs:${aws:username}:1:q", "arn:aws:sqs:bob:1:q", false, false},
	{"VAR-2", "arn:aws:${aws:username}", "arn:aws:bob:::x", false, false},
	{"VAR-2", "arn:aws:s3:::${aws:username}/*", "arn:aws:s3:::bob/x", true, true},
	{"VAR-2", "arn:aws:s3:::${aws:username}/*", "arn:aws:s3:::eve/x", false, false},
	{"VAR-5", "arn:aws:s3:::${none}/*", "arn:aws:s3:::${none}/x", false, false},
	{"RES-5", "arn:aws:s3:::*${none}*", "arn:aws:s3:::b", false, false},
	{"VAR-8", "arn:aws:s3:::${*}", "arn:aws:s3:::*", true, true},
	{"VAR-8", "arn:aws:s3:::${*}", "arn:aws:s3:::b", false, false},
	{"VAR-8", "arn:aws:sqs:a${?}:1:q", "arn:aws:sqs:a?:1:q", true, true},
	{"VAR-8", "arn:aws:sqs:a${?}:1:q", "arn:aws:sqs:ab:1:q", false, false},
	{"VAR-11", "arn:aws:s3:::${star}", "arn:aws:s3:::b", false, false},
	{"VAR-11", "arn:aws:s3:::${star}", "arn:aws:s3:::*", true, true},
	{"ARN-4", "arn:aws:s3:::${colon}", "arn:aws:s3:::a:b", true, true},
	{"ARN-7", "arn:aws:s3${*}", "arn:aws:s3*:::b", true, false},
	{"ARN-2", "arn:aws:s3:::b?", "arn:aws:s3:::b*", true, true},
};

static void
test_match(void)
{
	char		image[4096];
	IamPattern	pattern;
	char		literal[IAM_MAX_PATTERN_BYTES];

	for (size_t i = 0; i < sizeof match_cases / sizeof match_cases[0]; i++)
	{
		const MatchCase *c = &match_cases[i];

		pattern = pattern_at(image, str(c->pattern), true);
		CHECK_RULE(iam_pattern_match(image, &pattern, true, &variables, str(c->resource)) ==
				   (c->completed ? IAM_YES : IAM_NO), c->rule, c->pattern);
		CHECK_RULE(iam_pattern_match(image, &pattern, false, &variables, str(c->resource)) ==
				   (c->elsewhere ? IAM_YES : IAM_NO), c->rule, c->pattern);
		if (!iam_has_variable(str(c->pattern)))
			CHECK_RULE(iam_arn_pattern_matches(str(c->pattern), str(c->resource)) == c->completed,
					   c->rule, c->pattern);
	}

	pattern = pattern_at(image, str("arn:aws:s3:::${unknown}/x"), true);
	CHECK_RULE(iam_pattern_match(image, &pattern, true, &variables, str("arn:aws:s3:::b/x")) ==
			   IAM_UNKNOWN, "EVAL-14", "an unknown variable may match");
	CHECK_RULE(iam_pattern_match(image, &pattern, true, &variables, str("arn:aws:s3:::b/y")) ==
			   IAM_NO, "EVAL-14", "what is around it has to match");
	CHECK_RULE(iam_pattern_match(image, &pattern, true, NULL, str("arn:aws:s3:::b/x")) == IAM_NO,
			   "VAR-5", "no resolver");
	pattern = pattern_at(image, str("arn:aws:s3:::${unknown}${none}"), true);
	CHECK_RULE(iam_pattern_match(image, &pattern, true, &variables, str("arn:aws:s3:::b/x")) ==
			   IAM_NO, "VAR-5", "one that is unresolvable decides");
	CHECK_RULE(!iam_arn_pattern_matches(str("arn:aws:s3:::${aws:username}"), str("arn:aws:s3:::bob")),
			   "VAR-5", "the type's ~ knows no values");
	CHECK_RULE(iam_arn_pattern_matches(str("arn:aws:s3:::${*}"), str("arn:aws:s3:::*")),
			   "VAR-8", "an escape has its value");

	pattern = pattern_at(image, str("arn:aws:s3:::${aws:username}"), false);
	CHECK_RULE(iam_pattern_match(image, &pattern, true, &variables,
								 str("arn:aws:s3:::${aws:username}")) == IAM_YES, "VAR-9", "literal");
	CHECK_RULE(iam_pattern_match(image, &pattern, true, &variables, str("arn:aws:s3:::bob")) == IAM_NO,
			   "VAR-9", "not substituted");

	/* the longest pattern, all wildcards but its head, with a variable */
	memset(literal, '?', sizeof literal);
	memcpy(literal, "arn:aws:s3:::${aws:username}", 28);
	pattern = pattern_at(image, (IamStr) {literal, sizeof literal}, true);
	CHECK(iam_pattern_match(image, &pattern, true, &variables, str("arn:aws:s3:::bob")) == IAM_NO);
	memset(literal + 28, '*', sizeof literal - 28);
	CHECK(iam_pattern_match(image, &pattern, true, &variables, str("arn:aws:s3:::bob")) == IAM_NO);
	pattern = pattern_at(image, (IamStr) {literal, sizeof literal}, true);
	CHECK(iam_pattern_match(image, &pattern, true, &variables, str("arn:aws:s3:::bob/x")) == IAM_YES);
}

/* ---- ARN operators ---- */

typedef struct LikeCase
{
	const char *pattern;
	const char *value;
	bool		matches;
} LikeCase;

static const LikeCase like_cases[] = {
	{"arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a/b:c", true},
	{"arn:aws:*:role/*", "arn:aws:iam::111122223333:role/a", false},
	{"arn:aws:iam:*:role/*", "arn:aws:iam::111122223333:role/a", false},
	{"arn:aws:iam::1111*:*", "arn:aws:iam::111122223333:role/a", true},
	{"arn:aws:iam::1111?2223333:role/a", "arn:aws:iam::111122223333:role/a", true},
	{"arn:aws:iam?:111122223333:x:role/a", "arn:aws:iam::111122223333:x:role/a", false},
	{"*:*:*:*:*:*", "arn:aws:s3:::b", true},
	{"*", "arn:aws:s3:::b", false},
	{"arn:aws:s3*", "arn:aws:s3:::b", false},
	{"arn:aws:s3:::b", "arn:aws:s3:::b", true},
	{"arn:aws:s3:::B", "arn:aws:s3:::b", false},
	{"*:*:*:*:*:*", "x:aws:s3:::b", false},
	{"arn:aws:s3:::*", "bucket", false},
};

static void
test_like(void)
{
	for (size_t i = 0; i < sizeof like_cases / sizeof like_cases[0]; i++)
	{
		char		glob[128];
		uint32_t	len = (uint32_t) strlen(like_cases[i].pattern);

		for (uint32_t c = 0; c < len; c++)
		{
			glob[c] = like_cases[i].pattern[c];
			glob[c] = glob[c] == '*' ? IAM_ANY : glob[c] == '?' ? IAM_ONE : glob[c];
		}
		CHECK_RULE(iam_arn_like((IamStr) {glob, len}, str(like_cases[i].value)) ==
				   like_cases[i].matches, "ARN-5", like_cases[i].pattern);
	}
	CHECK_RULE(iam_is_arn_like_pattern(str("arn:aws:iam::*:*")), "ARN-10", "six components");
	CHECK_RULE(!iam_is_arn_like_pattern(str("*")), "ARN-10", "a star is no ARN pattern");
	CHECK_RULE(!iam_is_arn_like_pattern(str("arn:aws:iam::${aws:x}")), "ARN-10", "the colon of ${}");
	CHECK_RULE(iam_is_arn_like_pattern(str("arn:aws:iam::${aws:x}:role/r")), "VAR-2", "any component");
}

/* ---- relations ---- */

typedef struct RelationCase
{
	const char *a;
	const char *b;
	IamTri		covers;			/* a @> b */
	IamTri		covered;		/* b @> a */
	IamTri		overlaps;
} RelationCase;

static const RelationCase relation_cases[] = {
	{"*", "arn:aws:s3:::b", IAM_YES, IAM_NO, IAM_YES},
	{"*", "*", IAM_YES, IAM_YES, IAM_YES},
	{"*", "arn:*", IAM_YES, IAM_NO, IAM_YES},
	{"arn:*", "arn:*:*:*:*:*", IAM_YES, IAM_YES, IAM_YES},
	{"arn:aws:*", "arn:aws:*:*:*:*", IAM_YES, IAM_YES, IAM_YES},
	{"arn:aws:s3", "arn:aws:s3:*:*:*", IAM_YES, IAM_YES, IAM_YES},
	{"arn:aws:s3*", "arn:aws:s3", IAM_YES, IAM_NO, IAM_YES},
	{"arn:aws:s3:::b*", "arn:aws:s3:::b/*", IAM_YES, IAM_NO, IAM_YES},
	{"arn:aws:s3:::b/*", "arn:aws:s3:::*/k", IAM_NO, IAM_NO, IAM_YES},
	{"arn:aws:s3:::a*", "arn:aws:s3:::b*", IAM_NO, IAM_NO, IAM_NO},
	{"arn:aws:s3:::a*", "arn:aws:sqs:*", IAM_NO, IAM_NO, IAM_NO},
	{"arn:aws:dynamodb:*:table/*", "arn:aws:dynamodb:us-east-1:1:table/x", IAM_YES, IAM_NO, IAM_YES},
	{"arn:aws:dynamodb:*-1:table/*", "arn:aws:dynamodb:us-east-1:1:table/x", IAM_NO, IAM_NO, IAM_NO},
	{"arn:aws:s3:::?*", "arn:aws:s3:::*?", IAM_YES, IAM_YES, IAM_YES},
	{"arn:aws:s3:::??*", "arn:aws:s3:::?*", IAM_NO, IAM_YES, IAM_YES},
	{"arn:aws:sqs:*:*:q", "arn:aws:sqs:us-east-1:1:x:q", IAM_YES, IAM_NO, IAM_YES},
	{"arn:aws:s3:::b", "arn:aws:s3:::b", IAM_YES, IAM_YES, IAM_YES},
	{"arn:aws:s3:::b", "arn:aws:s3:::c", IAM_NO, IAM_NO, IAM_NO},

	/* variables: what only they cover, and what covers them */
	{"arn:aws:s3:::${aws:username}", "arn:aws:s3:::${AWS:UserName}", IAM_YES, IAM_YES, IAM_YES},
	{"arn:aws:s3:::${aws:username}", "arn:aws:s3:::${aws:userid}", IAM_NO, IAM_NO, IAM_YES},
	{"arn:aws:s3:::${aws:username}", "arn:aws:s3:::bob", IAM_NO, IAM_NO, IAM_YES},
	{"arn:aws:s3:::*", "arn:aws:s3:::${aws:username}", IAM_YES, IAM_NO, IAM_YES},
	{"arn:aws:s3:::?*", "arn:aws:s3:::${aws:username}", IAM_NO, IAM_NO, IAM_YES},
	{"arn:aws:s3:::${a}/*", "arn:aws:s3:::${a}/x/${b}", IAM_YES, IAM_NO, IAM_YES},
	{"arn:aws:s3:::${a}/*", "arn:aws:s3:::x/${a}/*", IAM_NO, IAM_NO, IAM_YES},
	{"arn:aws:s3:::${a}${b}", "arn:aws:s3:::${b}${a}", IAM_NO, IAM_NO, IAM_YES},
	{"arn:aws:s3:::${a, 'x'}", "arn:aws:s3:::${a, 'y'}", IAM_NO, IAM_NO, IAM_YES},
	{"arn:aws:s3:::${a, 'x'}", "arn:aws:s3:::${A, 'x'}", IAM_YES, IAM_YES, IAM_YES},
	{"arn:aws:s3:::a${x}", "arn:aws:s3:::b${x}", IAM_NO, IAM_NO, IAM_NO},
	{"arn:aws:s3:::${*}", "arn:aws:s3:::?", IAM_NO, IAM_YES, IAM_YES},

	/* patterns that can never match */
	{"arn:aws:s3:::b", "arn:aws:s3:${aws:x}::b", IAM_YES, IAM_NO, IAM_NO},
	{"arn:aws:s3:::b", "nothing", IAM_YES, IAM_NO, IAM_NO},
	{"arn:aws:s3:::${}", "arn:aws:s3:::*", IAM_NO, IAM_YES, IAM_NO},
};

static void
test_relation_cases(void)
{
	for (size_t i = 0; i < sizeof relation_cases / sizeof relation_cases[0]; i++)
	{
		const RelationCase *c = &relation_cases[i];
		IamArena	arena;

		iam_arena_init(&arena, &iam_malloc_host);
		CHECK_RULE(iam_arn_pattern_covers(&arena, str(c->a), str(c->b)) == c->covers, "ARN-11", c->b);
		CHECK_RULE(iam_arn_pattern_covers(&arena, str(c->b), str(c->a)) == c->covered, "ARN-11", c->b);
		CHECK_RULE(iam_arn_pattern_overlaps(&arena, str(c->a), str(c->b)) == c->overlaps,
				   "ARN-11", c->b);
		CHECK_RULE(iam_arn_pattern_overlaps(&arena, str(c->b), str(c->a)) == c->overlaps,
				   "ARN-11", c->b);
		iam_arena_release(&arena);
	}
}

/*
 * Random patterns of tiny fields against every ARN of tiny fields: the
 * relations are those of the sets of ARNs that match.  x and y stand for
 * what no pattern spells.
 */
#define PATTERNS	250
#define MAX_ARNS	70000
#define ARN_WORDS	((MAX_ARNS + 63) / 64)

static char arns[MAX_ARNS][24];
static uint32_t arn_count;
static uint64_t matched[PATTERNS][ARN_WORDS];
static char patterns[PATTERNS][40];

static void
make_arns(void)
{
	static const char *const fields[] = {"", "a", "x", "aa", "xa"};
	static const char letters[] = {'a', 'x', ':'};

	for (uint32_t n = 0; n < 5 * 5 * 5 * 5; n++)
		for (uint32_t len = 0, many = 1; len <= 4; len++, many *= 3)
			for (uint32_t r = 0; r < many; r++)
			{
				char		resource[8] = "";

				for (uint32_t i = 0, rest = r; i < len; i++, rest /= 3)
					resource[i] = letters[rest % 3];
				snprintf(arns[arn_count], sizeof arns[0], "%s:%s:%s:%s:%s:%s", "arn", fields[n % 5],
						 fields[n / 5 % 5], fields[n / 25 % 5], fields[n / 125], resource);
				/* most of the longest are left out */
				if (len < 3 || random_below(3) == 0)
					arn_count++;
				if (arn_count == MAX_ARNS)
					return;
			}
}

static void
make_pattern(char *out)
{
	static const char *const fields[] = {"", "a", "*", "a*", "?", "*a", "**", "a", ""};
	static const char *const tails[] = {"", "a", "*", "a*", "?", "*a", "?*", "a:*", "*:a"};
	uint32_t	count = random_below(4) == 0 ? random_below(4) : 4;

	strcpy(out, "arn");
	for (uint32_t i = 0; i < count; i++)
	{
		strcat(out, ":");
		strcat(out, fields[random_below(sizeof fields / sizeof fields[0])]);
	}
	strcat(out, ":");
	strcat(out, tails[random_below(sizeof tails / sizeof tails[0])]);
}

static void
test_random_relations(void)
{
	int			missed = 0;
	int			pairs = 0;

	make_arns();
	for (uint32_t p = 0; p < PATTERNS; p++)
	{
		make_pattern(patterns[p]);
		for (uint32_t i = 0; i < arn_count; i++)
			if (iam_arn_pattern_matches(str(patterns[p]), str(arns[i])))
				matched[p][i / 64] |= UINT64_C(1) << (i % 64);
	}
	for (uint32_t a = 0; a < PATTERNS; a++)
		for (uint32_t b = 0; b < PATTERNS; b++)
		{
			bool		lacks = false;
			bool		shares = false;
			IamTri		covers;
			IamTri		overlaps;
			IamArena	arena;

			for (uint32_t w = 0; w < ARN_WORDS; w++)
			{
				lacks |= (matched[b][w] & ~matched[a][w]) != 0;
				shares |= (matched[b][w] & matched[a][w]) != 0;
			}
			iam_arena_init(&arena, &iam_malloc_host);
			covers = iam_arn_pattern_covers(&arena, str(patterns[a]), str(patterns[b]));
			overlaps = iam_arn_pattern_overlaps(&arena, str(patterns[a]), str(patterns[b]));
			CHECK_RULE(covers != IAM_UNKNOWN && !(covers == IAM_YES && lacks), "ARN-11", patterns[a]);
			CHECK_RULE(overlaps != IAM_UNKNOWN && !(overlaps == IAM_NO && shares), "ARN-11",
					   patterns[a]);
			/* the other way round an ARN that shows it may be longer than those made */
			pairs += 2;
			missed += covers == IAM_NO && !lacks;
			missed += overlaps == IAM_YES && !shares;
			iam_arena_release(&arena);
		}
	if (getenv("IAM_TEST_VERBOSE") != NULL)
		printf("%u ARNs; without a witness: %d of %d\n", arn_count, missed, pairs);
	CHECK_RULE(missed * 25 < pairs, "ARN-11", "nearly every answer has a witness");
}

/* ---- request resources with wildcards ---- */

typedef struct GlobCase
{
	const char *rule;
	const char *pattern;
	const char *resource;
	IamTri		completed;
	IamTri		elsewhere;
} GlobCase;

static const GlobCase glob_cases[] = {
	{"ARN-2", "*", "arn:aws:s3:::b/*", IAM_YES, IAM_YES},
	{"ARN-2", "arn:aws:s3:::*", "arn:aws:s3:::b/*", IAM_YES, IAM_YES},
	{"ARN-2", "arn:aws:s3:::b/c/*", "arn:aws:s3:::b/*", IAM_UNKNOWN, IAM_UNKNOWN},
	{"ARN-2", "arn:aws:s3:::c/*", "arn:aws:s3:::b/*", IAM_NO, IAM_NO},
	{"ARN-2", "arn:aws:s3:::b/*/x", "arn:aws:s3:::b/*/y", IAM_NO, IAM_NO},
	{"ARN-2", "arn:aws:s3:::b/k", "arn:aws:s3:::b/?", IAM_UNKNOWN, IAM_UNKNOWN},
	{"ARN-2", "arn:aws:sqs:*:*:*", "arn:aws:sqs:us-*:1:q", IAM_YES, IAM_YES},
	{"ARN-2", "arn:aws:s3*", "arn:aws:s3:::b*", IAM_YES, IAM_YES},
	{"ARN-7", "arn:aws:s3", "arn:aws:s3:::b*", IAM_YES, IAM_NO},
	{"ARN-7", "arn:aws:s3", "arn:aws:s*", IAM_UNKNOWN, IAM_NO},
	{"VAR-2", "arn:aws:s3:::${aws:username}/*", "arn:aws:s3:::bob/x*", IAM_YES, IAM_YES},
	{"VAR-2", "arn:aws:s3:::${aws:username}/*", "arn:aws:s3:::*", IAM_UNKNOWN, IAM_UNKNOWN},
	{"VAR-5", "arn:aws:s3:::${none}/*", "arn:aws:s3:::*", IAM_NO, IAM_NO},
	{"EVAL-14", "arn:aws:s3:::${unknown}*", "arn:aws:s3:::b*", IAM_UNKNOWN, IAM_UNKNOWN},
	{"EVAL-14", "arn:aws:s3:::${unknown}/x", "arn:aws:s3:::*/y", IAM_NO, IAM_NO},
	{"RES-6", "arn:aws:s3:::b${*}", "arn:aws:s3:::b*", IAM_UNKNOWN, IAM_UNKNOWN},
	{"RES-6", "nothing", "arn:aws:s3:::b*", IAM_NO, IAM_NO},
};

static void
test_request_globs(void)
{
	char		image[4096];

	for (size_t i = 0; i < sizeof glob_cases / sizeof glob_cases[0]; i++)
	{
		const GlobCase *c = &glob_cases[i];
		IamPattern	pattern = pattern_at(image, str(c->pattern), true);
		IamArena	arena;
		IamStr		glob;

		iam_arena_init(&arena, &iam_malloc_host);
		glob = iam_pattern_glob(&arena, str(c->resource), true);
		CHECK(glob.data != NULL);
		CHECK_RULE(iam_pattern_match_glob(&arena, image, &pattern, true, &variables, glob) ==
				   c->completed, c->rule, c->pattern);
		CHECK_RULE(iam_pattern_match_glob(&arena, image, &pattern, false, &variables, glob) ==
				   c->elsewhere, c->rule, c->pattern);
		iam_arena_release(&arena);
	}
}

static void
test_globs(void)
{
	IamArena	arena;

	iam_arena_init(&arena, &iam_malloc_host);
	CHECK_RULE(iam_str_equal(iam_pattern_glob(&arena, str("arn:a*:*b:?**:${*}:*${?}*"), true),
							 str("arn:a\xF8:\xFA" "b:\xFB\xF8:*:\xF8?\xF8")),
			   "ARN-5", "wildcards by their place");
	CHECK_RULE(iam_str_equal(iam_pattern_glob(&arena, str("arn:aws:s3"), true),
							 str("arn:aws:s3:\xF8:\xF8:\xF8")), "ARN-7", "completed");
	CHECK_RULE(iam_pattern_glob(&arena, str("arn:aws:s3"), false).data == NULL, "ARN-7", "not completed");
	CHECK_RULE(iam_pattern_glob(&arena, str("arn:aws:s3:::${a}"), true).data == NULL,
			   "VAR-5", "a variable has no glob");
	iam_arena_release(&arena);
}

int
main(void)
{
	test_split();
	test_classes();
	test_match();
	test_like();
	test_globs();
	test_relation_cases();
	test_random_relations();
	test_request_globs();
	return checks_done();
}
