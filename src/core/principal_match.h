/*
 * principal_match.h: Principal and NotPrincipal of one statement against a caller,
 * private to the evaluator.
 */
#ifndef IAM_PRINCIPAL_MATCH_H
#define IAM_PRINCIPAL_MATCH_H

#include "effect.h"

/* What a statement's Principal or NotPrincipal says of a caller. */
typedef struct IamPrincipalMatch
{
	IamTri            grade[IAM_GRADE_COUNT];   /* NotPrincipal: DIRECT says whether the statement applies */
	const IamFormula *formula[IAM_GRADE_COUNT]; /* with want_formulas, else NULL */
	IamStr            entry;                    /* the strongest entry that matched; NotPrincipal: empty */
} IamPrincipalMatch;

/* For the kinds whose statements name principals: resource, trust, RCP, endpoint. */
void iam_principal_match(const IamEvaluation *evaluation, const IamPolicy *policy, const IamStatement *stmt,
                         IamPolicyKind kind, IamPrincipalMatch *match);

/* What an UNKNOWN grade of this entry depends on. */
const IamFormula *iam_principal_atom(IamArena *arena, const void *image, const IamPrincipal *principal);

#endif
