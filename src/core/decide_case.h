/*
 * decide_case.h: one decision being made: what its parts share, private to
 * decide.c and the files of single services.
 */
#ifndef IAM_DECIDE_CASE_H
#define IAM_DECIDE_CASE_H

#include "decide.h"

/* A three-valued value and, with formulas, the tree behind it (never NULL then). */
typedef struct IamTerm
{
	IamTri            value;
	const IamFormula *formula;
} IamTerm;

typedef struct IamCase
{
	const IamEvaluation *ev;
	const IamRequest    *request;
	const IamCaller     *caller;
	const IamGates      *gates;
	IamStr               service; /* folded */
	IamStr               action;  /* folded name without service */
	IamStr               resource_account;
	bool          of_account;     /* the caller is a principal of an account: root, user, role, session ... */
	bool          has_identity;   /* ... and not root: identity policies and a boundary mean something */
	bool          federated_root; /* federation token of the root user: session policies alone (SESS-4) */
	bool          same_account;
	bool          trust;         /* governed by a trust policy */
	bool          identity_only; /* no resource policy has a say (PASS-1) */
	IamPolicyKind resource_kind; /* IAM_KIND_TRUST or IAM_KIND_RESOURCE */
} IamCase;

static inline IamTerm
iam_term_of(IamTri value)
{
	return (IamTerm){value, value == IAM_YES ? &iam_true : &iam_false};
}

static inline IamTerm
iam_term_and(const IamCase *c, IamTerm a, IamTerm b)
{
	IamTerm t = {iam_and(a.value, b.value), NULL};

	if (c->ev->want_formulas)
		t.formula = iam_formula_all(c->ev->arena, a.formula, b.formula);
	return t;
}

static inline IamTerm
iam_term_or(const IamCase *c, IamTerm a, IamTerm b)
{
	IamTerm t = {iam_or(a.value, b.value), NULL};

	if (c->ev->want_formulas)
		t.formula = iam_formula_any(c->ev->arena, a.formula, b.formula);
	return t;
}

static inline IamTerm
iam_term_not(const IamCase *c, IamTerm a)
{
	IamTerm t = {iam_not(a.value), NULL};

	if (c->ev->want_formulas)
		t.formula = iam_formula_not(c->ev->arena, a.formula);
	return t;
}

/* An UNKNOWN fact, named by an atom of the given condition form. */
static inline IamTerm
iam_term_unknown(const IamCase *c, IamStr op, IamStr key, IamStr value)
{
	IamTerm t = {IAM_UNKNOWN, NULL};

	if (c->ev->want_formulas)
		t.formula = iam_formula_atom(c->ev->arena, IAM_ATOM_CONDITION, op, key, 1, &value);
	return t;
}

/* A set of resources: the glob (glob.h) and the same as people write it. */
typedef struct IamResourceSet
{
	const char *glob;
	const char *pattern;
} IamResourceSet;

/* Is the requested resource in the set?  UNKNOWN only for a resource with wildcards. */
IamTerm iam_resource_in(const IamCase *c, const IamResourceSet *set);

static inline bool
iam_action_is(const IamCase *c, IamStr name)
{
	return iam_str_equal(c->action, name);
}

bool iam_action_in(const IamCase *c, const char *const *names, size_t count);

/* Adds a term to the grant of a grade. */
void iam_add_grade(const IamCase *c, IamTerm grants[IAM_GRADE_COUNT], IamGrade grade, IamTerm term);

/* ---- organizations.c: where SCPs and RCPs apply ---- */

bool    iam_scp_applies(const IamCase *c, const char **why_not);
IamTerm iam_rcp_applies(const IamCase *c, const char **why_not);

/* ---- sts.c, iam_rules.c: calls that end in a deny whatever the policies say ---- */

bool iam_always_allowed(const IamCase *c);      /* sts:GetCallerIdentity */
bool iam_needs_no_permission(const IamCase *c); /* sts:GetSessionToken by users and root */

/* `why` is set to a sentence wherever the answer is not NO. */
IamTerm iam_barred(const IamCase *c, const char **why);

/* ---- kms.c ---- */

IamTerm iam_is_kms_key(const IamCase *c);
bool    iam_kms_crosses_accounts(const IamCase *c); /* KMS-6 */
IamTerm iam_kms_alias_barred(const IamCase *c);
/* KMS-8, KMS-9: what the key's grants give the caller, by the grade of their grantees. */
void iam_kms_grants(const IamCase *c, IamTerm grants[IAM_GRADE_COUNT]);

/* ---- s3.c ---- */

/* S3-2, S3-3 */
void iam_acl_grants(const IamCase *c, IamTerm grants[IAM_GRADE_COUNT]);
/* S3-3: Block Public Access keeps this caller out, the bucket policy being public. */
IamTerm iam_public_access_restricted(const IamCase *c);
/* S3-5: the bucket policy's denies do not bind this call. */
bool iam_bucket_policy_rescue(const IamCase *c);

/* ---- verdict.c: words ---- */

/* The parts of a decision, as decide.c has combined them. */
typedef struct IamParts
{
	bool        always; /* STS-1 */
	IamTerm     deny;
	IamTerm     barred;
	const char *barred_why;
	IamTerm     rcp;
	IamTerm     rcp_scope; /* do RCPs apply */
	const char *rcp_why_not;
	IamTerm     scp;
	bool        scp_scope;
	const char *scp_why_not;
	IamTerm     endpoint;
	IamTerm     kms_key;
	IamTerm     grant[IAM_GRADE_COUNT]; /* resource policy, KMS grants, ACLs */
	IamTerm     kms_grant[IAM_GRADE_COUNT];
	IamTerm     acl[IAM_GRADE_COUNT];
	IamTerm     restricted; /* Block Public Access */
	IamTerm     identity;
	IamTerm     boundary;
	IamTerm     session;
	IamTerm     granted; /* the last step: who grants */
	IamTerm     allowed; /* everything, denies included */
} IamParts;

void iam_verdict_fill(const IamCase *c, const IamParts *parts, IamDecision decision, IamVerdict *verdict);

#endif
