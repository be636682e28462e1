/*
 * validate.c: every finding of a policy text for one kind: the document as a
 * whole (GRAM-1..3, GRAM-10..12, GRAM-15, GRAM-30..33, GRAM-40, QUOTA-1), the
 * kinds of table 1.1, and the order of findings.  Statements and their elements:
 * validate_*.c.
 *
 * The structure is checked by the parser that iam_policy uses, which here goes
 * on after a problem; what it leaves of the document is looked at further.
 */
#include "validate_rules.h"

#include <stdio.h>

#define SYNTAX_TEXT "Syntax errors in policy."
#define LEGACY_TEXT "The policy failed legacy parsing"
#define VERSION_TEXT "Policy document must be version 2012-10-17 or greater."
#define SID_TEXT "Statement IDs (SID) in a single policy must be unique."
#define ACTIONS_TEXT "Policy statement must contain actions."
#define RESOURCES_TEXT "Policy statement must contain resources."

/* The parameter of any API call that takes a policy, white space included (GRAM-15). */
#define MAX_PARAMETER 131072

/* A megabyte of nonsense could draw half a million findings. */
#define MAX_FINDINGS 10000

static const IamKindRules kind_rules[] = {
	[IAM_VALIDATE_IDENTITY] =
		{.name = "identity",
         .id = IAM_OPTIONAL,
         .id_warns = true,
         .principal = IAM_FORBIDDEN,
         .resource = IAM_REQUIRED,
         .not_action = true,
         .plain_sid = true,
         /* of a role; users have 2,048 and groups 5,120, each over all inline policies */
         .max_characters = 10240,
         .quota_text = "Maximum policy size of % bytes exceeded"},
	[IAM_VALIDATE_MANAGED] = {.name = "managed",
                              .needs_2012 = true,
                              .id = IAM_OPTIONAL,
                              .id_warns = true,
                              .principal = IAM_FORBIDDEN,
                              .resource = IAM_REQUIRED,
                              .not_action = true,
                              .plain_sid = true,
                              .max_characters = 6144,
                              .quota_text = "Cannot exceed quota for PolicySize: %"},
	/* a boundary is a managed policy */
	[IAM_VALIDATE_BOUNDARY] = {.name = "boundary",
                               .needs_2012 = true,
                               .id = IAM_OPTIONAL,
                               .id_warns = true,
                               .principal = IAM_FORBIDDEN,
                               .resource = IAM_REQUIRED,
                               .not_action = true,
                               .plain_sid = true,
                               .max_characters = 6144,
                               .quota_text = "Cannot exceed quota for PolicySize: %"},
	[IAM_VALIDATE_SESSION] = {.name = "session",
                              .id = IAM_OPTIONAL,
                              .id_warns = true,
                              .principal = IAM_FORBIDDEN,
                              .resource = IAM_REQUIRED,
                              .not_action = true,
                              .plain_sid = true,
                              .max_characters = 2048,
                              .quota_text = "A session policy cannot exceed % characters."},
	[IAM_VALIDATE_TRUST] = {.name = "trust",
                            .id = IAM_OPTIONAL,
                            .principal = IAM_REQUIRED,
                            .resource = IAM_FORBIDDEN,
                            .plain_sid = true,
                            .max_characters = 2048,
                            .quota_text = "Cannot exceed quota for ACLSizePerRole: %"},
	[IAM_VALIDATE_RESOURCE] = {.name = "resource",
                               .id = IAM_OPTIONAL,
                               .principal = IAM_REQUIRED,
                               .not_principal = true,
                               .resource = IAM_EXPECTED,
                               .not_action = true,
                               /* of KMS, SNS and SQS; S3 has 20 kB */
                               .max_characters = 32768,
                               .counts_space = true,
                               .quota_warns = true,
                               .quota_text =
                                   "The policy is longer than the % characters that most services take."},
	[IAM_VALIDATE_SCP] = {.name = "scp",
                          .needs_2012 = true,
                          .id = IAM_FORBIDDEN,
                          .principal = IAM_FORBIDDEN,
                          .resource = IAM_REQUIRED,
                          .not_action = true,
                          .plain_sid = true,
                          .max_characters = 5120,
                          .counts_space = true,
                          .quota_text = "A service control policy cannot exceed % characters."},
	[IAM_VALIDATE_RCP] = {.name = "rcp",
                          .needs_2012 = true,
                          .id = IAM_FORBIDDEN,
                          .principal = IAM_REQUIRED,
                          .star_principal = true,
                          .resource = IAM_REQUIRED,
                          .deny_only = true,
                          .plain_sid = true,
                          .max_characters = 5120,
                          .counts_space = true,
                          .quota_text = "A resource control policy cannot exceed % characters."},
	[IAM_VALIDATE_ENDPOINT] = {.name = "endpoint",
                               .id = IAM_OPTIONAL,
                               .principal = IAM_REQUIRED,
                               .not_principal = true,
                               .resource = IAM_REQUIRED,
                               .not_action = true,
                               .max_characters = 20480,
                               .counts_space = true,
                               .quota_text = "An endpoint policy cannot exceed % characters."},
};

const IamKindRules *
iam_kind_rules(IamValidateKind kind)
{
	return &kind_rules[kind];
}

bool
iam_validate_kind_parse(IamStr name, IamValidateKind *kind)
{
	for (size_t i = 0; i < sizeof kind_rules / sizeof kind_rules[0]; i++)
		if (name.len == strlen(kind_rules[i].name) && memcmp(name.data, kind_rules[i].name, name.len) == 0)
		{
			*kind = (IamValidateKind) i;
			return true;
		}
	return false;
}

/* ---- findings ---- */

IamStr
iam_fill(IamArena *arena, const char *template, const IamStr *args)
{
	IamBuf buf;

	iam_buf_init(&buf, arena);
	for (; *template != 0; template ++)
		if (*template == '%')
			iam_buf_str(&buf, *args++);
		else
			iam_buf_char(&buf, *template);
	return iam_buf_result(&buf);
}

void
iam_find(IamValidator *v, IamStage stage, const char *code, const char *rule, IamStr message)
{
	char              path[IAM_PLACE_BYTES];
	IamStagedFinding *staged;

	if (v->count > MAX_FINDINGS)
		return;
	if (v->count == MAX_FINDINGS)
	{
		stage = IAM_STAGE_WARNING;
		code = "TOO_MANY_FINDINGS";
		rule = "GRAM-40";
		message = IAM_LIT("There are more findings; they are left out.");
	}
	if (v->count == v->size)
	{
		uint32_t          size = v->size == 0 ? 16 : v->size * 2;
		IamStagedFinding *items = iam_alloc_array(v->arena, size, sizeof *items);

		if (items == NULL)
			return;
		if (v->count > 0)
			memcpy(items, v->items, v->count * sizeof *items);
		v->items = items;
		v->size = size;
	}
	iam_place_write(&v->place, path);
	staged = &v->items[v->count++];
	staged->stage = stage;
	staged->finding.severity = stage == IAM_STAGE_WARNING ? IAM_SEVERITY_WARNING : IAM_SEVERITY_ERROR;
	staged->finding.code = code;
	staged->finding.rule = rule;
	staged->finding.path = iam_str_copy(v->arena, (IamStr){path, (uint32_t) strlen(path)});
	staged->finding.message = message;
}

void
iam_find_text(IamValidator *v, IamStage stage, const char *code, const char *rule, const char *message)
{
	iam_find(v, stage, code, rule, iam_str_copy(v->arena, (IamStr){message, (uint32_t) strlen(message)}));
}

/* "Syntax errors in policy.", and the reason behind it. */
static void
find_syntax(IamValidator *v, const char *code, const char *rule, const char *message)
{
	if (!v->said_syntax)
		iam_find_text(v, IAM_STAGE_SYNTAX, IAM_MALFORMED, "GRAM-30", SYNTAX_TEXT);
	v->said_syntax = true;
	iam_find_text(v, IAM_STAGE_SYNTAX, code, rule, message);
}

void
iam_find_legacy(IamValidator *v, const char *code, const char *rule, const char *message)
{
	if (!v->said_legacy)
		iam_find_text(v, IAM_STAGE_LEGACY, IAM_MALFORMED, "GRAM-32", LEGACY_TEXT);
	v->said_legacy = true;
	iam_find_text(v, IAM_STAGE_LEGACY, code, rule, message);
}

/* ---- structure ---- */

static bool
report_problem(IamProblemSink *sink, const IamPlace *place, IamProblem problem, const char *rule,
               const char *message)
{
	static const char *const codes[] = {[IAM_PROBLEM_TYPE] = "DATA_TYPE_MISMATCH",
	                                    [IAM_PROBLEM_ELEMENT] = "INVALID_POLICY_ELEMENT",
	                                    [IAM_PROBLEM_MISSING] = "MISSING_ELEMENT",
	                                    [IAM_PROBLEM_VERSION] = "INVALID_VERSION",
	                                    [IAM_PROBLEM_COMBINATION] = "UNSUPPORTED_ELEMENT_COMBINATION",
	                                    [IAM_PROBLEM_EFFECT] = "INVALID_EFFECT",
	                                    [IAM_PROBLEM_EFFECT_CASE] = "INVALID_EFFECT",
	                                    [IAM_PROBLEM_PRINCIPAL] = "INVALID_PRINCIPAL",
	                                    [IAM_PROBLEM_OPERATOR] = "INVALID_OPERATOR"};
	IamValidator            *v = (IamValidator *) sink;

	v->place = *place;
	switch (problem)
	{
		case IAM_PROBLEM_ACTIONS:
			iam_find_text(v, IAM_STAGE_ACTIONS, IAM_MALFORMED, "GRAM-34", ACTIONS_TEXT);
			break;
		case IAM_PROBLEM_RESOURCES:
			iam_find_text(v, IAM_STAGE_RESOURCES, IAM_MALFORMED, "GRAM-35", RESOURCES_TEXT);
			break;
		case IAM_PROBLEM_EFFECT_CASE:
			iam_find_legacy(v, codes[problem], rule, message);
			break;
		case IAM_PROBLEM_KEY_CASE:
			iam_find_text(v, IAM_STAGE_LEGACY, "DUPLICATE_KEYS_WITH_DIFFERENT_CASE", rule, message);
			break;
		case IAM_PROBLEM_LIMIT:
			iam_find_text(v, IAM_STAGE_SIZE, "LIMIT_EXCEEDED", rule, message);
			break;
		default:
			find_syntax(v, codes[problem], rule, message);
	}
	return !v->arena->failed;
}

/* ---- the document ---- */

/* GRAM-11: the first character outside the set; also counts characters for the quotas. */
static void
check_characters(IamValidator *v, IamStr text, uint32_t *all, uint32_t *without_space)
{
	bool string = false;
	bool said = false;

	*all = *without_space = 0;
	for (uint32_t i = 0; i < text.len; i++)
	{
		uint8_t c = (uint8_t) text.data[i];

		/* UTF-8: 0xC4 begins U+0100 */
		if (!said && ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c >= 0xC4))
		{
			said = true;
			iam_find_text(v, IAM_STAGE_KIND, IAM_MALFORMED, "GRAM-11",
			              "A policy document may hold only the characters U+0009, U+000A, U+000D "
			              "and U+0020 to U+00FF.");
		}
		if ((c & 0xC0) == 0x80)
			continue;
		++*all;
		if (string || (c != ' ' && c != '\t' && c != '\n' && c != '\r'))
			++*without_space;
		if (string && c == '\\' && i + 1 < text.len && (uint8_t) text.data[i + 1] < 0x80)
		{
			i++;
			++*all;
			++*without_space;
		}
		else if (c == '"')
			string = !string;
	}
}

/* QUOTA-1, GRAM-15 */
static void
check_size(IamValidator *v, uint32_t max_bytes, uint32_t all, uint32_t without_space)
{
	const IamKindRules *rules = v->rules;
	uint32_t            limit = max_bytes != 0 ? max_bytes : rules->max_characters;
	bool                warns = rules->quota_warns && max_bytes == 0;
	char                number[16];
	IamStr              arg = {number, 0};

	arg.len = (uint32_t) snprintf(number, sizeof number, "%lu", (unsigned long) limit);
	if ((rules->counts_space ? all : without_space) > limit)
		iam_find(v, warns ? IAM_STAGE_WARNING : IAM_STAGE_SIZE, "LIMIT_EXCEEDED", "QUOTA-1",
		         iam_fill(v->arena, rules->quota_text, &arg));
	if (all > MAX_PARAMETER)
		iam_find_text(v, IAM_STAGE_SIZE, "LIMIT_EXCEEDED", "GRAM-15",
		              "A policy document cannot exceed 131072 characters, white space included.");
}

static int
compare_sids(const void *x, const void *y)
{
	IamStr a = ((const IamPartStatement *) x)->sid.text;
	IamStr b = ((const IamPartStatement *) y)->sid.text;
	int    order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

	return order != 0 ? order : a.len < b.len ? -1 : a.len > b.len;
}

/* GRAM-12, GRAM-33: reported at the later of two */
static void
check_sids(IamValidator *v)
{
	uint32_t                 count = 0;
	const IamPartStatement **sorted = iam_alloc_array(v->arena, v->policy.statement_count, sizeof *sorted);

	if (sorted == NULL)
		return;
	for (uint32_t i = 0; i < v->policy.statement_count; i++)
		if (v->policy.statements[i].sid.text.len > 0)
			sorted[count++] = &v->policy.statements[i];
	if (!iam_sort(v->arena, (void **) sorted, count, compare_sids))
		return;
	for (uint32_t i = 1; i < count; i++)
		if (compare_sids(sorted[i - 1], sorted[i]) == 0)
		{
			v->place.depth = 0;
			iam_place_statement(&v->place, &v->policy, sorted[i]->ordinal);
			iam_place_member(&v->place, iam_element_names[IAM_ELEMENT_SID]);
			iam_find_text(v, IAM_STAGE_SID, IAM_MALFORMED, "GRAM-33", SID_TEXT);
		}
}

/* Version and Id for the kind, then statement by statement. */
static void
check_policy(IamValidator *v)
{
	if (v->rules->needs_2012 && v->policy.version != IAM_VERSION_2012)
	{
		iam_place_member(&v->place, IAM_LIT("Version"));
		iam_find_text(v, IAM_STAGE_VERSION, IAM_MALFORMED, "GRAM-31", VERSION_TEXT);
		iam_place_leave(&v->place, 1);
	}
	if (v->policy.has_id && (v->rules->id == IAM_FORBIDDEN || v->rules->id_warns))
	{
		iam_place_member(&v->place, IAM_LIT("Id"));
		if (v->rules->id_warns)
			iam_find_text(v, IAM_STAGE_WARNING, "UNSUPPORTED_ELEMENT", "GRAM-1",
			              "The grammar of identity policies has no \"Id\"; IAM tolerates it.");
		else
			iam_find_text(v, IAM_STAGE_KIND, IAM_MALFORMED, "GRAM-1", "Has prohibited field Id");
		iam_place_leave(&v->place, 1);
	}
	check_sids(v);
	for (uint32_t i = 0; i < v->policy.statement_count; i++)
	{
		iam_poll(v->arena);
		v->place.depth = 0;
		iam_place_statement(&v->place, &v->policy, v->policy.statements[i].ordinal);
		iam_validate_statement(v, &v->policy.statements[i]);
	}
}

/* Text that is no JSON. */
static void
check_json_error(IamValidator *v, const IamError *err)
{
	char message[sizeof err->message + 64];

	if (err->status == IAM_OVER_LIMIT)
	{
		iam_find_text(v, IAM_STAGE_SIZE, "LIMIT_EXCEEDED", "GRAM-1", err->message);
		return;
	}
	snprintf(message, sizeof message, "%s (line %d, column %d)", err->message, err->line, err->column);
	find_syntax(v, "JSON_SYNTAX_ERROR", "GRAM-2", message);
}

/* By stage; within a stage in the order found. */
static void
give_findings(const IamValidator *v, IamFindings *out)
{
	out->count = 0;
	out->items = iam_alloc_array(v->arena, v->count, sizeof *out->items);
	if (out->items == NULL)
		return;
	for (int stage = 0; stage < IAM_STAGE_COUNT; stage++)
		for (uint32_t i = 0; i < v->count; i++)
			if (v->items[i].stage == (IamStage) stage)
				out->items[out->count++] = v->items[i].finding;
}

bool
iam_policy_validate(IamArena *arena, IamStr text, IamValidateKind kind, uint32_t max_bytes, IamFindings *out)
{
	IamValidator   v = {.sink = {report_problem},
	                    .arena = arena,
	                    .kind = kind,
	                    .rules = iam_kind_rules(kind),
	                    .place = {.root = ""}};
	const IamJson *json;
	IamError       err;
	uint32_t       all;
	uint32_t       without_space;

	out->count = 0;
	out->items = NULL;
	/* of an oversized text only the size is looked at */
	if (text.len <= IAM_MAX_POLICY_BYTES)
	{
		check_characters(&v, text, &all, &without_space);
		check_size(&v, max_bytes, all, without_space);
	}
	if (!iam_json_parse(arena, text, IAM_MAX_POLICY_BYTES, &json, &err))
		check_json_error(&v, &err);
	else
	{
		iam_policy_parse(arena, json, "$", &v.sink, &v.policy);
		v.variables = v.policy.version == IAM_VERSION_2012;
		v.place = (IamPlace){.root = "$"};
		if (!arena->failed)
			check_policy(&v);
	}
	give_findings(&v, out);
	return !arena->failed;
}
