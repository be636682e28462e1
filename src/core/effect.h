/*
 * effect.h: what one policy of one kind says of one request: the step between
 * policies and gates.
 */
#ifndef IAM_EFFECT_H
#define IAM_EFFECT_H

#include "condition.h"
#include "formula.h"

#define IAM_EFFECT_FORMAT 1

/* Principal grades (spec 5.2), weakest first. Kinds without Principal answer DIRECT. */
typedef enum IamGrade
{
	IAM_GRADE_ACCOUNT,
	IAM_GRADE_ROLE,
	IAM_GRADE_FEDERATING_USER,
	IAM_GRADE_DIRECT
} IamGrade;

#define IAM_GRADE_COUNT 4

const char *iam_grade_name(IamGrade grade);

typedef struct IamEffect
{
	/*
	 * Some Allow statement applies at this grade.  Once a direct grant is certain
	 * the weaker grades add nothing and may stay NO.
	 */
	IamTri allow[IAM_GRADE_COUNT];
	IamTri deny;       /* some Deny statement applies */
	bool   unreadable; /* the policy is missing or could not be read */
	bool public;       /* public by S3-4; looked at only where Block Public Access may restrict */
	/* with want_formulas, else NULL: the same as trees */
	const IamFormula *allow_formula[IAM_GRADE_COUNT];
	const IamFormula *deny_formula;
} IamEffect;

/* One matched (or possibly matching) statement, for explanations. */
typedef struct IamStatementTrace
{
	IamPolicyKind       kind;
	int                 level;
	IamStr              policy_name; /* ARN or inline name; may be empty */
	const IamPolicy    *policy;
	const IamStatement *statement;
	uint32_t            ordinal; /* from 0 */
	IamTri              match;   /* all parts together */
	IamTri              grade[IAM_GRADE_COUNT];
	IamStr              action;    /* the entry that matched; empty for NotAction */
	IamStr              resource;  /* likewise */
	IamStr              principal; /* likewise */
} IamStatementTrace;

/* Receives every statement whose match is not NO, and every key found absent or unknown. */
typedef struct IamSink
{
	void (*statement)(struct IamSink *sink, const IamStatementTrace *trace);
	void (*missing_key)(struct IamSink *sink, IamStr key, IamTri present);
} IamSink;

typedef struct IamEvaluation
{
	const IamRequest *request;
	const IamCaller  *caller; /* NULL: for policies that do not depend on it */
	IamArena         *arena;  /* only formulas, glob requests and sinks use it */
	bool              want_formulas;
	IamSink          *sink;        /* or NULL */
	int               level;       /* for traces */
	IamStr            policy_name; /* for traces and unreadable atoms */
} IamEvaluation;

/*
 * policy == NULL: a document that is missing or could not be read; everything it
 * may say is UNKNOWN.  Order per statement: action, resource, principal, conditions.
 */
void iam_policy_effect(const IamEvaluation *evaluation, const IamPolicy *policy, IamPolicyKind kind,
                       IamEffect *effect);

/*
 * Grade of one principal entry for a caller, grade by grade (PRIN-1..15):
 * grades[] gets YES, NO or UNKNOWN.  Used for policies and KMS grants alike.
 */
void iam_principal_grades(const void *image, const IamPrincipal *principal, const IamCaller *caller,
                          bool unknown_context, IamTri grades[IAM_GRADE_COUNT]);

/* Would S3 call this bucket policy public (S3-4)? */
bool iam_policy_is_public(const IamPolicy *policy);

/* A necessary condition read from actions alone: SQL iam_policy_may_match. */
bool iam_policy_may_match(const IamPolicy *policy, const IamRequest *request);

/* Nothing of it is unknown. */
bool iam_effect_is_definite(const IamEffect *effect);

/* Flat image of an effect (SQL type iam_effect) and back. */
void iam_effect_write(IamBuf *buf, const IamEffect *effect);
bool iam_effect_read(IamArena *arena, const void *image, size_t size, IamEffect *effect, IamError *err);

#endif
