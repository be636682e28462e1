/*
 * holders.h: who holds which effects: the state of the aggregate
 * iam_gather_holders, and what it comes to, the type iam_holders.
 */
#ifndef IAM_PG_HOLDERS_H
#define IAM_PG_HOLDERS_H

#include "pg/iam_pg.h"

typedef enum HolderKind
{
	HOLDER_GROUP,
	HOLDER_USER,
	HOLDER_ROLE,
	HOLDER_SERVICE_LINKED_ROLE
} HolderKind;

#define ACCOUNT_LENGTH 12

/*
 * What iam_gather_holders returns.  Principals of one kind with the same set of
 * effects are of one profile; those of one account and profile are one combination.
 * It is only ever made by the aggregate: the type has no input.  Places are bytes from
 * the beginning of the value, whose parts are aligned as their types need.
 */
#define HOLDERS_VERSION 1

typedef struct HeldEffect
{
	Oid    kind; /* a label of iam_policy_kind */
	uint32 at;
	uint32 size; /* 0: a gate without a policy */
} HeldEffect;

/* ARNs in it begin with arn:partition:iam::id: */
typedef struct HeldAccount
{
	uint32 at;
	uint32 size;
} HeldAccount;

/* What is decided alike, as far as principals go. */
typedef struct Profile
{
	uint32 account; /* HeldAccount; some account of the partition */
	uint32 kind;    /* HolderKind */
	uint32 effects; /* a set */
} Profile;

typedef struct Combination
{
	uint32 account; /* HeldAccount */
	uint32 profile;
	uint32 principals;
} Combination;

typedef struct Principal
{
	uint32 combination;
	uint32 at;
	uint32 size;
} Principal;

typedef struct Holders
{
	int32  vl_len_;
	uint32 version;
	uint32 effect_count; /* HeldEffect */
	uint32 effects;
	uint32 set_count; /* set_count + 1 places in set_members, where each set begins */
	uint32 sets;
	uint32 set_members; /* uint32 numbers of effects */
	uint32 account_count;
	uint32 accounts;
	uint32 profile_count;
	uint32 profiles;
	uint32 combination_count;
	uint32 combinations;
	uint32 principal_count; /* 0 where only their number was wanted */
	uint32 principals;
	char   data[FLEXIBLE_ARRAY_MEMBER];
} Holders;

typedef struct HolderState HolderState;

/* ---- holders_state.c ---- */

extern HolderState *holders_create(MemoryContext context, bool listed);
/* `kind` and `policy_kind` are the same, as a label and as a number; NULL effect: a gate without a policy. */
extern void     holders_add(HolderState *state, IamStr principal, Oid kind, IamPolicyKind policy_kind,
                            struct varlena *effect);
extern void     holders_add_asked(HolderState *state, IamStr principal);
extern void     holders_add_member(HolderState *state, IamStr user, IamStr group);
extern Holders *holders_finish(HolderState *state);

#endif
