/*
 * formula.h: what is left of a decision when something is unknown: a tree of
 * all / any / not over atoms, kept exact (EVAL-14) and small by constant folding,
 * flattening and removal of duplicates.
 *
 * Formulas are immutable and in negation normal form: NOT stands over atoms only.
 * Failed allocations yield UNKNOWN-free garbage, so look at arena->failed before
 * use.  A formula's Kleene value with every atom unknown is iam_formula_value.
 */
#ifndef IAM_FORMULA_H
#define IAM_FORMULA_H

#include "json_in.h"

typedef enum IamAtomKind
{
	IAM_ATOM_CONDITION,    /* {"operator","key","values"} */
	IAM_ATOM_SESSION_NAME, /* {"session_name"}: the session's name is this */
	IAM_ATOM_RESOURCE,     /* {"resource"}: the resource falls into this pattern */
	IAM_ATOM_UNREADABLE    /* {"unreadable"}: what a document that could not be read would say;
								 * op is allow or deny: whether it does so */
} IamAtomKind;

typedef enum IamFormulaKind
{
	IAM_FORMULA_TRUE,
	IAM_FORMULA_FALSE,
	IAM_FORMULA_ATOM,
	IAM_FORMULA_NOT,
	IAM_FORMULA_ALL,
	IAM_FORMULA_ANY
} IamFormulaKind;

typedef struct IamFormula
{
	IamFormulaKind                  kind;
	IamAtomKind                     atom;
	IamStr                          op;    /* condition: operator as written */
	IamStr                          key;   /* condition: key as written; else the name, pattern or document */
	uint32_t                        count; /* condition: values; all, any, not: children */
	const IamStr                   *values;
	const struct IamFormula *const *children;
	uint64_t                        hash;  /* structural, for duplicate removal */
	uint32_t                        depth; /* 1 for a constant or an atom */
} IamFormula;

/* Deeper trees become one IAM_ATOM_UNREADABLE; a decision's needs about ten levels. */
#define IAM_FORMULA_MAX_DEPTH 32

extern const IamFormula iam_true;
extern const IamFormula iam_false;

/* Copies its strings: a formula outlives the policy it comes from. */
const IamFormula *iam_formula_atom(IamArena *arena, IamAtomKind kind, IamStr op, IamStr key, uint32_t count,
                                   const IamStr *values);
const IamFormula *iam_formula_not(IamArena *arena, const IamFormula *f);
const IamFormula *iam_formula_all(IamArena *arena, const IamFormula *a, const IamFormula *b);
const IamFormula *iam_formula_any(IamArena *arena, const IamFormula *a, const IamFormula *b);
/* The same over a list, NULL entries not allowed; items may be reordered in place. */
const IamFormula *iam_formula_all_of(IamArena *arena, const IamFormula **items, uint32_t count);
const IamFormula *iam_formula_any_of(IamArena *arena, const IamFormula **items, uint32_t count);
IamTri            iam_formula_value(const IamFormula *f); /* all atoms unknown */
bool              iam_formula_equal(const IamFormula *a, const IamFormula *b);

/* The tree of interface.md section 2 as JSON; true and false are `true` and `false`. */
void iam_formula_json(IamBuf *buf, const IamFormula *f);

/* Flat bytes and back; reading checks everything and bounds its depth. */
void              iam_formula_write(IamBuf *buf, const IamFormula *f);
const IamFormula *iam_formula_read(IamArena *arena, IamStr bytes); /* NULL: corrupt */

#endif
