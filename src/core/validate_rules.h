/*
 * validate_rules.h: what the parts of the validator share: the table of kinds
 * (spec section 1.1), and how findings are made and ordered (section 1.2).
 */
#ifndef IAM_VALIDATE_RULES_H
#define IAM_VALIDATE_RULES_H

#include "policy_build.h"
#include "validate.h"

/* Order in which findings come out: AWS's order of checks, then ours. */
typedef enum IamStage
{
	IAM_STAGE_SYNTAX,
	IAM_STAGE_VERSION,
	IAM_STAGE_LEGACY,
	IAM_STAGE_SID,
	IAM_STAGE_ACTIONS,
	IAM_STAGE_RESOURCES,
	IAM_STAGE_RESOURCE_FORMAT,
	IAM_STAGE_ACTION_FORMAT,
	IAM_STAGE_KIND, /* what this kind of policy cannot hold */
	IAM_STAGE_SIZE,
	IAM_STAGE_WARNING,
	IAM_STAGE_COUNT
} IamStage;

typedef enum IamPresence
{
	IAM_FORBIDDEN,
	IAM_OPTIONAL,
	IAM_EXPECTED, /* its absence is a warning */
	IAM_REQUIRED
} IamPresence;

/* A row of table 1.1. */
typedef struct IamKindRules
{
	const char *name;       /* SQL argument */
	bool        needs_2012; /* Version must be 2012-10-17 (GRAM-31) */
	IamPresence id;         /* IAM_EXPECTED never; IAM_OPTIONAL with id_warns */
	bool        id_warns;   /* IAM tolerates it */
	IamPresence principal;
	bool        not_principal;  /* with Deny */
	bool        star_principal; /* Principal is "*" and nothing else (RCP-9) */
	IamPresence resource;
	bool        not_action;
	bool        deny_only;
	bool        plain_sid;      /* letters and digits (GRAM-12) */
	uint32_t    max_characters; /* QUOTA-1 */
	bool        counts_space;   /* GRAM-15 */
	bool        quota_warns;    /* the quota depends on the service */
	const char *quota_text;     /* AWS's words; % is the number */
} IamKindRules;

const IamKindRules *iam_kind_rules(IamValidateKind kind);

typedef struct IamStagedFinding
{
	IamStage   stage;
	IamFinding finding;
} IamStagedFinding;

typedef struct IamValidator
{
	IamProblemSink      sink; /* first: the structure's problems come in here */
	IamArena           *arena;
	IamValidateKind     kind;
	const IamKindRules *rules;
	IamPlace            place; /* of what is looked at */
	IamPartPolicy       policy;
	bool                variables;   /* Version 2012-10-17: ${...} means something */
	bool                said_syntax; /* AWS says these once, without a reason */
	bool                said_legacy;
	uint32_t            count;
	uint32_t            size;
	IamStagedFinding   *items;
} IamValidator;

/* The template with each % replaced by the next of the arguments. */
IamStr iam_fill(IamArena *arena, const char *template, const IamStr *args);

/*
 * A finding at the validator's place.  All stages but IAM_STAGE_WARNING are
 * errors.  The code of errors AWS words itself is MALFORMED_POLICY_DOCUMENT.
 */
void iam_find(IamValidator *v, IamStage stage, const char *code, const char *rule, IamStr message);
void iam_find_text(IamValidator *v, IamStage stage, const char *code, const char *rule, const char *message);

/* "The policy failed legacy parsing", and the reason behind it. */
void iam_find_legacy(IamValidator *v, const char *code, const char *rule, const char *message);

#define IAM_MALFORMED "MALFORMED_POLICY_DOCUMENT"

/* The checks, by topic. Each is called with the place at the statement. */
void iam_validate_statement(IamValidator *v, const IamPartStatement *statement);
void iam_validate_principals(IamValidator *v, const IamPartStatement *statement);
void iam_validate_actions(IamValidator *v, const IamPartStatement *statement);
void iam_validate_resources(IamValidator *v, const IamPartStatement *statement);
void iam_validate_conditions(IamValidator *v, const IamPartStatement *statement);

/* Variables of one string at the validator's place (VAR-9, VAR-10). */
void iam_validate_variables(IamValidator *v, IamStr text);

/* Goes to and from an entry of a list. */
static inline void
iam_place_entry(IamPlace *place, const IamPartList *list, const IamPartString *entry)
{
	if (list->array)
		iam_place_item(place, entry->ordinal);
}

static inline void
iam_place_leave_entry(IamPlace *place, const IamPartList *list)
{
	if (list->array)
		iam_place_leave(place, 1);
}

#endif
