/*
 * decide_state.h: the transition state of iam_decide and iam_decide_conditions.
 */
#ifndef IAM_PG_DECIDE_STATE_H
#define IAM_PG_DECIDE_STATE_H

#include "pg/iam_pg.h"

/*
 * Everything of one kind and level that is known without formulas, merged: two
 * bits for each three-valued answer.  A who-can query keeps one state per
 * principal, so that this is what counts.
 */
typedef struct GateBits
{
	uint8  kind;
	uint8  level;
	uint16 bits;
} GateBits;

/* An effect that is kept whole, because its formulas are wanted. */
typedef struct GateEffect
{
	uint8           kind;
	uint8           level;
	struct varlena *effect;
} GateEffect;

#define FEW_GATES 4

/* Everything lives in the aggregate's context; data of a request may be shared by states. */
typedef struct DecideState
{
	struct varlena *request; /* of the first row that has one */
	struct varlena *caller;
	uint32          gate_count;
	uint32          gate_size;
	GateBits       *gates;
	uint32          effect_count;
	uint32          effect_size;
	GateEffect     *effects;
	GateBits        few[FEW_GATES];
} DecideState;

extern DecideState *decide_state_create(MemoryContext context);
extern void         decide_state_add(MemoryContext context, DecideState *state, IamPolicyKind kind, int level,
                                     Datum effect, bool effect_null, bool keep_formulas);
extern void         decide_state_merge(MemoryContext context, DecideState *into, const DecideState *from);
extern bytea       *decide_state_serialize(const DecideState *state);
extern DecideState *decide_state_deserialize(MemoryContext context, bytea *bytes);
/* What the core decides over; formulas are filled in where `formulas`. */
extern void decide_state_gates(const DecideState *state, IamPgArena *a, bool formulas, IamGates *gates);

#endif
