/*
 * effect_image.c: effects and gates as flat bytes (SQL type iam_effect, the
 * aggregate's state) and back.
 *
 * An effect's image is an EffectImage, followed by the formulas it has.  Reading
 * copies through memcpy, because the bytes of a stored value may stand anywhere,
 * and checks all it uses.
 */
#include "decide.h"

#define FORMULA_COUNT (IAM_GRADE_COUNT + 1) /* allow by grade, then deny */

/* EffectImage.flags */
enum
{
	EFFECT_UNREADABLE = 1 << 0,
	EFFECT_PUBLIC = 1 << 1,
	EFFECT_FORMULAS = 1 << 2, /* a FormulaSlices follows */
	EFFECT_ALL_FLAGS = 7
};

typedef struct EffectImage
{
	IamImage head;                   /* format IAM_EFFECT_FORMAT, type IAM_IMAGE_EFFECT */
	uint8_t  allow[IAM_GRADE_COUNT]; /* IamTri */
	uint8_t  deny;                   /* IamTri */
	uint8_t  flags;
	uint8_t  reserved[2]; /* 0 */
} EffectImage;

typedef struct FormulaSlices
{
	IamSlice formula[FORMULA_COUNT]; /* off 0: none */
} FormulaSlices;

static const IamFormula *
formula_of(const IamEffect *effect, int i)
{
	return i < IAM_GRADE_COUNT ? effect->allow_formula[i] : effect->deny_formula;
}

void
iam_effect_write(IamBuf *buf, const IamEffect *effect)
{
	EffectImage   image;
	FormulaSlices slices;
	bool          formulas = false;
	uint32_t      start;

	memset(&image, 0, sizeof image);
	memset(&slices, 0, sizeof slices);
	for (int i = 0; i < FORMULA_COUNT; i++)
		formulas = formulas || formula_of(effect, i) != NULL;
	start = iam_buf_reserve(buf, sizeof image + (formulas ? sizeof slices : 0));
	for (int i = 0; formulas && i < FORMULA_COUNT; i++)
	{
		if (formula_of(effect, i) == NULL)
			continue;
		slices.formula[i].off = (uint32_t) buf->len - start;
		iam_formula_write(buf, formula_of(effect, i));
		slices.formula[i].len = (uint32_t) buf->len - start - slices.formula[i].off;
	}
	if (buf->arena->failed || buf->len > UINT32_MAX)
		return;
	image.head.format = IAM_EFFECT_FORMAT;
	image.head.type = IAM_IMAGE_EFFECT;
	image.head.size = (uint32_t) buf->len - start;
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		image.allow[g] = (uint8_t) effect->allow[g];
	image.deny = (uint8_t) effect->deny;
	image.flags = (uint8_t) ((effect->unreadable ? EFFECT_UNREADABLE : 0) |
	                         (effect->public ? EFFECT_PUBLIC : 0) | (formulas ? EFFECT_FORMULAS : 0));
	memcpy(buf->data + start, &image, sizeof image);
	if (formulas)
		memcpy(buf->data + start + sizeof image, &slices, sizeof slices);
}

static bool
corrupt(IamError *err)
{
	return iam_fail(err, IAM_CORRUPT, NULL, "The bytes are not an effect.");
}

static bool
read_formulas(IamArena *arena, const char *bytes, size_t size, IamEffect *effect, IamError *err)
{
	FormulaSlices slices;

	if (size < sizeof(EffectImage) + sizeof slices)
		return corrupt(err);
	memcpy(&slices, bytes + sizeof(EffectImage), sizeof slices);
	for (int i = 0; i < FORMULA_COUNT; i++)
	{
		IamSlice          slice = slices.formula[i];
		IamTri            value = i < IAM_GRADE_COUNT ? effect->allow[i] : effect->deny;
		const IamFormula *f;

		if (slice.off == 0)
			continue;
		if (slice.off < sizeof(EffectImage) + sizeof slices || slice.off > size ||
		    slice.len > size - slice.off)
			return corrupt(err);
		f = iam_formula_read(arena, (IamStr){bytes + slice.off, slice.len});
		if (f == NULL)
			return arena->failed ? iam_fail(err, IAM_NO_MEMORY, NULL, "Out of memory.") : corrupt(err);
		/* a certain value with a tree that says otherwise would decide two ways */
		if (value != IAM_UNKNOWN && iam_formula_value(f) != value)
			return corrupt(err);
		if (i < IAM_GRADE_COUNT)
			effect->allow_formula[i] = f;
		else
			effect->deny_formula = f;
	}
	return true;
}

bool
iam_effect_read(IamArena *arena, const void *bytes, size_t size, IamEffect *effect, IamError *err)
{
	EffectImage image;
	bool        good;

	memset(effect, 0, sizeof *effect);
	if (size < sizeof image || size > UINT32_MAX)
		return corrupt(err);
	memcpy(&image, bytes, sizeof image);
	good = image.head.format == IAM_EFFECT_FORMAT && image.head.type == IAM_IMAGE_EFFECT &&
	       image.head.reserved == 0 && image.head.size == size && image.deny <= IAM_YES &&
	       (image.flags & ~EFFECT_ALL_FLAGS) == 0 && image.reserved[0] == 0 && image.reserved[1] == 0;
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		good = good && image.allow[g] <= IAM_YES;
	if (!good)
		return corrupt(err);
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		effect->allow[g] = (IamTri) image.allow[g];
	effect->deny = (IamTri) image.deny;
	effect->unreadable = (image.flags & EFFECT_UNREADABLE) != 0;
	effect->public = (image.flags & EFFECT_PUBLIC) != 0;
	if ((image.flags & EFFECT_FORMULAS) == 0)
		return true;
	return read_formulas(arena, bytes, size, effect, err);
}

/* ---- gates: a list of (kind, level, effect image) ---- */

/* Before each effect's image. */
typedef struct GateHead
{
	uint8_t  kind;
	uint8_t  level;
	uint8_t  reserved[2];
	uint32_t size; /* of the image that follows, at the next multiple of 4 */
} GateHead;

static void
write_gate(IamBuf *buf, const IamGates *gates, int kind, int level)
{
	const IamEffect *effect = iam_gates_effect(gates, (IamPolicyKind) kind, level);
	GateHead         head;
	uint32_t         off;

	if (effect == NULL)
		return;
	memset(&head, 0, sizeof head);
	head.kind = (uint8_t) kind;
	head.level = (uint8_t) level;
	off = iam_buf_reserve(buf, sizeof head);
	iam_effect_write(buf, effect);
	if (buf->arena->failed)
		return;
	head.size = (uint32_t) buf->len - off - (uint32_t) sizeof head;
	memcpy(buf->data + off, &head, sizeof head);
}

void
iam_gates_write(IamBuf *buf, const IamGates *gates)
{
	for (int kind = 0; kind < IAM_KIND_COUNT; kind++)
	{
		bool levels = kind == IAM_KIND_SCP || kind == IAM_KIND_RCP;

		for (int level = 0; level < (levels ? IAM_MAX_LEVELS : 1); level++)
			write_gate(buf, gates, kind, level);
	}
}

bool
iam_gates_read(IamArena *arena, IamStr bytes, IamGates *gates, IamError *err)
{
	uint32_t at = 0;

	iam_gates_init(gates);
	while (at < bytes.len)
	{
		GateHead  head;
		IamEffect effect;

		if (bytes.len - at < sizeof head)
			return corrupt(err);
		memcpy(&head, bytes.data + at, sizeof head);
		at += (uint32_t) sizeof head;
		if (head.kind >= IAM_KIND_COUNT || head.size > bytes.len - at)
			return corrupt(err);
		if (!iam_effect_read(arena, bytes.data + at, head.size, &effect, err))
			return false;
		if (!iam_gates_add(arena, gates, (IamPolicyKind) head.kind, head.level, &effect))
			return corrupt(err);
		at += head.size;
		while (at < bytes.len && at % 4 != 0)
			at++;
	}
	return true;
}
