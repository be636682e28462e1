/*
 * decide_state.c: collecting effects for a decision: adding, merging, shipping
 * between workers.
 *
 * Effects of one gate are ORed, as iam_gates_add does; the order of rows and of
 * merging does not matter (EVAL-13).  Which gate means what is the core's alone.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "utils/memutils.h"

#include "pg/decide_state.h"

#define STATE_VERSION 1

/* GateBits.bits */
#define BITS_TRI(value, at) ((uint16) (value) << (2 * (at)))
#define TRI_OF(bits, at) ((IamTri) ((bits) >> (2 * (at)) & 3))
#define AT_DENY IAM_GRADE_COUNT
#define BIT_UNREADABLE (1 << 10)
#define BIT_PUBLIC (1 << 11)
#define BIT_EFFECT (1 << 12) /* some policy was there, not an empty gate alone */

StaticAssertDecl(2 * (IAM_GRADE_COUNT + 1) <= 10, "the answers of an effect fit below its flags");
StaticAssertDecl(IAM_MAX_LEVELS <= PG_UINT8_MAX, "a level fits a byte");

static uint16
to_bits(const IamEffect *effect)
{
	uint16 bits = BIT_EFFECT;

	for (int i = 0; i < IAM_GRADE_COUNT; i++)
		bits |= BITS_TRI(effect->allow[i], i);
	bits |= BITS_TRI(effect->deny, AT_DENY);
	if (effect->unreadable)
		bits |= BIT_UNREADABLE;
	if (effect->public)
		bits |= BIT_PUBLIC;
	return bits;
}

static void
from_bits(uint16 bits, IamEffect *effect)
{
	memset(effect, 0, sizeof *effect);
	for (int i = 0; i < IAM_GRADE_COUNT; i++)
		effect->allow[i] = TRI_OF(bits, i);
	effect->deny = TRI_OF(bits, AT_DENY);
	effect->unreadable = (bits & BIT_UNREADABLE) != 0;
	effect->public = (bits & BIT_PUBLIC) != 0;
}

static uint16
merge_bits(uint16 a, uint16 b)
{
	uint16 bits = (a | b) & (BIT_UNREADABLE | BIT_PUBLIC | BIT_EFFECT);

	for (int i = 0; i <= AT_DENY; i++)
		bits |= BITS_TRI(iam_or(TRI_OF(a, i), TRI_OF(b, i)), i);
	return bits;
}

DecideState *
decide_state_create(MemoryContext context)
{
	DecideState *state = MemoryContextAllocZero(context, sizeof(DecideState));

	state->gates = state->few;
	state->gate_size = FEW_GATES;
	return state;
}

static void
add_bits(MemoryContext context, DecideState *state, uint8 kind, uint8 level, uint16 bits)
{
	GateBits *gate;

	for (uint32 i = 0; i < state->gate_count; i++)
	{
		gate = &state->gates[i];
		if (gate->kind == kind && gate->level == level)
		{
			gate->bits = merge_bits(gate->bits, bits);
			return;
		}
	}
	if (state->gate_count == state->gate_size)
	{
		/* kinds and levels bound the number: it cannot overflow */
		GateBits *more = MemoryContextAlloc(context, 2 * state->gate_size * sizeof(GateBits));

		memcpy(more, state->gates, state->gate_count * sizeof(GateBits));
		state->gates = more;
		state->gate_size *= 2;
	}
	state->gates[state->gate_count++] = (GateBits){kind, level, bits};
}

/* `effect` must be in the state's context. */
static void
add_effect(MemoryContext context, DecideState *state, uint8 kind, uint8 level, struct varlena *effect)
{
	if (state->effect_count == state->effect_size)
	{
		uint32 size = state->effect_size == 0 ? 8 : 2 * state->effect_size;

		state->effects = state->effects == NULL
		                     ? MemoryContextAlloc(context, mul_size(size, sizeof(GateEffect)))
		                     : repalloc_huge(state->effects, mul_size(size, sizeof(GateEffect)));
		state->effect_size = size;
	}
	state->effects[state->effect_count++] = (GateEffect){kind, level, effect};
}

void
decide_state_add(MemoryContext context, DecideState *state, IamPolicyKind kind, int level, Datum effect,
                 bool effect_null, bool keep_formulas)
{
	IamEffect   answer;
	IamPgArena  a;
	const void *image;

	if (kind != IAM_KIND_SCP && kind != IAM_KIND_RCP)
		level = 0;
	if (level < 0 || level >= IAM_MAX_LEVELS)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("level %d is out of range", level),
		        errhint("Levels count from 0, the root, to %d at most.", IAM_MAX_LEVELS - 1));
	if (effect_null)
	{
		add_bits(context, state, (uint8) kind, (uint8) level, 0);
		return;
	}
	image = iam_pg_image(effect, IAM_IMAGE_EFFECT);
	iam_pg_arena_init(&a);
	iam_pg_effect(&a, image, &answer);
	if (!keep_formulas || iam_effect_is_definite(&answer))
		add_bits(context, state, (uint8) kind, (uint8) level, to_bits(&answer));
	else
	{
		MemoryContext   old_context = MemoryContextSwitchTo(context);
		struct varlena *copy = (struct varlena *) DatumGetPointer(iam_pg_image_datum(image));

		MemoryContextSwitchTo(old_context);
		add_effect(context, state, (uint8) kind, (uint8) level, copy);
	}
	iam_pg_arena_release(&a);
	iam_pg_image_free(effect, image);
}

static struct varlena *
copy_varlena(MemoryContext context, const struct varlena *v)
{
	struct varlena *copy;

	if (v == NULL)
		return NULL;
	copy = MemoryContextAlloc(context, VARSIZE(v));
	memcpy(copy, v, VARSIZE(v));
	return copy;
}

/* `from` may live in a shorter-lived context: what is kept of it is copied. */
void
decide_state_merge(MemoryContext context, DecideState *into, const DecideState *from)
{
	if (into->request == NULL)
		into->request = copy_varlena(context, from->request);
	if (into->caller == NULL)
		into->caller = copy_varlena(context, from->caller);
	for (uint32 i = 0; i < from->gate_count; i++)
		add_bits(context, into, from->gates[i].kind, from->gates[i].level, from->gates[i].bits);
	for (uint32 i = 0; i < from->effect_count; i++)
		add_effect(context, into, from->effects[i].kind, from->effects[i].level,
		           copy_varlena(context, from->effects[i].effect));
}

/* ---- between processes and servers ---- */

static void
send_varlena(StringInfo message, const struct varlena *v)
{
	uint32 size = v == NULL ? 0 : VARSIZE(v) - VARHDRSZ;

	pq_sendint32(message, size);
	if (size > 0)
		pq_sendbytes(message, VARDATA(v), (int) size);
}

bytea *
decide_state_serialize(const DecideState *state)
{
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendint8(&message, STATE_VERSION);
	send_varlena(&message, state->request);
	send_varlena(&message, state->caller);
	pq_sendint32(&message, state->gate_count);
	for (uint32 i = 0; i < state->gate_count; i++)
	{
		pq_sendint8(&message, state->gates[i].kind);
		pq_sendint8(&message, state->gates[i].level);
		pq_sendint16(&message, state->gates[i].bits);
	}
	pq_sendint32(&message, state->effect_count);
	for (uint32 i = 0; i < state->effect_count; i++)
	{
		pq_sendint8(&message, state->effects[i].kind);
		pq_sendint8(&message, state->effects[i].level);
		send_varlena(&message, state->effects[i].effect);
	}
	return pq_endtypsend(&message);
}

static void
bad_state(void)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
	        errmsg("invalid transition state of iam_decide"));
}

static struct varlena *
receive_varlena(MemoryContext context, StringInfo message, IamImageType type)
{
	uint32          size = pq_getmsgint(message, 4);
	const char     *bytes;
	struct varlena *v;

	if (size == 0)
		return NULL;
	if (size > (uint32) (message->len - message->cursor))
		bad_state();
	bytes = pq_getmsgbytes(message, (int) size);
	v = MemoryContextAlloc(context, VARHDRSZ + (Size) size);
	SET_VARSIZE(v, VARHDRSZ + (Size) size);
	memcpy(VARDATA(v), bytes, size);
	iam_pg_image(PointerGetDatum(v), type);
	return v;
}

static void
receive_place(StringInfo message, uint8 *kind, uint8 *level)
{
	*kind = (uint8) pq_getmsgbyte(message);
	*level = (uint8) pq_getmsgbyte(message);
	if (*kind >= IAM_KIND_COUNT || *level >= IAM_MAX_LEVELS)
		bad_state();
}

DecideState *
decide_state_deserialize(MemoryContext context, bytea *bytes)
{
	DecideState   *state = decide_state_create(context);
	StringInfoData message;
	uint32         count;

	initStringInfo(&message);
	appendBinaryStringInfo(&message, VARDATA_ANY(bytes), (int) VARSIZE_ANY_EXHDR(bytes));
	if (pq_getmsgbyte(&message) != STATE_VERSION)
		bad_state();
	state->request = receive_varlena(context, &message, IAM_IMAGE_REQUEST);
	state->caller = receive_varlena(context, &message, IAM_IMAGE_CALLER);
	count = pq_getmsgint(&message, 4);
	for (uint32 i = 0; i < count; i++)
	{
		uint8  kind;
		uint8  level;
		uint16 bits;

		receive_place(&message, &kind, &level);
		bits = (uint16) pq_getmsgint(&message, 2);
		for (int at = 0; at <= AT_DENY; at++)
			if (TRI_OF(bits, at) > IAM_YES)
				bad_state();
		add_bits(context, state, kind, level, bits);
	}
	count = pq_getmsgint(&message, 4);
	for (uint32 i = 0; i < count; i++)
	{
		uint8           kind;
		uint8           level;
		struct varlena *effect;

		receive_place(&message, &kind, &level);
		effect = receive_varlena(context, &message, IAM_IMAGE_EFFECT);
		if (effect == NULL)
			bad_state();
		add_effect(context, state, kind, level, effect);
	}
	pq_getmsgend(&message);
	pfree(message.data);
	return state;
}

/* ---- for the core ---- */

static const IamFormula *
definite_formula(IamTri value)
{
	return value == IAM_YES ? &iam_true : &iam_false;
}

/* A definite answer was stored without its formula. */
static void
fill_formulas(IamEffect *effect)
{
	for (int i = 0; i < IAM_GRADE_COUNT; i++)
		if (effect->allow_formula[i] == NULL)
			effect->allow_formula[i] = definite_formula(effect->allow[i]);
	if (effect->deny_formula == NULL)
		effect->deny_formula = definite_formula(effect->deny);
}

void
decide_state_gates(const DecideState *state, IamPgArena *a, bool formulas, IamGates *gates)
{
	IamEffect effect;

	iam_gates_init(gates);
	for (uint32 i = 0; i < state->gate_count; i++)
	{
		const GateBits *gate = &state->gates[i];

		from_bits(gate->bits, &effect);
		if (formulas)
			fill_formulas(&effect);
		iam_gates_add(&a->arena, gates, (IamPolicyKind) gate->kind, gate->level,
		              gate->bits & BIT_EFFECT ? &effect : NULL);
	}
	for (uint32 i = 0; i < state->effect_count; i++)
	{
		const GateEffect *kept = &state->effects[i];

		memset(&effect, 0, sizeof effect);
		iam_pg_effect(a, VARDATA(kept->effect), &effect);
		if (formulas)
			fill_formulas(&effect);
		iam_gates_add(&a->arena, gates, (IamPolicyKind) kept->kind, kept->level, &effect);
	}
}
