/*
 * decide.h: from the effects of all applicable policies to the verdict: the gates
 * of spec section 8, the only place where a decision is made.
 */
#ifndef IAM_DECIDE_H
#define IAM_DECIDE_H

#include "effect.h"

/* SQL enum iam_decision, same order. */
typedef enum IamDecision
{
	IAM_EXPLICIT_DENY,
	IAM_IMPLICIT_DENY,
	IAM_CONDITIONAL,
	IAM_ALLOWED
} IamDecision;

const char *iam_decision_name(IamDecision decision);

/* The effects seen so far of one kind (and level), ORed. */
typedef struct IamGate
{
	IamEffect effect;
} IamGate;

/*
 * Effects in any order; merging two is commutative and associative (COMBINEFUNC).
 * A gate's effect means something only while its bit is set, so that starting and
 * deciding touch no more than what was added.
 */
typedef struct IamGates
{
	uint32_t kinds;      /* bit per IamPolicyKind with at least one row */
	uint32_t scp_levels; /* bit per level */
	uint32_t rcp_levels;
	IamGate  kind[IAM_KIND_COUNT]; /* all kinds but SCP and RCP */
	IamGate  scp[IAM_MAX_LEVELS];
	IamGate  rcp[IAM_MAX_LEVELS];
} IamGates;

void iam_gates_init(IamGates *gates);

/*
 * Adds one policy's effect.  level counts for SCP and RCP only, 0 (root) to
 * IAM_MAX_LEVELS - 1.  effect == NULL: the gate or level exists and holds no policy.
 * false: level out of range.
 */
bool iam_gates_add(IamArena *arena, IamGates *gates, IamPolicyKind kind, int level, const IamEffect *effect);
void iam_gates_merge(IamArena *arena, IamGates *into, const IamGates *from);

/* The gate's effects so far, or NULL where it has no row. */
const IamEffect *iam_gates_effect(const IamGates *gates, IamPolicyKind kind, int level);

/* Flat bytes of an aggregate's state and back (serial functions); reading checks everything. */
void iam_gates_write(IamBuf *buf, const IamGates *gates);
bool iam_gates_read(IamArena *arena, IamStr bytes, IamGates *gates, IamError *err);

/* What decided, gate by gate, for explanations. */
typedef struct IamGateVerdict
{
	const char
		  *gate;    /* identity, boundary, session, resource, trust, scp, rcp, endpoint, kms_grant, acl ... */
	int    level;   /* SCP and RCP: level; else -1 */
	bool   applies; /* false: present but exempt (SCP in the management account ...) */
	IamTri allow;
	IamTri deny;
	int    grade;     /* strongest IamGrade that allows or may, -1: none or not a graded gate */
	char   note[160]; /* why it does not apply, or what limits it; may be empty */
} IamGateVerdict;

#define IAM_MAX_VERDICTS (2 * IAM_MAX_LEVELS + 16)

typedef struct IamVerdict
{
	IamDecision       decision;
	const IamFormula *formula;        /* with want_formulas: what must hold for it to be allowed */
	char              reason[400];    /* one sentence a reviewer understands */
	char              blocked_by[40]; /* the gate that stops it; empty when allowed */
	uint32_t          verdict_count;
	IamGateVerdict    verdicts[IAM_MAX_VERDICTS];
} IamVerdict;

/*
 * The verdict.  Reads evaluation's request, caller, want_formulas, arena.  With
 * formulas it can be sharper: `conditional` becomes a deny or an allow where the
 * simplified tree says that no, or every, completion allows (EVAL-14).
 * `verdict` is large: callers that only need the decision pass NULL and use the result.
 */
IamDecision iam_decide(const IamEvaluation *evaluation, const IamGates *gates, IamVerdict *verdict);

#endif
