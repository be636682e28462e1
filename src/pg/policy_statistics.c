/*
 * policy_statistics.c: what ANALYZE keeps of a column of policies, and how many
 * of them the planner expects to concern a request's action.
 *
 * Beside the ordinary statistics, which leave wide values out, ANALYZE counts
 * the keys of the GIN operator class (policy_gin.c): the most common ones and
 * their share of the policies are kept as most common elements.  A request's
 * keys are looked up in them; no operator of the column is called, so that the
 * estimate shows nobody a value.
 *
 * Keys are counted as ts_typanalyze.c counts words: by the lossy counting of Manku
 * and Motwani, which forgets from time to time what was rare so far.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/selfuncs.h"
#include "utils/typcache.h"

#include "pg/index.h"

/* Kept keys for each unit of the column's statistics target, of which ANALYZE wants 300 rows. */
#define KEYS_PER_TARGET 10
#define ROWS_PER_TARGET 300

/* How many of the policies with a key that has to be looked at match: no statistics say. */
#define LOOK_SHARE 0.9
#define GLOB_SHARE 0.5

/* Without statistics: some policies concern whatever is asked. */
#define DEFAULT_SHARE DEFAULT_MATCHING_SEL

/* ---- what ANALYZE does ---- */

/* The ordinary way, which ours goes first. */
typedef struct Standard
{
	AnalyzeAttrComputeStatsFunc compute_stats;
	void                       *extra_data;
} Standard;

typedef struct Counted
{
	uint64 hash; /* of the key; first, as dynahash wants it */
	Datum  key;
	int    count;
	int    missed; /* how often it may have been forgotten before */
} Counted;

typedef struct Counter
{
	HTAB         *table;
	MemoryContext context; /* of the keys */
	int64         seen;    /* keys in all */
	int           bucket;  /* of so many keys, behind which what is rare is forgotten */
	int           buckets;
} Counter;

static int
by_bytes(const void *a, const void *b)
{
	return iam_pg_bytes_compare(iam_pg_bytes(*(const Datum *) a), iam_pg_bytes(*(const Datum *) b));
}

static int
by_key(const void *a, const void *b)
{
	return by_bytes(&(*(Counted *const *) a)->key, &(*(Counted *const *) b)->key);
}

/* The most frequent first; of equals always the same. */
static int
by_count(const void *a, const void *b)
{
	const Counted *one = *(Counted *const *) a;
	const Counted *other = *(Counted *const *) b;

	if (one->count != other->count)
		return one->count > other->count ? -1 : 1;
	return by_key(a, b);
}

static void
forget_rare(Counter *counter)
{
	HASH_SEQ_STATUS scan;
	Counted        *entry;

	hash_seq_init(&scan, counter->table);
	while ((entry = hash_seq_search(&scan)) != NULL)
		if (entry->count + entry->missed <= counter->buckets)
		{
			pfree(DatumGetPointer(entry->key));
			hash_search(counter->table, &entry->hash, HASH_REMOVE, NULL);
		}
}

static void
count_key(Counter *counter, Datum key)
{
	IamStr   bytes = iam_pg_bytes(key);
	uint64   hash = iam_hash64(bytes);
	bool     found;
	Counted *entry = hash_search(counter->table, &hash, HASH_ENTER, &found);

	if (!found)
	{
		MemoryContext old_context = MemoryContextSwitchTo(counter->context);

		entry->key = iam_pg_bytes_datum(bytes);
		MemoryContextSwitchTo(old_context);
		entry->count = 0;
		entry->missed = counter->buckets;
	}
	entry->count++;
	if (++counter->seen % counter->bucket == 0)
	{
		counter->buckets++;
		forget_rare(counter);
	}
}

/* Each of a policy's keys counts once. */
static void
count_policy(Counter *counter, Datum datum)
{
	IamPgKeys keys = iam_pg_policy_keys(iam_pg_image(datum, IAM_IMAGE_POLICY));

	if (keys.count > 1)
		qsort(keys.key, keys.count, sizeof(Datum), by_bytes);
	for (uint32 i = 0; i < keys.count; i++)
		if (i == 0 || by_bytes(&keys.key[i - 1], &keys.key[i]) != 0)
			count_key(counter, keys.key[i]);
}

/* The most common keys, in their own order, into a slot of the statistics. */
static void
keep_keys(VacAttrStats *stats, Counter *counter, int limit, int policies)
{
	Counted       **entries;
	Counted        *entry;
	HASH_SEQ_STATUS scan;
	/* below this a count says little, as in ts_typanalyze.c */
	int64         rare = 9 * counter->seen / counter->bucket;
	int           count = 0;
	int           slot = 0;
	Datum        *keys;
	float4       *shares;
	MemoryContext old_context;

	entries = palloc(sizeof(*entries) * Max(hash_get_num_entries(counter->table), 1));
	hash_seq_init(&scan, counter->table);
	while ((entry = hash_seq_search(&scan)) != NULL)
		if (entry->count > rare)
			entries[count++] = entry;
	qsort(entries, count, sizeof(*entries), by_count);
	count = Min(count, limit);
	while (slot < STATISTIC_NUM_SLOTS && stats->stakind[slot] != 0)
		slot++;
	if (count == 0 || slot == STATISTIC_NUM_SLOTS)
		return;

	/* the two numbers behind the keys' own are the least and the greatest share */
	old_context = MemoryContextSwitchTo(stats->anl_context);
	keys = palloc(sizeof(*keys) * count);
	shares = palloc(sizeof(*shares) * (count + 2));
	shares[count] = (float4) entries[count - 1]->count / policies;
	shares[count + 1] = (float4) entries[0]->count / policies;
	qsort(entries, count, sizeof(*entries), by_key);
	for (int i = 0; i < count; i++)
	{
		keys[i] = iam_pg_bytes_datum(iam_pg_bytes(entries[i]->key));
		shares[i] = (float4) entries[i]->count / policies;
	}
	MemoryContextSwitchTo(old_context);

	stats->stakind[slot] = STATISTIC_KIND_MCELEM;
	stats->staop[slot] = lookup_type_cache(BYTEAOID, TYPECACHE_EQ_OPR)->eq_opr;
	stats->stacoll[slot] = InvalidOid;
	stats->stanumbers[slot] = shares;
	stats->numnumbers[slot] = count + 2;
	stats->stavalues[slot] = keys;
	stats->numvalues[slot] = count;
	stats->statypid[slot] = BYTEAOID;
	stats->statyplen[slot] = -1;
	stats->statypbyval[slot] = false;
	stats->statypalign[slot] = TYPALIGN_INT;
}

static void
compute_stats(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int sample_rows, double total_rows)
{
	const Standard *standard = stats->extra_data;
	int             limit = stats->minrows / ROWS_PER_TARGET * KEYS_PER_TARGET;
	Counter         counter = {0};
	HASHCTL         hash = {0};
	MemoryContext   one_policy;
	MemoryContext   old_context;
	int             policies = 0;

	stats->extra_data = standard->extra_data;
	standard->compute_stats(stats, fetch, sample_rows, total_rows);
	stats->extra_data = unconstify(Standard *, standard);

	counter.context = CurrentMemoryContext;
	counter.bucket = (limit + 10) * 1000 / 7;
	hash.keysize = sizeof(uint64);
	hash.entrysize = sizeof(Counted);
	hash.hcxt = CurrentMemoryContext;
	counter.table = hash_create("keys of policies", limit, &hash, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	one_policy = AllocSetContextCreate(CurrentMemoryContext, "keys of one policy", ALLOCSET_DEFAULT_SIZES);
	for (int i = 0; i < sample_rows; i++)
	{
		bool  is_null;
		Datum value;

		iam_analyze_delay_point();
		value = fetch(stats, i, &is_null);
		if (is_null)
			continue;
		old_context = MemoryContextSwitchTo(one_policy);
		count_policy(&counter, value);
		MemoryContextSwitchTo(old_context);
		MemoryContextReset(one_policy);
		policies++;
	}
	keep_keys(stats, &counter, limit, policies);
}

IAM_SQL_FUNCTION(iam_policy_typanalyze);

Datum
iam_policy_typanalyze(PG_FUNCTION_ARGS)
{
	VacAttrStats *stats = (VacAttrStats *) PG_GETARG_POINTER(0);
	Standard     *standard;

	if (!std_typanalyze(stats))
		PG_RETURN_BOOL(false);
	standard = palloc(sizeof *standard);
	standard->compute_stats = stats->compute_stats;
	standard->extra_data = stats->extra_data;
	stats->compute_stats = compute_stats;
	stats->extra_data = standard;
	PG_RETURN_BOOL(true);
}

/* ---- what the planner asks ---- */

/* The share of the policies with a key; what is not kept is rarer than what is. */
static double
share_of(const AttStatsSlot *slot, Datum key)
{
	int low = 0;
	int high = slot->nvalues;

	while (low < high)
	{
		int middle = low + (high - low) / 2;
		int order = by_bytes(&key, &slot->values[middle]);

		if (order == 0)
			return slot->numbers[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	/* of the keys that are looked up, only the action's own is expected to be there */
	if (*VARDATA_ANY(DatumGetPointer(key)) == IAM_KEY_ACTION)
		return Min(DEFAULT_SHARE, slot->numbers[slot->nnumbers - 2] / 2);
	return 0;
}

/* Of the policies with a key of this class, how many match? */
static double
weight(Datum key)
{
	if (iam_pg_key_settles(key))
		return 1;
	return *VARDATA_ANY(DatumGetPointer(key)) == IAM_KEY_LOOK ? LOOK_SHARE : GLOB_SHARE;
}

/*
 * The share of the policies that have one of the keys.  `*` stands alone, and
 * nobody lists what another entry covers: as a rule a policy has one of them.
 */
static double
share_of_any(const AttStatsSlot *slot, const Datum *keys, uint32 count)
{
	double share = 0;

	for (uint32 i = 0; i < count; i++)
		share += weight(keys[i]) * share_of(slot, keys[i]);
	return Min(share, 1);
}

/* NULL request: one that is not known yet. */
static double
share_of_request(VariableStatData *column, const IamRequest *request)
{
	AttStatsSlot slot;
	double       nulls;
	double       share = DEFAULT_SHARE;

	if (!HeapTupleIsValid(column->statsTuple))
		return share;
	nulls = ((Form_pg_statistic) GETSTRUCT(column->statsTuple))->stanullfrac;
	if (get_attstatsslot(&slot, column->statsTuple, STATISTIC_KIND_MCELEM, InvalidOid,
	                     ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
	{
		if (slot.valuetype == BYTEAOID && slot.nnumbers == slot.nvalues + 2)
		{
			if (request != NULL)
			{
				IamPgKeys keys = iam_pg_request_keys(request);

				share = share_of_any(&slot, keys.key, keys.count);
			}
			else
			{
				/* what concerns any action, and as much of the rest as without statistics */
				const char any = IAM_KEY_ANY;
				const char look = IAM_KEY_LOOK;
				Datum      keys[2] = {iam_pg_bytes_datum((IamStr){&any, 1}),
				                      iam_pg_bytes_datum((IamStr){&look, 1})};

				share = share_of_any(&slot, keys, lengthof(keys));
				share += (1 - share) * DEFAULT_SHARE;
			}
		}
		free_attstatsslot(&slot);
	}
	return share * (1 - nulls);
}

IAM_SQL_FUNCTION(iam_policy_matchsel);

Datum
iam_policy_matchsel(PG_FUNCTION_ARGS)
{
	PlannerInfo      *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List             *args = (List *) PG_GETARG_POINTER(2);
	int               relation = PG_GETARG_INT32(3);
	VariableStatData  column;
	Node             *other;
	bool              column_on_left;
	const IamRequest *request = NULL;
	double            share;

	if (!get_restriction_variable(root, args, relation, &column, &other, &column_on_left))
		PG_RETURN_FLOAT8(DEFAULT_SHARE);
	if (!column_on_left)
		share = DEFAULT_SHARE;
	else if (IsA(other, Const) && ((Const *) other)->constisnull)
		share = 0;
	else
	{
		if (IsA(other, Const))
			request = iam_pg_image(((Const *) other)->constvalue, IAM_IMAGE_REQUEST);
		share = share_of_request(&column, request);
	}
	ReleaseVariableStats(column);
	CLAMP_PROBABILITY(share);
	PG_RETURN_FLOAT8(share);
}

IAM_SQL_FUNCTION(iam_policy_matchjoinsel);

Datum
iam_policy_matchjoinsel(PG_FUNCTION_ARGS)
{
	PlannerInfo     *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List            *args = (List *) PG_GETARG_POINTER(2);
	SpecialJoinInfo *join = (SpecialJoinInfo *) PG_GETARG_POINTER(4);
	VariableStatData policies;
	VariableStatData requests;
	bool             reversed;
	double           share;

	get_join_variables(root, args, join, &policies, &requests, &reversed);
	share = share_of_request(&policies, NULL);
	ReleaseVariableStats(policies);
	ReleaseVariableStats(requests);
	CLAMP_PROBABILITY(share);
	PG_RETURN_FLOAT8(share);
}
