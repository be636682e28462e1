/*
 * holders_state.c: from rows "this effect is on this principal" to few
 * combinations.
 *
 * There may be a million principals, and there are few different things that
 * they hold.  While rows come, a principal has one number for all effects it has
 * so far: a node of a tree whose edges are effects.  A row costs two look-ups,
 * of the principal and of the edge.  Nodes that were reached by other orders of
 * the same effects become one set in the end; memory never grows by more than a
 * node a row, whatever the rows are.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "pg/holders.h"

#define FIRST_ROOM 256
#define FIRST_NUMBERS 32
#define INTERRUPT_STEP 4096
#define NAME_CHUNK ((Size) 256 * 1024) /* many times the longest ARN */
#define SHOWN_BYTES 256                /* of an ARN in a message */
#define NO_NODE 0                      /* holds nothing */
#define NO_EFFECT PG_UINT32_MAX
#define NO_ACCOUNT PG_UINT32_MAX
#define NO_COMBINATION PG_UINT32_MAX

/* ---- numbering what is equal ---- */

/* Whether items `a` and `b` of what is numbered are equal. */
typedef bool (*EqualItems)(const HolderState *state, uint32 a, uint32 b);

typedef struct Numbering
{
	const HolderState *state;
	EqualItems         equal;
} Numbering;

typedef struct NumberSlot
{
	uint32 item;
	uint32 hash;
	char   status;
} NumberSlot;

#define SH_PREFIX number
#define SH_ELEMENT_TYPE NumberSlot
#define SH_KEY_TYPE uint32
#define SH_KEY item
#define SH_HASH_KEY(table, key) murmurhash32(key) /* never: hashes are of what the items stand for */
#define SH_EQUAL(table, a, b) numbered_equal((table)->private_data, a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, slot) (slot)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE

static inline bool
numbered_equal(const Numbering *numbering, uint32 a, uint32 b)
{
	return numbering->equal(numbering->state, a, b);
}

#include "lib/simplehash.h"

/* An array that grows. */
typedef struct Items
{
	void  *item;
	uint32 count;
	uint32 room;
} Items;

/* ---- state ---- */

/*
 * An account and those of its principals that were seen.  Each has its own table:
 * an index gives the holders of a policy account by account, so that what is looked
 * at is mostly in the cache.
 */
typedef struct Account
{
	const char  *beginning; /* of all ARNs in it: arn:aws:iam::111122223333: */
	uint32       size;
	number_hash *holder_numbers;
} Account;

typedef struct Holder
{
	const char *name; /* what follows the account */
	uint32      account;
	uint32      node;
	uint16      size;
	uint8       kind;       /* HolderKind */
	bool        counts : 1; /* something other than a boundary is on it, or it is asked about */
	bool        member : 1; /* of some group */
} Holder;

typedef struct Effect
{
	struct varlena *effect; /* NULL: a gate without a policy */
	Oid             kind;
} Effect;

typedef struct EffectNode
{
	uint32 parent;
	uint32 effect;
} EffectNode;

typedef struct Membership
{
	uint32 user;
	uint32 group;
} Membership;

/* Numbers of effects, in their order, in `members`. */
typedef struct Set
{
	uint32 begin;
	uint32 count;
} Set;

struct HolderState
{
	MemoryContext context;
	bool          listed;
	uint64        seed; /* names come from strangers: nobody prepares equal hashes */
	char         *chunk;
	Size          chunk_left;
	/* of the row before: mostly it is the same again */
	uint32 last_effect;
	uint32 last_account;

	Items        accounts;
	Items        holders;
	Items        effects;
	Items        nodes; /* of EffectNode; the first is NO_NODE */
	Items        memberships;
	number_hash *account_numbers;
	number_hash *effect_numbers;
	number_hash *node_numbers;
	Numbering    account_numbering;
	Numbering    holder_numbering;
	Numbering    effect_numbering;
	Numbering    node_numbering;

	/* in the end */
	Items        sets;
	Items        members; /* of uint32 */
	Items        profiles;
	Items        combinations;
	number_hash *set_numbers;
	number_hash *profile_numbers;
	number_hash *combination_numbers;
	Numbering    set_numbering;
	Numbering    profile_numbering;
	Numbering    combination_numbering;
};

#define ACCOUNT(state, i) (((Account *) (state)->accounts.item)[i])
#define HOLDER(state, i) (((Holder *) (state)->holders.item)[i])
#define EFFECT(state, i) (((Effect *) (state)->effects.item)[i])
#define NODE(state, i) (((EffectNode *) (state)->nodes.item)[i])
#define MEMBERSHIP(state, i) (((Membership *) (state)->memberships.item)[i])
#define SET(state, i) (((Set *) (state)->sets.item)[i])
#define MEMBER(state, i) (((uint32 *) (state)->members.item)[i])
#define PROFILE(state, i) (((Profile *) (state)->profiles.item)[i])
#define COMBINATION(state, i) (((Combination *) (state)->combinations.item)[i])

static bool
equal_accounts(const HolderState *state, uint32 a, uint32 b)
{
	const Account *x = &ACCOUNT(state, a);
	const Account *y = &ACCOUNT(state, b);

	return x->size == y->size && memcmp(x->beginning, y->beginning, x->size) == 0;
}

/* Of one account. */
static bool
equal_holders(const HolderState *state, uint32 a, uint32 b)
{
	const Holder *x = &HOLDER(state, a);
	const Holder *y = &HOLDER(state, b);

	return x->size == y->size && memcmp(x->name, y->name, x->size) == 0;
}

static bool
equal_effects(const HolderState *state, uint32 a, uint32 b)
{
	const Effect *x = &EFFECT(state, a);
	const Effect *y = &EFFECT(state, b);

	if (x->kind != y->kind || x->effect == NULL || y->effect == NULL)
		return x->kind == y->kind && x->effect == y->effect;
	return VARSIZE_ANY_EXHDR(x->effect) == VARSIZE_ANY_EXHDR(y->effect) &&
	       memcmp(VARDATA_ANY(x->effect), VARDATA_ANY(y->effect), VARSIZE_ANY_EXHDR(x->effect)) == 0;
}

static bool
equal_nodes(const HolderState *state, uint32 a, uint32 b)
{
	return NODE(state, a).parent == NODE(state, b).parent && NODE(state, a).effect == NODE(state, b).effect;
}

static bool
equal_sets(const HolderState *state, uint32 a, uint32 b)
{
	Set x = SET(state, a);
	Set y = SET(state, b);

	return x.count == y.count &&
	       memcmp(&MEMBER(state, x.begin), &MEMBER(state, y.begin), x.count * sizeof(uint32)) == 0;
}

/* Of an account's ARNs, what is the same for all of its partition: arn:aws:iam:: */
static IamStr
partition_of(const HolderState *state, uint32 account)
{
	return (IamStr){ACCOUNT(state, account).beginning, ACCOUNT(state, account).size - ACCOUNT_LENGTH - 1};
}

static bool
equal_profiles(const HolderState *state, uint32 a, uint32 b)
{
	const Profile *x = &PROFILE(state, a);
	const Profile *y = &PROFILE(state, b);

	return x->effects == y->effects && x->kind == y->kind &&
	       iam_str_equal(partition_of(state, x->account), partition_of(state, y->account));
}

static bool
equal_combinations(const HolderState *state, uint32 a, uint32 b)
{
	const Combination *x = &COMBINATION(state, a);
	const Combination *y = &COMBINATION(state, b);

	return x->account == y->account && x->profile == y->profile;
}

pg_noreturn static void
too_much(void)
{
	ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
	        errmsg("too many principals hold too much for one answer"),
	        errhint("Ask about a narrower resource or action."));
}

/* Room for one more, whose place is returned; it counts once `count` says so. */
static inline uint32
one_more(HolderState *state, Items *items, Size size)
{
	if (items->count == items->room)
	{
		uint32 room = items->room == 0 ? FIRST_ROOM : 2 * items->room;

		if (items->room > PG_UINT32_MAX / 4)
			too_much();
		items->item = items->item == NULL ? MemoryContextAllocHuge(state->context, mul_size(room, size))
		                                  : repalloc_huge(items->item, mul_size(room, size));
		items->room = room;
	}
	return items->count;
}

/* The number of the item at the end of `items`, which is only kept if it is new. */
static inline uint32
number_last(number_hash *numbers, Items *items, uint32 hash, bool *is_new)
{
	bool        found;
	NumberSlot *slot = number_insert_hash(numbers, items->count, hash, &found);

	*is_new = !found;
	if (!found)
	{
		slot->hash = hash;
		items->count++;
	}
	return slot->item;
}

static number_hash *
new_numbers(HolderState *state, Numbering *numbering, EqualItems equal)
{
	*numbering = (Numbering){state, equal};
	return number_create(state->context, FIRST_NUMBERS, numbering);
}

HolderState *
holders_create(MemoryContext context, bool listed)
{
	HolderState *state = MemoryContextAllocZero(context, sizeof(HolderState));

	state->context = context;
	state->listed = listed;
	state->seed = pg_prng_uint64(&pg_global_prng_state);
	state->account_numbers = new_numbers(state, &state->account_numbering, equal_accounts);
	state->holder_numbering = (Numbering){state, equal_holders};
	state->effect_numbers = new_numbers(state, &state->effect_numbering, equal_effects);
	state->node_numbers = new_numbers(state, &state->node_numbering, equal_nodes);
	one_more(state, &state->nodes, sizeof(EffectNode));
	NODE(state, NO_NODE) = (EffectNode){0};
	state->nodes.count = 1;
	state->last_effect = NO_EFFECT;
	state->last_account = NO_ACCOUNT;
	return state;
}

static const char *
keep_name(HolderState *state, IamStr name)
{
	char *kept;

	Assert(name.len <= NAME_CHUNK);
	if (state->chunk_left < name.len)
	{
		state->chunk = MemoryContextAlloc(state->context, NAME_CHUNK);
		state->chunk_left = NAME_CHUNK;
	}
	kept = state->chunk;
	memcpy(kept, name.data, name.len);
	state->chunk += name.len;
	state->chunk_left -= name.len;
	return kept;
}

static uint32
hash_of(const HolderState *state, IamStr bytes)
{
	return (uint32) hash_bytes_extended((const unsigned char *) bytes.data, (int) bytes.len, state->seed);
}

pg_noreturn static void
no_principal(IamStr arn)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	        errmsg("\"%s\" is no user, role or group",
	               iam_pg_reportable(pnstrdup(arn.data, Min(arn.len, SHOWN_BYTES)))));
}

/*
 * The length of what ARNs of one account begin with.  The model's constraints see
 * to it that they are arn:partition:iam::account:kind/...
 */
static uint32
account_end(IamStr name)
{
	const char *end = name.data + name.len;
	const char *at = name.data;

	for (int colons = 0; colons < 4; colons++)
	{
		at = memchr(at, ':', (size_t) (end - at));
		if (at == NULL)
			no_principal(name);
		at++;
	}
	if (end - at <= ACCOUNT_LENGTH || at[ACCOUNT_LENGTH] != ':')
		no_principal(name);
	return (uint32) (at - name.data) + ACCOUNT_LENGTH + 1;
}

static uint32
find_account(HolderState *state, IamStr name)
{
	uint32 number = state->last_account;
	bool   is_new;
	IamStr beginning;

	if (number != NO_ACCOUNT && name.len > ACCOUNT(state, number).size &&
	    memcmp(name.data, ACCOUNT(state, number).beginning, ACCOUNT(state, number).size) == 0)
		return number;
	beginning = (IamStr){name.data, account_end(name)};
	number = one_more(state, &state->accounts, sizeof(Account));
	ACCOUNT(state, number) = (Account){.beginning = beginning.data, .size = beginning.len};
	number = number_last(state->account_numbers, &state->accounts, hash_of(state, beginning), &is_new);
	if (is_new)
	{
		ACCOUNT(state, number).beginning = keep_name(state, beginning);
		ACCOUNT(state, number).holder_numbers = number_create(state->context, FIRST_NUMBERS,
		                                                      &state->holder_numbering);
	}
	state->last_account = number;
	return number;
}

static HolderKind
kind_of(IamStr arn, IamStr name)
{
	if (iam_str_starts(name, IAM_LIT("role/")))
		return iam_str_starts(name, IAM_LIT("role/aws-service-role/")) ? HOLDER_SERVICE_LINKED_ROLE
		                                                               : HOLDER_ROLE;
	if (iam_str_starts(name, IAM_LIT("user/")))
		return HOLDER_USER;
	if (!iam_str_starts(name, IAM_LIT("group/")))
		no_principal(arn);
	return HOLDER_GROUP;
}

static uint32
find_holder(HolderState *state, IamStr arn)
{
	uint32 account = find_account(state, arn);
	uint32 beginning = ACCOUNT(state, account).size;
	IamStr name = {arn.data + beginning, arn.len - beginning};
	uint32 number = one_more(state, &state->holders, sizeof(Holder));
	bool   is_new;

	if (name.len > PG_UINT16_MAX)
		no_principal(arn);
	HOLDER(state, number) = (Holder){.name = name.data, .size = (uint16) name.len, .account = account};
	number = number_last(ACCOUNT(state, account).holder_numbers, &state->holders, hash_of(state, name),
	                     &is_new);
	if (is_new)
	{
		HOLDER(state, number).kind = (uint8) kind_of(arn, name);
		HOLDER(state, number).name = keep_name(state, name);
	}
	return number;
}

static uint32
find_effect(HolderState *state, Oid kind, struct varlena *effect)
{
	uint32 number = one_more(state, &state->effects, sizeof(Effect));
	uint32 hash;
	bool   is_new;

	EFFECT(state, number) = (Effect){effect, kind};
	if (state->last_effect != NO_EFFECT && equal_effects(state, state->last_effect, number))
		return state->last_effect;
	hash = murmurhash32(kind);
	if (effect != NULL)
		hash ^= hash_of(state, (IamStr){VARDATA_ANY(effect), VARSIZE_ANY_EXHDR(effect)});
	number = number_last(state->effect_numbers, &state->effects, hash, &is_new);
	if (is_new && effect != NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(state->context);

		EFFECT(state, number).effect = iam_pg_image_copy(PointerGetDatum(effect), IAM_IMAGE_EFFECT);
		MemoryContextSwitchTo(old);
	}
	state->last_effect = number;
	return number;
}

static uint32
find_node(HolderState *state, uint32 parent, uint32 effect)
{
	uint32 number;
	bool   is_new;

	if (parent != NO_NODE && NODE(state, parent).effect == effect)
		return parent;
	number = one_more(state, &state->nodes, sizeof(EffectNode));
	NODE(state, number) = (EffectNode){parent, effect};
	return number_last(state->node_numbers, &state->nodes,
	                   hash_combine(murmurhash32(parent), murmurhash32(effect)), &is_new);
}

void
holders_add(HolderState *state, IamStr principal, Oid kind, IamPolicyKind policy_kind, struct varlena *effect)
{
	uint32  number = find_effect(state, kind, effect);
	uint32  place = find_holder(state, principal);
	Holder *holder = &HOLDER(state, place);

	holder->node = find_node(state, holder->node, number);
	if (policy_kind != IAM_KIND_BOUNDARY)
		holder->counts = true;
}

void
holders_add_asked(HolderState *state, IamStr principal)
{
	uint32 place = find_holder(state, principal);

	HOLDER(state, place).counts = true;
}

void
holders_add_member(HolderState *state, IamStr user, IamStr group)
{
	uint32     at = one_more(state, &state->memberships, sizeof(Membership));
	Membership membership;

	membership.user = find_holder(state, user);
	membership.group = find_holder(state, group);
	MEMBERSHIP(state, at) = membership;
	state->memberships.count++;
	HOLDER(state, membership.user).member = true;
}

/* ---- sets ---- */

static int
compare_numbers(const void *a, const void *b, void *unused)
{
	uint32 x = *(const uint32 *) a;
	uint32 y = *(const uint32 *) b;

	return x < y ? -1 : x > y;
}

static int
compare_memberships(const void *a, const void *b, void *unused)
{
	return compare_numbers(&((const Membership *) a)->user, &((const Membership *) b)->user, unused);
}

/* Puts a node's effects behind the sets that there are, where find_set takes them from. */
static void
collect(HolderState *state, uint32 node)
{
	for (; node != NO_NODE; node = NODE(state, node).parent)
	{
		uint32 at = one_more(state, &state->members, sizeof(uint32));

		if (at >= MaxAllocSize / sizeof(uint32))
			too_much();
		if (at % INTERRUPT_STEP == 0)
			CHECK_FOR_INTERRUPTS();
		MEMBER(state, at) = NODE(state, node).effect;
		state->members.count++;
	}
}

/* The number of the set of what was collected since `begin`; only a new set's members stay. */
static uint32
find_set(HolderState *state, uint32 begin)
{
	uint32 *member = (uint32 *) state->members.item + begin;
	uint32  count = state->members.count - begin;
	uint32  different = 0;
	uint32  number;
	bool    is_new;

	if (count > 1)
		qsort_interruptible(member, count, sizeof(uint32), compare_numbers, NULL);
	for (uint32 i = 0; i < count; i++)
		if (i == 0 || member[i] != member[different - 1])
			member[different++] = member[i];
	number = one_more(state, &state->sets, sizeof(Set));
	SET(state, number) = (Set){begin, different};
	number = number_last(state->set_numbers, &state->sets,
	                     hash_bytes((const unsigned char *) member, (int) (different * sizeof(uint32))),
	                     &is_new);
	state->members.count = is_new ? begin + different : begin;
	return number;
}

/* ---- combinations ---- */

static uint32
find_profile(HolderState *state, const Holder *holder, uint32 set)
{
	uint32 number = one_more(state, &state->profiles, sizeof(Profile));
	uint32 hash = hash_combine(hash_of(state, partition_of(state, holder->account)),
	                           hash_combine(murmurhash32(set), murmurhash32(holder->kind)));
	bool   is_new;

	PROFILE(state, number) = (Profile){holder->account, holder->kind, set};
	return number_last(state->profile_numbers, &state->profiles, hash, &is_new);
}

static uint32
find_combination(HolderState *state, const Holder *holder, uint32 set)
{
	uint32 profile = find_profile(state, holder, set);
	uint32 number = one_more(state, &state->combinations, sizeof(Combination));
	bool   is_new;

	COMBINATION(state, number) = (Combination){holder->account, profile, 0};
	return number_last(state->combination_numbers, &state->combinations,
	                   hash_combine(murmurhash32(holder->account), murmurhash32(profile)), &is_new);
}

/* ---- the result ---- */

/* Where a part of the result begins; `size` grows by it. */
static uint32
add_part(Size *size, Size count, Size item_size)
{
	Size begin = *size;

	if (count > MaxAllocSize / item_size || INTALIGN(count * item_size) > MaxAllocSize - begin)
		too_much();
	*size += INTALIGN(count * item_size);
	return (uint32) begin;
}

static Holders *
lay_out(HolderState *state, const uint32 *combination_of)
{
	Size       size = offsetof(Holders, data);
	Size       effect_bytes = 0;
	Size       account_bytes = 0;
	Size       name_bytes = 0;
	Holders    head = {0};
	Holders   *result;
	char      *base;
	uint32     effect_at;
	uint32     account_at;
	uint32     name_at;
	Principal *principal;

	for (uint32 i = 0; i < state->effects.count; i++)
		if (EFFECT(state, i).effect != NULL)
			effect_bytes += VARSIZE_ANY_EXHDR(EFFECT(state, i).effect);
	for (uint32 i = 0; i < state->accounts.count; i++)
		account_bytes += ACCOUNT(state, i).size;
	if (state->listed)
		for (uint32 i = 0; i < state->holders.count; i++)
			if (combination_of[i] != NO_COMBINATION)
			{
				head.principal_count++;
				name_bytes += ACCOUNT(state, HOLDER(state, i).account).size + HOLDER(state, i).size;
			}
	head.version = HOLDERS_VERSION;
	head.effect_count = state->effects.count;
	head.set_count = state->sets.count;
	head.account_count = state->accounts.count;
	head.profile_count = state->profiles.count;
	head.combination_count = state->combinations.count;
	head.effects = add_part(&size, head.effect_count, sizeof(HeldEffect));
	head.sets = add_part(&size, (Size) head.set_count + 1, sizeof(uint32));
	head.set_members = add_part(&size, state->members.count, sizeof(uint32));
	head.accounts = add_part(&size, head.account_count, sizeof(HeldAccount));
	head.profiles = add_part(&size, head.profile_count, sizeof(Profile));
	head.combinations = add_part(&size, head.combination_count, sizeof(Combination));
	head.principals = add_part(&size, head.principal_count, sizeof(Principal));
	effect_at = add_part(&size, effect_bytes, 1);
	account_at = add_part(&size, account_bytes, 1);
	name_at = add_part(&size, name_bytes, 1);

	result = MemoryContextAlloc(CurrentMemoryContext, size);
	base = (char *) result;
	memcpy(result, &head, offsetof(Holders, data));
	SET_VARSIZE(result, size);
	for (uint32 i = 0; i < state->effects.count; i++)
	{
		const Effect *effect = &EFFECT(state, i);
		HeldEffect   *held = (HeldEffect *) (base + head.effects) + i;

		*held = (HeldEffect){effect->kind, effect_at, 0};
		if (effect->effect == NULL)
			continue;
		held->size = VARSIZE_ANY_EXHDR(effect->effect);
		memcpy(base + effect_at, VARDATA_ANY(effect->effect), held->size);
		effect_at += held->size;
	}
	for (uint32 i = 0; i < state->accounts.count; i++)
	{
		const Account *account = &ACCOUNT(state, i);

		((HeldAccount *) (base + head.accounts))[i] = (HeldAccount){account_at, account->size};
		memcpy(base + account_at, account->beginning, account->size);
		account_at += account->size;
	}
	for (uint32 i = 0; i < state->sets.count; i++)
		((uint32 *) (base + head.sets))[i] = SET(state, i).begin;
	((uint32 *) (base + head.sets))[state->sets.count] = state->members.count;
	if (state->members.count > 0)
		memcpy(base + head.set_members, state->members.item, state->members.count * sizeof(uint32));
	if (state->profiles.count > 0)
		memcpy(base + head.profiles, state->profiles.item, state->profiles.count * sizeof(Profile));
	if (state->combinations.count > 0)
		memcpy(base + head.combinations, state->combinations.item,
		       state->combinations.count * sizeof(Combination));
	principal = (Principal *) (base + head.principals);
	if (state->listed)
		for (uint32 i = 0; i < state->holders.count; i++)
			if (combination_of[i] != NO_COMBINATION)
			{
				const Holder  *holder = &HOLDER(state, i);
				const Account *account = &ACCOUNT(state, holder->account);

				if (i % INTERRUPT_STEP == 0)
					CHECK_FOR_INTERRUPTS();
				*principal++ = (Principal){combination_of[i], name_at, account->size + holder->size};
				memcpy(base + name_at, account->beginning, account->size);
				memcpy(base + name_at + account->size, holder->name, holder->size);
				name_at += account->size + holder->size;
			}
	return result;
}

Holders *
holders_finish(HolderState *state)
{
	uint32 *set_of;         /* a node, plus one; 0: not known yet */
	uint32 *combination_of; /* a holder */
	uint32 *first_group;    /* a holder: where its memberships begin */

	state->set_numbers = new_numbers(state, &state->set_numbering, equal_sets);
	state->profile_numbers = new_numbers(state, &state->profile_numbering, equal_profiles);
	state->combination_numbers = new_numbers(state, &state->combination_numbering, equal_combinations);
	set_of = MemoryContextAllocExtended(state->context, mul_size(state->nodes.count, sizeof(uint32)),
	                                    MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	combination_of = MemoryContextAllocHuge(state->context,
	                                        mul_size(state->holders.count + 1, sizeof(uint32)));
	first_group = NULL;
	if (state->memberships.count > 0)
	{
		qsort_interruptible(state->memberships.item, state->memberships.count, sizeof(Membership),
		                    compare_memberships, NULL);
		first_group = MemoryContextAllocHuge(state->context, mul_size(state->holders.count, sizeof(uint32)));
		for (uint32 i = state->memberships.count; i-- > 0;)
			first_group[MEMBERSHIP(state, i).user] = i;
	}
	for (uint32 i = 0; i < state->holders.count; i++)
	{
		const Holder *holder = &HOLDER(state, i);
		bool          counts = holder->counts;
		uint32        begin = state->members.count;
		uint32        set;

		if (i % INTERRUPT_STEP == 0)
			CHECK_FOR_INTERRUPTS();
		if (holder->member)
		{
			collect(state, holder->node);
			for (uint32 m = first_group[i]; m < state->memberships.count && MEMBERSHIP(state, m).user == i;
			     m++)
			{
				const Holder *group = &HOLDER(state, MEMBERSHIP(state, m).group);

				collect(state, group->node);
				counts |= group->counts;
			}
		}
		combination_of[i] = NO_COMBINATION;
		if (!counts || holder->kind == HOLDER_GROUP)
		{
			state->members.count = begin;
			continue;
		}
		if (holder->member)
			set = find_set(state, begin);
		else if (set_of[holder->node] != 0)
			set = set_of[holder->node] - 1;
		else
		{
			collect(state, holder->node);
			set = find_set(state, begin);
			set_of[holder->node] = set + 1;
		}
		combination_of[i] = find_combination(state, holder, set);
		COMBINATION(state, combination_of[i]).principals++;
	}
	return lay_out(state, combination_of);
}
