/*
 * gates.c: the effects of all policies of one decision, by kind and level.  ORed in
 * any order (EVAL-13, SCP-2, SCP-3, SESS-3, EFF-3); a gate without a row does not
 * exist (EVAL-4).
 */
#include "decide.h"

void
iam_gates_init(IamGates *gates)
{
	gates->kinds = gates->scp_levels = gates->rcp_levels = 0;
}

/* A missing formula of a certain value is that constant. */
static const IamFormula *
formula_or_constant(IamArena *arena, IamTri value, const IamFormula *f)
{
	if (f != NULL)
		return f;
	if (value != IAM_UNKNOWN)
		return value == IAM_YES ? &iam_true : &iam_false;
	return iam_formula_atom(arena, IAM_ATOM_UNREADABLE, IAM_NO_STR,
	                        IAM_LIT("conditions that were not recorded"), 0, NULL);
}

static void
add_value(IamArena *arena, IamTri *value, const IamFormula **f, IamTri more, const IamFormula *more_f)
{
	if (*f != NULL || more_f != NULL)
		*f = iam_formula_any(arena, formula_or_constant(arena, *value, *f),
		                     formula_or_constant(arena, more, more_f));
	*value = iam_or(*value, more);
}

static void
add_effect(IamArena *arena, IamEffect *into, const IamEffect *effect)
{
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		add_value(arena, &into->allow[g], &into->allow_formula[g], effect->allow[g],
		          effect->allow_formula[g]);
	add_value(arena, &into->deny, &into->deny_formula, effect->deny, effect->deny_formula);
	into->unreadable = into->unreadable || effect->unreadable;
	into->public = into->public || effect->public;
}

bool
iam_gates_add(IamArena *arena, IamGates *gates, IamPolicyKind kind, int level, const IamEffect *effect)
{
	uint32_t *present = &gates->kinds;
	IamGate  *gate;
	uint32_t  bit;

	if ((unsigned) kind >= IAM_KIND_COUNT)
		return false;
	if (kind == IAM_KIND_SCP || kind == IAM_KIND_RCP)
	{
		if (level < 0 || level >= IAM_MAX_LEVELS)
			return false;
		present = kind == IAM_KIND_SCP ? &gates->scp_levels : &gates->rcp_levels;
		gate = kind == IAM_KIND_SCP ? &gates->scp[level] : &gates->rcp[level];
		bit = 1u << level;
		gates->kinds |= 1u << kind;
	}
	else
	{
		gate = &gates->kind[kind];
		bit = 1u << kind;
	}
	if ((*present & bit) == 0)
	{
		*present |= bit;
		if (effect == NULL)
			memset(&gate->effect, 0, sizeof gate->effect);
		else
			gate->effect = *effect;
	}
	else if (effect != NULL)
		add_effect(arena, &gate->effect, effect);
	return true;
}

const IamEffect *
iam_gates_effect(const IamGates *gates, IamPolicyKind kind, int level)
{
	if (kind == IAM_KIND_SCP)
		return (gates->scp_levels & 1u << level) != 0 ? &gates->scp[level].effect : NULL;
	if (kind == IAM_KIND_RCP)
		return (gates->rcp_levels & 1u << level) != 0 ? &gates->rcp[level].effect : NULL;
	return (gates->kinds & 1u << kind) != 0 ? &gates->kind[kind].effect : NULL;
}

void
iam_gates_merge(IamArena *arena, IamGates *into, const IamGates *from)
{
	for (int kind = 0; kind < IAM_KIND_COUNT; kind++)
	{
		bool levels = kind == IAM_KIND_SCP || kind == IAM_KIND_RCP;

		if ((from->kinds & 1u << kind) == 0)
			continue;
		for (int level = 0; level < (levels ? IAM_MAX_LEVELS : 1); level++)
		{
			const IamEffect *effect = iam_gates_effect(from, (IamPolicyKind) kind, level);

			if (effect != NULL)
				iam_gates_add(arena, into, (IamPolicyKind) kind, level, effect);
		}
	}
}
