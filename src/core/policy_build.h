/*
 * policy_build.h: between policy text and image: the parts of a policy with
 * their structure checked, in canonical order, as policy_parse.c finds them.
 * policy_compile.c makes the image of them, validate*.c the findings.
 */
#ifndef IAM_POLICY_BUILD_H
#define IAM_POLICY_BUILD_H

#include "operator.h"
#include "policy.h"

/* ---- a place in a document ---- */

#define IAM_PLACE_STEPS 8
#define IAM_PLACE_BYTES 256 /* IamError.path */

/* One step down: into a member, or with name.data NULL into an array. */
typedef struct IamPlaceStep
{
	IamStr   name;
	uint32_t index;
} IamPlaceStep;

typedef struct IamPlace
{
	const char  *root; /* path of the policy itself: $ */
	uint32_t     depth;
	IamPlaceStep steps[IAM_PLACE_STEPS];
} IamPlace;

void iam_place_member(IamPlace *place, IamStr name);
void iam_place_item(IamPlace *place, uint32_t index);
/* The JSON path, clipped on a character boundary to the buffer. */
void iam_place_write(const IamPlace *place, char out[IAM_PLACE_BYTES]);

static inline void
iam_place_leave(IamPlace *place, uint32_t steps)
{
	place->depth -= steps;
}

/* ---- what is wrong with a structure ---- */

typedef enum IamProblem
{
	IAM_PROBLEM_TYPE,    /* not the JSON type the element takes */
	IAM_PROBLEM_ELEMENT, /* unknown element */
	IAM_PROBLEM_MISSING, /* Statement or Effect missing or empty */
	IAM_PROBLEM_VERSION,
	IAM_PROBLEM_COMBINATION, /* X together with NotX */
	IAM_PROBLEM_EFFECT,
	IAM_PROBLEM_EFFECT_CASE, /* Allow or Deny in other letter case */
	IAM_PROBLEM_ACTIONS,     /* no or empty Action and NotAction */
	IAM_PROBLEM_RESOURCES,   /* empty Resource or NotResource */
	IAM_PROBLEM_PRINCIPAL,
	IAM_PROBLEM_OPERATOR,
	IAM_PROBLEM_KEY_CASE, /* condition keys that differ only in letter case */
	IAM_PROBLEM_LIMIT
} IamProblem;

/* Told of every problem; answers whether to look for more. */
typedef struct IamProblemSink
{
	bool (*report)(struct IamProblemSink *sink, const IamPlace *place, IamProblem problem, const char *rule,
	               const char *message);
} IamProblemSink;

/* ---- the parts ---- */

typedef struct IamPartString
{
	IamStr   text;
	IamSlice slice;   /* where the image holds it: policy_compile.c */
	uint32_t ordinal; /* place in its array */
} IamPartString;

/* A string or an array of strings. */
typedef struct IamPartList
{
	bool           array;
	uint32_t       count;
	IamPartString *items;
} IamPartList;

/* The entries of one Principal key; of the bare "*" the key is empty. */
typedef struct IamPartPrincipals
{
	IamStr      type;
	IamPartList list;
} IamPartPrincipals;

typedef struct IamPartKey
{
	IamPartString key;
	IamPartList   values; /* numbers and booleans as text */
} IamPartKey;

typedef struct IamPartOperator
{
	IamPartString name;
	IamOperator   op;    /* IAM_OP_NONE: unknown, the block is empty */
	uint8_t       flags; /* IAM_COND_* */
	uint32_t      key_count;
	IamPartKey   *keys;
} IamPartOperator;

/* Statement elements in canonical order. */
typedef enum IamElement
{
	IAM_ELEMENT_SID,
	IAM_ELEMENT_EFFECT,
	IAM_ELEMENT_PRINCIPAL,
	IAM_ELEMENT_NOT_PRINCIPAL,
	IAM_ELEMENT_ACTION,
	IAM_ELEMENT_NOT_ACTION,
	IAM_ELEMENT_RESOURCE,
	IAM_ELEMENT_NOT_RESOURCE,
	IAM_ELEMENT_CONDITION,
	IAM_ELEMENT_COUNT
} IamElement;

extern const IamStr iam_element_names[IAM_ELEMENT_COUNT];

typedef struct IamPartStatement
{
	uint32_t           ordinal;
	uint16_t           flags;                  /* IAM_STMT_* as far as the structure tells */
	bool               has[IAM_ELEMENT_COUNT]; /* the element is there, usable or not */
	IamPartString      sid;
	uint32_t           principal_count; /* groups, one per Principal key */
	IamPartPrincipals *principals;      /* of Principal or NotPrincipal */
	IamPartList        actions;         /* of Action or NotAction */
	IamPartList        resources;       /* of Resource or NotResource */
	uint32_t           operator_count;
	IamPartOperator   *operators;
} IamPartStatement;

typedef struct IamPartPolicy
{
	IamVersion        version;
	bool              has_id;
	IamPartString     id;
	bool              statement_array;
	uint32_t          statement_count;
	IamPartStatement *statements;
} IamPartPolicy;

/*
 * GRAM-1..10 over a parsed document.  With a sink that goes on, parts that are
 * not usable are left out.  false: the sink stopped, or memory is short.
 */
bool iam_policy_parse(IamArena *arena, const IamJson *json, const char *root, IamProblemSink *sink,
                      IamPartPolicy *out);

/* Leads into the n-th statement: $.Statement or $.Statement[n]. */
void iam_place_statement(IamPlace *place, const IamPartPolicy *policy, uint32_t ordinal);

/* Stable merge sort; false: memory. */
bool iam_sort(IamArena *arena, void **items, uint32_t count, int (*compare)(const void *a, const void *b));

#endif
