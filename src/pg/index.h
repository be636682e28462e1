/*
 * index.h: what the index support shares: strategy numbers of our operator
 * classes, the keys of policies, and the automata the SP-GiST trees are searched
 * with.
 */
#ifndef IAM_PG_INDEX_H
#define IAM_PG_INDEX_H

#include "pg/iam_pg.h"

/* GIN, iam_policy_ops: iam_policy @@ iam_request */
#define IAM_GIN_MAY_MATCH 1

/* ---- policy_gin.c: the keys by which policies are found ---- */

/* A key's first byte, its class; in lower case where a hash stands for a long text. */
#define IAM_KEY_ACTION 'A'
#define IAM_KEY_BEGINNING 'B'
#define IAM_KEY_GLOB 'G'
#define IAM_KEY_LOOK 'N'
#define IAM_KEY_ANY '*'

typedef struct IamPgKeys
{
	Datum *key; /* bytea */
	uint32 count;
	uint32 size;
} IamPgKeys;

extern IamPgKeys iam_pg_policy_keys(const IamPolicy *policy);
extern IamPgKeys iam_pg_request_keys(const IamRequest *request);

/* Whether a policy with this key of the request is one that the operator takes. */
static inline bool
iam_pg_key_settles(Datum key)
{
	char key_class = *VARDATA_ANY(DatumGetPointer(key));

	return key_class == IAM_KEY_ACTION || key_class == IAM_KEY_BEGINNING || key_class == IAM_KEY_ANY;
}

/*
 * SP-GiST, arn_ops and arn_pattern_ops: 1 to 5 are those of btree.  The two below
 * ask the same, each under one of the operator's names.
 */
#define IAM_SPGIST_MATCHES 6 /* ~ */
#define IAM_SPGIST_COVERS 7  /* arn_pattern @> arn, arn <@ arn_pattern */

/* ---- arn_automaton.c ---- */

/*
 * The set of states in which one side of a match can be after the first bytes of
 * the other one.  It never loses a match; it may keep what does not match.
 */
typedef struct IamPgAutomaton
{
	bool    reads_patterns; /* the states are places in an ARN; else in a pattern */
	bool    dollar;         /* the ARN holds a character a ${...} may stand for */
	bool    empty;          /* a pattern that matches nothing */
	uint32  last;           /* the states are 0 to last, and one that takes everything */
	uint32  words;          /* of a set of states */
	uint8   slot[256];      /* of a byte's mask; 0: the byte does not occur */
	uint64 *mask;           /* states a literal byte leads on from, `words` for each slot */
	uint64 *continuation;   /* ARN: at the second and further bytes of a character */
	uint64 *any;            /* pattern: at a star that takes colons */
	uint64 *any_but_colon;  /* at one that does not */
	uint64 *one;            /* at a `?` that takes a colon */
	uint64 *one_but_colon;
	uint64 *inside; /* behind a `?` */
} IamPgAutomaton;

/* Both in CurrentMemoryContext. */
extern IamPgAutomaton *iam_pg_automaton_of_arn(IamStr arn);         /* reads patterns */
extern IamPgAutomaton *iam_pg_automaton_of_pattern(IamStr pattern); /* reads ARNs */

extern void iam_pg_automaton_start(const IamPgAutomaton *automaton, uint64 *states);
/* Goes on over the bytes; false if nothing that begins so can match. */
extern bool iam_pg_automaton_read(const IamPgAutomaton *automaton, uint64 *states, IamStr bytes);
/* Whether reading on can tell nothing more: some state goes on whatever follows. */
extern bool iam_pg_automaton_settled(const IamPgAutomaton *automaton, const uint64 *states);

#endif
