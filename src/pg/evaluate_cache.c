/*
 * evaluate_cache.c: what the calls of iam_evaluate at one call site share, and how
 * long it holds.
 *
 * All of it is of one view of the tables: user, (sub)transaction and what the
 * snapshot shows; a change of any makes a call forget it, so that a what-if never
 * sees rows of before.  Where row level security applies, what is visible may
 * depend on more than that, and nothing is shared.  Nor is more than work_mem kept.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rls.h"

#include "pg/evaluate_tables.h"

/* All tables that the queries read. */
static const char *const tables[] = {
	"iam_account",
	"iam_attachment",
	"iam_aws_policy",
	"iam_control_policy",
	"iam_control_policy_target",
	"iam_customer_policy",
	"iam_group_member",
	"iam_identity",
	"iam_inline_policy",
	"iam_kms_grant",
	"iam_organization",
	"iam_organizational_unit",
	"iam_rcp_service",
	"iam_rcp_service_override",
	"iam_resource",
	"iam_trust",
};

static uint32
question_hash(const void *key, Size size)
{
	(void) size;
	return ((const QuestionKey *) key)->hash;
}

static int
question_compare(const void *a, const void *b, Size size)
{
	const QuestionKey *x = a;
	const QuestionKey *y = b;

	(void) size;
	return x->len == y->len ? memcmp(x->bytes, y->bytes, x->len) : 1;
}

static HTAB *
create_table(Cache *cache, const char *name, Size key, Size entry)
{
	HASHCTL control = {0};

	control.hcxt = cache->context;
	control.keysize = key;
	control.entrysize = entry;
	return hash_create(name, 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static void
create_tables(Cache *cache)
{
	HASHCTL control = {0};

	cache->accounts = create_table(cache, "iam accounts", ACCOUNT_DIGITS, sizeof(Account));
	cache->controls = create_table(cache, "iam controls", sizeof(ControlsKey), sizeof(Controls));
	cache->documents = create_table(cache, "iam documents", sizeof(DocumentKey), sizeof(Document));
	control.hcxt = cache->context;
	control.keysize = sizeof(QuestionKey);
	control.entrysize = sizeof(Question);
	control.hash = question_hash;
	control.match = question_compare;
	cache->questions = hash_create("iam questions", 64, &control,
	                               HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

static bool
same_ids(const TransactionId *a, const TransactionId *b, uint32 count)
{
	return count == 0 || memcmp(a, b, count * sizeof(TransactionId)) == 0;
}

static bool
same_view(const View *view, Snapshot now)
{
	const SnapshotData *then = &view->snapshot;

	return view->user == GetUserId() && view->transaction == IAM_LOCAL_TRANSACTION &&
	       view->subtransaction == GetCurrentSubTransactionId() && then->xmin == now->xmin &&
	       then->xmax == now->xmax && then->curcid == now->curcid && then->xcnt == now->xcnt &&
	       then->subxcnt == now->subxcnt && then->suboverflowed == now->suboverflowed &&
	       then->takenDuringRecovery == now->takenDuringRecovery &&
	       same_ids(then->xip, now->xip, now->xcnt) &&
	       same_ids(then->subxip, now->subxip, (uint32) now->subxcnt);
}

static TransactionId *
copy_ids(MemoryContext context, const TransactionId *ids, uint32 count)
{
	TransactionId *copy;

	if (count == 0)
		return NULL;
	copy = MemoryContextAlloc(context, count * sizeof(TransactionId));
	memcpy(copy, ids, count * sizeof(TransactionId));
	return copy;
}

static bool
row_security_applies(Oid schema)
{
	for (int i = 0; i < (int) lengthof(tables); i++)
	{
		Oid table = get_relname_relid(tables[i], schema);

		if (OidIsValid(table) && check_enable_rls(table, InvalidOid, true) == RLS_ENABLED)
			return true;
	}
	return false;
}

bool
evaluate_cache_has_room(const Cache *cache, Size bytes)
{
	return MemoryContextMemAllocated(cache->context, true) <= bytes;
}

Cache *
evaluate_cache_of(FunctionCallInfo fcinfo)
{
	FmgrInfo *flinfo = fcinfo->flinfo;
	Cache    *cache = flinfo->fn_extra;
	Snapshot  snapshot = GetActiveSnapshot();

	if (cache == NULL)
	{
		cache = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(Cache));
		cache->context = AllocSetContextCreate(flinfo->fn_mcxt, "iam_evaluate", ALLOCSET_DEFAULT_SIZES);
		iam_pg_decision_labels(fcinfo, cache->decisions);
		flinfo->fn_extra = cache;
	}
	if (cache->shared && same_view(&cache->view, snapshot) &&
	    evaluate_cache_has_room(cache, (Size) work_mem * 1024))
		return cache;

	cache->shared = false;
	MemoryContextReset(cache->context);
	create_tables(cache);
	cache->view.user = GetUserId();
	cache->view.transaction = IAM_LOCAL_TRANSACTION;
	cache->view.subtransaction = GetCurrentSubTransactionId();
	cache->view.snapshot = *snapshot;
	cache->view.snapshot.xip = copy_ids(cache->context, snapshot->xip, snapshot->xcnt);
	cache->view.snapshot.subxip = copy_ids(cache->context, snapshot->subxip, (uint32) snapshot->subxcnt);
	cache->shared = !row_security_applies(get_func_namespace(flinfo->fn_oid));
	return cache;
}
