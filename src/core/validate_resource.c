/*
 * validate_resource.c: Resource and NotResource entries (GRAM-14, GRAM-39..39d,
 * ARN-7, RES-5, VAR-2) and variables in any string (VAR-9, VAR-10).
 */
#include "validate_rules.h"

#include "arn.h"
#include "variable.h"

#define FIELDS 6

/* ---- format ---- */

/* The fields of a resource: all after the fifth colon is the last. count says how many there are. */
static uint32_t
split_fields(IamStr text, IamStr fields[FIELDS])
{
	uint32_t count = 0;
	uint32_t start = 0;

	for (uint32_t i = 0; i <= text.len && count < FIELDS; i++)
	{
		bool end = i == text.len;

		if (!end && (text.data[i] != ':' || count == FIELDS - 1))
			continue;
		fields[count++] = (IamStr){text.data + start, i - start};
		start = i + 1;
	}
	return count;
}

static bool
starts_with_any(IamStr s, const char *const *prefixes)
{
	for (; *prefixes != NULL; prefixes++)
		if (iam_str_starts(s, (IamStr){*prefixes, (uint32_t) strlen(*prefixes)}))
			return true;
	return false;
}

static bool
is_partition(IamStr s)
{
	static const char *const partitions[] = {"*",         "aws",       "aws-cn",    "aws-us-gov", "aws-iso",
	                                         "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"};

	for (size_t i = 0; i < sizeof partitions / sizeof partitions[0]; i++)
		if (iam_str_equal(s, (IamStr){partitions[i], (uint32_t) strlen(partitions[i])}))
			return true;
	return false;
}

/* GRAM-39a: missing fields are shown as asterisks */
static void
bad_partition(IamValidator *v, const IamStr fields[], uint32_t count)
{
	IamStr args[FIELDS];

	args[0] = args[1] = fields[1];
	for (uint32_t i = 2; i < FIELDS; i++)
		args[i] = i < count ? fields[i] : IAM_LIT("*");
	/* a field that is there only as an empty end is missing too */
	if (count == 3 && fields[2].len == 0)
		args[2] = IAM_LIT("*");
	iam_find(v, IAM_STAGE_RESOURCE_FORMAT, IAM_MALFORMED, "GRAM-39a",
	         iam_fill(v->arena, "Partition \"%\" is not valid for resource \"arn:%:%:%:%:%\".", args));
}

static bool
has_wildcard(IamStr s)
{
	return s.len > 0 && (memchr(s.data, '*', s.len) != NULL || memchr(s.data, '?', s.len) != NULL);
}

static void
find_format(IamValidator *v, const char *rule, const char *template, IamStr resource)
{
	iam_find(v, IAM_STAGE_RESOURCE_FORMAT, IAM_MALFORMED, rule, iam_fill(v->arena, template, &resource));
}

/* Region and resource part, where the service is known to restrict them. */
static void
check_service(IamValidator *v, IamStr text, const IamStr fields[], uint32_t count)
{
	/* root is not in AWS's own sentence, but in policies AWS publishes */
	static const char *const iam_types[] = {"*",
	                                        "user/",
	                                        "federated-user/",
	                                        "role/",
	                                        "group/",
	                                        "instance-profile/",
	                                        "mfa/",
	                                        "server-certificate/",
	                                        "policy/",
	                                        "sms-mfa/",
	                                        "saml-provider/",
	                                        "oidc-provider/",
	                                        "report/",
	                                        "access-report/",
	                                        "root",
	                                        NULL};
	/* what S3 keeps in regions, unlike buckets and objects */
	static const char *const regional_s3_types[] = {"accesspoint", "access-grants", "async-request/",
	                                                "job/",        "storage-lens",  NULL};
	bool                     has_region = count > 3 && fields[3].len > 0;

	if (iam_str_equal(fields[2], IAM_LIT("iam")))
	{
		if (has_region)
			find_format(v, "GRAM-39c", "IAM resource % cannot contain region information.", text);
		else if (count == FIELDS && !starts_with_any(fields[5], iam_types))
			iam_find_text(v, IAM_STAGE_RESOURCE_FORMAT, IAM_MALFORMED, "GRAM-39d",
			              "IAM resource path must either be \"*\" or start with user/, "
			              "federated-user/, role/, group/, instance-profile/, mfa/, "
			              "server-certificate/, policy/, sms-mfa/, saml-provider/, "
			              "oidc-provider/, report/, access-report/.");
	}
	else if (iam_str_equal(fields[2], IAM_LIT("s3")) && has_region &&
	         !(count == FIELDS && starts_with_any(fields[5], regional_s3_types)))
		find_format(v, "GRAM-39c", "Resource % can not contain region information.", text);
}

/* GRAM-14; false: a finding */
static bool
check_format(IamValidator *v, IamStr text)
{
	IamStr   fields[FIELDS];
	uint32_t count = split_fields(text, fields);
	uint32_t before = v->count;

	if (iam_str_equal(text, IAM_LIT("*")))
		return true;
	if (!iam_str_starts(text, IAM_LIT("arn:")))
		find_format(v, "GRAM-39", "Resource % must be in ARN format or \"*\".", text);
	else if (!is_partition(fields[1]))
		bad_partition(v, fields, count);
	else if (count < 3 || fields[2].len == 0 || has_wildcard(fields[2]))
		find_format(v, "GRAM-39b", "Resource vendor must be fully qualified and cannot contain regexes.",
		            text);
	else
		check_service(v, text, fields, count);
	return v->count == before;
}

/* ---- variables ---- */

void
iam_validate_variables(IamValidator *v, IamStr text)
{
	for (uint32_t i = 0; i + 1 < text.len; i++)
	{
		IamVariable variable;

		if (text.data[i] != '$' || text.data[i + 1] != '{')
			continue;
		if (!v->variables)
		{
			iam_find_text(v, IAM_STAGE_WARNING, "VARIABLE_UNSUPPORTED_IN_VERSION", "VAR-9",
			              "Variables work only with \"Version\": \"2012-10-17\"; this is literal "
			              "text.");
			return;
		}
		if (!iam_variable_at(text, i, &variable))
		{
			iam_find_text(v, IAM_STAGE_WARNING, "MISSING_BRACE_IN_VARIABLE", "VAR-10",
			              "A \"${\" without \"}\" is literal text.");
			return;
		}
		if (!variable.well_formed)
			iam_find_text(v, IAM_STAGE_WARNING, "INVALID_VARIABLE", "VAR-10",
			              "A variable that is empty, nested or holds blanks, or whose default is "
			              "not in single quotes, has no value: the string matches nothing.");
		i += variable.len - 1;
	}
}

/* ---- entries ---- */

/* ARN-7 */
static void
warn_short(IamValidator *v)
{
	bool completed = v->rules->principal == IAM_FORBIDDEN && v->kind != IAM_VALIDATE_SCP;

	iam_find_text(v, IAM_STAGE_WARNING, "MISSING_ARN_FIELD", "ARN-7",
	              completed ? "An ARN has six fields; the missing ones are taken as \"*\"."
	                        : "An ARN has six fields; in this kind of policy a shorter one matches nothing.");
}

static void
check_entry(IamValidator *v, const IamPartStatement *statement, IamStr text)
{
	IamPattern pattern;

	iam_pattern_classify(text, v->variables, &pattern);
	if (check_format(v, text))
	{
		if (pattern.flags & IAM_PATTERN_SHORT)
			warn_short(v);
		else if (pattern.pattern_class != IAM_PATTERN_ANY && pattern.tail == text.len &&
		         text.data[text.len - 1] != ':')
			iam_find_text(v, IAM_STAGE_WARNING, "MISSING_ARN_FIELD", "ARN-7",
			              "An ARN has six fields; this one is matched as it stands, its \"*\" "
			              "running on.");
	}
	if (pattern.pattern_class == IAM_PATTERN_UNUSABLE && (pattern.flags & IAM_PATTERN_VARIABLE))
		iam_find_text(v, IAM_STAGE_WARNING, "VARIABLE_UNSUPPORTED_IN_ARN_FIELD", "VAR-2",
		              "A variable before the sixth field of an ARN makes it match nothing.");
	else if ((pattern.flags & IAM_PATTERN_VARIABLE) && (statement->flags & IAM_STMT_DENY) == 0 &&
	         statement->has[IAM_ELEMENT_NOT_RESOURCE])
		iam_find_text(v, IAM_STAGE_WARNING, "VARIABLE_IN_NOT_RESOURCE", "RES-5",
		              "Where the variable has no value this entry excludes nothing, and the "
		              "statement allows everything.");
	iam_validate_variables(v, text);
}

void
iam_validate_resources(IamValidator *v, const IamPartStatement *statement)
{
	bool negated = statement->has[IAM_ELEMENT_NOT_RESOURCE];

	iam_place_member(&v->place, iam_element_names[negated ? IAM_ELEMENT_NOT_RESOURCE : IAM_ELEMENT_RESOURCE]);
	for (uint32_t i = 0; i < statement->resources.count; i++)
	{
		const IamPartString *entry = &statement->resources.items[i];

		iam_place_entry(&v->place, &statement->resources, entry);
		check_entry(v, statement, entry->text);
		iam_place_leave_entry(&v->place, &statement->resources);
	}
	iam_place_leave(&v->place, 1);
}
